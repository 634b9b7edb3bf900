"""The list of checks and how they are compiled; check modules are imported only when they are wanted."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, cast, get_args

from copydesk.assets import PolicyAssets
from copydesk.assets.limits import CheckName
from copydesk.checks.contract import Check, CheckResult, Context, Cost, EngineInfo, Outcome

logger = logging.getLogger(__name__)

CHECK_NAMES: Final = get_args(CheckName)
NO_HEADS: Final[Mapping[str, bytes]] = MappingProxyType({})

# Checks that can run more in the console, within a time limit, than a service may.
_MORE_IN_CONSOLE: Final = frozenset({"style_rules"})
# A check that cannot be compiled still has to be asked, so its cost has to be known without its module.
_MODEL_CHECKS: Final = frozenset({"toxicity", "brand_voice"})


class UnavailableCheck:
    """Stands for a check that could not be compiled: every run says `not_run` and why."""

    deterministic = True
    reads: frozenset[str] = frozenset()

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.cost = Cost.MODEL if name in _MODEL_CHECKS else Cost.RUNTIME
        self.engine = EngineInfo(name, "unavailable", "0")
        self.reason = reason

    def run(self, text: str, context: Context) -> CheckResult:  # noqa: ARG002 - the contract of all checks
        """Answer `not_run` with the reason found at compile time."""
        return CheckResult(self.name, Outcome.NOT_RUN, reason=self.reason)


def compile_check(
    name: str,
    assets: PolicyAssets,
    heads: Mapping[str, bytes] = NO_HEADS,
    *,
    in_console: bool = False,
) -> Check:
    """Compile one check; what keeps it from compiling becomes an `UnavailableCheck`.

    Args:
        name: one of `CHECK_NAMES`.
        assets: the policy's content.
        heads: trained weights by file name, little-endian float32.
        in_console: let style rules that RE2 can't run use a backtracking engine with a time limit.
    """
    try:
        module = importlib.import_module(f"copydesk.checks.{name}")
        more = {"backtracking": True} if in_console and name in _MORE_IN_CONSOLE else {}
        return cast("Check", module.compile_check(assets, heads, **more))
    except ImportError as error:
        return UnavailableCheck(name, f"a package this check needs is not installed: {error}")
    except Exception as error:
        # The boundary that turns every engine failure into a visible not_run instead of a silent pass.
        logger.exception("check could not be compiled", extra={"check": name})
        return UnavailableCheck(name, f"could not be set up: {type(error).__name__}: {error}")


def compile_all(
    assets: PolicyAssets,
    heads: Mapping[str, bytes] = NO_HEADS,
    only: Collection[str] | None = None,
    *,
    in_console: bool = False,
) -> tuple[Check, ...]:
    """Compile every enabled check of a policy, in the order of `CHECK_NAMES`.

    Args:
        assets: the policy's content; its limits assets say which checks are enabled.
        heads: trained weights by file name, little-endian float32.
        only: names of the checks wanted, None for all.
        in_console: see `compile_check`.

    Raises:
        ValueError: `only` names a check that does not exist.
    """
    unknown = sorted(set(only or ()) - set(CHECK_NAMES))
    if unknown:
        raise ValueError(f"no such check: {', '.join(unknown)}; known: {', '.join(CHECK_NAMES)}")
    wanted = [name for name in CHECK_NAMES if only is None or name in only]
    return tuple(
        compile_check(name, assets, heads, in_console=in_console)
        for name in wanted
        if assets.setting(name).enabled
    )

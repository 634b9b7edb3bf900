"""A policy ready to judge texts: its checks compiled once, run many times from many threads."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from copydesk.assets import PolicyAssets
from copydesk.bounds import bounded, reason_not_checked
from copydesk.checks.contract import Check, CheckResult, Context, Cost, EngineInfo, Outcome, Verdict
from copydesk.checks.masking import mask_quotes
from copydesk.checks.registry import NO_HEADS, compile_all

logger = logging.getLogger(__name__)

NotRunAction = Literal["block", "review", "allow"]
NO_CONTEXT = Context()

_NOT_RUN_OUTCOME: Mapping[NotRunAction, Outcome] = {
    "block": Outcome.FAIL,
    "review": Outcome.WARN,
    "allow": Outcome.PASS,
}


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """The compiled checks of one policy; immutable and safe to share between threads."""

    assets: PolicyAssets
    checks: tuple[Check, ...]
    on_not_run: Mapping[str, NotRunAction]

    @classmethod
    def compile(
        cls,
        assets: PolicyAssets,
        heads: Mapping[str, bytes] = NO_HEADS,
        only: Collection[str] | None = None,
        *,
        enforced_at: Literal["runtime", "console"] = "console",
    ) -> CompiledPolicy:
        """Compile the enabled checks; one that cannot be set up answers `not_run` with the reason.

        Args:
            assets: the policy's content.
            heads: trained weights by file name, little-endian float32; missing ones are trained.
            only: names of the checks wanted, None for all.
            enforced_at: `runtime` leaves out the checks whose setting enforces them in the console only, and
                runs no style rule that needs a backtracking engine; `console` does, with a time limit.

        Raises:
            ValueError: `only` names a check that does not exist.
        """
        checks = compile_all(assets, heads, only, in_console=enforced_at == "console")
        if enforced_at == "runtime":
            checks = tuple(c for c in checks if assets.setting(c.name).enforced_at == "runtime")
        return cls(assets, checks, {c.name: assets.setting(c.name).on_not_run for c in checks})

    @property
    def engines(self) -> tuple[EngineInfo, ...]:
        """Which code and weights judge, in the order of the checks."""
        return tuple(check.engine for check in self.checks)

    def check(self, text: str, context: Context = NO_CONTEXT) -> Verdict:
        """Run every compiled check but judges, which belong to console jobs.

        Args:
            text: the text to judge, any string; beyond `copydesk.bounds.MAX_CHECKED_CHARS` every check is
                `not_run` and the outcome no pass, whatever the settings allow.
            context: what is known about it.
        """
        return self._run(text, context, (c for c in self.checks if c.cost is not Cost.JUDGE))

    def check_runtime(self, text: str, context: Context = NO_CONTEXT) -> Verdict:
        """Run the checks of the runtime tier alone: microseconds, no model."""
        return self._run(text, context, (c for c in self.checks if c.cost is Cost.RUNTIME))

    def _run(self, text: str, context: Context, checks: Iterable[Check]) -> Verdict:
        if (reason := reason_not_checked(text)) is not None:
            unread = tuple(CheckResult(check.name, Outcome.NOT_RUN, reason=reason) for check in checks)
            return Verdict(weightier(Outcome.WARN, overall_outcome(unread, self.on_not_run)), unread)
        results = mask_quotes(text, tuple(_run_one(check, text, context) for check in checks))
        return Verdict(overall_outcome(results, self.on_not_run), results)


def overall_outcome(results: Iterable[CheckResult], on_not_run: Mapping[str, NotRunAction]) -> Outcome:
    """Return the weightiest outcome: fail, then warn, then pass.

    A check that did not run counts as its setting says: block fails, review warns, allow is left out; a check
    without a setting counts as review.
    """
    # A list, since to look an outcome up in a set is a call of Python each time.
    found = [
        _NOT_RUN_OUTCOME[on_not_run.get(result.check, "review")]
        if result.outcome is Outcome.NOT_RUN
        else result.outcome
        for result in results
    ]
    if Outcome.FAIL in found:
        return Outcome.FAIL
    return Outcome.WARN if Outcome.WARN in found else Outcome.PASS


def weightier(first: Outcome, second: Outcome) -> Outcome:
    """Return the weightier of two outcomes of verdicts: fail, then warn, then pass."""
    return max(first, second, key=(Outcome.PASS, Outcome.WARN, Outcome.FAIL).index)


def _run_one(check: Check, text: str, context: Context) -> CheckResult:
    try:
        return bounded(check.run(text, context))
    except Exception as error:
        # The boundary of all engines: whatever breaks in one is a visible not_run, never a pass or a crash.
        logger.exception("check failed while running", extra={"check": check.name})
        return CheckResult(check.name, Outcome.NOT_RUN, reason=f"failed: {type(error).__name__}: {error}")

"""What a change does to texts: pure functions from what checks said before and after to what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from console.golden.content import Expectation
from console.runs.runner import check_passed
from console.runs.stored_samples import StoredSample
from copydesk.checks.contract import CheckResult, Finding
from copydesk.policy import CompiledPolicy

Direction = Literal["worse", "better", "more", "fewer"]
DIRECTIONS: tuple[Direction, ...] = ("worse", "better", "more", "fewer")
FLIPS = frozenset({"worse", "better"})
OFF = "off"
Progress = Callable[[int], bool]
Said = CheckResult | None  # None: the check is switched off

# A check that did not run is worse than a warning: nobody knows what it would have said.
_RANK = {OFF: 0, "pass": 0, "warn": 1, "not_run": 2, "fail": 3}


@dataclass(frozen=True, slots=True)
class Change:
    """What one check says otherwise of one sample.

    `worse` and `better` flip the outcome (pass, warn, not run, fail); with `more` and `fewer` it stays and
    findings come or go. `added` and `gone` are those findings. `is_expected` tells whether the new outcome
    is the one the sample's case asks for, `was_expected` the same of the old one.
    """

    sample: StoredSample
    check: str
    direction: Direction
    was: str
    becomes: str
    added: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    reason: str | None = None
    was_expected: bool = True
    is_expected: bool = True

    @property
    def is_flip(self) -> bool:
        """Whether the outcome changes, not only the findings."""
        return self.direction in FLIPS


@dataclass(frozen=True, slots=True)
class Impact:
    """All that a change does to some samples: flips first, in the order of the samples."""

    checks: tuple[str, ...] = ()
    sample_count: int = 0
    changes: tuple[Change, ...] = ()

    def counted(self, *, check: str | None = None) -> Counter[str]:
        """Count the changes in each direction, of one check or of all."""
        return Counter(c.direction for c in self.changes if check is None or c.check == check)

    @property
    def flipped_count(self) -> int:
        """How many samples flip by at least one check."""
        return len({change.sample.id for change in self.changes if change.is_flip})


def judge_samples(
    policy: CompiledPolicy, check: str, samples: Iterable[StoredSample], progress: Progress | None = None
) -> tuple[Said, ...]:
    """Ask one check about each sample.

    Args:
        policy: compiled with that check; without it every answer is None.
        progress: told how many are done after each; returns False to stop there.
    """
    alone = replace(policy, checks=tuple(one for one in policy.checks if one.name == check))
    found: list[Said] = []
    for sample in samples:
        found.append(alone.check(sample.text, sample.context).results[0] if alone.checks else None)
        if progress is not None and not progress(len(found)):
            break
    return tuple(found)


def impact(
    check: str, samples: Sequence[StoredSample], before: Sequence[Said], after: Sequence[Said]
) -> Impact:
    """Compare what a check said of samples with what it would say.

    Args:
        before, after: in the order of the samples; from `judge_samples`, or `before` as a run stored it.
    """
    compared = (_change(check, *pair) for pair in zip(samples, before, after, strict=True))
    return Impact((check,), len(samples), _ordered(change for change in compared if change is not None))


def together(impacts: Iterable[Impact], sample_count: int) -> Impact:
    """Return several checks' impacts on the same samples as one."""
    known = tuple(impacts)
    changes = _ordered(change for found in known for change in found.changes)
    return Impact(tuple(check for found in known for check in found.checks), sample_count, changes)


def _ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    # Sorting keeps the order of the samples inside each direction.
    return tuple(sorted(changes, key=lambda change: DIRECTIONS.index(change.direction)))


def _change(check: str, sample: StoredSample, before: Said, after: Said) -> Change | None:
    if before == after:
        return None
    was, becomes = _outcome(before), _outcome(after)
    had, has = _findings(before), _findings(after)
    old, new = {_key(finding) for finding in had}, {_key(finding) for finding in has}
    added = tuple(finding for finding in has if _key(finding) not in old)
    gone = tuple(finding for finding in had if _key(finding) not in new)
    direction = _direction(was, becomes, added, gone)
    if direction is None:
        return None
    reason = after.reason if after is not None else None
    change = Change(sample, check, direction, was, becomes, added, gone, reason)
    if not sample.expects or not change.is_flip:
        return change
    expects = Expectation.model_validate(sample.expects)
    return replace(change, was_expected=_as_asked(before, expects), is_expected=_as_asked(after, expects))


def _direction(was: str, becomes: str, added: Sequence[Finding], gone: Sequence[Finding]) -> Direction | None:
    if _RANK[was] != _RANK[becomes]:
        return "worse" if _RANK[becomes] > _RANK[was] else "better"
    if added:
        return "more"
    return "fewer" if gone else None


def _outcome(said: Said) -> str:
    return OFF if said is None else said.outcome.value


def _findings(said: Said) -> tuple[Finding, ...]:
    return () if said is None else said.findings


def _key(finding: Finding) -> tuple[object, ...]:
    # Places count: a limit that moves says another number of the same text, and a rule that was split in two
    # marks the same words under another name.
    return finding.span or finding.rule_id, finding.severity


def _as_asked(said: Said, expects: Expectation) -> bool:
    return said is None or check_passed(said, expects)

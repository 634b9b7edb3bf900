"""Asking checks about labelled cases: pure functions over compiled policies, also of judges and previews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from console.quality.cases import Label
from console.quality.figures import Confusion
from copydesk.checks.contract import CheckResult, Finding, Outcome, Span
from copydesk.checks.injection import NAME as INJECTION
from copydesk.checks.wire import finding_from_json, finding_to_json
from copydesk.policy import CompiledPolicy

# "lacking": the case has nothing that its check reads, so whatever the check says proves nothing.
Result = Literal["hit", "miss", "false_alarm", "clean", "not_run", "lacking"]
Progress = Callable[[int], bool]
SWITCHED_OFF = "This check is switched off in the policy."
LACKS_VARIABLES = "The check looks in variables alone, and the case has none: what it says proves nothing."


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check said of a labelled case; `findings` are those that count for the label."""

    label: Label
    result: Result
    findings: tuple[Finding, ...] = ()
    reason: str | None = None

    @property
    def is_right(self) -> bool:
        """Whether the check said what the label asks for."""
        return self.result in {"hit", "clean"}


@dataclass(frozen=True, slots=True)
class Flip:
    """A labelled case that a change judges another way."""

    before: Judgement
    after: Judgement

    @property
    def label(self) -> Label:
        """The case."""
        return self.after.label


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to labelled cases: right before and wrong after, the other way round, the rest."""

    worse: tuple[Flip, ...] = ()
    better: tuple[Flip, ...] = ()
    unchanged: int = 0


def judge(policy: CompiledPolicy, label: Label) -> Judgement:
    """Ask the label's check about its text.

    Args:
        policy: compiled with that check, or with all; one without it answers `not_run`.
    """
    if (lacking := lacking_judgement(label)) is not None:
        return lacking
    found = next((check for check in policy.checks if check.name == label.check), None)
    if found is None:
        return Judgement(label, "not_run", reason=SWITCHED_OFF)
    alone = replace(policy, checks=(found,))
    return judge_result(label, alone.check(label.text, label.context).results)


def lacking_judgement(label: Label) -> Judgement | None:
    """Return what is said of a case with nothing its check reads, as before cases had variables, or None."""
    if label.check != INJECTION or label.context.variables:
        return None
    return Judgement(label, "lacking", reason=LACKS_VARIABLES)


def judge_result(label: Label, results: Sequence[CheckResult]) -> Judgement:
    """Compare what a check said, however it was asked, with the label."""
    if (lacking := lacking_judgement(label)) is not None:
        return lacking
    said = next((result for result in results if result.check == label.check), None)
    if said is None:
        return Judgement(label, "not_run", reason="The check was not asked.")
    counting = tuple(finding for finding in said.findings if _counts(label, finding))
    if said.outcome is Outcome.NOT_RUN and not counting:
        return Judgement(label, "not_run", reason=said.reason)
    if label.expects_finding:
        return Judgement(label, "hit" if counting else "miss", counting, said.reason)
    return Judgement(label, "false_alarm" if counting else "clean", counting, said.reason)


def judge_all(
    policy: CompiledPolicy, labels: Iterable[Label], progress: Progress | None = None
) -> tuple[Judgement, ...]:
    """Judge labels one by one.

    Args:
        progress: told how many are done after each; returns False to stop there.
    """
    done: list[Judgement] = []
    for label in labels:
        done.append(judge(policy, label))
        if progress is not None and not progress(len(done)):
            break
    return tuple(done)


def confusion(judgements: Iterable[Judgement]) -> Confusion:
    """Count the results."""
    counts = Counter(judgement.result for judgement in judgements)
    return Confusion(
        hits=counts["hit"],
        misses=counts["miss"],
        false_alarms=counts["false_alarm"],
        clean=counts["clean"],
        not_run=counts["not_run"],
        lacking=counts["lacking"],
    )


def effect_on_labelled_cases(
    before: CompiledPolicy, after: CompiledPolicy, cases: Iterable[Label], progress: Progress | None = None
) -> Effect:
    """Judge labelled cases by two policies and tell which get worse and which better.

    A case gets worse when it was judged rightly and is not any more, be it wrong or `not_run`.

    Args:
        before, after: the policy as it stands and with the change in it.
        cases: labels of any checks.
        progress: told how many are done after each; returns False to stop there.
    """
    worse: list[Flip] = []
    better: list[Flip] = []
    unchanged = 0
    for done, label in enumerate(cases, start=1):
        flip = Flip(judge(before, label), judge(after, label))
        if flip.before.is_right == flip.after.is_right:
            unchanged += 1
        else:
            (better if flip.after.is_right else worse).append(flip)
        if progress is not None and not progress(done):
            break
    return Effect(tuple(worse), tuple(better), unchanged)


def _counts(label: Label, finding: Finding) -> bool:
    if label.rule is not None and finding.rule_id != label.rule:
        return False
    return label.span is None or finding.span is None or _overlap(label.span, finding.span)


def _overlap(left: Span, right: Span) -> bool:
    return left.start < right.end and right.start < left.end


def judgement_to_json(judgement: Judgement) -> dict[str, Any]:
    """Return a judgement as JSON data, under the digest of its case."""
    return {
        "sha256": judgement.label.sha256,
        "result": judgement.result,
        "findings": [finding_to_json(finding) for finding in judgement.findings],
        "reason": judgement.reason,
    }


def judgement_from_json(label: Label, data: Mapping[str, Any]) -> Judgement | None:
    """Read what `judgement_to_json` wrote of this very case; None when the case was another then."""
    if data.get("sha256") != label.sha256:
        return None
    findings = tuple(finding_from_json(item) for item in data["findings"])
    return Judgement(label, data["result"], findings, data["reason"])

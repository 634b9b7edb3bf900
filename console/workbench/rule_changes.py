"""The impact of changed style rules, without asking all the rules that stay.

A rule of the style-rule check finds what it finds whatever other rules there are, and the outcome is that of
the heaviest finding. So it is enough to ask the changed rules, as they were and as they are to be, and the
whole guide only about samples where those two differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from console.quality.compiling import CompiledCheck, compiled
from console.quality.state import PolicyState
from console.runs.stored_samples import Samples, StoredSample
from console.workbench.impact import Impact, Said, impact, judge_samples
from console.workbench.judging import judged, narrowed, stored_results
from copydesk.assets import Kind
from copydesk.assets.style_guide import RuleKind
from copydesk.checks.contract import CheckResult, Finding, Outcome, outcome_of

CHECK = "style_rules"
# Beyond these the changed rules cost what the whole guide does.
MAX_RULES = 40
# Changed rules times samples, up to which the answer is there within a second.
MAX_LOOKS = 20_000
# Alone, rules that nothing runs make the check say that it did not run; beside others they are silent.
_KEPT_ONLY = frozenset({RuleKind.SEQUENCE, RuleKind.SCRIPT})
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A policy with the changed rules alone, as they were and as they are to be.

    `rule_ids` are those of findings, `<style guide>/<rule>`; `only_adds` tells that none was there before.
    """

    before: PolicyState
    after: PolicyState
    rule_ids: frozenset[str]
    only_adds: bool


def rule_change(before: PolicyState, after: PolicyState) -> RuleChange | None:
    """Return what changed, where that is rules of style guides and nothing else this check reads."""
    old, new = (state.contents.get(Kind.STYLE_GUIDE, {}) for state in (before, after))
    if old.keys() != new.keys() or _beside(before) != _beside(after):
        return None
    was, becomes, ids = _without_guides(before), _without_guides(after), set[str]()
    only_adds = True
    for name in old:
        if any(old[name].get(key) != new[name].get(key) for key in {*old[name], *new[name]} - {"rules"}):
            return None
        had, has = _rules(old[name]), _rules(new[name])
        changed = {key for key in {*had, *has} if had.get(key) != has.get(key)}
        if any(
            rules[key].get("kind") in _KEPT_ONLY for rules in (had, has) for key in changed & rules.keys()
        ):
            return None
        if changed:
            ids |= {f"{name}/{key}" for key in changed}
            was = _with_rules(was, name, old[name], changed)
            becomes = _with_rules(becomes, name, new[name], changed)
            only_adds &= changed.isdisjoint(had)
    return RuleChange(was, becomes, frozenset(ids), only_adds) if 0 < len(ids) <= MAX_RULES else None


def take_long(before: PolicyState, after: PolicyState, samples: Samples) -> bool:
    """Tell whether so many rules changed (an imported style) that looking for them is work for a job."""
    old, new = (state.contents.get(Kind.STYLE_GUIDE, {}) for state in (before, after))
    changed = 0
    for name in old.keys() | new.keys():
        had, has = _rules(old.get(name, {})), _rules(new.get(name, {}))
        changed += sum(had.get(key) != has.get(key) for key in had.keys() | has.keys())
    return changed * len(samples.items) > MAX_LOOKS


def _beside(state: PolicyState) -> list[dict[str, str]]:
    return [dict(state.digests.get(kind, {})) for kind in (Kind.PROMPT, Kind.LIMITS)]


def _rules(guide: Json) -> dict[str, Json]:
    return {rule["id"]: rule for rule in guide.get("rules", ())}


def _without_guides(state: PolicyState) -> PolicyState:
    contents = {kind: named for kind, named in state.contents.items() if kind != Kind.STYLE_GUIDE}
    digests = {kind: named for kind, named in state.digests.items() if kind != Kind.STYLE_GUIDE}
    return PolicyState(state.policy_id, contents, digests)


def _with_rules(state: PolicyState, name: str, guide: Json, wanted: Collection[str]) -> PolicyState:
    rules = [rule for rule in guide.get("rules", ()) if rule["id"] in wanted]
    return state.with_content(Kind.STYLE_GUIDE, name, {**guide, "rules": rules})


def impact_of_rules(
    session: Session, change: RuleChange, before: PolicyState, samples: Samples, home: Path
) -> Impact:
    """Tell what changed rules change on samples.

    Args:
        before: the whole policy as it stands.
        home: where trained heads are kept.

    Raises:
        ContentError: content that an older console saved and this one does not understand.
    """
    becomes = _compiled(change.after, home)
    # Rules that were not there have found nothing, so nobody has to be asked what they found.
    old_said = (
        (None,) * len(samples.items) if change.only_adds else judged(_compiled(change.before, home), samples)
    )
    both = zip(samples.items, old_said, judged(becomes, samples), strict=True)
    differing = [
        (sample, new)
        for sample, old, new in both
        if _own(old, change.rule_ids) != _own(new, change.rule_ids) or _broke_off(old, new)
    ]
    asked = [sample for sample, _ in differing]
    known = stored_results(session, becomes, before, samples)
    rest = [sample for sample in asked if sample.id not in known]
    fresh = dict(zip((s.id for s in rest), _ask(before, rest, home), strict=True))
    whole = [known[s.id] if s.id in known else fresh[s.id] for s in asked]
    after = [_exchanged(old, new, change.rule_ids) for old, (_, new) in zip(whole, differing, strict=True)]
    return replace(impact(CHECK, asked, whole, after), sample_count=len(samples.items))


def _compiled(state: PolicyState, home: Path) -> CompiledCheck:
    made = compiled(CHECK, narrowed(CHECK, state), home, may_train=False)
    assert made is not None  # noqa: S101 - style rules have nothing to train
    return made


def _ask(state: PolicyState, samples: Sequence[StoredSample], home: Path) -> tuple[Said, ...]:
    return judge_samples(_compiled(state, home).policy, CHECK, samples) if samples else ()


def _own(said: Said, rule_ids: Collection[str]) -> tuple[Finding, ...]:
    """Return the findings of the changed rules: a guide's word lists speak beside them."""
    return () if said is None else tuple(found for found in said.findings if found.rule_id in rule_ids)


def _broke_off(old: Said, new: Said) -> bool:
    return any(said is not None and said.outcome is Outcome.NOT_RUN for said in (old, new))


def _exchanged(whole: Said, new: Said, rule_ids: Collection[str]) -> Said:
    """Return what the whole guide says with the findings of the changed rules exchanged for the new ones."""
    if whole is None or new is None:
        return whole
    kept = tuple(found for found in whole.findings if found.rule_id not in rule_ids)
    findings = kept + _own(new, rule_ids)
    # A rule that takes too much work on a text stops the check there, whichever rule it is.
    stopped = next((said for said in (new, whole) if said.outcome is Outcome.NOT_RUN), None)
    if stopped is not None:
        return CheckResult(CHECK, Outcome.NOT_RUN, findings, stopped.reason)
    return CheckResult(CHECK, outcome_of(findings), findings, whole.reason)

"""What checks say of stored samples: as a run stored it where nothing changed since, else judged and kept.

Who edits asks again and again with the same samples, and every filter and page of the list asks the same
question, so the answers of the last few states of a check are kept in memory.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.quality.compiling import (
    CHECK_READS,
    MODEL_CHECKS,
    CompiledCheck,
    compiled,
    input_sha256,
    setting_of,
)
from console.quality.state import PolicyState
from console.runs.stored_samples import Samples
from console.workbench.impact import Progress, Said, judge_samples
from copydesk.assets import Kind
from copydesk.checks.contract import CheckResult, Cost, Outcome
from copydesk.checks.masking import DOT
from copydesk.checks.registry import CHECK_NAMES, UnavailableCheck
from copydesk.checks.wire import engine_to_json, finding_from_json
from models import Asset, CandidatePin, CheckVerdict, Revision, Run, Sample

MAX_KEPT = 16
# The parts of a kind of asset that a check reads, where it does not read the whole: a changed rule teaches no
# topic and no voice anything, other words in a prompt say nothing of texts that are there.
PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "limits": {Kind.PROMPT: ("channel", "output")},
    "glossary": {Kind.PROMPT: ("output",)},
    "style_rules": {Kind.PROMPT: ("output",)},
    "personal_data": {Kind.PROMPT: ("variables",)},
    "brand_voice": {Kind.STYLE_GUIDE: ("tones", "voice")},
    "forbidden_topics": {Kind.STYLE_GUIDE: ("voice",)},
    "inclusive_language": {Kind.STYLE_GUIDE: ("vocabulary_accept",)},
}
Stored = Mapping[int, CheckResult]  # by the sample's id

_kept: OrderedDict[tuple[str, str, str], tuple[Said, ...]] = OrderedDict()
_lock = threading.Lock()


def touched_checks(before: PolicyState, after: PolicyState) -> tuple[str, ...]:
    """Return the checks that a change may make say something else, in their usual order."""
    return tuple(
        check
        for check in CHECK_NAMES
        if input_sha256(check, _parts(check, before)) != input_sha256(check, _parts(check, after))
    )


def narrowed(check: str, state: PolicyState) -> PolicyState:
    """Return what of a policy a quick check is compiled from, so that nothing else has to be parsed."""
    if check in MODEL_CHECKS:
        return state
    kinds = {*CHECK_READS[check], Kind.LIMITS}
    contents = {kind: named for kind, named in state.contents.items() if kind in kinds}
    digests = {kind: named for kind, named in state.digests.items() if kind in kinds}
    return PolicyState(state.policy_id, contents, digests)


def _parts(check: str, state: PolicyState) -> PolicyState:
    found = state
    for kind, wanted in PARTS.get(check, {}).items():
        for name, content in state.contents.get(kind, {}).items():
            parts = {part: content[part] for part in wanted if content.get(part)}
            found = found.with_content(kind, name, parts)
    return found


def is_slow(check: str, state: PolicyState, home: Path) -> bool:
    """Tell whether a check asks a model about each text, or has to be trained first: work for a job."""
    if check not in MODEL_CHECKS:
        return False
    if check == "toxicity":
        return setting_of(check, state).enabled
    made = compiled(check, state, home, may_train=False)
    return made is None or any(one.cost is not Cost.RUNTIME for one in made.policy.checks)


def unavailable_reason(made: CompiledCheck) -> str | None:
    """Return why a check can't be set up from this content; None where it can."""
    return next((one.reason for one in made.policy.checks if isinstance(one, UnavailableCheck)), None)


def judged(
    made: CompiledCheck, samples: Samples, stored: Stored | None = None, progress: Progress | None = None
) -> tuple[Said, ...]:
    """Return what a compiled check says of each sample.

    Args:
        stored: what it is known to say of some of them.
        progress: told how many are done; returns False to stop there, which leaves out the rest.
    """
    key = (made.check, made.input_sha256, samples.sha256)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    known = stored or {}
    asked = [sample for sample in samples.items if sample.id not in known]
    answers = judge_samples(made.policy, made.check, asked, progress)
    fresh = {sample.id: said for sample, said in zip(asked, answers, strict=False)}
    if len(answers) < len(asked):
        return answers
    found = tuple(known[s.id] if s.id in known else fresh[s.id] for s in samples.items)
    with _lock:
        _kept[key] = found
        while len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return found


def forget() -> None:
    """Drop what is kept in memory: for measuring what the first look takes."""
    with _lock:
        _kept.clear()


def stored_results(session: Session, after: CompiledCheck, before: PolicyState, samples: Samples) -> Stored:
    """Return what the newest complete run stored of one check, where it would say the same again.

    That is so where the check read the same content and setting in the run as in `before`, and this process
    judges with the same engine; and where the run stored the text as it judged it, not masked.

    Args:
        after: the check with the change in it: its engine is the one at work here.
    """
    run = session.get(Run, samples.newest_run_id) if samples.newest_run_id is not None else None
    if run is None or after.engine is None or engine_to_json(after.engine) not in run.engines:
        return {}
    if input_sha256(after.check, _run_state(session, run)) != input_sha256(after.check, before):
        return {}
    statement = (
        select(CheckVerdict.sample_id, CheckVerdict.outcome, CheckVerdict.findings, CheckVerdict.reason)
        .join(Sample, Sample.id == CheckVerdict.sample_id)
        .where(CheckVerdict.run_id == run.id, CheckVerdict.check == after.check)
        .where(Sample.text.not_like(f"%{DOT}{DOT}%"))
    )
    return {
        sample_id: CheckResult(
            after.check, Outcome(outcome), tuple(finding_from_json(item) for item in findings), reason
        )
        for sample_id, outcome, findings, reason in session.execute(statement)
    }


def _run_state(session: Session, run: Run) -> PolicyState:
    """Return what a run was made from, as far as keys of checks need it."""
    pinned = (
        select(Asset.kind, Asset.name, Revision.sha256, Revision.id)
        .join(Revision, Revision.asset_id == Asset.id)
        .join(CandidatePin, CandidatePin.revision_id == Revision.id)
        .where(CandidatePin.candidate_id == run.candidate_id)
    )
    digests: dict[str, dict[str, str]] = {}
    limits: dict[str, dict[str, object]] = {}
    for kind, name, sha256, revision_id in session.execute(pinned):
        digests.setdefault(kind, {})[name] = sha256
        if kind == Kind.LIMITS:
            limits[name] = session.get_one(Revision, revision_id).content
    return PolicyState(run.policy_id, {Kind.LIMITS: limits}, digests)

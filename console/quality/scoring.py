"""Scores of a workspace's own approved copy by its model-tier checks: what thresholds are set on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.clock import now
from console.golden.content import GoldenCase, parse_golden
from console.jobs import ledger
from console.quality import queries
from console.quality.cases import Label, cases_sha256
from console.quality.compiling import CompiledCheck, compiled, input_sha256
from console.quality.judging import Progress
from console.quality.state import PolicyState
from console.quality.thresholds import RATES
from console.quality.voice_examples import HeldOut, held_out_scores, taught_voices
from copydesk.assets import Kind, parse_assets
from copydesk.assets.forbidden_topics import Topic
from copydesk.canonical import digest
from copydesk.checks.brand_voice.training import long_enough
from copydesk.checks.contract import CheckResult, Context
from copydesk.checks.encoder import EncoderError
from copydesk.checks.forbidden_topics.training import MIN_POSITIVES, background_of, topic_report
from copydesk.checks.toxicity import ToxicityCheck
from copydesk.checks.wire import decimal_text
from copydesk.errors import ContentError
from models import GoldenRevision, GoldenSet, Policy, Review, ReviewState, Sample, ScoreSet, WorkState

JOB = "quality.score"
MAX_SAMPLES = 2_000
MAX_APPROVED_RUNS = 3
REVIEW, BLOCK = "review", "block"
VOICE = "brand_voice"
_LIQUID = re.compile(r"\{\{-?\s*([a-z_][a-z0-9_]*).*?\}\}|\{%.*?%\}", re.DOTALL | re.IGNORECASE)

# Takes a text in its context; returns its score, or None and the reason.
Scorer = Callable[[str, Context], tuple[float | None, str]]


@dataclass(frozen=True, slots=True)
class ApprovedText:
    """A text people approved.

    `source` is example, fallback, golden or sample, `place` names it to a reader.
    """

    source: str
    place: str
    text: str
    context: Context


def approved_copy(
    session: Session, policy_id: int, state: PolicyState, check: str
) -> tuple[ApprovedText, ...]:
    """Return the approved copy of a policy, each text once: fallbacks, golden texts, approved samples.

    Of the brand voice the on-brand examples too: they are what it must not take for another's. Golden texts
    are the fixed ones that are expected to pass. Samples are those that passed in the newest runs somebody
    approved; a text that was blocked and got through on a waiver is none.
    """
    found: dict[str, ApprovedText] = {}
    examples = _examples(state) if check == VOICE else ()
    for text in (*examples, *_fallbacks(state), *_golden(session, policy_id), *_samples(session, policy_id)):
        if text.text.strip():
            found.setdefault(text.text, text)
    return tuple(found.values())


def _today() -> str:
    """Return the day that decides which rules and facts are in force, as runs have it."""
    return now().date().isoformat()


def _examples(state: PolicyState) -> Iterator[ApprovedText]:
    for name, voice in taught_voices(state):
        for number, text in enumerate(long_enough(voice.on_brand), start=1):
            yield ApprovedText("example", f"{name}: {number}", text, Context(today=_today()))


def _fallbacks(state: PolicyState) -> Iterator[ApprovedText]:
    for name, content in sorted(state.contents.get(Kind.FALLBACKS, {}).items()):
        for item in content.get("fallbacks", ()):
            # A variable's name stands for its value, which is another in every message.
            text = _LIQUID.sub(lambda m: (m[1] or "").replace("_", " "), str(item.get("text", "")))
            context = Context(
                prompt=item.get("prompt"),
                audience=item.get("audience"),
                locale=item.get("locale"),
                today=_today(),
            )
            yield ApprovedText("fallback", f"{name}: {item.get('prompt', '')}", text, context)


def _golden(session: Session, policy_id: int) -> Iterator[ApprovedText]:
    statement = (
        select(GoldenRevision.content)
        .join(
            GoldenSet,
            (GoldenSet.id == GoldenRevision.golden_set_id)
            & (GoldenSet.last_revision_number == GoldenRevision.number),
        )
        .where(GoldenSet.policy_id == policy_id)
        .order_by(GoldenSet.name)
    )
    for content in session.scalars(statement):
        for case in parse_golden(content).cases:
            if case.text is not None and _is_to_pass(case):
                context = Context(
                    case.prompt, case.audience, case.channel, case.locale, case.segment, today=_today()
                )
                yield ApprovedText("golden", case.title, case.text, context)


def _is_to_pass(case: GoldenCase) -> bool:
    return case.expect.outcome in {None, "pass"} and set(case.expect.checks.values()) <= {"pass"}


def _samples(session: Session, policy_id: int) -> Iterator[ApprovedText]:
    runs = session.scalars(
        select(Review.run_id)
        .where(Review.policy_id == policy_id, Review.state == ReviewState.APPROVED)
        .order_by(Review.id.desc())
        .limit(MAX_APPROVED_RUNS)
    ).all()
    statement = (
        select(Sample)
        .where(
            Sample.run_id.in_(runs),
            Sample.passed.is_(True),
            Sample.outcome.in_(["pass", "warn"]),
            Sample.text.is_not(None),
        )
        .order_by(Sample.id.desc())
        .limit(MAX_SAMPLES)
    )
    for sample in session.scalars(statement):
        context = Context(
            sample.prompt, sample.audience, sample.channel, sample.locale, sample.segment, today=_today()
        )
        yield ApprovedText("sample", sample.case_key, sample.text or "", context)


def texts_sha256(texts: Sequence[ApprovedText], labels: Sequence[Label]) -> str:
    """Return the digest of what is scored."""
    return digest({"texts": sorted(text.text for text in texts), "labels": cases_sha256(labels)})


def levels(check: str, state: PolicyState) -> tuple[tuple[str, str], ...]:
    """Return the thresholds a check has, as (level, title); none for checks without scores.

    Args:
        state: names the topics.
    """
    if check == "toxicity":
        return ((REVIEW, REVIEW), (BLOCK, BLOCK))
    if check == VOICE:
        return ((REVIEW, REVIEW),)
    if check == "forbidden_topics":
        return tuple(
            (f"{name}/{topic.get('id')}", str(topic.get("title")))
            for name, content in sorted(state.contents.get(Kind.FORBIDDEN_TOPICS, {}).items())
            for topic in content.get("topics", ())
            if len(topic.get("positives", ())) >= MIN_POSITIVES
        )
    return ()


def flags_above(check: str) -> bool:
    """Tell whether high scores are the bad ones; of the voice match low ones are."""
    return check != VOICE


def score_all(
    check: str,
    level: str,
    state: PolicyState,
    texts: Sequence[ApprovedText],
    labels: Sequence[Label],
    home: Path,
    progress: Progress,
) -> dict[str, Any]:
    """Score approved copy and labelled cases.

    Returns:
        JSON data: `approved` as [source, place, score], `labelled` as [number, expects_finding, score],
        `unscored` with the reason, for a topic `options` by rate, of a voice its `off_brand` scores.
    """
    made = compiled(check, state, home, may_train=True)
    is_on = made is not None and bool(made.policy.checks)
    examples = _held_out(state, progress) if check == VOICE and is_on else HeldOut({}, {})
    scorer = _scorer(check, level, made)
    is_topic = check == "forbidden_topics"
    return {
        **_approved_scores(
            _knowing(examples.on_brand, scorer), texts, lambda n: progress(max(n, len(examples.on_brand)))
        ),
        "off_brand": [decimal_text(score) for score in examples.off_brand.values()],
        "labelled": _labelled_scores(
            scorer, labels, level if is_topic else None, lambda done: progress(len(texts) + done)
        ),
        "options": _topic_options(state, level) if is_topic else {},
    }


def _held_out(state: PolicyState, progress: Progress) -> HeldOut:
    """Return what models that did not see them say of the examples of all style guides."""
    found = HeldOut({}, {})
    for _name, voice in taught_voices(state):
        # Half of what is counted is off-brand and no part of the approved copy.
        part = held_out_scores(voice, lambda done: progress(done // 2))
        found.on_brand.update(part.on_brand)
        found.off_brand.update(part.off_brand)
    return found


def _knowing(known: Mapping[str, float], scorer: Scorer) -> Scorer:
    return lambda text, context: (known[text], "") if text in known else scorer(text, context)


def _approved_scores(scorer: Scorer, texts: Sequence[ApprovedText], progress: Progress) -> dict[str, Any]:
    approved = []
    unscored, reason = 0, ""
    for done, text in enumerate(texts, start=1):
        score, why = scorer(text.text, text.context)
        if score is None:
            unscored, reason = unscored + 1, reason or why
        else:
            approved.append([text.source, text.place, decimal_text(score)])
        if not progress(done):
            break
    return {"approved": approved, "unscored": unscored, "reason": reason}


def _labelled_scores(
    scorer: Scorer, labels: Sequence[Label], topic: str | None, progress: Progress
) -> list[list[Any]]:
    """Score labelled cases.

    Args:
        topic: the topic whose threshold it is; None for checks without topics.
    """
    labelled = []
    for done, label in enumerate(labels, start=1):
        if topic is not None and label.expects_finding and label.rule != topic:
            continue  # it speaks of another topic, or does not say of which
        score, _why = scorer(label.text, label.context)
        if score is not None:
            labelled.append([label.number, label.expects_finding, decimal_text(score)])
        if not progress(done):
            break
    return labelled


def _scorer(check: str, level: str, made: CompiledCheck | None) -> Scorer:
    if made is None or not made.policy.checks:
        return lambda _text, _context: (None, "The check is switched off.")
    policy = made.policy
    name = {"toxicity": "toxicity", "brand_voice": "voice_match"}.get(check, level)
    only = policy.checks[0]
    if isinstance(only, ToxicityCheck):
        # A single sentence counts from the block threshold on: at 0 every sentence speaks for its text.
        bar = 0.0 if level == BLOCK else only.block_threshold
        policy = replace(policy, checks=(ToxicityCheck(only._engine, min(bar, 0.0), bar),))

    def score(text: str, context: Context) -> tuple[float | None, str]:
        results: tuple[CheckResult, ...] = policy.check(text, context).results
        found = results[0].scores.get(name) if results else None
        return found, (results[0].reason or "") if results else ""

    return score


def _topic_options(state: PolicyState, level: str) -> dict[str, Any]:
    """Return what each rate would give a topic: its threshold, and how it does on its own examples."""
    asset, _, topic_id = level.partition("/")
    assets = parse_assets(state.contents)
    topics = assets.forbidden_topics.get(asset)
    topic = next((t for t in topics.topics if t.id == topic_id), None) if topics else None
    if topics is None or topic is None:
        return {}
    background = background_of(assets, topics)
    return {rate: _topic_option(topic, rate, background) for rate in RATES}


def _topic_option(topic: Topic, rate: str, background: Sequence[str]) -> dict[str, Any]:
    changed = topic.model_copy(update={"max_background_false_positive_rate": rate})
    try:
        report = topic_report(changed, background)
    except EncoderError as error:
        return {"problem": str(error)}
    return {
        "threshold": decimal_text(report.threshold),
        "recall": decimal_text(report.recall),
        "false_positive_rate": decimal_text(report.false_positive_rate),
        "examples": report.n_positives,
        "background": report.n_background,
        "problem": report.problem,
    }


def ask_for_scores(session: Session, policy: Policy, check: str, level: str) -> ScoreSet:
    """Have approved copy and labelled cases scored by a job; the same question is asked once.

    Raises:
        ContentError: golden content that an older console saved and this one does not understand.
    """
    state = queries.policy_state(session, policy.id)
    found = find(session, policy.id, check, level, state)
    if found is not None and found.state != WorkState.FAILED:
        return found
    if found is not None:
        session.delete(found)
        session.flush()
    texts, labels = (
        approved_copy(session, policy.id, state, check),
        queries.active_labels(session, policy.id, [check]),
    )
    row = ScoreSet(
        policy_id=policy.id,
        check=check,
        level=level,
        input_sha256=input_sha256(check, state),
        texts_sha256=texts_sha256(texts, labels),
        total=len(texts) + len(labels),
        scores={},
        created_at=now(),
    )
    session.add(row)
    session.flush()
    ledger.submit(session, JOB, f"{JOB}:{row.id}", {"score_set_id": row.id})
    return row


def find(
    session: Session,
    policy_id: int,
    check: str,
    level: str,
    state: PolicyState,
    texts: Sequence[ApprovedText] | None = None,
) -> ScoreSet | None:
    """Return the scores of a threshold's texts as they are now; None where they were not taken yet.

    Args:
        texts: the approved copy, where it is read already.
    """
    if texts is None:
        try:
            texts = approved_copy(session, policy_id, state, check)
        except ContentError:
            return None
    labels = queries.active_labels(session, policy_id, [check])
    return queries.find_scores(
        session,
        policy_id,
        check,
        level,
        inputs=input_sha256(check, state),
        texts=texts_sha256(texts, labels),
    )


def store(row: ScoreSet, scores: dict[str, Any]) -> None:
    """Put scores into their row."""
    row.scores, row.state, row.done, row.failure = scores, WorkState.DONE, row.total, None
    row.finished_at = now()

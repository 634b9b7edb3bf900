"""How well the texts of a run keep the rules and match the voice, and how many fell against production's.

Worked out once, when a run is summed up, from what is stored: no page reads the texts of a whole run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from statistics import fmean
from typing import Any, Final

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from copydesk.checks.contract import Outcome, Severity
from copydesk.checks.text import count_words
from copydesk.checks.wire import decimal_text
from copydesk.scoring import SCORED_CHECKS, VOICE_CHECK, score_of
from models import CheckVerdict, Sample

REQUIRED, RECOMMENDED, VOICE = "required", "recommended", "voice_match"
NAMES: Final = (REQUIRED, RECOMMENDED, VOICE)
# A text fell or rose when its number moved by a point of a hundred: less is not seen on any page.
LEAST_CHANGE: Final = 0.01 - 1e-9

Scores = Mapping[tuple[str, int], Mapping[str, float]]


def summarise_scores(session: Session, run_id: int, baseline_run_id: int | None) -> dict[str, Any]:
    """Return the mean of each number over a run's texts as JSON data without floats, by its name.

    `texts` says over how many; `before` is the mean of the baseline run, over its own texts; `fell` and
    `rose` count the texts that moved by a point of a hundred or more against the same case there. These are
    None without a baseline run. A number that no text has is left out.
    """
    words_of = cache(count_words)  # a run and its baseline share most of their texts
    now = _scores(session, run_id, words_of)
    before = _scores(session, baseline_run_id, words_of) if baseline_run_id is not None else None
    found = {name: _summary(name, now, before) for name in NAMES}
    return {name: figures for name, figures in found.items() if figures["texts"]}


def _summary(name: str, now: Scores, before: Scores | None) -> dict[str, Any]:
    values = {key: scores[name] for key, scores in now.items() if name in scores}
    figures: dict[str, Any] = {"texts": len(values), "mean": _mean(values)}
    if before is None:
        return figures | {"before": None, "fell": None, "rose": None}
    was = {key: scores[name] for key, scores in before.items() if name in scores}
    moved = [values[key] - was[key] for key in values.keys() & was.keys()]
    return figures | {
        "before": _mean(was),
        "fell": sum(change <= -LEAST_CHANGE for change in moved),
        "rose": sum(change >= LEAST_CHANGE for change in moved),
    }


def _mean(values: Mapping[tuple[str, int], float]) -> str | None:
    return decimal_text(fmean(values.values())) if values else None


def _scores(session: Session, run_id: int, words_of: Callable[[str], int]) -> Scores:
    """Return the numbers that each sample of a run has, by case and repeat."""
    severities, unread = _issues(session, run_id)
    matches = _voice_matches(session, run_id)
    has_rules = _has_rules(session, run_id)
    samples = session.execute(
        select(Sample.id, Sample.case_key, Sample.repeat_index, Sample.text).where(Sample.run_id == run_id)
    )
    found: dict[tuple[str, int], dict[str, float]] = {}
    for sample_id, case_key, repeat_index, text in samples:
        numbers = found[case_key, repeat_index] = {}
        if text is not None and has_rules and sample_id not in unread:
            score = score_of(words_of(text), severities[sample_id])
            if score.required is not None and score.recommended is not None:
                numbers |= {REQUIRED: score.required, RECOMMENDED: score.recommended}
        if sample_id in matches:
            numbers[VOICE] = matches[sample_id]
    return found


def _has_rules(session: Session, run_id: int) -> bool:
    statement = select(CheckVerdict.id).where(
        CheckVerdict.run_id == run_id, CheckVerdict.check.in_(SCORED_CHECKS)
    )
    return session.scalar(statement.limit(1)) is not None


def _issues(session: Session, run_id: int) -> tuple[Mapping[int, list[Severity]], set[int]]:
    """Return the severities found in each sample, and the samples on which a counting check did not run."""
    severities: defaultdict[int, list[Severity]] = defaultdict(list)
    unread = set()
    # A check that passes found no more than information, which weighs nothing: most rows stay unread.
    rows = session.execute(
        select(CheckVerdict.sample_id, CheckVerdict.outcome, CheckVerdict.findings).where(
            CheckVerdict.run_id == run_id,
            CheckVerdict.check.in_(SCORED_CHECKS),
            CheckVerdict.outcome != Outcome.PASS,
        )
    )
    for sample_id, outcome, findings in rows:
        if outcome == Outcome.NOT_RUN:
            unread.add(sample_id)
        severities[sample_id] += [Severity(finding["severity"]) for finding in findings]
    return severities, unread


def _voice_matches(session: Session, run_id: int) -> dict[int, float]:
    rows = session.execute(
        select(CheckVerdict.sample_id, CheckVerdict.scores).where(
            CheckVerdict.run_id == run_id,
            CheckVerdict.check == VOICE_CHECK,
            CheckVerdict.outcome != Outcome.NOT_RUN,
            cast(CheckVerdict.scores, Text) != "{}",
        )
    )
    return {sample_id: float(scores[VOICE]) for sample_id, scores in rows if VOICE in scores}

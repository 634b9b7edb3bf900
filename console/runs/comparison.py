"""Two runs side by side."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.runs.evidence import score_changes
from console.runs.gate import case_changes
from console.runs.labels import check_label
from console.runs.pages import ComparedCase, ComparePage
from console.runs.reading import case_titles, run_row
from models import Run, Sample

_ORDER = ("newly_failing", "newly_passing", "only_one", "still_failing", "still_passing")


def compare_page(session: Session, left: Run, right: Run, *, show: str) -> ComparePage:
    """Compare two runs case by case, what changed first; `show` narrows to one kind of change.

    A case with several samples changes as a whole (`case_changes`) and counts once; its samples stand each in
    a row.
    """
    titles = {**case_titles(left), **case_titles(right)}
    before, after = _samples(session, left), _samples(session, right)
    keys = sorted(set(before) | set(after))
    passed = [{key: sample.passed for key, sample in samples.items()} for samples in (before, after)]
    changes = {key[0]: "only_one" for key in keys} | case_changes(*passed)
    counts = Counter(changes.values())
    shown = [
        _compared(key, titles.get(key[0], key[0]), before.get(key), after.get(key), changes[key[0]])
        for key in keys
        if show in {"", changes[key[0]]}
    ]
    shown.sort(key=lambda case: (_ORDER.index(case.change), case.case_key, case.repeat_index))
    return ComparePage(
        left=run_row(session, left),
        right=run_row(session, right),
        left_id=left.id,
        right_id=right.id,
        cases=tuple(shown),
        counts={name: counts[name] for name in _ORDER},
        checks=_checks(left, right),
        scores=score_changes(left.summary, right.summary),
        show=show,
    )


def _samples(session: Session, run: Run) -> dict[tuple[str, int], Sample]:
    found = session.scalars(select(Sample).where(Sample.run_id == run.id))
    return {(sample.case_key, sample.repeat_index): sample for sample in found}


def _compared(
    key: tuple[str, int], title: str, before: Sample | None, after: Sample | None, change: str
) -> ComparedCase:
    return ComparedCase(
        case_key=key[0],
        repeat_index=key[1],
        title=title,
        left_id=before.id if before else None,
        right_id=after.id if after else None,
        left_text=(before.text or before.failure) if before else None,
        right_text=(after.text or after.failure) if after else None,
        left_passed=before.passed if before else None,
        right_passed=after.passed if after else None,
        change=change,
    )


def _checks(left: Run, right: Run) -> tuple[tuple[str, str, str], ...]:
    before = (left.summary or {}).get("checks", {})
    after = (right.summary or {}).get("checks", {})

    def rate(figures: dict[str, int] | None) -> str:
        if not figures or not figures["total"]:
            return "–"
        return f"{100 * figures['passed'] / figures['total']:.1f}%"

    names = sorted(set(before) | set(after))
    return tuple((check_label(name), rate(before.get(name)), rate(after.get(name))) for name in names)

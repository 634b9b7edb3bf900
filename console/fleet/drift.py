"""Whether texts in production fare otherwise than the golden run of their version promised, check by check.

A fixed threshold (such as .1 of the population stability index) is noise below some hundred texts. Here a
check has drifted when the difference is beyond what dealing all texts out by chance would give: Fisher's
exact test, which is that permutation test, adjusted by Holm for the number of checks of a policy.

Reports count no prompts: another mix of prompts or audiences than the golden set's drifts too, as it should
be seen to, and the page says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.fleet.pages import DriftRow, PolicyDrift
from console.runs.labels import check_label
from console.statistics import ALPHA, fisher_p, holm
from copydesk.checks.contract import Outcome
from models import Bundle, Channel, CheckVerdict, InstanceReport, Policy, Run, Sample

CHANNEL = "production"
GENERATED = ("generated", "cached")  # sources of samples that a model wrote, as it writes at runtime
_JUDGED = {Outcome.PASS.value, Outcome.WARN.value, Outcome.FAIL.value}
_Counts = Mapping[tuple[str, str], int]


def drift_of(
    session: Session, workspace_id: int, reports: Mapping[str, Iterable[InstanceReport]]
) -> tuple[PolicyDrift, ...]:
    """Compare what services report of the version in production with the golden run it was approved on.

    A text passes a check that does not fail it, on both sides, whatever a golden case expects. Of the golden
    run, texts that a model wrote count, each case once (its first sample): repeats are not independent.

    Args:
        reports: the latest report of each process, by the slug of its policy.

    Returns:
        One entry per policy with a version in production of which any text was reported, by policy.
    """
    statement = (
        select(Policy.slug, Policy.name, Bundle)
        .join(Channel, Channel.policy_id == Policy.id)
        .join(Bundle, Bundle.id == Channel.bundle_id)
        .where(Policy.workspace_id == workspace_id, Channel.name == CHANNEL, Policy.slug.in_(list(reports)))
        .order_by(Policy.name)
    )
    found = []
    for slug, name, bundle in session.execute(statement).all():
        runtime = _reported(reports[slug], bundle.version)
        if runtime:
            run = bundle.review.run
            rows = compare(_tested(session, run), runtime)
            named = tuple(replace(row, check=check_label(row.check)) for row in rows)
            found.append(PolicyDrift(name, slug, bundle.version, run.id, run.number, named))
    return tuple(found)


def compare(golden: _Counts, runtime: _Counts) -> tuple[DriftRow, ...]:
    """Compare counts of texts by (check, outcome); checks that only one side ran are left out.

    Returns:
        One row per check, those that drifted first.
    """
    checks = sorted({check for check, _ in golden} & {check for check, _ in runtime})
    pairs = [(_passed(golden, check), _passed(runtime, check)) for check in checks]
    p_values = holm([fisher_p(*before, *after) for before, after in pairs])
    rows = [
        DriftRow(check, *before, *after, p_value, _state(before, after, p_value))
        for check, (before, after), p_value in zip(checks, pairs, p_values, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (("worse", "better", "same").index(row.state), row.check)))


def _passed(counts: _Counts, check: str) -> tuple[int, int]:
    """Return how many texts a check let pass, of how many it judged."""
    failed = counts.get((check, Outcome.FAIL.value), 0)
    judged = sum(counts.get((check, outcome), 0) for outcome in _JUDGED)
    return judged - failed, judged


def _state(before: tuple[int, int], after: tuple[int, int], p_value: float) -> str:
    if p_value >= ALPHA:
        return "same"
    return "worse" if after[0] * before[1] < before[0] * after[1] else "better"


def _reported(reports: Iterable[InstanceReport], version: int) -> _Counts:
    """Add up what all processes counted of texts that this version judged, gone processes among them."""
    counts: Counter[tuple[str, str]] = Counter()
    for report in reports:
        for counted in (report.content.get("telemetry") or {}).get("versions") or ():
            if counted["version"] == version:
                counts.update(
                    {
                        (check["check"], check["outcome"]): check["count"]
                        for check in counted["checks"]
                        if check["outcome"] in _JUDGED and check["count"]
                    }
                )
    return counts


def _tested(session: Session, run: Run) -> _Counts:
    statement = (
        select(CheckVerdict.check, CheckVerdict.outcome, func.count())
        .join(Sample, Sample.id == CheckVerdict.sample_id)
        .where(
            CheckVerdict.run_id == run.id,
            CheckVerdict.outcome.in_(_JUDGED),
            Sample.repeat_index == 0,
            Sample.source.in_(GENERATED),
        )
        .group_by(CheckVerdict.check, CheckVerdict.outcome)
    )
    return {(check, outcome): count for check, outcome, count in session.execute(statement)}

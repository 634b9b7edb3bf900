"""The figures of a complete run as people read them: verdict strip, evidence table, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.assets.grounds import checks_without_grounds
from console.runs import queries
from console.runs.gate import case_changes
from console.runs.labels import check_label, nothing_to_go_by
from console.runs.pages import ScoreChange, ScoreRow
from console.runs.scores import NAMES, RECOMMENDED, REQUIRED, VOICE
from console.web.components import EvidenceRow, Stat
from copydesk.scoring import points
from models import Run, Sample

WITHOUT_GROUNDS = "checks_without_grounds"  # a key of a run's summary; older runs lack it


def without_grounds(session: Session, run: Run) -> list[str]:
    """Return the checks of a run that its candidate gave nothing to go by (JSON data)."""
    contents: dict[str, dict[str, Any]] = {}
    for revision in queries.pinned_revisions(session, run.candidate):
        contents.setdefault(revision.asset.kind, {})[revision.asset.name] = revision.content
    return list(checks_without_grounds(contents))


def with_grounds_told(condition_id: str, message: str, summary: Mapping[str, Any] | None) -> str:
    """Return what a gate condition says, with what the check of a pass rate had nothing to go by."""
    kind, _sep, rest = condition_id.partition(":")
    check = rest.partition(":")[0]
    if kind != "floor" or check not in (summary or {}).get(WITHOUT_GROUNDS, ()):
        return message
    return f"{message} {nothing_to_go_by(check)}"


def stats_of(session: Session, run: Run) -> tuple[Stat, ...]:
    """Return the verdict strip of a complete run; empty before."""
    summary = run.summary
    if not summary:
        return ()
    passed, total = summary["passed"], summary["total"]
    rate = 100 * passed / total if total else 0.0
    newly_failing, newly_passing = summary["newly_failing"], summary["newly_passing"]
    conditions = [c for c in summary["gate"]["conditions"] if c["state"] != "not_applicable"]
    met = sum(condition["state"] == "met" for condition in conditions)
    strip = [
        Stat(
            _("Golden set pass rate"),
            f"{rate:.1f}%",
            note=_counted(run, passed, total) + " " + _against(session, run, rate),
        )
    ]
    if newly_failing is None:
        strip.append(
            Stat(_("Newly failing"), "–", note=_("No other version is in production to compare with"))
        )
    else:
        bad: Literal["bad", "ok"] = "bad" if newly_failing else "ok"
        note = _("Read them below") if newly_failing else _("No case got worse")
        href = "?show=newly_failing#samples" if newly_failing else None
        strip.append(Stat(_("Newly failing"), str(len(newly_failing)), note=note, kind=bad, href=href))
        strip.append(Stat(_("Newly passing"), str(len(newly_passing)), kind="ok" if newly_passing else ""))
    kind: Literal["bad", "ok"] = "ok" if met == len(conditions) else "bad"
    setting = summary["gate_setting"]
    note = _("Set by gate setting %(n)s", n=setting) if setting else _("The default gate")
    small = _("of %(n)s", n=len(conditions))
    strip.append(Stat(_("Conditions met"), str(met), small=small, note=note, kind=kind))
    return tuple(strip)


def _counted(run: Run, passed: int, total: int) -> str:
    if run.repeats == 1:
        return _("%(passed)s of %(total)s cases.", passed=passed, total=total)
    return _(
        "%(passed)s of %(total)s samples of %(cases)s cases.",
        passed=passed,
        total=total,
        cases=run.case_count,
    )


def _against(session: Session, run: Run, rate: float) -> str:
    before = session.get(Run, run.baseline_run_id) if run.baseline_run_id else None
    if before is None or not before.summary or not before.summary["total"]:
        return ""
    points = rate - 100 * before.summary["passed"] / before.summary["total"]
    if abs(points) < 0.05:
        return _("Same as production")
    if points > 0:
        return _("%(n).1f points above production", n=points)
    return _("%(n).1f points below production", n=-points)


def evidence_of(session: Session, run: Run) -> tuple[EvidenceRow, ...]:
    """Return the evidence table: missed thresholds first, then drops against production."""
    summary = run.summary
    if not summary:
        return ()
    baseline = session.get(Run, run.baseline_run_id) if run.baseline_run_id else None
    before = (baseline.summary or {}).get("checks", {}) if baseline else {}
    floors = {
        c["check"]: c
        for c in summary["gate"]["conditions"]
        if c["id"].startswith("floor:") and not c["segment"]
    }
    groundless = summary.get(WITHOUT_GROUNDS, ())
    rows = [
        _groundless_row(check, before.get(check), floors.get(check))
        if check in groundless and not figures["not_run"]
        else _evidence_row(check, figures, before.get(check), floors.get(check), run)
        for check, figures in summary["checks"].items()
    ]
    return tuple(sorted(rows, key=_worst_first))


def _evidence_row(check: str, figures: Mapping[str, Any], before: Any, floor: Any, run: Run) -> EvidenceRow:
    rate = figures["passed"] / figures["total"] if figures["total"] else None
    was = before["passed"] / before["total"] if before and before["total"] else None
    state: Any = floor["state"] if floor else "not_applicable"
    if figures["not_run"]:
        state = "not_run"
    labels = {
        "met": _("Met"),
        "not_met": _("Not met"),
        "too_few": _("Too few cases"),
        "not_run": _("Not run"),
        "not_applicable": _("No threshold"),
    }
    engine = next((e for e in run.engines if e["check"] == check), {"engine": "", "engine_version": ""})
    detail = f"{engine['engine']} {engine['engine_version']}".strip()
    if figures["not_run"]:
        detail += ", " + _("not run on %(n)s", n=figures["not_run"])
    threshold = float(floor["floor"]) if floor and floor["floor"] else None
    url = f"?check={check}&show=failing#samples"
    return EvidenceRow(check_label(check), detail, rate, was, threshold, state, labels[state], url)


def _groundless_row(check: str, before: Any, floor: Any) -> EvidenceRow:
    """Return the row of a check that had nothing to go by: that every text passed says nothing of them."""
    was = before["passed"] / before["total"] if before and before["total"] else None
    threshold = float(floor["floor"]) if floor and floor["floor"] else None
    detail, label = nothing_to_go_by(check), _("Says nothing")
    return EvidenceRow(check_label(check), detail, None, was, threshold, "not_applicable", label)


def _worst_first(row: EvidenceRow) -> tuple[bool, float, str]:
    drop = (row.candidate or 0) - (row.production if row.production is not None else row.candidate or 0)
    return row.result in {"met", "not_applicable"}, drop, row.check


def changes_of(session: Session, run: Run) -> dict[tuple[str, int], str]:
    """Return for each sample of a run how its case changed against production's run; new: not tested there.

    A case with several samples changes as a whole (`case_changes`): all its samples have the same change.
    """
    after = _passed(session, run.id)
    before = {} if run.baseline_run_id is None else _passed(session, run.baseline_run_id)
    changes = case_changes(before, after)
    return {key: changes.get(key[0], "new") for key in after}


def _passed(session: Session, run_id: int) -> dict[tuple[str, int], bool]:
    statement = select(Sample.case_key, Sample.repeat_index, Sample.passed).where(Sample.run_id == run_id)
    return {(key, repeat): passed for key, repeat, passed in session.execute(statement)}


def score_rows(summary: Mapping[str, Any] | None) -> tuple[ScoreRow, ...]:
    """Return the numbers of a summed-up run as people read them; none for runs that are older than they."""
    found = (summary or {}).get("scores", {})
    return tuple(
        ScoreRow(
            label=_label(name),
            mean=_figure(name, figures["mean"]),
            before=_figure(name, figures["before"]),
            texts=figures["texts"],
            fell=figures["fell"],
            rose=figures["rose"],
        )
        for name, figures in ((name, found[name]) for name in NAMES if name in found)
    )


def score_changes(left: Mapping[str, Any] | None, right: Mapping[str, Any] | None) -> tuple[ScoreChange, ...]:
    """Return the numbers of two summed-up runs side by side."""
    before, after = (left or {}).get("scores", {}), (right or {}).get("scores", {})
    both = {name: (before.get(name), after.get(name)) for name in NAMES if name in before or name in after}
    return tuple(
        ScoreChange(
            _label(name),
            _figure(name, was and was["mean"]),
            _figure(name, now and now["mean"]),
            _change(was["mean"], now["mean"]) if was and now else "–",
        )
        for name, (was, now) in both.items()
    )


def _label(name: str) -> str:
    labels = {
        REQUIRED: _("Rules kept, required"),
        RECOMMENDED: _("Rules kept, recommended"),
        VOICE: _("Voice match"),
    }
    return labels[name]


def _figure(name: str, mean: str | None) -> str:
    if mean is None:
        return "–"
    # Down to a tenth, so that only a run without any issue has the full score.
    tenths = points(10 * float(mean)) / 10
    return _("%(number)s %%", number=tenths) if name == VOICE else _("%(points)s of 100", points=tenths)


def _change(was: str, now: str) -> str:
    moved = round(100 * (float(now) - float(was)), 1)
    if not moved:
        return _("same")
    return _("%(n)s points up", n=moved) if moved > 0 else _("%(n)s points down", n=-moved)

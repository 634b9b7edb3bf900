"""Builds the impact page from previews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from console.assets import labels
from console.assets.heads import TRAINERS
from console.runs.labels import check_label
from console.runs.marking import mark
from console.web.access import workspace
from console.web.components import Stat, Tab, TextSegment
from console.workbench.impact import DIRECTIONS, Change, Impact
from console.workbench.pages import (
    ChangeList,
    ChangeView,
    CheckRow,
    ImpactPage,
    Narrowing,
    PolicyView,
    WorkView,
)
from console.workbench.previews import Pending, Preview, Question
from copydesk.assets import Kind
from copydesk.checks.personal_data import hide_personal_data
from copydesk.errors import ContentError
from models import Asset

SHOWN_FIRST, SHOWN_PER_PAGE = 5, 20
# What is shown of a text on either side of a mark.
AROUND_CHARS = 100


def direction_label(direction: str) -> str:
    """Return the name of a direction as people read it."""
    return {
        "worse": _("Gets worse"),
        "better": _("Gets better"),
        "more": _("Also marked"),
        "fewer": _("No longer marked"),
    }[direction]


def outcome_label(outcome: str) -> str:
    """Return an outcome as people read it."""
    return {
        "pass": _("passes"),
        "warn": _("warns"),
        "fail": _("fails"),
        "not_run": _("not run"),
        "off": _("switched off"),
    }[outcome]


def policy_view(preview: Preview) -> PolicyView:
    """Sum a preview up, with its first changes."""
    question, found = preview.question, preview.impact
    url = url_for("workbench.impact", policy=question.policy_slug)
    if not question.checks:
        return PolicyView(question.policy_name, question.policy_slug, "unchanged", url)
    if not question.samples.items:
        return PolicyView(question.policy_name, question.policy_slug, "empty", url)
    counts = found.counted()
    return PolicyView(
        question.policy_name,
        question.policy_slug,
        "done",
        url,
        sample_count=found.sample_count,
        is_cut=question.samples.is_cut,
        flipped=found.flipped_count,
        worse=counts["worse"],
        better=counts["better"],
        more=counts["more"],
        fewer=counts["fewer"],
        work=_work(preview.pending),
        broken=tuple((check_label(check), reason) for check, reason in preview.broken),
        has_answers=_has_answers(preview),
        first=tuple(change_view(change) for change in found.changes[:SHOWN_FIRST]),
    )


def _has_answers(preview: Preview) -> bool:
    """Tell whether any check that reads the change has answered."""
    silent = {check for check, _reason in preview.broken}
    silent |= set(preview.pending.checks) if preview.pending is not None else set()
    return not silent.issuperset(preview.question.checks)


def broken_view(question: Question | None, error: ContentError) -> PolicyView:
    """Say that the content can't be judged, and why."""
    name, slug = (question.policy_name, question.policy_slug) if question else ("", "")
    url = url_for("workbench.impact", policy=slug or None)
    return PolicyView(name, slug, "broken", url, failure=str(error))


def _work(pending: Pending | None) -> WorkView | None:
    if pending is None:
        return None
    names = ", ".join(check_label(check) for check in pending.checks)
    done = pending.done if pending.done else None
    return WorkView(names, pending.state, _step(pending, names), done, pending.total, pending.failure)


def _step(pending: Pending, names: str) -> str:
    if not pending.has_begun:
        return _("%(checks)s: waiting for the worker …", checks=names)
    if pending.done:
        return _(
            "%(checks)s: %(done)s of %(total)s samples", checks=names, done=pending.done, total=pending.total
        )
    if TRAINERS.keys() & set(pending.checks):
        return _("%(checks)s: learning from the examples …", checks=names)
    return _("%(checks)s: being set up …", checks=names)


def change_view(change: Change) -> ChangeView:
    """Show one change: the text around the findings that come, or else around those that go."""
    sample = change.sample
    shown = change.added or change.gone
    context = sample.context
    segments, findings = mark(hide_personal_data(sample.text, context.locale), shown)
    places = [context.prompt, context.audience, context.locale]
    return ChangeView(
        url=url_for(
            "runs.sample", run_id=sample.run_id, sample_id=sample.id, workspace_slug=workspace().slug
        ),
        title=sample.title,
        where=", ".join(place for place in places if place),
        run=_("run %(n)s", n=sample.run_number),
        check=check_label(change.check),
        direction=change.direction,
        was=outcome_label(change.was),
        becomes=outcome_label(change.becomes),
        segments=excerpt(segments),
        findings=findings,
        reason=change.reason or "",
        note=_expectation(change),
    )


def _expectation(change: Change) -> str:
    if change.was_expected == change.is_expected or not change.is_flip:
        return ""
    if change.is_expected:
        return _("This is what its case asks for.")
    return _("Its case asks for what the check says now.")


def excerpt(segments: Sequence[TextSegment]) -> tuple[TextSegment, ...]:
    """Shorten what stands between the marks of a text; without a mark its beginning is left."""
    found: list[TextSegment] = []
    last = len(segments) - 1
    for index, segment in enumerate(segments):
        if segment.severity is not None:
            found.append(segment)
            continue
        keep_start, keep_end = index > 0 or last == 0, index < last
        found.append(TextSegment(_shortened(segment.text, keep_start=keep_start, keep_end=keep_end)))
    return tuple(found)


def _shortened(text: str, *, keep_start: bool, keep_end: bool) -> str:
    if len(text) <= AROUND_CHARS * (keep_start + keep_end) + 2:
        return text
    start = text[:AROUND_CHARS] if keep_start else ""
    end = text[-AROUND_CHARS:] if keep_end else ""
    shortened = f"{start} … {end}"
    shortened = shortened if keep_start else shortened.lstrip()
    return shortened if keep_end else shortened.rstrip()


def impact_page(
    asset: Asset,
    view: PolicyView | None,
    preview: Preview | None,
    narrowed: Narrowing,
    *,
    tabs: tuple[Tab, ...],
    offset: int,
    can_edit: bool,
    tried: int | None,
) -> ImpactPage:
    """Build the page of one policy's preview.

    Args:
        view: of the chosen policy, or the one that says why there is none.
        offset: number of matching changes on earlier pages.
        tried: number of the old revision that is tried; None: the draft is.
    """
    found = preview.impact if preview is not None else Impact()
    url = partial(_list_url, view.slug if view else "", narrowed)
    return ImpactPage(
        tried=tried,
        asset_title=asset.title,
        is_prompt=asset.kind == Kind.PROMPT,
        kind_title=labels.kind_title(asset.kind),
        revision=asset.last_revision_number,
        has_draft=asset.draft is not None,
        can_edit=can_edit,
        view=view,
        policies=tabs,
        stats=_stats(view) if view is not None and view.state == "done" else (),
        rows=tuple(_check_row(found, check, url) for check in found.checks),
        places=tuple(_places(found)),
        list=_change_list(found, narrowed, offset, url),
    )


def _list_url(policy: str, narrowed: Narrowing, start: int, **instead: str) -> str:
    query: dict[str, Any] = {**narrowed.as_query(**instead), "from": start or None}
    return url_for("workbench.impact", policy=policy or None, _anchor="changes", **query)


def _change_list(found: Impact, narrowed: Narrowing, offset: int, url: Callable[..., str]) -> ChangeList:
    matching = [change for change in found.changes if narrowed.fits(change)]
    further = offset + SHOWN_PER_PAGE
    return ChangeList(
        narrowed=narrowed,
        directions=tuple(_directions(found, narrowed, url)),
        choices=tuple(_choices(found)),
        changes=tuple(change_view(change) for change in matching[offset:further]),
        match_count=len(matching),
        newer_url=url(max(0, offset - SHOWN_PER_PAGE)) if offset else None,
        older_url=url(further) if further < len(matching) else None,
    )


def _stats(view: PolicyView) -> tuple[Stat, ...]:
    return (
        Stat(
            _("Samples that flip"),
            str(view.flipped),
            _tried(view),
            "meh" if view.flipped else "" if view.is_partial else "ok",
        ),
        Stat(_("Get worse"), str(view.worse), _("fail or warn, and did not"), "bad" if view.worse else ""),
        Stat(_("Get better"), str(view.better), _("pass, and did not"), "ok" if view.better else ""),
        Stat(_("Marks that move"), str(view.more + view.fewer), _("same outcome, other places")),
    )


def _tried(view: PolicyView) -> str:
    tried = _tried_samples(view)
    return _("%(tried)s; not every check has answered", tried=tried) if view.is_partial else tried


def _tried_samples(view: PolicyView) -> str:
    if view.is_cut:
        return ngettext("of the newest sample", "of the newest %(num)d samples", view.sample_count)
    return ngettext("of %(num)d sample", "of %(num)d samples", view.sample_count)


def _check_row(found: Impact, check: str, url: Callable[..., str]) -> CheckRow:
    counts = found.counted(check=check)
    return CheckRow(check_label(check), url(0, check=check), *(counts[name] for name in DIRECTIONS))


def _places(found: Impact) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Count samples that flip by prompt, audience and locale."""
    by_name = {"prompt": _("Prompt"), "audience": _("Audience"), "locale": _("Locale")}
    lists = []
    for name, label in by_name.items():
        flipped = {c.sample.id: getattr(c.sample.context, name) for c in found.changes if c.is_flip}
        counts = Counter(value for value in flipped.values() if value)
        if counts:
            lists.append((label, tuple((value, str(number)) for value, number in counts.most_common(8))))
    return lists


def _directions(found: Impact, narrowed: Narrowing, url: Callable[..., str]) -> list[Tab]:
    counts = Counter(
        change.direction
        for change in found.changes
        if Narrowing(**narrowed.as_query(direction="")).fits(change)
    )
    chosen = narrowed.direction
    tabs = [Tab(_("All"), url(0, direction=""), not chosen, sum(counts.values()))]
    return tabs + [
        Tab(direction_label(name), url(0, direction=name), chosen == name, counts[name])
        for name in DIRECTIONS
    ]


def _choices(found: Impact) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Return the selects of the filter: name, label, and the values that occur, each with its count."""
    by_check = Counter(change.check for change in found.changes)
    checks = tuple((check, f"{check_label(check)} ({by_check[check]})") for check in by_check)
    lists = [("check", _("Check"), checks)]
    for name, label in (("prompt", _("Prompt")), ("audience", _("Audience")), ("locale", _("Locale"))):
        counts = Counter(getattr(change.sample.context, name) for change in found.changes)
        values = sorted(value for value in counts if value)
        lists.append((name, label, tuple((value, f"{value} ({counts[value]})") for value in values)))
    return lists

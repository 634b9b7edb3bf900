"""Putting pages together from what queries return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from console.assets import conflict_building, conflicts, labels, measuring, queries
from console.assets.editing import HEAD, WorkingCopy, part_of
from console.assets.item_forms import QuickTermForm
from console.assets.items import digest_of
from console.assets.measuring import TopicMeasure
from console.assets.pages import (
    AssetRow,
    EditorPage,
    Heading,
    IndexPage,
    Matrix,
    MatrixCell,
    MeasureRow,
    MeasuresView,
    PartView,
    ProblemView,
)
from console.assets.preparation import prepare
from console.assets.projection import SHAPES, items_of, paragraphs_of
from console.assets.tables import item_table
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor
from console.web.components import Flag, VersionEntry, VersionStop
from console.web.forms import name_apart
from console.web.paging import Page
from console.web.presentation import describe_moment
from copydesk.assets import Kind
from copydesk.errors import ContentError, Problem
from models import Asset, Revision

Json = Mapping[str, Any]
MAX_PREPARED = 32
LONG_WAIT_S = 1.0


def index_page(kind: Kind, found: Page[Any], *, words: str, archived: bool) -> IndexPage:
    """Build the list of a kind."""
    newest = queries.newest_revisions(db.session, found.items)
    drafts = queries.drafts_of(db.session, found.items)
    rows = []
    for asset in found.items:
        revision, draft = newest.get(asset.id), drafts.get(asset.id)
        content = draft.content if draft else revision.content if revision else {}
        main = _main_list(kind)
        rows.append(
            AssetRow(
                title=asset.title,
                name=asset.name,
                url=url_for("assets.show", kind=kind, name=asset.name),
                size=labels.count_words(main, len(items_of(content, main))),
                revision=asset.last_revision_number,
                saved_at=revision.created_at if revision else None,
                saved_by=revision.author.name if revision else "",
                draft_by=draft.saved_by.name if draft else "",
                draft_at=draft.saved_at if draft else None,
                is_mine=bool(draft and draft.saved_by_id == current_user.id),
            )
        )
    query: dict[str, Any] = {"kind": kind, "q": words or None, "archived": "1" if archived else None}
    return IndexPage(
        kind=kind,
        title=labels.kind_title(kind),
        about=str(labels.KIND_ABOUT[kind]),
        icon=labels.KIND_ICONS[kind],
        rows=tuple(rows),
        words=words,
        archived=archived,
        older_url=url_for("assets.index", before=found.older, **query) if found.older else None,
        newer_url=url_for("assets.index", after=found.newer, **query) if found.newer else None,
        can_edit=actor().may(Permission.EDIT),
    )


def _main_list(kind: str) -> str:
    names = [spec.name for spec in SHAPES[kind].lists]
    return next((name for name in names if name in {"rules", "blocks"}), names[0])


def heading(asset: Asset, *, current: int | None = None) -> Heading:
    """Build what stands above every page of an asset; `current`: the revision being read, None: the draft."""
    draft = asset.draft
    return Heading(
        kind=asset.kind,
        kind_title=labels.kind_title(asset.kind),
        name=asset.name,
        title=str((draft.content.get("title") if draft else None) or asset.title),
        policies=tuple(policy.name for policy in queries.policies_of_asset(db.session, asset)),
        last_revision=asset.last_revision_number,
        has_draft=draft is not None,
        draft_by=draft.saved_by.name if draft else "",
        draft_at=draft.saved_at if draft else None,
        is_mine=bool(draft and draft.saved_by_id == current_user.id),
        is_archived=asset.archived_at is not None,
        lock=draft.lock_number if draft else 0,
        can_edit=actor().may(Permission.EDIT) and asset.archived_at is None,
        stops=_stops(asset, current),
    )


def _stops(asset: Asset, current: int | None) -> tuple[VersionStop, ...]:
    """Build the revision line: the newest ones, and those that a channel ships."""
    pins = queries.pinned(db.session, asset)
    flags: dict[int, list[Flag]] = {}
    for pin in pins:
        label = _("%(channel)s %(version)s", channel=pin.channel.capitalize(), version=pin.version)
        flags.setdefault(pin.revision_number, []).append(Flag(label, pin.channel))
    page = queries.list_revisions(db.session, asset, size=queries.MAX_REVISIONS_OF_LINE)
    newest = list(reversed(page.items))
    draft = asset.draft
    here = current if current is not None else None if draft else asset.last_revision_number
    published = max(flags, default=0)
    stops = [
        VersionStop(
            f"r{revision.number}",
            f"{describe_moment(revision.created_at).label}, {revision.author.name}",
            url=url_for("assets.revision", number=revision.number),
            current=revision.number == here,
            draft=revision.number >= max(published, 0) and (draft is not None or revision is not newest[-1]),
            flags=tuple(flags.get(revision.number, ())),
            far=index < len(newest) - 2,
        )
        for index, revision in enumerate(newest)
    ]
    if draft is not None:
        label = _("Draft of r%(number)s", number=asset.last_revision_number + 1)
        detail = f"{describe_moment(draft.saved_at).label}, {draft.saved_by.name}"
        stops.append(VersionStop(label, detail, url=url_for("assets.show"), current=current is None))
    return tuple(stops)


def editor_page(
    asset: Asset,
    copy: WorkingCopy,
    *,
    words: str = "",
    chosen: str = "",
    quick: QuickTermForm | None = None,
    **more: Any,
) -> EditorPage:
    """Build the editor of an asset.

    Args:
        quick: the form of a term that was refused.
    """
    quick = quick or QuickTermForm(formdata=None)
    name_apart(quick, "quick")
    shape = SHAPES[asset.kind]
    compared = conflicts.conflicts_of(db.session, asset, copy.content, wait_s=LONG_WAIT_S)
    found = compared or ()
    beside = conflict_building.marks_by_row(asset, found)
    parts = [_part(asset, copy, HEAD, shape.model)]
    parts += [_part(asset, copy, name, model) for name, model in shape.parts.items()]
    return EditorPage(
        heading=heading(asset),
        parts=tuple(parts),
        tables=tuple(
            item_table(spec, copy.content, words=words, chosen=chosen, beside=beside)
            for spec in _ordered_lists(asset.kind)
        ),
        problems=problem_views(asset.kind, copy.content) if asset.draft else (),
        history=history_entries(queries.list_revisions(db.session, asset, size=5).items),
        words=words,
        chosen=chosen,
        matrix=matrix(asset, copy.content) if asset.kind == Kind.FALLBACKS else None,
        conflicts=conflict_building.conflict_views(found),
        is_comparing=compared is None,
        quick=quick,
        exports_vale=any(
            copy.content.get(name) for name in ("rules", "vocabulary_accept", "vocabulary_reject")
        ),
        **more,
    )


def _ordered_lists(kind: str) -> list[Any]:
    """Return the lists with the one people work in first."""
    return sorted(SHAPES[kind].lists, key=lambda spec: spec.name != _main_list(kind))


def _part(asset: Asset, copy: WorkingCopy, name: str, model: Any) -> PartView:
    title = (
        _("Title and text")
        if name == HEAD
        else {"voice": _("Voice examples")}.get(name) or labels.label(name)
    )
    return PartView(name, title, paragraphs_of(model, part_of(asset.kind, copy.content, name)))


def history_entries(revisions: Sequence[Revision]) -> tuple[VersionEntry, ...]:
    """Build the lines of a history, newest first."""
    return tuple(
        VersionEntry(
            f"r{revision.number}",
            revision.message,
            f"{describe_moment(revision.created_at).label}, {revision.author.name}",
            url_for("assets.revision", number=revision.number),
            url_for("assets.history", old=revision.number - 1 or None, new=revision.number)
            if revision.number > 1
            else None,
        )
        for revision in revisions
    )


def problem_views(kind: str, content: Json, more: Sequence[Problem] = ()) -> tuple[ProblemView, ...]:
    """Return what keeps content from being a revision, with links to the places.

    Args:
        more: what else was found, such as by an operation that refused it.
    """
    found = dict.fromkeys((*_problems(kind, content), *more))
    return tuple(_problem_view(kind, content, problem) for problem in found)


def measures_view(asset: Asset, content: Json) -> MeasuresView | None:
    """Show how well the examples of topics work; None for other kinds and for content that does not fit."""
    if asset.kind != Kind.FORBIDDEN_TOPICS:
        return None
    try:
        assets = measuring.topic_assets(db.session, asset, content)
    except ContentError:
        return None
    found = measuring.measure_topics(assets, asset.name, wait_s=measuring.SHORT_WAIT_S)
    rows = tuple(_measure_row(measure) for measure in found.done)
    return MeasuresView(rows, len(found.done), found.total)


def _measure_row(measure: TopicMeasure) -> MeasureRow:
    url = url_for("assets.edit_item", list_name="topics", key=measure.key)
    report = measure.report
    if report is None:
        word, kind = (_("Never found"), "fail") if measure.refusal else (_("Not measured"), "")
        return MeasureRow(measure.title, url, measure.reason, "", "", word, kind)
    return MeasureRow(
        title=measure.title,
        url=url,
        reason=measure.refusal or measure.weakness,
        found=_("%(n)s of %(total)s", n=round(report.recall * report.n_positives), total=report.n_positives),
        alarms=_(
            "%(n)s of %(total)s, limit %(limit)s",
            n=round(report.false_positive_rate * report.n_background),
            total=report.n_background,
            limit=f"{float(measure.limit):.1%}",
        ),
        word=_("Too close to approved text")
        if measure.refusal
        else _("Weak")
        if measure.weakness
        else _("Holds"),
        kind="fail" if measure.refusal else "warn" if measure.weakness else "pass",
    )


def _problems(kind: str, content: Json) -> tuple[Problem, ...]:
    key = (kind, digest_of(dict(content)))
    found = _remembered.get(key)
    if found is None:
        try:
            prepare(Kind(kind), content)
            found = ()
        except ContentError as error:
            found = error.problems
        if len(_remembered) >= MAX_PREPARED:
            _remembered.pop(next(iter(_remembered)), None)
        _remembered[key] = found
    return found


_remembered: dict[tuple[str, str], tuple[Problem, ...]] = {}


def _problem_view(kind: str, content: Json, problem: Problem) -> ProblemView:
    name, _dot, rest = problem.path.partition(".")
    number = rest.partition(".")[0]
    spec = next((spec for spec in SHAPES[kind].lists if spec.name == name), None)
    if spec is not None and number.isdecimal():
        every = items_of(content, name)
        if int(number) < len(every):
            item = every[int(number)]
            url = url_for("assets.edit_item", list_name=name, key=spec.key(item)) if spec.key(item) else None
            return ProblemView(problem.message, spec.title(item), url)
    if name in SHAPES[kind].parts:
        return ProblemView(problem.message, labels.label(name), url_for("assets.edit_part", part=name))
    return ProblemView(
        problem.message, labels.label(name) if name else "", url_for("assets.edit_part", part=HEAD)
    )


def matrix(asset: Asset, content: Json) -> Matrix:
    """Show for each prompt, audience and locale which copy serves, and where it is missing."""
    written = items_of(content, "fallbacks")
    prompts = {str(item.get("prompt")) for item in written}
    prompts |= set(queries.names_of_kind(db.session, asset.workspace_id, Kind.PROMPT))
    audiences = {item.get("audience") for item in written} | {None}
    locales = sorted({str(item["locale"]) for item in written if item.get("locale")})
    present = {(str(i.get("prompt")), i.get("audience"), i.get("locale")) for i in written}
    rows = [
        (
            prompt,
            audience or _("all audiences"),
            tuple(_matrix_cell(present, prompt, audience, locale) for locale in [*locales, None]),
        )
        for prompt in sorted(prompts)
        for audience in sorted(audiences, key=lambda name: (name is None, name or ""))
    ]
    return Matrix((*locales, _("all locales")), tuple(rows))


def _matrix_cell(present: set[Any], prompt: str, audience: Any, locale: str | None) -> MatrixCell:
    place = f"{prompt}, {audience or _('all audiences')}, {locale or _('all locales')}"
    if (prompt, audience, locale) in present:
        key = f"{prompt}/{audience or '*'}/{locale or '*'}"
        return MatrixCell(
            place, url_for("assets.edit_item", list_name="fallbacks", key=key), _("Written"), "pass"
        )
    language = (locale or "").split("-")[0]
    wider = [(audience, language), (audience, None), (None, locale), (None, language), (None, None)]
    url = url_for("assets.new_item", list_name="fallbacks", prompt=prompt, audience=audience, locale=locale)
    if any((prompt, *key) in present for key in wider):
        return MatrixCell(place, url, _("From a wider one"), "")
    return MatrixCell(place, url, _("Missing"), "warn")

"""Putting the pages of golden sets together from what queries return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from console.assets.editing import WorkingCopy
from console.extensions import db
from console.golden import queries
from console.golden.coverage import coverage_of
from console.golden.editing import cases_of, working_copy
from console.golden.forms import case_problems
from console.golden.pages import CaseRow, CasesPage, CoveragePage, GoldenRow, Heading, IndexPage
from console.golden.projection import expectation_lines
from console.golden.sensitivity import what_cases_show
from console.golden.vocabulary import Vocabulary, vocabulary
from console.permissions import Permission
from console.web.access import actor
from console.web.components import Stat, Tab, VersionEntry
from console.web.paging import Page
from console.web.presentation import describe_moment
from copydesk.assets.base import IDENTIFIER
from models import GoldenRevision, GoldenSet

Json = Mapping[str, Any]
FILTERS = ("prompt", "audience", "locale", "segment", "channel")
PAGE_ROWS = 100


def index_page(found: Page[Any], workspace_id: int, *, words: str) -> IndexPage:
    """Build the list of golden sets."""
    newest = queries.newest_revisions(db.session, found.items)
    drafts = queries.drafts_of(db.session, found.items)
    policies = queries.policies_by_id(db.session, workspace_id)
    rows = []
    for golden in found.items:
        revision, draft = newest.get(golden.id), drafts.get(golden.id)
        count = len(cases_of(draft.content)) if draft else revision.case_count if revision else 0
        rows.append(
            GoldenRow(
                title=golden.title,
                name=golden.name,
                url=url_for("golden.show", name=golden.name),
                policy=policies[golden.policy_id].name,
                case_count=count,
                revision=golden.last_revision_number,
                saved_at=revision.created_at if revision else None,
                saved_by=revision.author.name if revision else "",
                draft_by=draft.saved_by.name if draft else "",
                draft_at=draft.saved_at if draft else None,
                is_mine=bool(draft and draft.saved_by_id == current_user.id),
            )
        )
    return IndexPage(
        rows=tuple(rows),
        words=words,
        older_url=url_for("golden.index", before=found.older, q=words or None) if found.older else None,
        newer_url=url_for("golden.index", after=found.newer, q=words or None) if found.newer else None,
        can_edit=actor().may(Permission.EDIT),
    )


def heading(golden: GoldenSet, copy: WorkingCopy | None = None) -> Heading:
    """Build what every page of a golden set shows above its content."""
    copy = copy or working_copy(db.session, golden)
    draft = golden.draft
    count = len(cases_of(copy.content))
    can_edit = actor().may(Permission.EDIT)
    return Heading(
        name=golden.name,
        title=str(copy.content.get("title") or golden.title),
        policy=g.policy.name,
        last_revision=golden.last_revision_number,
        case_count=count,
        has_draft=draft is not None,
        draft_by=copy.saved_by if draft else "",
        draft_at=draft.saved_at if draft else None,
        is_mine=bool(draft and draft.saved_by_id == current_user.id),
        lock=copy.lock,
        can_edit=can_edit,
        tabs=_tabs(count, golden.last_revision_number, can_edit=can_edit),
        evidence=what_cases_show(count),
    )


def _tabs(count: int, revisions: int, *, can_edit: bool) -> tuple[Tab, ...]:
    places: list[tuple[str, str, int | None]] = [
        (_("Cases"), "golden.show", count),
        (_("Coverage"), "golden.coverage", None),
        (_("History"), "golden.history", revisions),
    ]
    if can_edit:
        places.append((_("Import"), "golden.import_cases", None))
    return tuple(
        Tab(label, url_for(endpoint), request.endpoint == endpoint, number)
        for label, endpoint, number in places
    )


def words_of(golden: GoldenSet, content: Json) -> Vocabulary:
    """Return the words that the cases of a golden set may use."""
    return vocabulary(db.session, golden.policy_id, cases_of(content))


def cases_page(
    golden: GoldenSet,
    *,
    chosen: Mapping[str, str],
    words: str,
    show: str = "",
    start: int = 0,
    undo: tuple[str, int] = ("", 0),
) -> CasesPage:
    """Build the table of cases.

    Args:
        chosen: wanted values by name of `FILTERS`; "" takes all.
        words: what a case's text has to contain.
        show: "problems" for those that can't be run only.
        start: how many matching cases to skip.
        undo: what to post to undo a deletion, and how many cases that brings back.
    """
    copy = working_copy(db.session, golden)
    every = cases_of(copy.content)
    known = vocabulary(db.session, golden.policy_id, every)
    problems = {id(case): _problem(case, known) for case in every}
    wanted = [case for case in every if show != "problems" or problems[id(case)]]
    found = [case for case in wanted if _matches(case, chosen, words)]
    start = max(0, min(start, len(found) - 1)) // PAGE_ROWS * PAGE_ROWS
    newer_url, older_url = _neighbour_urls(start, len(found), {**chosen, "q": words, "show": show})
    return CasesPage(
        heading=heading(golden, copy),
        rows=tuple(_row(case, problems[id(case)]) for case in found[start : start + PAGE_ROWS]),
        matching=len(found),
        chosen={**chosen, "show": show},
        words=words,
        choices={name: _values(every, name) for name in FILTERS},
        problem_count=sum(bool(problem) for problem in problems.values()),
        newer_url=newer_url,
        older_url=older_url,
        has_prompts=bool(known.prompts),
        undo=undo[0],
        undo_count=undo[1],
    )


def _neighbour_urls(start: int, total: int, narrowing: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the addresses of the table's page before the one at `start` and of the one after it."""
    query: dict[str, Any] = {name: value or None for name, value in narrowing.items()}
    before, after = start - PAGE_ROWS, start + PAGE_ROWS
    return (
        url_for("golden.show", start=before or None, **query) if start else None,
        url_for("golden.show", start=after, **query) if after < total else None,
    )


def _problem(case: Json, known: Vocabulary) -> str:
    problems = case_problems(case, known)
    return problems[0].message if problems else ""


def _matches(case: Json, chosen: Mapping[str, str], words: str) -> bool:
    if any(value and str(case.get(name) or "") != value for name, value in chosen.items()):
        return False
    text = " ".join(_texts(case)).lower()
    return all(word in text for word in words.lower().split())


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)


def _row(case: Json, problem: str) -> CaseRow:
    mentions = case.get("must_mention")
    mentions = mentions if isinstance(mentions, list) else []
    expects = [line.partition(": ") for line in expectation_lines(case.get("expect"))]
    told = [f"{name.removeprefix(_('Expected of') + ' ')}: {value}" for name, _sign, value in expects]
    if mentions:
        told.insert(0, _("mentions %(facts)s", facts=", ".join(map(str, mentions))))
    return CaseRow(
        id=str(case.get("id", "")),
        title=str(case.get("title") or case.get("id", "")),
        url=case_url(case),
        prompt=str(case.get("prompt") or ""),
        audience=str(case.get("audience") or ""),
        locale=str(case.get("locale") or ""),
        segment=str(case.get("segment") or ""),
        channel=str(case.get("channel") or ""),
        is_fixed=bool(case.get("text")),
        expects="; ".join(told) or _("must not fail"),
        problem=problem,
    )


def case_url(case: Json) -> str:
    """Return the address of a case; one whose id is none (a draft may hold anything) is found in the list."""
    key = str(case.get("id") or "")
    if not IDENTIFIER.fullmatch(key):
        return url_for("golden.show", show="problems")
    return url_for("golden.case", key=key)


def _values(cases: Sequence[Json], name: str) -> tuple[str, ...]:
    return tuple(sorted({str(case[name]) for case in cases if case.get(name)}))


def coverage_page(golden: GoldenSet) -> CoveragePage:
    """Build the view of which combinations are tested."""
    copy = working_copy(db.session, golden)
    cases = cases_of(copy.content)
    known = vocabulary(db.session, golden.policy_id, cases)
    titles = {name: prompt.title for name, prompt in known.prompts.items()}
    found = coverage_of(cases, titles, known.audiences)
    tested = found.cell_count - found.empty_count
    stats = (
        Stat(
            _("Combinations tested"),
            str(tested),
            small=_("of %(n)s", n=found.cell_count),
            note=_("prompt, audience, locale and segment"),
            kind="ok" if not found.empty_count else "meh",
        ),
        Stat(_("Without a case"), str(found.empty_count), kind="meh" if found.empty_count else "ok"),
        Stat(_("With a single case"), str(found.single_count), note=_("too few to tell chance from change")),
    )
    return CoveragePage(heading(golden, copy), found, stats)


def history_entries(revisions: Sequence[GoldenRevision]) -> tuple[VersionEntry, ...]:
    """Build the lines of a history."""
    return tuple(
        VersionEntry(
            label=f"r{revision.number}",
            message=revision.message,
            detail=_(
                "%(name)s, %(when)s, %(count)s cases",
                name=revision.author.name,
                when=describe_moment(revision.created_at).label,
                count=revision.case_count,
            ),
            url=url_for("golden.revision", number=revision.number),
            compare_url=url_for("golden.history", old=revision.number - 1, new=revision.number),
        )
        for revision in revisions
    )


def all_problems(golden: GoldenSet, content: Json) -> tuple[tuple[str, str, str], ...]:
    """Return what can't be run in a draft: (case title, address, what to mend)."""
    known = words_of(golden, content)
    return tuple(
        (
            str(case.get("title") or case.get("id", "")),
            case_url(case),
            problem.message,
        )
        for case in cases_of(content)
        for problem in case_problems(case, known)
    )

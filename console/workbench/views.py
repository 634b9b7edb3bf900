"""What a draft would change on stored samples: a page, and the part of the page that saves a revision."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from console.assets.blueprint import found_asset
from console.extensions import db
from console.permissions import Permission
from console.quality import queries
from console.quality.blueprint import home
from console.quality.effects import content_tried
from console.web.access import actor, is_fragment, reads_only, requires
from console.web.components import Tab
from console.web.paging import cursor
from console.workbench import building, previews
from console.workbench.blueprint import IMPACT_URL, bp
from console.workbench.pages import FILTERS, Narrowing, PolicyView
from console.workbench.previews import Preview, Question
from copydesk.errors import ContentError
from models import Asset

__all__ = ["bp"]
SUMMARY = "summary"


@bp.get(IMPACT_URL)
@requires(Permission.READ)
def impact(kind: str, name: str) -> Any:
    """Show what the draft would change (with `revision`, what bringing that one back would).

    `?view=summary` is the part for the page that saves the draft.
    """
    return _answer(_found(kind, name))


@bp.post(IMPACT_URL)
@reads_only  # the samples are judged without queueing among the writers; the job is asked for on its own
@requires(Permission.EDIT)
def judge(kind: str, name: str) -> Any:
    """Have a job ask the checks that take longer, and show what is known by now."""
    asset = _found(kind, name)
    seen = _previews(asset, request.values.get("policy") or None)
    waiting = [preview for preview in seen if isinstance(preview, Preview) and preview.pending is not None]
    if waiting:
        with db.write() as session:
            for preview in waiting:
                previews.ask(session, preview, g.tried_revision)
        # What the transaction above wrote is read anew.
        db.session.rollback()
        asset = _found(kind, name)
    if is_fragment():
        return _answer(asset)
    return redirect(url_for("workbench.impact", policy=request.values.get("policy") or None), 303)


def _found(kind: str, name: str) -> Asset:
    # Links of the page name the revision again.
    g.tried_revision = cursor(request.values.get("revision"))
    return found_asset(kind, name)


def _previews(asset: Asset, policy_slug: str | None) -> tuple[Preview | PolicyView, ...]:
    """Return the preview of each policy, or what stands in its place where the content can't be judged."""
    content = content_tried(db.session, asset, g.tried_revision)
    try:
        asked = previews.questions(db.session, asset, content, policy_slug=policy_slug)
    except ContentError as error:
        return (building.broken_view(None, error),)
    return tuple(_preview(question) for question in asked)


def _preview(question: Question) -> Preview | PolicyView:
    try:
        return previews.look(db.session, question, home())
    except ContentError as error:
        return building.broken_view(question, error)


def _answer(asset: Asset) -> Any:
    if is_fragment() and request.values.get("view") == SUMMARY:
        views = [_view(seen) for seen in _previews(asset, None)]
        return render_template("workbench/_summary.html", views=views)
    policies = queries.policies_of_asset(db.session, asset.id)
    slugs = [policy.slug for policy in policies]
    asked = request.args.get("policy", "")
    chosen = asked if asked in slugs else next(iter(slugs), None)
    seen = _previews(asset, chosen) if chosen is not None else ()
    tabs = tuple(
        Tab(policy.name, url_for("workbench.impact", policy=policy.slug), policy.slug == chosen)
        for policy in policies
    )
    page = building.impact_page(
        asset,
        next((_view(one) for one in seen), None),
        next((one for one in seen if isinstance(one, Preview)), None),
        Narrowing(**{name: request.args.get(name, "")[:64] for name in FILTERS}),
        tabs=tabs if len(tabs) > 1 else (),
        offset=cursor(request.args.get("from")) or 0,
        can_edit=actor().may(Permission.EDIT),
        tried=g.tried_revision,
    )
    return render_template("workbench/impact.html", page=page, is_part=is_fragment())


def _view(seen: Preview | PolicyView) -> PolicyView:
    return building.policy_view(seen) if isinstance(seen, Preview) else seen

"""A small policy on its way to a release: fixed texts instead of a model, one fast check, real operations."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from console.accounts.tokens import create_token
from console.assets import drafting
from console.assets import operations as assets
from console.extensions import db
from console.golden import operations as golden
from console.jobs.worker import Worker
from console.releases import operations as releases
from console.releases.preparation import prepare_bundle
from console.reviews import invariant
from console.reviews import operations as reviews
from console.runs import operations as runs
from console.runs.gate import GateContent
from copydesk.assets import Kind
from models import (
    Asset,
    Bundle,
    Channel,
    DecisionOutcome,
    GoldenRevision,
    GoldenSet,
    Policy,
    Review,
    Run,
    RunState,
    TokenPurpose,
)
from tests.factories.apps import make_app
from tests.factories.bundles import assets as small_assets
from tests.factories.console import World, make_settings

# Every case counts and none may fail; no comparison, so that one run says everything.
STRICT_GATE = {"floors": [{"check": "overall", "rate": "1"}], "is_paired": False, "stop_on_blockers": False}
GOOD, BAD = "Welcome back, good to see you.", "A cheap welcome back."


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate with its complete run and open review."""

    candidate_id: int
    run_id: int
    review_id: int


def write_policy(
    world: World, texts: Sequence[str] = (GOOD,), gate: dict[str, Any] | None = None, author: str = "editor"
) -> None:
    """Give the world's policy its assets, a golden set of fixed texts, channels and a gate."""
    by = world.actor(author)
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        releases.open_channels(session, policy)
        for kind, named in small_assets().items():
            for name, content in named.items():
                made = assets.create_asset(
                    session, world.workspace_id, [policy], kind=Kind(kind), name=name, content=content, by=by
                )
                assets.save_revision(session, made, base_lock=1, message="First", by=by)
        made_set = golden.create_golden_set(
            session, policy, name="cases", title="Cases", content=cases(texts), by=by
        )
        golden.save_revision(session, made_set, base_lock=1, message="First", by=by)
        runs.set_gate(session, policy, GateContent.model_validate(gate or STRICT_GATE), by=by)


def cases(texts: Sequence[str]) -> dict[str, Any]:
    """Return golden content of one case per fixed text."""
    rows = [
        {"id": f"case-{n}", "title": f"Case {n}", "prompt": "welcome", "variables": {"first_name": "Ada"}}
        | {"text": text}
        for n, text in enumerate(texts)
    ]
    return {"title": "Cases", "cases": rows}


def change_term(world: World, term: str, *, author: str = "editor", coauthor: str | None = None) -> None:
    """Forbid another term, as a new revision of the glossary."""
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        content = small_assets(term)["glossary"]["house"]
        for who in [coauthor, author] if coauthor else [author]:
            draft = drafting.open_draft(session, asset, by=world.actor(who))
            draft = assets.save_draft(
                session, asset, content, base_lock=draft.lock_number, by=world.actor(who)
            )
        assets.save_revision(
            session, asset, base_lock=draft.lock_number, message=f"Forbid {term}", by=world.actor(author)
        )


def change_cases(world: World, texts: Sequence[str], *, author: str = "editor") -> None:
    """Save a newer revision of the golden set."""
    save_golden(world, cases(texts), author=author)


def save_golden(world: World, content: dict[str, Any], *, author: str = "editor") -> None:
    """Save golden content as a newer revision of the golden set."""
    by = world.actor(author)
    with world.session() as session:
        found = session.scalars(select(GoldenSet)).one()
        draft = drafting.open_draft(session, found, by=by)
        saved = golden.save_draft(session, found, content, base_lock=draft.lock_number, by=by)
        golden.save_revision(session, found, base_lock=saved.lock_number, message="More", by=by)


def start_run(world: World, *, by: str = "editor") -> tuple[int, int]:
    """Build a candidate of the newest revisions and start its run; returns both ids."""
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        candidate = runs.build_candidate(session, policy, title="A change", by=world.actor(by))
        newest = select(GoldenRevision).order_by(GoldenRevision.number.desc()).limit(1)
        run = runs.start_run(session, candidate, session.scalars(newest).one(), by=world.actor(by))
        return candidate.id, run.id


def work(world: World) -> None:
    """Do all background work that is due."""
    Worker(world.app, db, world.app.extensions["copydesk_jobs"]).run_until_idle()


def propose(world: World, *, by: str = "editor") -> Proposal:
    """Bring the newest revisions into review."""
    candidate_id, run_id = start_run(world, by=by)
    work(world)
    with world.session() as session:
        run = session.get_one(Run, run_id)
        assert run.state == RunState.COMPLETE, run.failure
        review = reviews.request_review(session, run, note="", by=world.actor(by))
        return Proposal(candidate_id, run_id, review.id)


def approve(world: World, review_id: int, *who: str, note: str = "Read.") -> None:
    """Sign as each of these people."""
    for name in who or ("brand_reviewer", "legal"):
        with world.session() as session:
            review = session.get_one(Review, review_id)
            seen = invariant.current_evidence_digest(session, review)
            reviews.decide(
                session,
                review,
                outcome=DecisionOutcome.APPROVE,
                note=note,
                seen_digest=seen,
                by=world.actor(name),
            )


def publish_and_propose(world: World) -> int:
    """Write the policy, bring it to production and a change of it under review; returns that review's id."""
    write_policy(world)
    first = propose(world).review_id
    approve(world, first)
    publish(world, first)
    change_term(world, "bargain")
    return propose(world).review_id


def copy_world(world: World, home: Path) -> World:
    """Return another console on a copy of a SQLite world: what it holds, at a fraction of the time."""
    shutil.copytree(world.settings.home, home, dirs_exist_ok=True)
    settings = make_settings(home)
    app = make_app(settings)
    return replace(world, app=app, settings=settings)


def publish(world: World, review_id: int, channel: str = "production", *, by: str = "releaser") -> int:
    """Publish an approved review; returns the version."""
    with world.app.app_context(), db.read() as session:
        content, heads = prepare_bundle(session, session.get_one(Review, review_id), world.settings)
    with world.session() as session:
        review = session.get_one(Review, review_id)
        where = Channel.policy_id == review.policy_id, Channel.name == channel
        bundle: Bundle = releases.publish(
            session,
            review,
            session.scalars(select(Channel).where(*where)).one(),
            assets=content,
            heads=heads,
            changelog="",
            settings=world.settings,
            by=world.actor(by),
        )
        return bundle.version


def api_token(world: World, who: str, *scopes: str) -> str:
    """Make an API token that acts for this person."""
    return _token(world, TokenPurpose.API, who, scopes or ("read", "write"))


def runtime_token(
    world: World, *scopes: str, channels: Sequence[str] = (), expires_at: datetime | None = None
) -> str:
    """Make a token of a runtime service."""
    return _token(world, TokenPurpose.RUNTIME, "admin", scopes or ("read", "report"), channels, expires_at)


def _token(
    world: World,
    purpose: TokenPurpose,
    who: str,
    scopes: Sequence[str],
    channels: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> str:
    with world.session() as session:
        _, secret = create_token(
            session,
            world.workspace_id,
            purpose=purpose,
            name="A program",
            scopes=scopes,
            policies=[],
            channels=channels,
            expires_at=expires_at,
            by=world.actor(who),
        )
    return secret

"""Seeds the demo company through the same operations as people use; running it twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.accounts import operations as accounts
from console.assets import drafting
from console.assets import operations as assets
from console.config import Settings
from console.demo import recorded
from console.demo.content import Demo, load_demo
from console.extensions import db
from console.golden import operations as golden
from console.permissions import SYSTEM, Actor
from console.quality import operations as labelling
from console.quality import queries as quality_queries
from console.quality.content import read_case
from console.quality.measuring import ask_for_measurement
from console.quality.scoring import REVIEW, VOICE, ask_for_scores
from console.releases import operations as releases
from console.releases.preparation import prepare_bundle
from console.reviews import invariant
from console.reviews import operations as reviews
from console.runs import operations as runs
from console.runs.gate import GateContent
from copydesk.assets import Kind
from models import (
    Asset,
    Channel,
    DecisionOutcome,
    GoldenSet,
    LabelSource,
    Policy,
    Review,
    ReviewState,
    Role,
    Run,
    RunState,
    User,
    Workspace,
)


class SeedError(Exception):
    """A step of the seed did not end as it should; the message says which."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the seed works with: settings, how to do all background work that is due, who hears of it."""

    settings: Settings
    drain: Callable[[], object]
    tell: Callable[[str], object] = lambda _what: None


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the demo as actors, and its workspace."""

    workspace_id: int
    actors: Mapping[str, Actor]

    def by_role(self, role: Role, nth: int = 0) -> Actor:
        """Return the nth person of a role, by order of the data file."""
        return [actor for actor in self.actors.values() if role in actor.roles][nth]


def seed(stage: Stage) -> bool:
    """Bring the demo company into an empty database, up to a published version and a change under review.

    A seed that was interrupted goes on where it stopped. Called in an application context.

    Returns:
        Whether anything was done.

    Raises:
        SeedError: a run did not complete or a version could not be published.
    """
    demo = load_demo()
    if _is_whole(demo):
        return False
    stage.tell(f"people, assets and golden cases of {demo.company.name}")
    cast = _people(demo)
    policy_id = _policy(demo, cast)
    with db.write() as session:
        recorded.load(session)
    _assets(demo, cast, policy_id)
    _golden(demo, cast, policy_id)
    _labelled(demo, cast, policy_id)
    stage.tell("version 1: training topics and voice, checking every case, publishing")
    _publish_first(stage, demo, cast, policy_id)
    _score_approved_copy(policy_id, "toxicity")
    stage.tell("a change: checking every case, asking for a review")
    _request_change(stage, demo, cast, policy_id)
    # The change has another style guide. Its models take seconds to train, so they are left to the worker.
    _score_approved_copy(policy_id, VOICE)
    return True


def _is_whole(demo: Demo) -> bool:
    with db.read() as session:
        statement = (
            select(Review.id)
            .join(Policy, Policy.id == Review.policy_id)
            .join(Workspace, Workspace.id == Policy.workspace_id)
            .where(Workspace.slug == demo.company.slug, Review.number == 2)
        )
        return session.scalar(statement) is not None


def _people(demo: Demo) -> Cast:
    company = demo.company
    with db.write() as session:
        workspace = session.scalar(select(Workspace).where(Workspace.slug == company.slug))
        if workspace is None:
            workspace = accounts.create_workspace(session, slug=company.slug, name=company.name, by=SYSTEM)
        actors = {}
        for person in demo.users:
            user = accounts.find_user(session, person.email)
            if user is None:
                user = accounts.create_user(
                    session, email=person.email, name=person.name, password=company.demo_password, by=SYSTEM
                )
                user.is_demo = True
                accounts.set_roles(session, workspace, user, person.roles, by=SYSTEM)
            actors[person.email] = _actor(user, workspace.id, person.roles)
        return Cast(workspace.id, actors)


def _actor(user: User, workspace_id: int, roles: tuple[str, ...]) -> Actor:
    return Actor("user", user.id, workspace_id, frozenset(roles))


def _policy(demo: Demo, cast: Cast) -> int:
    editor = cast.by_role(Role.EDITOR)
    with db.write() as session:
        slug = demo.company.policy_name
        found = session.scalar(
            select(Policy).where(Policy.workspace_id == cast.workspace_id, Policy.slug == slug)
        )
        if found is None:
            title = demo.company.policy_title
            found = assets.create_policy(session, cast.workspace_id, slug=slug, name=title, by=editor)
            releases.open_channels(session, found)
            runs.set_gate(session, found, GateContent.model_validate(demo.company.gate), by=editor)
        return found.id


def _assets(demo: Demo, cast: Cast, policy_id: int) -> None:
    editor = cast.by_role(Role.EDITOR)
    for item in demo.assets:
        with db.write() as session:
            asset = _find_asset(session, cast.workspace_id, item.kind, item.name)
            if asset is None:
                policy = session.get_one(Policy, policy_id)
                asset = assets.create_asset(
                    session, cast.workspace_id, [policy], kind=Kind(item.kind), name=item.name,
                    content=item.content, by=editor,
                )  # fmt: skip
            if asset.last_revision_number == 0:
                assets.save_revision(session, asset, base_lock=1, message=item.message, by=editor)


def _find_asset(session: Session, workspace_id: int, kind: str, name: str) -> Asset | None:
    statement = select(Asset).where(
        Asset.workspace_id == workspace_id, Asset.kind == kind, Asset.name == name
    )
    return session.scalar(statement)


def _golden(demo: Demo, cast: Cast, policy_id: int) -> None:
    editor, data = cast.by_role(Role.EDITOR, 1), demo.golden_set
    with db.write() as session:
        found = session.scalar(
            select(GoldenSet).where(GoldenSet.workspace_id == cast.workspace_id, GoldenSet.name == data.name)
        )
        if found is None:
            content = {"title": data.title, "cases": [dict(case) for case in data.cases]}
            policy = session.get_one(Policy, policy_id)
            found = golden.create_golden_set(
                session, policy, name=data.name, title=data.title, content=content, by=editor
            )
        if found.last_revision_number == 0:
            golden.save_revision(session, found, base_lock=1, message=data.message, by=editor)


def _labelled(demo: Demo, cast: Cast, policy_id: int) -> None:
    """Label the demo's texts, and have the checks asked about them with the next background work."""
    editor = cast.by_role(Role.EDITOR)
    with db.write() as session:
        policy = session.get_one(Policy, policy_id)
        if quality_queries.count_active(session, policy_id):
            return
        contents = [read_case(case) for case in demo.labelled_cases]
        labelling.add_cases(session, policy, contents, source=LabelSource.DEMO, by=editor)
        for check in sorted({content.check for content in contents}):
            ask_for_measurement(session, policy, check, by=editor)


def _score_approved_copy(policy_id: int, check: str) -> None:
    with db.write() as session:
        ask_for_scores(session, session.get_one(Policy, policy_id), check, REVIEW)


def _publish_first(stage: Stage, demo: Demo, cast: Cast, policy_id: int) -> None:
    with db.read() as session:
        if invariant.production_bundle(session, policy_id) is not None:
            return
    run_id = _tested(stage, cast, policy_id, demo.company.first_title)
    with db.write() as session:
        run = session.get_one(Run, run_id)
        found = session.scalar(
            select(Review).where(Review.run_id == run_id, Review.state == ReviewState.OPEN)
        )
        review = found or reviews.request_review(
            session, run, note=demo.company.first_request, by=cast.by_role(Role.EDITOR)
        )
        review_id = review.id
    for role in (Role.BRAND_REVIEWER, Role.LEGAL):
        _approve(review_id, cast.by_role(role), demo.company.approval_notes[role])
    _publish(stage, review_id, cast.by_role(Role.RELEASER), demo.company.first_title)


def _tested(stage: Stage, cast: Cast, policy_id: int, title: str) -> int:
    """Build a candidate of the newest revisions, run it to its end and return the run's id."""
    with db.write() as session:
        policy = session.get_one(Policy, policy_id)
        candidate = runs.build_candidate(session, policy, title=title, by=cast.by_role(Role.EDITOR))
        run = session.scalar(
            select(Run).where(Run.candidate_id == candidate.id, Run.state != RunState.CANCELLED)
        )
        if run is None:
            golden_set = session.scalars(select(GoldenSet).where(GoldenSet.policy_id == policy_id)).first()
            if golden_set is None:
                raise SeedError("the demo's golden set is missing")
            revision = drafting.find_revision(session, golden_set, golden_set.last_revision_number)
            run = runs.start_run(session, candidate, revision, by=cast.by_role(Role.EDITOR))  # type: ignore[arg-type]
        run_id = run.id
    stage.drain()
    with db.read() as session:
        run = session.get_one(Run, run_id)
        if run.state != RunState.COMPLETE:
            raise SeedError(f"run {run.number} is {run.state}: {run.failure or 'not complete'}")
    return run_id


def _approve(review_id: int, by: Actor, note: str) -> None:
    with db.write() as session:
        review = session.get_one(Review, review_id)
        if any(decision.user_id == by.user_id for decision in review.decisions):
            return
        seen = invariant.current_evidence_digest(session, review)
        reviews.decide(session, review, outcome=DecisionOutcome.APPROVE, note=note, seen_digest=seen, by=by)


def _publish(stage: Stage, review_id: int, by: Actor, changelog: str) -> None:
    with db.read() as session:
        content, heads = prepare_bundle(session, session.get_one(Review, review_id), stage.settings)
    with db.write() as session:
        review = session.get_one(Review, review_id)
        channels = {
            c.name: c for c in session.scalars(select(Channel).where(Channel.policy_id == review.policy_id))
        }
        publish = partial(releases.publish, session, review, assets=content, heads=heads)
        bundle = publish(channels["staging"], changelog=changelog, settings=stage.settings, by=by)
        releases.promote(
            session, bundle, channels["production"], reason=changelog, settings=stage.settings, by=by
        )


def _request_change(stage: Stage, demo: Demo, cast: Cast, policy_id: int) -> None:
    change = demo.change
    author = cast.actors[change.author_email]
    for item in change.assets:
        with db.write() as session:
            asset = _find_asset(session, cast.workspace_id, item.kind, item.name)
            if asset is None or asset.last_revision_number > 1:
                continue
            draft = drafting.open_draft(session, asset, by=author)
            saved = assets.save_draft(session, asset, item.content, base_lock=draft.lock_number, by=author)
            assets.save_revision(session, asset, base_lock=saved.lock_number, message=item.message, by=author)
    run_id = _tested(stage, cast, policy_id, change.title)
    with db.write() as session:
        run = session.get_one(Run, run_id)
        reviews.request_review(session, run, note=change.request, by=author)


def accounts_of(demo: Demo) -> list[dict[str, Any]]:
    """Return the demo accounts for the start-up message."""
    return [{"email": user.email, "name": user.name, "roles": list(user.roles)} for user in demo.users]

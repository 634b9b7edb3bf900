"""Opens a small company on an empty database: `python -m tests.functional.small_company TERM`.

One policy with a prompt, a glossary, limits and fallback copy, published as version 1 after a run that the
configured model generated live. Its golden set then gets a case with a text that holds TERM and expects the
glossary to fail it, which no revision does yet. Everything goes through the operations that people use.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.accounts import operations as accounts
from console.assets import operations as assets
from console.assets.drafting import find_revision
from console.config import load_settings
from console.extensions import db
from console.factory import create_app
from console.golden import operations as golden
from console.jobs.worker import Worker
from console.permissions import SYSTEM, Actor
from console.releases import operations as releases
from console.releases.preparation import prepare_bundle
from console.reviews import invariant
from console.reviews import operations as reviews
from console.runs import operations as runs
from console.runs.gate import GateContent
from copydesk.assets import Kind
from models import Channel, DecisionOutcome, GoldenSet, Policy, Review, Role, Run, RunState
from models.migrate import migrate

WORKSPACE, POLICY, GOLDEN = "harbour", "app-notes", "daily-notes"
PASSWORD = "a lighthouse in the fog"
TITLE = "First notes"

GLOSSARY = {
    "title": "Words",
    "terms": [
        {"id": "harbour-card", "term": "Harbour Card", "status": "preferred", "case_rule": "exact"},
        {"id": "cheapest", "term": "cheapest", "status": "forbidden", "why": "We can't prove it."},
    ],
}
PROMPT = {
    "title": "Weather note",
    "channel": "push",
    "variables": [{"name": "weather", "type": "text", "max_characters": 40}],
    "blocks": [
        {
            "id": "role",
            "role": "system",
            "text": "You write one short, calm sentence for the passengers of a ferry.",
        },
        {"id": "brief", "role": "user", "text": "Forecast: {{ weather }}. Write the sentence."},
    ],
    "output": {"format": "text", "max_characters": 600},
    "model": {"model": "smollm2-135m-instruct", "temperature": "0.3", "max_tokens": 24, "seed": 7},
    "retries": 1,
}
FALLBACKS = {
    "title": "Approved copy",
    "fallbacks": [{"prompt": "weather-note", "text": "Please look at the boards before you board."}],
}
# The checks that need no trained weights, so that a run takes as long as the model does.
ACTIVE_CHECKS = ("limits", "glossary", "personal_data")
INACTIVE_CHECKS = ("style_rules", "forbidden_topics", "facts", "toxicity", "brand_voice")
LIMITS = {
    "title": "Limits",
    "channels": [{"id": "push", "channel": "push", "max_characters": 600}],
    "checks": [
        *({"check": name, "on_not_run": "block"} for name in ACTIVE_CHECKS),
        *(
            {"check": name, "enabled": False}
            for name in (*INACTIVE_CHECKS, "inclusive_language", "injection")
        ),
    ],
}
ASSETS = (
    (Kind.GLOSSARY, "words", GLOSSARY),
    (Kind.PROMPT, "weather-note", PROMPT),
    (Kind.FALLBACKS, "approved-copy", FALLBACKS),
    (Kind.LIMITS, "limits", LIMITS),
)
GATE = {"floors": [{"check": "glossary", "rate": "1"}], "is_paired": True, "stop_on_blockers": True}


def email_of(role: Role) -> str:
    """Return the address of the person with this role."""
    return f"{role.replace('_', '.')}@harbour.example"


def text_with(term: str) -> str:
    """Return the text that must not go out once the term is forbidden."""
    return f"Rain is coming, but {term} keeps you dry on the upper deck."


def _cases(term: str | None) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = [
        {"id": f"weather-{number}", "title": weather, "prompt": "weather-note", "channel": "push",
         "locale": "en-GB", "variables": {"weather": weather}}
        for number, weather in enumerate(("rain until noon", "a calm evening"), start=1)
    ]  # fmt: skip
    if term is not None:
        cases.append(
            {"id": "forbidden-word", "title": "The word that must not go out", "prompt": "weather-note",
             "channel": "push", "locale": "en-GB", "variables": {"weather": "rain"},
             "text": text_with(term), "expect": {"outcome": "fail", "checks": {"glossary": "fail"}}}
        )  # fmt: skip
    return cases


def open_company(term: str) -> None:
    """Make workspace, people, policy and version 1, then the case that waits for the term."""
    settings = load_settings()
    app = create_app(settings)
    with app.app_context():
        migrate(db.engine)
        with db.write() as session:
            actors, policy_id = _people_and_policy(session)
        editor = actors[Role.EDITOR]
        with db.write() as session:
            run_id = _start_run(session, policy_id, editor)
        Worker(app, db, app.extensions["copydesk_jobs"]).run_until_idle()
        with db.write() as session:
            review_id = _request(session, run_id, editor)
        for role in (Role.BRAND_REVIEWER, Role.LEGAL):
            with db.write() as session:
                _approve(session, review_id, actors[role])
        with db.read() as session:
            content, heads = prepare_bundle(session, session.get_one(Review, review_id), settings)
        with db.write() as session:
            review = session.get_one(Review, review_id)
            statement = select(Channel).where(Channel.policy_id == policy_id, Channel.name == "production")
            publish = partial(releases.publish, session, review, assets=content, heads=heads)
            publish(
                session.scalars(statement).one(),
                changelog=TITLE,
                settings=settings,
                by=actors[Role.RELEASER],
            )
        with db.write() as session:
            _add_case(session, policy_id, term, editor)


def _people_and_policy(session: Session) -> tuple[dict[Role, Actor], int]:
    workspace = accounts.create_workspace(session, slug=WORKSPACE, name="Harbour Ferries", by=SYSTEM)
    actors = {}
    for role in (Role.EDITOR, Role.BRAND_REVIEWER, Role.LEGAL, Role.RELEASER, Role.ADMIN):
        name = role.replace("_", " ").title()
        user = accounts.create_user(session, email=email_of(role), name=name, password=PASSWORD, by=SYSTEM)
        accounts.set_roles(session, workspace, user, [role], by=SYSTEM)
        actors[role] = Actor("user", user.id, workspace.id, frozenset({role}))
    editor = actors[Role.EDITOR]
    policy = assets.create_policy(session, workspace.id, slug=POLICY, name="App notes", by=editor)
    releases.open_channels(session, policy)
    runs.set_gate(session, policy, GateContent.model_validate(GATE), by=editor)
    for kind, name, content in ASSETS:
        asset = assets.create_asset(
            session, workspace.id, [policy], kind=kind, name=name, content=content, by=editor
        )
        assets.save_revision(session, asset, base_lock=1, message=TITLE, by=editor)
    cases = {"title": "Daily notes", "cases": _cases(None)}
    made = golden.create_golden_set(
        session, policy, name=GOLDEN, title="Daily notes", content=cases, by=editor
    )
    golden.save_revision(session, made, base_lock=1, message=TITLE, by=editor)
    return actors, policy.id


def _start_run(session: Session, policy_id: int, by: Actor) -> int:
    candidate = runs.build_candidate(session, session.get_one(Policy, policy_id), title=TITLE, by=by)
    made = session.scalars(select(GoldenSet).where(GoldenSet.policy_id == policy_id)).one()
    revision = find_revision(session, made, made.last_revision_number)
    return runs.start_run(session, candidate, revision, by=by).id  # type: ignore[arg-type]


def _request(session: Session, run_id: int, by: Actor) -> int:
    run = session.get_one(Run, run_id)
    assert run.state == RunState.COMPLETE, f"{run.state}: {run.failure}"
    return reviews.request_review(session, run, note="", by=by).id


def _approve(session: Session, review_id: int, by: Actor) -> None:
    review = session.get_one(Review, review_id)
    seen = invariant.current_evidence_digest(session, review)
    reviews.decide(session, review, outcome=DecisionOutcome.APPROVE, note="", seen_digest=seen, by=by)


def _add_case(session: Session, policy_id: int, term: str, by: Actor) -> None:
    made = session.scalars(select(GoldenSet).where(GoldenSet.policy_id == policy_id)).one()
    cases = {"title": "Daily notes", "cases": _cases(term)}
    draft = golden.save_draft(session, made, cases, base_lock=0, by=by)
    golden.save_revision(session, made, base_lock=draft.lock_number, message="Expect the word to fail", by=by)


if __name__ == "__main__":
    open_company(sys.argv[1])

"""The demo company's assets in a test world, as drafts or as first revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from console.assets import operations
from console.demo.content import load_demo
from copydesk.assets import Kind
from models import Asset, Policy
from tests.factories.console import World

SMALL: Mapping[str, Mapping[str, Any]] = {
    Kind.STYLE_GUIDE: {
        "title": "House style",
        "introduction": "Say what it does.",
        "tones": [{"audience": "regular", "guidance": "Friendly and quick."}],
        "rules": [
            {
                "id": "hype",
                "title": "No hype",
                "kind": "existence",
                "definition": {"tokens": ["amazing"], "ignorecase": True},
                "bad": ["An amazing tent."],
                "good": ["A tent that weighs 1.9 kg."],
            }
        ],
        "criteria": [
            {"id": "warm", "title": "Warm, not pushy", "question": "Speaks as a friend would."},
        ],
        "descriptors": [
            {"id": "ages", "title": "Ages", "terms": [["student", "students"], ["pensioner", "pensioners"]]},
        ],
    },
    Kind.GLOSSARY: {
        "title": "Our words",
        "terms": [
            {
                "id": "outlet",
                "term": "outlet",
                "status": "forbidden",
                "use_instead": "shop",
                "why": "We have shops.",
            },
            {"id": "tent", "term": "tent", "status": "preferred", "variants": ["portable shelter"]},
        ],
    },
    Kind.PROMPT: {
        "title": "App push",
        "channel": "push",
        "variables": [{"name": "product", "type": "text"}],
        "blocks": [
            {"id": "role", "role": "system", "title": "Who is writing", "text": "You write one line."},
            {"id": "brief", "role": "user", "title": "The brief", "text": "Write about {{ product }}."},
        ],
        "model": {"model": "smollm2-135m-instruct"},
    },
    Kind.FORBIDDEN_TOPICS: {
        "title": "What we stay away from",
        "topics": [{"id": "medical", "title": "Medical advice", "block_terms": ["cures blisters"]}],
    },
    Kind.FACT_SHEET: {
        "title": "Prices",
        "facts": [
            {
                "id": "skerry-price",
                "subject": "Skerry 2",
                "attribute": "price",
                "value": {"type": "money", "minor": 32000, "currency": "GBP"},
            }
        ],
    },
    Kind.FALLBACKS: {
        "title": "Approved copy",
        "fallbacks": [{"prompt": "app-push", "text": "Have a look at {{ product }}."}],
    },
    Kind.LIMITS: {
        "title": "Limits",
        "channels": [{"id": "push", "channel": "push", "max_characters": 120}],
        "checks": [{"check": "limits", "on_not_run": "block"}],
    },
}
NAMES: Mapping[str, str] = {
    kind: "app-push" if kind == Kind.PROMPT else str(kind).replace("_", "-") for kind in Kind
}


def add_asset(
    world: World,
    kind: str,
    content: Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    frozen: bool = True,
) -> str:
    """Create an asset of a kind in `acme`, by the editor; returns its name."""
    chosen = name or NAMES[kind]
    by = world.actor("editor")
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        asset = operations.create_asset(
            session,
            world.workspace_id,
            [policy],
            kind=Kind(kind),
            name=chosen,
            content=content or SMALL[kind],
            by=by,
        )
        if frozen:
            operations.save_revision(session, asset, base_lock=1, message="First", by=by)
    return chosen


def add_demo_assets(world: World) -> None:
    """Create all assets of the demo company as first revisions, and the waiting change as drafts."""
    demo = load_demo()
    for asset in demo.assets:
        add_asset(world, asset.kind, asset.content, name=asset.name)
    with world.session() as session:
        for change in demo.change.assets:
            statement = select(Asset).where(Asset.kind == change.kind, Asset.name == change.name)
            found = session.scalars(statement).one()
            operations.save_draft(session, found, change.content, base_lock=0, by=world.actor("editor2"))


def asset_of(session: Any, world: World, kind: str, name: str | None = None) -> Asset:
    """Return an asset of `acme`."""
    statement = select(Asset).where(
        Asset.workspace_id == world.workspace_id, Asset.kind == kind, Asset.name == (name or NAMES[kind])
    )
    found: Asset = session.scalars(statement).one()
    return found

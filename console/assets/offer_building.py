"""What a finding offers to editors: its words as a new term of the glossary, or as an accepted word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.assets import queries
from console.assets.editing import HEAD
from console.assets.projection import items_of
from console.web.components import FindingView
from copydesk.assets import Kind
from copydesk.checks.masking import DOT
from models import Asset, PolicyAsset

MAX_TERM_CHARS, MAX_TERM_WORDS = 60, 5
# What these find are values and attempts, no words of a brand.
_NO_WORDS = frozenset({"personal_data", "injection"})


def with_offers(
    session: Session, workspace_id: int, policy_ids: Sequence[int], findings: Sequence[FindingView]
) -> tuple[FindingView, ...]:
    """Return findings with the addresses where their words can be taken up.

    Args:
        policy_ids: policies whose checks spoke; their first glossary takes the term, else the workspace's.
        findings: with keys `check:rule:place`.
    """
    if not any(_is_term(finding) for finding in findings):
        return tuple(findings)
    glossary = _glossary(session, workspace_id, policy_ids)
    guides = {name for finding in findings if _check(finding) == "style_rules" and (name := _asset(finding))}
    spelling = _spelling_rules(session, workspace_id, guides)
    return tuple(_offered(f, glossary, spelling) if _is_term(f) else f for f in findings)


def _offered(finding: FindingView, glossary: str | None, spelling: frozenset[str]) -> FindingView:
    words = " ".join(finding.quote.split())
    term_url = accept_url = None
    if glossary is not None:
        term_url = url_for(
            "assets.new_item", kind=Kind.GLOSSARY.value, name=glossary, list_name="terms", term=words
        )
    if _rule(finding) in spelling:
        guide = _asset(finding)
        accept_url = url_for(
            "assets.edit_part", kind=Kind.STYLE_GUIDE.value, name=guide, part=HEAD, accept=words
        )
    return replace(finding, term_url=term_url, accept_url=accept_url)


def _check(finding: FindingView) -> str:
    return finding.key.partition(":")[0]


def _rule(finding: FindingView) -> str:
    return finding.key.partition(":")[2].rpartition(":")[0]


def _asset(finding: FindingView) -> str:
    return _rule(finding).partition("/")[0]


def _is_term(finding: FindingView) -> bool:
    """Tell whether what a finding quotes can be a term: a short phrase that hides nothing."""
    quote = finding.quote.strip()
    return (
        0 < len(quote) <= MAX_TERM_CHARS
        and len(quote.split()) <= MAX_TERM_WORDS
        and any(map(str.isalpha, quote))
        and DOT not in quote
        and "\n" not in quote
        and _check(finding) not in _NO_WORDS
    )


def _glossary(session: Session, workspace_id: int, policy_ids: Sequence[int]) -> str | None:
    statement = (
        select(Asset.name)
        .join(PolicyAsset, PolicyAsset.asset_id == Asset.id)
        .where(
            Asset.workspace_id == workspace_id,
            Asset.kind == Kind.GLOSSARY,
            Asset.archived_at.is_(None),
            PolicyAsset.policy_id.in_(policy_ids),
        )
        .order_by(Asset.name)
    )
    named = session.scalars(statement.limit(1)).first()
    return named or next(iter(queries.names_of_kind(session, workspace_id, Kind.GLOSSARY)), None)


def _spelling_rules(session: Session, workspace_id: int, guides: set[str]) -> frozenset[str]:
    """Return the rules of these style guides that look words up in a dictionary, as findings name them."""
    statement = select(Asset).where(
        Asset.workspace_id == workspace_id, Asset.kind == Kind.STYLE_GUIDE, Asset.name.in_(guides)
    )
    assets = session.scalars(statement).all() if guides else ()
    newest, drafts = queries.newest_revisions(session, assets), queries.drafts_of(session, assets)
    return frozenset(
        f"{asset.name}/{rule.get('id')}"
        for asset in assets
        for source in (newest.get(asset.id), drafts.get(asset.id))
        if source is not None
        for rule in items_of(source.content, "rules")
        if rule.get("kind") == "spelling"
    )

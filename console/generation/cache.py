"""Generated texts by the digest of what made them: re-running unchanged prompts calls no model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.clock import now
from console.generation.provider import Generated
from console.generation.requests import GenerationRequest
from models import GenerationCacheEntry

LOOKUP_BATCH = 500


def find(session: Session, keys: Iterable[str]) -> Mapping[str, GenerationCacheEntry]:
    """Return the cached texts of these keys; what is missing was never generated."""
    wanted = sorted(set(keys))
    found: dict[str, GenerationCacheEntry] = {}
    for start in range(0, len(wanted), LOOKUP_BATCH):
        batch = wanted[start : start + LOOKUP_BATCH]
        statement = select(GenerationCacheEntry).where(GenerationCacheEntry.key.in_(batch))
        found.update({entry.key: entry for entry in session.scalars(statement)})
    return found


def keep(
    session: Session, request: GenerationRequest, made: Generated, *, recorded_on: str | None = None
) -> None:
    """Keep a generated text; the first one under a key stays.

    Args:
        recorded_on: ISO 8601 date for entries that were shipped rather than made here.
    """
    if session.get(GenerationCacheEntry, request.key) is not None:
        return
    session.add(
        GenerationCacheEntry(
            key=request.key,
            text=made.text,
            model=made.model or str(request.parameters["model"]),
            parameters=dict(request.parameters),
            latency_ms=made.latency_ms,
            prompt_tokens=made.prompt_tokens,
            completion_tokens=made.completion_tokens,
            recorded_on=recorded_on,
            created_at=now(),
        )
    )
    session.flush()

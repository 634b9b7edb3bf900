"""Whether the console can answer: asked by supervisors and load balancers."""

from __future__ import annotations

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from console.database import Database
from models.migrate import is_current


async def is_ready(database: Database) -> dict[str, str]:
    """Return `{"status": "ok"}`, or what is missing."""
    try:
        current = await asyncio.to_thread(is_current, database.engine)
    except SQLAlchemyError as error:
        return {"status": "unavailable", "reason": f"the database can't be reached ({type(error).__name__})"}
    return (
        {"status": "ok"} if current else {"status": "unavailable", "reason": "the database is not migrated"}
    )

"""Bringing a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Migrate the database to a revision, the newest by default; all in one transaction."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_current(engine: Engine) -> bool:
    """Tell whether the database has the newest schema."""
    return current_revision(engine) == ScriptDirectory.from_config(_config()).get_current_head()


def is_empty(engine: Engine) -> bool:
    """Tell whether nothing was ever migrated here."""
    return current_revision(engine) is None


def current_revision(engine: Engine) -> str | None:
    """Return the schema revision the database has, None where nothing was ever migrated."""
    # Asked by health checks, which must not queue among the writers.
    with engine.connect().execution_options(copydesk_read_only=True) as connection:
        return MigrationContext.configure(connection).get_current_revision()

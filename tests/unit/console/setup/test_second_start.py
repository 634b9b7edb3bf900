"""What a second `make run` leaves out: the database, when it is as the last start left it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from console.database import make_engine
from console.setup.bootstrap import MIGRATIONS, database_step, has_schema
from console.setup.steps import digest
from models.migrate import migrate


def _migrated(folder: Path) -> Path:
    path = folder / "copydesk.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


def test_a_database_with_the_newest_schema_is_left_alone(tmp_path: Path) -> None:
    path = _migrated(tmp_path)
    assert has_schema(path, MIGRATIONS)
    assert database_step(with_demo=True, env={"COPYDESK_HOME": str(tmp_path)}).is_there()


def test_an_older_schema_or_no_database_is_not(tmp_path: Path) -> None:
    path = _migrated(tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    assert not has_schema(path, MIGRATIONS)
    assert not has_schema(tmp_path / "gone.db", MIGRATIONS)
    assert not (tmp_path / "gone.db").exists()
    (tmp_path / "empty.db").touch()
    assert not has_schema(tmp_path / "empty.db", MIGRATIONS)
    (tmp_path / "other.db").write_text("no database")
    assert not has_schema(tmp_path / "other.db", MIGRATIONS)


def test_another_home_has_a_stamp_of_its_own(tmp_path: Path) -> None:
    stamps = {database_step(with_demo=True, env={"COPYDESK_HOME": str(tmp_path / n)}).stamp for n in "ab"}
    assert len(stamps) == 2


def test_a_server_of_its_own_and_production_are_always_asked(tmp_path: Path) -> None:
    assert database_step(with_demo=True, env={"DATABASE_URL": "postgresql://x/y"}).inputs == ()
    assert database_step(with_demo=False, env={}).inputs == ()


def test_what_python_compiles_is_no_change(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1")
    before = digest([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("compiled")
    assert digest([tmp_path]) == before

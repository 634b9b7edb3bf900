"""Backups: what is restored is what was there, nothing is overwritten unasked, damage is found first."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from console.extensions import db
from models.migrate import migrate
from tests.factories.apps import make_app
from tests.factories.console import World, make_settings, make_world


def run(world: World, *arguments: str) -> tuple[int, str]:
    answer = world.app.test_cli_runner().invoke(args=list(arguments))
    assert answer.exception is None or isinstance(answer.exception, SystemExit), repr(answer.exception)
    return answer.exit_code, answer.output


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("source"))
    assert run(made, "audit", "checkpoint")[0] == 0
    return made


@pytest.fixture(scope="module")
def backup(world: World) -> Path:
    path = world.settings.home / "backup.tar"
    code, said = run(world, "backup", "create", str(path))
    assert code == 0, said
    return path


def empty(home: Path, environ: dict[str, str] | None = None) -> World:
    """A console without a database."""
    settings = make_settings(home, environ)
    return World(make_app(settings), settings)


def rows(world: World, table: str) -> list[Any]:
    with world.session() as session:
        return sorted(map(repr, session.execute(text(f"SELECT * FROM {table}"))))  # noqa: S608 - our own names


def test_a_restored_copy_has_everything_and_passes_the_audit(
    world: World, backup: Path, tmp_path: Path
) -> None:
    before = {table: rows(world_again(world), table) for table in ("users", "memberships", "audit_entries")}
    other = empty(tmp_path)
    code, said = run(other, "backup", "restore", str(backup))
    assert code == 0, said
    assert {table: rows(other, table) for table in before} == before
    code, said = run(other, "audit", "verify")
    assert code == 0, said
    assert "1 checkpoints, 0 problems" in said
    keys = [sorted(key.name for key in (w.settings.home / "keys").iterdir()) for w in (world, other)]
    assert keys[0] == keys[1]
    assert run(other, "audit", "checkpoint")[0] == 0  # the restored key opens and signs


def world_again(world: World) -> World:
    """The source, after another console took the one database of this process."""
    db.init_app(world.app, world.settings.database_url)
    return world


def test_restoring_over_data_is_refused_unless_forced(world: World, backup: Path) -> None:
    world_again(world)
    code, said = run(world, "backup", "restore", str(backup))
    assert code == 1
    assert "--force" in said
    with world.session() as session:
        session.execute(text("UPDATE users SET name = 'Somebody else'"))
    assert run(world, "backup", "restore", str(backup), "--force")[0] == 0
    assert not any("Somebody else" in row for row in rows(world, "users"))


def test_a_backup_never_replaces_a_file(world: World, backup: Path) -> None:
    before = backup.read_bytes()
    code, said = run(world_again(world), "backup", "create", str(backup))
    assert code == 1
    assert "is there already" in said
    assert backup.read_bytes() == before


def test_a_backup_is_readable_by_its_owner_alone(backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0


def damaged(backup: Path, path: Path, change: str) -> Path:
    """A copy of a backup with one thing wrong."""
    with tarfile.open(backup) as source, tarfile.open(path, "w") as target:
        for member in source:
            data = source.extractfile(member).read()  # type: ignore[union-attr]
            if change == "content" and member.name == "database.sqlite":
                data = data[:5000] + b"x" + data[5001:]
            if member.name == "manifest.json" and change in {"format", "name"}:
                manifest = json.loads(data)
                manifest |= {"format": "other/9"} if change == "format" else {"sha256": {"../evil": "0"}}
                data = json.dumps(manifest).encode()
            if change == "missing" and member.name == "database.sqlite":
                continue
            entry = tarfile.TarInfo(member.name)
            entry.size = len(data)
            target.addfile(entry, io.BytesIO(data))
    return path


@pytest.mark.parametrize("change", ["content", "format", "name", "missing"])
def test_a_damaged_backup_changes_nothing(backup: Path, tmp_path: Path, change: str) -> None:
    other = empty(tmp_path / "home")
    code, said = run(other, "backup", "restore", str(damaged(backup, tmp_path / "bad.tar", change)))
    assert code == 1
    assert said.startswith("Error:")
    assert not (tmp_path / "home" / "keys").exists()
    assert run(other, "backup", "create", str(tmp_path / "none.tar"))[0] == 1  # still no database


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.tar").write_text("hello")
    code, said = run(empty(tmp_path / "home"), "backup", "restore", str(tmp_path / "text.tar"))
    assert code == 1
    assert "can't be read as a backup" in said


def test_migrating_a_database_with_data_backs_it_up_first(world: World, backup: Path, tmp_path: Path) -> None:
    other = empty(tmp_path)
    assert run(other, "migrate")[0] == 0
    assert not (tmp_path / "backups").exists()  # a new database has nothing to lose
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    other.app.test_cli_runner().invoke(
        args=["migrate"]
    )  # there is no way from this version, but the data are safe
    assert [path.suffix for path in (tmp_path / "backups").iterdir()] == [".tar"]


@pytest.mark.postgres
def test_a_postgres_database_comes_back_whole(postgres_url: str, tmp_path: Path) -> None:
    environ = {"DATABASE_URL": postgres_url}
    made = make_world(tmp_path / "home", environ)
    assert run(made, "audit", "checkpoint")[0] == 0
    before = {table: rows(made, table) for table in ("users", "workspaces", "audit_entries")}
    path = tmp_path / "backup.tar"
    assert run(made, "backup", "create", str(path))[0] == 0
    with made.session() as session:
        session.execute(text("DELETE FROM memberships"))
        session.execute(text("UPDATE audit_entries SET action = 'x'"))
    code, said = run(made, "backup", "restore", str(path), "--force")
    assert code == 0, said
    assert {table: rows(made, table) for table in before} == before
    assert run(made, "audit", "verify")[0] == 0
    with made.session() as session:  # ids go on after the highest one
        session.execute(text("INSERT INTO sign_in_attempts (key_sha256, at) VALUES ('0', now())"))
        session.execute(
            text("INSERT INTO policies (workspace_id, slug, name, created_at) VALUES (1, 'n', 'N', now())")
        )
    migrate(db.engine)
    db.engine.dispose()

"""Backups: database and signing keys in one tar file, and back again.

SQLite is copied by its online backup, PostgreSQL table by table in one snapshot. The keys are the encrypted
files of the keys folder; KEY_PASSPHRASE is not in the backup and has to be kept elsewhere.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine

from console.clock import now
from console.config import Settings
from console.errors import ConflictError
from console.settings.tables import read_tables, write_tables
from models.migrate import current_revision, is_empty, migrate

FORMAT = "copydesk-backup/1"
MANIFEST = "manifest.json"
SQLITE_NAME = "database.sqlite"
TABLES_NAME = "tables.jsonl"
_CHUNK_BYTES = 1 << 20


class BackupError(ConflictError):
    """A backup can't be made, read, or put where it should go; nothing was changed."""

    code = "backup"


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """What a backup holds."""

    made_at: str
    dialect: str
    schema_revision: str
    key_ids: tuple[str, ...]


def create_backup(engine: Engine, settings: Settings, path: Path) -> BackupInfo:
    """Write database and keys into one tar file, readable by its owner alone.

    Raises:
        BackupError: the file is there already, or there is no database yet.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. Choose another name.")
    revision = current_revision(engine)
    if revision is None:
        raise BackupError("There is no database yet; nothing to back up.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        database = _dump(engine, Path(folder))
        keys = sorted((settings.home / "keys").glob("*.pem"))
        members = [(database.name, database), *((f"keys/{key.name}", key) for key in keys)]
        manifest = {
            "format": FORMAT,
            "made_at": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "dialect": engine.dialect.name,
            "schema_revision": revision,
            "sha256": {name: _sha256(file) for name, file in members},
        }
        partial = Path(folder) / "backup.tar"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            _write_tar(file, manifest, members)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    return _info(manifest)


def restore_backup(engine: Engine, settings: Settings, path: Path, *, force: bool = False) -> BackupInfo:
    """Put a backup in place of what is here, then bring it to the newest schema.

    Everything is checked before anything is changed.

    Raises:
        BackupError: no backup, a damaged one, one of another kind of database, or there are data.
    """
    if not force and not (is_empty(engine) and not any((settings.home / "keys").glob("*.pem"))):
        raise BackupError("There are data here already. Use --force to replace them; they are lost then.")
    # Beside the target, not in /tmp: a database may be larger than memory-backed folders.
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".restore-") as name:
        folder = Path(name)
        manifest = _unpack(path, folder)
        info = _info(manifest)
        if info.dialect != engine.dialect.name:
            raise BackupError(
                f"This is a backup of {info.dialect}, but DATABASE_URL names {engine.dialect.name}."
            )
        if engine.dialect.name == "sqlite":
            _load_sqlite(engine, folder / SQLITE_NAME)
        else:
            _load_tables(engine, folder / TABLES_NAME, info.schema_revision)
        _put_keys(folder, settings.home / "keys", info.key_ids)
    migrate(engine)
    return info


def _dump(engine: Engine, folder: Path) -> Path:
    if engine.dialect.name == "sqlite":
        target = folder / SQLITE_NAME
        with closing(_open_sqlite(engine)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        return target
    target = folder / TABLES_NAME
    with (
        # Read-only: a whole dump must not keep the writers waiting.
        engine.connect().execution_options(
            isolation_level="REPEATABLE READ", copydesk_read_only=True
        ) as connection,
        target.open("w", encoding="utf-8") as file,
    ):
        file.writelines(f"{line}\n" for line in read_tables(connection))
    return target


def _open_sqlite(engine: Engine) -> sqlite3.Connection:
    if not engine.url.database or engine.url.database == ":memory:":
        raise BackupError("A database in memory has no backup.")
    return sqlite3.connect(engine.url.database, timeout=30)


def _write_tar(file: IO[bytes], manifest: dict[str, Any], members: list[tuple[str, Path]]) -> None:
    with tarfile.open(fileobj=file, mode="w") as tar:
        data = json.dumps(manifest, indent=2).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(data), 0o600
        tar.addfile(entry, io.BytesIO(data))
        for name, source in members:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = source.stat().st_size, 0o600
            with source.open("rb") as content:
                tar.addfile(entry, content)


def _unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack the members that the manifest names and hold them against their digests."""
    try:
        with tarfile.open(path, mode="r:") as tar:
            manifest = json.load(_member(tar, MANIFEST))
            if manifest.get("format") != FORMAT:
                raise BackupError(f"{path} is no backup this version of Copydesk can read.")
            for name, sha256 in manifest["sha256"].items():
                _refuse_odd_name(name)
                target = folder / name
                target.parent.mkdir(exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(_member(tar, name), file, _CHUNK_BYTES)
                if _sha256(target) != sha256:
                    raise BackupError(f"{name} in {path} is damaged. Use another backup.")
    except (OSError, tarfile.TarError, ValueError, KeyError, AttributeError) as error:
        raise BackupError(f"{path} can't be read as a backup: {error}") from error
    return dict(manifest)


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(name)
    if file is None:
        raise tarfile.TarError(f"{name} is no file")
    return file


def _refuse_odd_name(name: str) -> None:
    parts = Path(name).parts
    is_key = len(parts) == 2 and parts[0] == "keys" and parts[1].endswith(".pem")
    if name not in {SQLITE_NAME, TABLES_NAME} and not is_key:
        raise BackupError(f"The backup holds {name!r}, which does not belong in one.")


def _load_sqlite(engine: Engine, source: Path) -> None:
    # The online backup in the other direction: readers of the old database see either one or the other.
    engine.dispose()
    with closing(sqlite3.connect(source)) as copy, closing(_open_sqlite(engine)) as target:
        copy.backup(target)
        target.execute("PRAGMA journal_mode=WAL")


def _load_tables(engine: Engine, source: Path, revision: str) -> None:
    with engine.begin() as connection:
        _drop_everything(connection)
    migrate(engine, revision)
    with engine.begin() as connection, source.open(encoding="utf-8") as file:
        write_tables(connection, _lines(file))


def _lines(file: IO[str]) -> Iterator[str]:
    yield from file


def _drop_everything(connection: Connection) -> None:
    connection.exec_driver_sql("DROP SCHEMA public CASCADE")
    connection.exec_driver_sql("CREATE SCHEMA public")


def _put_keys(folder: Path, target: Path, key_ids: tuple[str, ...]) -> None:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for key_id in key_ids:
        placed = target / f"{key_id}.pem"
        (folder / "keys" / placed.name).replace(placed)
        placed.chmod(0o600)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _info(manifest: dict[str, Any]) -> BackupInfo:
    names = (Path(name) for name in manifest["sha256"] if name.startswith("keys/"))
    return BackupInfo(
        str(manifest["made_at"]),
        str(manifest["dialect"]),
        str(manifest["schema_revision"]),
        tuple(sorted(name.stem for name in names)),
    )

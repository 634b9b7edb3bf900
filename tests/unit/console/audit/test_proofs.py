"""What becomes of a log that somebody tampered with: every way is found, the restored chain passes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.audit import jobs
from console.audit.operations import GENESIS_SHA256, record
from console.clock import now
from console.extensions import db
from console.jobs.worker import Worker
from console.permissions import SYSTEM
from copydesk.audit import sign_checkpoint
from copydesk.bundle.keys import LocalSigner, generate_key_pem
from copydesk.canonical import digest
from copydesk.cli import main as copydesk
from models import AuditCheckpoint, Job, JobState, SigningKey
from tests.factories.console import World, make_world

ENTRIES_AFTER_CHECKPOINT = 3  # the tail that is cut below is one longer


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A log of more than ten entries with a checkpoint, and a few entries after it."""
    world = make_world(tmp_path_factory.mktemp("proven"))
    run(world, "checkpoint")
    with world.session() as session:
        for number in range(ENTRIES_AFTER_CHECKPOINT):
            record(session, "policy.created", by=SYSTEM, subject=("policy", number), after={"slug": "later"})
    return world


@pytest.fixture
def proven(made: World, tmp_path: Path) -> Iterator[World]:
    """The same log, as it was, for every test."""
    kept = tmp_path / "kept.db"
    copy(database(made), kept)
    yield made
    copy(kept, database(made))


def run(world: World, *arguments: str) -> tuple[int, str]:
    answer = world.app.test_cli_runner().invoke(args=["audit", *arguments])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.output
    return answer.exit_code, answer.output


def database(world: World) -> Path:
    return world.settings.home / "copydesk.db"


def tamper(world: World, *statements: str) -> None:
    with sqlite3.connect(database(world)) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def rewrite_chain(world: World) -> None:
    """Change the second entry and compute every hash after it anew, as a careful forger would."""
    with sqlite3.connect(database(world)) as connection:
        connection.execute("UPDATE audit_entries SET actor_id = 5 WHERE seq = 2")
        previous = GENESIS_SHA256
        for row in connection.execute(
            "SELECT seq, at, workspace_id, actor_kind, actor_id, action, subject_kind, subject_id,"
            " before, after FROM audit_entries ORDER BY seq"
        ).fetchall():
            seq, at, workspace_id, kind, actor_id, action, subject_kind, subject_id, before, after = row
            entry = {
                "seq": seq,
                "at": at[:19].replace(" ", "T") + "Z",
                "workspace_id": workspace_id,
                "actor": {"kind": kind, "id": actor_id},
                "action": action,
                "subject": {"kind": subject_kind, "id": subject_id},
                "before": json.loads(before) if before else None,
                "after": json.loads(after) if after else None,
                "previous_sha256": previous,
            }
            own = digest(entry)
            connection.execute(
                "UPDATE audit_entries SET previous_sha256 = ?, entry_sha256 = ? WHERE seq = ?",
                (previous, own, seq),
            )
            previous = own
    connection.close()


SWAP = (
    "UPDATE audit_entries SET seq = -1 WHERE seq = 3",
    "UPDATE audit_entries SET seq = 3 WHERE seq = 4",
    "UPDATE audit_entries SET seq = 4 WHERE seq = -1",
)
TAMPERINGS = {
    "an entry is changed": ("UPDATE audit_entries SET actor_id = 5 WHERE seq = 4",),
    "data of an entry are changed": ("""UPDATE audit_entries SET after = '{"slug": "x"}' WHERE seq = 1""",),
    "an entry is removed": ("DELETE FROM audit_entries WHERE seq = 4",),
    "the first entry is removed": ("DELETE FROM audit_entries WHERE seq = 1",),
    "two entries change places": SWAP,
    "the tail is cut": ("DELETE FROM audit_entries WHERE seq > (SELECT max(seq) - 4 FROM audit_entries)",),
    "all is deleted": ("DELETE FROM audit_entries",),
    "a checkpoint is lowered": ("UPDATE audit_checkpoints SET seq = 2",),
    "a checkpoint is forged": ("UPDATE audit_checkpoints SET jws = 'e30.e30.AAAA'",),
}


def test_an_untouched_log_passes(proven: World) -> None:
    code, said = run(proven, "verify")
    assert code == 0, said
    assert "1 checkpoints, 0 problems" in said


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_is_found_and_the_restored_log_passes(proven: World, how: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    copy(database(proven), kept)
    tamper(proven, *TAMPERINGS[how])
    code, said = run(proven, "verify")
    assert code == 1, said
    copy(kept, database(proven))
    assert run(proven, "verify")[0] == 0


def test_a_wholly_recomputed_chain_is_found_by_its_checkpoint(proven: World) -> None:
    rewrite_chain(proven)
    code, said = run(proven, "verify")
    assert code == 1
    assert "the chain was recomputed" in said
    assert "was changed" not in said  # the chain in itself is whole: only the signature gives it away


def test_a_forgers_own_key_in_the_database_is_not_believed(proven: World) -> None:
    rewrite_chain(proven)
    forger = LocalSigner.from_pem(generate_key_pem(None), None)
    with proven.session() as session:
        head = (
            session.connection()
            .exec_driver_sql("SELECT seq, entry_sha256 FROM audit_entries ORDER BY seq DESC LIMIT 1")
            .one()
        )
        session.add(SigningKey(key_id=forger.key_id, public_pem=forger.public_pem, created_at=now()))
        for row in session.query(AuditCheckpoint):
            row.seq, row.entry_sha256 = head.seq, head.entry_sha256
            row.jws = sign_checkpoint(head.seq, head.entry_sha256, "2026-01-01T00:00:00Z", forger)
    code, said = run(proven, "verify")
    assert code == 1
    assert "does not verify" in said


def test_checkpoints_of_an_earlier_export_find_a_log_cut_with_its_checkpoints(
    proven: World, tmp_path: Path
) -> None:
    export = tmp_path / "earlier.jsonl"
    run(proven, "export", str(export))
    tamper(proven, "DELETE FROM audit_entries WHERE seq > 4", "DELETE FROM audit_checkpoints")
    assert run(proven, "verify")[0] == 0  # nothing in the database can tell
    code, said = run(proven, "verify", "--against", str(export))
    assert code == 1
    assert "the tail was cut" in said


@pytest.mark.parametrize("is_tampered", [False, True])
def test_the_sdk_judges_an_export_as_the_console_judges_the_log(
    proven: World, tmp_path: Path, is_tampered: bool
) -> None:
    if is_tampered:
        tamper(proven, *TAMPERINGS["the tail is cut"])
    export, keys = tmp_path / "log.jsonl", tmp_path / "keys.pem"
    run(proven, "export", str(export))
    with proven.session() as session:
        keys.write_text("".join(key.public_pem for key in session.query(SigningKey)))
    assert copydesk(["audit", "verify", str(export), "--trust", str(keys)]) == int(is_tampered)
    assert run(proven, "verify", "--trust", str(keys))[0] == int(is_tampered)


def test_signing_twice_without_new_entries_makes_one_checkpoint(proven: World) -> None:
    assert run(proven, "checkpoint") == run(proven, "checkpoint")
    assert "2 checkpoints" in run(proven, "verify")[1]


def test_each_hourly_checkpoint_asks_for_the_next_one(proven: World) -> None:
    before = now()
    world = proven
    with world.session() as session:
        jobs.keep_checkpoints_coming(session)
        jobs.keep_checkpoints_coming(session)
    worker = Worker(world.app, db, world.app.extensions["copydesk_jobs"])
    assert worker.run_until_idle() == 1
    assert "2 checkpoints, 0 problems" in run(world, "verify")[1]
    with world.session() as session:
        waiting = session.query(Job).filter(Job.state == JobState.QUEUED).one()
    assert waiting.kind == "audit.checkpoint"
    assert timedelta(0) < waiting.not_before - before <= timedelta(hours=1, seconds=60)


# Last: its console takes over the one database of this process.
def test_verifying_works_on_each_database(world_on_each_database: World) -> None:
    world = world_on_each_database
    run(world, "checkpoint")
    assert run(world, "verify")[0] == 0
    with world.session() as session:
        session.connection().exec_driver_sql("UPDATE audit_entries SET action = 'x' WHERE seq = 2")
    assert run(world, "verify")[0] == 1
    db.engine.dispose()


def copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)
    one.close()
    other.close()

"""`flask audit …`: verify the live log, export it, sign a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click
from flask import current_app
from flask.cli import with_appcontext

from console.audit import proofs
from console.config import Settings
from console.errors import ConsoleError
from console.extensions import db
from console.keys.operations import public_keys, signer
from copydesk.bundle.keys import Trust


def _settings() -> Settings:
    settings: Settings = current_app.extensions["copydesk_settings"]
    return settings


@click.group()
def audit() -> None:
    """The audit log and its proof."""


@audit.command("verify")
@click.option(
    "--trust",
    "trust_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Public keys (PEM) to trust. Left out: those whose private halves lie in the keys folder.",
)
@click.option(
    "--against",
    type=click.File(encoding="utf-8"),
    help="An earlier export: its checkpoints must still hold.",
)
@with_appcontext
def verify_command(trust_path: Path | None, against: TextIO | None) -> None:
    """Check every entry, the chain and the signed checkpoints; exit code 1 when something is wrong."""
    trust = _trust(trust_path)
    with db.read() as session:
        report = proofs.verify(session, trust, earlier=against or ())
    for problem in report.problems:
        place = f"entry {problem.line}: " if problem.line else ""
        click.echo(f"{place}{problem.message}", err=True)
    click.echo(
        f"{report.entries} entries, {report.checkpoints} checkpoints, {len(report.problems)} problems; "
        f"signed up to entry {report.proven}"
    )
    if not report.is_sound:
        raise SystemExit(1)


@audit.command("export")
@click.argument("path", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@with_appcontext
def export_command(path: TextIO) -> None:
    """Write the whole log with its checkpoints as JSON Lines; check it with `copydesk audit verify`."""
    with db.read() as session:
        for line in proofs.export_lines(session):
            path.write(f"{line}\n")


@audit.command("checkpoint")
@with_appcontext
def checkpoint_command() -> None:
    """Sign the present head of the log now; otherwise it happens hourly and on every publish."""
    try:
        with db.write() as session:
            made = proofs.write_checkpoint(session, signer(session, _settings()))
    except ConsoleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"signed up to entry {made.seq}" if made else "the log is empty")


def _trust(path: Path | None) -> Trust:
    """Return the keys to believe; never only what the database says, which is what is being checked."""
    try:
        if path is not None:
            return Trust.from_pem(path.read_text(encoding="ascii"))
        with db.read() as session:
            pems = [key.public_pem for key in public_keys(session)]
        known = Trust.from_pem(pems) if pems else Trust({})
    except (OSError, ValueError) as error:
        raise click.ClickException(f"The keys can't be read: {error}") from error
    folder = _settings().home / "keys"
    return Trust({key_id: key for key_id, key in known.keys.items() if (folder / f"{key_id}.pem").is_file()})


commands = (audit,)

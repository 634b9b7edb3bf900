"""`flask migrate` and `flask backup …`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from console.clock import now
from console.config import Settings
from console.extensions import db
from console.settings.backup import BackupError, create_backup, restore_backup
from models.migrate import is_current, is_empty, migrate


def _settings() -> Settings:
    settings: Settings = current_app.extensions["copydesk_settings"]
    return settings


@click.command("migrate")
@with_appcontext
def migrate_command() -> None:
    """Bring the database to the newest schema; a database with data is backed up first."""
    if not is_empty(db.engine) and not is_current(db.engine):
        path = _settings().home / "backups" / f"before-migration-{now():%Y%m%dT%H%M%SZ}.tar"
        try:
            create_backup(db.engine, _settings(), path)
        except BackupError as error:
            raise click.ClickException(f"Not migrated, because the backup failed: {error}") from error
        click.echo(f"backup written to {path}")
    migrate(db.engine)
    click.echo("database is up to date")


@click.group()
def backup() -> None:
    """Back up database and signing keys, and put them back."""


@backup.command("create")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def create_command(path: Path) -> None:
    """Write database and signing keys into the file PATH; the console may go on working."""
    try:
        info = create_backup(db.engine, _settings(), path)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path}: {info.dialect} database and {len(info.key_ids)} signing keys")
    click.echo("KEY_PASSPHRASE is not in it: keep it elsewhere, or the keys can't be opened again.")


@backup.command("restore")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the data that are here; they are lost then.")
@with_appcontext
def restore_command(path: Path, force: bool) -> None:
    """Put database and signing keys from the file PATH in place; stop the console first."""
    try:
        info = restore_backup(db.engine, _settings(), path, force=force)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"restored the backup of {info.made_at}; check it with: flask audit verify")


commands = (migrate_command, backup)

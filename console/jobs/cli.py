"""`flask worker`: the process that does the background work."""

from __future__ import annotations

import gc
import signal
from typing import Any, cast

import click
from flask import Flask, current_app

from console.audit.jobs import keep_checkpoints_coming
from console.extensions import db
from console.jobs.worker import Worker


@click.command("worker")
@click.option("--until-idle", is_flag=True, help="Stop when no job is due.")
def worker(until_idle: bool) -> None:
    """Run background work: golden runs and what follows from them."""
    known = current_app.extensions
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]
    made = Worker(app, db, known["copydesk_jobs"], known["copydesk_jobs_gave_up"])

    def stop(_number: int, _frame: Any) -> None:
        made.stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with db.write() as session:
        keep_checkpoints_coming(session)
    # What is loaded now stays: looking through it for garbage again and again took a fifth of a run's time.
    gc.collect()
    gc.freeze()
    if until_idle:
        click.echo(f"{made.run_until_idle()} jobs run")
        return
    click.echo("worker ready")
    made.run()


commands = (worker,)

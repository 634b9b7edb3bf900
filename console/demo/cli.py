"""`flask demo …`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import click
from flask import Flask, current_app

from console.clock import now
from console.demo import recorded
from console.demo.content import load_demo
from console.demo.report import usage
from console.demo.seed import Stage, accounts_of, seed
from console.extensions import db
from console.generation.provider import make_provider
from console.golden.content import GoldenCase
from console.jobs.worker import Worker


def _app() -> Flask:
    return cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]


@click.group()
def demo() -> None:
    """The demo company."""


@demo.command("seed")
def seed_command() -> None:
    """Bring the demo company in, unless it is there."""
    settings = _app().extensions["copydesk_settings"]
    if settings.is_production:
        raise click.ClickException("Production takes no demo accounts: their password is public.")
    worker = Worker(_app(), db, _app().extensions["copydesk_jobs"])
    was_seeded = seed(Stage(settings, worker.run_until_idle, click.echo))
    click.echo("demo company seeded" if was_seeded else "demo company is there")


@demo.command("accounts")
def accounts_command() -> None:
    """Print the demo accounts."""
    loaded = load_demo()
    for account in accounts_of(loaded):
        click.echo(f"  {account['email']:<36} {', '.join(account['roles']).replace('_', ' ')}")
    click.echo(f"  password of all of them: {loaded.company.demo_password}")


@demo.command("record")
@click.option("--path", type=click.Path(path_type=Path), default=recorded.PATH, show_default=True)
def record_command(path: Path) -> None:
    """Ask the configured model for every generated case and write the recorded generations anew."""
    provider = make_provider(_app().extensions["copydesk_settings"])
    loaded = load_demo()
    day = now().date().isoformat()
    by_key = {}
    for assets in (loaded.policy_assets(), loaded.changed_policy_assets()):
        for raw in loaded.golden_set.cases:
            case = GoldenCase.model_validate(raw)
            if case.text is None and recorded.request_for(assets, case).key not in by_key:
                line = recorded.record_one(provider, assets, case, recorded_on=day)
                by_key[line["key"]] = line
                click.echo(f"{case.id}: {line['text'][:100]!r}")
    provider.close()
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in by_key.values())
    path.write_text(text, encoding="utf-8")
    click.echo(f"{len(by_key)} generations recorded")


@demo.command("report")
def report_command() -> None:
    """List the rules, terms, topics and facts that no case hits, or that no near-miss misses."""
    loaded = load_demo()
    report = usage(loaded.policy_assets(), loaded.golden_set.cases)
    click.echo(report.text())
    if not report.is_complete:
        raise SystemExit(1)


commands = (demo,)

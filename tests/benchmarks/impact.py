"""What a draft would change on 2 000 stored samples of 1 KB: a changed term, a changed rule, a new style.

Measured through the page that shows it, with nothing in memory of this draft or these samples: reading them,
compiling the checks that read the change, and judging the samples with and without it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from console.assets import operations as assets
from console.assets.drafting import open_draft
from console.assets.editing import working_copy
from console.demo.content import load_demo
from console.extensions import db
from console.jobs.worker import Worker
from console.runs import operations as runs
from console.workbench import judging
from models import Asset, Candidate, GoldenRevision, GoldenSet, Run, RunState
from tests.benchmarks.rows import REFERENCE_S, Row, calibrate, timed
from tests.benchmarks.stored_policy import write_policy
from tests.factories.console import World, make_world

SAMPLES, TEXT_CHARS, ROUNDS, BAR_S = 2000, 1024, 3, 1.0
STYLE_RULES = 39
# Words of the demo's copy and of none of it: an imported style finds something in most texts.
STYLE_WORDS = "weather jacket walk tent trail river sleeping bag boots summer winter light warm dry".split()


def measure() -> Iterator[Row]:
    """Yield the seconds until the page of a changed term, a changed rule and a new style is there."""
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        world = make_world(Path(folder))
        _write(world)
        _change_base(world)
        for kind, name, change in (
            ("glossary", "a changed term", _another_term),
            ("style_guide", "a changed rule", _another_rule),
            ("style_guide", f"a style of {STYLE_RULES} rules imported, by a job", _another_style),
        ):
            rounds = [_round(world, kind, change, number) for number in range(ROUNDS)]
            seconds, processor_s, slowness = min(rounds, key=lambda taken: taken[0] / taken[2])
            row = timed(f"impact preview, {SAMPLES} samples, {name}", seconds, "s", BAR_S, slowness)
            # The bar is for a change somebody types; a whole new style is tried with progress.
            yield row if change is not _another_style else replace(row, bar=None, met=None)
            yield Row("of this, processor time", processor_s, "s")
        world.close()


def _round(
    world: World, kind: str, change: Callable[[dict[str, Any], int], None], number: int
) -> tuple[float, float, float]:
    """Return seconds to the page, of processor time, and the machine's slowness."""
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == kind)).one()
        draft = open_draft(session, asset, by=world.actor("editor"))
        content = dict(working_copy(session, asset).content)
        change(content, number)
        assets.save_draft(session, asset, content, base_lock=draft.lock_number, by=world.actor("editor"))
        url = f"/w/acme/assets/{kind}/{asset.name}/impact"
    browser = world.client("editor")
    judging.forget()
    before, processor, started = calibrate(), time.process_time(), time.perf_counter()
    page = browser.get(url).text
    if change is _another_style:
        browser.post(url)
        _work(world)
        page = browser.get(url).text
    seconds, processor_s = time.perf_counter() - started, time.process_time() - processor
    assert f"{SAMPLES} samples" in page
    assert "not every check has answered" not in page
    return seconds, processor_s, (before + calibrate()) / 2 / REFERENCE_S


def _another_term(content: dict[str, Any], number: int) -> None:
    term = {"id": f"new-{number}", "term": ("weather", "jacket", "walk")[number % 3], "status": "forbidden"}
    content["terms"] = [*content["terms"], term]


def _another_rule(content: dict[str, Any], number: int) -> None:
    word = ("weather", "jacket", "walk")[number % 3]
    rule = {
        "id": f"new-{number}",
        "title": f"No {word}",
        "kind": "existence",
        "severity": "error",
        "definition": {"tokens": [word], "ignorecase": True, "message": f"Leave out '{word}'."},
        "bad": [f"A {word}."],
        "good": ["Nothing."],
    }
    content["rules"] = [*content["rules"], rule]


def _another_style(content: dict[str, Any], number: int) -> None:
    """Add as many rules as a public style has, none of which any process has seen: words, swaps, patterns."""
    rules: list[dict[str, Any]] = []
    for index in range(STYLE_RULES):
        words = [f"{word}{'s' * (index % 2)}" for word in STYLE_WORDS[index % 7 :: 7]]
        own = [f"unseen{number}x{index}x{place}" for place in range(20)]
        definitions: dict[str, dict[str, Any]] = {
            "existence": {"tokens": [*words, *own, rf"\bun{index}\w+ing\b"]},
            "substitution": {"swap": dict.fromkeys([*words, *own], "that")},
            "occurrence": {"token": rf"[,;]|{own[0]}", "max": index + 2, "scope": "sentence"},
        }
        kind = "occurrence" if not index else ("existence", "substitution")[index % 2]
        rule = {"id": f"style-{number}-{index}", "title": f"Rule {index}", "kind": kind}
        rules.append({**rule, "severity": "warning", "definition": definitions[kind] | {"ignorecase": True}})
    content["rules"] = [*content["rules"], *rules]


def _write(world: World) -> None:
    """Write the policy, and a complete run on texts of 1 KB."""
    candidate_id, _golden_set_id = write_policy(world, _cases(), "Stored")
    with world.session() as session:
        candidate = session.get_one(Candidate, candidate_id)
        revision = session.scalars(select(GoldenRevision).join(GoldenSet)).one()
        run_id = runs.start_run(session, candidate, revision, by=world.actor("editor")).id
    _work(world)
    with world.session() as session:
        run = session.get_one(Run, run_id)
        assert run.state == RunState.COMPLETE, run.failure


def _work(world: World) -> None:
    Worker(world.app, db, world.app.extensions["copydesk_jobs"]).run_until_idle()


def _change_base(world: World) -> None:
    """Save a revision of glossary and style guide after the run, so that what it stored holds no more."""
    by = world.actor("editor")
    for kind, list_name in (("glossary", "terms"), ("style_guide", "rules")):
        with world.session() as session:
            asset = session.scalars(select(Asset).where(Asset.kind == kind)).one()
            draft = open_draft(session, asset, by=by)
            content: Mapping[str, Any] = working_copy(session, asset).content
            changed = {**content, list_name: content[list_name][:-1]}
            saved = assets.save_draft(session, asset, changed, base_lock=draft.lock_number, by=by)
            assets.save_revision(session, asset, base_lock=saved.lock_number, message="Less", by=by)


def _cases() -> dict[str, Any]:
    """Return as many cases as asked for, each with its own 1 KB of the demo's copy."""
    demo = load_demo()
    guide = next(iter(demo.policy_assets().style_guide.values()))
    whole = "\n\n".join([*guide.voice.on_brand, *guide.voice.off_brand]) * 2
    prompt = next(item.name for item in demo.assets if item.kind == "prompt")
    step = max(1, (len(whole) - TEXT_CHARS) // SAMPLES)
    cases = [
        {
            "id": f"s{n}",
            "title": f"Sample {n}",
            "prompt": prompt,
            "text": f"{whole[n * step : n * step + TEXT_CHARS - 8]} {n}.",
        }
        for n in range(SAMPLES)
    ]
    return {"title": "Stored", "cases": cases}

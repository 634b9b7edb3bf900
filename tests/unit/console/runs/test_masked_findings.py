"""Findings never quote the personal value they found: not on a card, in a message, or in another's words."""

from __future__ import annotations

import json
import re
from html import unescape

from sqlalchemy import select

from console.runs.marking import mark
from copydesk.assets import Kind, PolicyAssets
from copydesk.assets.style_guide import StyleGuide
from copydesk.checks.contract import Context
from copydesk.checks.wire import verdict_to_json
from copydesk.policy import CompiledPolicy
from models import CheckVerdict, Sample
from tests.factories.assets import add_asset
from tests.factories.console import World
from tests.factories.generated import write_cases
from tests.factories.policies import start_run, work, write_policy

CARD = "5555 5555 5555 4444"
TEXT = f"Charge it to {CARD}, please."
BASE = "/w/acme/assets/style_guide/style-guide"
# A rule that quotes what it finds, as many published ones do.
NO_DIGITS = {
    "id": "digits",
    "title": "No long numbers",
    "kind": "existence",
    "definition": {"tokens": [r"\d{4} \d{4} \d{4} \d{4}"], "message": "Don't write '%s'."},
}


def _guide() -> dict[str, object]:
    return {"title": "House style", "rules": [NO_DIGITS]}


def test_another_check_quotes_the_mask_too() -> None:
    assets = PolicyAssets(style_guide={"house": StyleGuide.model_validate(_guide())})
    policy = CompiledPolicy.compile(assets, only=["personal_data", "style_rules"])
    verdict = policy.check(TEXT, Context())
    said = {finding.check: finding.message for finding in verdict.findings}
    assert said == {
        "personal_data": "Holds a payment card number (••••4444).",
        "style_rules": "Don't write '••••4444'.",
    }
    assert "5555" not in json.dumps(verdict_to_json(verdict), ensure_ascii=False)
    segments, cards = mark(TEXT, verdict.findings)
    assert "".join(segment.text for segment in segments) == TEXT
    assert {card.quote for card in cards} == {"••••4444", "•••• •••• •••• ••••"}


def test_the_live_panel_quotes_the_mask_and_still_labels_the_value(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, _guide())
    client = world.client("editor")
    html = unescape(client.post(f"{BASE}/live", data={"text": TEXT}).text)
    panel = html.partition('id="live-title"')[2]
    assert "Holds a payment card number (••••4444)" in panel
    assert "“••••4444”" in panel
    assert CARD not in panel
    link = re.search(r'href="([^"]*finding=personal_data[^"]*)"', panel)
    assert link is not None
    assert "5555" not in link[1]
    form = unescape(client.post(link[1], data={"text": TEXT}).text)
    assert f'value="{CARD}"' in form


def test_who_only_reads_sees_samples_without_the_value(world: World) -> None:
    write_policy(world)
    add_asset(
        world, Kind.LIMITS, {"title": "Personal data", "checks": [{"check": "personal_data"}]}, name="p"
    )
    case = {"id": "pay", "title": "Pay", "prompt": "welcome", "variables": {"first_name": "Ada"}}
    write_cases(world, [case | {"text": TEXT}])
    _candidate, run_id = start_run(world)
    work(world)
    with world.session() as session:
        sample_id = session.scalars(select(Sample.id).where(Sample.run_id == run_id)).one()
        stored = session.scalars(select(CheckVerdict.findings).where(CheckVerdict.run_id == run_id)).all()
    assert "5555" not in json.dumps(stored)
    url = f"/w/acme/runs/{run_id}/samples/{sample_id}"
    viewer = unescape(world.client("viewer").get(url).text)
    assert "5555" not in viewer
    assert "•••• •••• •••• 4444" in viewer
    assert "Personal values are hidden" in viewer
    editor = unescape(world.client("editor").get(url).text)
    assert f">{CARD}<" in editor
    assert "Personal values are hidden" not in editor
    assert "“••••4444”" in editor

"""A rule may weigh otherwise for single audiences: in its form, its diff, and beside its Vale source."""

from __future__ import annotations

from typing import Any

from console.assets.diff import diff_contents
from copydesk.assets import Kind
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World
from tests.unit.console.assets.test_editing import _fields
from tests.unit.console.assets.test_vale_transfer import FILES, GUIDE, _draft, _upload, _zip

RULE = {"id": "hype", "title": "No hype", "kind": "existence", "definition": {"tokens": ["amazing"]}}
EDIT = f"{GUIDE}/items/rules/edit/hype"
WEIGHTS = {"students": "off", "press": "error"}


def _guide(**more: Any) -> dict[str, Any]:
    return {"title": "House", "rules": [{**RULE, **more}]}


def test_severities_per_audience_are_typed_as_lines_and_shown_in_the_diff(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, _guide())
    client = world.client("editor")
    fields = _fields(client.get(EDIT).text)
    assert fields["severity_by_audience"] == ""
    sent = {**fields, "severity_by_audience": "students => off\npress => error"}
    assert client.post(EDIT, data=sent).status_code == 303
    assert _draft(world)["rules"][0]["severity_by_audience"] == WEIGHTS
    assert _fields(client.get(EDIT).text)["severity_by_audience"] == "students => off\npress => error"
    changed = diff_contents(Kind.STYLE_GUIDE, _guide(), _draft(world))
    rows = [text for section in changed for row in section.rows for op, text in row.parts if op == "+"]
    assert "Severity per audience, press: error" in "".join(rows)


def test_a_severity_that_there_is_not_is_refused_beside_its_field(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, _guide())
    client = world.client("editor")
    fields = {**_fields(client.get(EDIT).text), "severity_by_audience": "press => huge"}
    answer = client.post(EDIT, data=fields)
    assert answer.status_code == 422
    assert "is no severity; write info, warning, error, blocker or off" in answer.text
    assert "press =&gt; huge" in answer.text


def test_an_audience_of_thousands_of_digits_is_refused_beside_its_field(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, _guide())
    client = world.client("editor")
    fields = {**_fields(client.get(EDIT).text), "severity_by_audience": f"{'9' * 5_000} => huge"}
    answer = client.post(EDIT, data=fields)

    assert answer.status_code == 422
    assert "at most 64 of them" in answer.text


def test_an_imported_rule_keeps_its_bytes_and_its_severities_per_audience(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    assert _upload(world, _zip(FILES)).status_code == 200
    client = world.client("editor")
    (key,) = [rule["id"] for rule in _draft(world)["rules"] if rule["title"] == "Wordy"]
    url = f"{GUIDE}/items/rules/edit/{key}"
    fields = {**_fields(client.get(url).text), "severity_by_audience": "press => error"}
    assert client.post(url, data=fields).status_code == 303
    with world.session() as session:
        draft = asset_of(session, world, Kind.STYLE_GUIDE).draft
        assert draft is not None
        lock = draft.lock_number
    assert _upload(world, _zip(FILES), base=lock).status_code == 200
    (rule,) = [rule for rule in _draft(world)["rules"] if rule["id"] == key]
    assert rule["severity_by_audience"] == {"press": "error"}
    assert rule["source_yaml"] == FILES["styles/House/Wordy.yml"]

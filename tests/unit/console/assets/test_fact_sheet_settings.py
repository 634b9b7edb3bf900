"""What a fact sheet asks of its claims is set in the browser, and shown where revisions are compared."""

from __future__ import annotations

import re
from html import unescape

from copydesk.assets import Kind
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World

URL = "/w/acme/assets/fact_sheet/fact-sheet"


def _base(page: str) -> str:
    tag = re.search(r'<input[^>]*name="base"[^>]*>', page.partition('id="item-form"')[2])
    assert tag
    return re.search(r'value="([^"]*)"', tag.group())[1]  # type: ignore[index]


def test_what_claims_need_is_chosen_with_the_title_and_compared(world: World) -> None:
    add_asset(world, Kind.FACT_SHEET)
    client = world.client("editor")
    page = client.get(f"{URL}/parts/head").text
    chosen = re.findall(r'<option[^>]* value="(\w+)"[^>]*selected|<option selected[^>]* value="(\w+)"', page)
    assert {value for pair in chosen for value in pair if value} >= {"hedge", "review"}
    typed = {
        "base": _base(page),
        "title": "Prices",
        "guarded_claims": "best",
        "unverified": "forbid",
        "common_claims": "off",
    }
    assert client.post(f"{URL}/parts/head", data=typed).status_code == 303
    with world.session() as session:
        draft = asset_of(session, world, Kind.FACT_SHEET).draft
        assert draft is not None
        assert (draft.content["unverified"], draft.content["common_claims"]) == ("forbid", "off")
    saved = client.post(f"{URL}/save", data={"base": 1, "message": "Stricter"})
    assert saved.status_code == 303
    compared = unescape(re.sub(r"<[^>]+>", "", client.get(f"{URL}/history?old=1&new=2").text))
    assert "Unverified facts: forbid" in compared
    assert "Superlatives and guarantees: off" in compared


def test_a_setting_that_does_not_exist_is_refused_at_its_field(world: World) -> None:
    add_asset(world, Kind.FACT_SHEET)
    client = world.client("editor")
    base = _base(client.get(f"{URL}/parts/head").text)
    typed = {"base": base, "title": "Prices", "unverified": "ignore", "common_claims": "review"}
    answer = client.post(f"{URL}/parts/head", data=typed)
    assert answer.status_code == 422

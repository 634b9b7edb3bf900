"""Words for people of a style guide, edited in the browser."""

from __future__ import annotations

import re
from html import unescape

from copydesk.assets import Kind
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World


def test_words_for_people_are_written_a_line_each_with_their_forms_between_commas(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    client = world.client("editor")
    url = "/w/acme/assets/style_guide/style-guide"
    new = f"{url}/items/descriptors/new"
    answer = client.post(new, data={"base": 0, "title": "Faiths", "terms": "Muslim, Muslims\n\nChristian"})
    assert answer.status_code == 422
    assert "give every term as many forms" in unescape(answer.text)
    assert "Muslim, Muslims\n\nChristian" in answer.text
    answer = client.post(new, data={"base": 0, "title": "Faiths", "terms": "Muslim, Muslims\n Sikh ,Sikhs"})
    assert answer.status_code == 303, answer.text
    with world.session() as session:
        draft = asset_of(session, world, Kind.STYLE_GUIDE).draft
        assert draft is not None
        groups = draft.content["descriptors"]
    assert groups[1] == {
        "id": "faiths",
        "title": "Faiths",
        "terms": [["Muslim", "Muslims"], ["Sikh", "Sikhs"]],
    }
    assert "Muslim, Sikh" in client.get(url).text
    assert client.post(f"{url}/save", data={"base": 1, "message": "Faiths"}).status_code == 303
    compared = unescape(re.sub(r"<[^>]+>", "", client.get(f"{url}/history?old=1&new=2").text))
    assert "Word for people: Sikh, Sikhs" in compared

"""A finding offers its words to editors: as a term of the glossary, or as a word the speller accepts."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from copydesk.assets import Kind
from tests.factories.assets import add_asset
from tests.factories.console import World
from tests.factories.policies import BAD, start_run, work, write_policy
from tests.unit.console.assets.test_editing import _fields

GUIDE = "/w/acme/assets/style_guide/style-guide"
HYPE = {
    "id": "hype",
    "title": "No hype",
    "kind": "existence",
    "definition": {"tokens": ["wow factor", r"ja+y+"]},
}
SPELLING = {"id": "spelt", "title": "Spelling", "kind": "spelling", "definition": {"custom": False}}
LONG = {
    "id": "long",
    "title": "Long",
    "kind": "existence",
    "definition": {"nonword": True, "raw": [r"We .*\."]},
}


def _links(page: str, words: str) -> list[str]:
    return [
        link
        for link, inner in re.findall(r'<a class="btn[^"]*" href="([^"]*)"[^>]*>(.*?)</a>', page)
        if words in inner
    ]


@pytest.fixture
def guided(world: World) -> World:
    add_asset(world, Kind.GLOSSARY)
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House", "rules": [HYPE, SPELLING, LONG]})
    return world


def _sample(world: World, text: str, who: str = "editor") -> str:
    answer = world.client(who).post(f"{GUIDE}/live", data={"text": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_a_short_quote_leads_to_a_new_term_filled_in(guided: World) -> None:
    page = _sample(guided, "Has a wow factor. We go on and on and on and on.")
    (link,) = _links(page, "Add to glossary")
    assert link == "/w/acme/assets/glossary/glossary/items/terms/new?term=wow+factor"
    client = guided.client("editor")
    assert _fields(client.get(link).text)["term"] == "wow factor"


def test_a_misspelt_word_leads_to_the_accepted_words(guided: World) -> None:
    page = _sample(guided, "A bivvyish tent.")
    links = _links(page, "Accept the word")
    if not links:
        pytest.skip("no dictionary is installed")
    assert links == [f"{GUIDE}/parts/head?accept=bivvyish"]
    client = guided.client("editor")
    fields: dict[str, Any] = _fields(client.get(links[0]).text)
    assert fields["vocabulary_accept"] == "bivvyish"
    assert client.post(links[0], data=fields).status_code == 303
    assert "bivvyish" not in _links(_sample(guided, "A bivvyish tent."), "Accept the word")


def test_who_may_not_edit_is_offered_nothing(world: World) -> None:
    write_policy(world, (BAD,))
    _, run_id = start_run(world)
    work(world)
    samples = re.findall(
        rf"/w/acme/runs/{run_id}/samples/\d+", world.client("viewer").get(f"/w/acme/runs/{run_id}").text
    )
    assert _links(html.unescape(world.client("viewer").get(samples[0]).text), "Add to glossary") == []
    links = _links(html.unescape(world.client("editor").get(samples[0]).text), "Add to glossary")
    assert links == ["/w/acme/assets/glossary/house/items/terms/new?term=cheap"]

"""Editing in the browser: items, conflicts, revisions, history, sealed workspaces."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from console.assets import operations
from console.assets.projection import SHAPES
from copydesk.assets import Kind
from tests.factories.assets import NAMES, SMALL, add_asset, asset_of
from tests.factories.console import World

BASE = "/w/acme/assets"
GLOSSARY = f"{BASE}/glossary/glossary"
TERM = f"{GLOSSARY}/items/terms/edit/outlet"


def _fields(html: str) -> dict[str, Any]:
    """Return what the browser would send for the item form of a page."""
    form = html.partition('id="item-form"')[2].partition("</form>")[0]
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attrs.get("type") == "checkbox" and " checked" not in tag:
            continue
        if "name" in attrs:
            fields[attrs["name"]] = attrs.get("value", "y").replace("&#39;", "'")
    for name, text in re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        fields[name] = text.strip("\r\n").replace("&gt;", ">").replace("&#39;", "'").replace("&#34;", '"')
    for name, options in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        values = re.findall(r"<option([^>]*)>", options)
        chosen = [v for v in values if "selected" in v] or values[:1]
        fields[name] = re.search(r'value="([^"]*)"', chosen[0])[1] if chosen else ""  # type: ignore[index]
    return fields


def _draft(world: World, kind: str) -> dict[str, Any]:
    with world.session() as session:
        asset = asset_of(session, world, kind)
        return dict(asset.draft.content) if asset.draft else {}


ITEMS = [
    (kind, spec.name, spec.key(item))
    for kind, shape in SHAPES.items()
    for spec in shape.lists
    for item in SMALL[kind].get(spec.name, [])
]


@pytest.mark.parametrize(("kind", "list_name", "key"), ITEMS)
def test_a_form_that_is_sent_back_untouched_changes_nothing(
    world: World, kind: str, list_name: str, key: str
) -> None:
    add_asset(world, kind)
    client = world.client("editor")
    url = f"{BASE}/{kind}/{NAMES[kind]}/items/{list_name}/edit/{key}"
    with world.session() as session:
        frozen = asset_of(session, world, kind).revisions[-1].content
    answer = client.post(url, data=_fields(client.get(url).text))
    assert answer.status_code == 303, answer.text
    assert _draft(world, kind)[list_name] == frozen[list_name]


SECTION = "## Pack light\n\n- one\n\n  two\n\nplus\n++++\nmore"


def _as_typed(fields: dict[str, Any]) -> dict[str, Any]:
    # Browsers send line ends as CR LF.
    return {name: re.sub("\r?\n", "\r\n", unescape(value)) for name, value in fields.items()}


@pytest.mark.parametrize("texts", [[SECTION], ["One line.", SECTION], [SECTION, "+++"], ["One.", "Two."]])
def test_texts_of_several_lines_stay_whole_in_a_form(world: World, texts: list[str]) -> None:
    rule = {"id": "hype", "title": "No hype", "kind": "existence", "definition": {"tokens": ["hype"]}}
    rule["good"] = texts
    voice = {"on_brand": texts, "off_brand": list(reversed(texts))}
    content = {"title": "House", "rules": [rule], "voice": voice}
    url = f"{BASE}/style_guide/{add_asset(world, Kind.STYLE_GUIDE, content)}"
    client = world.client("editor")
    for page in ("items/rules/edit/hype", "parts/voice"):
        form = _as_typed(_fields(client.get(f"{url}/{page}").text))
        assert client.post(f"{url}/{page}", data=form).status_code == 303
    draft = _draft(world, Kind.STYLE_GUIDE)
    assert draft["rules"][0]["good"] == texts
    assert draft["voice"] == voice


@pytest.mark.parametrize(
    ("kind", "page", "name", "read"),
    [
        (Kind.PROMPT, "items/blocks/edit/brief", "text", lambda draft: draft["blocks"][-1]["text"]),
        (Kind.STYLE_GUIDE, "parts/head", "introduction", lambda draft: draft["introduction"]),
        (
            Kind.FALLBACKS,
            "items/fallbacks/edit/app-push/*/*",
            "text",
            lambda draft: draft["fallbacks"][0]["text"],
        ),
    ],
)
def test_a_long_text_keeps_the_line_ends_of_the_page(
    world: World, kind: Kind, page: str, name: str, read: Callable[[Any], str]
) -> None:
    url = f"{BASE}/{kind}/{add_asset(world, kind)}/{page}"
    client = world.client("editor")
    form = {**_fields(client.get(url).text), name: "One.\n\nTwo."}
    answer = client.post(url, data=_as_typed(form))
    assert answer.status_code == 303, answer.text
    assert read(_draft(world, kind)) == "One.\n\nTwo."


@pytest.mark.parametrize("kind", list(Kind))
def test_the_head_of_every_kind_can_be_changed(world: World, kind: Kind) -> None:
    add_asset(world, kind)
    client = world.client("editor")
    url = f"{BASE}/{kind}/{NAMES[kind]}/parts/head"
    fields = _fields(client.get(url).text)
    assert client.post(url, data={**fields, "title": "Another title"}).status_code == 303
    assert _draft(world, kind)["title"] == "Another title"
    assert "Another title" in client.get(f"{BASE}/{kind}/{NAMES[kind]}").text


def test_two_people_who_change_different_terms_do_not_disturb_each_other(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    one, two = world.client("editor"), world.client("editor2")
    other = f"{GLOSSARY}/items/terms/edit/tent"
    first, second = _fields(one.get(TERM).text), _fields(two.get(other).text)
    assert one.post(TERM, data={**first, "use_instead": "store"}).status_code == 303
    assert two.post(other, data={**second, "why": "Short."}).status_code == 303
    terms = {term["id"]: term for term in _draft(world, Kind.GLOSSARY)["terms"]}
    assert (terms["outlet"]["use_instead"], terms["tent"]["why"]) == ("store", "Short.")


def test_a_second_editors_change_of_the_same_term_is_never_overwritten(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    one, two = world.client("editor"), world.client("editor2")
    first, second = _fields(one.get(TERM).text), _fields(two.get(TERM).text)
    assert one.post(TERM, data={**first, "use_instead": "store"}).status_code == 303
    answer = two.post(TERM, data={**second, "use_instead": "branch"})
    assert answer.status_code == 409
    assert "Editor saved this entry while you were editing" in answer.text
    assert "Use instead: store" in answer.text, "their text is there"
    assert 'value="branch"' in answer.text, "mine is kept in the form"
    assert _draft(world, Kind.GLOSSARY)["terms"][0]["use_instead"] == "store"
    merged = _fields(answer.text)
    assert two.post(TERM, data={**merged, "use_instead": "shop or store"}).status_code == 303
    assert _draft(world, Kind.GLOSSARY)["terms"][0]["use_instead"] == "shop or store"


def test_a_term_that_was_taken_out_meanwhile_can_be_put_back(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    one, two = world.client("editor"), world.client("editor2")
    typed = _fields(two.get(TERM).text)
    assert one.post(f"{GLOSSARY}/items/terms/delete/outlet", data={"base": typed["base"]}).status_code == 200
    answer = two.post(TERM, data={**typed, "why": "Kept."})
    assert answer.status_code == 409
    assert "took this entry out" in answer.text
    assert two.post(f"{GLOSSARY}/items/terms/new", data={**typed, "why": "Kept."}).status_code == 303
    assert [t["id"] for t in _draft(world, Kind.GLOSSARY)["terms"]] == ["tent", "outlet"]


def test_a_draft_saves_itself_and_says_where_the_next_save_starts(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    client = world.client("editor")
    url = f"{GLOSSARY}/items/terms/autosave/outlet"
    fields = _fields(client.get(TERM).text)
    answer = client.post(url, data={**fields, "why": "One."})
    assert answer.status_code == 200
    assert "Saved in the draft" in answer.text
    again = client.post(url, data={**fields, "why": "Two.", "base": answer.headers["Copydesk-Base"]})
    assert again.status_code == 200
    stale = client.post(url, data={**fields, "why": "Three."})
    assert stale.status_code == 409
    assert "Compare and merge" in stale.text
    assert _draft(world, Kind.GLOSSARY)["terms"][0]["why"] == "Two."
    invalid = client.post(url, data={**fields, "term": "", "base": again.headers["Copydesk-Base"]})
    assert (invalid.status_code, "Term" in invalid.text) == (422, True)


def test_what_does_not_fit_is_said_beside_its_field_and_nothing_typed_is_lost(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    client = world.client("editor")
    fields = _fields(client.get(TERM).text)
    typed = {**fields, "term": "", "scope__locales": "english", "equivalents": "Zelt", "why": "Because."}
    answer = client.post(TERM, data=typed)
    assert answer.status_code == 422
    assert "Line 1: write two sides" in answer.text
    assert "Because." in answer.text
    answer = client.post(TERM, data={**typed, "equivalents": ""})
    assert answer.status_code == 422
    assert "Fill this in." in answer.text
    assert "such as en or en-GB" in answer.text
    assert "english" in answer.text


def test_an_amount_with_too_many_decimals_is_refused_in_words(world: World) -> None:
    add_asset(world, Kind.FACT_SHEET)
    client = world.client("editor")
    url = f"{BASE}/fact_sheet/fact-sheet/items/facts/edit/skerry-price"
    fields = _fields(client.get(url).text)
    assert fields["value__minor"] == "320.00"
    for bad in ("12.345", "much", "Infinity", "1e400"):
        assert client.post(url, data={**fields, "value__minor": bad}).status_code == 422
    for huge in ("1e999999", "-1e999999999", "9" * 5_000, "sNaN"):
        assert client.post(url, data={**fields, "value__minor": huge}).status_code == 422
    assert client.post(url, data={**fields, "value__minor": "49.9"}).status_code == 303
    assert _draft(world, Kind.FACT_SHEET)["facts"][0]["value"] == {
        "type": "money",
        "minor": 4990,
        "currency": "GBP",
    }


def test_a_term_is_added_in_one_line_and_gets_an_id_of_its_own(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    client = world.client("editor")
    url = f"{GLOSSARY}/items/terms/quick"
    assert client.post(url, data={"term": "Größe!", "status": "allowed"}).status_code == 303
    assert client.post(url, data={"term": "Grosse", "status": "allowed"}).status_code == 303
    terms = _draft(world, Kind.GLOSSARY)["terms"]
    assert [term["id"] for term in terms[2:]] == ["grosse", "grosse-2"]
    assert terms[2]["inflect"] is True
    assert client.post(url, data={"term": " ", "status": "allowed"}).status_code == 422


def test_several_terms_are_changed_deleted_and_put_back(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    client = world.client("editor")
    url = f"{GLOSSARY}/items/terms/bulk"
    answer = client.post(url, data={"base": 0, "key": ["outlet", "tent"], "act": "status:deprecated"})
    assert "2 entries changed" in answer.text
    assert {t["status"] for t in _draft(world, Kind.GLOSSARY)["terms"]} == {"deprecated"}
    stale = client.post(url, data={"base": 0, "key": ["tent"], "act": "delete"})
    assert stale.status_code == 409
    answer = client.post(url, data={"base": 1, "key": ["outlet"], "act": "delete"})
    before = re.search(r'name="before" value="([^"]*)"', answer.text)
    assert before
    undo = {"base": 2, "before": before[1].replace("&#34;", '"').replace("&#39;", "'")}
    assert client.post(f"{GLOSSARY}/items/terms/undo", data=undo).status_code == 303
    assert [t["id"] for t in _draft(world, Kind.GLOSSARY)["terms"]] == ["outlet", "tent"]
    for act in ("", "status:nonsense", "term:x"):
        assert client.post(url, data={"base": 3, "key": ["tent"], "act": act}).status_code == 422
    assert client.post(f"{GLOSSARY}/items/terms/undo", data={"before": "[[]]"}).status_code == 409


def test_a_rule_whose_example_is_not_found_becomes_no_revision(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    client = world.client("editor")
    url = f"{BASE}/style_guide/style-guide"
    rule = f"{url}/items/rules/edit/hype"
    fields = _fields(client.get(rule).text)
    assert fields["definition__tokens"] == "amazing"
    assert client.post(rule, data={**fields, "bad": "A dull tent."}).status_code == 303
    assert "does not find its bad example" in client.get(url).text
    answer = client.post(f"{url}/save", data={"base": 1, "message": "Dull"})
    assert answer.status_code == 422
    assert "Mend what is listed" in answer.text
    live = client.post(f"{url}/items/rules/live/hype", data={**fields, "bad": "A dull tent."})
    assert "“No hype” does not find its bad example “A dull tent.”." in live.text
    live = client.post(f"{url}/items/rules/live/hype", data=fields)
    assert "is found, as a bad example has to be" in live.text


def test_a_revision_needs_a_message_and_shows_in_history(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    client = world.client("editor")
    client.post(f"{GLOSSARY}/items/terms/quick", data={"term": "kit", "status": "allowed"})
    assert client.post(f"{GLOSSARY}/save", data={"base": 1, "message": " "}).status_code == 422
    assert client.post(f"{GLOSSARY}/save", data={"base": 7, "message": "Add kit"}).status_code == 409
    assert client.post(f"{GLOSSARY}/save", data={"base": 1, "message": "Add kit"}).status_code == 303
    page = client.get(f"{GLOSSARY}/history?old=1&new=2").text
    assert "Add kit" in page
    assert "1 entry changed" in page
    assert client.post(f"{GLOSSARY}/revisions/1/restore", data={"message": ""}).status_code == 303
    with world.session() as session:
        asset = asset_of(session, world, Kind.GLOSSARY)
        last = asset.revisions[-1]
        assert (last.number, last.restored_from_number) == (3, 1)
        assert last.content == asset.revisions[0].content
    assert client.get(f"{GLOSSARY}/history?old=9&new=x").status_code == 404
    assert client.get(f"{GLOSSARY}/revisions/9").status_code == 404


def test_a_block_moves_and_a_draft_is_discarded(world: World) -> None:
    add_asset(world, Kind.PROMPT)
    client = world.client("editor")
    url = f"{BASE}/prompt/app-push"
    assert client.post(f"{url}/items/blocks/move/brief", data={"to": "up", "base": 0}).status_code == 303
    assert [block["id"] for block in _draft(world, Kind.PROMPT)["blocks"]] == ["brief", "role"]
    assert client.post(f"{url}/discard", data={"base": 0}).status_code == 409
    assert client.post(f"{url}/discard", data={"base": 1}).status_code == 303
    assert _draft(world, Kind.PROMPT) == {}


def test_a_block_shows_its_unknown_variable_and_the_prompt_for_a_case(world: World) -> None:
    add_asset(world, Kind.PROMPT)
    client = world.client("editor")
    url = f"{BASE}/prompt/app-push/items/blocks"
    fields = _fields(client.get(f"{url}/edit/brief").text)
    answer = client.post(f"{url}/live/brief", data={**fields, "text": "Say {{ colour }}."})
    assert "colour" in answer.text
    marks = json.loads(re.search(r"data-marks>(.*?)</script>", answer.text)[1])  # type: ignore[index]
    assert (marks[0]["from"], marks[0]["to"]) == (7, 13)
    assert "Write about" in client.post(f"{url}/live/brief", data=fields).text


def test_a_sample_is_judged_by_the_policy_with_the_typed_term_in_it(world: World) -> None:
    for kind in (Kind.GLOSSARY, Kind.STYLE_GUIDE):
        add_asset(world, kind)
    client = world.client("editor")
    url = f"{GLOSSARY}/items/terms/live/outlet"
    fields = _fields(client.get(TERM).text)
    text = "An amazing store."
    found = client.post(url, data={**fields, "term": "store", "text": text}).text
    assert "glossary/outlet" in found
    assert "style-guide/hype" in found
    assert "glossary/outlet" not in client.post(url, data={**fields, "text": text}).text
    plain = client.post(f"{GLOSSARY}/live", data={"text": "Our outlet."})
    assert plain.text.lstrip().startswith("<!doctype html>")
    assert "glossary/outlet" in plain.text


def test_fallbacks_show_who_is_served_by_which_copy(world: World) -> None:
    add_asset(world, Kind.PROMPT)
    add_asset(world, Kind.FALLBACKS)
    client = world.client("editor")
    url = f"{BASE}/fallbacks/fallbacks"
    assert "Written" in client.get(url).text
    new = f"{url}/items/fallbacks/new?prompt=app-push&locale=de"
    fields = _fields(client.get(new).text)
    assert (fields["prompt"], fields["locale"]) == ("app-push", "de")
    assert client.post(new, data={**fields, "text": "Sehen Sie sich {{ product }} an."}).status_code == 303
    assert client.post(new, data={**fields, "text": "Noch einmal."}).status_code == 409


def test_readers_read_and_change_nothing(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    editor, viewer = world.client("editor"), world.client("viewer")
    fields = _fields(editor.get(TERM).text)
    assert viewer.get(GLOSSARY).status_code == 200
    assert viewer.get(TERM).status_code == 200
    assert viewer.post(TERM, data=fields).status_code == 403
    assert viewer.post(f"{GLOSSARY}/items/terms/bulk", data={"base": 0}).status_code == 403
    assert viewer.get(f"{GLOSSARY}/save").status_code == 403


PATHS = (
    "",
    "/history",
    "/revisions/1",
    "/parts/head",
    "/items/terms/edit/outlet",
    "/export.csv",
    "/save",
    "/import",
)


@pytest.mark.parametrize("path", PATHS)
def test_people_of_another_workspace_find_nothing(world: World, path: str) -> None:
    add_asset(world, Kind.GLOSSARY)
    outsider = world.client("outsider")
    assert outsider.get(GLOSSARY + path).status_code == 404
    assert outsider.get(GLOSSARY.replace("acme", "other") + path).status_code == 404


def test_a_new_asset_gets_a_name_a_policy_and_a_draft(world: World) -> None:
    client = world.client("editor")
    page = client.get(f"{BASE}/prompt/new").text
    assert "Mail" in page
    data = {"title": "Welcome back!", "name": "", "policies": [world.policy_id]}
    answer = client.post(f"{BASE}/prompt/new", data=data)
    assert answer.headers["Location"] == f"{BASE}/prompt/welcome-back"
    assert client.get(f"{BASE}/prompt/welcome-back").status_code == 200
    for bad in ({"title": ""}, {"title": "x", "name": "Ä b"}, {"title": "x", "name": "welcome-back"}):
        answer = client.post(f"{BASE}/prompt/new", data={**data, **bad})
        assert answer.status_code == 422, bad
    assert client.get(f"{BASE}/prompt?q=welc").text.count("welcome-back") >= 1
    assert "welcome-back" not in client.get(f"{BASE}/prompt?q=nope%25").text.partition("<main")[2]
    assert client.get(f"{BASE}/nonsense").status_code == 404


def test_an_archived_asset_is_read_only_until_it_comes_back(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    client = world.client("editor")
    assert client.post(f"{GLOSSARY}/archive").status_code == 303
    assert "Bring it back" in client.get(GLOSSARY).text
    assert "Our words" not in client.get(f"{BASE}/glossary").text.partition("<main")[2]
    assert "Our words" in client.get(f"{BASE}/glossary?archived=1").text
    assert client.post(f"{GLOSSARY}/unarchive").status_code == 303


def test_pages_stand_whatever_a_draft_holds(world: World) -> None:
    """The API may store a draft that is not valid yet; its pages say what to mend and never break."""
    add_asset(world, Kind.FACT_SHEET)
    odd = {
        "title": 7,
        "facts": [{"id": "a", "value": "x", "scope": 3}, 4, {"subject": None}],
        "guarded_claims": "no",
    }
    with world.session() as session:
        asset = asset_of(session, world, Kind.FACT_SHEET)
        operations.save_draft(session, asset, odd, base_lock=0, by=world.actor("editor"))
    client = world.client("editor")
    url = f"{BASE}/fact_sheet/fact-sheet"
    for path in ("", "/save", "/history", "/parts/head", "/items/facts/edit/a", "/export.json"):
        assert client.get(url + path).status_code == 200, path
    assert client.post(f"{url}/live", data={"text": "A price."}).status_code == 200

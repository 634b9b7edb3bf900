"""Where glossaries and style guides do not agree: found, shown beside the rows, not let into a revision."""

from __future__ import annotations

from typing import Any

import pytest

from console.assets.conflicts import find_conflicts
from console.assets.term_conflicts import Conflict, ConflictSort
from copydesk.assets import Kind, parse_assets
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World

BASE = "/w/acme/assets"
API = "/api/v1/workspaces/acme/assets"
Json = dict[str, Any]


def _term(term: str, status: str = "preferred", **more: Any) -> Json:
    return {"id": more.pop("id", term.lower().replace(" ", "-")), "term": term, "status": status, **more}


def _glossary(*terms: Json) -> Json:
    return {"title": "Words", "terms": list(terms)}


def _guide(*rules: Json, **more: Any) -> Json:
    return {"title": "Style", "rules": list(rules), **more}


def _swap(swap: Json, **more: Any) -> Json:
    return {"id": "swap", "title": "Swap", "kind": "substitution", "definition": {"swap": swap}, **more}


def _between(*terms: Json, other: Json | None = None, guide: Json | None = None) -> tuple[Conflict, ...]:
    lists = {"words": _glossary(*terms), **({"more": other} if other else {})}
    contents: dict[str, Any] = {Kind.GLOSSARY: lists}
    if guide:
        contents[Kind.STYLE_GUIDE] = {"style": guide}
    return find_conflicts(parse_assets(contents))


GB = {"scope": {"locales": ["en-GB"]}}
US = {"scope": {"locales": ["en-US"]}}
CASES = [
    pytest.param(
        [_term("outlet"), _term("Outlet", "forbidden", id="no-outlet")],
        ConflictSort.CONTRADICTION, True, id="preferred here, forbidden there, whatever the case"),
    pytest.param(
        [_term("tent", variants=["shelter"]), _term("shelter", "allowed")],
        ConflictSort.CONTRADICTION, True, id="a variant to replace that another term allows"),
    pytest.param(
        [_term("co‑op", id="new"), _term("co-op", "deprecated", id="old")],
        ConflictSort.CONTRADICTION, True, id="the same once hyphens are folded"),
    pytest.param(
        [_term("cast", part_of_speech="verb"), _term("casting", "forbidden", part_of_speech="phrase")],
        ConflictSort.INFLECTION, False, id="a word form of one is the other"),
    pytest.param(
        [_term("tent"), _term("tent", id="tent-2")], ConflictSort.DUPLICATE, False, id="the same term twice"),
    pytest.param(
        [_term("shop", variants=["outlet"]), _term("store", variants=["outlet"])],
        ConflictSort.DUPLICATE, False, id="one word, two replacements"),
    pytest.param(
        [_term("Wi-Fi", case_rule="exact"), _term("WI-FI", id="loud", case_rule="exact")],
        ConflictSort.CASE, False, id="two spellings that differ in case alone"),
    pytest.param(
        [_term("outlet", "forbidden", use_instead="store"), _term("store", "deprecated")],
        ConflictSort.DEAD_REPLACEMENT, True, id="a replacement that is deprecated itself"),
    pytest.param(
        [_term("outlet", "forbidden", use_instead="the big store"), _term("stores", "forbidden", id="s",
                                                                          variants=["store"])],
        ConflictSort.DEAD_REPLACEMENT, True, id="a replacement that holds a forbidden word"),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "sort", "is_blocking"), CASES)
def test_terms_that_do_not_agree_are_found(terms: list[Json], sort: ConflictSort, is_blocking: bool) -> None:
    (conflict,) = _between(*terms)

    assert (conflict.sort, conflict.is_blocking) == (sort, is_blocking)
    assert {conflict.first.label, conflict.second.label} == {f"words/{term['id']}" for term in terms}
    assert conflict.first.label in conflict.message
    assert conflict.second.label in conflict.message


@pytest.mark.parametrize(("terms", "sort", "is_blocking"), CASES)
def test_they_are_found_between_glossaries_too(
    terms: list[Json], sort: ConflictSort, is_blocking: bool
) -> None:
    (conflict,) = _between(terms[0], other=_glossary(terms[1]))

    assert (conflict.sort, conflict.is_blocking) == (sort, is_blocking)
    assert {conflict.first.asset, conflict.second.asset} == {"words", "more"}


@pytest.mark.parametrize(
    "terms",
    [
        [_term("rucksack", variants=["backpack"], **GB), _term("backpack", variants=["rucksack"], **US)],
        [_term("apple", "forbidden", case_rule="exact"), _term("Apple", id="a", case_rule="exact")],
        [_term("outlet", "forbidden", use_instead="shop"), _term("shop")],
        [_term("art"), _term("artist", "forbidden")],
        [_term("tent", variants=["portable shelter"]), _term("shelter", "allowed")],
        [_term("outlet", "forbidden", use_instead="peg", **GB), _term("stake", variants=["peg"], **US)],
    ],
    ids=["other locales", "case tells them apart", "a good replacement", "parts of words", "a longer phrase",
         "a replacement in another country"],
)  # fmt: skip
def test_terms_that_agree_are_left_alone(terms: list[Json]) -> None:
    assert _between(*terms) == ()


def test_a_style_substitution_whose_result_is_forbidden_is_found() -> None:
    (conflict,) = _between(_term("outlet", "forbidden"), guide=_guide(_swap({"store": "outlet|shop"})))

    assert (conflict.sort, conflict.form, conflict.is_blocking) == ("dead_replacement", "outlet", True)
    assert (conflict.first.label, conflict.second.label) == ("style/swap", "words/outlet")


def test_a_style_rule_that_objects_to_a_preferred_term_is_found() -> None:
    rule = {"id": "plain", "title": "Plain", "kind": "existence", "definition": {"tokens": ["bivvy"]}}
    (conflict,) = _between(_term("bivvy"), guide=_guide(rule))

    assert (conflict.sort, conflict.is_blocking) == ("contradiction", True)
    assert "exception" in conflict.message


def test_a_term_whose_replacement_a_style_rule_objects_to_is_found() -> None:
    rule = {"id": "hype", "title": "Hype", "kind": "existence", "definition": {"tokens": ["iconic"]}}
    (conflict,) = _between(_term("epic", "forbidden", use_instead="iconic"), guide=_guide(rule))

    assert (conflict.sort, conflict.form, conflict.is_blocking) == ("dead_replacement", "iconic", True)
    assert (conflict.first.label, conflict.second.label) == ("words/epic", "style/hype")


def test_a_word_that_both_find_is_a_duplicate_and_tells_when_they_suggest_different_things() -> None:
    (same,) = _between(
        _term("outlet", "forbidden", use_instead="shop"), guide=_guide(_swap({"outlet": "shop"}))
    )
    (other,) = _between(
        _term("outlet", "forbidden", use_instead="shop"), guide=_guide(_swap({"outlet": "store"}))
    )

    assert (same.sort, same.is_blocking) == (other.sort, other.is_blocking) == ("duplicate", False)
    assert "becomes “shop”" in other.message
    assert "becomes" not in same.message


def test_style_rules_of_another_locale_do_not_disturb() -> None:
    guide = _guide(_swap({"colour": "color"}, scope={"locales": ["en-US"]}))
    assert _between(_term("colour", **GB), guide=guide) == ()


def test_vocabulary_and_glossary_are_compared() -> None:
    guide = _guide(vocabulary_accept=["outlet"], vocabulary_reject=["tent"])
    found = _between(_term("outlet", "forbidden"), _term("tent"), guide=guide)

    assert [(c.sort, c.first.list_name) for c in found] == [
        ("contradiction", "vocabulary_accept"),
        ("contradiction", "vocabulary_reject"),
    ]


OUTLET = _term("outlet", "forbidden")
FINE = _glossary(_term("tent"), OUTLET)
TWICE = _glossary(_term("tent"), OUTLET, _term("Outlet", "allowed", id="outlet-2"))


def test_a_contradiction_is_shown_beside_its_rows_and_becomes_no_revision(world: World) -> None:
    add_asset(world, Kind.GLOSSARY, FINE)
    client = world.client("editor")
    client.post(f"{BASE}/glossary/glossary/items/terms/quick", data={"term": "Outlet", "status": "allowed"})

    page = client.get(f"{BASE}/glossary/glossary").text
    assert "1 conflict" in page
    assert "is to be written by glossary/outlet-2, and forbidden by glossary/outlet" in page
    assert "Contradiction: see glossary/outlet-2" in page
    assert "Contradiction: see glossary/outlet</small>" in page
    form = client.get(f"{BASE}/glossary/glossary/items/terms/edit/outlet").text
    assert "is to be written by glossary/outlet-2" in form
    saved = client.post(f"{BASE}/glossary/glossary/save", data={"base": 1, "message": "Outlet again"})
    assert saved.status_code == 422
    assert "is to be written by glossary/outlet-2" in saved.text
    answer = client.get(f"{API}/glossary/glossary/conflicts").get_json()
    assert [(c["sort"], c["is_blocking"], len(c["places"])) for c in answer["conflicts"]] == [
        ("contradiction", True, 2)
    ]
    refused = client.post(f"{API}/glossary/glossary/revisions", json={"base_lock": 1, "message": "x"})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["terms.2"]


def test_two_drafts_that_only_fit_together_can_be_saved_one_after_the_other(world: World) -> None:
    """Somebody who swaps what is forbidden changes glossary and style guide; neither has to be first."""
    add_asset(world, Kind.GLOSSARY, _glossary(OUTLET))
    add_asset(world, Kind.STYLE_GUIDE, _guide(_swap({"store": "shop"})))
    client = world.client("editor")
    words = {"content": _glossary(_term("shop", "forbidden")), "base_lock": 0}
    assert client.put(f"{API}/glossary/glossary/draft", json=words).status_code == 200
    body = {"base_lock": 1, "message": "Outlets now"}
    revisions = f"{API}/glossary/glossary/revisions"
    assert client.post(revisions, json=body).status_code == 422

    style = {"content": _guide(_swap({"store": "outlet"})), "base_lock": 0}
    assert client.put(f"{API}/style_guide/style-guide/draft", json=style).status_code == 200
    assert client.post(revisions, json=body).status_code == 201
    assert client.post(f"{API}/style_guide/style-guide/revisions", json=body).status_code == 201


def test_what_was_there_before_keeps_no_other_change_from_being_saved(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, _guide(_swap({"store": "outlet"})))
    add_asset(world, Kind.GLOSSARY, _glossary(_term("tent")))
    client = world.client("editor")
    # Another policy's glossary may have come in under a style guide that suggests what it forbids.
    with world.session() as session:
        revision = asset_of(session, world, Kind.GLOSSARY).revisions[-1]
        revision.content = {**revision.content, "terms": [{**revision.content["terms"][0], **OUTLET}]}
    client.post(f"{BASE}/glossary/glossary/items/terms/quick", data={"term": "kit", "status": "allowed"})

    assert "Dead end" in client.get(f"{BASE}/glossary/glossary/save").text
    answer = client.post(f"{BASE}/glossary/glossary/save", data={"base": 1, "message": "Add kit"})
    assert answer.status_code == 303


def test_a_draft_that_does_not_fit_is_compared_when_it_does(world: World) -> None:
    add_asset(world, Kind.GLOSSARY, {"title": "Words", "terms": [{"id": "x"}]}, frozen=False)
    assert world.client("editor").get(f"{BASE}/glossary/glossary").status_code == 200
    assert world.client("editor").get(f"{API}/glossary/glossary/conflicts").get_json() == {"conflicts": []}


def test_kinds_without_words_have_no_conflicts(world: World) -> None:
    add_asset(world, Kind.PROMPT)
    answer = world.client("editor").get(f"{API}/prompt/app-push/conflicts")
    assert answer.get_json() == {"conflicts": []}

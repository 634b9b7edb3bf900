"""Comparisons: nothing is lost, nothing is invented, and only what changed is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.assets.diff import DiffSection, diff_contents, diff_paragraphs, diff_words
from console.assets.preparation import prepare
from console.demo.content import load_demo
from console.web.components import DiffRow
from copydesk.assets import Kind, parse
from tests.factories.assets import SMALL

TEXT = st.text(alphabet=st.sampled_from("ab cé.\u00a0 😀!xyz"), max_size=60)
WORDS = st.lists(st.sampled_from("the tent weighs 1.9 kg. Pitch it fast!".split()), max_size=30).map(" ".join)


def _side(parts: tuple[tuple[str, str], ...], ops: str) -> str:
    return "".join(text for op, text in parts if op in ops)


def _sides(rows: tuple[DiffRow, ...]) -> tuple[list[str], list[str]]:
    old = [_side(row.parts, "=-") for row in rows if row.kind != "added"]
    new = [_side(row.parts, "=+") for row in rows if row.kind != "removed"]
    return old, new


@given(old=TEXT | WORDS | st.text(), new=TEXT | WORDS | st.text())
def test_the_parts_of_a_text_give_both_texts_back(old: str, new: str) -> None:
    parts = diff_words(old, new)
    assert (_side(parts, "=-"), _side(parts, "=+")) == (old, new)
    assert all(text for _op, text in parts)


@given(old=st.lists(WORDS, max_size=8), new=st.lists(WORDS, max_size=8))
def test_the_rows_of_paragraphs_give_both_lists_back(old: list[str], new: list[str]) -> None:
    rows = diff_paragraphs(old, new)
    assert _sides(rows) == (old, new)
    numbers = [row.number for row in rows if row.number is not None]
    assert numbers == list(range(1, len(new) + 1))


def test_one_changed_word_is_the_only_thing_marked() -> None:
    parts = diff_words("Use a rucksack. Pitch the tent here.", "Use a rucksack. Pitch the shelter here.")
    assert parts == (
        ("=", "Use a rucksack. Pitch the "),
        ("-", "tent"),
        ("+", "shelter"),
        ("=", " here."),
    )


def test_a_long_text_with_one_change_marks_one_change() -> None:
    words = [f"word{number % 50}" for number in range(5000)]
    old = " ".join(words)
    words[2500] = "changed"
    marked = [part for part in diff_words(old, " ".join(words)) if part[0] != "="]
    assert marked == [("-", "word0"), ("+", "changed")]


def _changed(kind: str, old: dict, new: dict) -> dict[str, DiffSection]:
    return {section.key: section for section in diff_contents(kind, old, new)}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_draft_that_leaves_defaults_out_reads_like_the_revision_that_holds_them(kind: Kind) -> None:
    assert diff_contents(kind, SMALL[kind], prepare(kind, SMALL[kind])) == ()


@pytest.mark.parametrize("asset", load_demo().assets, ids=lambda asset: f"{asset.kind}/{asset.name}")
def test_content_that_did_not_change_shows_nothing(asset) -> None:
    frozen = parse(asset.kind, asset.content).to_json()
    assert diff_contents(asset.kind, frozen, frozen) == ()
    assert diff_contents(asset.kind, asset.content, frozen) == (), "defaults left out are no change"


def test_items_are_matched_by_id_wherever_they_stand() -> None:
    one = {"id": "a", "term": "tent", "status": "preferred", "why": "People search for it."}
    two = {"id": "b", "term": "outlet", "status": "allowed"}
    old = {"title": "Words", "terms": [one, two]}
    new = {
        "title": "Words",
        "terms": [two | {"status": "forbidden"}, {"id": "c", "term": "shop", "status": "allowed"}],
    }
    found = _changed(Kind.GLOSSARY, old, new)
    assert {key: section.kind for key, section in found.items()} == {
        "terms:a": "removed",
        "terms:b": "changed",
        "terms:c": "added",
    }
    assert (found["terms:b"].added_words, found["terms:b"].removed_words) == (1, 1)


def test_items_that_only_changed_places_are_shown_as_an_order() -> None:
    blocks = [{"id": "a", "role": "system", "text": "One"}, {"id": "b", "role": "user", "text": "Two"}]
    old = {"title": "Push", "blocks": blocks}
    found = _changed(Kind.PROMPT, old, {"title": "Push", "blocks": blocks[::-1]})
    assert set(found) == {"order"}


def test_a_content_that_does_not_exist_yet_is_all_added() -> None:
    found = diff_contents(
        Kind.LIMITS, {}, {"title": "Limits", "channels": [{"id": "push", "channel": "push"}]}
    )
    assert {section.kind for section in found} == {"added"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda s: (
            st.lists(s) | st.dictionaries(st.sampled_from(["title", "terms", "id", "scope", "value"]), s)
        ),
        max_leaves=12,
    )
)
def test_data_of_any_shape_can_be_compared(value) -> None:
    for kind in Kind:
        diff_contents(
            kind, {"title": "x", "terms": value, "facts": value, "rules": [value]}, {"title": value}
        )

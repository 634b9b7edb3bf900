"""The fold keeps every place, sentences end where readers think, and lengths are what readers count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.matching import Cover, Hit, PhraseMatcher, match_case
from copydesk.checks.text import count_graphemes, count_words, fold, fold_term, is_blank, sentences, words


def quotes(text: str, *phrases: str) -> list[str]:
    folded = fold(text)
    spans = [folded.span(hit.start, hit.end) for hit in PhraseMatcher(phrases).find(folded)]
    return [text[span.start : span.end] for span in sorted(spans, key=lambda span: span.start)]


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("İİ gift card", "gift card", ["gift card"]),
        ("ß ﬁ gift card", "gift card", ["gift card"]),
        ("a gift\r\n   card", "gift card", ["gift\r\n   card"]),
        ("a gift\n\ncard", "gift card", []),
        ("a gift\r\n\r\ncard", "gift card", []),
        ("a gift \n \n card", "gift card", []),
        ("gi\u00adft ca\u200brd", "gift card", ["gi\u00adft ca\u200brd"]),
        ("it’s", "it's", ["it’s"]),
        ("\ud800 gift card", "gift card", ["gift card"]),
        ("ΣΊΣΥΦΟΣ", "σίσυφος", ["ΣΊΣΥΦΟΣ"]),
        ("C++ C++x xC++", "C++", ["C++", "C++"]),
        ("£5 off, £50 off", "£5", ["£5"]),
        ("東京の日本語です", "日本語", ["日本語"]),
        ("cafe\u0301s", "cafe", []),
    ],
)
def test_phrases_are_found_where_they_stand(text: str, phrase: str, found: list[str]) -> None:
    assert quotes(text, phrase) == found


@given(st.text(st.characters(codec=None)))
def test_every_folded_character_comes_from_its_place(text: str) -> None:
    folded = fold(text)
    origins = [folded.origin(index) for index in range(len(folded.text))]
    assert origins == sorted(set(origins))
    assert all(0 <= origin < len(text) for origin in origins)


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))
def test_a_phrase_is_found_in_a_text_that_holds_it(phrase: str, around: str) -> None:
    if fold_term(phrase):
        assert PhraseMatcher([phrase], in_compounds=[0]).find(fold(f"{around}. {phrase} .{around}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("Dr. Smith pays £3.50, e.g. for socks. Fine.", ["Dr. Smith pays £3.50, e.g. for socks.", "Fine."]),
        ("“Is it?” she asked. Yes.", ["“Is it?”", "she asked.", "Yes."]),
        ("Heading\n\nText goes on\nhere. End", ["Heading", "Text goes on\nhere.", "End"]),
        ("Pack:\n- socks\n- boots", ["Pack:", "- socks", "- boots"]),
        ("Visit ridge.example today", ["Visit ridge.example today"]),
        ("Wait... what?! Really.", ["Wait... what?!", "Really."]),
        ("z.B. Jacken. Und Hosen bzw. Socken.", ["z.B. Jacken.", "Und Hosen bzw. Socken."]),
        ("Das kostet z. B. 5 Mio. Euro. Gut!", ["Das kostet z. B. 5 Mio. Euro.", "Gut!"]),
        ("Am 3. Mai 2027 geht es los. Komm!", ["Am 3. Mai 2027 geht es los.", "Komm!"]),
        ("Der 1. FC in der Goethestr. 5. Und wir.", ["Der 1. FC in der Goethestr. 5.", "Und wir."]),
        ("It costs 5. May I go? Size 10.", ["It costs 5.", "May I go?", "Size 10."]),
        ("これは。テスト", ["これは。", "テスト"]),
        ("  ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in sentences(text)] == expected


@given(st.text(st.characters(codec=None)))
def test_sentences_leave_out_nothing_but_white_space(text: str) -> None:
    covered = "".join(text[span.start : span.end] for span in sentences(text))
    assert "".join(covered.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "count"),
    [("e\u0301", 1), ("👩‍👩‍👧", 1), ("🇬🇧🇩🇪", 2), ("a\r\nb", 3), ("naïve", 5), ("", 0), ("각", 1)],
)
def test_a_grapheme_is_what_a_reader_counts(text: str, count: int) -> None:
    assert count_graphemes(text) == count


def test_words_are_counted_without_what_stands_between() -> None:
    text = "Don't — e-mail AT&T about 3.5 % & more …"
    assert count_words(text) == 6
    assert [text[w.start : w.end] for w in words(text)] == ["Don't", "e-mail", "AT&T", "about", "3.5", "more"]


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), (" \n\u200b\x00", True), (" .", False), ("👩", False)]
)
def test_blank_is_what_nobody_sees(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


def test_only_a_longer_hit_covers() -> None:
    cover = Cover([Hit(0, 2, 8), Hit(1, 10, 12)])
    assert cover.covers(Hit(2, 2, 5))
    assert cover.covers(Hit(2, 5, 8))
    assert not cover.covers(Hit(2, 2, 8))
    assert not cover.covers(Hit(2, 10, 12))
    assert not cover.covers(Hit(2, 7, 9))


@pytest.mark.parametrize(
    ("original", "replacement", "written"),
    [("OUTLET", "store", "STORE"), ("Outlet", "store", "Store"), ("outlet", "store", "store"),
     ("outlet", "iPhone", "iPhone"), ("A", "one", "One"), ("123", "one", "one")],
)  # fmt: skip
def test_a_replacement_is_written_like_the_original(original: str, replacement: str, written: str) -> None:
    assert match_case(original, replacement) == written

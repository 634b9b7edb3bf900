"""Words for people change places in a text, and nothing else of it changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.quality.swapping import Swapper, sentence_around
from copydesk.assets.style_guide import DescriptorGroup
from copydesk.checks.contract import Context, Span

TERMS = (
    ("student", "students"),
    ("atheist", "atheists"),
    ("Muslim", "Muslims"),
    ("single parent", "single parents"),
    ("Großmutter", "Großmütter"),
)
PEOPLE = Swapper(DescriptorGroup(id="people", title="People", terms=TERMS))
# Words that hold a term, or look like one, stand for everything a swap must not touch.
OTHER = (
    "studentship", "nonatheist", "tent", "“quoted”", "it’s", "🎒", "👩🏽‍🦽", "Maße", "İstanbul", "ﬁne",
    "a tent", "an oar", "A4", "e\u0301te\u0301", "\u00ad", "–", "(so)", "12 %", "parent", "Mutter",
)  # fmt: skip
SPACES = (" ", "  ", "\n", "\n\n", "\u00a0", "\t", ", ", ". ", "! ", " – ", "/")


def exchanged(text: str, first: int, second: int, locale: str | None = None) -> str:
    return PEOPLE.exchanged(text, first, second, locale).text


@pytest.mark.parametrize(
    ("text", "first", "second", "wanted"),
    [
        ("A student walks. Students walk.", 0, 1, "An atheist walks. Atheists walk."),
        ("For an atheist and a student.", 0, 1, "For a student and an atheist."),
        ("STUDENTS, a student’s tent", 0, 1, "ATHEISTS, an atheist’s tent"),
        ("A STUDENT", 0, 1, "AN ATHEIST"),
        ("Muslim hikers. For Muslim hikers.", 2, 1, "Atheist hikers. For atheist hikers."),
        ("“Students” are students.", 0, 2, "“Muslims” are Muslims."),
        ("Students as Students", 0, 2, "Muslims as Muslims"),
        ("a single parent, two Single\u00a0parents", 3, 0, "a student, two Students"),
        ("Für eine Großmutter in Maßen", 4, 0, "Für eine student in Maßen"),
        ("STUDENTS", 0, 4, "GROẞMÜTTER"),
        ("an student", 0, 2, "an Muslim"),  # the article did not fit before either: it is the writer's
        ("Vitamin a student", 0, 1, "Vitamin an atheist"),
        ("- students\n- tents", 0, 3, "- single parents\n- tents"),
        ("no word of it", 0, 1, "no word of it"),
        ("", 0, 1, ""),
    ],
)
def test_two_words_change_places(text: str, first: int, second: int, wanted: str) -> None:
    assert exchanged(text, first, second) == wanted


def test_an_article_is_mended_in_english_alone() -> None:
    assert exchanged("a student", 0, 1, "en-GB") == "an atheist"
    assert exchanged("a student", 0, 1, "fr-FR") == "a atheist"


@pytest.mark.parametrize(
    ("word", "article"),
    [("user", "a"), ("unit", "a"), ("uncle", "an"), ("unemployed", "an"), ("European", "a"), ("heir", "an"),
     ("hiker", "a"), ("one-parent family", "a"), ("Ukrainian", "a"), ("Indian", "an")],
)  # fmt: skip
def test_articles_go_by_the_sound(word: str, article: str) -> None:
    group = DescriptorGroup(id="x", title="X", terms=[["student"], ["atheist"], [word]])
    for stands in ("a student", "an atheist"):
        swapped = Swapper(group).exchanged(stands, 0 if "student" in stands else 1, 2)
        assert swapped.text == f"{article} {word}"


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw a text with terms as people write them; articles fit the word behind them."""
    pieces: list[str] = []
    for word in draw(st.lists(st.sampled_from([*OTHER, *(f for term in TERMS for f in term)]), max_size=25)):
        is_term = any(word in term for term in TERMS)
        written = word
        if is_term and word.isascii():
            article = "an" if word[0] in "aeiou" else "a"
            written = draw(st.sampled_from(["", f"{article} "])) + draw(st.sampled_from([word, word.upper()]))
        pieces += (written, draw(st.sampled_from(SPACES)))
    # A small letter at the beginning of a sentence is nothing people write; it would come back as a capital.
    return "".join(pieces) and "Well, " + "".join(pieces).replace(". ", ", ").replace("! ", ", ").replace(
        "\n", " "
    )


@given(texts(), st.permutations(range(len(TERMS))))
def test_exchanging_twice_gives_the_text_back(text: str, order: list[int]) -> None:
    first, second = order[:2]
    assert exchanged(exchanged(text, first, second), first, second) == text


@given(st.one_of(texts(), st.text()), st.permutations(range(len(TERMS))))
def test_everything_else_stays_to_the_character(text: str, order: list[int]) -> None:
    swapped = PEOPLE.exchanged(text, *order[:2])
    kept, made = text, swapped.text
    for change in reversed(swapped.changes):
        before, after = change.before, change.after
        put = {form.casefold() for term in (TERMS[order[0]], TERMS[order[1]]) for form in term}
        word = made[after.start : after.end].casefold()
        assert word in put or word.partition(" ")[2] in put
        kept = kept[: before.start] + "\0" + kept[before.end :]
        made = made[: after.start] + "\0" + made[after.end :]
    assert kept == made


@given(texts())
def test_each_word_in_a_text_is_exchanged_with_each_other_once(text: str) -> None:
    variants = list(PEOPLE.variants(text, Context()))
    pairs = [frozenset((variant.found, variant.put)) for variant in variants]
    assert len(pairs) == len(set(pairs))
    present = {pair for pair in pairs for pair in pair}
    assert not pairs or present == {term[0] for term in TERMS}
    assert all(variant.swapped.text != text for variant in variants)


def test_variables_change_with_the_text() -> None:
    variables = {"reader": "a student", "names": ["Students", 3], "more": {"who": "tent"}, "n": 1}
    variants = {v.put: v for v in PEOPLE.variants("Students!", Context(variables=variables, locale="en-GB"))}
    assert set(variants) == {"atheist", "Muslim", "single parent", "Großmutter"}
    wanted = {"reader": "an atheist", "names": ["Atheists", 3], "more": {"who": "tent"}, "n": 1}
    assert variants["atheist"].context == Context(variables=wanted, locale="en-GB")


def test_the_sentences_around_a_change_are_found() -> None:
    text = "One. Two students. Three."
    at = text.index("students")
    assert text[slice(5, 18)] == "Two students."
    assert sentence_around(text, (Span(at, at + 8),)) == Span(5, 18)

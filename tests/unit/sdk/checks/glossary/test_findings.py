"""What the glossary's findings say, and how its word forms are made."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.assets import PolicyAssets, parse_assets
from copydesk.assets.glossary import Term
from copydesk.checks.contract import Context, Finding, Outcome, Severity
from copydesk.checks.inflection import expand_term
from copydesk.policy import CompiledPolicy


def findings(text: str, *terms: dict[str, Any], context: Context | None = None) -> tuple[Finding, ...]:
    return check({"house": terms}, text, context)


def check(lists: dict[str, Any], text: str, context: Context | None = None) -> tuple[Finding, ...]:
    glossary = {name: {"title": name, "terms": list(terms)} for name, terms in lists.items()}
    policy = CompiledPolicy.compile(parse_assets({"glossary": glossary}), only=["glossary"])
    return policy.check(text, context or Context()).findings


OUTLET = {"id": "outlet", "term": "outlet", "status": "forbidden", "use_instead": "clearance store"}
DISGUISED = CompiledPolicy.compile(
    parse_assets({"glossary": {"house": {"title": "house", "terms": [OUTLET]}}}), only=["glossary"]
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("outlet", "clearance store"), ("Outlet", "Clearance store"), ("OUTLET", "CLEARANCE STORE")],
)
def test_a_suggestion_is_written_like_what_it_replaces(written: str, expected: str) -> None:
    (finding,) = findings(f"{written} here", OUTLET)
    assert finding.suggestion == expected


def test_a_suggestion_with_capitals_of_its_own_keeps_them() -> None:
    (finding,) = findings("GORETEX", {**OUTLET, "term": "goretex", "use_instead": "GORE-TEX"})
    assert finding.suggestion == "GORE-TEX"


def test_the_plural_of_a_noun_is_replaced_by_a_plural() -> None:
    term = {**OUTLET, "part_of_speech": "noun", "inflections": ["outlets"]}
    (finding,) = findings("Our outlets", term)
    assert finding.suggestion == "clearance stores"


def test_forbidden_fails_deprecated_warns_and_a_severity_of_its_own_wins() -> None:
    found = findings(
        "outlet leverage utilise",
        OUTLET,
        {"id": "leverage", "term": "leverage", "status": "deprecated"},
        {"id": "utilise", "term": "utilise", "status": "deprecated", "severity": "blocker"},
    )
    assert [finding.severity for finding in found] == [Severity.ERROR, Severity.WARNING, Severity.BLOCKER]


def test_the_message_says_what_to_use_and_why() -> None:
    (finding,) = findings("Our outlet", {**OUTLET, "why": "It sounds like second choice."})
    assert (
        finding.message == "“outlet” must not be used; use “clearance store”. It sounds like second choice."
    )


def test_one_name_in_two_lists_is_one_finding_that_names_both() -> None:
    (finding,) = check(
        {"house": [OUTLET], "legal": [{"id": "o", "term": "Outlet", "status": "deprecated"}]}, "the outlet"
    )
    assert finding.rule_id == "house/outlet"
    assert finding.evidence["list"] == "house"
    assert finding.evidence["also_in"] == ["legal/o"]


def test_a_longer_preferred_term_wins_over_a_forbidden_one_inside_it() -> None:
    village = {"id": "village", "term": "outlet village", "status": "preferred"}
    assert not findings("The outlet village", OUTLET, village)
    assert len(findings("The outlet villager", OUTLET, village)) == 1


def test_a_preferred_term_does_not_hide_a_forbidden_one_that_reaches_beyond_it() -> None:
    house = {"id": "art", "term": "art house", "status": "forbidden"}
    smart = {"id": "smart", "term": "smart art", "status": "preferred"}
    (finding,) = findings("A smart art house", house, smart)
    assert finding.rule_id == "house/art"


def test_a_preferred_term_out_of_scope_protects_nothing() -> None:
    village = {"id": "v", "term": "outlet village", "status": "allowed", "scope": {"locales": ["en-GB"]}}
    assert not findings("The outlet village", OUTLET, village, context=Context(locale="en-GB"))
    assert findings("The outlet village", OUTLET, village, context=Context(locale="en-US"))


def test_the_longest_of_overlapping_unwanted_terms_is_reported() -> None:
    store = {"id": "store", "term": "outlet store", "status": "deprecated"}
    (finding,) = findings("our outlet store", OUTLET, store)
    assert finding.rule_id == "house/store"


@pytest.mark.parametrize(
    "text", ["TRAILHEAD CLUB: JOIN NOW", "Trailhead Club is open", "We love the Trailhead Club"]
)
def test_an_exact_name_may_stand_in_a_line_of_capitals(text: str) -> None:
    club = {"id": "club", "term": "Trailhead Club", "status": "preferred", "case_rule": "exact"}
    assert not findings(text, club)


def test_an_exact_term_in_small_letters_may_begin_a_sentence() -> None:
    card = {"id": "card", "term": "e-gift card", "status": "preferred", "case_rule": "exact"}
    assert not findings("E-gift card inside. E-gift card too!", card)
    (finding,) = findings("Buy an E-Gift Card", card)
    assert finding.suggestion == "e-gift card"


def test_a_term_that_is_not_to_be_unmasked_is_matched_as_written_only() -> None:
    assert not findings("The 0utlet and o u t l e t", OUTLET)
    assert len(findings("The 0utlet and o u t l e t", {**OUTLET, "match_disguised": True})) == 2


def test_a_disguised_term_says_so() -> None:
    (finding,) = findings("The оutlet", {**OUTLET, "match_disguised": True})
    assert finding.evidence["disguised"] is True
    assert "a disguised “outlet”" in finding.message


def test_twenty_thousand_terms_are_looked_for_at_once() -> None:
    terms = [{"id": f"t{n}", "term": f"forbidden word {n:05}", "status": "forbidden"} for n in range(20_000)]
    (finding,) = findings("Say forbidden word 19999 now", *terms)
    assert finding.rule_id == "house/t19999"


def test_a_glossary_without_terms_passes_everything() -> None:
    assert CompiledPolicy.compile(PolicyAssets(), only=["glossary"]).check("outlet").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("term", "part_of_speech", "language", "forms"),
    [
        ("outlet", "noun", "en", ("outlets",)),
        ("leverage", "verb", "en", ("leveraged", "leverages", "leveraging")),
        ("sign up", "verb", "en", ("signed up", "signing up", "signs up")),
        ("free gift", "noun", "en", ("free gifts",)),
        ("touchpoint", "noun", "en", ("touchpoints",)),
        ("staycation", "", "en", ("staycations",)),
        ("analysis", "noun", "en", ("analyses",)),
        ("cheap", "adjective", "en", ("cheaper", "cheapest")),
        ("BOGOF", "noun", "en", ("BOGOFs",)),
        ("sheep", "noun", "en", ()),
        ("C++", "", "en", ()),
        ("Trailhead Club", "name", "en", ()),
        ("Rechnung", "noun", "de", ("Rechnungen",)),
        ("kaufen", "verb", "de", None),
        ("outlet", "noun", "fr", ()),
    ],
)
def test_word_forms(term: str, part_of_speech: str, language: str, forms: tuple[str, ...] | None) -> None:
    found = expand_term(
        Term(id="x", term=term, status="forbidden", part_of_speech=part_of_speech, language=language)
    )
    if forms is None:
        assert {"kaufe", "kauft", "kaufte", "gekauft"} <= set(found)
    else:
        assert found == forms


def test_german_adjectives_are_declined() -> None:
    found = expand_term(
        Term(id="x", term="billig", status="forbidden", part_of_speech="adjective", language="de")
    )
    assert {"billige", "billiges", "billiger", "billigste"} <= set(found)


def test_variants_of_an_unwanted_term_are_inflected_and_those_of_a_preferred_one_are_not() -> None:
    unwanted = Term(id="x", term="email", status="forbidden", part_of_speech="noun", variants=("e-mail",))
    preferred = unwanted.model_copy(update={"status": "preferred"})
    assert expand_term(unwanted) == ("e-mails", "emails")
    assert expand_term(preferred) == ("emails",)


@given(st.text(alphabet="outle0!1-._* aT|", max_size=24))
def test_disguises_in_ascii_are_those_found_beside_other_letters(text: str) -> None:
    def places(checked: str) -> list[tuple[str, Any]]:
        return [(f.rule_id, f.span) for f in DISGUISED.check(checked).findings]

    assert places(text) == places(text + "\n\nØ")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Our **out**let here", "out**let"),
        ("_outlet_ prices", "outlet"),
        ("__OUTLET__", "OUTLET"),
        ("the out<b>let</b> store", "out<b>let"),
        ("the out&shy;let", "out&shy;let"),
        ("the out\u034flet", "out\u034flet"),
        ("the out\u3164let", "out\u3164let"),
        ("our outlet² store", "outlet"),
        ("请outlet吧", "outlet"),
        ("😀outlet😀", "outlet"),
        ("l’outlet", "outlet"),
        ("outlet/store", "outlet"),
    ],
)
def test_markup_and_marks_at_a_word_neither_hide_nor_widen_it(text: str, quote: str) -> None:
    (finding,) = findings(text, OUTLET)
    assert finding.span is not None
    assert text[finding.span.start : finding.span.end] == quote


@pytest.mark.parametrize(
    "text",
    [
        "a free **gift** for you",
        "a *free* gift",
        "a free<br>gift",
        "a free&nbsp;gift",
        "a <i>free</i> gift",
        "free\r\ngift",
    ],
)
def test_a_phrase_is_found_across_the_markup_inside_it(text: str) -> None:
    assert len(findings(text, {**OUTLET, "term": "free gift"})) == 1


@pytest.mark.parametrize("text", ["my_outlet_id", "5 * outlets", "outletted", "a_free_gift", "Free.\n\nGift"])
def test_markup_makes_no_words_of_parts(text: str) -> None:
    assert not findings(text, OUTLET, {**OUTLET, "id": "gift", "term": "free gift"})


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("Straße", "AN DER STRASSE"),
        ("Größe", "Groesse M"),
        ("günstig", "sehr guenstig"),
        ("Fußball", "Fussball"),
        ("Größe", "IN JEDER GRÖSSE"),
        ("süß", "süss"),
    ],
)
def test_a_german_term_is_found_without_its_umlauts_and_sharp_s(term: str, text: str) -> None:
    assert len(findings(text, {**OUTLET, "term": term, "language": "de"})) == 1


@pytest.mark.parametrize(
    ("term", "text", "quote"),
    [
        ("C++", "Learn C++11", "C++"),
        (".NET", "ASP.NET", ".NET"),
        ("@acme", "ask @acme now", "@acme"),
        ("100%", "100% safe", "100%"),
        ("AT&T", "AT&amp;T shop", "AT&amp;T"),
        ("最好", "这是最好的产品", "最好"),
        ("café", "the cafe\u0301 is", "cafe\u0301"),
        ("ΣΊΣΥΦΟΣ", "ο Σίσυφος", "Σίσυφος"),
    ],
)
def test_terms_of_symbols_and_other_scripts_are_found_whole(term: str, text: str, quote: str) -> None:
    (finding,) = findings(text, {**OUTLET, "term": term})
    assert finding.span is not None
    assert text[finding.span.start : finding.span.end] == quote


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("@acme", "@acmecorp"),
        ("100%", "1100% safe"),
        (".NET", "dot.network"),
        ("café", "cafe"),
        ("cafe", "cafe\u0301"),
    ],
)
def test_a_longer_word_or_another_accent_is_no_hit(term: str, text: str) -> None:
    assert not findings(text, {**OUTLET, "term": term})


@given(
    st.lists(
        st.sampled_from(
            ["outlet", "OUT", "let", "*", "_", "<b>", "</b>", "&shy;", "\u00ad", " ", "İ", "ß", "&amp;"]
        ),
        max_size=12,
    )
)
def test_a_finding_covers_exactly_the_letters_of_its_term(parts: list[str]) -> None:
    text = "".join(parts)
    for finding in DISGUISED.check(text).findings:
        assert finding.span is not None
        written = text[finding.span.start : finding.span.end].lower()
        for markup in ("<b>", "</b>", "&shy;", "\u00ad", "*", "_"):
            written = written.replace(markup, "")
        assert written == "outlet"

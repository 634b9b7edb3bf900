"""Code, addresses and markup are no copy: terms and inclusive language leave them alone, at right places."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copydesk.assets import parse_assets
from copydesk.checks.contract import Context
from copydesk.checks.ignored import ignored
from copydesk.checks.style_rules.document import read
from copydesk.policy import CompiledPolicy

FORMATS = ("text", "markdown", "html", "json")
TERMS = [
    {"id": "offer", "term": "offer", "status": "forbidden", "match_disguised": True},
    {"id": "deal", "term": "deal", "status": "deprecated"},
    {"id": "host", "term": "old.example", "status": "forbidden"},
    {"id": "web", "term": "web site", "status": "preferred", "variants": ["website"]},
]
PROMPTS = {
    name: {
        "title": name,
        "channel": "email",
        "blocks": [{"id": "a", "role": "user", "text": "Write."}],
        "model": {"model": "m"},
        "output": {"format": name},
    }
    for name in FORMATS
}
POLICY = CompiledPolicy.compile(
    parse_assets({"glossary": {"house": {"title": "House", "terms": TERMS}}, "prompt": PROMPTS}),
    only=["glossary", "inclusive_language"],
)


def found(text: str, markup: str = "text") -> list[tuple[int, str]]:
    verdict = POLICY.check(text, Context(prompt=markup, locale="en-GB"))
    spans = [finding.span for finding in verdict.findings]
    return [(span.start, text[span.start : span.end]) for span in spans if span is not None]


@pytest.mark.parametrize("markup", FORMATS)
@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("See `offer()` and [x](https://a.com/offer) offer", [43]),
        ("An offer", [3]),
        ("https://a.example/deal/offer and deal", [33]),
        ("www.offer.example, mail offer@a.example, offer", [41]),
        ("Offer: https://offer.example—offer", [0, 29]),
        ("See https://old.example/deal", [12]),
        ("```\nan offer\n```\nAn offer", [20]),
        ("~~~\nan offer\n~~~\nAn offer", [20]),
        ("It`s an offer, don`t wait", [8]),
        ("`offer_code` and ``a.offer`b`` and offer", [35]),
        ('<a href="offer" class="deal">offer</a>', [29]),
        ('<img src="deal.png" alt="an offer">', [28]),
        ("<img alt=offer title='a deal'>", [9, 24]),
        ("<!-- offer --> offer", [15]),
        ("<script>offer()</script> <style>.deal{}</style> deal", [48]),
        ("<code>offer</code> <PRE>deal</PRE> <kbd>deal</kbd> offer", [51]),
        ("<code>offer, <pre>, deal", [6, 20]),
        ("<!-- offer", [5]),
        ("A website, `website()`", [2]),
        ("He is crazy: `crazy()` https://a.com/crazy", [6]),
        ("a < offer > b", [4]),
    ],
)
def test_what_is_no_copy_is_left_alone(text: str, places: list[int], markup: str) -> None:
    assert [place for place, _ in found(text, markup)] == places


@pytest.mark.parametrize(
    ("text", "shown", "markdown", "html"),
    [
        ("Our `offer` now", 1, 0, 1),
        ("A <special offer> now", 1, 0, 0),
        ("[x](offer) and ![deal](deal.png)", 3, 1, 3),
        ("[x][1]\n\n[1]: /offer", 1, 0, 1),
        ("```\nan offer", 1, 0, 1),
        ("[^1]: an offer", 1, 1, 1),
        ("It`s an offer, don`t wait", 1, 1, 1),
    ],
)
def test_where_marks_are_shown_the_words_in_them_are_read(
    text: str, shown: int, markdown: int, html: int
) -> None:
    assert [len(found(text, markup)) for markup in ("text", "markdown", "html")] == [shown, markdown, html]


def test_a_term_in_code_hides_and_protects_nothing() -> None:
    text = "`the offer` deal"
    assert found(text, "markdown") == [(12, "deal")]
    assert found("An o f f e r stays. Run `o f f e r` here.", "markdown") == [(3, "o f f e r")]


@pytest.mark.parametrize(
    "text", ["See `offer()` and [x](https://a.com/offer) offer", "a@offer.example offer"]
)
def test_terms_and_style_rules_ignore_the_same(text: str) -> None:
    assert read(text, "markdown").text.count("offer") == len(found(text, "markdown")) == 1


MARKS = "`|``|```\n|~~~|\n\n|](|)|<a |href='|\"|>|<!--|-->|<code>|</code>|</CODE>|<!|\r\n|offer| |(|é😀"
PIECES = st.lists(
    st.sampled_from([*MARKS.split("|"), "https://x.example", "a@b.example", "[1]: "]), max_size=30
).map("".join)


@given(text=st.one_of(PIECES, st.text(max_size=60)), markup=st.sampled_from(FORMATS))
@example(text="<code>" * 20_000, markup="markdown")
@example(text="<CODE></CODE>" * 10_000 + "</code>", markup="markdown")
@example(text="<a '" * 30_000, markup="markdown")
@example(text="".join("`" * (n % 200) + " " for n in range(2_000)), markup="markdown")
@example(text="".join("```" + "`" * (n % 20) + "\n" for n in range(5_000)), markup="text")
@example(text="](" + "(" * 50_000, markup="markdown")
@example(text="a://" * 30_000 + "@" * 1_000, markup="text")
def test_ranges_lie_in_the_text_in_order_and_apart(text: str, markup: str) -> None:
    outside = ignored(text, markup)
    if outside is not None:
        ranges = list(outside)
        assert ranges == sorted(ranges)
        assert all(0 <= start < end <= len(text) for start, end in ranges)
        assert all(first[1] <= second[0] for first, second in pairwise(ranges))
        assert outside.holds(*ranges[0])
        assert not outside.holds(0, len(text) + 1)

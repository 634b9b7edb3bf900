"""How much work patterns may take, counted and not timed, and that quick ways find what slow ones find."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import StyleGuide, StyleRule
from copydesk.checks import style_rules
from copydesk.checks.contract import Context, Finding, Outcome, Severity, Span
from copydesk.checks.findings import make_finding
from copydesk.checks.style_rules import compile_check
from copydesk.checks.style_rules.document import read
from copydesk.checks.style_rules.guards import MAX_WORK_BYTES, TooSlowError
from copydesk.checks.style_rules.sentences import sentence_spans
from copydesk.checks.style_rules.tokens import compile_tokens
from copydesk.checks.style_rules.view import View

HOSTILE = (
    "(a+)+$",
    "(a|aa)+b",
    "(?:a.*)*b",
    "a(?:.*b)?",
    r"a(?=.*b)",
    r"(?<!b)a(?!b)",
    r"(\w+\s?)+!",
    "[^,]+,.*!",
)


def work(token: str, text: str, *, word: bool = False) -> int:
    """Return the bytes that the engine was asked to look at."""
    view = View(text)
    matcher = compile_tokens([token], word=word, ignore_case=False)
    try:
        matcher.hits(view, (), is_live=True)
    except TooSlowError:
        return MAX_WORK_BYTES
    return view.work_bytes


@pytest.mark.parametrize("token", HOSTILE)
@given(text=st.text("ab, !é\n", max_size=300), word=st.booleans())
def test_a_hostile_pattern_looks_at_the_text_at_most_once_for_each_place(
    token: str, text: str, word: bool
) -> None:
    size = len(text.encode()) + 1
    assert work(token, text, word=word) <= 2 * size * size


@pytest.mark.parametrize("token", HOSTILE)
def test_what_a_hostile_pattern_takes_is_bounded_and_then_the_rule_is_not_run(token: str) -> None:
    rule = StyleRule(
        id="r", title="R", kind="existence", message="m", definition={"tokens": [token], "nonword": True}
    )
    check = compile_check(PolicyAssets(style_guide={"g": StyleGuide(title="G", rules=(rule,))}), {})
    result = check.run("aé" * 100_000, Context())
    assert result.outcome in {Outcome.PASS, Outcome.WARN, Outcome.NOT_RUN}
    if result.outcome is Outcome.NOT_RUN:
        assert result.reason == "takes too much work on this text: g/r"


def test_a_run_of_marks_or_line_ends_is_split_in_one_pass() -> None:
    for text in ("." * 200_000, "\r\n" * 100_000, "!?" * 100_000 + " A", '."' * 100_000, "a.\n" * 60_000):
        spans = sentence_spans(text)
        assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


PARTS = (
    "Word. ",
    "Is it? ",
    "Wow! he said. ",
    "e.g. this. ",
    "J. R. ",
    "“Yes.” ",
    "No...",
    "\n\n",
    "a ",
    "  ",
    "5 p.m. ",
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_the_short_way_to_sentences_finds_those_of_the_long_way(text: str) -> None:
    document = read(text)
    for block in document.blocks:
        long_way = sentence_spans(document.text[block.start : block.end])
        assert document.sentence_spans(block) == [
            (block.start + start, block.start + end) for start, end in long_way
        ]


REACHING = (r"\w+!(?:\s|$)", r"[^,]+,\s\w+", r"\s*b", r"^\w+", r"[\s\S]{1,5}b", r"a|[^a]+c", r"\W+a", r"b*")


@settings(max_examples=200)
@given(
    token=st.sampled_from(REACHING),
    paragraphs=st.lists(st.text("abc, !—", min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=5),
    scope=st.sampled_from(["text", "sentence"]),
)
def test_no_match_reaches_out_of_its_paragraph(token: str, paragraphs: list[str], scope: str) -> None:
    paragraphs = [paragraph.strip() for paragraph in paragraphs]
    definition = {"tokens": [token], "nonword": True, "scope": scope}
    rule = StyleRule(id="r", title="R", kind="existence", message="m", definition=definition)
    check = compile_check(PolicyAssets(style_guide={"g": StyleGuide(title="G", rules=(rule,))}), {})
    expected, before = [], 0
    for paragraph in paragraphs:
        spans = [finding.span for finding in check.run(paragraph, Context()).findings]
        expected += [(before + span.start, before + span.end) for span in spans if span]
        before += len(paragraph) + len("\n\n")
    found = [finding.span for finding in check.run("\n\n".join(paragraphs), Context()).findings]
    assert [(span.start, span.end) for span in found if span] == expected


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_places_lead_from_characters_to_bytes_and_back(text: str) -> None:
    view = View(text)
    places = [len(text[:at].encode()) for at in range(len(text) + 1)]
    order = [*range(0, len(places), 2), *range(len(places) - 1, -1, -3)]
    assert [view.byte_at(at) for at in order] == [places[at] for at in order]
    assert [view.char_at(places[at]) for at in order] == order


def test_a_finding_made_quickly_is_a_finding_like_any_other() -> None:
    quick = make_finding("c", "r", Severity.ERROR, "m", 1, 2, None, {})
    slow = Finding("c", "r", Severity.ERROR, "m", Span(1, 2), evidence={})
    assert (quick, repr(quick), type(quick), type(quick.span)) == (slow, repr(slow), Finding, Span)
    with pytest.raises(AttributeError):
        quick.message = "other"  # type: ignore[misc]


def test_rules_that_share_their_words_each_find_them() -> None:
    rules = tuple(
        StyleRule(
            id=f"r{n}",
            title=f"R{n}",
            kind="existence",
            message=f"m{n}",
            definition={"tokens": ["we", r"\w+ed"], "ignorecase": True, **more},
        )
        for n, more in enumerate(({}, {}, {"scope": "sentence"}, {"exceptions": ["we"]}, {"limit": 1}))
    )
    check = compile_check(PolicyAssets(style_guide={"g": StyleGuide(title="G", rules=rules)}), {})
    text = "We walked. So we did."
    found = [
        (f.rule_id[2:], text[f.span.start : f.span.end])
        for f in check.run(text, Context()).findings
        if f.span
    ]
    expected = {n: ["We", "walked", "we"] for n in ("r0", "r1", "r2")} | {
        "r3": ["We", "walked"],
        "r4": ["We"],
    }
    assert {n: [words for m, words in found if m == n] for n in expected} == expected


def test_a_rule_comes_and_goes_with_the_context() -> None:
    rule = StyleRule.model_validate(
        {
            "id": "r",
            "title": "R",
            "kind": "existence",
            "message": "m",
            "definition": {"tokens": ["colour"]},
            "scope": {"locales": ["en-US"]},
            "effective_from": "2026-01-01",
        }
    )
    check = compile_check(PolicyAssets(style_guide={"g": StyleGuide(title="G", rules=(rule,))}), {})

    def found(**context: str) -> int:
        return len(check.run("colour", Context(**context)).findings)  # type: ignore[arg-type]

    for _ in range(2):
        assert (found(), found(locale="en-US"), found(locale="en-GB")) == (1, 1, 0)
        assert (found(today="2025-12-31"), found(today="2026-01-01")) == (0, 1)


def test_the_engine_knows_no_style_and_no_rule_by_name() -> None:
    names = {"google", "microsoft", "proselint", "write-good", "joblint", "alex", "readability"}
    for path in Path(style_rules.__file__).parent.glob("*.py"):
        texts = [
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert names.isdisjoint(text.lower() for text in texts), path

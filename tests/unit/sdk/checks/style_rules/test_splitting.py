"""Look-aheads inside a pattern: asked beside the match where what stands before them ends in one place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import RuleKind, StyleGuide, StyleRule
from copydesk.checks.contract import Context
from copydesk.checks.style_rules import StyleRulesCheck, compile_check

PARTS = (
    r"a b ab \s+ [ab]+ [bc]* c* a? (?:a|ab) (?:a|bc) (?:ab|c)? (?:a\s+|b\s+)? (?:ab){0,2} (?:abc|b) [^a] \b"
)


def compiled(token: str, *, ignore_case: bool = False) -> StyleRulesCheck:
    definition = {"tokens": [token], "nonword": True, "scope": "raw", "ignorecase": ignore_case}
    rule = StyleRule(id="r", title="R", kind=RuleKind.EXISTENCE, message="'%s'", definition=definition)
    return compile_check(PolicyAssets(style_guide={"house": StyleGuide(title="House", rules=(rule,))}), {})


def spans(check: StyleRulesCheck, text: str) -> list[tuple[int, int]]:
    return [(f.span.start, f.span.end) for f in check.run_markup(text, Context(), "text").findings if f.span]


@pytest.mark.parametrize(
    ("token", "found", "passed"),
    [
        (r"\bno\s+(?!matter\b|one\b)[a-z]+", "We sell no  tents", "We sell no  matter"),
        (r"\b(?:the|a|an) (?!ridge )(?:[a-z]+ )?tent\b", "pitch an old tent", "pitch the ridge tent"),
        (
            r"\bwe\s+(?:also\s+|now\s+)?(?:sell|rent)\s+(?!the same\b)the\b",
            "we now sell the",
            "we rent the same",
        ),
        (r"\bit's\s+(?!been\b)[a-z]+", "It’s light", "It’s been"),
    ],
)
def test_a_look_ahead_inside_is_asked_where_its_place_is_plain(token: str, found: str, passed: str) -> None:
    check = compiled(token, ignore_case=True)
    assert check.unenforced_rules == ()
    assert len(spans(check, found)) == 1
    assert spans(check, passed) == []


@pytest.mark.parametrize("token", [r"[ab]+(?!c)b+", r"(?:a|ab)(?!c)b?c?d", r"(?:[a-z]+ )?(?!b)[a-z]+!"])
def test_a_look_ahead_whose_place_is_open_stays_unenforced(token: str) -> None:
    (unenforced,) = compiled(token).unenforced_rules
    assert "look-around inside" in unenforced.reason


@given(
    st.lists(st.sampled_from(PARTS.split(" ")), min_size=3, max_size=6),
    st.sampled_from(["(?!", "(?="]),
    st.lists(st.text("abc x", min_size=1, max_size=12), min_size=1, max_size=8),
)
def test_what_is_enforced_finds_what_backtracking_finds(
    parts: list[str], look: str, texts: list[str]
) -> None:
    token = "".join((*parts[:-2], look, parts[-2], ")", parts[-1]))
    check = compiled(token)
    if not check.unenforced_rules:
        for text in texts:
            expected = [m.span() for m in re.finditer(token, text) if m.end() > m.start()]
            assert spans(check, text) == expected

"""What the set of all patterns looks for is never narrower than the pattern, and never runs on."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.style_rules.patterns import parse
from copydesk.checks.style_rules.prefilters import relaxed
from copydesk.checks.style_rules.writing import branches_of

RUNNING_ON = (
    r"(?:[^,]+,){1,}\s\w+\s(?:and|or)",
    r'"[^"]+"[.,?]',
    r"\(.+\)",
    r"a.*b",
    r"a[^b]*b",
    r"(?:AM|PM)\s?.+(?:AM|PM)",
    r"(?:\w+ )+and",
    r"(?:a[^b]*|b.+c)d",
    r"x(?i)a.{2,}B",
    r"no .{9,}",
    r".+",
)
SHORT = (r"\w+ly-\w+", r"(?:[A-Z]\.){3,}", r"\d+(?:st|nd)", r"ab?c", r"\s+and\b")


@pytest.mark.parametrize("word", [True, False], ids=["word", "anywhere"])
@pytest.mark.parametrize("pattern", [*RUNNING_ON, *SHORT])
@given(st.text(st.sampled_from('abAB, ."()PM\ndxy-Z1st'), max_size=30))
def test_it_matches_wherever_the_pattern_does(pattern: str, word: bool, text: str) -> None:
    exact = rf"\b(?:{pattern})\b" if word else pattern
    if re2.search(f"(?m){exact}", text):
        loose = "|".join(map(relaxed, branches_of(parse(pattern), word=word)))
        assert re2.search(f"(?m){loose}", text)


@pytest.mark.parametrize("pattern", RUNNING_ON[:-1])
def test_nothing_in_it_runs_on(pattern: str) -> None:
    (branch,) = branches_of(parse(pattern), word=False)
    loose = relaxed(branch)
    assert not re2.search(r"(?:\.|\[\^[^\]]*\])(?:[+*]|\{\d+,\})", loose)


@pytest.mark.parametrize("pattern", SHORT[:-1])
def test_what_ends_by_itself_is_looked_for_whole(pattern: str) -> None:
    (branch,) = branches_of(parse(pattern), word=False)
    assert not re2.search(relaxed(branch), "lynd A. st c")

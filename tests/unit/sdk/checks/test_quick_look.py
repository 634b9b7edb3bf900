"""One pass over several patterns never misses what one of them alone would find."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.quick_look import QuickLook

PATTERNS = (r"\d{3}-\d{2}", r"(?i)[a-z]{2}\d", r"(?:[0-9a-f]{0,4}:){2}", "zero", r"\d\d\.\d")
LOOK = QuickLook(PATTERNS)


@given(st.text(st.sampled_from("0123456789٣٧abZERO zero:.-\ud800é"), max_size=40))
def test_it_names_exactly_the_patterns_that_occur(text: str) -> None:
    expected = [place for place, pattern in enumerate(PATTERNS) if re.search(pattern, text)]
    assert list(LOOK.at(text)) == expected


def test_nothing_occurs_in_an_empty_text() -> None:
    assert list(LOOK.at("")) == []

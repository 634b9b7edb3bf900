"""The fast sentence splitter on marketing copy."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.style_rules.sentences import sentence_spans


@pytest.mark.parametrize(
    "sentences",
    [
        ["It is light.", "It is warm!", "Is it dry?"],
        ["Ask Dr. Smith about it.", "He knows."],
        ["It costs 4.99 pounds.", "Version 2.0 is out."],
        ["Tents, bags, etc.", "We have them all."],
        ["See you at 5 p.m. sharp."],
        ["“Great tent!”", "That is what you say."],
        ["Wait...", "What?"],
        ["J. R. Miller wrote it."],
        ["Nur solange Vorrat reicht, z.B. im Mai.", "Danke."],
        ["It weighs approx. 2 kg."],
        ["No full stop at the end"],
    ],
)
def test_copy_is_split_where_a_reader_would(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@given(st.text(max_size=120))
def test_sentences_cover_everything_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())

"""The canonical form: the reference implementation's, byte for byte, whichever way it is written."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from copydesk.canonical import MAX_SAFE_INTEGER, canonical_bytes, digest
from copydesk.errors import ContentError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
INTEGERS = st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
JSON = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


class Word(StrEnum):
    """A kind of text that is not plain."""

    YES = "yes"


@given(JSON)
@example({"\U0001f600": 1, "\ufb01": 2, "b": 3})  # by code points and by UTF-16 units in different order
@example({"text": '\x7f\x1f\u2028 ß " \\ / \b\f\n\r\t', "none": None, "yes": True, "one": 1})
def test_the_form_is_the_reference_implementations(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


def test_other_kinds_of_text_and_lists_are_written_as_what_they_hold() -> None:
    assert canonical_bytes({"b": (1, Word.YES), "a": []}) == b'{"a":[],"b":[1,"yes"]}'
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("value", "place", "reason"),
    [
        ({"a": [1, {"b": 0.5}]}, "a.1.b", "is a float"),
        ({"a": MAX_SAFE_INTEGER + 1}, "a", "is too large"),
        ({"a": "x\ud800"}, "a", "lone surrogate"),
        ({"x\udfff": 1}, ".'x\\udfff'", "lone surrogate"),
        ([b"bytes"], "0", "is not JSON: bytes"),
        ({"a": {1, 2}}, "a", "is not JSON: set"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_place(value: Any, place: str, reason: str) -> None:
    with pytest.raises(ContentError) as caught:
        canonical_bytes(value)
    assert caught.value.problems[0].path == place
    assert reason in caught.value.problems[0].message

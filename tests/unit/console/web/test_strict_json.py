"""JSON that can't be kept is refused where it comes in, with its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.web import strict_json

DEEP = "[" * 5_000 + "]" * 5_000
REFUSED = {
    "NUL": (r'{"a": {"b": ["x", "y\u0000"]}}', "a.b.1"),
    "NUL in a name": (r'{"a": {"b\u0000": 1}}', "a"),
    "a lone surrogate": (r'{"a": "\ud83d"}', "a"),
    "a number beyond 2^53": ('{"a": 9007199254740993}', "a"),
    "a number of 5000 digits": ('{"a": ' + "9" * 5_000 + "}", ""),
    "NaN": ('{"a": NaN}', ""),
    "no JSON": ("{", ""),
    "no UTF-8": (b'"\xff"', ""),
    "too deep": ("[" * 200 + "]" * 200, ".".join("0" * 101)),
    "far too deep": (DEEP, None),
    "a key twice": ('{"a": [{"b": 1, "b": 2}]}', ""),
    "half a character as a key twice": (r'{"\ud83d": 1, "\ud83d": 2}', ""),
    "a key twice in UTF-16": ('{"a\\n": 1, "a\\n": 2}'.encode("utf-16"), ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_kept_is_refused_with_its_place(name: str) -> None:
    text, path = REFUSED[name]

    with pytest.raises(strict_json.UnfitJsonError) as refused:
        strict_json.loads(text)

    assert path is None or refused.value.problem.path == path


def test_a_key_that_stands_twice_is_named_with_its_place() -> None:
    with pytest.raises(strict_json.UnfitJsonError, match="key “é” twice in one object, at line 2, column 4"):
        strict_json.loads('{"é": {},\n   "é": 1}')


_PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
_LEAVES = st.none() | st.booleans() | _NUMBERS | st.floats(allow_nan=False, allow_infinity=False) | _PLAIN
VALUES = st.recursive(_LEAVES, lambda v: st.lists(v) | st.dictionaries(_PLAIN, v), max_leaves=20)


@given(VALUES)
def test_everything_else_is_read_as_it_was_written(value: object) -> None:
    assert strict_json.loads(json.dumps(value)) == value
    assert strict_json.loads(json.dumps(value, ensure_ascii=False).encode()) == value

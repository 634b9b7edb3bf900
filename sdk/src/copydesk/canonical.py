"""Canonical JSON and content digests (RFC 8785, SHA-256): the identity of everything that is signed."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import rfc8785

from copydesk.errors import ContentError, Problem

Json = dict[str, Any] | list[Any] | str | int | bool | None

# Integers from 2^53 on lose digits in JavaScript and Go readers (RFC 8785, section 3.2.2.3).
MAX_SAFE_INTEGER = 2**53 - 1
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Of plain data (see `_is_plain`) the canonical form is what the standard library's encoder in C writes.
_encode_plain = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical_bytes(value: Any) -> bytes:
    """Serialise JSON data to its one canonical form.

    Args:
        value: JSON data without floats; decimals are strings.

    Raises:
        ContentError: a float, an integer of 2^53 or more, a lone surrogate or a value that is not JSON.

    Source: RFC 8785 (JSON Canonicalization Scheme).
    """
    if _is_plain(value):
        return _encode_plain(value).encode()
    _refuse_unsafe(value, "")
    return rfc8785.dumps(value)


def sha256_hex(data: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of the bytes (FIPS 180-4)."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical form of JSON data, in hexadecimal."""
    return sha256_hex(canonical_bytes(value))


def _is_plain(value: Any) -> bool:
    """Tell whether data is of the plain JSON types alone, safe, and with keys in ASCII.

    Only such keys are surely in the same order by code points as by UTF-16 units (RFC 8785, section 3.2.3).
    """
    waiting = [value]
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is str:
            if not item.isascii() and LONE_SURROGATE.search(item):
                return False
        elif kind is dict:
            if not all(type(key) is str and key.isascii() for key in item):
                return False
            waiting.extend(item.values())
        elif kind is list or kind is tuple:
            waiting.extend(item)
        elif kind is int:
            if abs(item) > MAX_SAFE_INTEGER:
                return False
        elif item is not None and kind is not bool:
            return False
    return True


def _refuse_unsafe(value: Any, path: str) -> None:
    match value:
        case None | bool():
            return
        case int():
            if abs(value) > MAX_SAFE_INTEGER:
                raise ContentError("json", [Problem(path, "is too large; write it as text")])
        case float():
            raise ContentError("json", [Problem(path, "is a float; write decimals as text")])
        case str():
            if LONE_SURROGATE.search(value):
                raise ContentError("json", [Problem(path, "holds half of a character (a lone surrogate)")])
        case list() | tuple():
            for index, item in enumerate(value):
                _refuse_unsafe(item, f"{path}.{index}" if path else str(index))
        case dict():
            for key, item in value.items():
                _refuse_unsafe(key, f"{path}.{key!r}")
                _refuse_unsafe(item, f"{path}.{key}" if path else str(key))
        case _:
            raise ContentError("json", [Problem(path, f"is not JSON: {type(value).__name__}")])

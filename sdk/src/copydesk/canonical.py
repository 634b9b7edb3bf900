"""Canonical JSON and content digests (RFC 8785, SHA-256): the identity of everything that is signed."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

from copydesk.errors import ContentError, Problem

Json = dict[str, Any] | list[Any] | str | int | bool | None

# Integers from 2^53 on lose digits in JavaScript and Go readers (RFC 8785, section 3.2.2.3).
MAX_SAFE_INTEGER = 2**53 - 1


def canonical_bytes(value: Any) -> bytes:
    """Serialise JSON data to its one canonical form.

    Args:
        value: JSON data without floats; decimals are strings.

    Raises:
        ContentError: a float, an integer of 2^53 or more, a lone surrogate or a value that is not JSON.

    Source: RFC 8785 (JSON Canonicalization Scheme).
    """
    _refuse_unsafe(value, "")
    return rfc8785.dumps(value)


def sha256_hex(data: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of the bytes (FIPS 180-4)."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical form of JSON data, in hexadecimal."""
    return sha256_hex(canonical_bytes(value))


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
            if any("\ud800" <= char <= "\udfff" for char in value):
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

"""What a text says when it is decoded: models read base64, hexadecimal and the like, and so do the rules."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import unquote

import re2

from copydesk.checks.text import found_in

# Shorter runs than these hold no instruction.
_BASE64: Final = r"[A-Za-z0-9+/_-]{20,}={0,2}"
_BASE32: Final = r"\b[A-Z2-7]{32,}={0,6}"
_HEXADECIMAL: Final = r"(?:\b|\\x|0x)(?:[0-9A-Fa-f]{2}(?: ?\\x| 0x|[ :])?){16,}"
_BINARY: Final = r"\b(?:[01]{8}\s?){12,}"
_PERCENT: Final = r"[^\s%]*(?:%[0-9A-Fa-f]{2}[^\s%]*){3,}"
_ESCAPED: Final = r"(?:\\u\{?[0-9A-Fa-f]{4,5}\}?\s?){8,}"
_ENTITIES: Final = r"(?:&#[xX]?[0-9A-Fa-f]{2,6};\s?){8,}"
# "instructions", "prompt" and "ignore" backwards, and each letter thirteen further on.
_BACKWARDS: Final = r"(?i)snoitcurtsni|tpmorp|\berongi\b|dragersid"
_ROTATED: Final = r"(?i)vafgehpgvba|cebzcg|\bvtaber\b|qvfertneq"
# What a decoded run has to be: text of some length in words.
_WORDS: Final = re2.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def _from_base64(run: str) -> str:
    plain = run.translate({45: "+", 95: "/"}).rstrip("=")
    return base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + "=" * (-len(plain) % 4)).decode()


def _from_base32(run: str) -> str:
    plain = run.rstrip("=")
    return base64.b32decode(plain + "=" * (-len(plain) % 8)).decode()


def _from_hexadecimal(run: str) -> str:
    digits = run.replace("\\x", "").replace("0x", "").replace(" ", "").replace(":", "")
    return bytes.fromhex(digits).decode()


def _from_binary(run: str) -> str:
    digits = "".join(run.split())
    return bytes(int(digits[at : at + 8], 2) for at in range(0, len(digits), 8)).decode()


def _from_escapes(run: str) -> str:
    codes: list[str] = re2.findall("[0-9A-Fa-f]{4,5}", run)
    said = "".join(chr(int(code, 16)) for code in codes)
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _from_entities(run: str) -> str:
    return html.unescape("".join(run.split()))


_RUNS: Final[tuple[tuple[Any, Callable[[str], str]], ...]] = tuple(
    (re2.compile(shape), decode)
    for shape, decode in (
        (_BASE64, _from_base64),
        (_BASE32, _from_base32),
        (_HEXADECIMAL, _from_hexadecimal),
        (_BINARY, _from_binary),
        (_PERCENT, unquote),
        (_ESCAPED, _from_escapes),
        (_ENTITIES, _from_entities),
    )
)
_WHOLE: Final[tuple[tuple[Any, Callable[[str], str]], ...]] = (
    (re2.compile(_BACKWARDS), lambda text: text[::-1]),
    (re2.compile(_ROTATED), lambda text: codecs.encode(text, "rot13")),
)
# One look that spares most texts all of them; it need not be exact.
_ANYTHING: Final = re2.compile(
    r"[A-Za-z0-9+/_-]{20}|[0-9A-Fa-f]{2}[ :][0-9A-Fa-f]{2}[ :][0-9A-Fa-f]{2}[ :]|[01]{8}|%[0-9A-Fa-f]{2}"
    r"|\\[ux]"
    rf"|0x[0-9A-Fa-f]|&#|{_BACKWARDS}|{_ROTATED}"
)


def decoded(text: str) -> Iterator[str]:
    """Yield what the encoded runs of a text say in words, and the text turned round where it is encoded.

    Args:
        text: any text that UTF-8 can hold.

    Source: RFC 4648 (base64, base32, hexadecimal), RFC 3986 (percent), HTML's character references.
    """
    if not found_in(_ANYTHING, text):
        return
    for shape, decode in _RUNS:
        for match in shape.finditer(text):
            try:
                said = decode(match.group())
            except (ValueError, binascii.Error, OverflowError):
                continue
            if found_in(_WORDS, said):
                yield said
    for shape, decode in _WHOLE:
        if found_in(shape, text):
            yield decode(text)

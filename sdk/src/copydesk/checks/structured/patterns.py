"""Patterns of JSON Schema, which are ECMA-262's, run on RE2: linear in the text whoever wrote them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import re2

# What ECMA-262 calls white space and line ends (12.2, 12.3); RE2's "\s" is ASCII and lacks the vertical tab.
_SPACES: Final = r"\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"
_ANY_BUT_LINE_ENDS: Final = r"[^\n\r\x{2028}\x{2029}]"
# Long names of general categories, which ECMA-262 takes (table 67) and RE2 does not.
_CATEGORIES: Final = {
    name: short
    for short, names in {
        "L": "Letter",
        "Lu": "Uppercase_Letter",
        "Ll": "Lowercase_Letter",
        "Lt": "Titlecase_Letter",
        "Lm": "Modifier_Letter",
        "Lo": "Other_Letter",
        "M": "Mark Combining_Mark",
        "Mn": "Nonspacing_Mark",
        "N": "Number",
        "Nd": "Decimal_Number digit",
        "Nl": "Letter_Number",
        "No": "Other_Number",
        "P": "Punctuation punct",
        "Pd": "Dash_Punctuation",
        "S": "Symbol",
        "Sc": "Currency_Symbol",
        "Sm": "Math_Symbol",
        "Z": "Separator",
        "Zs": "Space_Separator",
        "C": "Other",
        "Cc": "Control cntrl",
    }.items()
    for name in names.split()
}
_PART: Final = re.compile(
    r"\\u\{(?P<point>[0-9A-Fa-f]{1,6})\}"
    r"|\\u(?P<high>[Dd][89ABab][0-9A-Fa-f]{2})\\u(?P<low>[Dd][C-Fc-f][0-9A-Fa-f]{2})"
    r"|\\u(?P<unit>[0-9A-Fa-f]{4})"
    r"|\\c(?P<control>[A-Za-z])"
    r"|\\(?P<sign>[pP])\{(?:(?:gc|General_Category|sc|Script)=)?(?P<property>\w+)\}"
    r"|\\(?P<escaped>.)|(?P<plain>.)",
    re.DOTALL,
)


def found(pattern: str, value: str) -> bool:
    """Tell whether a pattern of ECMA-262 matches anywhere in a text."""
    # Half a character can't be given to RE2; it never matches anything but a dot.
    safe = value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    return compiled(pattern).search(safe) is not None


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """Compile a pattern of ECMA-262 with RE2.

    Raises:
        re2.error: RE2 refuses it, for example for looking ahead.
    """
    options = re2.Options()
    options.log_errors = False
    return re2.compile(in_re2(pattern), options)


def in_re2(pattern: str) -> str:
    r"""Write a pattern of ECMA-262 as RE2 reads it: "\u00e4" is "\x{e4}" there, and "\s" knows ASCII only.

    Source: ECMA-262, 22.2.1 Patterns; RE2's syntax, https://github.com/google/re2/wiki/Syntax.
    """
    written, in_class = [], False
    for part in _PART.finditer(pattern):
        written.append(_part_in_re2(part, in_class=in_class))
        if part["plain"] == "[":
            in_class = True
        elif part["plain"] == "]":
            in_class = False
    return "".join(written)


def _part_in_re2(part: re.Match[str], *, in_class: bool) -> str:
    if part["high"]:
        pair = bytes.fromhex(part["high"] + part["low"]).decode("utf-16-be")
        return f"\\x{{{ord(pair):x}}}"
    if point := part["point"] or part["unit"]:
        return f"\\x{{{point}}}"
    if part["control"]:
        return f"\\x{{{ord(part['control']) % 32:x}}}"
    if part["property"]:
        return f"\\{part['sign']}{{{_CATEGORIES.get(part['property'], part['property'])}}}"
    if part["escaped"] == "s":
        return _SPACES if in_class else f"[{_SPACES}]"
    if part["escaped"] == "S" and not in_class:
        return f"[^{_SPACES}]"
    if part["plain"] == "." and not in_class:
        return _ANY_BUT_LINE_ENDS
    return part[0]

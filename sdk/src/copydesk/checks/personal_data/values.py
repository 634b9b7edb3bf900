"""Finds personal values in a text by pattern and checksum, each kind by its own rules."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import re2
from stdnum import iban, luhn, numdb

from copydesk.checks.contract import Span
from copydesk.checks.personal_data.labels import before, is_in_web_address, is_version, label_of
from copydesk.checks.personal_data.national_numbers import find_national_numbers
from copydesk.checks.personal_data.phones import find_phones
from copydesk.checks.quick_look import QuickLook
from copydesk.checks.text import found_in

ENGINE_VERSION: Final = (
    f"4 (python-stdnum {version('python-stdnum')}, phonenumbers {version('phonenumbers')})"
)

# So many characters of a masked value may be shown.
KEPT_AT_END: Final = {"card": 4, "iban": 4, "phone": 2}
# Structure of the account numbers of each country, from SWIFT's registry.
_IBAN_REGISTRY: Final = numdb.get("iban")
_BLANK: Final = "[ \u00a0\u202f]"
_DOMAIN: Final = r"(?:[\w](?:[\w-]{0,61}[\w])?\.){1,8}[^\W\d_](?:[\w-]{0,22}[^\W\d_])(?![\w@])"
_EMAIL: Final = re.compile(
    rf"(?:(?<![\w.+%-])[\w](?:[\w.+%'’!#$&*/=?^{{|}}~-]{{0,62}}[\w+%-])?|(?<!\w)\"[^\"@\n]{{1,62}}\")[@＠﹫]"
    rf"(?:{_DOMAIN}|\[(?:IPv6:)?[0-9A-Fa-f.:]{{3,45}}\])"
)
# "icon@2x.png" is a picture for a sharp screen.
_PICTURE: Final = re.compile(r"@\d(?:\.\d)?x\.(?:png|jpe?g|gif|svg|webp|avif)$", re.IGNORECASE)
# "git@host.example:shop/site.git" is where a program is kept.
_CLONE: Final = re.compile(r"git@[^@\s:/]+[:/]\w")
_SPELLED_EMAIL: Final = re.compile(
    r"(?<![\w.+-])\w[\w.+-]{0,62}\s?(?:\[at\]|\(at\)|\{at\}|<at>|\[ät\]|\(ät\))\s?\w[\w-]{0,61}"
    r"(?:\s?(?:\[dot\]|\(dot\)|\{dot\}|<dot>|\[punkt\]|\(punkt\)|\.|(?<=\s)(?:dot|punkt)(?=\s))\s?[\w-]{2,24}){1,3}",
    re.IGNORECASE,
)
# "jo at example dot com" is an address only where mail is spoken of: "look at that dot" is none.
_SAID_EMAIL: Final = re.compile(
    r"(?:mail|write|contact|reach|schreib\w*|address|adresse|kontakt\w*|inbox)\b[^\n@]{0,40}?(?<![\w.+-])"
    r"(\w[\w.+-]{0,62}(?:\s(?:at|ät)\s|\s@\s)\w[\w-]{0,61}(?:\s(?:dot|punkt)\s|\.)(?:[a-z]{2,3}(?:\s(?:dot|punkt)\s|\.))?[a-z]{2,12})(?!\w)",
    re.IGNORECASE,
)
_SPELLED_LIKE: Final = r"(?i:[\[({<](?:at|ät)[\])}>]|\sat\s[\w-]+\s(?:dot|punkt)\s|\s@\s\S+\.|\sät\s)"
_SPELLED: Final = re2.compile(_SPELLED_LIKE)
_CARD: Final = re.compile(rf"(?<![\w#.,/&-])[1-6]\d{{3}}(?:(?:{_BLANK}|[-‐‑–.])?\d){{8,15}}(?![\w-]|[.,]\d)")
_IBAN: Final = re.compile(rf"(?<![\w])[A-Za-z]{{2}}\d{{2}}(?:(?:{_BLANK}|-)?[A-Za-z0-9]){{11,30}}")
_IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IPV6: Final = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:]|\.\d)"
)
_SHAPES: Final = QuickLook(
    (
        rf"[A-Za-z]{{2}}\d{{2}}(?:(?:{_BLANK}|-)?[A-Za-z0-9]){{11}}",
        rf"[1-6]\d{{3}}(?:(?:{_BLANK}|[-‐‑–.])?\d){{8}}",
        r"(?:\d{1,3}\.){3}\d|(?:[0-9A-Fa-f]{0,4}:){2}",
    )
)
_IBAN_SHAPE, _CARD_SHAPE, _ADDRESS_SHAPE = range(3)
# One quick look for six digits close together, dotted numbers, colons or a fiscal code spares most texts
# the slow ones.
_NUMBER_LIKE: Final = (
    "[0-9](?:[ \u00a0\u2009\u202f().\u2010-\u2013/-]{0,3}[0-9]){5}|(?:[0-9]{1,3}\\.){3}[0-9]"
    "|:[0-9A-Fa-f]{0,4}:|[A-Za-z]{6}[0-9]{2}[A-Za-z]|[A-Za-z]{5}[0-9]{4}[A-Za-z]"
)
_NUMBER: Final = re2.compile(_NUMBER_LIKE)
# Both looks in one pass: most texts have neither.
_ANYTHING: Final = re2.compile(f"{_SPELLED_LIKE}|{_NUMBER_LIKE}")
_CARD_LABELS: Final = re.compile(
    r"card|karte|visa|master|maestro|amex|american|express|discover|credit|kredit|debit|bank|konto|account|payment|zahlung|cc|pan"
)
_CARD_WORDS: Final = re.compile(
    r"(?<![^\W_])(?:card|karte|\w*kreditkarte|visa|mastercard|maestro|amex|credit|debit|cc)(?![^\W_])",
    re.IGNORECASE,
)
_ADDRESS_WORDS: Final = re.compile(
    r"\b(?:ip|ips|ipv4|ipv6|ip-adresse|address|adresse|login|logins|logged|server|host|ping|dns|from|von|via|visitor|proxy|client)\b",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class PersonalValue:
    """A personal value of one kind at its place; `text` is the value as written."""

    kind: str
    span: Span
    text: str


def find_personal_values(text: str, locale: str | None = None) -> list[PersonalValue]:
    """Find all personal values of a text, in order, none overlapping.

    Args:
        text: any string.
        locale: whose phone numbers to expect, such as `en-GB`; None: those of the US, the UK and Germany.

    Source: checksums ISO/IEC 7812 (cards), ISO 13616 (IBAN); phone numbers by Google's libphonenumber data.
    """
    found = _Found()
    if "@" in text or "＠" in text or "﹫" in text:
        found.add("email", _emails(text))
    if found_in(_ANYTHING, text):
        if found_in(_SPELLED, text):
            found.add("email", (match.span() for match in _SPELLED_EMAIL.finditer(text)))
            found.add("email", (match.span(1) for match in _SAID_EMAIL.finditer(text)))
        if found_in(_NUMBER, text):
            shapes = _SHAPES.at(text)
            if _IBAN_SHAPE in shapes:
                found.add("iban", _ibans(text))
            if _CARD_SHAPE in shapes:
                found.add("card", _cards(text))
            for kind, start, end in find_national_numbers(text):
                found.add(kind, ((start, end),))
            if _ADDRESS_SHAPE in shapes:
                found.add("ip_address", _ip_addresses(text))
            found.add("phone", find_phones(text, locale))
    return [PersonalValue(kind, Span(start, end), text[start:end]) for start, end, kind in found.places]


class _Found:
    """The values found so far, by place; what touches one of them is not taken."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places: list[tuple[int, int, str]] = []

    def add(self, kind: str, places: Iterable[tuple[int, int]]) -> None:
        for start, end in places:
            at = bisect_left(self.places, (end, 0, ""))
            if at == 0 or self.places[at - 1][1] <= start:
                self.places.insert(at, (start, end, kind))


def mask_value(value: PersonalValue) -> str:
    """Return what may be shown of a value: the first letter of an address, the last digits of a number."""
    if value.kind == "email":
        return f"{value.text[0]}…@…"
    kept = KEPT_AT_END.get(value.kind, 0)
    characters = re.sub(r"[^0-9A-Za-z]", "", value.text)
    return "•" * 4 + (characters[-kept:] if kept else "")


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for match in _EMAIL.finditer(text):
        if not (_PICTURE.search(match.group()) or _CLONE.match(text, match.start())):
            yield match.span()


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text):
        words = before(text, match.start())
        label = label_of(words)
        if (label and not _CARD_LABELS.search(label)) or is_in_web_address(words):
            continue
        if words.endswith("=") and not _CARD_WORDS.search(words):
            continue
        digits = _PARTS.sub("", match.group())
        # Thirteen digits are an article number (EAN) unless somebody calls them a card.
        if _is_card_length(digits, bool(_CARD_WORDS.search(words))) and luhn.is_valid(digits):
            yield match.span()


def _is_card_length(digits: str, is_called_card: bool) -> bool:
    """Tell whether a number has a length its issuer uses (ISO/IEC 7812, ranges as the networks give them)."""
    if digits[0] == "1" or digits[:4] == "2131":
        return len(digits) == 15 and digits[:4] in {"1800", "2131"} and is_called_card
    if digits[:2] in {"34", "37"}:
        return len(digits) == 15
    if digits[0] == "3":
        return len(digits) in {14, 16}
    if digits[0] == "4":
        return len(digits) in {16, 19} or (len(digits) == 13 and is_called_card)
    if digits[0] == "2" or digits[:2] in {"51", "52", "53", "54", "55"}:
        return len(digits) == 16
    return len(digits) > 15 or is_called_card


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while match := _IBAN.search(text, position):
        end = _iban_end(match.group())
        if end:
            yield match.start(), match.start() + end
            position = match.start() + end
        else:
            position = match.start() + 2


def _iban_end(candidate: str) -> int | None:
    """Return the length of the IBAN that a run of letters and digits begins with, None when it has none."""
    info = _IBAN_REGISTRY.info(candidate[:2].upper())[0][1]
    wanted = _iban_length(info.get("bban", ""))
    if not wanted:
        return None
    seen = 0
    for index, char in enumerate(candidate):
        seen += char.isalnum()
        if seen == wanted:
            is_whole = index + 1 == len(candidate) or not candidate[index + 1].isalnum()
            compact = re.sub(r"[^0-9A-Za-z]", "", candidate[: index + 1]).upper()
            return index + 1 if is_whole and iban.is_valid(compact, check_country=False) else None
    return None


def _iban_length(structure: str) -> int:
    return 4 + sum(map(int, re.findall(r"(\d+)!", structure))) if structure else 0


def _ip_addresses(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_IPV6, _IPV4):
        for match in pattern.finditer(text):
            words = before(text, match.start())
            if not is_version(words) and _is_personal_address(match.group(), words):
                yield match.span()


def _is_personal_address(written: str, words: str) -> bool:
    """Tell whether an address is one that somebody is reached by.

    Not: a machine's own address, all machines at once, the usual router of a home network, and four single
    digits that nobody calls an address.
    """
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast or written.startswith("255."):
        return False
    if address.version == 6:
        # "16:9:4:3:2:1:1:1" is a row of numbers, "Face::Add" and "::A" are names.
        is_row = re.fullmatch(r"\d{1,2}(?::\d{1,2}){7}|[0-9A-Fa-f]*::[0-9A-Fa-f]*", written) is not None
        return not is_row or _ADDRESS_WORDS.search(words) is not None
    parts = written.split(".")
    if address.is_private and parts[3] in {"0", "1", "254", "255"}:
        return False
    return any(len(part) > 1 for part in parts) or _ADDRESS_WORDS.search(words) is not None

"""Finds personal values in a text by pattern and checksum, each kind by its own rules."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import phonenumbers
import re2
from stdnum import iban, luhn, numdb
from stdnum.de import idnr
from stdnum.gb import nhs
from stdnum.us import ssn

from copydesk.checks.contract import Span
from copydesk.checks.text import found_in

ENGINE_VERSION: Final = (
    f"1 (python-stdnum {version('python-stdnum')}, phonenumbers {version('phonenumbers')})"
)

# Structure of the account numbers of each country, from SWIFT's registry.
_IBAN_REGISTRY: Final = numdb.get("iban")
# Regions whose numbers are looked for when the locale says nothing.
_REGIONS: Final = ("US", "GB", "DE")
_BLANK: Final = r"[ \u00a0\u202f]"
_EMAIL: Final = re.compile(
    r"(?<![\w.+%-])[\w](?:[\w.+%'’-]{0,62}[\w+%-])?@(?:[\w](?:[\w-]{0,61}[\w])?\.){1,8}"
    r"[^\W\d_](?:[\w-]{0,22}[^\W\d_])(?![\w@])"
)
_SPELLED_EMAIL: Final = re.compile(
    r"(?<![\w.+-])\w[\w.+-]{0,62}\s?(?:\[at\]|\(at\)|\{at\})\s?\w[\w-]{0,61}"
    r"(?:\s?(?:\[dot\]|\(dot\)|\{dot\}|\[punkt\]|\(punkt\)|\.)\s?[\w-]{2,24}){1,3}",
    re.IGNORECASE,
)
_SPELLED_AT: Final = re2.compile(r"(?i)[\[({]at[\])}]")
_CARD: Final = re.compile(rf"(?<![\w#.,-])[2-6]\d{{3}}(?:(?:{_BLANK}|-)?\d){{9,15}}(?![\w-]|[.,]\d)")
_SSN: Final = re.compile(rf"(?<![\w-])\d{{3}}(-|{_BLANK}|)\d{{2}}\1\d{{4}}(?![\w-])")
_IBAN: Final = re.compile(rf"(?<![\w])[A-Za-z]{{2}}\d{{2}}(?:(?:{_BLANK}|-)?[A-Za-z0-9]){{11,30}}")
_IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IPV6: Final = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_NINO: Final = re.compile(
    rf"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]{_BLANK}?\d{{2}}{_BLANK}?\d{{2}}{_BLANK}?\d{{2}}{_BLANK}?[A-D](?!\w)"
)
_NHS: Final = re.compile(rf"(?<![\w.-])\d{{3}}(?:{_BLANK}|-)?\d{{3}}(?:{_BLANK}|-)?\d{{4}}(?![\w-])")
_TAX_ID: Final = re.compile(rf"(?<![\w.-])[1-9]\d{_BLANK}?\d{{3}}{_BLANK}?\d{{3}}{_BLANK}?\d{{3}}(?![\w-])")
# Seven digits or more with at most three signs between two of them.
_PHONE_LIKE: Final = re.compile(r"[+＋(]?\d(?:[ \u00a0\u202f().\-‐-–/]{0,3}\d){6,}")
# One quick look for six digits close together, dotted numbers or colons spares most texts the slow ones.
_NUMBER_LIKE: Final = re2.compile(
    "[0-9](?:[ \u00a0\u202f().\u2010-\u2013/-]{0,3}[0-9]){5}|(?:[0-9]{1,3}\\.){3}[0-9]|:[0-9A-Fa-f]{0,4}:"
)
# What a long number is when it is no personal value: the words right before it.
_ITEM_WORDS: Final = re.compile(
    r"(?:\b(?:order|tracking|parcel|reference|ref|invoice|article|item|product|model|sku|ean|isbn|gtin|serial|batch"
    r"|booking|voucher|ticket|bestellung|artikel|sendung|rechnung)(?:\s?(?:number|no|nr|code|id|nummer))?"
    r"|nummer|bestellnummer|artikelnummer|sendungsnummer|rechnungsnummer)[\s.:#-]*$",
    re.IGNORECASE,
)
_VERSION_WORDS: Final = re.compile(
    r"\b(?:version|firmware|release|build|v|ver|software)[\s.:]*$", re.IGNORECASE
)
_PHONE_WORDS: Final = re.compile(
    r"\b(?:call|ring|phone|telephone|tel|text|mobile|cell|fax|whatsapp|dial|contact|reach|hotline|helpline|sms"
    r"|ruf|rufen|anruf|telefon|handy|mobil|nummer|number)\b",
    re.IGNORECASE,
)
_SSN_WORDS: Final = re.compile(r"\b(?:ssn|social security|taxpayer|tin)\b", re.IGNORECASE)
_NHS_WORDS: Final = re.compile(r"\bnhs\b", re.IGNORECASE)
_TAX_WORDS: Final = re.compile(r"\b(?:steuer|idnr|tax id|steueridentifikationsnummer)", re.IGNORECASE)
# Prefixes that HMRC never gives out (National Insurance Manual, NIM39110).
_UNUSED_NINO: Final = frozenset({"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})
_CARD_WORDS: Final = re.compile(
    r"\b(?:card|karte|visa|mastercard|maestro|amex|credit|debit)\b", re.IGNORECASE
)
_CONTEXT_CHARS: Final = 40


@dataclass(frozen=True, slots=True)
class PersonalValue:
    """A personal value of one kind at its place; `text` is the value as written."""

    kind: str
    span: Span
    text: str


_Finder = Callable[[str], Iterator[tuple[int, int]]]


def find_personal_values(text: str, locale: str | None = None) -> list[PersonalValue]:
    """Find all personal values of a text, in order, none overlapping.

    Args:
        text: any string.
        locale: whose phone numbers to expect, such as `en-GB`; None: those of the US, the UK and Germany.

    Source: checksums ISO/IEC 7812 (cards), ISO 13616 (IBAN); phone numbers by Google's libphonenumber data.
    """
    found: list[PersonalValue] = []
    if "@" in text:
        _collect(found, text, "email", (match.span() for match in _EMAIL.finditer(text)))
    if found_in(_SPELLED_AT, text):
        _collect(found, text, "email", (match.span() for match in _SPELLED_EMAIL.finditer(text)))
    if found_in(_NUMBER_LIKE, text):
        for kind, finder in _FINDERS:
            _collect(found, text, kind, finder(text))
        _collect(found, text, "phone", _phones(text, locale))
    found.sort(key=lambda value: value.span.start)
    return found


def mask_value(value: PersonalValue) -> str:
    """Return what may be shown of a value: the first letter of an address, the last digits of a number."""
    if value.kind == "email":
        return f"{value.text[0]}…@…"
    kept = {"card": 4, "iban": 4, "phone": 2}.get(value.kind, 0)
    characters = re.sub(r"[^0-9A-Za-z]", "", value.text)
    return "•" * 4 + (characters[-kept:] if kept else "")


def _collect(found: list[PersonalValue], text: str, kind: str, places: Iterator[tuple[int, int]]) -> None:
    taken = sorted((value.span.start, value.span.end) for value in found)
    for start, end in places:
        if _is_free(start, end, taken):
            found.append(PersonalValue(kind, Span(start, end), text[start:end]))


def _is_free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    place = bisect_left(taken, (end, 0))
    return place == 0 or taken[place - 1][1] <= start


def _before(text: str, start: int) -> str:
    return text[max(0, start - _CONTEXT_CHARS) : start]


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text):
        before = _before(text, match.start())
        if _ITEM_WORDS.search(before):
            continue
        digits = re.sub(r"\D", "", match.group())
        # Thirteen digits are an article number (EAN) unless somebody calls them a card.
        if _is_card_length(digits, bool(_CARD_WORDS.search(before))) and luhn.is_valid(digits):
            yield match.span()


def _is_card_length(digits: str, is_called_card: bool) -> bool:
    """Tell whether a number has a length its issuer uses (ISO/IEC 7812, ranges as the networks give them)."""
    if digits[:2] in {"34", "37"}:
        return len(digits) == 15
    if digits[0] == "3":
        return len(digits) in {14, 16}
    if digits[0] == "4":
        return len(digits) in {16, 19} or (len(digits) == 13 and is_called_card)
    if digits[0] == "2" or digits[:2] in {"51", "52", "53", "54", "55"}:
        return len(digits) == 16
    return len(digits) > 15 or is_called_card


def _social_security_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _SSN.finditer(text):
        is_hyphenated = match.group(1) == "-"
        digits = re.sub(r"\D", "", match.group())
        if (is_hyphenated or _SSN_WORDS.search(_before(text, match.start()))) and ssn.is_valid(digits):
            yield match.span()


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
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            if _is_personal_address(match.group()) and not _VERSION_WORDS.search(
                _before(text, match.start())
            ):
                yield match.span()


def _is_personal_address(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    return not (address.is_private or address.is_loopback or address.is_unspecified or address.is_multicast)


def _insurance_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _NINO.finditer(text):
        if match.group()[:2] not in _UNUSED_NINO:
            yield match.span()


def _health_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _NHS.finditer(text):
        if _NHS_WORDS.search(_before(text, match.start())) and nhs.is_valid(match.group()):
            yield match.span()


def _tax_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _TAX_ID.finditer(text):
        if _TAX_WORDS.search(_before(text, match.start())) and idnr.is_valid(match.group()):
            yield match.span()


def _phones(text: str, locale: str | None) -> Iterator[tuple[int, int]]:
    region = (locale or "").partition("-")[2]
    regions = (region,) if region else _REGIONS
    for match in _PHONE_LIKE.finditer(text):
        before = _before(text, match.start())
        if before.endswith(("#", "$", "£", "€")) or _ITEM_WORDS.search(before):
            continue
        # The matcher looks at the neighbours of a number: it gets some, never a megabyte.
        start = max(0, match.start() - 8)
        window = text[start : match.end() + 8].replace("\u00a0", " ").replace("\u202f", " ")
        place = _phone_in(window, regions, _PHONE_WORDS.search(before) is not None)
        if place:
            yield start + place[0], start + place[1]


def _phone_in(window: str, regions: tuple[str, ...], is_called_phone: bool) -> tuple[int, int] | None:
    for region in regions:
        leniency = phonenumbers.Leniency.POSSIBLE
        for match in phonenumbers.PhoneNumberMatcher(window, region, leniency=leniency, max_tries=50):
            if _is_plausible(match.raw_string, region, is_called_phone):
                # "(+49 30 7195046)": the matcher takes the bracket, the number does not own it.
                is_bracket_open = match.raw_string[0] == "(" and ")" not in match.raw_string
                return match.start + is_bracket_open, match.end
    return None


def _is_plausible(raw: str, region: str, is_called_phone: bool) -> bool:
    """Tell a phone number from another long number by how it is written and what is said before it."""
    digits = re.sub(r"\D", "", raw)
    # Three, two and four digits are how a social security number is written, given out or not.
    if len(digits) < 7 or _SSN.fullmatch(raw):
        return False
    if raw.lstrip("(").startswith(("+", "＋")) or is_called_phone:
        return True
    if raw == digits:
        return False
    if region == "US":
        # Three, three and four digits, with or without the country's 1.
        groups = re.findall(r"\d+", raw)
        return [len(group) for group in groups][-3:] == [3, 3, 4] and len(groups) <= 4
    return digits.startswith("0") and len(digits) >= 9


_FINDERS: Final[tuple[tuple[str, _Finder], ...]] = (
    ("iban", _ibans),
    ("card", _cards),
    ("us_ssn", _social_security_numbers),
    ("uk_nino", _insurance_numbers),
    ("ip_address", _ip_addresses),
    ("uk_nhs", _health_numbers),
    ("de_tax_id", _tax_numbers),
)

"""Finds phone numbers, and tells them from the other long numbers of ordinary copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers

from copydesk.checks.number_labels import before, is_counted, is_in_web_address, label_of

# Regions whose numbers are looked for whatever the locale says.
_REGIONS: Final = ("US", "GB", "DE")
# Seven digits or more with at most three signs between two of them.
_PHONE_LIKE: Final = re.compile(r"(?<![\w#$£€&=])[+＋(]{0,2}\d(?:[ \u00a0\u2009\u202f().\-‐-–/]{0,3}\d){6,}")
_PHONE_WORDS: Final = re.compile(
    r"\b(?:call|calls|calling|ring|phone|phones|telephone|tel|text|mobile|cell|fax|whatsapp|dial|contact|reach|hotline|helpline|sms|landline"
    r"|ruf|rufen|anruf|anrufen|telefon|telefonisch|handy|mobil|mobilnummer|festnetz|fon|erreichen|erreichbar|erreichst|téléphone|tél|appelez"
    r"|teléfono|telefono|llame|móvil|chiamare|chiama|cellulare|telefoon|bel|telefone|ligue|telefonu?|zadzwoń|puhelin|ring|nummer|number"
    r"|rufnummer|telefonnummer|handynummer|faxnummer)\b",
    re.IGNORECASE,
)
# "Call us on 0123456", "Tel.: 0123456": nothing else can be meant, whatever country it is from.
_CALLED_HERE: Final = re.compile(
    r"\b(?:call|ring|ruf|rufen|anrufen|phone|telephone|tel|text|mobile|cell|fax|whatsapp|dial|hotline|helpline|sms|landline|telefon|handy|mobil|festnetz|fon"
    r"|telefonisch|rufnummer|\w*telefonnummer|\w*handynummer|mobilnummer|faxnummer|phone number)\b"
    r"(?:\s(?:us|me|him|her|them|on|at|now|today|number|is|uns|mich|unter|der|nummer|an|oder|lautet|ist))*[\s.:]*\(?$",
    re.IGNORECASE,
)
_PHONE_LABELS: Final = re.compile(
    r"tel|phone|fon|mobil|cell|handy|fax|ruf|whatsapp|hotline|helpline|contact|emergency|landline|festnetz|service|support|call|sms|durchwahl"
)
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE: Final = re.compile(
    rf"(?<!\d)(?:{_DAY}([./-]){_MONTH}\1(?:19|20)?\d\d|{_MONTH}([/-]){_DAY}\2(?:19|20)?\d\d|(?:19|20)\d\d([./-]){_MONTH}\3{_DAY}"
    rf"|{_DAY} {_MONTH} (?:19|20)\d\d)(?!\d)|(?<!\d){_DAY}\.{_MONTH}\.\s?[-–]"
)
_YEARS: Final = re.compile(r"(?:(?:19|20)\d\d[ /–-]*)+(?:\d\d)?")
_SOCIAL_SECURITY: Final = re.compile(r"\d{3}([-‐‑–\s]?)\d{2}\1\d{4}")
_GLUE: Final = ".,:/-–"
_NEIGHBOURS: Final = 8
_MAX_DIGITS: Final = 15  # ITU-T E.164


def find_phones(text: str, locale: str | None) -> Iterator[tuple[int, int]]:
    """Yield the ranges of phone numbers, in order.

    Args:
        text: any string.
        locale: whose national numbers to expect besides American, British and German ones, such as `fr-FR`.

    Source: Google's libphonenumber data, leniency "possible".
    """
    regions = _regions(locale)
    for match in _PHONE_LIKE.finditer(text):
        words = before(text, match.start())
        label = label_of(words)
        if (label and not _PHONE_LABELS.search(label)) or is_in_web_address(words):
            continue
        if is_counted(text, match.end()) or words.endswith(("$ ", "£ ", "€ ", "/#")):
            continue
        # The matcher looks at the neighbours of a number: it gets some, never a megabyte.
        start = max(0, match.start() - _NEIGHBOURS)
        window = re.sub("[\u00a0\u2009\u202f]", " ", text[start : match.end() + _NEIGHBOURS])
        is_called_phone = _PHONE_WORDS.search(words) is not None
        place = _phone_in(window, regions, is_called_phone, is_home_known=len(regions) > len(_REGIONS))
        if place:
            yield start + place[0], start + place[1]
        elif _CALLED_HERE.search(words) and len(re.sub(r"\D", "", match.group())) <= _MAX_DIGITS:
            yield match.span()


def _regions(locale: str | None) -> tuple[str, ...]:
    """Return the regions to try, the locale's own first (and once more where it is one of the usual ones)."""
    tags = re.split("[-_]", locale or "")[1:]
    home = next((tag.upper() for tag in tags if len(tag) == 2 and tag.isalpha()), None)
    return (home, *_REGIONS) if home else _REGIONS


def _phone_in(
    window: str, regions: tuple[str, ...], is_called_phone: bool, *, is_home_known: bool
) -> tuple[int, int] | None:
    """Return the place of the number that begins first and is longest in any region."""
    best: tuple[int, int] | None = None
    for place, region in enumerate(dict.fromkeys(regions)):
        is_home = is_home_known and place == 0
        leniency = phonenumbers.Leniency.POSSIBLE
        for match in phonenumbers.PhoneNumberMatcher(window, region, leniency=leniency, max_tries=50):
            if _is_torn(window, match.start, match.end) or not _is_plausible(
                match, region, is_called_phone, is_home
            ):
                continue
            # "(+49 30 7195046)": the matcher takes the bracket, the number does not own it.
            is_bracket_open = match.raw_string[0] == "(" and ")" not in match.raw_string
            found = (match.start + is_bracket_open, match.end)
            if best is None or (found[0], -found[1]) < (best[0], -best[1]):
                best = found
            break
    return best


def _is_torn(window: str, start: int, end: int) -> bool:
    """Tell whether a range is only a piece of a longer number: "37.0456115" is not "0456115"."""
    if start > 1 and window[start - 1] in _GLUE and window[start - 2].isdigit():
        return True
    return end + 1 < len(window) and window[end] in _GLUE and window[end + 1].isdigit()


def _is_plausible(
    match: phonenumbers.PhoneNumberMatch, region: str, is_called_phone: bool, is_home: bool
) -> bool:
    """Tell a phone number from another long number by how it is written and what is said before it."""
    raw = match.raw_string
    main = re.split(r"\s*(?:x|ext)", raw, maxsplit=1, flags=re.IGNORECASE)[0]
    digits = re.sub(r"\D", "", main)
    # Three, two and four digits are how a social security number is written, given out or not.
    if len(digits) < 7 or _SOCIAL_SECURITY.fullmatch(raw) or _is_date(raw) or _YEARS.fullmatch(raw):
        return False
    if raw.lstrip("(").startswith(("+", "＋")) or digits.startswith("00") or is_called_phone:
        return True
    if main == digits:
        return digits.startswith("0") and len(digits) > 9 and _is_mobile(match.number)
    if region == "US":
        # Three, three and four digits, with or without the country's 1; no area begins with 0 or 1.
        groups = re.findall(r"\d+", main)
        sizes = [len(group) for group in groups]
        return sizes[-3:] == [3, 3, 4] and len(groups) <= 4 and groups[-3][0] not in "01"
    if digits.startswith("0") and len(digits) >= 9:
        return True
    return is_home and phonenumbers.is_valid_number(match.number)


def _is_date(raw: str) -> bool:
    """Tell whether a date is all there is, or the beginning: "05.06.–17.02.2021" but not "01.02.03.04.05"."""
    found = _DATE.match(raw.lstrip("("))
    return found is not None and (found.end() == len(raw) or raw[found.end()] != found.group()[2:3])


def _is_mobile(number: phonenumbers.PhoneNumber) -> bool:
    return bool(phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE)

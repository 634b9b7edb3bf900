"""Finds phone numbers, and tells them from the other long numbers of ordinary copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers

from copydesk.checks.personal_data.labels import before, is_counted, is_in_web_address, is_version, label_of
from copydesk.checks.personal_data.phone_words import is_called

# Regions whose numbers are looked for whatever the locale says.
_REGIONS: Final = ("US", "GB", "DE")
# Seven digits or more with at most three signs between two of them.
_PHONE_LIKE: Final = re.compile(r"(?<![\w#$£€&])[+＋(]{0,2}\d(?:[ \u00a0\u2009\u202f().\-‐-–/]{0,3}\d){6,}")
_PHONE_WORDS: Final = re.compile(
    r"\b(?:call|calls|calling|ring|phone|phones|telephone|tel|text|mobile|cell|fax|whatsapp|dial|contact|reach|hotline|helpline|sms|landline"
    r"|ruf|rufen|anruf|anrufen|telefon|telefonisch|handy|mobil|mobilnummer|festnetz|fon|erreichen|erreichbar|erreichst|téléphone|tél|appelez"
    r"|teléfono|telefono|llame|móvil|chiamare|chiama|cellulare|telefoon|bel|telefone|ligue|telefonu?|zadzwoń|puhelin|ring|nummer|number"
    r"|rufnummer|telefonnummer|handynummer|faxnummer)\b",
    re.IGNORECASE,
)
_PHONE_LABELS: Final = re.compile(
    r"(?P<calls>(?<![a-zäöüß])te?l|phone|fon|mobil|cell|handy|fax|ruf|whatsapp|hotline|helpline|landline|festnetz|sms|durchwahl)"
    r"|contact|emergency|service|support|call"
)
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE: Final = re.compile(
    rf"(?<!\d)(?:{_DAY}([./-]){_MONTH}\1(?:19|20)?\d\d|{_MONTH}([/-]){_DAY}\2(?:19|20)?\d\d|(?:19|20)\d\d([./-]){_MONTH}\3{_DAY}"
    rf"|{_DAY} {_MONTH} (?:19|20)\d\d)(?!\d)|(?<!\d){_DAY}\.{_MONTH}\.\s?[-–]"
)
_YEARS: Final = re.compile(r"(?:(?:19|20)\d\d[ /–-]*)+(?:\d\d)?")
# "20240531" without signs, a round million, a row of fractions, a law of a year: words further off make them
# none to call.
_NO_NUMBER: Final = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|[1-9]\d{0,2}0{5,}|\d+(?:/\d+){3,}"
    r"|(?:19|20)\d\d/\d{3,5}|\d{1,2}\.\d{3}/(?:19|20)\d\d"
)
# A single digit between the groups, or at the end of four, is how books are numbered (ISBN).
_BOOK: Final = re.compile(r"\d+(?:[ -]\d+)*[ -]\d[ -]\d+[ -]\d+.*|\d{1,5}([ -])\d{1,7}\1\d{1,7}\1[\dX]")
_SOCIAL_SECURITY: Final = re.compile(r"\d{3}([-‐‑–\s]?)\d{2}\1\d{4}")
_MONEY_BEFORE: Final = re.compile(r"(?:[$£€₹]\s|(?:\b(?:EUR|USD|GBP|CHF|INR|PLN|SEK|DKK|Rs\.?)|/#)\s?)$")
# One point and four digits or more behind it: a measure or a place on the map.
_DECIMAL: Final = re.compile(r"(?:0|[1-9]\d{0,2})\.\d{4,}")
_LETTER: Final = re.compile(r"[A-Za-z]")
# At home in these regions all numbers begin with a zero or 44, or are divided as American ones are.
_PLAIN_HOMES: Final = frozenset({None, "US", "GB"})
# What a number that is not international and that nobody calls one begins with, or how it is divided.
_HEAD: Final = re.compile(r"(?<!\d)(?:0|44)")
_AMERICAN: Final = re.compile(r"\d{3}\D{1,4}\d{3}\D{1,4}\d{4}")
_COUNTRY: Final = re.compile(r"[(\[]?[+＋]\d{1,3}[)\]]?[\s.-]*(?:\d{1,3}[\s.-]*)?")
_EXTENSION: Final = re.compile(r"\s?(?:x|ext\.?|extension)\s?\d{1,6}\b", re.IGNORECASE)
_GLUE: Final = ".,:/-–"
_NEIGHBOURS: Final = 8
_MAX_DIGITS: Final = 15  # ITU-T E.164
_SHORTEST_ABROAD: Final = 10  # two zeros, the country, seven digits
# Fifteen digits that begin with a zero are a device's (IMEI): no number is so long in its own country.
_LONGEST_AT_HOME: Final = 14


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
        labelled = _PHONE_LABELS.search(label) if label else None
        if (label and not labelled and not _is_international(match.group())) or is_in_web_address(words):
            continue
        is_of_a_key = words.endswith("=")
        if is_of_a_key and not is_called(words, text, match.end()):
            continue
        if is_counted(text, match.end()) or _MONEY_BEFORE.search(words):
            continue
        # The matcher looks at the neighbours of a number: it gets some, never a megabyte.
        start = max(0, match.start() - _NEIGHBOURS)
        window = re.sub("[\u00a0\u2009\u202f=]", " ", text[start : match.end() + _NEIGHBOURS])
        is_labelled = labelled is not None and labelled["calls"] is not None
        is_called_phone = is_of_a_key or is_labelled or _PHONE_WORDS.search(words) is not None
        is_home_known = len(regions) > len(_REGIONS)
        place = None
        if is_called_phone or _may_hold_a_phone(window, regions[0] if is_home_known else None):
            place = _phone_in(window, regions, is_called_phone, is_home_known=is_home_known)
        if place and (is_called_phone or not (is_version(words) and "." in match.group())):
            yield _with_country(match, start + place[0]), start + place[1]
        elif len(re.sub(r"\D", "", match.group())) <= _MAX_DIGITS and is_called(words, text, match.end()):
            extension = _EXTENSION.match(text, match.end())
            yield match.start() + _unclosed(match.group()), extension.end() if extension else match.end()


def _regions(locale: str | None) -> tuple[str, ...]:
    """Return the regions to try, the locale's own first (and once more where it is one of the usual ones)."""
    tags = re.split("[-_]", locale or "")[1:]
    home = next((tag.upper() for tag in tags if len(tag) == 2 and tag.isalpha()), None)
    return (home, *_REGIONS) if home else _REGIONS


def _may_hold_a_phone(window: str, home: str | None) -> bool:
    """Tell whether a number that nobody calls one could pass for a phone number, without reading it."""
    if "+" in window or "＋" in window or _HEAD.search(window) or _AMERICAN.search(window):
        return True
    return home not in _PLAIN_HOMES


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
            found = (match.start + _unclosed(match.raw_string), match.end)
            if best is None or (found[0], -found[1]) < (best[0], -best[1]):
                best = found
            break
    return best


def _is_international(raw: str) -> bool:
    """Tell whether a number begins with a plus: whatever the words before it say, nothing else does."""
    return raw.lstrip("([").startswith(("+", "＋"))


def _with_country(match: re.Match[str], start: int) -> int:
    """Return where a number begins, with the country's code before what was read of it: "(+216) 0734…"."""
    head = match.group()[: start - match.start()]
    return match.start() + _unclosed(match.group()) if _COUNTRY.fullmatch(head) else start


def _unclosed(raw: str) -> int:
    """Count the brackets at the head of a number that it does not own: "(+49 30 7195046", "[(030) 123456"."""
    count = 0
    while raw[count] in "([" and any(raw.count(one, count) > raw.count(two) for one, two in ("()", "[]")):
        count += 1
    return count


def _is_torn(window: str, start: int, end: int) -> bool:
    """Tell whether a range is only a piece of something longer: "37.0456115" is not "0456115".

    Nor are the digits of "d7a93a71-9710-3730-632e" a number to call.
    """
    if _LETTER.match(window, start - 1) or (_LETTER.match(window, end) and not _EXTENSION.match(window, end)):
        return True
    if start > 1 and window[start - 1] in _GLUE and window[start - 2].isdigit():
        return True
    return end + 1 < len(window) and window[end] in _GLUE and window[end + 1].isdigit()


def _is_plausible(
    match: phonenumbers.PhoneNumberMatch, region: str, is_called_phone: bool, is_home: bool
) -> bool:
    """Tell a phone number from another long number by how it is written and what is said before it."""
    raw = match.raw_string
    main = re.split(r"\s*(?:x|ext)", raw[_unclosed(raw) :], maxsplit=1, flags=re.IGNORECASE)[0]
    digits = re.sub(r"\D", "", main)
    # Three, two and four digits are how a social security number is written, given out or not.
    if len(digits) < 7 or _SOCIAL_SECURITY.fullmatch(raw) or _is_date(raw) or _YEARS.fullmatch(main):
        return False
    if _NO_NUMBER.fullmatch(main):
        return False
    if _is_international(raw) or is_called_phone:
        return True
    # Behind the two zeros stands the code of a country, and none begins with a third.
    if main.startswith("00"):
        return digits[2] != "0" and len(digits) >= _SHORTEST_ABROAD
    if main == digits:
        return digits.startswith("0") and 9 < len(digits) < _LONGEST_AT_HOME and _is_mobile(match.number)
    if _DECIMAL.fullmatch(main) or _BOOK.fullmatch(main):
        return False
    if region == "US":
        # Three, three and four digits, with or without the country's 1; no area begins with 0 or 1.
        groups = re.findall(r"\d+", main)
        sizes = [len(group) for group in groups]
        return sizes[-3:] == [3, 3, 4] and len(groups) <= 4 and groups[-3][0] not in "01"
    if digits.startswith("0") and len(digits) >= 9:
        return True
    return is_home and _is_written_as_at_home(main, region)


def _is_written_as_at_home(main: str, region: str) -> bool:
    """Tell whether a number that nobody calls one is valid in its country and divided as it is there.

    Where numbers begin with a zero at home (Germany, France), one without it is something else.
    """
    groups = re.split(r"[ \u00a0]", main)
    is_even = len(groups) > 1 and len({len(group) for group in groups}) == 1 and all(map(str.isdigit, groups))
    leniency = phonenumbers.Leniency.VALID if is_even else phonenumbers.Leniency.STRICT_GROUPING
    return any(phonenumbers.PhoneNumberMatcher(main, region, leniency=leniency))


def _is_date(raw: str) -> bool:
    """Tell whether a date is all there is, or the beginning: "05.06.–17.02.2021" but not "01.02.03.04.05"."""
    found = _DATE.match(raw.lstrip("("))
    return found is not None and (found.end() == len(raw) or raw[found.end()] != found.group()[2:3])


def _is_mobile(number: phonenumbers.PhoneNumber) -> bool:
    return bool(phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE)

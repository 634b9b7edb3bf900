"""The formats of JSON Schema that are held to: dates, addresses, links. Other names only describe.

All run on RE2, for the texts come from a model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

import re2
from jsonschema import FormatChecker

MAX_HOST_CHARS: Final = 253
MAX_LABEL_CHARS: Final = 63

_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = (
    r"(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<off_hour>[01][0-9]|2[0-3]):(?P<off_minute>[0-5][0-9]))"
)
_DURATION_TIME: Final = r"T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)"
_DURATION: Final = (
    rf"P(?:[0-9]+W|(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)(?:{_DURATION_TIME})?"
    rf"|{_DURATION_TIME})"
)
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_WIDE: Final = r"\x{a0}-\x{d7ff}\x{f900}-\x{fdcf}\x{fdf0}-\x{ffef}\x{10000}-\x{efffd}"
_QUOTED: Final = r'"(?:[ !#-\[\]-~]|\\[ -~])*"'
_UNRESERVED: Final = r"A-Za-z0-9._~\-"
_SUB_DELIMS: Final = r"!$&'()*+,;="
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}"
_POINTER: Final = r"(?:/(?:[^~/]|~[01])*)*"
_TEMPLATE_NAME: Final = rf"(?:[A-Za-z0-9_]|{_ESCAPED})(?:\.?(?:[A-Za-z0-9_]|{_ESCAPED}))*"
_TEMPLATE_NAMES: Final = rf"{_TEMPLATE_NAME}(?::[1-9][0-9]{{0,3}}|\*)?"


def _whole(pattern: str) -> Callable[[str], re.Match[str] | None]:
    options = re2.Options()
    options.log_errors = False
    matcher: Callable[[str], re.Match[str] | None] = re2.compile(rf"(?s:{pattern})", options).fullmatch
    return matcher


def _reference(wide: str) -> tuple[str, str]:
    """Return the patterns of an absolute address and of what may stand for one beside it.

    Args:
        wide: characters beyond ASCII that are taken, as inside a class of RE2.

    Source: RFC 3986, appendix A; with wide characters RFC 3987, 2.2.
    """
    path_char = rf"(?:[{_UNRESERVED}{wide}{_SUB_DELIMS}:@]|{_ESCAPED})"
    no_colon = rf"(?:[{_UNRESERVED}{wide}{_SUB_DELIMS}@]|{_ESCAPED})"
    name_char = rf"(?:[{_UNRESERVED}{wide}{_SUB_DELIMS}]|{_ESCAPED})"
    bracketed = rf"\[(?:[0-9A-Fa-f:.]+|[Vv][0-9A-Fa-f]+\.[{_UNRESERVED}{_SUB_DELIMS}:]+)\]"
    user = rf"(?:[{_UNRESERVED}{wide}{_SUB_DELIMS}:]|{_ESCAPED})*@"
    authority = rf"(?:{user})?(?:{bracketed}|{name_char}*)(?::[0-9]*)?"
    tail = rf"(?:\?(?:{path_char}|[/?])*)?(?:#(?:{path_char}|[/?])*)?"
    rooted = rf"//{authority}(?:/{path_char}*)*|/(?:{path_char}+(?:/{path_char}*)*)?"
    absolute = rf"[A-Za-z][A-Za-z0-9+.\-]*:(?:{rooted}|{path_char}+(?:/{path_char}*)*|){tail}"
    relative = rf"(?:{rooted}|{no_colon}+(?:/{path_char}*)*|){tail}"
    return absolute, rf"{absolute}|{relative}"


_URI, _URI_REFERENCE = (_whole(pattern) for pattern in _reference(""))
_IRI, _IRI_REFERENCE = (_whole(pattern) for pattern in _reference(_WIDE))
_IS_DATE, _IS_TIME = _whole(_DATE), _whole(_TIME)
_LOCAL: Final = _whole(rf"{_ATOM}+(?:\.{_ATOM}+)*|{_QUOTED}")
_WIDE_LOCAL: Final = _whole(rf"(?:{_ATOM}|[{_WIDE}])+(?:\.(?:{_ATOM}|[{_WIDE}])+)*|{_QUOTED}")
_LABEL: Final = _whole(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_WIDE_DOMAIN: Final = _whole(rf"[A-Za-z0-9.{_WIDE}-]+")
_BRACKETS: Final = re.compile(r"\[([^\]]*)\]")


def is_date(value: str) -> bool:
    """Tell whether a text is a day such as "2026-11-22" (RFC 3339, full-date)."""
    if not _IS_DATE(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_time(value: str) -> bool:
    """Tell whether a text is a time with its zone (RFC 3339, full-time); a leap second ends a day of UTC."""
    match = _IS_TIME(value)
    if not match:
        return False
    if match["second"] != "60":
        return True
    away = timedelta(hours=int(match["off_hour"] or 0), minutes=int(match["off_minute"] or 0))
    zone = timezone(-away if match["sign"] == "-" else away)
    local = datetime(2000, 6, 15, int(match["hour"]), int(match["minute"]), tzinfo=zone).astimezone(UTC)
    return (local.hour, local.minute) == (23, 59)


def is_date_time(value: str) -> bool:
    """Tell whether a text is a day and a time of it (RFC 3339, date-time)."""
    return value[10:11] in ("T", "t") and is_date(value[:10]) and is_time(value[11:])


def is_host(value: str) -> bool:
    """Tell whether a text is the name of a host (RFC 1123, 2.1); encoded labels must decode."""
    labels = value.split(".")
    return len(value) <= MAX_HOST_CHARS and all(_is_label(label) for label in labels)


def is_email(value: str) -> bool:
    """Tell whether a text is an e-mail address (RFC 5321, 4.1.2, Mailbox)."""
    local, at, domain = value.rpartition("@")
    return bool(at and _LOCAL(local)) and (_is_literal(domain) or is_host(domain))


def is_wide_email(value: str) -> bool:
    """Tell whether a text is an e-mail address in any script (RFC 6531)."""
    local, at, domain = value.rpartition("@")
    return bool(at and _WIDE_LOCAL(local) and (_is_literal(domain) or _WIDE_DOMAIN(domain)))


def is_ipv4(value: str) -> bool:
    """Tell whether a text is an address of IPv4 (RFC 2673, 3.2)."""
    try:
        IPv4Address(value)
    except AddressValueError:
        return False
    return value.isascii()


def is_ipv6(value: str) -> bool:
    """Tell whether a text is an address of IPv6 without a zone (RFC 4291, 2.2)."""
    try:
        IPv6Address(value)
    except AddressValueError:
        return False
    return value.isascii() and "%" not in value


def _is_address(matches: Callable[[str], re.Match[str] | None]) -> Callable[[str], bool]:
    def is_address(value: str) -> bool:
        if not matches(value):
            return False
        bracketed = _BRACKETS.search(value)
        return not bracketed or bracketed[1][:1] in "Vv" or is_ipv6(bracketed[1])

    return is_address


def _matches(pattern: str) -> Callable[[str], bool]:
    whole = _whole(pattern)
    return lambda value: whole(value) is not None


def _is_label(label: str) -> bool:
    if len(label) > MAX_LABEL_CHARS or not _LABEL(label):
        return False
    if label[2:4] != "--":
        return True
    if label[:4].lower() != "xn--":
        return False
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        return False
    return not decoded.isascii()


def _is_literal(domain: str) -> bool:
    if not (domain.startswith("[") and domain.endswith("]")):
        return False
    inner = domain[1:-1]
    return is_ipv6(inner[5:]) if inner[:5].lower() == "ipv6:" else is_ipv4(inner)


_FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "date": is_date,
    "time": is_time,
    "date-time": is_date_time,
    "duration": _matches(_DURATION),
    "email": is_email,
    "idn-email": is_wide_email,
    "hostname": is_host,
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
    "uri": _is_address(_URI),
    "uri-reference": _is_address(_URI_REFERENCE),
    "iri": _is_address(_IRI),
    "iri-reference": _is_address(_IRI_REFERENCE),
    "uri-template": _matches(
        rf"(?:[^\x00-\x20\"'%<>\\^`{{|}}\x7f]|{_ESCAPED}"
        rf"|\{{[+#./;?&=,!@|]?{_TEMPLATE_NAMES}(?:,{_TEMPLATE_NAMES})*\}})*"
    ),
    "uuid": _matches(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    "json-pointer": _matches(_POINTER),
    "relative-json-pointer": _matches(rf"(?:0|[1-9][0-9]*)(?:[+-](?:0|[1-9][0-9]*))?(?:#|{_POINTER})"),
}


def format_checker() -> FormatChecker:
    """Return what holds texts to the known formats; values that are no texts fit any.

    Source: JSON Schema Draft 2020-12, Validation, 7.3; the vocabulary "format-assertion".
    """
    checker = FormatChecker(formats=())
    for name, fits in _FORMATS.items():
        checker.checks(name)(_of_texts(fits))
    return checker


def _of_texts(fits: Callable[[str], bool]) -> Callable[[object], bool]:
    # Half a character can't be given to RE2, and stands in none of the formats' texts.
    return lambda value: not isinstance(value, str) or (_is_encodable(value) and fits(value))


def _is_encodable(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)

"""What the words around a long number say it is: an order, a version, a telephone, a card."""

from __future__ import annotations

import re
from typing import Final

_CONTEXT_CHARS: Final = 48
# "order number", "Rechnung Nr.", "customer-ID", "Bestellnummer": the word that says whose number it is.
_LABEL: Final = re.compile(
    r"(?:(?P<joined>[^\W\d_]+?)(?:nummern?|nr|number)"
    r"|(?P<apart>[^\W\d_]+)[ .\-/_]{1,2}(?:numbers?|nummern?|num|no|nr|nos|id|ids|code|codes|ref|key))"
    r"(?![^\W_])\.?\)?(?:\s+(?:is|was|lautet|ist|war|are))?[\s:#=\"“„'\[(]*(?:[A-Z]{1,3}|(?-i:[A-Z]{2})\s)?$",
    re.IGNORECASE,
)
# Words before "number" that do not say what it is a number of.
_SAYS_NOTHING: Final = frozenset(
    (
        *(
            "my",
            "your",
            "our",
            "his",
            "her",
            "their",
            "the",
            "this",
            "that",
            "a",
            "an",
            "new",
            "old",
            "same",
            "and",
            "or",
            "with",
        ),
        *(
            "full",
            "correct",
            "valid",
            "wrong",
            "following",
            "dear",
            "enter",
            "under",
            "by",
            "at",
            "of",
            "from",
            "use",
            "file",
        ),
        *(
            "meine",
            "meiner",
            "deine",
            "deiner",
            "ihre",
            "ihrer",
            "seine",
            "unsere",
            "unserer",
            "unter",
            "die",
            "der",
            "dieser",
        ),
        *(
            "diese",
            "eine",
            "einer",
            "neue",
            "neuen",
            "neuer",
            "und",
            "oder",
            "mit",
            "per",
            "national",
            "personal",
            "identity",
        ),
        *(
            "international",
            "registration",
            "identification",
            "is",
            "ist",
            "with",
            "private",
            "business",
            "work",
            "home",
            "contact",
        ),
        *(
            "other",
            "second",
            "secondary",
            "main",
            "primary",
            "previous",
            "current",
            "alternative",
            "direct",
            "daytime",
            "evening",
            "office",
            "local",
            "updated",
            "s",  # "my wife's number"
        ),
    )
)
# "Meine alte Nummer", "der angegebenen Nummer": German writes no noun small, no adjective without its end.
_ADJECTIVE: Final = re.compile(
    r"[a-zäöüß]+e|[a-zäöüß]*(?:lich|ig|isch|iv|end|te|ell|ander|alt|privat|eigen|falsch)(?:en|er|em)"
)
# Things that carry a number of their own, without the word "number": "Order 12345678", "SKU 464-61-8609".
_ITEM: Final = re.compile(
    r"(?<!\w)(?:orders?|tracking|parcel|shipment|references?|ref|invoice|articles?|art|items?|product|model|part|parts|sku|ean|isbn(?:-1[03])?"
    r"|gtin|upc|asin|pzn|oem|serial|batch|lot|booking|voucher|coupon|gutschein|tickets?|case|policy|contract|transaction|reservation|confirmation"
    r"|flight|cat|catalogue|catalog|code|p/n|s/n|fedex|ups|dhl|usps|dpd|gls|hermes|bestellung|auftrag|artikel|sendung|paket|rechnung|modell"
    r"|vertrag|reservierung|buchung|vorgang|aktenzeichen|(?-i:Charge)(?=:)|teil|ersatzteil|commit|hrb|hra|vat|ust-idnr|steuernummer|iban|bic|doi|issn|pmid"
    r"|patent|din|iso|ikea|colou?r|farbe|bestellnr|artikelnr|art\.-nr|best\.-nr|imei|iccid|duns|d-u-n-s|abn|acn|siren|siret|blz|bankleitzahl"
    r"|zip|plz|licen[cs]e|\w*schlüssel|gift card"
    r"|geschenkkarte|rma|membership|barcode|strichcode|arxiv|oclc|(?-i:EIN|PO))"
    r"[\s.:#\[(]*\s?#?$",
    re.IGNORECASE,
)
# The key of a value in JSON or in a form: {"id": 123}, orderId=123.
_KEY: Final = re.compile(
    r"(?<![^\W_])(id|ID|uuid|guid|sku|ts|timestamp|created|updated|seq|hash|token|key|[a-z]+(?:Id|ID|No|Nr|Code|Ref|Key|At))"
    r"(?:[\"']\s*:|\s?=)\s*[\"']?$"
)
_VERSION: Final = re.compile(
    r"(?:(?<!\w)(?:version|firmware|release|build|v|ver|software|update|upgrade|patch|app|driver|treiber|kernel|sdk|api|section|sections|sect"
    r"|chapter|kapitel|abschnitt|ziffer|punkt|paragraph|absatz|clause|step|figure|abbildung|table|tabelle|appendix|anhang|rule|page|see|nr|no"
    r"|windows|macos|ios|android|linux|chrome|firefox|safari|edge|office|python|java|node|php|mysql|postgresql|debian|ubuntu|fedora)|§)"
    r"(?:\s(?:to|from|is|auf|von|ist))?[\s.:/]*$",
    re.IGNORECASE,
)
# What is counted or measured is no number to call: "911 371 7943 steps".
_UNIT_AFTER: Final = re.compile(
    r"\s?(?:%|€|\$|£|¥|(?:eur|euros?|usd|gbp|chf|kr|zł|dollars?|pounds?|mm|cm|m|km|mi|miles|kg|g|lbs?|ml|l|w|kw|kwh|v|hz|mb|gb|tb|px|pixels?|metres?|meters?"
    r"|steps|people|users|customers|members|views|visitors|visits|downloads|times|units|copies|followers|reviews|votes|hours|days|years|percent"
    r"|prozent|kunden|kundinnen|mal|stück|menschen|nutzer|besucher|schritte|stunden|tage|jahre|meter|millimeter|kilometer|liter)(?!\w))",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"(?:://|(?<!\w)www\.|\.[a-z]{2,12}/)\S*$", re.IGNORECASE)


def before(text: str, start: int) -> str:
    """Return what stands shortly before a place."""
    return text[max(0, start - _CONTEXT_CHARS) : start]


def label_of(words: str) -> str | None:
    """Return what the words right before a number say it is a number of, None when they do not say.

    Args:
        words: the text before the number, as `before` gives it.

    Returns:
        The label in lower case: "order" for "Order number", "telefon" for "Telefonnummer:".
    """
    found = _LABEL.search(words)
    if found:
        label = found["joined"] or found["apart"]
        is_german = found["apart"] and found.group().lower().startswith("nummer", len(label) + 1)
        if is_german and _ADJECTIVE.fullmatch(label):
            return None
        return None if label.lower() in _SAYS_NOTHING else label.lower()
    key = _KEY.search(words)
    if key:
        return key.group(1).lower()
    item = _ITEM.search(words)
    return item.group().strip(" .:#[(").lower() if item else None


def is_version(words: str) -> bool:
    """Tell whether the words right before a dotted number say that it is a version or a section."""
    return _VERSION.search(words) is not None


def is_counted(text: str, end: int) -> bool:
    """Tell whether a unit or what is counted follows a number."""
    return _UNIT_AFTER.match(text, end) is not None


def is_in_web_address(words: str) -> bool:
    """Tell whether the words before a place end in the middle of a web address."""
    return _ADDRESS.search(words) is not None

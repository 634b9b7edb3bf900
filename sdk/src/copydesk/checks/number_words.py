"""The words of the number grammar: numerals, scales, units and currencies in English and German."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_EN_SMALL: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_EN_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DE_SMALL: Final = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn"
).split()
_DE_TENS: Final = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()


def _english() -> dict[str, int]:
    words = {word: value for value, word in enumerate(_EN_SMALL)}
    words |= {word: 20 + 10 * index for index, word in enumerate(_EN_TENS)}
    tens = list(words.items())[20:]
    words |= {
        f"{ten}{gap}{_EN_SMALL[one]}": value + one
        for ten, value in tens
        for one in range(1, 10)
        for gap in ("-", " ")
    }
    return words | {"dozen": 12, "a dozen": 12}


def _german() -> dict[str, int]:
    words = {word: value for value, word in enumerate(_DE_SMALL) if value != 1}
    words |= {"eins": 1, "einem": 1, "einen": 1, "einer": 1, "eine": 1, "ein": 1}
    for index, ten in enumerate(_DE_TENS):
        words[ten] = 20 + 10 * index
        words |= {f"{_DE_SMALL[one]}und{ten}": 20 + 10 * index + one for one in range(1, 10)}
    hundreds = {f"{_DE_SMALL[one]}hundert": 100 * one for one in range(1, 10)}
    return words | hundreds


NUMERALS: Final[dict[str, dict[str, int]]] = {"en": _english(), "de": _german()}
ALL_NUMERALS: Final = frozenset(NUMERALS["en"]) | frozenset(NUMERALS["de"])
HUNDREDS: Final = {"en": "hundred", "de": "hundert"}

SCALES: Final[dict[str, int]] = {
    "k": 10**3, "thousand": 10**3, "tsd.": 10**3, "tausend": 10**3,
    "million": 10**6, "millions": 10**6, "mio.": 10**6, "mio": 10**6, "millionen": 10**6,
    "bn": 10**9, "billion": 10**9, "mrd.": 10**9, "mrd": 10**9, "milliarden": 10**9,
}  # fmt: skip
MONEY_SCALES: Final[dict[str, int]] = SCALES | {"m": 10**6}

SYMBOLS: Final[dict[str, str]] = {"us$": "USD", "£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY"}
CODES: Final = ("gbp", "usd", "eur", "chf", "jpy", "cad", "aud", "sek", "nok", "dkk", "pln", "nzd")
# Currency words with the size of their unit; the territory decides between pence of sterling and others.
CURRENCY_WORDS: Final[dict[str, tuple[str, Decimal]]] = {
    "pounds": ("GBP", Decimal(1)), "pound": ("GBP", Decimal(1)), "pounds sterling": ("GBP", Decimal(1)),
    "quid": ("GBP", Decimal(1)), "pence": ("GBP", Decimal("0.01")), "p": ("GBP", Decimal("0.01")),
    "dollars": ("USD", Decimal(1)), "dollar": ("USD", Decimal(1)), "bucks": ("USD", Decimal(1)),
    "cents": ("USD", Decimal("0.01")), "cent": ("USD", Decimal("0.01")),
    "euros": ("EUR", Decimal(1)), "euro": ("EUR", Decimal(1)),
}  # fmt: skip
PERCENT_WORDS: Final = ("%", "percent", "per cent", "pct", "prozent")

# alias -> (canonical unit, dimension, factor to the dimension's base)
_DURATIONS: Final[dict[str, tuple[str, str, str, str]]] = {
    "minute": ("minutes minute mins min minuten", "time", "1", ""),
    "hour": ("hours hour hrs hr h stunden stunde std", "time", "60", ""),
    "day": ("days day tage tagen tag", "time", "1440", ""),
    "working_day": ("weekdays weekday werktage werktagen werktag arbeitstage arbeitstagen arbeitstag",
                    "working_day", "1", "working days|working day|business days|business day"),
    "week": ("weeks week wks wochen woche", "time", "10080", ""),
    "month": ("months month mths monate monaten monat", "calendar", "1", ""),
    "year": ("years year yrs yr jahre jahren jahr", "calendar", "12", ""),
}  # fmt: skip
_MEASURES: Final[dict[str, tuple[str, str, str, str]]] = {
    "gram": ("g gram grams gramme grammes gramm", "mass", "1", ""),
    "kilogram": ("kg kgs kilo kilos kilogram kilograms kilogramm", "mass", "1000", ""),
    "ounce": ("oz ounce ounces unze unzen", "mass", "28.349523125", ""),
    "pound_mass": ("lb lbs", "mass", "453.59237", ""),
    "millilitre": ("ml millilitre millilitres milliliter milliliters", "volume", "1", ""),
    "litre": ("l ltr litre litres liter liters litern", "volume", "1000", ""),
    "millimetre": ("mm millimetre millimetres millimeter millimeters", "length", "1", ""),
    "centimetre": ("cm centimetre centimetres centimeter centimeters", "length", "10", ""),
    "metre": ("m metre metres meter meters metern", "length", "1000", ""),
    "kilometre": ("km kms kilometre kilometres kilometer kilometers kilometern", "length", "1000000", ""),
    "inch": ("in inch inches zoll", "length", "25.4", ""),
    "foot": ("ft foot feet", "length", "304.8", ""),
    "mile": ("mile miles meile meilen", "length", "1609344", ""),
    "celsius": ("°c celsius", "celsius", "1", "° c|degrees celsius|degrees c|grad celsius|grad"),
    "fahrenheit": ("°f fahrenheit", "fahrenheit", "1", "° f|degrees fahrenheit|degrees f"),
    "watt": ("w watt watts", "power", "1", ""),
    "lumen": ("lm lumen lumens", "light", "1", ""),
    "kilowatt_hour": ("kwh", "energy", "1000", ""),
    "watt_hour": ("wh", "energy", "1", ""),
    "milliampere_hour": ("mah", "charge", "1", ""),
    "gigabyte": ("gb gigabyte gigabytes", "data", "1000", ""),
    "megabyte": ("mb megabyte megabytes", "data", "1", ""),
    "calorie": ("kcal calories calorie kalorien", "food_energy", "1", ""),
}  # fmt: skip


def _table(source: dict[str, tuple[str, str, str, str]]) -> dict[str, tuple[str, str, Decimal]]:
    table = {}
    for unit, (words, dimension, factor, phrases) in source.items():
        for alias in [*words.split(), *filter(None, phrases.split("|")), unit, unit.replace("_", " ")]:
            table[alias] = (unit, dimension, Decimal(factor))
    return table


DURATIONS: Final = _table(_DURATIONS)
MEASURES: Final = _table(_MEASURES)
UNIT_NAMES: Final = DURATIONS | MEASURES
DURATION_UNITS: Final = frozenset(_DURATIONS)
# The words a unit is written with when a suggestion needs another unit than the text has.
UNIT_WORDS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "en": {
        "minute": ("minute", "minutes"), "hour": ("hour", "hours"), "day": ("day", "days"),
        "working_day": ("working day", "working days"), "week": ("week", "weeks"),
        "month": ("month", "months"), "year": ("year", "years"),
    },
    "de": {
        "minute": ("Minute", "Minuten"), "hour": ("Stunde", "Stunden"), "day": ("Tag", "Tage"),
        "working_day": ("Werktag", "Werktage"), "week": ("Woche", "Wochen"),
        "month": ("Monat", "Monate"), "year": ("Jahr", "Jahre"),
    },
}  # fmt: skip
RANGE_WORDS: Final = {"en": ("to", "through", "or"), "de": ("bis", "oder")}

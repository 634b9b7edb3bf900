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
    words |= hundreds | {"dutzend": 12}
    return words | {word.replace("ß", "ss"): value for word, value in words.items()}


NUMERALS: Final[dict[str, dict[str, int]]] = {"en": _english(), "de": _german()}
ALL_NUMERALS: Final = frozenset(NUMERALS["en"]) | frozenset(NUMERALS["de"])
# Written numbers that are not whole; "half" and "quarter" are one only before "a" ("half an hour").
FRACTIONS: Final[dict[str, dict[str, Decimal]]] = {
    "en": {"half": Decimal("0.5")},
    "de": {"halbe": Decimal("0.5"), "halben": Decimal("0.5"), "halber": Decimal("0.5"),
           "halbes": Decimal("0.5"), "anderthalb": Decimal("1.5"), "viertel": Decimal("0.25"),
           "dreiviertel": Decimal("0.75")}
    | {f"{word}einhalb": n + Decimal("0.5") for n, word in enumerate(_DE_SMALL) if 0 < n <= 12},
}  # fmt: skip
SIGNS: Final = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "⅛": Decimal("0.125"),
                "⅜": Decimal("0.375"), "⅝": Decimal("0.625"), "⅞": Decimal("0.875")}  # fmt: skip
DOZENS: Final = {"en": "dozen", "de": "dutzend"}
# "In an hour", "within a week": the units before which an article counts.
SINGLE_UNITS: Final = {
    "en": ("a minute", "an hour", "a day", "a week", "a fortnight", "a month", "a year", "a decade"),
    "de": (),
}
HUNDREDS: Final = {"en": "hundred", "de": "hundert"}
# What stands between a number of quarters and what they are of ("three quarters of an hour").
QUARTERS: Final = {"en": "quarters", "de": "viertel"}
# What a number of these is of is no count of it ("two thirds of the guests").
PARTS: Final = {
    "en": ("third", "thirds", "quarter", "quarters", "fifth", "fifths", "tenth", "tenths"),
    "de": ("drittel", "viertel", "fünftel", "zehntel"),
}
POINTS: Final = {"en": "point", "de": "komma"}
# Parts of an hour in one word, as German counts them ("drei Viertelstunden").
PART_UNITS: Final[dict[str, tuple[str, Decimal]]] = {
    f"{part}stunde{ending}": ("hour", share)
    for part, share in (("viertel", Decimal("0.25")), ("dreiviertel", Decimal("0.75")))
    for ending in ("", "n")
}
# Round numbers before these are figures of speech ("a thousand thanks", "tausend Dank").
POLITE: Final = {
    "en": ("thanks", "thank", "apologies", "pardons", "kisses", "hugs", "welcomes"),
    "de": ("dank", "küsse", "küsschen", "grüße", "grüsse"),
}
# German writes what belongs to them in one word; English puts an article before them.
THOUSANDS: Final[dict[str, dict[str, int]]] = {
    "en": {"thousand": 10**3, "million": 10**6, "billion": 10**9},
    "de": {"tausend": 10**3},
}

SCALES: Final[dict[str, int]] = {
    "k": 10**3, "thousand": 10**3, "tsd.": 10**3, "tausend": 10**3,
    "million": 10**6, "millions": 10**6, "mio.": 10**6, "mio": 10**6, "millionen": 10**6,
    "bn": 10**9, "billion": 10**9, "mrd.": 10**9, "mrd": 10**9, "milliarden": 10**9,
}  # fmt: skip
MONEY_SCALES: Final[dict[str, int]] = SCALES | {"m": 10**6}

SYMBOLS: Final[dict[str, str]] = {
    "us$": "USD", "£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY", "₹": "INR", "a$": "AUD", "au$": "AUD",
    "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD",
}  # fmt: skip
CODES: Final = ("gbp", "usd", "eur", "chf", "jpy", "cad", "aud", "sek", "nok", "dkk", "pln", "nzd", "inr",
                "hkd", "sgd")  # fmt: skip
# Currency words with the size of their unit; the territory decides between pence of sterling and others.
CURRENCY_WORDS: Final[dict[str, tuple[str, Decimal]]] = {
    "pounds": ("GBP", Decimal(1)), "pound": ("GBP", Decimal(1)), "pounds sterling": ("GBP", Decimal(1)),
    "quid": ("GBP", Decimal(1)), "pence": ("GBP", Decimal("0.01")), "p": ("GBP", Decimal("0.01")),
    "dollars": ("USD", Decimal(1)), "dollar": ("USD", Decimal(1)), "bucks": ("USD", Decimal(1)),
    "cents": ("USD", Decimal("0.01")), "cent": ("USD", Decimal("0.01")),
    "euros": ("EUR", Decimal(1)), "euro": ("EUR", Decimal(1)),
    "franken": ("CHF", Decimal(1)), "rappen": ("CHF", Decimal("0.01")), "yen": ("JPY", Decimal(1)),
    "rupees": ("INR", Decimal(1)), "rupee": ("INR", Decimal(1)),
    "ct": ("USD", Decimal("0.01")), "zł": ("PLN", Decimal(1)),
} | {
    f"{country}{gap}{money}": (code, Decimal(1))
    for code, country, moneys in (
        ("USD", "us", "dollar dollars"), ("USD", "american", "dollar dollars"),
        ("CAD", "canadian", "dollar dollars"), ("AUD", "australian", "dollar dollars"),
        ("NZD", "new zealand", "dollar dollars"), ("CHF", "swiss", "franc francs"),
        ("GBP", "british", "pound pounds"), ("CHF", "schweizer", "franken"),
        ("USD", "amerikanische", "dollar"), ("USD", "amerikanischen", "dollar"),
        ("CAD", "kanadische", "dollar"), ("CAD", "kanadischen", "dollar"), ("GBP", "britische", "pfund"),
        ("GBP", "britischen", "pfund"), ("SEK", "swedish", "krona kronor"),
        ("NOK", "norwegian", "krone kroner"), ("DKK", "danish", "krone kroner"),
        ("PLN", "polish", "zloty zlotys"), ("SEK", "schwedische", "kronen"),
        ("DKK", "dänische", "kronen"), ("NOK", "norwegische", "kronen"),
    )
    for money in moneys.split()
    for gap in (" ", "-")
}  # fmt: skip
# As German makes adjectives of numbers: "30-tägiges Rückgaberecht", "dreijährige Garantie".
_ADJECTIVES: Final = {
    "sekündig": "second", "minütig": "minute", "stündig": "hour", "tägig": "day", "wöchig": "week",
    "monatig": "month", "jährig": "year",
}  # fmt: skip
_ADJECTIVE_ENDINGS: Final = ("", "e", "en", "er", "es", "em")
ADJECTIVE_STEMS: Final = tuple(_ADJECTIVES)
# In one word up to a dozen: higher ones are written in digits.
ADJECTIVES: Final = frozenset(
    f"{number}{stem}{ending}"
    for number in _DE_SMALL[1:13]
    for stem in _ADJECTIVES
    for ending in _ADJECTIVE_ENDINGS
)
PERCENT_WORDS: Final = (
    "%", "percent", "per cent", "pct", "prozent", *(f"prozentig{ending}" for ending in _ADJECTIVE_ENDINGS)
)  # fmt: skip

# alias -> (canonical unit, dimension, factor to the dimension's base)
_DURATIONS: Final[dict[str, tuple[str, str, str, str]]] = {
    # "Second" alone is an ordinal more often.
    "second": ("seconds secs sec sekunden sekunde", "time", "1", ""),
    "minute": ("minutes minute mins min minuten", "time", "60", ""),
    "hour": ("hours hour hrs hr h stunden stunde std", "time", "3600", ""),
    "day": ("days day tage tagen tag", "time", "86400", ""),
    "working_day": ("weekdays weekday werktage werktagen werktag arbeitstage arbeitstagen arbeitstag",
                    "working_day", "1", "working days|working day|business days|business day"),
    "week": ("weeks week wks wochen woche", "time", "604800", ""),
    "fortnight": ("fortnights fortnight", "time", "1209600", ""),
    "month": ("months month mths mos monate monaten monat", "calendar", "1", ""),
    "year": ("years year yrs yr jahre jahren jahr", "calendar", "12", ""),
    "decade": ("decades decade jahrzehnte jahrzehnten jahrzehnt", "calendar", "120", ""),
}  # fmt: skip
_MEASURES: Final[dict[str, tuple[str, str, str, str]]] = {
    "milligram": ("mg milligram milligrams milligramm", "mass", "0.001", ""),
    "gram": ("g gram grams gramme grammes gramm", "mass", "1", ""),
    "kilogram": ("kg kgs kilo kilos kilogram kilograms kilogramm", "mass", "1000", ""),
    "tonne": ("tonne tonnes tonnen", "mass", "1000000", "metric tons|metric ton"),
    # Short, long or metric, and gallons of America or Britain: the word does not say.
    "ton": ("ton tons", "ton", "1", ""),
    "gallon": ("gal gallon gallons gallone gallonen", "gallon", "1", ""),
    "ounce": ("oz ounce ounces unze unzen", "mass", "28.349523125", ""),
    "pound_mass": ("lb lbs", "mass", "453.59237", ""),
    "centilitre": ("cl centilitre centilitres centiliter centiliters", "volume", "10", ""),
    "millilitre": ("ml millilitre millilitres milliliter milliliters", "volume", "1", ""),
    "litre": ("l ltr litre litres liter liters litern", "volume", "1000", ""),
    "millimetre": ("mm millimetre millimetres millimeter millimeters", "length", "1", ""),
    "centimetre": ("cm centimetre centimetres centimeter centimeters zentimeter zentimetern",
                   "length", "10", ""),
    "metre": ("m metre metres meter meters metern", "length", "1000", ""),
    "kilometre": ("km kms kilometre kilometres kilometer kilometers kilometern", "length", "1000000", ""),
    "inch": ("in inch inches zoll", "length", "25.4", ""),
    "yard": ("yd yds yard yards", "length", "914.4", ""),
    "foot": ("ft foot feet fuß fuss", "length", "304.8", ""),
    "mile": ("mi mile miles meile meilen", "length", "1609344", ""),
    "square_metre": ("sqm m² m2 m^2 qm quadratmeter quadratmetern", "area", "1",
                     "sq m|sq. m|square metres|square metre|square meters|square meter"),
    "square_kilometre": ("km² km2 km^2 quadratkilometer quadratkilometern", "area", "1000000",
                         "sq km|square kilometres|square kilometre|square kilometers|square kilometer"),
    "square_foot": ("sqft ft² ft2", "area", "0.09290304", "sq ft|sq. ft|square feet|square foot"),
    "square_mile": ("mi²", "area", "2589988.110336", "sq mi|square miles|square mile"),
    "hectare": ("ha hectare hectares hektar", "area", "10000", ""),
    "acre": ("acre acres", "area", "4046.8564224", ""),
    "cubic_metre": ("m³ m3 m^3 cbm kubikmeter kubikmetern", "volume", "1000000",
                    "cubic metres|cubic metre|cubic meters|cubic meter|cu m"),
    "cubic_centimetre": ("cm³ cm3 cm^3 ccm kubikzentimeter", "volume", "1",
                         "cubic centimetres|cubic centimetre|cubic centimeters|cubic centimeter"),
    "kilometre_per_hour": ("km/h km/hr kmh kmph kph", "speed", "1",
                           "kilometres per hour|kilometers per hour|kilometres an hour|kilometers an hour"
                           "|kilometer pro stunde|km pro stunde|stundenkilometer|stundenkilometern"),
    "mile_per_hour": ("mph mi/h", "speed", "1.609344",
                      "miles per hour|miles an hour|meilen pro stunde"),
    "celsius": ("°c celsius", "celsius", "1", "° c|degrees celsius|degrees c|grad celsius|grad"),
    "fahrenheit": ("°f fahrenheit", "fahrenheit", "1", "° f|degrees fahrenheit|degrees f"),
    "watt": ("w watt watts", "power", "1", ""),
    "kilowatt": ("kw kilowatt kilowatts", "power", "1000", ""),
    "horsepower": ("hp bhp horsepower ps", "horsepower", "1", ""),
    "volt": ("volt volts", "voltage", "1", ""),
    "hertz": ("hz hertz", "frequency", "1", ""),
    "kilohertz": ("khz", "frequency", "1000", ""),
    "megahertz": ("mhz", "frequency", "1000000", ""),
    "gigahertz": ("ghz", "frequency", "1000000000", ""),
    "decibel": ("db decibel decibels", "loudness", "1", ""),
    "megapixel": ("mp megapixel megapixels", "pixels", "1", ""),
    "megabit_per_second": ("mbps mbit/s", "data_rate", "1", ""),
    "gigabit_per_second": ("gbps gbit/s", "data_rate", "1000", ""),
    "lumen": ("lm lumen lumens", "light", "1", ""),
    "kilowatt_hour": ("kwh kilowatt-hours kilowatt-hour kilowattstunden kilowattstunde", "energy", "1000",
                      "kilowatt hours|kilowatt hour"),
    "watt_hour": ("wh watt-hours watt-hour wattstunden wattstunde", "energy", "1", "watt hours|watt hour"),
    "milliampere_hour": ("mah", "charge", "1", ""),
    "terabyte": ("tb terabyte terabytes", "data", "1000000", ""),
    "gigabyte": ("gb gigabyte gigabytes", "data", "1000", ""),
    "megabyte": ("mb megabyte megabytes", "data", "1", ""),
    "calorie": ("kcal calories calorie kalorien", "food_energy", "1", ""),
}  # fmt: skip


def _table(source: dict[str, tuple[str, str, str, str]]) -> dict[str, tuple[str, str, Decimal]]:
    table = {}
    for unit, (words, dimension, factor, phrases) in source.items():
        own = [unit, unit.replace("_", " ")] if unit != "second" else []
        stems = [stem for stem, of in _ADJECTIVES.items() if of == unit]
        own += [f"{stem}{ending}" for stem in stems for ending in _ADJECTIVE_ENDINGS]
        for alias in [*words.split(), *filter(None, phrases.split("|")), *own]:
            table[alias] = (unit, dimension, Decimal(factor))
    return table


DURATIONS: Final = _table(_DURATIONS)
MEASURES: Final = _table(_MEASURES)
# Canonical names too, "second" as well: no text is read by these.
UNIT_NAMES: Final = DURATIONS | MEASURES | {"second": DURATIONS["seconds"]}
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

"""Whether evidence supports a free-text claim: a gate of numbers, dates and names over shared words.

For callers with sentences of evidence; the check itself does not ask (docs/adr/0017).

No model and no download: a claim whose numbers or names the evidence does not hold is not supported, whatever
words they share; a claim whose words stand together in two of its sentences is. It reads no meaning:
a negated or turned-round claim in the evidence's own words passes.

The weights were fitted by logistic regression with balanced classes on the developed half (159 claims)
of WiCE's development set (Kamoi et al., EMNLP 2023); see `tests/accuracy/facts.py` for the other half.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from copydesk.checks.facts.mentions import fold
from copydesk.checks.numbers import Amount, parse_amounts
from copydesk.checks.numbers.grammar import DEFAULT_LOCALE, grammar_of

_COVERAGE_WEIGHT: Final = 3.1
_NAME_WEIGHT: Final = -1.3
_NUMBER_WEIGHT: Final = -2.05
_BIAS: Final = -1.1
# Past these counts a further missing name or number says nothing new.
_MAX_NAMES: Final = 3
_MAX_NUMBERS: Final = 2
_SENTENCES: Final = 2
_MAX_SENTENCE_CHARS: Final = 2000
_WORD: Final = re.compile(r"[^\W_]+(?:['’]\w+)?")
_NAME: Final = re.compile(r"(?<!^)(?<![.!?] )\b[A-ZÄÖÜ][\w’'-]+")
_YEAR: Final = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_ENDINGS: Final = (
    "ingly", "edly", "ings", "ing", "ied", "ies", "ions", "ment", "ion", "ungen", "ung", "ed", "es", "ly",
    "er", "al", "en", "s",
)  # fmt: skip
_MIN_STEM: Final = 4
_NAME_ENDING_CHARS: Final = 2
# Enough of a month's name to know it by, written out or not.
_MONTH_CHARS: Final = 3
_COMMON: Final = frozenset(
    """a an the and or but of in on at to for from by with as is are was were be been being has have had it
    its he she his her they their them this that these those which who whom whose where when while
    after before during into over under about also not no did do does than then there so such other
    more most some any all both each first one two would can could will may might him we you our us
    my me der die das und oder aber in im an am auf zu zum zur für von vom mit bei als ist sind war
    waren wird wurde wurden hat haben es er sie ihr ihre sein seine dies diese nicht auch noch ein
    eine einer einem einen""".split()
)


@dataclass(frozen=True, slots=True)
class Support:
    """How far evidence carries a claim.

    `score` is the fitted probability in [0, 1] and at least .5 where the claim counts as supported;
    `coverage` the share of the claim's words that two sentences of the evidence hold; the rest is what the
    evidence lacks.
    """

    is_supported: bool
    score: float
    coverage: float
    missing_names: tuple[str, ...]
    missing_numbers: tuple[str, ...]


def supports(evidence: Sequence[str], claim: str, locale: str | None = None) -> Support:
    """Judge whether sentences of evidence support a claim, deterministically and offline.

    Args:
        evidence: sentences of the source, in any order.
        claim: one sentence.
        locale: language tag for numbers and dates.
    """
    sentences = [sentence[:_MAX_SENTENCE_CHARS] for sentence in evidence]
    coverage = _coverage([_content(sentence) for sentence in sentences], _content(claim))
    whole = fold("\n".join(sentences))
    names = tuple(name for name in _NAME.findall(claim) if not _is_named(name, whole))
    numbers = _missing_numbers(sentences, claim, whole, locale)
    logit = (
        _BIAS
        + _COVERAGE_WEIGHT * coverage
        + _NAME_WEIGHT * min(len(names), _MAX_NAMES)
        + _NUMBER_WEIGHT * min(len(numbers), _MAX_NUMBERS)
    )
    return Support(logit >= 0, 1 / (1 + math.exp(-logit)), coverage, names, numbers)


def _is_named(name: str, whole: str) -> bool:
    """Tell whether the evidence has a name, in another form too ("Libya" for "Libyan"), or it is a month."""
    bare = fold(name).removesuffix("'s").rstrip("'")
    known = bare[: max(_MIN_STEM, len(bare) - _NAME_ENDING_CHARS)]
    return known in whole or bare in grammar_of(DEFAULT_LOCALE).months


def _content(sentence: str) -> tuple[str, ...]:
    """Return the stems of a sentence's words that carry meaning, each once."""
    words = (word.lower().replace("’", "'").removesuffix("'s") for word in _WORD.findall(sentence))
    return tuple(dict.fromkeys(_stem(word) for word in words if word not in _COMMON and len(word) > 1))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word[: -len(ending)]
    return word


def _coverage(sentences: Sequence[tuple[str, ...]], claim: tuple[str, ...]) -> float:
    """Return the share of the claim's words that two sentences hold between them, chosen greedily."""
    if not sentences or not claim:
        return 0.0
    held = [frozenset(sentence).intersection(claim) for sentence in sentences]
    covered: frozenset[str] = frozenset()
    for _ in range(_SENTENCES):
        covered |= max(held, key=lambda words: len(words - covered))
    return len(covered) / len(claim)


def _missing_numbers(sentences: Sequence[str], claim: str, whole: str, locale: str | None) -> tuple[str, ...]:
    """Return the numbers, dates and years of a claim that no sentence holds, as the claim writes them."""
    known = {key for sentence in sentences for a in parse_amounts(sentence, locale) for key in _keys(a)}
    missing = []
    for amount in parse_amounts(claim, locale):
        written = claim[amount.start : amount.end]
        has_month = amount.date is None or amount.date.day or fold(written)[:_MONTH_CHARS] in whole
        if not has_month or not all(key in known or str(key) in whole for key in _keys(amount)):
            missing.append(written)
    missing += [year for year in _YEAR.findall(claim) if year not in whole]
    return tuple(dict.fromkeys(missing))


def _keys(amount: Amount) -> tuple[object, ...]:
    if amount.date is None:
        return (amount.low, amount.high)
    if not amount.date.day:
        return (amount.date.year,) if amount.date.year else ()
    day = ("day", amount.date.month, amount.date.day)
    return (day,) if amount.date.year is None else (day, amount.date.year)

"""Style as numbers: sentence length, reading grade, contractions, person and the like, with names."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from copydesk.checks.forbidden_topics.training import sentence_spans

GRAM_BUCKETS: Final = 8192
GRAM_LENGTH: Final = 3
WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
EMOJI: Final = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff"
    "\u2600-\u27bf\u2b50\u2b55](?:[\ufe0f\u200d\U0001f3fb-\U0001f3ff]"
    "|(?<=\u200d)[\U0001f300-\U0001faff\u2600-\u27bf])*"
)
CONTRACTION: Final = re.compile(
    r"\b(?:[^\W\d_]+n['’]t|(?:i|you|we|they|he|she|it|that|there|here|what|who|let|how|where)['’](?:m|re|ve|ll|d|s))\b",
    re.IGNORECASE,
)
_VOWELS: Final = re.compile(r"[aeiouyäöü]+")
_PASSIVE: Final = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s(?:\w+ly\s)?(?:\w+ed|made|done|given|taken|known|shown|built|sent|seen)\b",
    re.IGNORECASE,
)
_SETS: Final[dict[str, frozenset[str]]] = {
    "second": frozenset(
        "you your yours yourself yourselves du dein deine dir dich ihr euch sie ihre ihnen".split()
    ),
    "first_plural": frozenset("we us our ours ourselves wir uns unser unsere".split()),
    "first": frozenset("i me my mine myself ich mich mir mein meine".split()),
    "third": frozenset("he she they him her them his their theirs".split()),
    "hedges": frozenset(
        "may might could perhaps possibly probably maybe somewhat rather fairly seems seem appears".split()
    ),
    "links": frozenset(
        "however therefore moreover furthermore nevertheless thus hence consequently although".split()
    ),
    "boasts": frozenset(
        "best amazing incredible revolutionary unbelievable stunning perfect unique exclusive".split()
    ),
    "function": frozenset("the a an of to in on at by for with from and or but".split()),
}
# Name of each style feature as it is read aloud: more of it, less of it.
FEATURES: Final[tuple[tuple[str, str], ...]] = (
    ("longer sentences", "shorter sentences"),
    ("sentences of more varied length", "sentences of more even length"),
    ("longer words", "shorter words"),
    ("a higher reading grade", "a lower reading grade"),
    ("more long words", "fewer long words"),
    ("more contractions", "fewer contractions"),
    ("more exclamation marks", "fewer exclamation marks"),
    ("more questions", "fewer questions"),
    ("more emoji", "fewer emoji"),
    ("more commas", "fewer commas"),
    ("more semicolons and colons", "fewer semicolons and colons"),
    ("more dashes and brackets", "fewer dashes and brackets"),
    ("more words in capitals", "fewer words in capitals"),
    ("more digits", "fewer digits"),
    ("more talk to “you”", "less talk to “you”"),
    ("more “we”", "less “we”"),
    ("more “I”", "less “I”"),
    ("more “he”, “she” and “they”", "less “he”, “she” and “they”"),
    ("more hedging words", "fewer hedging words"),
    ("more formal linking words", "fewer formal linking words"),
    ("more boasting words", "fewer boasting words"),
    ("more small function words", "fewer small function words"),
    ("more passives", "fewer passives"),
    ("more varied vocabulary", "more repeated vocabulary"),
)


@dataclass(frozen=True, slots=True)
class Measures:
    """What the bands look at; lengths in words, `reading_grade` a US school grade."""

    words: int
    sentences: int
    longest_sentence: tuple[int, int]
    longest_sentence_words: int
    reading_grade: float
    contractions: tuple[tuple[int, int], ...]
    exclamations: tuple[tuple[int, int], ...]
    emoji: tuple[tuple[int, int], ...]


@lru_cache(maxsize=16384)
def syllables(word: str) -> int:
    """Estimate the syllables of a word by its groups of vowels."""
    folded = word.lower().replace("'", "").replace("’", "")
    count = len(_VOWELS.findall(folded))
    if folded.endswith("e") and not folded.endswith(("le", "ee", "ie", "ye")) and count > 1:
        count -= 1
    if folded.endswith("ed") and count > 1 and not folded.endswith(("ted", "ded")):
        count -= 1
    if (
        folded.endswith("es")
        and count > 1
        and not folded.endswith(("ses", "zes", "ches", "shes", "ges", "ces", "xes"))
    ):
        count -= 1
    return max(1, count)


def reading_grade(words: list[str], sentences: int) -> float:
    """Return the Flesch-Kincaid grade level.

    Args:
        words: the words of a text.
        sentences: how many sentences they make.

    Source: Kincaid et al. (1975), Research Branch Report 8-75, Naval Air Station Memphis.
    """
    if not words:
        return 0.0
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / max(1, sentences) + 11.8 * spoken / len(words) - 15.59


def measure(text: str) -> Measures:
    """Measure a text for the bands."""
    spans = sentence_spans(text)
    lengths = [len(WORD.findall(text, start, end)) for start, end in spans]
    longest = max(range(len(spans)), key=lengths.__getitem__, default=None)
    words = WORD.findall(text)
    return Measures(
        words=len(words),
        sentences=len(spans),
        longest_sentence=(0, len(text)) if longest is None else spans[longest],
        longest_sentence_words=0 if longest is None else lengths[longest],
        reading_grade=reading_grade(words, sum(1 for length in lengths if length)),
        contractions=tuple(m.span() for m in CONTRACTION.finditer(text)),
        exclamations=tuple(m.span() for m in re.finditer(r"!", text)),
        emoji=tuple(m.span() for m in EMOJI.finditer(text)),
    )


def count_persons(text: str) -> dict[str, int]:
    """Count the pronouns of each person in a text."""
    # "you're" and "we've" speak of the same people as "you" and "we".
    words = [re.split(r"['’]", word.lower())[0] for word in WORD.findall(text)]
    return {
        name: sum(word in _SETS[name] for word in words)
        for name in ("second", "first_plural", "first", "third")
    }


def style_features(text: str) -> npt.NDArray[np.float64]:
    """Return one number per entry of `FEATURES`; counts are rates per 100 words.

    Args:
        text: any text.
    """
    found = measure(text)
    written = WORD.findall(text)
    words = [word.lower() for word in written]
    total = max(1, len(words))
    lengths = [len(WORD.findall(text, start, end)) for start, end in sentence_spans(text)] or [0]
    per = 100 / total
    rates = {name: per * sum(word in members for word in words) for name, members in _SETS.items()}
    marks = [per * sum(text.count(mark) for mark in group) for group in ("!", "?", ",", ";:", "-–—()")]
    return np.array(
        [
            np.mean(lengths),
            np.std(lengths),
            np.mean([len(word) for word in words]) if words else 0,
            found.reading_grade,
            per * sum(len(word) > 7 for word in words),
            per * len(found.contractions),
            marks[0],
            marks[1],
            per * len(found.emoji),
            *marks[2:],
            per * sum(len(word) > 1 and word.isupper() for word in written),
            per * sum(char.isdigit() for char in text),
            rates["second"],
            rates["first_plural"],
            rates["first"],
            rates["third"],
            rates["hedges"],
            rates["links"],
            rates["boasts"],
            rates["function"],
            per * len(_PASSIVE.findall(text)),
            len(set(words)) / total**0.5,
        ],
        np.float64,
    )


@lru_cache(maxsize=65536)
def _bucket(gram: str) -> int:
    return zlib.crc32(gram.encode("utf-8", "replace")) % GRAM_BUCKETS


def gram_counts(text: str) -> npt.NDArray[np.float64]:
    """Return log-damped counts of a text's character trigrams, hashed into `GRAM_BUCKETS` buckets.

    Args:
        text: any text; case and runs of space are folded.
    """
    folded = f" {' '.join(text.lower().split())} "
    counts = np.zeros(GRAM_BUCKETS)
    buckets = [_bucket(folded[i : i + GRAM_LENGTH]) for i in range(len(folded) - GRAM_LENGTH + 1)]
    np.add.at(counts, buckets, 1)
    return np.log1p(counts)

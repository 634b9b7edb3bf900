"""Style as numbers: sentence length, reading grade, contractions, person and the like, with names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from copydesk.checks.forbidden_topics.training import sentence_spans

GRAM_BUCKETS: Final = 8192
GRAM_LENGTH: Final = 3
_MULTIPLIER: Final = np.uint32(2_654_435_761)  # 2**32 divided by the golden ratio
_SHIFT: Final = np.uint32(32 - (GRAM_BUCKETS - 1).bit_length())  # the high bits are the well mixed ones
_LOG_COUNTS: Final = np.log1p(np.arange(4096))
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
_TO_BE: Final = frozenset("is are was were be been being".split())
_PARTICIPLES: Final = frozenset("made done given taken known shown built sent seen".split())
_DIGIT: Final = re.compile(r"\d")
_QUESTION: Final = re.compile(r"\?(?:[!?]*\?)?")
# In the order in which `FEATURES` names them.
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
_GROUPS: Final = tuple(_SETS)
_GROUPS_OF: Final[dict[str, tuple[int, ...]]] = {
    word: tuple(number for number, name in enumerate(_GROUPS) if word in _SETS[name])
    for word in frozenset().union(*_SETS.values())
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
    return read(text).measures


@dataclass(frozen=True, slots=True)
class Reading:
    """One pass over a text: its words in lower case and as written, words per sentence, and the measures."""

    words: list[str]
    written: list[str]
    lengths: npt.NDArray[np.int64]
    measures: Measures


def read(text: str) -> Reading:
    """Read a text once for its bands and its style."""
    spans = sentence_spans(text)
    places = [match.span() for match in WORD.finditer(text)]
    written = [text[start:end] for start, end in places]
    ends = np.array([end for _, end in spans], np.int64)
    sentence_of = np.searchsorted(ends, np.array([start for start, _ in places], np.int64), side="right")
    lengths = np.bincount(sentence_of, minlength=len(spans))[: len(spans)]
    longest = int(lengths.argmax()) if spans else None
    contracted = [CONTRACTION.match(text, place[0]) for place, word in zip(places, written, strict=True)
                  if "'" in word or "’" in word]  # fmt: skip
    measures = Measures(
        words=len(written),
        sentences=len(spans),
        longest_sentence=(0, len(text)) if longest is None else spans[longest],
        longest_sentence_words=0 if longest is None else int(lengths[longest]),
        reading_grade=reading_grade(written, int((lengths > 0).sum())),
        contractions=tuple(match.span() for match in contracted if match),
        exclamations=tuple((n, n + 1) for n, char in enumerate(text) if char == "!") if "!" in text else (),
        emoji=() if text.isascii() else tuple(match.span() for match in EMOJI.finditer(text)),
    )
    return Reading([word.lower() for word in written], written, lengths, measures)


def count_persons(text: str) -> dict[str, int]:
    """Count the pronouns of each person in a text."""
    # "you're" and "we've" speak of the same people as "you" and "we".
    words = [re.split(r"['’]", word.lower())[0] for word in WORD.findall(text)]
    return {
        name: sum(word in _SETS[name] for word in words)
        for name in ("second", "first_plural", "first", "third")
    }


def passives(text: str) -> tuple[tuple[int, int], ...]:
    """Return the places of passives: a form of "to be" before a participle, an adverb between them or not."""
    places = [match.span() for match in WORD.finditer(text)]
    words = [text[start:end].lower() for start, end in places]
    return tuple((places[first][0], places[last][1]) for first, last in _passives(words))


def hedges(text: str) -> tuple[tuple[int, int], ...]:
    """Return the places of words that take back what is said."""
    return tuple(m.span() for m in WORD.finditer(text) if m.group().lower() in _SETS["hedges"])


def questions(text: str) -> tuple[tuple[int, int], ...]:
    """Return the places of question marks; several in a row ask once."""
    return tuple(match.span() for match in _QUESTION.finditer(text))


def _passives(words: list[str]) -> list[tuple[int, int]]:
    """Return the numbers of the first and the last word of each passive."""
    found = []
    for number, word in enumerate(words):
        if word in _TO_BE:
            last = number + 1 + (len(words) > number + 2 and words[number + 1].endswith("ly"))
            if last < len(words) and (words[last].endswith("ed") or words[last] in _PARTICIPLES):
                found.append((number, last))
    return found


def style_features(text: str, reading: Reading | None = None) -> npt.NDArray[np.float64]:
    """Return one number per entry of `FEATURES`; counts are rates per 100 words.

    Args:
        text: any text.
        reading: what `read` gave for it; None reads it.
    """
    reading = reading or read(text)
    found, words = reading.measures, reading.words
    lengths = reading.lengths if len(reading.lengths) else np.zeros(1)
    per = 100 / max(1, len(words))
    counts = [0] * len(_GROUPS)
    for word in words:
        for group in _GROUPS_OF.get(word, ()):
            counts[group] += 1
    marks = [per * sum(text.count(mark) for mark in group) for group in ("!", "?", ",", ";:", "-–—()")]
    sizes = [len(word) for word in words]
    return np.array(
        [
            np.mean(lengths),
            np.std(lengths),
            sum(sizes) / max(1, len(sizes)),
            found.reading_grade,
            per * sum(size > 7 for size in sizes),
            per * len(found.contractions),
            marks[0],
            marks[1],
            per * len(found.emoji),
            *marks[2:],
            per * sum(len(word) > 1 and word.isupper() for word in reading.written),
            per * len(_DIGIT.findall(text)),
            *[per * count for count in counts],
            per * len(_passives(words)),
            len(set(words)) / max(1, len(words)) ** 0.5,
        ],
        np.float64,
    )


def gram_counts(text: str) -> npt.NDArray[np.float64]:
    """Return log-damped counts of a text's character trigrams, hashed into `GRAM_BUCKETS` buckets.

    Args:
        text: any text; case and runs of space are folded.

    Source: multiplicative hashing, Knuth, The Art of Computer Programming, vol. 3, 6.4.
    """
    folded = f" {' '.join(text.lower().split())} "
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
    if len(codes) < GRAM_LENGTH:
        return np.zeros(GRAM_BUCKETS)
    mixed = np.zeros(len(codes) - GRAM_LENGTH + 1, np.uint32)
    for place in range(GRAM_LENGTH):
        mixed = (mixed ^ codes[place : place + len(mixed)]) * _MULTIPLIER
    counts = np.bincount(mixed >> _SHIFT, minlength=GRAM_BUCKETS)
    return np.asarray(_LOG_COUNTS[np.minimum(counts, len(_LOG_COUNTS) - 1)])

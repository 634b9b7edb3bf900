"""Spelling: words that no dictionary of the language, no accepted vocabulary and no filter knows.

The dictionaries are word lists of the package `pyspellchecker` (MIT), an extra of the SDK. Without it a
spelling rule is listed as not enforced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from copydesk.checks.style_rules.document import Document
from copydesk.checks.style_rules.index import Scan
from copydesk.checks.style_rules.kinds import Remark
from copydesk.checks.style_rules.matcher import Matcher
from copydesk.checks.style_rules.scopes import Selector
from copydesk.checks.style_rules.wording import filled

MIN_WORD_CHARS = 3
MAX_REMARKS = 200
# What holds a digit or an underscore is a name, as `utf8` and `max_len`; the parts of compounds with hyphens
# are often no words by themselves, as "co" and "op".
_WORD = re.compile(r"(?<!\w)(?<!\w-)[^\W\d_]+(?:['’][^\W\d_]+)*(?!-?\w)")
# A rule's own filters decide about compounds; a dictionary is asked for each part.
_PART = re.compile(r"(?<!\w)[^\W\d_]+(?:['’][^\W\d_]+)*(?!\w)")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Where the parts of names such as `readFile` and `HTTPServer` meet.
_JOINT = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][^\W\d_A-Z])")
_POSSESSIVE = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The words of one language, lower case, with a way to ask for near ones."""

    language: str
    words: frozenset[str]
    checker: Any

    def knows(self, word: str) -> bool:
        """Tell whether a lower-case word, or the parts of a contraction, is in the dictionary."""
        plain = word.replace("’", "'")
        if plain in self.words:
            return True
        return _POSSESSIVE.sub("", plain) in self.words

    def frequency(self, word: str) -> float:
        """Return the share of a word among all words of the list's source, 0 to 1."""
        return float(self.checker.word_usage_frequency(word))

    def nearest(self, word: str) -> str | None:
        """Return the commonest word one edit away, None where there is none."""
        candidates: list[str] = sorted(self.checker.known(self.checker.edit_distance_1(word)))
        if not candidates:
            return None
        return max(candidates, key=self.frequency)


@lru_cache(maxsize=8)
def dictionary(language: str) -> Dictionary | None:
    """Load the dictionary of a language, None where the extra or the language is missing."""
    try:
        from spellchecker import SpellChecker
    except ImportError:
        return None
    try:
        checker = SpellChecker(language=language, distance=1)
    except ValueError:
        return None
    return Dictionary(language, frozenset(checker.word_frequency.words()), checker)


def accepted_phrases(accepted: Iterable[str]) -> re.Pattern[str] | None:
    """Compile what is accepted of several words, in any case; None where there is none."""
    phrases = sorted((text for text in accepted if " " in text.strip()), key=len, reverse=True)
    joined = "|".join(re.escape(text.strip()) for text in phrases)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE) if phrases else None


@dataclass(frozen=True, slots=True)
class Spelling:
    """Words unknown to a dictionary; `ignored` are lower-case words, `filters` patterns of words to skip.

    A word is skipped where a pattern occurs anywhere in it. Acronyms and mixed case, which are names more
    often than mistakes, are skipped unless `custom` says that the filters take care of them, or `split` that
    the parts of names are looked at. `phrases` are accepted as a whole only.
    """

    dictionary: Dictionary
    message: str
    filters: tuple[Any, ...]
    ignored: frozenset[str]
    custom: bool = False
    split: bool = False
    phrases: Any = None
    matchers: tuple[Matcher, ...] = ()
    always: bool = True

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield every unknown word with the nearest known one."""
        del scan
        count = 0
        for block in selector.blocks(document):
            text = document.text[block.start : block.end]
            if self.phrases is not None:
                text = self.phrases.sub(lambda phrase: " " * len(phrase[0]), text)
            for start, word in self._words(text):
                if count < MAX_REMARKS and not self._is_fine(word):
                    count += 1
                    near = self.dictionary.nearest(word.lower())
                    at = block.start + start
                    yield at, at + len(word), (filled(self.message, word), near, ())

    def _words(self, text: str) -> Iterator[tuple[int, str]]:
        if not self.split:
            yield from (
                (found.start(), found[0]) for found in (_PART if self.custom else _WORD).finditer(text)
            )
            return
        for found in _LETTERS.finditer(text):
            start = found.start()
            for part in _JOINT.split(found[0]):
                yield start, part
                start += len(part)

    def _is_fine(self, word: str) -> bool:
        lowered = word.lower()
        if len(word) < MIN_WORD_CHARS or (not self.custom and any(map(str.isupper, word[1:]))):
            return True
        if lowered in self.ignored or self.dictionary.knows(lowered):
            return True
        return any(pattern.search(word) is not None for pattern in self.filters)

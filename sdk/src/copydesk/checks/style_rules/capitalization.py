"""Capital letters: sentence case, title case, all lower, all upper, or a pattern a block has to match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from copydesk.checks.style_rules.document import Document
from copydesk.checks.style_rules.index import Scan
from copydesk.checks.style_rules.kinds import Remark
from copydesk.checks.style_rules.matcher import Matcher
from copydesk.checks.style_rules.scopes import Selector
from copydesk.checks.style_rules.wording import filled

STYLES = frozenset({"$title", "$sentence", "$lower", "$upper"})
DEFAULT_THRESHOLD = "0.8"
_EDGE = re.compile(r"^\W+|\W+$")
_STEP = re.compile(r"\(?(?:\d+|[a-zA-Z])[.):]")
# Articles, short prepositions and conjunctions stay small inside a title (Associated Press style).
_SMALL = frozenset("a an and as at but by en for if in nor of on or per the to v v. via vs vs.".split())


@dataclass(frozen=True, slots=True)
class Capitalization:
    """How a block is capitalised; `threshold` is the share of words that have to comply, in [0, 1].

    `lists_capitals`: the rule itself says which words keep their capitals.
    """

    match: str
    pattern: Any
    message: str
    threshold: float
    indicators: tuple[str, ...]
    exceptions: frozenset[str]
    lists_capitals: bool
    matchers: tuple[Matcher, ...] = ()
    always: bool = True

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield one remark for each block that is capitalised otherwise."""
        del scan
        for block in selector.blocks(document):
            text = document.text[block.start : block.end]
            if text.strip() and not self._is_right(text):
                yield block.start, block.end, (filled(self.message, text), None, ())

    def _is_right(self, text: str) -> bool:
        match self.match:
            case "$lower":
                return text == text.lower()
            case "$upper":
                return text == text.upper()
            case "$sentence":
                return self._is_sentence_case(text.split())
            case "$title":
                return self._is_title_case(text.split())
            case _:
                return self.pattern.search(text) is not None

    def _is_free(self, word: str, core: str) -> bool:
        if core in self.exceptions or word in self.exceptions or not core[:1].isalpha():
            return True
        # Where the rule lists which capitals are right, the list decides; else names and acronyms are.
        return not self.lists_capitals and any(char.isupper() for char in core[1:])

    def _is_sentence_case(self, words: list[str]) -> bool:
        # "8. Do step eight": the number of a step comes before the sentence.
        if len(words) > 1 and _STEP.fullmatch(words[0]):
            words = words[1:]
        right = 0
        for index, word in enumerate(words):
            core = _EDGE.sub("", word)
            starts = index == 0 or bool(self.indicators and words[index - 1].endswith(self.indicators))
            if self._is_free(word, core):
                right += 1
            elif starts:
                if index == 0 and not core[:1].isupper():
                    return False
                right += core[:1].isupper()
            elif core[:1].islower() or core == "I":
                right += 1
        return right >= self.threshold * len(words)

    def _is_title_case(self, words: list[str]) -> bool:
        right = 0
        for index, word in enumerate(words):
            core = _EDGE.sub("", word)
            is_inside = 0 < index < len(words) - 1
            if self._is_free(word, core) or core[:1].isupper() or (is_inside and core.lower() in _SMALL):
                right += 1
        return right >= self.threshold * len(words)

"""The kinds of rule that match words and patterns: existence, occurrence, repetition, consistency,
conditional; substitution has its own module. Each is a frozen object whose `remarks` reads one document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from operator import eq
from typing import Any, Protocol, TypeAlias

from copydesk.checks.style_rules.definition import Action
from copydesk.checks.style_rules.document import HIDDEN, Block, Document
from copydesk.checks.style_rules.hits import Exceptions, flat_hits, hits_by_block, hits_in
from copydesk.checks.style_rules.index import Scan
from copydesk.checks.style_rules.matcher import Hit, Matcher
from copydesk.checks.style_rules.scopes import Selector
from copydesk.checks.style_rules.tokens import CHUNKS
from copydesk.checks.style_rules.view import View
from copydesk.checks.style_rules.wording import Wording, filled, said_by_action, suggested, suggestions

# Message, suggestion, and the options where there are several.
Said: TypeAlias = "tuple[str, str | None, tuple[str, ...]]"
# What a rule says of `[start, end)` of the joined text.
Remark: TypeAlias = "tuple[int, int, Said]"
# How many wordings a rule keeps, and of how long a hit: the same words come in text after text.
MAX_SAID, MAX_SAID_CHARS = 1_000, 60


_FIRST_WORD = re.compile(r"\S+")


class Kind(Protocol):
    """One compiled rule's behaviour; `matchers` are for the index, `always` needs no hit to run."""

    @property
    def matchers(self) -> tuple[Matcher, ...]: ...

    @property
    def always(self) -> bool: ...

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterable[Remark]:
        """Return what the rule finds, in the order of blocks."""
        ...


@dataclass(frozen=True, slots=True)
class Existence:
    """Words and patterns that should not be there."""

    matcher: Matcher
    message: Wording
    exceptions: Exceptions
    action: Action
    always: bool = False
    said: dict[str, Said] = field(default_factory=dict)  # of words already met

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return (self.matcher,)

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Sequence[Remark]:
        """Return every hit that is not excepted."""
        text, said = document.text, self.said
        hits = flat_hits(self.matcher, document, scan, selector, self.exceptions)
        try:  # nearly always all of the words have been met before
            return [(start, end, said[text[start:end]]) for start, _, end, _, _ in hits]
        except KeyError:
            found = [(start, end, text[start:end]) for start, _, end, _, _ in hits]
            return [(start, end, said.get(words) or self._say(words)) for start, end, words in found]

    def _say(self, found: str) -> Said:
        made = suggestions(self.action, found)
        message = self.message.filled(found, said_by_action(self.action, found))
        wording = message, next(iter(made), None), made if len(made) > 1 else ()
        if len(self.said) < MAX_SAID and len(found) <= MAX_SAID_CHARS:
            self.said[found] = wording
        return wording


@dataclass(frozen=True, slots=True)
class Occurrence:
    """How often a token may or must come in a block."""

    matcher: Matcher
    message: str
    maximum: int | None
    minimum: int | None
    words: Any = None

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return () if self.words else (self.matcher,)

    @property
    def always(self) -> bool:
        return self.minimum is not None or self.words is not None

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield one remark for each block with too many or too few."""
        # So many tokens need so many characters and one between each two.
        shortest = 2 * self.maximum + 1 if self.words and self.maximum and self.minimum is None else 0
        for block in selector.blocks(document):
            if block.end - block.start < shortest:
                continue
            hits = () if self.words else self._hits(document, block, scan)
            count = self._count(document, block) if self.words else len(hits)
            too_many = self.maximum is not None and count > self.maximum
            too_few = self.minimum is not None and count < self.minimum
            if not too_many and not too_few:
                continue
            span = self._place(document, block, hits) if count else _first_word(document, block)
            if span is not None:
                yield *span, (filled(self.message, str(count)), None, ())

    def _place(self, document: Document, block: Block, hits: Sequence[Hit]) -> tuple[int, int] | None:
        """Return the first token that is no hidden code, None where all are."""
        text = document.text
        if self.words:
            spans = (found.span() for found in self.words.finditer(text, block.start, block.end))
        else:
            spans = ((start, end) for start, _, end, _, _ in hits)
        return next(((start, end) for start, end in spans if text[start:end].strip(HIDDEN + " \t\n")), None)

    def _count(self, document: Document, block: Block) -> int:
        if self.words is CHUNKS:
            return len(document.text[block.start : block.end].split())
        if document.view.is_plain:
            return document.view.count_words(block.start, block.end)
        return len(self.words.findall(document.text, block.start, block.end))

    def _hits(self, document: Document, block: Block, scan: Scan) -> Sequence[Hit]:
        number = self.matcher.number
        words, is_live = scan.words.get(number, ()), number in scan.live
        return hits_in(self.matcher, document, block, words, is_live=is_live)


def _first_word(document: Document, block: Block) -> tuple[int, int]:
    """Return where to say that a block lacks something: its first word."""
    found = _FIRST_WORD.search(document.text, block.start, block.end)
    return found.span() if found else (block.start, block.end)


@dataclass(frozen=True, slots=True)
class Repetition:
    """The same token again right after itself, within a sentence."""

    matcher: Matcher
    message: str
    maximum: int
    ignore_case: bool
    alpha: bool
    action: Action
    exceptions: Exceptions
    words: Any = None

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return () if self.words else (self.matcher,)

    @property
    def always(self) -> bool:
        return self.words is not None

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield one remark for each run of repeated tokens."""
        if self.words is not None and not self._repeats(document.view):
            return
        text = document.text
        for block in selector.blocks(document):
            for start, end, token in self._runs(text, self._spans(document, block, scan)):
                if self.exceptions.cover(document, block, start, end):
                    continue
                suggestion = suggested(self.action, text[start:end])
                message = filled(self.message, token)
                yield start, end, (message, token if suggestion is None else suggestion, ())

    def _repeats(self, view: View) -> bool:
        """Tell whether any token may come twice running; blocks end at white space, so none is cut."""
        if self.words is CHUNKS:
            tokens = view.pieces if self.ignore_case else view.text.split()
        else:
            tokens = self.words.findall(view.text.lower() if self.ignore_case else view.text)
        if not any(map(eq, tokens, islice(tokens, 1, None))):
            return False
        twice = (left for left, right in pairwise(tokens) if left == right)
        return not self.alpha or view.is_foreign or any(map(str.isalpha, twice))

    def _spans(self, document: Document, block: Block, scan: Scan) -> list[tuple[int, int]]:
        if self.words is not None:
            found = self.words.finditer(document.text, block.start, block.end)
            return [match.span() for match in found]
        number = self.matcher.number
        words, is_live = scan.words.get(number, ()), number in scan.live
        hits = hits_in(self.matcher, document, block, words, is_live=is_live)
        return [(start, end) for start, _, end, _, _ in hits]

    def _runs(self, text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
        previous: tuple[int, int, str] | None = None
        count = 0
        for start, end in spans:
            token = text[start:end].strip()
            key = token.lower() if self.ignore_case else token
            same = (
                previous is not None
                and key == previous[2]
                and key != ""
                and (not self.alpha or key.isalpha())
                and not any(mark in text[previous[1] : start] for mark in ".!?")
            )
            if same and previous is not None:
                count += 1
                if count > self.maximum:
                    yield previous[0], end, token
                    count = 0
            else:
                count = 0
            previous = (start, end, key)


@dataclass(frozen=True, slots=True)
class Consistency:
    """Pairs of spellings of which a text should use only one."""

    pairs: tuple[tuple[str, str], ...]
    pair_matchers: tuple[Matcher, ...]
    message: str
    exceptions: Exceptions
    always: bool = False

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return self.pair_matchers

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield, for each block from where both spellings are seen, what stands last in it.

        As in Vale, the place is the first one of the same words in the block.
        """
        for pair, matcher in zip(self.pairs, self.pair_matchers, strict=True):
            seen: list[int] = []
            for block, hits in hits_by_block(matcher, document, scan, selector):
                kept = [hit for hit in hits if not self.exceptions.cover(document, block, hit[0], hit[2])]
                seen = list(dict.fromkeys((*seen, *(key for _, _, _, key, _ in kept))))
                if kept and len(seen) == 2:
                    _, _, end, key, _ = kept[-1]
                    found = document.text[kept[-1][0] : end]
                    start, end = next(
                        (first, last) for first, _, last, _, _ in kept if document.text[first:last] == found
                    )
                    first_used = pair[seen[0]]
                    suggestion = first_used if key != seen[0] and first_used.isalpha() else None
                    yield start, end, (filled(self.message, found), suggestion, ())


@dataclass(frozen=True, slots=True)
class Conditional:
    """A token that needs another one in its block.

    A `second` with a group defines what `first` may use afterwards.

    `relaxed` matches wherever `second` may, whatever surrounds it.
    """

    matcher: Matcher
    second: Any
    relaxed: Any
    message: str
    exceptions: Exceptions
    always: bool = False

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return (self.matcher,)

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield every use of the first without its condition."""
        defined: set[str] = set()
        by_start = {
            block.start: hits for block, hits in hits_by_block(self.matcher, document, scan, selector)
        }
        if not by_start:
            return
        may_be_met = not document.lacks(self.relaxed)
        for block in selector.blocks(document):
            is_met = False
            for found in self._seconds(document, block) if may_be_met else ():
                is_met = True
                defined.update(group for group in found.groups() if group)
            if block.start not in by_start or (is_met and not self.second.groups):
                continue
            for start, _, end, _, _ in by_start[block.start]:
                used = document.text[start:end]
                if used not in defined and not self.exceptions.cover(document, block, start, end):
                    yield start, end, (filled(self.message, used), None, ())

    def _seconds(self, document: Document, block: Block) -> Iterator[Any]:
        found: Iterator[Any] = self.second.finditer(document.text[block.start : block.end])
        return found

"""The kinds of rule that match words and patterns: existence, substitution, occurrence, repetition,
consistency, conditional. Each is a frozen object whose `remarks` reads one document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from copydesk.checks.style_rules.definition import Action
from copydesk.checks.style_rules.document import Block, Document
from copydesk.checks.style_rules.index import Scan
from copydesk.checks.style_rules.matcher import Hit, Matcher
from copydesk.checks.style_rules.scopes import Selector
from copydesk.checks.style_rules.wording import (
    filled,
    first_upper,
    quoted_options,
    suggested,
    unquoted_once,
)

# How far round a hit an exception of several words may reach, in code points.
EXCEPTION_REACH_CHARS = 80


class Remark(NamedTuple):
    """What a rule says of `[start, end)` of the document's joined text."""

    start: int
    end: int
    message: str
    suggestion: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What a rule leaves alone: a hit that holds an exception, or lies inside one."""

    pattern: Any

    def cover(self, text: str, start: int, end: int) -> bool:
        """Tell whether the hit `[start, end)` of a block is excepted."""
        if self.pattern is None:
            return False
        if self.pattern.search(text[start:end].strip()) is not None:
            return True
        first = max(0, start - EXCEPTION_REACH_CHARS)
        for found in self.pattern.finditer(text[first : end + EXCEPTION_REACH_CHARS]):
            number = found.lastindex or 0
            if first + found.start(number) <= start and end <= first + found.end(number):
                return True
        return False


class Kind(Protocol):
    """One compiled rule's behaviour; `matchers` are for the index, `always` needs no hit to run."""

    @property
    def matchers(self) -> tuple[Matcher, ...]: ...

    @property
    def always(self) -> bool: ...

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield what the rule finds, in the order of blocks."""
        ...


def hits_by_block(
    matcher: Matcher, document: Document, scan: Scan, selector: Selector
) -> Iterator[tuple[Block, str, Iterable[Hit]]]:
    """Yield every block that may have hits with its text and the matcher's hits in it."""
    words = scan.words.get(matcher.number, ())
    is_live = matcher.number in scan.live
    if not words and not is_live:
        return
    # One pass over all blocks is right unless a hit reaches from one into the next.
    if selector.takes_all and matcher.is_local:
        at_once = list(matcher.hits(document.text, words, scan.foreign))
        by_block = _distributed(at_once, document)
        if by_block is not None:
            for block, hits in by_block:
                yield block, document.text[block.start : block.end], hits
            return
    for block in selector.blocks(document):
        inside = _inside(words, block)
        if inside or is_live:
            text = document.text[block.start : block.end]
            yield block, text, matcher.hits(text, inside, scan.foreign)


def _inside(words: Sequence[Hit], block: Block) -> list[Hit]:
    start, end = block.start, block.end
    return [
        Hit(hit.start - start, hit.end - start, hit.key, hit.rank, hit.guards)
        for hit in words
        if hit.start >= start and hit.end <= end
    ]


def _distributed(hits: list[Hit], document: Document) -> list[tuple[Block, list[Hit]]] | None:
    """Give each block its hits, in its own offsets; None when a hit is not inside one block."""
    found: list[tuple[Block, list[Hit]]] = []
    blocks = document.blocks
    number = 0
    for hit in hits:
        while number < len(blocks) and blocks[number].end <= hit.start:
            number += 1
        if number == len(blocks) or hit.start < blocks[number].start or hit.end > blocks[number].end:
            return None
        block = blocks[number]
        if not found or found[-1][0] is not block:
            found.append((block, []))
        found[-1][1].append(Hit(hit.start - block.start, hit.end - block.start, hit.key, hit.rank))
    return found


@dataclass(frozen=True, slots=True)
class Existence:
    """Words and patterns that should not be there."""

    matcher: Matcher
    message: str
    exceptions: Exceptions
    action: Action
    always: bool = False

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return (self.matcher,)

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield every hit that is not excepted."""
        for block, text, hits in hits_by_block(self.matcher, document, scan, selector):
            for hit in hits:
                if self.exceptions.cover(text, hit.start, hit.end):
                    continue
                found = text[hit.start : hit.end]
                yield Remark(
                    block.start + hit.start,
                    block.start + hit.end,
                    filled(self.message, found),
                    suggested(self.action, found),
                )


@dataclass(frozen=True, slots=True)
class Swap:
    """What to write instead of one key: the options; `key` with groups where they quote it (`$1`)."""

    options: tuple[str, ...]
    allowed: Any = None
    key: Any = None


@dataclass(frozen=True, slots=True)
class Substitution:
    """Words and patterns with what to write instead."""

    matcher: Matcher
    swaps: tuple[Swap, ...]
    message: str
    exceptions: Exceptions
    action: Action
    capitalize: bool
    always: bool = False

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return (self.matcher,)

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield every hit that is not yet written as wanted and not excepted."""
        for block, text, hits in hits_by_block(self.matcher, document, scan, selector):
            for hit in hits:
                found = text[hit.start : hit.end]
                swap = self.swaps[hit.key]
                options = self._options(swap, found)
                if found in options or (swap.allowed is not None and swap.allowed.fullmatch(found)):
                    continue
                if self.exceptions.cover(text, hit.start, hit.end):
                    continue
                message, suggestion = self._wording(options, found)
                yield Remark(block.start + hit.start, block.start + hit.end, message, suggestion, options)

    def _options(self, swap: Swap, found: str) -> tuple[str, ...]:
        options = swap.options
        if swap.key is not None and (match := swap.key.fullmatch(found)) is not None:
            options = tuple(_with_groups(option, match) for option in options)
        # A sentence may begin with what is replaced: the first letter stays as the writer had it.
        begins_large = found[:1].isupper() and found[1:] == found[1:].lower()
        if self.capitalize and begins_large:
            options = tuple(first_upper(option) for option in options)
        return options

    def _wording(self, options: tuple[str, ...], found: str) -> tuple[str, str | None]:
        message = self.message
        wanted = "|".join(options)
        if self.action.name == "replace" and not self.action.params:
            message = unquoted_once(message)
            wanted = quoted_options(options)
        elif self.action.name not in {"", "replace", "suggest"}:
            return filled(message, wanted, found), suggested(self.action, found)
        suggestion = self.action.params[0] if self.action.params else (options[0] if options else None)
        return filled(message, wanted, found), suggestion


def _with_groups(option: str, match: Any) -> str:
    for number in range(9, 0, -1):
        if f"${number}" in option:
            value = match.group(number) if number <= match.re.groups else ""
            option = option.replace(f"${number}", value or "")
    return option


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
        for block in selector.blocks(document):
            spans = self._spans(document, block, scan)
            count = len(spans)
            too_many = self.maximum is not None and count > self.maximum
            too_few = self.minimum is not None and count < self.minimum
            if not too_many and not too_few:
                continue
            start, end = spans[0] if spans else (0, block.end - block.start)
            message = filled(self.message.replace("%d", "%s"), str(count))
            yield Remark(block.start + start, block.start + end, message)

    def _spans(self, document: Document, block: Block, scan: Scan) -> list[tuple[int, int]]:
        text = document.text[block.start : block.end]
        if self.words is not None:
            return [found.span() for found in self.words.finditer(text)]
        words = scan.words.get(self.matcher.number, ())
        return [(hit.start, hit.end) for hit in self.matcher.hits(text, _inside(words, block), scan.foreign)]


@dataclass(frozen=True, slots=True)
class Repetition:
    """The same token again right after itself, within a sentence."""

    matcher: Matcher
    message: str
    maximum: int
    ignore_case: bool
    alpha: bool
    action: Action
    words: Any = None

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return () if self.words else (self.matcher,)

    @property
    def always(self) -> bool:
        return self.words is not None

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield one remark for each run of repeated tokens."""
        for block in selector.blocks(document):
            text = document.text[block.start : block.end]
            if self.words is not None:
                if not self._repeats(self.words.findall(text)):
                    continue
                spans = [found.span() for found in self.words.finditer(text)]
            else:
                inside = _inside(scan.words.get(self.matcher.number, ()), block)
                spans = [(hit.start, hit.end) for hit in self.matcher.hits(text, inside, scan.foreign)]
            for start, end, token in self._runs(text, spans):
                found = text[start:end]
                suggestion = suggested(self.action, found)
                yield Remark(
                    block.start + start,
                    block.start + end,
                    filled(self.message, token),
                    token if suggestion is None else suggestion,
                )

    def _repeats(self, tokens: list[str]) -> bool:
        if self.ignore_case:
            tokens = [token.lower() for token in tokens]
        return any(left == right for left, right in pairwise(tokens))

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
        """Yield, for each block from where both spellings are seen, its last one."""
        for pair, matcher in zip(self.pairs, self.pair_matchers, strict=True):
            seen: list[int] = []
            for block, text, hits in hits_by_block(matcher, document, scan, selector):
                kept = [hit for hit in hits if not self.exceptions.cover(text, hit.start, hit.end)]
                seen = list(dict.fromkeys((*seen, *(hit.key for hit in kept))))
                if kept and len(seen) == 2:
                    last = kept[-1]
                    first_used = pair[seen[0]]
                    suggestion = first_used if last.key != seen[0] and first_used.isalpha() else None
                    yield Remark(
                        block.start + last.start,
                        block.start + last.end,
                        filled(self.message, text[last.start : last.end]),
                        suggestion,
                    )


@dataclass(frozen=True, slots=True)
class Conditional:
    """A token that needs another one: `second` with a group defines what `first` may use afterwards."""

    matcher: Matcher
    second: Any
    message: str
    exceptions: Exceptions
    always: bool = False

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return (self.matcher,)

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield every use of the first without its condition."""
        defined: set[str] = set()
        is_met = False
        by_start = {
            block.start: hits for block, _, hits in hits_by_block(self.matcher, document, scan, selector)
        }
        if not by_start:
            return
        for block in selector.blocks(document):
            text = document.text[block.start : block.end]
            for found in self.second.finditer(text):
                is_met = True
                defined.update(group for group in found.groups() if group)
            if block.start not in by_start or (is_met and not self.second.groups):
                continue
            for hit in by_start[block.start]:
                used = text[hit.start : hit.end]
                if used not in defined and not self.exceptions.cover(text, hit.start, hit.end):
                    yield Remark(block.start + hit.start, block.start + hit.end, filled(self.message, used))

"""Where a matcher hits in the blocks a rule looks at, less what the rule leaves alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias, cast

from copydesk.checks.style_rules.document import Block, Document
from copydesk.checks.style_rules.index import Scan
from copydesk.checks.style_rules.matcher import Expression, Hit, Matcher, first_come
from copydesk.checks.style_rules.scopes import Selector
from copydesk.checks.style_rules.view import ANYWHERE, View, matching

# How far round a hit an exception of several words may reach, in code points.
EXCEPTION_REACH_CHARS = 80
# Longer texts are matched block by block, which bounds how far a pattern can look.
MAX_AT_ONCE_BYTES = 64_000
BlockHits: TypeAlias = "list[tuple[Block, Sequence[Hit]]]"


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What a rule leaves alone: a hit that holds an exception, or lies inside one.

    `relaxed` matches wherever `pattern` may, whatever surrounds it.
    """

    pattern: Any = None
    relaxed: Any = None

    def cover(self, document: Document, block: Block, start: int, end: int) -> bool:
        """Tell whether the hit `[start, end)` of a block is excepted."""
        if self.pattern is None or document.lacks(self.relaxed):
            return False
        text = document.text
        if _occurs(self.pattern, text[start:end].strip()):
            return True
        first = max(block.start, start - EXCEPTION_REACH_CHARS)
        window = text[first : min(block.end, end + EXCEPTION_REACH_CHARS)]
        if not _occurs(self.pattern, window):
            return False
        for found in self.pattern.finditer(window):
            number = found.lastindex or 0
            if first + found.start(number) <= start and end <= first + found.end(number):
                return True
        return False


def _occurs(pattern: Any, text: str) -> bool:
    data = text.encode()
    return bool(matching(pattern)(ANYWHERE, data, 0, len(data))[0][0] >= 0)


_FEW = 16
_end = itemgetter(2)


def hits_by_block(matcher: Matcher, document: Document, scan: Scan, selector: Selector) -> BlockHits:
    """Return every block that has hits with the matcher's hits in it, in places of the joined text."""
    if not matcher.is_shared:
        return _hits_by_block(matcher, document, scan, selector)
    # Several rules ask for the same words: they are looked for once.
    key = (matcher.number, id(selector))
    known = document.kept.get(key)
    if known is None:
        known = document.kept[key] = _hits_by_block(matcher, document, scan, selector)
    return cast("BlockHits", known)


def _hits_by_block(matcher: Matcher, document: Document, scan: Scan, selector: Selector) -> BlockHits:
    words = scan.words.get(matcher.number, ())
    is_live = matcher.number in scan.live
    if not words and not is_live:
        return []
    units = selector.blocks(document)
    if (
        not selector.is_ordered
        or not matcher.is_local
        or (matcher.has_line_edges and not selector.takes_all)
        or len(document.view.data) > MAX_AT_ONCE_BYTES
    ):
        in_each = [(unit, hits_in(matcher, document, unit, words, is_live=is_live)) for unit in units]
        return [(unit, hits) for unit, hits in in_each if hits]
    if not words and selector.takes_sentences and (needed := matcher.needed) and document.view.is_ascii:
        # Few sentences hold what every match needs, while one pass over all would mostly reach across them.
        data = document.view.data
        units = [unit for unit in units if data.find(needed, unit.start, unit.end) >= 0]
        in_each = [(unit, hits_in(matcher, document, unit, (), is_live=is_live)) for unit in units]
        return [(unit, hits) for unit, hits in in_each if hits]
    # One pass over all blocks is right unless a hit reaches out of one.
    at_once = matcher.hits(document.view, words, is_live=is_live)
    return _placed(at_once, units, lambda unit: hits_in(matcher, document, unit, words, is_live=is_live))


def _placed(
    at_once: Sequence[Hit], units: Sequence[Block], again: Callable[[Block], Sequence[Hit]]
) -> BlockHits:
    """Give hits of one pass over all blocks to them; a block that one reaches out of is looked at again."""
    inside, torn = _distributed(at_once, units)
    by_unit: dict[int, Sequence[Hit]] = {**inside}
    for number in torn:
        by_unit[number] = again(units[number])
    return [(units[number], by_unit[number]) for number in sorted(by_unit) if by_unit[number]]


def hits_in(
    matcher: Matcher, document: Document, block: Block, words: Sequence[Hit], *, is_live: bool
) -> Sequence[Hit]:
    """Return the matcher's hits in one block, in places of the joined text."""
    start, end = block.start, block.end
    if matcher.backtracking:
        return _backtracked(matcher, document, start, end)
    is_free = matcher.is_local and not matcher.has_line_edges and not matcher.has_guards
    if is_free and not words and is_live and not document.view.is_foreign:
        return matcher.hits(document.view, (), is_live=True, start=start, end=end)
    if len(words) > _FEW:  # the automaton reports by the end
        words = words[bisect_right(words, start, key=_end) : bisect_right(words, end, key=_end)]
    inside = [hit for hit in words if hit[0] >= start and hit[2] <= end] if words else ()
    if not is_live and not matcher.has_guards:
        return first_come(inside) if inside else []
    if not inside and not is_live:
        return []
    view = document.view
    if is_free and not view.is_foreign:
        # Blocks lie between white space, so words end there as they would at the end of a text.
        return matcher.hits(view, inside, is_live=is_live, start=start, end=end)
    moved = [(first - start, rank, last - start, key, guards) for first, rank, last, key, guards in inside]
    found = matcher.hits(View(document.text[start:end]), moved, is_live=is_live)
    return [(first + start, rank, last + start, key, guards) for first, rank, last, key, guards in found]


def _backtracked(matcher: Matcher, document: Document, start: int, end: int) -> Sequence[Hit]:
    """Return what patterns find that only a backtracking engine can run; all blocks share one time limit."""
    key = ("backtracking", matcher.number)
    found, spent_s = matcher.backtrack(document.text[start:end], document.kept.get(key, 0.0))
    document.kept[key] = spent_s
    return [(first + start, rank, last + start, key, guards) for first, rank, last, key, guards in found]


def _distributed(hits: Sequence[Hit], units: Sequence[Block]) -> tuple[dict[int, list[Hit]], set[int]]:
    """Give each block its hits, and name the blocks that a hit reaches out of or into."""
    found: dict[int, list[Hit]] = {}
    torn: set[int] = set()
    number, count = 0, len(units)
    for hit in hits:
        start, end = hit[0], hit[2]
        while number < count and units[number].end <= start:
            number += 1
        if number == count:
            break
        unit = units[number]
        if start >= unit.start and end <= unit.end:
            found.setdefault(number, []).append(hit)
        else:
            touched = number
            while touched < count and units[touched].start < end:
                torn.add(touched)
                touched += 1
    return found, torn


def _hits_in_plain(matcher: Matcher, document: Document, scan: Scan) -> Sequence[Hit]:
    """Return the hits in all blocks of a plain text; rules that share a matcher look once.

    Blocks are parted by white space that begins with a line break, so what begins with anything else and
    holds no line break lies inside one.
    """
    number = matcher.number
    if matcher.is_shared and number in document.kept:
        return cast("Sequence[Hit]", document.kept[number])
    text, words, is_live = document.text, scan.words.get(number, ()), number in scan.live
    hits = matcher.hits(document.view, words, is_live=is_live)
    for hit in hits:
        found = text[hit[0] : hit[2]]
        if "\n" in found or found[0].isspace():
            by_block = _placed(
                hits,
                document.blocks,
                lambda block: hits_in(matcher, document, block, words, is_live=is_live),
            )
            hits = [hit for _, inside in by_block for hit in inside]
            break
    if matcher.is_shared:
        document.kept[number] = hits
    return hits


def _hits_of_expression(
    matcher: Matcher, document: Document, selector: Selector, expression: Expression
) -> Sequence[Hit] | None:
    """Return what a lone expression finds in all blocks or sentences of a plain text.

    None where a slower way is needed: patterns of line edges would take the edges of sentences for none.
    """
    if not selector.takes_all and not selector.takes_sentences:
        return None
    if matcher.has_line_edges and not (selector.takes_all and document.begins_lines):
        return None
    key = (matcher.number, selector.takes_all)
    if matcher.is_shared and key in document.kept:
        return cast("Sequence[Hit]", document.kept[key])
    spans = document.spans if selector.takes_all else document.spans_of_sentences
    hits = expression.all_in(document.view, spans)
    if matcher.is_shared:
        document.kept[key] = hits
    return hits


def flat_hits(
    matcher: Matcher, document: Document, scan: Scan, selector: Selector, exceptions: Exceptions
) -> Sequence[Hit]:
    """Return the matcher's hits in all blocks that no exception covers, in places of the joined text."""
    is_free = exceptions.pattern is None or document.lacks(exceptions.relaxed)
    if is_free:
        words = scan.words.get(matcher.number, ())
        if matcher.stays_inside and (
            selector.takes_all or selector.takes_whole(document, matcher.has_spaces)
        ):
            if matcher.has_guards:
                return matcher.hits(document.view, words, is_live=False)
            return first_come(words)
        if document.is_running_text and len(document.view.data) <= MAX_AT_ONCE_BYTES:
            if not words and not document.view.is_foreign and (expression := matcher.lone_expression):
                hits = _hits_of_expression(matcher, document, selector, expression)
                if hits is not None:
                    return hits
            if selector.takes_all and matcher.is_local:
                return _hits_in_plain(matcher, document, scan)
    by_block = hits_by_block(matcher, document, scan, selector)
    if is_free:
        return [hit for _, hits in by_block for hit in hits]
    return [
        hit
        for block, hits in by_block
        for hit in hits
        if not exceptions.cover(document, block, hit[0], hit[2])
    ]

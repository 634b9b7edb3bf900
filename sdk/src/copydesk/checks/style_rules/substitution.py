"""Substitution: words and patterns with what to write instead."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copydesk.checks.style_rules.definition import Action
from copydesk.checks.style_rules.document import Document
from copydesk.checks.style_rules.hits import Exceptions, flat_hits
from copydesk.checks.style_rules.index import Scan
from copydesk.checks.style_rules.kinds import MAX_SAID, MAX_SAID_CHARS, Remark, Said
from copydesk.checks.style_rules.matcher import Matcher
from copydesk.checks.style_rules.patterns import PatternError, compile_re2, parse
from copydesk.checks.style_rules.scopes import Selector
from copydesk.checks.style_rules.wording import Wording, first_upper, quoted_options, recased, suggested
from copydesk.checks.style_rules.writing import words_of, write_branches

# Stands for what is said of words only where their place is known.
_BY_PLACE: Said = ("", None, ("", ""))
_PLAIN_WANTED = re.compile(r"[\w \-]*")
_OPTION = re.compile(r"(?<!\\)\|")
_MARKS_AT_END = re.compile(r"(?<=\w)[^\w\s]+$")


@dataclass(frozen=True, slots=True)
class Swap:
    """What to write instead of one key, as written and as options.

    `key` has groups where the options quote it (`$1`), `allowed` is the wanted text read as a pattern of what
    may stay, `spellings` are the texts that it stands for. `marks` are what only the options end in, as the
    plus of `GTK+`, which a word boundary can't ask for: with them the text is as wanted already.
    """

    wanted: str
    options: tuple[str, ...]
    allowed: Any = None
    key: Any = None
    spellings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def compile_swap(key: str, wanted: str, ignore_case: bool) -> Swap:
    """Read what to write instead of a key: options, or a pattern of what may stay.

    Raises:
        PatternError: the options quote groups of a key that can't be compiled.
    """
    options = tuple(option.replace("\\|", "|") for option in _OPTION.split(wanted) if option)
    allowed = grouped = None
    spellings: tuple[str, ...] = ()
    if not _PLAIN_WANTED.fullmatch(wanted):
        # Some styles write a pattern as the wanted text, for what may stay as it is.
        try:
            branches = parse(wanted)
            allowed = compile_re2(write_branches(branches))
            spellings = tuple(word for nodes in branches for word in words_of(nodes) or ())
        except PatternError:
            allowed = None
    if "$" in wanted:
        flags = "(?i)" if ignore_case else ""
        grouped = compile_re2(flags + write_branches(parse(key), captures=True, relaxed=True))
    marks = tuple(found.group() for option in options if (found := _MARKS_AT_END.search(option)))
    return Swap(wanted, options, allowed, grouped, spellings, marks)


def twins_of(matcher: Matcher) -> Mapping[str, int]:
    """Return the keys of words that other keys write in another case, by how they write them."""
    by_word: dict[str, dict[str, int]] = defaultdict(dict)
    for literal in matcher.literals:
        by_word[literal.text.lower()].setdefault(literal.text, literal.key)
    return {text: key for keys in by_word.values() if len(keys) > 1 for text, key in keys.items()}


@dataclass(frozen=True, slots=True)
class Substitution:
    """Words and patterns with what to write instead.

    `capitalize` writes the options as large as what was found, `begins_large` only at the beginning of a
    sentence. `twins` are keys for words in just this case, where case does not count otherwise.
    """

    matcher: Matcher
    swaps: tuple[Swap, ...]
    message: Wording
    exceptions: Exceptions
    action: Action
    capitalize: bool
    match_case: bool = False
    always: bool = False
    begins_large: bool = False
    twins: Mapping[str, int] = field(default_factory=dict)
    # Of words already met, by the key that found them; None where they are written as wanted.
    said: dict[tuple[int, str], Said | None] = field(default_factory=dict)
    # Of those that begin large: where a sentence begins with them, and where it goes on.
    said_by_place: dict[tuple[int, str], tuple[Said | None, Said | None]] = field(default_factory=dict)

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return (self.matcher,)

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Sequence[Remark]:
        """Return every hit that is not yet written as wanted and not excepted."""
        text, said = document.text, self.said
        remarks: list[Remark] = []
        for start, _, end, key, _ in flat_hits(self.matcher, document, scan, selector, self.exceptions):
            known = key, text[start:end]
            wording = said[known] if known in said else self._say(*known)
            if wording is _BY_PLACE:
                both = self.said_by_place.get(known) or self._say_both(*known)
                wording = both[_goes_on(text, start)]
            if wording is not None and not self._is_complete(text, start, end, key):
                remarks.append((start, end, wording))
        return remarks

    def _is_complete(self, text: str, start: int, end: int, key: int) -> bool:
        """Tell whether what follows a hit makes it one of the options."""
        swap = self.swaps[key]
        if not text.startswith(swap.marks, end):
            return False
        return any(text.startswith(option, start) and len(option) > end - start for option in swap.options)

    def _say(self, key: int, found: str) -> Said | None:
        is_by_place = self.begins_large and found[:1].isupper()
        wording = _BY_PLACE if is_by_place else self._wording(self._swap(key, found), found)
        if len(self.said) < MAX_SAID and len(found) <= MAX_SAID_CHARS:
            self.said[key, found] = wording
        return wording

    def _say_both(self, key: int, found: str) -> tuple[Said | None, Said | None]:
        swap = self._swap(key, found)
        both = self._wording(swap, found), self._wording(swap, found, goes_on=True)
        if len(self.said_by_place) < MAX_SAID and len(found) <= MAX_SAID_CHARS:
            self.said_by_place[key, found] = both
        return both

    def _swap(self, key: int, found: str) -> Swap:
        return self.swaps[self.twins.get(found, key)]

    def _wording(self, swap: Swap, found: str, *, goes_on: bool = False) -> Said | None:
        options = self._options(swap, found, goes_on)
        is_literal = self.action.name == "replace"
        if found in options or (
            not is_literal and swap.allowed is not None and swap.allowed.fullmatch(found) is not None
        ):
            return None
        return *self._message(swap, options, found), options if len(options) > 1 else ()

    def _options(self, swap: Swap, found: str, goes_on: bool) -> tuple[str, ...]:
        options = swap.options
        if swap.key is not None and (match := swap.key.fullmatch(found)) is not None:
            options = tuple(_with_groups(option, match) for option in options)
        is_large = found[:1].isupper()
        if self.capitalize and is_large:
            options = tuple(first_upper(option) for option in options)
        # A sentence may begin with what is replaced: the first letter stays as the writer had it, but for
        # names that begin small, as `iOS`.
        elif self.begins_large and is_large and not goes_on and found[1:] == found[1:].lower():
            options = tuple(map(_begun_large, options))
        if self.match_case:
            options = tuple(recased(option, found) for option in options)
        return options

    def _message(self, swap: Swap, options: tuple[str, ...], found: str) -> tuple[str, str | None]:
        action = self.action
        if action.name == "replace" and not action.params:
            message = self.message.unquoted.filled(quoted_options(options), found)
            return message, options[0] if options else ""
        # A pattern is shown as the spelling of it that was meant, so far as that can be told.
        lowered = found.lower()
        spelling = next((text for text in swap.spellings if text.lower() == lowered), None)
        wanted = spelling if spelling is not None and len(swap.options) < 2 else "|".join(options)
        message = self.message.filled(swap.wanted if not options else wanted, found)
        if action.name in {"", "suggest"}:
            return message, wanted if spelling is not None else (options[0] if options else None)
        return message, suggested(action, found)


def _with_groups(option: str, match: Any) -> str:
    for number in range(9, 0, -1):
        if f"${number}" in option:
            value = match.group(number) if number <= match.re.groups else ""
            option = option.replace(f"${number}", value or "")
    return option


def _goes_on(text: str, start: int) -> bool:
    """Tell whether a sentence goes on at a place: a word or a comma stands right before it."""
    if start < 2 or text[start - 1] != " ":
        return False
    return text[start - 2].isalnum() or text[start - 2] in ",;"


def _begun_large(option: str) -> str:
    return first_upper(option) if option.split(" ", 1)[0].islower() else option

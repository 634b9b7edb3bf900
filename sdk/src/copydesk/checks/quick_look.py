"""One pass that tells which of several slow, exact patterns are worth asking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import re2

from copydesk.checks.text import whole_characters

DEFAULT_MEM_BYTES = 8 << 20  # RE2's own


class QuickLook:
    """Loose patterns behind one RE2 set; immutable and shared between threads."""

    __slots__ = ("_all", "_set")

    def __init__(self, patterns: Iterable[str], max_mem_bytes: int = DEFAULT_MEM_BYTES) -> None:
        """Compile the set.

        Args:
            patterns: for RE2, each matching wherever its exact pattern may. A `\\d` is a digit of any script,
                as it is for `re`.
            max_mem_bytes: what the set may use; hostile texts make many patterns want more.
        """
        # The end of the text is missing from the answer when the set ran out of memory.
        loose = (r"\z", *(pattern.replace(r"\d", r"\p{Nd}") for pattern in patterns))
        self._all = range(len(loose) - 1)
        options = re2.Options()
        options.max_mem = max_mem_bytes
        self._set = re2.Set.SearchSet(options)
        for pattern in loose:
            self._set.Add(pattern)
        self._set.Compile()

    def at(self, text: str) -> Sequence[int]:
        """Return the places of the patterns that occur in a text, in order; all where that can't be told."""
        matched: Sequence[int] = self._set.Match(whole_characters(text)) or ()
        return [place - 1 for place in sorted(matched) if place] if 0 in matched else self._all

"""Which blocks of a document a rule looks at: Vale's scopes with `~` (not) and `&` (and)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from copydesk.checks.style_rules.document import Block, Document

_Term = tuple[bool, frozenset[str]]
_WHOLE = frozenset({"raw", "summary"})
INLINE_SCOPES = frozenset({"link", "strong", "emphasis", "code"})
_SENTENCES = (((False, frozenset({"sentence"})),),)
_EVERYTHING: tuple[_Term, ...] = ((False, frozenset({"text"})),)


@dataclass(frozen=True, slots=True)
class Selector:
    """Alternatives of terms; a block is taken when all terms of one alternative hold.

    `takes_all` says that every block is taken, once; `is_ordered`, that blocks come in order and do not
    overlap; `named` holds the scopes that each alternative needs.
    """

    alternatives: tuple[tuple[_Term, ...], ...]
    takes_all: bool
    is_ordered: bool
    named: tuple[frozenset[str], ...]

    def may_take(self, present: frozenset[str]) -> bool:
        """Tell whether a document with these scopes can have blocks that are taken at all."""
        return self.takes_all or any(named <= present for named in self.named)

    @property
    def measures_whole(self) -> bool:
        """Whether what counts a text counts all of it at once, not each block."""
        return self.takes_all or any(
            not negated and not names.isdisjoint(_WHOLE)
            for terms in self.alternatives
            for negated, names in terms
        )

    @property
    def takes_sentences(self) -> bool:
        """Whether just the sentences are taken."""
        return self.alternatives == _SENTENCES

    def takes_whole(self, document: Document, has_spaces: bool) -> bool:
        """Tell whether words found anywhere lie in the blocks taken.

        Args:
            document: the text.
            has_spaces: whether the words hold white space, and so could reach from a sentence into the next.
        """
        return self.takes_all or (
            not has_spaces and self.alternatives == _SENTENCES and document.is_running_text
        )

    def blocks(self, document: Document) -> Sequence[Block]:
        """Return the blocks in order: sentences where the scope names them, else whole blocks."""
        if self.takes_all:
            return document.blocks
        if self.alternatives == _SENTENCES:
            return document.sentences
        # Two alternatives may take the same block.
        return list({(block.start, block.end): block for block in self._matching(document)}.values())

    def _matching(self, document: Document) -> Iterator[Block]:
        for terms in self.alternatives:
            named = {name for negated, names in terms if not negated for name in names}
            if named & _WHOLE:
                yield from document.blocks
                continue
            units = document.sentences if "sentence" in named else document.blocks
            for block in units:
                if all((names <= block.scopes) != negated for negated, names in terms):
                    yield block


def view_of(scope: str) -> str:
    """Return what a scope looks at: the `text`, the `raw` source, its `summary` or its `inline` parts."""
    named = {name for negated, names in map(_term, scope.split("&")) if not negated for name in names}
    if named & _WHOLE:
        return "raw" if "raw" in named else "summary"
    return "inline" if named & INLINE_SCOPES else "text"


def by_view(scopes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the scopes under what they look at; a rule that sees the source sees all else there."""
    views: dict[str, tuple[str, ...]] = {}
    for scope in scopes:
        view = view_of(scope)
        views[view] = (*views.get(view, ()), scope)
    return {"raw": tuple(scopes)} if "raw" in views else views


@lru_cache(maxsize=1024)
def selector(scopes: tuple[str, ...]) -> Selector:
    """Read scopes such as `heading.h2`, `~heading` or `list & ~blockquote`."""
    alternatives = tuple(tuple(_term(part) for part in scope.split("&")) for scope in scopes)
    takes_all = alternatives == (_EVERYTHING,)
    named = tuple(
        frozenset(name for negated, names in terms if not negated for name in names) for terms in alternatives
    )
    is_ordered = takes_all or (len(alternatives) == 1 and not named[0] & _WHOLE)
    return Selector(alternatives, takes_all, is_ordered, tuple(names - _WHOLE for names in named))


def _term(part: str) -> _Term:
    name = part.strip()
    return name.startswith("~"), frozenset(name.lstrip("~").strip().split("."))

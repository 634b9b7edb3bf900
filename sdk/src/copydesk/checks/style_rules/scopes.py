"""Which blocks of a document a rule looks at: Vale's scopes with `~` (not) and `&` (and)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copydesk.checks.style_rules.document import Block, Document

_Term = tuple[bool, frozenset[str]]
_WHOLE = frozenset({"raw", "summary"})
_SENTENCES = (((False, frozenset({"sentence"})),),)
_EVERYTHING: tuple[_Term, ...] = ((False, frozenset({"text"})),)


@dataclass(frozen=True, slots=True)
class Selector:
    """Alternatives of terms; a block is taken when all terms of one alternative hold.

    `takes_all` says that every block is taken, once.
    """

    alternatives: tuple[tuple[_Term, ...], ...]
    takes_all: bool

    @property
    def is_raw(self) -> bool:
        """Whether the rule sees the whole source, code and addresses included."""
        return any(names == {"raw"} for terms in self.alternatives for _, names in terms)

    @property
    def is_ordered(self) -> bool:
        """Whether the blocks come in order and do not overlap."""
        return self.takes_all or (len(self.alternatives) == 1 and not self._is_whole)

    @property
    def _is_whole(self) -> bool:
        return any(names & _WHOLE for terms in self.alternatives for _, names in terms)

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
                yield Block(0, len(document.text), frozenset({"text"}))
                continue
            units = document.sentences if "sentence" in named else document.blocks
            for block in units:
                if all((names <= block.scopes) != negated for negated, names in terms):
                    yield block


def selector(scopes: Sequence[str]) -> Selector:
    """Read scopes such as `heading.h2`, `~heading` or `list & ~blockquote`."""
    alternatives = tuple(tuple(_term(part) for part in scope.split("&")) for scope in scopes)
    return Selector(alternatives, takes_all=alternatives == (_EVERYTHING,))


def _term(part: str) -> _Term:
    name = part.strip()
    return name.startswith("~"), frozenset(name.lstrip("~").strip().split("."))

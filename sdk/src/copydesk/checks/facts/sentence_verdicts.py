"""What each sentence of a text is worth by the fact sheets, for who asks; no part of running the check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from copydesk.checks.contract import Context, Finding, Span
from copydesk.checks.facts.engine import FactsCheck, judge
from copydesk.checks.facts.sentences import sentence_bounds
from copydesk.checks.numbers import parse_amounts


class SentenceStanding(StrEnum):
    """The verdicts on a sentence, the weightiest first: one wrong claim makes it contradicted."""

    CONTRADICTED = "contradicted"
    UNVERIFIED = "unverified"
    UNSUPPORTED = "unsupported"
    SUPPORTED = "supported"
    NO_CLAIM = "no_checkable_claim"


# What the findings' evidence calls it; wording that is missing beside a right claim makes no claim wrong.
_OF_FINDINGS: Final[Mapping[str, SentenceStanding]] = {
    "contradicted": SentenceStanding.CONTRADICTED,
    "retired": SentenceStanding.CONTRADICTED,
    "expired": SentenceStanding.CONTRADICTED,
    "early": SentenceStanding.CONTRADICTED,
    "unverified": SentenceStanding.UNVERIFIED,
    "unsupported": SentenceStanding.UNSUPPORTED,
    "guarded": SentenceStanding.UNSUPPORTED,
    "unknown_name": SentenceStanding.UNSUPPORTED,
}
_WEIGHT: Final = {standing: weight for weight, standing in enumerate(reversed(SentenceStanding))}


@dataclass(frozen=True, slots=True)
class SentenceVerdict:
    """One sentence: its range in the text, without the space around it, and what it is worth.

    `facts` are the rule ids of the facts that it states rightly or is found to offend against.
    """

    start: int
    end: int
    standing: SentenceStanding
    facts: tuple[str, ...] = ()


class _Places(dict[int, Span]):
    """The facts that a text states, as the check remembers them, with every place and not the last alone."""

    def __init__(self) -> None:
        super().__init__()
        self.every: list[tuple[int, Span]] = []

    def __setitem__(self, index: int, span: Span) -> None:
        self.every.append((index, span))
        super().__setitem__(index, span)

    def update(self, other: Any = (), /, **more: Span) -> None:
        for index, span in dict(other, **more).items():
            self[index] = span


def sentence_verdicts(check: FactsCheck, text: str, context: Context) -> tuple[SentenceVerdict, ...]:
    """Return a verdict for every sentence of a text that holds a word, in order.

    A sentence is supported where a verified fact says what it says and nothing in it is found; a number
    that comes from the prompt's variables alone is no claim. Words that no fact has an answer for are read as
    no claim, not as support: the check compares numbers, dates and known answers.

    Args:
        check: the compiled facts check.
        text: the text.
        context: what is known about it.
    """
    places = _Places()
    findings = judge(check, text, context, places)
    return tuple(
        _verdict(check, (start, end), findings, places.every)
        for start, end in _sentences(text, context.locale)
    )


def _sentences(text: str, locale: str | None) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the sentences, without the space around them."""
    # As the check reads them: no sentence ends inside of "5. Mai".
    closed = [(a.start, a.end) for a in parse_amounts(text, locale) if "." in text[a.start : a.end]]
    at = 0
    for line in text.split("\n"):
        for start, end in pairwise(sentence_bounds(text, at, at + len(line), closed)):
            inner = text[start:end].strip()
            if any(map(str.isalnum, inner)):
                first = start + text[start:end].index(inner)
                yield first, first + len(inner)
        at += len(line) + 1


def _verdict(
    check: FactsCheck,
    place: tuple[int, int],
    findings: Sequence[Finding],
    stated: Sequence[tuple[int, Span]],
) -> SentenceVerdict:
    start, end = place
    found = [f for f in findings if f.span is not None and start <= f.span.start < end]
    facts = [check.rule_id(index) for index, span in stated if start <= span.start < end]
    standings = [_OF_FINDINGS[v] for f in found if (v := str(f.evidence.get("verdict"))) in _OF_FINDINGS]
    if facts:
        standings.append(SentenceStanding.SUPPORTED)
    standing = max(standings, key=_WEIGHT.__getitem__, default=SentenceStanding.NO_CLAIM)
    return SentenceVerdict(start, end, standing, tuple(dict.fromkeys([*(f.rule_id for f in found), *facts])))

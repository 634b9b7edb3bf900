"""What a text may say of facts that are not, or not yet, to be claimed."""

from __future__ import annotations

import re
from typing import Final

from copydesk.checks.contract import Severity, Span
from copydesk.checks.facts.phrases import WORD
from copydesk.checks.facts.reading import Reading
from copydesk.checks.facts.sheet import CompiledFact

_STANDINGS: Final = {
    "retired": "this fact is retired",
    "expired": "this fact has run out",
    "early": "this fact does not hold yet",
}
_NOBODY: Final = "nobody has verified this fact yet"
# Words that say that something is not certain; "about" and "up to" say how exact it is, no more.
_HEDGES: Final = frozenset(
    """may might could perhaps possibly probably maybe presumably likely apparently reportedly seems
    seem appears appear expected estimated estimates estimate believed believe provisional
    provisionally preliminary unconfirmed unverified vielleicht möglicherweise eventuell
    wahrscheinlich vermutlich voraussichtlich womöglich wohl könnte könnten dürfte dürften
    scheint scheinen angeblich geschätzt geschätzte geschätzten schätzungsweise unbestätigt
    unbestätigte vorläufig vorläufige erwartet""".split()
)
_CLAUSE_END: Final = re.compile(r"[;:.!?()|](?!\d)")
_WORDS_BEFORE: Final = 8
_WORDS_BEHIND: Final = 4


def standing_words(standing: str) -> str:
    """Return in words why a fact of a standing may not be claimed."""
    return _STANDINGS[standing]


def unverified(reading: Reading, compiled: CompiledFact, span: Span) -> tuple[Severity, str, bool]:
    """Return how much it weighs that a text states an unverified fact, why, and whether it may stay.

    Args:
        reading: the text.
        compiled: the fact.
        span: where the text states it.
    """
    match reading.sheets.unverified[compiled.asset]:
        case "forbid":
            return Severity.ERROR, f"{_NOBODY}, and its sheet forbids to state it until somebody does", False
        case "allow":
            return Severity.INFO, f"{_NOBODY}; its sheet allows to state it", True
    if is_hedged(reading, span):
        return Severity.INFO, f"{_NOBODY}; the sentence says that it is not certain", True
    return Severity.WARNING, f"{_NOBODY}; say so with a word such as “expected”, or have it verified", False


def is_hedged(reading: Reading, span: Span) -> bool:
    """Tell whether a word near a claim, in its own clause, says that it is not certain."""
    folded, sentence = reading.folded, reading.sentence(span.start)
    first = max(
        (m.end() for m in _CLAUSE_END.finditer(folded, sentence.start, span.start)), default=sentence.start
    )
    behind = _CLAUSE_END.search(folded, span.end, sentence.end)
    last = behind.start() if behind else min(sentence.end, len(folded))
    words = list(WORD.finditer(folded, first, span.start))[-_WORDS_BEFORE:]
    words += list(WORD.finditer(folded, span.end, last))[:_WORDS_BEHIND]
    # "In May" is a month.
    return any(m.group() in _HEDGES and reading.text[m.start() : m.end()] != "May" for m in words)

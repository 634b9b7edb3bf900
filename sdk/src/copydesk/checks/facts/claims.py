"""Claims without a slot: guarded words that need a fact behind them, and names that no sheet knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rapidfuzz import fuzz

from copydesk.checks.contract import Finding, Severity, Span
from copydesk.checks.facts.mentions import Mention
from copydesk.checks.facts.phrases import is_denied
from copydesk.checks.facts.reading import Reading
from copydesk.checks.facts.sheet import CompiledFact
from copydesk.checks.findings import make_finding

NAME: Final = "facts"
# Guarded words in fixed phrases that claim nothing.
_IDIOMS: Final = re.compile(
    r"best (?:wishes|regards|before|of luck)"
    r"|(?:at|do|did|all|try|tried|our|your|my) (?:\w+ )?best(?=[ .,!]|$)"
    r"(?! \w+)|beste grüße|besten dank|mit besten"
)
# "Best", "lightest", "leichteste": words that rank what they stand before.
_SUPERLATIVE: Final = re.compile(r"best|best(?:e|er|es|en|em)|[^\W\d_]{2,}(?:est|ste|ster|stes|sten|stem)")
_WORD: Final = re.compile(r"[^\W\d_]+")
# Behind a superlative these are no noun that it ranks: "the best in class", "the lightest you can buy".
NO_NOUNS: Final = frozenset(
    """a about all an and any are around as at but by can could ever every for from has have here i if in into
    is it its of off on or our out so than that the then there these they this those to under until us was we
    were when where which while who will with without yet you your
    aber als am an auf aus bei bis das der die ein eine es für im in ist mit oder seit sie sind und uns unter
    von vor was weil wenn wie wir zu zum zur""".split()
)
# A sentence with one of these speaks of the writer or ranks against everything there is.
_OF_THE_WHOLE: Final = frozenset(
    """we our ours us anywhere ever world worldwide earth planet market industry country class money buy brand
    company competition competitor competitors rival rivals category
    wir uns unser unsere unserer unserem unseren unseres welt weltweit markt branche land kaufen marke firma
    konkurrenz wettbewerb klasse""".split()
)
_NAME: Final = re.compile(r"\b[A-ZÄÖÜ][\w'’]+(?:[ -](?:[A-ZÄÖÜ][\w'’]+|\d{1,4}\b))+")
_CLOSE_NAME: Final = 50
IDIOM_CHARS: Final = 24
NAME_CHARS: Final = 60


def guarded_claims(reading: Reading) -> Iterator[Finding]:
    """Report words such as "guaranteed" that no fact about their subject allows."""
    folded = reading.folded
    for mention in reading.guarded:
        if _is_idiom(folded, mention) or is_denied(reading, mention.start):
            continue
        word = folded[mention.start : mention.end]
        licences = [c for c in reading.sheets.licences.get(word, ()) if c.index in reading.covered.indexes]
        good = [c for c in licences if c.standing(reading.context) == "good"]
        subjects = reading.sentence(mention.start).subjects or reading.subjects
        if any(c.subject in s.keys for c in good for s in subjects):
            continue
        quote = reading.text[mention.start : mention.end]
        ranks_another = not good and _ranks_something_else(reading, mention)
        reason = "no fact allows it"
        if good:
            reason = f"the fact that allows it is about {good[0].fact.subject}"
        elif ranks_another:
            reason = "no fact sheet knows what it is said of"
        asset = reading.sheets.guarded_assets[min(mention.keys)]
        yield make_finding(
            NAME,
            f"{asset}/guarded-claims",
            Severity.WARNING if good or ranks_another else Severity.ERROR,
            f"“{quote}” is a claim that needs a fact behind it, and {reason}.",
            mention.start,
            mention.end,
            None,
            {"verdict": "guarded", "word": word},
        )


def _is_idiom(folded: str, mention: Mention) -> bool:
    start, end = max(0, mention.start - IDIOM_CHARS), mention.end + IDIOM_CHARS
    if folded.find("best", start, end) < 0:
        return False  # all the idioms have it
    return any(m.start() <= mention.start < m.end() for m in _IDIOMS.finditer(folded, start, end))


def _ranks_something_else(reading: Reading, mention: Mention) -> bool:
    """Tell whether a superlative ranks a thing that is no subject ("the best packaging in the house").

    It does not where it ranks no thing of its own ("it is the best"), nor in a sentence that names a subject,
    the writer, or everything there is ("the best packaging we have", "the best tent you can buy").
    """
    if _SUPERLATIVE.fullmatch(reading.folded, mention.start, mention.end) is None:
        return False
    sentence = reading.sentence(mention.start)
    noun = _WORD.match(reading.folded, mention.end + 1, sentence.end)
    if noun is None or noun.group() in NO_NOUNS or sentence.subjects:
        return False
    return _OF_THE_WHOLE.isdisjoint(_WORD.findall(reading.folded, sentence.start, sentence.end))


def unknown_names(reading: Reading) -> Iterator[Finding]:
    """Report names that share a word with a known one but are not it ("Ridge Parka")."""
    parts = reading.sheets.name_parts
    for match in _possible_names(reading):
        words = match.group().replace("-", " ").split()
        shared = [word for word in words if word in parts]
        known = any(s.start < match.end() and match.start() < s.end for s in reading.subjects)
        if not shared or known or match.group() in _variable_texts(reading):
            continue
        start = match.start() + match.group().index(shared[0])  # without "The" or "Our" in front
        name = reading.text[start : match.end()]
        closest = max(sorted(parts[shared[0]]), key=lambda full: fuzz.ratio(full, name))
        if fuzz.ratio(closest, name) < _CLOSE_NAME:
            continue
        asset = next(c.asset for c in reading.sheets.facts if _has_name(c, closest))
        yield Finding(
            NAME,
            f"{asset}/unknown-name",
            Severity.WARNING,
            f"No fact sheet knows “{name}”; did you mean “{closest}”?",
            Span(start, match.end()),
            closest,
            evidence={"verdict": "unknown_name", "closest": closest},
        )


def _possible_names(reading: Reading) -> Iterator[re.Match[str]]:
    """Yield the capitalised word runs around parts of known names that are in no known name."""
    text, last = reading.text, 0
    for part in reading.names:
        if part.start < last or not text[part.start].isupper():
            continue
        if any(s.start <= part.start < s.end for s in reading.subjects):
            continue
        begin = text.rfind(" ", 0, max(0, part.start - NAME_CHARS)) + 1
        for match in _NAME.finditer(text, max(begin, last), part.end + NAME_CHARS):
            if match.start() <= part.start < match.end():
                yield match
                last = match.end()


def _variable_texts(reading: Reading) -> frozenset[str]:
    return frozenset(v for v in reading.context.variables.values() if isinstance(v, str))


def _has_name(compiled: CompiledFact, name: str) -> bool:
    return name in (compiled.fact.subject, *compiled.fact.subject_aliases)

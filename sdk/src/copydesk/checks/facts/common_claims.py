"""Superlatives and guarantees said of a known subject without a fact behind them, for people to review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from copydesk.checks.contract import Finding, Severity
from copydesk.checks.facts.claim_words import (
    CARRIED_KEYS,
    COPULAS,
    DETERMINERS,
    KEY_OF,
    MOST_KEY,
    SUPERLATIVE_KEY,
)
from copydesk.checks.facts.claims import NAME, NO_NOUNS
from copydesk.checks.facts.mentions import Mention
from copydesk.checks.facts.phrases import is_denied
from copydesk.checks.facts.reading import Reading, Sentence
from copydesk.checks.findings import make_finding

_WORD: Final = re.compile(r"[^\W\d_]+(?:'s)?")
# Before "the" these make the ranked thing another than the subject: "through the coldest nights".
_PREPOSITIONS: Final = frozenset(
    """about above across after against all along among around as at before behind below beneath beside
    between by despite down during even except for from in inside into like near off on onto out
    outside over past per through throughout to toward towards under until up upon via with
    within without of see choose find get want need pick take make give have has had love enjoy
    reach face brave ab an auf aus außer bei bis durch für gegen hinter im in mit nach neben
    ohne seit trotz über um unter von vor während wegen zu zum zur zwischen selbst auch sogar
    findet finden wählen wähle""".split()
)
# What is ranked here is no product: "the best way to pitch it", "das Beste daran".
_OTHER_NOUNS: Final = frozenset(
    """way ways time times thing things part parts bit place places day days night nights moment
    moments idea ideas bet friend friends man practice practices interest interests luck wishes
    regards before by if route routes experience experiences results result effort efforts of to
    season seasons weg wege zeit zeiten teil stelle platz tag tage nacht nächte moment idee
    freund freunde grüße dank wünsche geben gibt gegeben tun daran davon""".split()
)
_NO_ADJECTIVES: Final = frozenset(
    """of part important common likely recent from out in at people time basic obvious""".split()
)
_SHORT_FORMS: Final = frozenset({"it's", "that's", "what's", "let's", "here's", "there's", "he's", "she's"})
# With nothing ranked behind it "our best" is what somebody does, not what something is.
_POSSESSIVES: Final = frozenset("our my its their unser unsere unserer unseres unseren unserem".split())
# "It is the lightest": said of what an earlier sentence named.
_ANAPHOR: Final = re.compile(
    r"\W*(?:(?:it|this|that|they|she|he|es|sie|er|das|dies)(?:'s|'re| (?:is|are|was|were|ist|sind|war|waren))"
    r"|for us, it is)(?: [^\W\d_]+){0,2} ?"
)
_ANAPHORS: Final = frozenset("it it's this that they they're she he es sie er das dies".split())
# Behind a superlative these rank against everything there is, whatever part of the subject it is about.
_OF_ALL: Final = (
    " in the world", " in the uk", " on earth", " on the planet", " on the market", " in its class",
    " in their class", " in class", " ever", " you can buy", " money can buy", " we make",
    " we sell", " we have", " of all time", " worldwide", " anywhere", " der welt", " weltweit",
    " auf dem markt", " seiner klasse", " ihrer klasse", " aller zeiten", " in deutschland",
    " europas",
)  # fmt: skip
_OF_ALL_CHARS: Final = 60
_MARKS_BETWEEN: Final = frozenset({",", ":", ";", "(", "|", ""})
_LEAD_IN: Final = re.compile(
    r"[\w ]{0,40}[,:(|]? ?(?:(?:the|our|der|die|das|den|unser|unsere|unseren|is|ist) ){0,2}"
)
_MAX_BETWEEN: Final = 4
_DETERMINED_CHARS: Final = 40
_ENDING_CHARS: Final = 8
_GERMAN_ENDING: Final = re.compile(r"(?<=st)e(?:[rsnm])?$")


def common_claims(reading: Reading) -> Iterator[Finding]:
    """Report superlatives and guarantees of subjects in reach that no fact licenses."""
    text, folded = reading.text, reading.folded
    for mention in reading.claims:
        if not _may_be_of_a_subject(reading, mention):
            continue
        sentence = reading.sentence(mention.start)
        # The cheaper questions first: most of these words are said of something else.
        if not _is_claim(reading, sentence, mention):
            continue
        reachable = reading.reachable(sentence)
        subjects = [
            s for s in sorted(reachable) if reading.sheets.by_subject[s][0].asset in reading.sheets.asking
        ]
        if not subjects:
            continue
        word = folded[mention.start : mention.end]
        if _is_linked(reading, sentence, mention, word):
            continue
        known = reading.sheets.by_subject[subjects[0]][0]
        end = _end(reading, sentence, mention)
        yield make_finding(
            NAME,
            f"{known.asset}/common-claims",
            Severity.WARNING,
            f"“{text[mention.start : end]}” is a claim that needs a fact behind it; no fact of"
            f" {known.fact.subject} licenses it.",
            mention.start,
            end,
            None,
            {"verdict": "unsupported", "subject": known.fact.subject, "word": word},
        )


def _may_be_of_a_subject(reading: Reading, mention: Mention) -> bool:
    """Tell by a quick look whether a word may be said of a subject."""
    start = mention.start
    if min(mention.keys) > SUPERLATIVE_KEY or reading.line(start).subjects:
        return True
    return _may_be_carried(reading, mention)


def _may_be_carried(reading: Reading, mention: Mention) -> bool:
    """Tell whether a word stands as one of a subject that another sentence names."""
    if min(mention.keys) > SUPERLATIVE_KEY:
        return False
    start = mention.start
    before = reading.folded[max(0, start - _DETERMINED_CHARS) : start].split()
    return not _ANAPHORS.isdisjoint(before) or _ranks_against_all(
        reading.folded, mention.end, len(reading.folded)
    )


def _ranks_against_all(folded: str, start: int, end: int) -> bool:
    behind = folded[start : min(end, start + _OF_ALL_CHARS)]
    return any(map(behind.__contains__, _OF_ALL))


def _is_claim(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """Tell whether a word claims something here: not in a question, denied, or of something else."""
    key = min(mention.keys)
    if not sentence.subjects and key not in CARRIED_KEYS and not _may_be_carried(reading, mention):
        return False
    if key <= SUPERLATIVE_KEY:
        is_said = _ranks_a_subject(reading, sentence, mention)
    else:
        is_said = bool(sentence.subjects) or key in CARRIED_KEYS
    ending = reading.folded[max(sentence.start, sentence.end - _ENDING_CHARS) : sentence.end]
    return is_said and not ending.rstrip(" \"')”’").endswith("?") and not is_denied(reading, mention.start)


def _ranks_a_subject(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """Tell whether a superlative ranks a subject, and not the weather or a way to do something."""
    folded, end = reading.folded, mention.end
    words = list(
        _WORD.finditer(folded, max(sentence.start, mention.start - _DETERMINED_CHARS), mention.start)
    )
    before = [m.group() for m in words]
    behind = _WORD.match(folded, end + 1, sentence.end)
    ranked = behind.group() if behind else ""
    if MOST_KEY in mention.keys:
        if behind is None or ranked in _NO_ADJECTIVES:
            return False
        end, behind = behind.end(), _WORD.match(folded, behind.end() + 1, sentence.end)
        ranked = behind.group() if behind else ""
    elif before and before[-1] in DETERMINERS:
        if before[-1] in _POSSESSIVES and (not ranked or ranked in NO_NOUNS):
            return False
        words.pop()
        before.pop()
    elif before and (not before[-1].endswith("'s") or before[-1] in _SHORT_FORMS):
        return False
    elif before:
        if any(s.end == words[-1].end() for s in sentence.subjects):
            return False  # "the Tarn's greatest moment"
        before[-1] = ""  # "the world's lightest", "Britain's best"
    if ranked in _OTHER_NOUNS or _is_led(before):
        return False
    opening = words[-1].end() if words else sentence.start
    return _is_said_of_it(reading, sentence, opening, end)


def _is_said_of_it(reading: Reading, sentence: Sentence, start: int, end: int) -> bool:
    """Tell whether a range with a superlative is what its sentence says of a subject."""
    folded = reading.folded
    of_all = _ranks_against_all(folded, end, sentence.end)
    if not sentence.subjects:
        lead = folded[sentence.start : start]
        return _ANAPHOR.fullmatch(lead) is not None or (of_all and not lead.strip(" '\"“„("))
    if of_all:
        return True
    nearest = [m for m in sentence.subjects if m.end <= start]
    if nearest:
        between = folded[nearest[-1].end : start]
        said = _WORD.findall(between)
        if between.strip() in _MARKS_BETWEEN:
            return True
        return len(said) <= _MAX_BETWEEN and not COPULAS.isdisjoint(said)
    following = next((m for m in sentence.subjects if m.start >= end), None)
    return (
        following is not None
        and _LEAD_IN.fullmatch(folded, end, following.start) is not None
        and (len(_WORD.findall(folded, end, following.start)) <= _MAX_BETWEEN)
    )


def _is_led(before: list[str]) -> bool:
    """Tell whether a preposition leads up to what is ranked; "one of the best" ranks it all the same."""
    if before[-2:] in (["one", "of"], ["among"]) or before[-1:] == ["among"]:
        return False
    return bool(before) and before[-1] in _PREPOSITIONS


def _is_linked(reading: Reading, sentence: Sentence, mention: Mention, word: str) -> bool:
    """Tell whether a fact stands behind a word: licenses it, or has it for its attribute or answer."""
    if any(_meets(other, mention) for other in (*reading.values, *reading.subjects)):
        return True
    subjects = sentence.keys or reading.carried(sentence)
    subject_of_slot = reading.covered.subject_of_slot
    named = (a for a in reading.attributes_of(sentence) if _meets(a, mention))
    if any(subject_of_slot.get(slot) in subjects for attribute in named for slot in attribute.keys):
        return True
    for form, licensed in reading.sheets.licences.items():
        if _licenses(form, word, min(mention.keys)):
            good = (c for c in licensed if c.index in reading.covered.indexes)
            if any(c.subject in subjects and c.standing(reading.context) == "good" for c in good):
                return True
    return False


def _licenses(form: str, word: str, key: int) -> bool:
    """Tell whether a licensed form allows a word: the same in any ending, or of the same claim."""
    if key == MOST_KEY:
        return form.startswith(("most", "the most"))
    if key == SUPERLATIVE_KEY:
        return _stem(form.removeprefix("the ")) == _stem(word)
    return KEY_OF.get(form) == key or form == word


def _stem(word: str) -> str:
    return _GERMAN_ENDING.sub("", word)


def _meets(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _end(reading: Reading, sentence: Sentence, mention: Mention) -> int:
    """Return where the quote ends: with the adjective behind "the most"."""
    is_most = MOST_KEY in mention.keys
    following = _WORD.match(reading.folded, mention.end + 1, sentence.end) if is_most else None
    return following.end() if following else mention.end

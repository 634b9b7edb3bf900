"""The words by which claims are tied to the subjects of their sentences."""

from __future__ import annotations

import re
from typing import Final

# Words that may stand between a subject and its value without changing what is said.
LINKS: Final = frozenset(
    """it's that's they're
    a an and are arrives as at available be beträgt by can closes comes cost costs currently das der
    die ein eine end ends er es for from für gets gives has hat he hold holds im in is ist it its
    just kostet last lasts line made mit now of offers on only our price priced rated runs sells
    she ships starts takes that the their they this to until von weighs which will with
    within you your yours come takes
    bei dauert den dem fasst gibt haben jetzt kommt nur sie sind unser unsere wiegt zum
    accommodates boasts covers employs features hosts includes measures provides seats serves sleeps spans
    goes heute today tonight up welcomes bietet beherbergt empfängt misst umfasst zählt
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so""".split()
) - {"from"}  # fmt: skip
# Words that may stand between an amount and the subject behind it: "For £749 you get the new Halo".
LEADING: Final = frozenset(
    """a all an brand das dein deine den der die ein eine einen for für get gets gibt it's mit new neue neuen
    neuer our own sie the this unser unsere unseren with you your""".split()
)  # fmt: skip
JOINTS: Final = frozenset("and but with while und aber mit".split())
# Between two names these begin a new clause; behind a name these make it the one that is spoken of.
CLAUSE: Final = re.compile(r"[,;:()]| (?:and|but|while|by|und|aber|während|von) ")
# A name behind these is no subject of its sentence.
LED: Final = re.compile(
    r"(?<!\w)(?:from|at|in|on|near|like|unlike|than|beside|besides|next to|bei|beim|im|am|in|neben|wie|als)"
    r"(?: (?:the|our|your|der|die|das|dem|den|einem?))? $"
)
CLAUSE_BREAK: Final = re.compile(r"[;:.!?()|]")
OWN_CLAUSE: Final = frozenset(
    """'s s who which that is are was were has had have costs cost weighs holds comes takes lasts der die das
    ist sind war hat kostet wiegt dauert fasst""".split()
)

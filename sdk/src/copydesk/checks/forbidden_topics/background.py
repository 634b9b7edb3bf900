"""Sentences that hardly any topic is about, for workspaces with little copy of their own.

A topic learns what it is not from these, from near misses and from approved copy. Those of a shop stand for
copy. Everyday ones are of all other kinds, for a head easily takes for the topic what is unlike all that it
has seen: beside a shop's alone, ten examples accused one sentence in eleven of news, software, reviews, mail.
"""

from importlib.resources import files
from typing import Final

_TEXT: Final = files("copydesk.checks").joinpath("data", "background.txt").read_text(encoding="utf-8")
_PARTS: Final = _TEXT.split("\n\n")

SHOP: Final = tuple(_PARTS[0].splitlines())
EVERYDAY: Final = tuple(_PARTS[1].splitlines())
BACKGROUND: Final = SHOP + EVERYDAY

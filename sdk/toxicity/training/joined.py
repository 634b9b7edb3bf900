"""Joins short texts into long ones, so that length and place say nothing of whether a text is toxic.

In the corpus the long texts are nearly all clean and whatever is toxic is short. A joined text is clean if
all its parts are, and toxic if one of them is, wherever that one stands.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from corpus import Example

# Sources of whole sentences in plain writing; those of single phrases would read as nonsense when joined.
CLEAN_SOURCES = frozenset({"cat", "tsdneg", "edos", "toxigen", "templ", "frames:trap-copy", "frames:service"})
TOXIC_SOURCES = frozenset({"cat", "tsd", "davidson", "edos", "frames:reader-insult", "frames:threat"})
# What the encoder sees of a text is about 400 characters; the toxic part must lie within it.
MIN_CHARS, MAX_CHARS, MAX_TOXIC_CHARS = 160, 400, 150
_GLUE = (" ", " ", "\n", "\n\n")


def joined(
    examples: Sequence[Example], dice: random.Random, clean: int, toxic: int, max_chars: int = MAX_CHARS
) -> list[Example]:
    """Return `clean` clean and `toxic` toxic joined texts of 160 to `max_chars` characters.

    Raises ValueError if the examples hold no clean or no toxic text to join.
    """
    plain = [e for e in examples if not e.toxic and e.source in CLEAN_SOURCES and len(e.text) < max_chars]
    rude = [e for e in examples if e.toxic and e.source in TOXIC_SOURCES and len(e.text) <= MAX_TOXIC_CHARS]
    if not plain or not rude:
        raise ValueError("joining needs clean and toxic texts of the named sources")
    made = [_clean(plain, dice, max_chars) for _ in range(clean)]
    return made + [_toxic(dice.choice(rude), plain, dice, max_chars) for _ in range(toxic)]


def _clean(plain: Sequence[Example], dice: random.Random, max_chars: int) -> Example:
    first = dice.choice(plain)
    text = dice.choice(_GLUE).join([first.text, *_filling(plain, dice, max_chars - len(first.text))])
    return Example("joined", text, False, False)


def _toxic(rude: Example, plain: Sequence[Example], dice: random.Random, max_chars: int) -> Example:
    parts = _filling(plain, dice, max_chars - len(rude.text))
    parts.insert(dice.randint(0, len(parts)), rude.text)
    return Example("joined", dice.choice(_GLUE).join(parts), True, rude.identity_attack)


def _filling(plain: Sequence[Example], dice: random.Random, room: int) -> list[str]:
    """Draw clean texts until a wished length is reached, none beyond the room there is."""
    wished, parts = dice.randint(min(MIN_CHARS, room), room), list[str]()
    for _ in range(20):
        text = dice.choice(plain).text
        if len(text) + 2 <= room:
            parts.append(text)
            room, wished = room - len(text) - 2, wished - len(text) - 2
        if wished <= 0:
            break
    return parts

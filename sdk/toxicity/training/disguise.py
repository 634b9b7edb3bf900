"""Disguises words the way people slip them past filters: look-alike digits, stars, spaces, doubled letters.

Both toxic and clean texts are disguised, so that the model learns the word behind the disguise and not that
a disguise is itself toxic.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from corpus import Example

_WORD = re.compile(r"[A-Za-z]{4,}")
_LOOK_ALIKE = {"a": "@4", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1", "o": "0", "s": "$5", "t": "7+"}


def _leet(word: str, dice: random.Random) -> str:
    places = [i for i, letter in enumerate(word) if letter.lower() in _LOOK_ALIKE]
    chosen = set(dice.sample(places, dice.randint(1, len(places)))) if places else set()
    return "".join(dice.choice(_LOOK_ALIKE[c.lower()]) if i in chosen else c for i, c in enumerate(word))


def _masked(word: str, dice: random.Random) -> str:
    start = 1
    end = dice.choice([2, len(word) - 1])
    return word[:start] + dice.choice("*#-_") * (end - start) + word[end:]


def _spaced(word: str, dice: random.Random) -> str:
    return dice.choice([" ", ".", "-", "_", "*"]).join(word)


def _stretched(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(word))
    return word[:place] + word[place] * dice.randint(2, 4) + word[place + 1 :]


def _swapped(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _shortened(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1 :]


_WAYS: tuple[Callable[[str, random.Random], str], ...] = (
    _leet, _leet, _masked, _spaced, _stretched, _swapped, _shortened,
)  # fmt: skip


def disguised(
    examples: list[Example], weights: Mapping[str, float], dice: random.Random, how_many: int
) -> list[Example]:
    """Return up to `how_many` short texts with one word disguised.

    In a toxic text the word with the largest weight of the linear profanity model is taken (none: the text
    is skipped, as the disguise would hide nothing); in a clean text any word.
    """
    made: list[Example] = []
    for example in dice.sample(examples, len(examples)):
        if len(made) == how_many:
            break
        words = list(_WORD.finditer(example.text))
        if not words or len(example.text) > 160:
            continue
        if example.toxic:
            target = max(words, key=lambda word: weights.get(word.group().lower(), 0.0))
            if weights.get(target.group().lower(), 0.0) < 1.0:
                continue
        else:
            target = dice.choice(words)
        hidden = dice.choice(_WAYS)(target.group(), dice)
        text = example.text[: target.start()] + hidden + example.text[target.end() :]
        made.append(Example(f"{example.source}+disguise", text, example.toxic, example.identity_attack))
    return made

"""Pictures and marks that no word piece stands for.

All of them are the same unknown piece to the encoder, which met it mostly in rude posts: a picture of a sun
before a line made it as suspect as a rude gesture would. And a word with a picture right behind it became
one unknown piece with it. So pictures that mock, threaten or insult are set apart, all others left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

# Chosen by what people say with them, before any figure was looked at.
SPEAKING: Final = frozenset(
    "😂🤣😆😏😒🙄😈👿👹👺🤡💩💀☠😠😡🤬😤🤢🤮🤥🖕👎🐵🐒🦍🐷🐖🐽🐀🐁🐍🙈🙉🙊🔪🔫💣🍆🍑💦👅🤦"
)
# Pictures and signs, skin tones, private use and not assigned (Unicode Standard, general categories).
_CATEGORIES: Final = frozenset({"So", "Sk", "Co", "Cn"})


class Marks(dict[int, str]):
    """A table for `str.translate`, filled as characters are met; safe to share between threads."""

    def __init__(self, place_of: Callable[[str], int | None]) -> None:
        """Make an empty table.

        Args:
            place_of: tells where a piece stands in the vocabulary; a mark that does (“©”, “•”, “★”) stays.
        """
        super().__init__()
        self._place_of = place_of

    def __missing__(self, code: int) -> str:
        """Say what to write instead of a character, itself for most."""
        char = chr(code)
        written = char
        if char in SPEAKING:
            written = f" {char} "
        elif unicodedata.category(char) in _CATEGORIES and not self._is_known(char):
            written = " "
        self[code] = written
        return written

    def _is_known(self, char: str) -> bool:
        folded = unicodedata.normalize("NFKC", char).lower()
        return all(self._place_of(piece) is not None for piece in folded)

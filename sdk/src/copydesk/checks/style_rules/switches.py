"""Comments in a text that switch rules off and on for what follows, as Vale's writers use them.

Source: https://vale.sh/docs/formats/markdown#comments. They are obeyed where people try an import, never
where generated copy is judged: what is checked must not be able to switch its check off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.assets.style_guide import StyleRule

_RULE = re.compile(r"vale ([^\s\[\]=]+)(\[.+\])? = (YES|NO|on|off)")
_STYLES = re.compile(r"vale styles? = (.*)")
_ALL = ""


@dataclass(frozen=True, slots=True)
class _Switch:
    """From a place on, what a name stands for is off or on; `texts`: only where one of them was found."""

    place: int
    name: str
    is_off: bool
    texts: frozenset[str] | None = None
    others: frozenset[str] | None = None  # every style but these is off


class Switches:
    """The switches of one text."""

    def __init__(self, comments: Sequence[tuple[int, str]]) -> None:
        self._switches = [switch for place, text in comments if (switch := _read(place, text)) is not None]

    def __bool__(self) -> bool:
        return bool(self._switches)

    def is_off(self, rule: StyleRule, place: int, found: str) -> bool:
        """Tell whether a rule is switched off for what it found at a place of the source."""
        names = {_ALL, rule.style, f"{rule.style}.{rule.title}", rule.id}
        off: dict[str, bool] = {}
        for switch in self._switches:
            if switch.place > place:
                break
            if switch.others is not None:
                off["="] = rule.style not in switch.others
            elif switch.name in names and (switch.texts is None or found in switch.texts):
                off[switch.name + ("[]" if switch.texts is not None else "")] = switch.is_off
        return any(off.values())


def _read(place: int, text: str) -> _Switch | None:
    if text in {"vale off", "vale on"}:
        return _Switch(place, _ALL, text == "vale off")
    if found := _STYLES.fullmatch(text):
        return _Switch(place, _ALL, True, others=frozenset(name.strip() for name in found[1].split(",")))
    found = _RULE.fullmatch(text)
    if not found:
        return None
    texts = None
    if found[2]:
        try:
            texts = frozenset(map(str, json.loads(found[2])))
        except ValueError:
            return None
    return _Switch(place, found[1], found[3] in {"NO", "off"}, texts)

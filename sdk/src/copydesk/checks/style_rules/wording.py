"""What a finding says and suggests: Vale's message placeholders and actions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from copydesk.checks.style_rules.definition import Action, DefinitionError, quoted
from copydesk.checks.style_rules.patterns import PatternError, compile_re2, parse
from copydesk.checks.style_rules.writing import write_branches

KNOWN_ACTIONS = frozenset({"replace", "remove", "suggest", "edit", "convert"})
# Other edits are kept and make no suggestion.
_EDITS = frozenset({"truncate", "trim", "trim_left", "trim_right", "remove", "regex", "replace", "split"})
_PART = re.compile("[0-9]{1,4}")
_GROUP = re.compile(r"\$(?:\$|(\d)|\{(\d)\})")


# The places of a message, as in Go's fmt: `%s`, `%d` and `%v` in order, `%[2]s` by number, `%%` for a sign.
_PLACE = re.compile(r"%(?:\[(\d)\])?([sdv])|%%")


class Wording:
    """A message taken apart once; `unquoted` is the same without the quotes round its first
    place."""

    __slots__ = ("_numbers", "_parts", "unquoted")

    def __init__(self, message: str, *, is_unquoted: bool = False) -> None:
        self._parts: list[str] = [""]
        self._numbers: list[int] = []
        start, following = 0, 0
        for place in _PLACE.finditer(message):
            self._parts[-1] += message[start : place.start()]
            start = place.end()
            if place[2] is None:
                self._parts[-1] += "%"
                continue
            number = int(place[1]) - 1 if place[1] else following
            following = number + 1
            self._numbers.append(number)
            self._parts.append("")
        self._parts[-1] += message[start:]
        self.unquoted = self if is_unquoted else Wording(unquoted_once(message), is_unquoted=True)

    def filled(self, *values: str) -> str:
        """Put the values into their places; a place for which there is no value stays empty."""
        parts = self._parts
        if len(parts) == 1:
            return parts[0]
        if len(parts) == 2 and self._numbers[0] == 0:
            return f"{parts[0]}{values[0]}{parts[1]}"
        text = parts[0]
        for number, part in zip(self._numbers, parts[1:], strict=True):
            text += (values[number] if 0 <= number < len(values) else "") + part
        return text


def filled(message: str, *values: str) -> str:
    """Put values into a message's places, see `Wording`."""
    return Wording(message, is_unquoted=True).filled(*values)


def first_upper(text: str) -> str:
    """Return the text with its first character in upper case."""
    return text[:1].upper() + text[1:]


def quoted_options(options: Sequence[str]) -> str:
    """Return the options in quotes, joined by commas and "or"."""
    quoted = [f"'{option}'" for option in options]
    if len(quoted) <= 2:
        return " or ".join(quoted)
    return ", ".join(quoted[:-1]) + ", or " + quoted[-1]


def unquoted_once(message: str) -> str:
    """Return a message with the quotes round its first `%s` gone, since the options bring their own."""
    at = message.find("%s")
    if at > 0 and message[at - 1] in "'\"" and message[at + 2 : at + 3] == message[at - 1]:
        return message[: at - 1] + "%s" + message[at + 3 :]
    return message


def recased(wanted: str, observed: str) -> str:
    """Return the wanted words in the case of what they replace: all small, all large or a large beginning."""
    if not any(map(str.isalpha, observed)):
        return wanted
    if observed == observed.lower():
        return wanted.lower()
    if observed == observed.upper() and sum(map(str.isalpha, observed)) > 1:
        return wanted.upper()
    return first_upper(wanted) if observed[:1].isupper() else wanted


def check_action(action: Action) -> None:
    """Refuse an action that can't be carried out.

    Raises:
        DefinitionError: unknown action or edit, missing parameters, or a regular expression RE2 refuses.
    """
    if action.name and action.name not in KNOWN_ACTIONS:
        known = ", ".join(sorted(KNOWN_ACTIONS))
        raise DefinitionError("action.name", f"{quoted(action.name)} is not an action; known: {known}")
    if action.name != "edit":
        return
    if not action.params:
        raise DefinitionError("action.params", f"must begin with one of {', '.join(sorted(_EDITS))}")
    needed = {"regex": 3, "replace": 3, "split": 3}.get(action.params[0], 2)
    if action.params[0] in _EDITS and len(action.params) < needed:
        raise DefinitionError("action.params", f"{action.params[0]} needs {needed - 1} more values")
    if action.params[0] == "split" and not _PART.fullmatch(action.params[2]):
        raise DefinitionError("action.params", "split needs the number of the part, from 0")
    if action.params[0] == "regex":
        try:
            compile_re2(write_branches(parse(action.params[1])))
        except PatternError as error:
            raise DefinitionError("action.params", f"the pattern {error}") from None


def suggested(action: Action, observed: str) -> str | None:
    """Return what an action makes of the text found, None where it makes nothing."""
    return next(iter(suggestions(action, observed)), None)


def suggestions(action: Action, observed: str) -> tuple[str, ...]:
    """Return all that an action makes of the text found."""
    if action.name == "remove":
        return ("",)
    if action.name == "replace":
        return action.params
    edited = _edited(action.params, observed) if action.name == "edit" else None
    return () if edited is None else (edited.strip(),)


def said_by_action(action: Action, observed: str) -> str:
    """Return what the second place of a message takes: what the action makes of the text found."""
    if not action.name:
        return ""
    made = suggestions(action, observed)
    return made[0] if len(made) == 1 else quoted_options(made) if made else observed


def _edited(params: tuple[str, ...], observed: str) -> str | None:
    name, *values = params
    match name:
        case "truncate":
            return observed.split(values[0], 1)[0] if values[0] else observed
        case "trim":
            # Vale trims the characters of the value, so `trim ly` would eat more; a whole suffix is meant.
            return _trimmed(_trimmed(observed, values[0], at_end=False), values[0], at_end=True)
        case "trim_left":
            return _trimmed(observed, values[0], at_end=False)
        case "trim_right":
            return _trimmed(observed, values[0], at_end=True)
        case "remove":
            return observed.replace(values[0], "")
        case "replace":
            return observed.replace(values[0], values[1])
        case "regex":
            pattern = compile_re2(write_branches(parse(values[0]), captures=True))
            return str(pattern.sub(lambda found: _expanded(values[1], found), observed))
        case "split":
            parts = observed.split(values[0]) if values[0] else [observed]
            index = int(values[1])
            return parts[index] if index < len(parts) else None
        case _:
            return None


def _expanded(wanted: str, found: Any) -> str:
    def group(place: re.Match[str]) -> str:
        if place[0] == "$$":
            return "$"
        number = int(place[1] or place[2])
        return (found.group(number) or "") if number <= found.re.groups else ""

    return _GROUP.sub(group, wanted)


def _trimmed(text: str, value: str, *, at_end: bool) -> str:
    if at_end and text.endswith(value):
        return text.removesuffix(value)
    if not at_end and text.startswith(value):
        return text.removeprefix(value)
    is_set = len(value) > 1 and not any(char.isalnum() for char in value)
    if not is_set:
        return text
    return text.rstrip(value) if at_end else text.lstrip(value)

"""What a finding says and suggests: Vale's message placeholders and actions."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.checks.style_rules.definition import Action, DefinitionError
from copydesk.checks.style_rules.patterns import PatternError, compile_re2, parse
from copydesk.checks.style_rules.writing import write_branches

KNOWN_ACTIONS = frozenset({"replace", "remove", "suggest", "edit", "convert"})
_EDITS = frozenset(
    {"truncate", "trim", "trim_left", "trim_right", "remove", "regex", "replace", "split", "convert"}
)


def filled(message: str, *values: str) -> str:
    """Put values into the message's `%s` one after the other; what is left over stays."""
    parts = message.split("%s")
    text = parts[0]
    for number, part in enumerate(parts[1:]):
        text += (values[number] if number < len(values) else "%s") + part
    return text


class Wording:
    """A message taken apart once; `unquoted` is the same without the quotes round its first place."""

    __slots__ = ("_parts", "unquoted")

    def __init__(self, message: str, *, is_unquoted: bool = False) -> None:
        self._parts = message.split("%s")
        self.unquoted = self if is_unquoted else Wording(unquoted_once(message), is_unquoted=True)

    def filled(self, *values: str) -> str:
        """Put values into the places one after the other; what is left over stays."""
        parts = self._parts
        if len(parts) == 2:
            return f"{parts[0]}{values[0]}{parts[1]}"
        if len(parts) == 1:
            return parts[0]
        text = parts[0]
        for number, part in enumerate(parts[1:]):
            text += (values[number] if number < len(values) else "%s") + part
        return text


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


def check_action(action: Action) -> None:
    """Refuse an action that can't be carried out.

    Raises:
        DefinitionError: unknown action or edit, missing parameters, or a regular expression RE2 refuses.
    """
    if action.name and action.name not in KNOWN_ACTIONS:
        known = ", ".join(sorted(KNOWN_ACTIONS))
        raise DefinitionError("action.name", f"{action.name!r} is not an action; known: {known}")
    if action.name != "edit":
        return
    if not action.params or action.params[0] not in _EDITS:
        raise DefinitionError("action.params", f"must begin with one of {', '.join(sorted(_EDITS))}")
    needed = {"regex": 3, "replace": 3, "split": 3, "convert": 1}.get(action.params[0], 2)
    if len(action.params) < needed:
        raise DefinitionError("action.params", f"{action.params[0]} needs {needed - 1} more values")
    if action.params[0] == "split" and not action.params[2].isdigit():
        raise DefinitionError("action.params", "split needs the number of the part, from 0")
    if action.params[0] == "regex":
        try:
            compile_re2(write_branches(parse(action.params[1])))
        except PatternError as error:
            raise DefinitionError("action.params", f"the pattern {error}") from None


def suggested(action: Action, observed: str) -> str | None:
    """Return what an action makes of the text found, None where it makes nothing."""
    if action.name == "remove":
        return ""
    if action.name == "replace" and action.params:
        return action.params[0]
    if action.name == "edit":
        return _edited(action.params, observed)
    return None


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
            return str(pattern.sub(lambda _: values[1], observed))
        case "split":
            parts = observed.split(values[0]) if values[0] else [observed]
            index = int(values[1])
            return parts[index] if index < len(parts) else None
        case _:
            return None


def _trimmed(text: str, value: str, *, at_end: bool) -> str:
    if at_end and text.endswith(value):
        return text.removesuffix(value)
    if not at_end and text.startswith(value):
        return text.removeprefix(value)
    is_set = len(value) > 1 and not any(char.isalnum() for char in value)
    if not is_set:
        return text
    return text.rstrip(value) if at_end else text.lstrip(value)

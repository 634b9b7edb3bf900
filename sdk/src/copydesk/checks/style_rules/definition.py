"""Reading a rule's `definition`: the keys each kind knows, their types, and what is wrong with them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from copydesk.assets.style_guide import RuleKind

MAX_TOKENS = 5_000

# Keys of every kind, as in Vale (https://vale.sh/docs/styles); the first group is used, the second only kept.
COMMON_KEYS = frozenset({"scope", "limit", "action", "level", "vocab", "exceptions"})
KEPT_KEYS = frozenset(
    {"link", "description", "author", "name", "code", "message", "extends", "tests", "pos", "in", "path"}
)
KIND_KEYS: Mapping[RuleKind, frozenset[str]] = {
    RuleKind.EXISTENCE: frozenset({"tokens", "raw", "nonword", "ignorecase", "append", "matchcase"}),
    RuleKind.SUBSTITUTION: frozenset({"swap", "nonword", "ignorecase", "capitalize", "matchcase"}),
    RuleKind.OCCURRENCE: frozenset({"token", "max", "min", "ignorecase"}),
    RuleKind.REPETITION: frozenset({"tokens", "max", "ignorecase", "alpha"}),
    RuleKind.CONSISTENCY: frozenset({"either", "nonword", "ignorecase"}),
    RuleKind.CONDITIONAL: frozenset({"first", "second", "ignorecase"}),
    RuleKind.CAPITALIZATION: frozenset({"match", "style", "threshold", "indicators", "prefix"}),
    RuleKind.METRIC: frozenset({"formula", "condition"}),
    RuleKind.READABILITY: frozenset({"metrics", "grade"}),
    RuleKind.SPELLING: frozenset(
        {
            "custom",
            "filters",
            "ignore",
            "ignored_words",
            "dictionaries",
            "dicpath",
            "append",
            "language",
            "split",
            "threshold",
            "aff",
            "dic",
        }
    ),
}
NEEDED_KEYS: Mapping[RuleKind, tuple[tuple[str, ...], ...]] = {
    RuleKind.EXISTENCE: (("tokens", "raw"),),
    RuleKind.SUBSTITUTION: (("swap",),),
    RuleKind.OCCURRENCE: (("token",), ("max", "min")),
    RuleKind.REPETITION: (("tokens",),),
    RuleKind.CONSISTENCY: (("either",),),
    RuleKind.CONDITIONAL: (("first",), ("second",)),
    RuleKind.CAPITALIZATION: (("match",),),
    RuleKind.METRIC: (("formula",), ("condition",)),
    RuleKind.READABILITY: (("metrics",), ("grade",)),
}
# Scopes of text, then the endings of files by which Vale also selects (`text.md`).
SCOPE_NAMES = frozenset(
    "text heading h1 h2 h3 h4 h5 h6 sentence paragraph list table header cell caption figure blockquote raw"
    " summary link strong emphasis code attr alt frontmatter md html txt".split()
)
# What Vale also reads and Copydesk does not: programs and other markup.
OTHER_SCOPES = frozenset(
    "comment line block meta class doc adoc rst mdx org xml dita py go js jsx ts tsx c cc cpp h cs css scss"
    " sass less lua php r rb rs sh swift java kt yml yaml json toml proto jl ex clj hs ps1 rmd tex".split()
)
# Scopes whose parts have names of their own: keys of the front matter, classes of elements.
_HAS_OWN_NAMES = frozenset({"frontmatter", "class"})
_SCOPE = re.compile(r"~?\s*[\w:+-]+(?:\.[\w:+-]+)*")


def quoted(written: str) -> str:
    """Return a value of a rule as messages quote it; one that begins so leads to the value's line."""
    return f"“{written}”"


class DefinitionError(ValueError):
    """A key of a definition that is missing or has the wrong type; `key` is its dotted path."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        self.message = message
        super().__init__(f"{key}: {message}")


@dataclass(frozen=True, slots=True)
class Action:
    """What Vale's `action` says: how the suggestion is made from what was found."""

    name: str = ""
    params: tuple[str, ...] = ()


class Definition:
    """Typed access to a definition's keys, as YAML or JSON wrote them."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def text(self, key: str, default: str = "") -> str:
        """Return a text value.

        Raises:
            DefinitionError: it is a list or an object.
        """
        value = self.data.get(key, default)
        if isinstance(value, list | tuple | dict):
            raise DefinitionError(key, "must be one text")
        return default if value is None else str(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a yes-or-no value; `true` and `false` may be written as text.

        Raises:
            DefinitionError: it is anything else.
        """
        value = self.data.get(key, default)
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in {"true", "yes", "on", "false", "no", "off", ""}:
            return value.lower() in {"true", "yes", "on"}
        raise DefinitionError(key, "must be true or false")

    def whole(self, key: str) -> int | None:
        """Return a whole number of 0 or more, None where the key is absent.

        Raises:
            DefinitionError: it is no such number.
        """
        value = self.data.get(key)
        if value is None or value == "":
            return None
        try:
            number = int(str(value))
        except ValueError:
            raise DefinitionError(key, "must be a whole number") from None
        if isinstance(value, bool) or not 0 <= number <= 100_000:
            raise DefinitionError(key, "must be a whole number from 0 to 100000")
        return number

    def decimal(self, key: str, default: str) -> float:
        """Return a number, which JSON keeps as text.

        Raises:
            DefinitionError: it is no number.
        """
        try:
            number = float(Decimal(str(self.data.get(key, default))))
        except InvalidOperation:
            number = math.nan
        if not math.isfinite(number):  # nothing is more than nan: the rule would say nothing, ever
            raise DefinitionError(key, "must be a number such as 0.8")
        return number

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts without the empty ones; a single text counts as a list of one.

        Raises:
            DefinitionError: it is no list of texts, or longer than MAX_TOKENS.
        """
        value = self.data.get(key)
        if value is None or value == "":
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or any(isinstance(i, list | tuple | dict) for i in items):
            raise DefinitionError(key, "must be a list of texts")
        if len(items) > MAX_TOKENS:
            raise DefinitionError(key, f"holds more than {MAX_TOKENS} entries; split the rule")
        return tuple(str(item) for item in items if item is not None and str(item).strip())

    def pairs(self, key: str) -> dict[str, str]:
        """Return an object of texts to texts.

        Raises:
            DefinitionError: it is no such object, or longer than MAX_TOKENS.
        """
        value = self.data.get(key)
        if not isinstance(value, Mapping) or not value:
            raise DefinitionError(key, "must be pairs 'found: wanted'")
        if len(value) > MAX_TOKENS:
            raise DefinitionError(key, f"holds more than {MAX_TOKENS} pairs; split the rule")
        if any(isinstance(item, list | tuple | dict) for item in value.values()):
            raise DefinitionError(key, "must be pairs of single texts")
        return {str(left): "" if right is None else str(right) for left, right in value.items()}

    def action(self) -> Action:
        """Return the action, an empty one where there is none.

        Raises:
            DefinitionError: it has no name or its parameters are no texts.
        """
        value = self.data.get("action")
        if value is None or value == "":
            return Action()
        if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
            raise DefinitionError("action", "must have a name such as replace, remove, suggest or edit")
        params = value.get("params") or ()
        if not isinstance(params, list | tuple):
            raise DefinitionError("action.params", "must be a list of texts")
        return Action(value["name"], tuple(str(param) for param in params))

    def scopes(self, *, takes_any_name: bool = False) -> tuple[str, ...]:
        """Return the scopes, `text` where none is given.

        Args:
            takes_any_name: whether a scope that nobody knows is one, as it is to Vale.

        Raises:
            DefinitionError: something that can't be read as a scope, or a scope nobody knows.
        """
        scopes = self.texts("scope") or ("text",)
        if takes_any_name:
            return scopes
        for part in (part.strip() for scope in scopes for part in scope.split("&")):
            if not _SCOPE.fullmatch(part):
                example = "write for example heading.h2, ~list or sentence & ~blockquote"
                raise DefinitionError("scope", f"{quoted(part)} is not a scope; {example}")
            names = part.lstrip("~ ").split(".")
            for name in names:
                if name not in SCOPE_NAMES | OTHER_SCOPES and not _HAS_OWN_NAMES & set(names):
                    known = ", ".join(sorted(SCOPE_NAMES))
                    raise DefinitionError("scope", f"{quoted(name)} is not a scope; known: {known}")
        return scopes


def scopes_elsewhere(scopes: Sequence[str]) -> tuple[str, ...]:
    """Return the scopes that no part of a text here ever has, such as the `comment` of a program's source."""
    return tuple(scope for scope in scopes if not all(map(_is_here, scope.split("&"))))


def _is_here(part: str) -> bool:
    names = set(part.strip().split("."))
    if part.strip().startswith("~"):
        return True
    return "frontmatter" in names or names <= SCOPE_NAMES


def known_keys(kind: RuleKind) -> frozenset[str]:
    """Return all keys that mean something for a kind of rule."""
    return COMMON_KEYS | KEPT_KEYS | KIND_KEYS.get(kind, frozenset())

"""Structured output: is a text the JSON its prompt promised?

The schema comes from an editor and the text from a model, so neither is trusted: patterns run on RE2, and no
reference is fetched.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import re2
import referencing
from jsonschema import Draft202012Validator, FormatChecker, SchemaError, ValidationError, validators
from referencing.jsonschema import DRAFT202012

from copydesk.json_reading import RepeatedKeyError, unique_object

MAX_PROBLEMS: Final = 20
MAX_SHOWN_KEY_CHARS: Final = 60
_PLAIN_VALUES: Final = frozenset({"const", "enum", "default", "examples"})
_UNICODE_ESCAPE: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{4}))")


@dataclass(frozen=True, slots=True)
class SchemaUnusable:
    """A schema that can't be used, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """One place where a text is not what was promised; `path` is a JSON path such as `$.price`."""

    rule: str
    message: str
    path: str = "$"


class StructuredOutput:
    """A compiled JSON schema (Draft 2020-12); immutable and shared between threads."""

    __slots__ = ("_validator",)

    def __init__(self, validator: Any) -> None:
        self._validator = validator

    @classmethod
    def compile(cls, schema: Mapping[str, Any] | None) -> StructuredOutput | SchemaUnusable:
        """Compile a schema, None for any JSON.

        Source: JSON Schema Draft 2020-12; patterns are RE2's instead of ECMA-262's.
        """
        if schema is None:
            return cls(None)
        try:
            # Its own check of patterns is Python's, which knows no "\\p{Lu}".
            Draft202012Validator.check_schema(schema, format_checker=FormatChecker(formats=()))
            _compile_patterns(schema)
        except SchemaError as error:
            return SchemaUnusable(f"{error.json_path}: {error.message}")
        except re2.error as error:
            return SchemaUnusable(f"a pattern is not a regular expression RE2 takes: {_words(error)}")
        reason = _unlike_ours(schema)
        return (
            SchemaUnusable(reason)
            if reason
            else cls(_LinearValidator(schema, registry=referencing.Registry()))
        )

    def problems(self, text: str) -> list[SchemaProblem]:
        """Return where a text is not the JSON promised, at most `MAX_PROBLEMS`."""
        try:
            data = json.loads(
                text, object_pairs_hook=unique_object, parse_constant=_refuse_constant, parse_float=_finite
            )
        except RecursionError:
            return [SchemaProblem("json", "The JSON is nested too deeply.")]
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            return [SchemaProblem("json", f"The text is not JSON: {error.msg} ({place}).")]
        except RepeatedKeyError as error:
            return [
                SchemaProblem(
                    "json", f"The key “{error.key[:MAX_SHOWN_KEY_CHARS]}” stands twice in one object."
                )
            ]
        except ValueError as error:
            return [SchemaProblem("json", f"The text is not JSON: {error}.")]
        if self._validator is None:
            return []
        found = []
        for broken in self._validator.iter_errors(data):
            message = broken.message if len(broken.message) <= 200 else broken.message[:199] + "…"
            found.append(SchemaProblem("json_schema", f"{broken.json_path}: {message}.", broken.json_path))
            if len(found) == MAX_PROBLEMS:
                break
        return found


def _refuse_constant(name: str) -> Any:
    message = f"{name} is not a JSON number"
    raise ValueError(message)


def _finite(written: str) -> float:
    """Read a number with a point or an exponent; one beyond a double's range compares with nothing."""
    number = float(written)
    if math.isinf(number):
        message = f"{written[:40]} is too large a number"
        raise ValueError(message)
    return number


def _compile_patterns(schema: Any) -> None:
    """Compile every pattern of a schema once, so that a bad one is found when the policy is compiled."""
    for part in _parts(schema):
        if isinstance(pattern := part.get("pattern"), str):
            _compiled(pattern)
        if isinstance(patterns := part.get("patternProperties"), Mapping):
            for pattern in patterns:
                _compiled(pattern)


def _parts(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object of a schema but those that are values of its own, such as a default."""
    if isinstance(schema, Mapping):
        yield schema
        for key, value in schema.items():
            if key not in _PLAIN_VALUES:
                yield from _parts(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _parts(item)


def _unlike_ours(schema: Mapping[str, Any]) -> str | None:
    """Return why a valid schema can't be used: patterns that would run on Python, references to elsewhere."""
    parts = list(_parts(schema))
    if any("patternProperties" in part for part in parts) and any(
        "unevaluatedProperties" in part for part in parts
    ):
        return "unevaluatedProperties can't stand beside patternProperties; use additionalProperties"
    if any("$id" in part for part in parts if part is not schema):
        return None  # references may be told from any of them
    resource = referencing.Resource.from_contents(schema, default_specification=DRAFT202012)
    resolver = (
        referencing.Registry().with_resource(resource.id() or "", resource).resolver(resource.id() or "")
    )
    for ref in (part["$ref"] for part in parts if isinstance(part.get("$ref"), str)):
        try:
            resolver.lookup(ref)
        except referencing.exceptions.Unresolvable:
            return f"$ref {ref!r} leads nowhere; references are kept to the schema itself"
    return None


def _pattern(validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not _found(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object"):
        for pattern, subschema in patterns.items():
            for key, value in instance.items():
                if _found(pattern, key):
                    yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, additional: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extras = [key for key in instance if key not in known and not any(_found(p, key) for p in patterns)]
    if validator.is_type(additional, "object"):
        for key in extras:
            yield from validator.descend(instance[key], additional, path=key)
    elif not additional and extras:
        named = ", ".join(map(repr, sorted(extras)[:5]))
        yield ValidationError(f"holds what the schema does not name: {named}")


def _multiple_of(validator: Any, divisor: float, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """Compare numbers as they are written: 19.99 is a multiple of 0.01, which of doubles it is not."""
    if not validator.is_type(instance, "number"):
        return
    if (Fraction(str(instance)) / Fraction(str(divisor))).denominator != 1:
        yield ValidationError(f"{instance!r} is not a multiple of {divisor!r}")


def _found(pattern: str, value: str) -> bool:
    # Half a character can't be given to RE2; it never matches anything but a dot.
    safe = value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    return _compiled(pattern).search(safe) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    """Compile a pattern of ECMA-262 with RE2; "\\u00e4" is "\\x{00e4}" there."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(_UNICODE_ESCAPE.sub(r"\1\\x{\2\3}", pattern), options)


def _words(error: re2.error) -> str:
    detail = error.args[0] if error.args else "unknown"
    return detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)


_LinearValidator = validators.extend(
    Draft202012Validator,
    {
        "multipleOf": _multiple_of,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)

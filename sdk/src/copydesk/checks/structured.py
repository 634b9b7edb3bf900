"""Structured output: is a text the JSON its prompt promised?

The schema comes from an editor and the text from a model, so neither is trusted: patterns run on RE2, and no
reference is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import re2
import referencing
from jsonschema import Draft202012Validator, SchemaError, ValidationError, validators

MAX_PROBLEMS: Final = 20


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
            Draft202012Validator.check_schema(schema)
            _compile_patterns(schema)
        except SchemaError as error:
            return SchemaUnusable(f"{error.json_path}: {error.message}")
        except re2.error as error:
            return SchemaUnusable(f"a pattern is not a regular expression RE2 takes: {_words(error)}")
        return cls(_LinearValidator(schema, registry=referencing.Registry()))

    def problems(self, text: str) -> list[SchemaProblem]:
        """Return where a text is not the JSON promised, at most `MAX_PROBLEMS`."""
        try:
            data = json.loads(text, parse_constant=_refuse_constant)
        except RecursionError:
            return [SchemaProblem("json", "The JSON is nested too deeply.")]
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            return [SchemaProblem("json", f"The text is not JSON: {error.msg} ({place}).")]
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


def _compile_patterns(schema: Any) -> None:
    """Compile every pattern of a schema once, so that a bad one is found when the policy is compiled."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "pattern" and isinstance(value, str):
                re2.compile(value)
            elif key == "patternProperties" and isinstance(value, Mapping):
                for pattern in value:
                    re2.compile(pattern)
            _compile_patterns(value)
    elif isinstance(schema, list):
        for item in schema:
            _compile_patterns(item)


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


def _found(pattern: str, value: str) -> bool:
    # Half a character can't be given to RE2; it never matches anything but a dot.
    safe = value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    return re2.search(pattern, safe) is not None


def _words(error: re2.error) -> str:
    detail = error.args[0] if error.args else "unknown"
    return detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)


_LinearValidator = validators.extend(
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)

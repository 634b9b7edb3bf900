"""A compiled schema, and where a text is not the JSON that it promises.

The schema comes from an editor and the text from a model, so neither is trusted: patterns run on RE2, and no
reference is fetched.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import re2
import referencing
from jsonschema import FormatChecker, SchemaError, ValidationError, validators

from copydesk.checks.structured.formats import format_checker
from copydesk.checks.structured.patterns import compiled, found
from copydesk.checks.structured.reading import (
    DRAFTS,
    SchemaUnusableError,
    draft_of,
    parts,
    refuse_lost_references,
    without_draft,
)
from copydesk.json_reading import RepeatedKeyError, unique_object

MAX_PROBLEMS: Final = 20
MAX_SHOWN_KEY_CHARS: Final = 60


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
    """A compiled JSON schema; immutable and shared between threads."""

    __slots__ = ("_validator",)

    def __init__(self, validator: Any) -> None:
        self._validator = validator

    @classmethod
    def compile(cls, schema: Mapping[str, Any] | None) -> StructuredOutput | SchemaUnusable:
        """Compile a schema, None for any JSON.

        A schema is read in the draft that its `$schema` names, else in 2020-12. Dates, addresses and the like
        under `format` are held to; other names of formats only describe, as the standard has it.

        Source: JSON Schema Draft 2020-12 (and 2019-09, 07, 06, 04); patterns are RE2's instead of ECMA-262's.
        """
        if schema is None:
            return cls(None)
        try:
            return cls(_validator(schema))
        except SchemaError as error:
            return SchemaUnusable(f"{error.json_path}: {error.message}{_hint(error)}")
        except re2.error as error:
            return SchemaUnusable(f"a pattern is not a regular expression RE2 takes: {_words(error)}")
        except SchemaUnusableError as error:
            return SchemaUnusable(str(error))
        except RecursionError:
            return SchemaUnusable("it is nested too deeply")

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
        broken = []
        try:
            for misfit in self._validator.iter_errors(data):
                message = misfit.message if len(misfit.message) <= 200 else misfit.message[:199] + "…"
                broken.append(
                    SchemaProblem("json_schema", f"{misfit.json_path}: {message}.", misfit.json_path)
                )
                if len(broken) == MAX_PROBLEMS:
                    break
        except RecursionError:
            return [SchemaProblem("json", "The JSON is nested too deeply.")]
        return broken


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


def _validator(schema: Mapping[str, Any]) -> Any:
    """Return a validator for a schema.

    Raises:
        SchemaUnusableError, SchemaError, re2.error, RecursionError: the schema can't be used.
    """
    draft = draft_of(schema)
    plain = without_draft(schema)
    # The library's own check of patterns is Python's, which knows no "\\p{Lu}".
    DRAFTS[draft][0].check_schema(plain, format_checker=FormatChecker(formats=()))
    _compile_patterns(plain)
    _refuse_what_runs_on_python(plain)
    refuse_lost_references(plain, draft)
    return _LINEAR[draft](plain, registry=referencing.Registry(), format_checker=_FORMATS)


def _hint(error: SchemaError) -> str:
    if list(error.path)[-1:] == ["items"] and isinstance(error.instance, list):
        return "; Draft 2020-12 calls a list of schemas prefixItems, or let $schema name the older draft"
    return ""


def _compile_patterns(schema: Any) -> None:
    """Compile every pattern of a schema once, so that a bad one is found when the policy is compiled."""
    for part in parts(schema):
        if isinstance(pattern := part.get("pattern"), str):
            compiled(pattern)
        if isinstance(patterns := part.get("patternProperties"), Mapping):
            for pattern in patterns:
                compiled(pattern)


def _refuse_what_runs_on_python(schema: Mapping[str, Any]) -> None:
    keys = {key for part in parts(schema) for key in part}
    if "patternProperties" in keys and "unevaluatedProperties" in keys:
        message = "unevaluatedProperties can't stand beside patternProperties; use additionalProperties"
        raise SchemaUnusableError(message)


def _pattern(validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not found(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object"):
        for pattern, subschema in patterns.items():
            for key, value in instance.items():
                if found(pattern, key):
                    yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, additional: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extras = [key for key in instance if key not in known and not any(found(p, key) for p in patterns)]
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


def _dependencies(
    validator: Any, dependencies: Mapping[str, Any], instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    """Apply the keyword that later drafts split in two and let stand for old schemas (2020-12, 8)."""
    if not validator.is_type(instance, "object"):
        return
    for key, needed in dependencies.items():
        if key not in instance:
            continue
        if isinstance(needed, list):
            for missing in (other for other in needed if other not in instance):
                yield ValidationError(f"{missing!r} is needed beside {key!r}")
        else:
            yield from validator.descend(instance, needed, schema_path=key)


def _words(error: re2.error) -> str:
    detail = error.args[0] if error.args else "unknown"
    return detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)


_KEYWORDS: Final = {
    "multipleOf": _multiple_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "dependencies": _dependencies,
}
_LINEAR: Final = {name: validators.extend(kind, _KEYWORDS) for name, (kind, _) in DRAFTS.items()}
_FORMATS: Final = format_checker()

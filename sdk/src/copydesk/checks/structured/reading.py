"""Reading a schema before it is used: its draft, where its references lead, and whether they go round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import jsonschema
import referencing
from jsonschema import SchemaError
from referencing.jsonschema import DRAFT4, DRAFT6, DRAFT7, DRAFT201909, DRAFT202012

PLAIN_VALUES: Final = frozenset({"const", "enum", "default", "examples"})
# By `$schema` without the protocol and a closing "#", as people write both ways.
DRAFTS: Final[Mapping[str, tuple[Any, Any]]] = {
    "json-schema.org/draft/2020-12/schema": (jsonschema.Draft202012Validator, DRAFT202012),
    "json-schema.org/draft/2019-09/schema": (jsonschema.Draft201909Validator, DRAFT201909),
    "json-schema.org/draft-07/schema": (jsonschema.Draft7Validator, DRAFT7),
    "json-schema.org/draft-06/schema": (jsonschema.Draft6Validator, DRAFT6),
    "json-schema.org/draft-04/schema": (jsonschema.Draft4Validator, DRAFT4),
}
LATEST: Final = "json-schema.org/draft/2020-12/schema"
# They still honour the keyword, but the library does not look for schemas in it.
_WITHOUT_DEPENDENCIES: Final = (DRAFT201909, DRAFT202012)
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
# What these hold looks at the same value again, so a reference among them can go round for ever.
_ON_THE_SAME_VALUE: Final = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
_BY_KEY_OF_THE_SAME_VALUE: Final = ("dependentSchemas", "dependencies")


class SchemaUnusableError(ValueError):
    """The schema can't be used; the message says why."""


def draft_of(schema: Mapping[str, Any]) -> str:
    """Return which of `DRAFTS` a schema is written in; one that says nothing is in the latest.

    Raises:
        SchemaUnusableError: another draft, or two of them in one schema.

    Source: JSON Schema Draft 2020-12, Core, 8.1.1: a dialect that isn't known is refused, not guessed.
    """
    named = {_plain(part["$schema"]) for part in parts(schema) if isinstance(part.get("$schema"), str)}
    if len(named) > 1:
        raise SchemaUnusableError("$schema names several drafts; write the whole schema in one")
    name = next(iter(named), LATEST)
    if name not in DRAFTS:
        raise SchemaUnusableError(
            f"$schema {name!r} is no draft this check knows; leave it out for Draft 2020-12,"
            " or name 2019-09, 07, 06 or 04"
        )
    return name


def _plain(name: str) -> str:
    return name.removeprefix("https://").removeprefix("http://").removesuffix("#")


def parts(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object of a schema but those that are values of its own, such as a default."""
    if isinstance(schema, Mapping):
        yield schema
        for key, value in schema.items():
            if key not in PLAIN_VALUES:
                yield from parts(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from parts(item)


def without_draft(schema: Any) -> Any:
    """Return a schema without the names of its draft.

    By such a name the library takes its own validator for a part that is referred to, and with it Python's
    regular expressions, whose time is exponential.
    """
    if isinstance(schema, Mapping):
        return {
            key: value if key in PLAIN_VALUES else without_draft(value)
            for key, value in schema.items()
            if not (key == "$schema" and isinstance(value, str))
        }
    return [without_draft(item) for item in schema] if isinstance(schema, list) else schema


def refuse_lost_references(schema: Mapping[str, Any], draft: str) -> None:
    """See that every reference leads to a schema inside this one, and that none goes round in a circle.

    Args:
        schema: a schema that is valid in its draft and names none.
        draft: one of `DRAFTS`.

    Raises:
        SchemaUnusableError: the first reference that leads nowhere, to no schema, or back to itself.
    """
    validator, specification = DRAFTS[draft]
    resource = specification.create_resource(schema)
    uri = resource.id() or ""
    resolver = referencing.Registry().with_resource(uri, resource).crawl().resolver(uri)
    steps: dict[int, list[int]] = {}
    named: dict[int, str] = {}
    waiting: list[tuple[Any, Any]] = [(schema, resolver)]
    while waiting:
        part, resolver = waiting.pop()
        if not isinstance(part, Mapping) or id(part) in steps:
            continue
        steps[id(part)] = [id(inner) for inner in _of_the_same_value(part)]
        for ref in (part[key] for key in _REFERENCES if isinstance(part.get(key), str)):
            target, place = _target(ref, resolver, validator)
            steps[id(part)].append(id(target))
            named[id(part)] = ref
            waiting.append((target, place))
        inside = _schemas_in(part, specification)
        waiting += [(inner.contents, resolver.in_subresource(inner)) for inner in inside]
    circle = _circle(steps)
    if circle is not None:
        ref = next((named[place] for place in circle if place in named), "")
        raise SchemaUnusableError(f"$ref {ref!r} leads back to itself; nothing could ever be checked by it")


def _target(ref: str, resolver: Any, validator: Any) -> tuple[Any, Any]:
    try:
        resolved = resolver.lookup(ref)
    except referencing.exceptions.Unresolvable:
        message = f"$ref {ref!r} leads nowhere; references are kept to the schema itself"
        raise SchemaUnusableError(message) from None
    if not isinstance(resolved.contents, Mapping | bool):
        raise SchemaUnusableError(f"$ref {ref!r} leads to something that is no schema")
    try:
        validator.check_schema(resolved.contents, format_checker=jsonschema.FormatChecker(formats=()))
    except SchemaError as error:
        message = f"$ref {ref!r} leads to something that is no schema: {error.message}"
        raise SchemaUnusableError(message) from None
    return resolved.contents, resolved.resolver


def _schemas_in(part: Mapping[str, Any], specification: Any) -> Iterator[Any]:
    yield from specification.create_resource(part).subresources()
    if specification in _WITHOUT_DEPENDENCIES and isinstance(part.get("dependencies"), Mapping):
        for inner in part["dependencies"].values():
            if isinstance(inner, Mapping | bool):
                yield specification.create_resource(inner)


def _of_the_same_value(part: Mapping[str, Any]) -> Iterator[Any]:
    for key in _ON_THE_SAME_VALUE:
        inner = part.get(key)
        yield from inner if isinstance(inner, list) else (inner,) if isinstance(inner, Mapping) else ()
    for key in _BY_KEY_OF_THE_SAME_VALUE:
        inner = part.get(key)
        yield from inner.values() if isinstance(inner, Mapping) else ()


def _circle(steps: Mapping[int, list[int]]) -> list[int] | None:
    """Return a way through the places that ends where it has been before, if there is one."""
    done: set[int] = set()
    for start in steps:
        way: list[int] = []
        waiting = [(start, False)]
        while waiting:
            place, is_left = waiting.pop()
            if is_left:
                done.add(way.pop())
            elif place in way:
                return way[way.index(place) :]
            elif place in steps and place not in done:
                way.append(place)
                waiting += [(place, True), *((step, False) for step in steps[place])]
    return None

"""The OpenAPI 3.1 document: the API's paths from the registered views, the data plane's as written here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from pydantic import TypeAdapter
from werkzeug.routing import Rule

from console.distribution.operations import ReportContent
from console.web.api_json import ApiShape
from copydesk import __version__
from copydesk.bundle.pointer import CONTENT_TYPE as POINTER_TYPE

Json = dict[str, Any]
REF = "#/components/schemas/{model}"
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
PROBLEM_SCHEMA: Json = {
    "type": "object",
    "description": "Problem details (RFC 9457); `errors` names the first places in the input.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "errors_left_out": {"type": "integer", "description": "How many more there are, where there are."},
    },
}
_CONVERTERS: Mapping[str, Json] = {
    "int": {"type": "integer", "minimum": 0},
    "default": {"type": "string"},
    "path": {"type": "string"},
}
_ARGUMENT = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
# Queries of lists; what a view documents in its own words stays in its description.
_CURSOR: Json = {
    "name": "before",
    "in": "query",
    "description": "Cursor `older` of the page before.",
    "schema": {"type": "integer"},
}


def api_document(app: Flask) -> Json:
    """Describe every `/api` view of the application and the data plane under `/dist`."""
    schemas: Json = {"Problem": PROBLEM_SCHEMA}
    paths: Json = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            operations = paths.setdefault(_ARGUMENT.sub(r"{\2}", rule.rule), {})
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                operations[method.lower()] = _operation(rule, app.view_functions[rule.endpoint], schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Copydesk",
            "version": __version__,
            "description": "The console's API for programs, and the data plane that runtime services read.",
        },
        "paths": dict(sorted((paths | _data_plane(schemas)).items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "apiToken": {"type": "http", "scheme": "bearer", "description": "API token, cka_…"},
                "runtimeToken": {"type": "http", "scheme": "bearer", "description": "Runtime token, ckr_…"},
            },
        },
    }


def _operation(rule: Rule, view: Callable[..., Any], schemas: Json) -> Json:
    text = inspect.getdoc(view) or ""
    shape: ApiShape | None = getattr(view, "api_shape", None)
    operation: Json = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [rule.endpoint.split(".", maxsplit=1)[0].removesuffix("_api")],
        "summary": text.split("\n", maxsplit=1)[0],
        "parameters": [_parameter(found) for found in _ARGUMENT.finditer(rule.rule)],
        "responses": {
            str(shape.status if shape else 200): _success(shape, schemas),
            "default": {"description": "Refused; the problem says why.", "content": PROBLEM},
        },
        "security": [{"apiToken": []}],
    }
    if rule.endpoint.split(".")[-1].startswith("list_"):
        operation["parameters"].append(_CURSOR)
    if shape is not None and shape.body is not None:
        content = {"application/json": {"schema": _schema(shape.body, schemas, "validation")}}
        operation["requestBody"] = {"required": True, "content": content}
    if rule.endpoint == "distribution.document":
        operation["security"] = []
    return operation


def _parameter(found: re.Match[str]) -> Json:
    schema = _CONVERTERS.get(found[1] or "default", _CONVERTERS["default"])
    return {"name": found[2], "in": "path", "required": True, "schema": schema}


def _success(shape: ApiShape | None, schemas: Json) -> Json:
    schema = _schema(shape.answer, schemas, "serialization") if shape else {}
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


def _schema(model: Any, schemas: Json, mode: Any) -> Json:
    """Return a reference to a model's schema and add it, with what it is made of, to `schemas`."""
    made = TypeAdapter(model).json_schema(ref_template=REF, mode=mode)
    schemas.update(made.pop("$defs", {}))
    name = str(made.get("title", model))
    if "$ref" in made:
        return made
    schemas[name] = made
    return {"$ref": REF.format(model=name)}


def _data_plane(schemas: Json) -> Json:
    base = "/dist/v1/{workspace}/{policy}"
    names = [_named("workspace"), _named("policy")]
    etag = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}
    version: Json = {"name": "version", "in": "path", "required": True}
    version["schema"] = {"type": "integer", "minimum": 1}
    wait: Json = {"name": "wait", "in": "query", "schema": {"type": "integer", "enum": [1]}}
    wait["description"] = "Hold the answer until the channel moves, at most 25 s; needs If-None-Match."
    bundle = _answer(
        "The signed bundle, byte for byte as published.", "application/vnd.openpolicyagent.bundles"
    )
    pointer = _answer("The channel's signed pointer.", POINTER_TYPE)
    keys = _answer("All public keys, the retired ones included (RFC 7517).", "application/jwk-set+json")
    same = {"304": {"description": "Still what If-None-Match names."}}
    gone = {"410": {"description": "The version was revoked.", "content": PROBLEM}}
    return {
        f"{base}/bundles/{{version}}": {
            "get": _read(
                "bundle", "Fetch a version.", [*names, version, etag], {"200": bundle, **same, **gone}
            )
        },
        f"{base}/channels/{{channel}}": {
            "get": _read(
                "pointer",
                "Fetch what a channel points at.",
                [*names, _named("channel"), etag, wait],
                {"200": pointer, **same},
            )
        },
        f"{base}/keys": {"get": _read("keys", "Fetch the public keys.", names, {"200": keys})},
        f"{base}/reports": {
            "post": {
                **_read("report", "Report what a process runs.", names, {"204": {"description": "Kept."}}),
                "requestBody": _report_body(schemas),
            }
        },
    }


def _report_body(schemas: Json) -> Json:
    schema = _schema(ReportContent, schemas, "validation")
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _read(name: str, summary: str, parameters: list[Json], responses: Json) -> Json:
    words = {
        "401": "No token, or one that is unknown, revoked or expired.",
        "403": "The token is for something else.",
        "404": "There is no such thing, or nothing yet.",
    }
    refusals = {status: {"description": text, "content": PROBLEM} for status, text in words.items()}
    return {
        "operationId": f"dist_{name}",
        "tags": ["distribution"],
        "summary": summary,
        "parameters": parameters,
        "responses": {**responses, **refusals},
        "security": [{"runtimeToken": []}],
    }


def _named(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _answer(text: str, content_type: str) -> Json:
    headers = {"ETag": {"schema": {"type": "string"}}}
    return {"description": text, "headers": headers, "content": {content_type: {}}}

"""JSON in and out of the API: bodies read into models, answers written from dataclasses.

What a view takes and answers is kept on the view, so that the OpenAPI document is made from the code itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, request
from pydantic import TypeAdapter, ValidationError

from console.errors import InvalidError
from console.web import strict_json
from copydesk.assets.base import Content
from copydesk.errors import Problem

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class ApiShape:
    """What one API view takes and answers: a body model (or none), the answer's type, and its status."""

    body: type[Content] | None
    answer: Any
    status: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer whose status is not the view's own, such as 200 for a thing that was there before."""

    value: Any
    status: int


def api_json(
    *, answer: Any, body: type[Content] | None = None, status: int = 200
) -> Callable[[Callable[..., Any]], View]:
    """Give the view its body as the argument `body`, and send what it returns as JSON.

    Args:
        answer: dataclass (or other type pydantic knows) of what the view returns.
        body: model that the request's body must fit; None for views without a body.
        status: HTTP status of the usual answer.
    """
    adapter = TypeAdapter(answer)

    def decorate(view: Callable[..., Any]) -> View:
        @wraps(view)
        def wrapper(**arguments: Any) -> Any:
            if body is not None:
                arguments["body"] = read_body(body)
            made = view(**arguments)
            sent, code = (made.value, made.status) if isinstance(made, Answered) else (made, status)
            data = json.dumps(adapter.dump_python(sent, mode="json"), ensure_ascii=False)
            return Response(data, status=code, mimetype="application/json")

        wrapper.__dict__["api_shape"] = ApiShape(body, answer, status)
        return wrapper

    return decorate


def read_body(model: type[Content]) -> Any:
    """Read the request's body.

    Raises:
        InvalidError: no JSON object, or fields that do not fit; the places are named.
    """
    try:
        data = strict_json.loads(request.get_data() or b"{}")
    except strict_json.UnfitJsonError as error:
        raise InvalidError([error.problem]) from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = [
            Problem(".".join(map(str, item["loc"])), str(item["msg"]).removeprefix("Value error, "))
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise InvalidError(problems) from error


def shape_of(endpoint: str) -> ApiShape | None:
    """Return what a registered endpoint takes and answers; None where it does not say."""
    return getattr(current_app.view_functions[endpoint], "api_shape", None)

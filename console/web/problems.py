"""Errors become answers here, once: pages for people, RFC 9457 problem details for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from console.errors import ConsoleError, InvalidError
from copydesk.errors import ContentError, Problem, clipped

PROBLEM_JSON = "application/problem+json"
# Whoever sends a hundred thousand wrong values reads no hundred thousand sentences.
MAX_ERRORS_LISTED = 100
Item = TypeVar("Item")
TEMPLATES = frozenset({400, 403, 404, 409, 413, 422, 429, 500})


def register_problems(app: Flask) -> None:
    """Map the console's errors, the SDK's content errors and HTTP errors to answers."""
    app.register_error_handler(ConsoleError, _console_error)
    app.register_error_handler(ContentError, _content_error)
    app.register_error_handler(HTTPException, _http_error)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Tell whether a program asks: the API and distribution doors always answer in JSON."""
    return request.path.startswith(("/api/", "/dist/"))


def problem(status: int, title: str, *, code: str, problems: tuple[Problem, ...] = ()) -> Response:
    """Build one problem detail (RFC 9457).

    `errors` lists the first hundred places, `errors_left_out` says how many more there are.
    """
    body: dict[str, Any] = {"type": f"urn:copydesk:{code}", "title": title, "status": status}
    if problems:
        body |= listed(problems)
    response = jsonify(body)
    response.status_code = status
    response.mimetype = PROBLEM_JSON
    return response


def listed(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return the members of a problem detail that say what is wrong where, in bounds."""
    told, left_out = in_bounds(problems)
    body: dict[str, Any] = {
        "errors": [{"pointer": clipped(item.path), "detail": clipped(item.message)} for item in told]
    }
    if left_out:
        body["errors_left_out"] = left_out
    return body


def in_bounds(found: Sequence[Item]) -> tuple[tuple[Item, ...], int]:
    """Return the first hundred of what is wrong with an input, and how many more there are."""
    told = tuple(found[:MAX_ERRORS_LISTED])
    return told, len(found) - len(told)


def _answer(status: int, message: str, *, code: str, problems: tuple[Problem, ...] = ()) -> Any:
    # What failed half-way is dropped before the page reads on: PostgreSQL answers nothing until then.
    if "db_session" in g:
        g.db_session.rollback()
    if wants_json():
        return problem(status, message, code=code, problems=problems)
    name = status if status in TEMPLATES else (500 if status >= 500 else 400)
    return render_template(f"errors/{name}.html", message=message, **_shown(problems)), status


def _shown(problems: tuple[Problem, ...]) -> dict[str, Any]:
    told, left_out = in_bounds(problems)
    shown = [Problem(clipped(item.path), clipped(item.message)) for item in told]
    return {"problems": shown, "problems_left_out": left_out}


def _console_error(error: ConsoleError) -> Any:
    problems = error.problems if isinstance(error, InvalidError) else ()
    response = make_response(_answer(error.status, str(error), code=error.code, problems=problems))
    response.headers.update(error.headers)
    return response


def _content_error(error: ContentError) -> Any:
    return _answer(422, str(error), code="invalid", problems=error.problems)


def _http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    code = error.name.lower().replace(" ", "_")
    response = make_response(_answer(status, _said(error, status), code=code))
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(allowed)  # RFC 9110, section 15.5.6: a 405 names what works
    return response


def _said(error: HTTPException, status: int) -> str:
    most, sent = request.max_content_length, request.content_length
    if status == 413 and most and sent and sent > most:
        return _("What was sent is larger than %(size)s MB, the most this console takes.", size=most >> 20)
    is_stock = error.description == type(error).description
    if is_stock and status in TEMPLATES and not wants_json():
        return ""  # the page has words of its own, for people; those of the library are for programmers
    return error.description or error.name


def _unexpected(error: Exception) -> Any:
    import logging

    logging.getLogger("console").error("unhandled error on %s", request.path, exc_info=error)
    return _answer(500, _("Something went wrong on our side. It has been logged."), code="internal")

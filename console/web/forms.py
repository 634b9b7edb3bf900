"""Putting what an operation refuses beside the fields it is about: the form comes back as it was typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import ngettext
from flask_wtf import FlaskForm

from console.errors import ConsoleError, InvalidError
from console.web.problems import in_bounds
from copydesk.errors import ContentError


def put_problems(form: FlaskForm, error: InvalidError) -> None:
    """Add each problem to the field of its path, or to the form where there is no such field."""
    put_messages(form, [(form._fields.get(problem.path), problem.message) for problem in error.problems])


def put_messages(form: FlaskForm, found: Iterable[tuple[Any, str]]) -> None:
    """Add messages to fields, in bounds: a list of a hundred thousand wrong words is wrong once.

    Args:
        form: the form.
        found: fields with what is wrong with them; None for the whole form.
    """
    at: dict[Any, list[str]] = {}
    for field, message in found:
        at.setdefault(field, []).append(message)
    for field, messages in at.items():
        told, left_out = in_bounds(messages)
        if left_out:
            more = ngettext("and %(num)d more like this.", "and %(num)d more like these.", left_out)
            told = (*told, more)
        if field is None:
            form.form_errors.extend(told)
        else:
            field.errors = [*field.errors, *told]


def put_refusal(form: FlaskForm, error: ConsoleError | ContentError) -> int:
    """Say in the form what was refused: at its fields where the error names them, else above them.

    Returns:
        the HTTP status of the answer.
    """
    if isinstance(error, InvalidError):
        put_problems(form, error)
    else:
        form.form_errors.append(str(error))
    return 422 if isinstance(error, ContentError) else error.status


def name_apart(form: FlaskForm, prefix: str) -> None:
    """Give the fields ids of their own, for a form that stands on a page beside others of its kind."""
    for field in form:
        field.id = f"{prefix}-{field.name}"

"""Putting what an operation refuses beside the fields it is about: the form comes back as it was typed."""

from __future__ import annotations

from flask_wtf import FlaskForm

from console.errors import ConsoleError, InvalidError
from copydesk.errors import ContentError


def put_problems(form: FlaskForm, error: InvalidError) -> None:
    """Add each problem to the field of its path, or to the form where there is no such field."""
    for problem in error.problems:
        field = form._fields.get(problem.path)
        if field is None:
            form.form_errors.append(problem.message)
        else:
            field.errors = [*field.errors, problem.message]


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

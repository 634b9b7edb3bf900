"""Putting an operation's problems beside the fields they are about."""

from __future__ import annotations

from flask_wtf import FlaskForm

from console.errors import InvalidError


def put_problems(form: FlaskForm, error: InvalidError) -> None:
    """Add each problem to the field of its path, or to the form where there is no such field."""
    for problem in error.problems:
        field = form._fields.get(problem.path)
        (field.errors if field is not None else form.form_errors).append(problem.message)

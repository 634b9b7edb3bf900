"""What API views look up the same way: things of the address's policy, and pages of them."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from flask import request
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from console.errors import NotFoundError
from console.extensions import db
from console.web.access import policy
from console.web.paging import Page, cursor, paginate


class OfPolicy(Protocol):
    """A row that belongs to one policy."""

    policy_id: Any


Row = TypeVar("Row", bound=OfPolicy)


def in_policy(found: Row, name: str) -> Row:
    """Return what was found in the workspace when it is also of the policy in the address.

    Args:
        name: what it is called, as in "no such run in this policy".

    Raises:
        NotFoundError: it is another policy's.
    """
    if found.policy_id != policy().id:
        raise NotFoundError(f"There is no such {name} in this policy.")
    return found


def newest_first(statement: Select[Any], key: InstrumentedAttribute[int]) -> Page[Any]:
    """Return the page of rows of the address's policy that the query's `before` asks for."""
    statement = statement.where(key.class_.policy_id == policy().id)
    return paginate(db.session, statement, key, before=cursor(request.args.get("before")))

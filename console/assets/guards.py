"""What later areas ask of a revision before it counts; the factory registers them, assets know none."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from console.errors import ConflictError
from console.permissions import Actor
from models import Asset, Revision

Guard = Callable[[Session, Asset, Revision, Actor], None]
_guards: dict[str, Guard] = {}


class RefusedByGuardError(ConflictError):
    """A later area refuses the revision; the transaction it was made in has to be rolled back."""


def register_guard(name: str, guard: Guard) -> None:
    """Have every new revision looked at; one name counts once.

    Args:
        guard: quick, for it runs in the transaction of the save; raises RefusedByGuardError.
    """
    _guards[name] = guard


def ask_guards(session: Session, asset: Asset, revision: Revision, by: Actor) -> None:
    """Let every guard look at a revision that was just made.

    Raises:
        RefusedByGuardError: one of them refuses it.
    """
    for guard in _guards.values():
        guard(session, asset, revision, by)

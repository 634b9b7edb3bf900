"""Who may do what: one table, for pages, API and command line alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from console.errors import ForbiddenError
from models import Role


class Permission(StrEnum):
    """One thing that can be allowed in a workspace."""

    READ = "read"
    EDIT = "edit"  # drafts, revisions, golden sets, gate floors
    RUN = "run"  # candidates, runs, sample trials
    REQUEST_REVIEW = "request_review"
    LABEL = "label"  # say of a text what a check must find in it
    COMMENT = "comment"
    DECIDE = "decide"  # approve, ask for changes, refuse
    WAIVE = "waive"
    PUBLISH = "publish"  # build, publish, promote, roll back, revoke
    MANAGE_PEOPLE = "manage_people"
    MANAGE_TOKENS = "manage_tokens"
    MANAGE_SETTINGS = "manage_settings"
    READ_AUDIT = "read_audit"


_P = Permission

# DECISIONS.md 3: an admin manages people and settings, never content; only a releaser publishes.
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({_P.READ}),
    # An editor may propose a waiver: approvers sign it with the evidence, and its author can't approve.
    Role.EDITOR: frozenset({_P.READ, _P.EDIT, _P.LABEL, _P.RUN, _P.REQUEST_REVIEW, _P.COMMENT, _P.WAIVE}),
    Role.BRAND_REVIEWER: frozenset({_P.READ, _P.LABEL, _P.RUN, _P.COMMENT, _P.DECIDE, _P.WAIVE}),
    Role.LEGAL: frozenset({_P.READ, _P.LABEL, _P.RUN, _P.COMMENT, _P.DECIDE, _P.WAIVE, _P.READ_AUDIT}),
    Role.RELEASER: frozenset({_P.READ, _P.COMMENT, _P.PUBLISH}),
    Role.ADMIN: frozenset({_P.READ, _P.MANAGE_PEOPLE, _P.MANAGE_TOKENS, _P.MANAGE_SETTINGS, _P.READ_AUDIT}),
    Role.AUDITOR: frozenset({_P.READ, _P.READ_AUDIT}),
}

# A program acting for a person never signs and never moves a channel, whatever the person may do.
NEVER_BY_TOKEN = frozenset({_P.DECIDE, _P.WAIVE, _P.PUBLISH, _P.MANAGE_PEOPLE, _P.MANAGE_TOKENS})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person in a workspace, a program with a person's token, or the system itself."""

    kind: str  # user, token, system
    user_id: int | None
    workspace_id: int | None
    roles: frozenset[str] = frozenset()
    token_id: int | None = None
    is_read_only: bool = False  # api tokens without the write scope

    def may(self, permission: Permission) -> bool:
        """Tell whether one of the actor's roles allows this."""
        if self.kind == "system":
            return True
        if self.kind == "token" and permission in NEVER_BY_TOKEN:
            return False
        if self.is_read_only and permission not in {Permission.READ, Permission.READ_AUDIT}:
            return False
        return any(permission in ROLE_PERMISSIONS[Role(role)] for role in self.roles)

    def require(self, permission: Permission) -> None:
        """Refuse unless allowed.

        Raises:
            ForbiddenError: none of the actor's roles allows this.
        """
        if not self.may(permission):
            raise ForbiddenError(f"Your role does not allow this (needed: {permission.value}).")

    @property
    def user(self) -> int:
        """Id of the person who answers for the act.

        Raises:
            ForbiddenError: the system acts and there is no person.
        """
        if self.user_id is None:
            raise ForbiddenError("Only a person can do this.")
        return self.user_id


SYSTEM = Actor(kind="system", user_id=None, workspace_id=None)

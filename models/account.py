"""People, workspaces and who may do what in them; tokens of programs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Sha256, one_of


class Role(StrEnum):
    """Roles a member can have in a workspace."""

    VIEWER = "viewer"
    EDITOR = "editor"
    BRAND_REVIEWER = "brand_reviewer"
    LEGAL = "legal"
    RELEASER = "releaser"
    ADMIN = "admin"
    AUDITOR = "auditor"


class User(Base):
    """One person. Name and e-mail live here only, so that erasure leaves the audit chain whole."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    theme: Mapped[str] = mapped_column(String(10), default="system")
    single_key_shortcuts: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised on password change: older sessions end
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]

    memberships: Mapped[list[Membership]] = relationship(back_populates="user")

    @property
    def is_authenticated(self) -> bool:
        """Whether this is a signed-in person: a loaded one always is (asked by Flask-Login)."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Whether this is nobody (asked by Flask-Login)."""
        return False

    def get_id(self) -> str:
        """Return `<id>.<epoch>`, kept in the session; a raised epoch ends it."""
        return f"{self.id}.{self.session_epoch}"


class Workspace(Base):
    """A brand or product line; owns everything below it."""

    __tablename__ = "workspaces"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    required_roles: Mapped[list[Any]]  # one approval of each is needed, e.g. ["legal", "brand_reviewer"]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Membership(Base):
    """One role of one person in one workspace; a person may hold several."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("workspace_id", "user_id", "role"),
        CheckConstraint(one_of("role", Role), name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="memberships")
    workspace: Mapped[Workspace] = relationship()


class TokenPurpose(StrEnum):
    """`runtime` tokens call the distribution API, `api` tokens act for a person on the console's API."""

    RUNTIME = "runtime"
    API = "api"


class ServiceToken(Base):
    """A secret of a program: 256 random bits, of which only the SHA-256 is kept."""

    __tablename__ = "service_tokens"
    __table_args__ = (CheckConstraint(one_of("purpose", TokenPurpose), name="purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    secret_sha256: Mapped[str] = mapped_column(Sha256, unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # api tokens: on whose behalf
    policies: Mapped[list[Any]]  # policy slugs; empty: all
    channels: Mapped[list[Any]]  # channel names; empty: all
    scopes: Mapped[list[Any]]  # runtime: "read", "report"; api: "read", "write"
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class PersonLinkKind(StrEnum):
    """Why a single-use link was handed out."""

    INVITATION = "invitation"
    RESET = "reset"


class PersonLink(Base):
    """A single-use link to set a password: an invitation to a workspace or a reset."""

    __tablename__ = "person_links"
    __table_args__ = (CheckConstraint(one_of("kind", PersonLinkKind), name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    secret_sha256: Mapped[str] = mapped_column(Sha256, unique=True)
    email: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    workspace_id: Mapped[int | None] = mapped_column(ForeignKey("workspaces.id"))
    roles: Mapped[list[Any]]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One failed sign-in, counted per account and per address for throttling; keys are hashed."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_key_at", "key_sha256", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key_sha256: Mapped[str] = mapped_column(Sha256)
    at: Mapped[datetime]

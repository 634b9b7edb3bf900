"""The values that the templates in templates/components draw; pages build them, templates only print them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["", "pass", "fail", "warn", "info"]
Severity = Literal["info", "warning", "error", "blocker"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the main menu; `due` draws the count as something to do."""

    label: str
    icon: str
    url: str
    count: int | None = None
    current: bool = False
    due: bool = False


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Places under one heading; the first group has none."""

    label: str | None
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True)
class SwitchItem:
    """A workspace or policy one may change to."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of a menu: a link when it has a url, otherwise a button with these attributes."""

    label: str
    url: str | None = None
    icon: str | None = None
    kind: Literal["", "danger"] = ""
    attrs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several views of a thing."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding in the reader's words.

    `start` and `end` are code-point offsets into the text (None: a finding about the whole text); `where`
    names the case or place; `suggestion` "" means: take it out; `number` is the mark in the text. `term_url`
    is where its words become a term of the glossary, `accept_url` where a word is accepted by the speller.
    """

    severity: Severity
    title: str
    message: str = ""
    number: int | None = None
    rule_label: str = ""
    rule_url: str | None = None
    quote: str = ""
    suggestion: str | None = None
    start: int | None = None
    end: int | None = None
    where: str = ""
    key: str = ""
    term_url: str | None = None
    accept_url: str | None = None


@dataclass(frozen=True, slots=True)
class TextSegment:
    """A stretch of governed text; with a severity it is marked."""

    text: str
    severity: Severity | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A paragraph of a comparison; `folded` > 0 stands for as many unchanged ones; `hidden` may hold them."""

    kind: Literal["same", "changed", "added", "removed"]
    number: int | None
    parts: tuple[tuple[str, str], ...]
    folded: int = 0
    hidden: tuple[DiffRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure of a verdict strip, with its unit and base."""

    label: str
    value: str
    note: str = ""
    kind: Literal["", "ok", "bad", "meh"] = ""
    small: str = ""
    href: str | None = None
    icon: str | None = None
    note_kind: Literal["", "ok", "bad", "meh", "muted"] = ""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One check's rates (0..1, None where there is none) against production and the gate."""

    check: str
    detail: str
    candidate: float | None
    production: float | None
    threshold: float | None
    result: Literal["met", "not_met", "too_few", "not_run", "not_applicable"]
    result_label: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A name on a line of the sign-off box, or the line that waits for one."""

    name: str
    role: str
    when_label: str
    state: Literal["approved", "open", "changes", "refused", "void"]
    state_label: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A channel planted on a version."""

    label: str
    kind: str = "production"


@dataclass(frozen=True, slots=True)
class VersionStop:
    """A stop of the version line.

    After a `draft` stop nothing is published yet; `far` stops are left out on small screens.
    """

    label: str
    detail: str = ""
    url: str | None = None
    current: bool = False
    draft: bool = False
    flags: tuple[Flag, ...] = ()
    far: bool = False


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A line of a history."""

    label: str
    message: str
    detail: str = ""
    url: str | None = None
    compare_url: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelView:
    """What a channel points at; version None: nothing yet."""

    label: str
    version: str | None
    since: str = ""
    signed_by: str = ""
    digest: str = ""
    services_label: str = ""
    services_kind: Kind = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of a histogram."""

    label: str
    count: int
    kind: Literal["", "pass", "warn", "fail"] = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said on a page."""

    author: str
    role: str
    when: datetime
    text: str
    resolved: bool = False

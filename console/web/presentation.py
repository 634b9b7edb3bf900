"""What every template may call: hashed file names and instants in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from babel.dates import format_date
from flask import Flask, has_request_context, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from console import clock


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant as the time component prints it: for machines, exactly, and in the words of the moment."""

    iso: str
    exact: str
    label: str


class AssetNames:
    """Hashed names of built files; the manifest is read again only when a build replaced it."""

    def __init__(self, manifest: Path) -> None:
        self._manifest = manifest
        self._modified_ns = -1
        self._names: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        """Return the hashed name of a built file.

        Raises:
            LookupError: the front end is not built, or has no such file.
        """
        try:
            modified_ns = self._manifest.stat().st_mtime_ns
        except FileNotFoundError:
            raise LookupError(f"{self._manifest} is missing: run `npm run build`") from None
        if modified_ns != self._modified_ns:
            self._names = json.loads(self._manifest.read_text(encoding="utf-8"))
            self._modified_ns = modified_ns
        if name not in self._names:
            raise LookupError(f"the front-end build made no {name!r}; see {self._manifest}")
        return self._names[name]


def register_presentation(app: Flask) -> None:
    """Give the templates `asset(name)` and `moment(when)`."""
    names = AssetNames(Path(app.static_folder or "static/dist") / "manifest.json")

    def asset(name: str) -> str:
        return url_for("static", filename=names[name])

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["moment"] = describe_moment


def describe_moment(when: datetime, now: datetime | None = None) -> Moment:
    """Describe an instant in words: relative under a day, then the date (with the year if another).

    Args:
        when: an instant; naive values are UTC, as the database returns them on SQLite.
        now: the present; the clock's when None.
    """
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    now = now or clock.now()
    exact = f"{_date(when, with_year=True)}, {when:%H:%M:%S} UTC"
    return Moment(when.isoformat().replace("+00:00", "Z"), exact, _label(when, now))


def _label(when: datetime, now: datetime) -> str:
    distance = abs(now - when)
    if distance >= timedelta(days=1):
        return _date(when, with_year=when.year != now.year)
    amount = _amount(distance)
    if not amount:
        return _("just now")
    return _("%(amount)s ago", amount=amount) if when <= now else _("in %(amount)s", amount=amount)


def _amount(distance: timedelta) -> str:
    seconds = int(distance.total_seconds())
    if seconds < 5:
        return ""
    if seconds < 60:
        return ngettext("%(num)d second", "%(num)d seconds", seconds)
    if seconds < 3600:
        return ngettext("%(num)d minute", "%(num)d minutes", seconds // 60)
    return ngettext("%(num)d hour", "%(num)d hours", seconds // 3600)


def _date(when: datetime, *, with_year: bool) -> str:
    # Day before month in English too: "11 Nov" cannot be read the wrong way round.
    locale = (get_locale() if has_request_context() else None) or "en"
    return format_date(when, "d MMM y" if with_year else "d MMM", locale=locale)

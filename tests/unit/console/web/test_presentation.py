"""Instants in words, and the names of built files."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from console.web.presentation import AssetNames, describe_moment

NOW = datetime(2026, 11, 21, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _request() -> object:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("before", "label"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=12), "12 seconds ago"),
        (timedelta(seconds=59.9), "59 seconds ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "20 Nov"),
        (timedelta(days=400), "17 Oct 2025"),
        (timedelta(hours=-3), "in 3 hours"),
        (timedelta(days=-14), "5 Dec"),
    ],
)
def test_an_instant_is_relative_under_a_day_and_a_date_after(before: timedelta, label: str) -> None:
    assert describe_moment(NOW - before, NOW).label == label


def test_the_exact_time_is_always_utc() -> None:
    there = datetime(2026, 11, 4, 1, 30, 5, tzinfo=timezone(timedelta(hours=2)))
    moment = describe_moment(there, NOW)
    assert moment.exact == "3 Nov 2026, 23:30:05 UTC"
    assert moment.iso == "2026-11-03T23:30:05Z"


def test_a_naive_instant_is_utc_as_the_database_gives_it() -> None:
    naive = datetime(2026, 11, 21, 9, 12)  # noqa: DTZ001 - that is the point
    assert describe_moment(naive, NOW).label == "1 hour ago"


def test_a_new_build_is_seen_without_a_restart(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"app.js": "app-1.js"}))
    names = AssetNames(manifest)
    assert names["app.js"] == "app-1.js"
    manifest.write_text(json.dumps({"app.js": "app-2.js"}))
    os.utime(manifest, ns=(1, 1))
    assert names["app.js"] == "app-2.js"


def test_an_unknown_file_and_a_missing_build_are_named(tmp_path: Path) -> None:
    names = AssetNames(tmp_path / "manifest.json")
    with pytest.raises(LookupError, match="npm run build"):
        names["app.js"]
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(LookupError, match=r"'app\.js'"):
        names["app.js"]

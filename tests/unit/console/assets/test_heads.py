"""Trained heads are kept by what they were trained from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from console.assets.heads import heads_for
from copydesk.assets import PolicyAssets, parse_assets
from copydesk.checks.encoder import encoder_status
from tests.factories.bundles import assets as small_assets
from tests.factories.console import make_settings

POSITIVES = ("This cream cures eczema.", "It heals your back pain.", "Doctors say it ends migraine.")


@pytest.fixture(autouse=True)
def _needs_encoder() -> None:
    if not encoder_status().is_available:
        pytest.skip(str(encoder_status().reason))


def _assets(positives: tuple[str, ...] = POSITIVES, **changes: Any) -> PolicyAssets:
    topic = {"id": "medical", "title": "Medical claims", "positives": list(positives)}
    topics = {"topics": {"title": "Topics", "topics": [topic]}}
    limits = {"channels": {"title": "Channels", "channels": [], "checks": changes.pop("checks", [])}}
    return parse_assets(small_assets(forbidden_topics=topics, limits=limits, **changes))


def _files(home: Path) -> set[Path]:
    return set((home / "heads").glob("*"))


def test_the_same_examples_are_trained_once(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    first = heads_for(_assets(), settings)
    kept = _files(tmp_path)
    assert sorted(first) == [f"forbidden_topics/topics/medical.{tier}.f32" for tier in ("minilm", "static")]
    assert heads_for(_assets(glossary={}), settings) == first
    assert _files(tmp_path) == kept


def test_other_examples_give_other_heads(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    assert heads_for(_assets(), settings) != heads_for(_assets((*POSITIVES[:2], "It melts fat.")), settings)


def test_a_damaged_file_is_trained_anew(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    first = heads_for(_assets(), settings)
    for path in _files(tmp_path):
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 0xFF
        path.write_bytes(raw)
    assert heads_for(_assets(), settings) == first


def test_checks_that_are_off_need_no_heads(tmp_path: Path) -> None:
    off = [{"check": check, "enabled": False} for check in ("forbidden_topics", "brand_voice")]
    assert heads_for(_assets(checks=off), make_settings(tmp_path)) == {}
    assert not (tmp_path / "heads").exists()


def test_a_home_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("not a folder")
    assert heads_for(_assets(), make_settings(tmp_path))

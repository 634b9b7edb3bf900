"""The settings table names exactly the variables that the console reads."""

from __future__ import annotations

import re
from pathlib import Path

from console.config import load_settings
from console.setup.start import read_address, read_workers

ROOT = Path(__file__).resolve().parents[2]


class Watched(dict[str, str]):
    """An environment that remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)


def test_every_setting_is_documented_and_nothing_else(tmp_path: Path) -> None:
    environ = Watched()
    environ["COPYDESK_HOME"] = str(tmp_path)
    load_settings(environ)
    read_address(environ)
    read_workers(environ)
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    assert documented == environ.asked


def test_production_does_not_start_without_its_secrets(tmp_path: Path) -> None:
    import pytest

    from console.config import ConfigError

    with pytest.raises(ConfigError, match="SECRET_KEY"):
        load_settings({"COPYDESK_ENV": "production", "COPYDESK_HOME": str(tmp_path)})
    with pytest.raises(ConfigError, match="KEY_PASSPHRASE"):
        load_settings({"COPYDESK_ENV": "production", "SECRET_KEY": "x" * 40, "COPYDESK_HOME": str(tmp_path)})

"""Secrets that development makes up: kept, whole, the owner's alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.config import ConfigError, load_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_a_made_up_secret_is_kept_for_the_owner_alone(tmp_path: Path) -> None:
    first = load_settings({"COPYDESK_HOME": str(tmp_path)})
    second = load_settings({"COPYDESK_HOME": str(tmp_path)})

    files = sorted((tmp_path / "secrets").iterdir())
    assert (first.secret_key, first.key_passphrase) == (second.secret_key, second.key_passphrase)
    assert [file.name for file in files] == ["key_passphrase", "secret_key"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_an_empty_secret_is_refused_instead_of_used(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key_passphrase").touch()

    with pytest.raises(ConfigError, match="key_passphrase is empty"):
        load_settings({"COPYDESK_HOME": str(tmp_path)})

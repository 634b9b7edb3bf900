"""Dependencies are declared once, locked with hashes, explained, and named without a registry."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from console.setup.bootstrap import TORCH_PIN as INSTALLED_TORCH
from console.setup.lock import TORCH_PIN, distribution_name, planned

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))? \\$")


def pins(lock: Path) -> dict[tuple[str, str], str]:
    """Return the version by (name, marker) of a lock file."""
    found = (PIN.match(line) for line in lock.read_text().splitlines())
    return {(match["name"], match["marker"] or ""): match["version"] for match in found if match}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_and_hashes_everything_and_names_no_registry(lock):
    for line in lock.read_text().splitlines():
        is_comment = line.startswith("#")
        is_hash = re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line)
        assert is_comment or is_hash or PIN.match(line), line
    assert "torch" not in {name for name, _ in pins(lock)}


@pytest.mark.parametrize("lock", planned(), ids=lambda lock: lock.name)
def test_a_lock_holds_all_that_is_declared(lock):
    names = {name for name, _ in pins(ROOT / "requirements" / f"{lock.name}.txt")}
    assert {distribution_name(requirement) for requirement in lock.requirements} <= names


@pytest.mark.parametrize("later", ["test", "detoxify", "train"])
def test_locks_that_are_installed_together_agree(later):
    run, other = pins(ROOT / "requirements" / "run.txt"), pins(ROOT / "requirements" / f"{later}.txt")
    assert {key: other[key] for key in run.keys() & other.keys()} == {
        key: run[key] for key in run.keys() & other.keys()
    }


def test_torch_is_one_version_everywhere():
    assert INSTALLED_TORCH == TORCH_PIN


def test_the_front_ends_lock_records_no_registry():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert all("integrity" in entry for name, entry in packages.items() if name)


def test_every_declared_dependency_is_explained():
    page = (ROOT / "docs" / "adr" / "0002-dependencies.md").read_text()
    rows = (line.split("|")[1] for line in page.splitlines() if line.startswith("|"))
    explained = {
        distribution_name(name.strip()) for cell in rows for name in cell.split(",") if name.strip(" -")
    }
    declared = {distribution_name(requirement) for lock in planned() for requirement in lock.requirements}
    for project in ("pyproject.toml", "sdk/pyproject.toml"):
        optional = tomllib.loads((ROOT / project).read_text())["project"]["optional-dependencies"]
        declared |= {distribution_name(line) for lines in optional.values() for line in lines}
    assert declared - explained - {"copydesk", "copydesk-toxicity", "copydesk-console"} == set()

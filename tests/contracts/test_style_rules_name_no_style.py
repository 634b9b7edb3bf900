"""The engine conforms to published styles because it runs their rules, not because it knows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLES = ROOT.parent / "shared" / "data" / "vale" / "styles"
SOURCES = [
    *sorted((ROOT / "sdk/src/copydesk/checks/style_rules").rglob("*.py")),
    ROOT / "sdk/src/copydesk/vale.py",
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_published_style_is_named_in_the_engine(source: Path) -> None:
    named = re.findall(
        r"\b(?:google(?!-re2|/re2)|microsoft|proselint|write-good|joblint|alex)\b",
        source.read_text(encoding="utf-8").replace("github.com/google/re2", ""),
        re.IGNORECASE,
    )
    assert named == []


@pytest.mark.shared
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_published_rule_is_named_in_the_engine(source: Path) -> None:
    if not STYLES.is_dir():
        pytest.skip("../shared/data/vale is not here")
    text = source.read_text(encoding="utf-8")
    qualified = {f"{path.parent.name}.{path.stem}" for path in STYLES.glob("*/*.yml")}
    assert [name for name in sorted(qualified) if name in text] == []

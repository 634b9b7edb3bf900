"""The colours of tokens.css keep WCAG 2.2 AA contrast wherever a component puts one on another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[3] / "static" / "src" / "css" / "tokens.css"
TEXT = 4.5
GRAPHIC = 3.0

# (what is drawn, on what, ratio needed): 4.5 for text (1.4.3), 3 for control edges and marks (1.4.11).
PAIRS = (
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "sheet", "sunk")),
    *(("pencil", ground, TEXT) for ground in ("paper", "sheet", "pencil-wash")),
    *(("pencil-hover", ground, TEXT) for ground in ("paper", "sheet", "pencil-wash")),
    ("on-pencil", "pencil", TEXT),
    ("on-pencil", "pencil-hover", TEXT),
    ("on-fail", "fail", TEXT),
    *((state, ground, TEXT) for state in ("pass", "fail", "warn") for ground in ("paper", "sheet")),
    *((state, f"{state}-wash", TEXT) for state in ("pass", "fail", "warn", "ins", "del")),
    *(("ink", f"{state}-wash", TEXT) for state in ("pass", "fail", "warn", "pencil")),
    *(("ink-2", f"{state}-wash", TEXT) for state in ("pencil",)),
    ("on-live", "live", TEXT),
    *(("rule-strong", ground, GRAPHIC) for ground in ("paper", "sheet", "sunk")),
    *(("live", ground, GRAPHIC) for ground in ("paper", "sheet")),
    ("pencil", "sunk", GRAPHIC),
)


def _themes() -> dict[str, dict[str, str]]:
    """Return each theme's colours as the stylesheet has them; both dark blocks apart."""
    text = TOKENS.read_text(encoding="utf-8")
    blocks = re.findall(r"(:root[^{]*)\{([^}]*)\}", text)
    colours = [
        (selector.strip(), dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*;", body)))
        for selector, body in blocks
    ]
    light, dark_by_system, dark_by_choice = colours
    return {"light": light[1], "dark by system": dark_by_system[1], "dark by choice": dark_by_choice[1]}


def _luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2, "relative luminance")."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_agrees_with_the_standards_extremes() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark by system"])
@pytest.mark.parametrize(("drawn", "ground", "needed"), PAIRS)
def test_every_pair_of_colours_is_readable(theme: str, drawn: str, ground: str, needed: float) -> None:
    colours = _themes()[theme]
    assert _contrast(colours[drawn], colours[ground]) >= needed


def test_dark_is_the_same_whether_the_system_or_the_person_asks_for_it() -> None:
    themes = _themes()
    assert themes["dark by system"] == themes["dark by choice"]


def test_both_themes_define_the_same_colours() -> None:
    themes = _themes()
    assert themes["light"].keys() == themes["dark by choice"].keys()

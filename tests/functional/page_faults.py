"""What is wrong with an open page: for WCAG 2.2 A and AA, for its width, for the browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

Fault = tuple[str, ...]
WIDTHS_PX = (1440, 390)
_AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The other rules look at structure, which no colour scheme changes.
_CONTRAST = {"type": "rule", "values": ["color-contrast"]}
# Describing each place that passes, and sending it all here, takes three times as long as looking.
_LOOK = """async rules => {
    const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
    return found.violations.map(rule => [rule.id, ...rule.nodes.map(node => node.html)]);
}"""
_EXCESS_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def faults(page: Page, *, widths_px: Sequence[int] = WIDTHS_PX) -> list[Fault]:
    """Look at an open page at each width, in light and dark, and whether it scrolls sideways.

    The page keeps its content policy: what the browser evaluates for us is no part of the page.

    Args:
        page: any page; it is left at the last width, in dark.
        widths_px: of the window.
    """
    page.evaluate(_axe())
    found: list[Fault] = []
    for width_px in widths_px:
        found += sideways(page, [width_px])
        for scheme, rules in (("light", _ALL_RULES), ("dark", _CONTRAST)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += _violations(page, f"{width_px} px, {scheme}", rules)
    return found


def faults_at(page: Page, url: str) -> list[Fault | str]:
    """Open an address and return the faults of its page, and what its scripts and the browser say."""
    said = complaints(page)
    answer = page.goto(url, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200, url
    return [*faults(page), *said]


def sideways(page: Page, widths_px: Sequence[int]) -> Iterator[Fault]:
    """Yield the widths at which a page scrolls sideways, and by how much."""
    for width_px in widths_px:
        page.set_viewport_size({"width": width_px, "height": 900})
        if excess_px := page.evaluate(_EXCESS_PX):
            yield page.url, f"{width_px} px", f"scrolls sideways by {excess_px} px"


def complaints(page: Page) -> list[str]:
    """Return a list that from now on gathers what scripts throw and what the browser has to say."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    return said


def _violations(page: Page, how: str, rules: Any) -> list[Fault]:
    return [(page.url, how, *rule) for rule in page.evaluate(_LOOK, rules)]


@cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")

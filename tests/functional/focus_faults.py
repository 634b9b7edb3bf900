"""What is wrong with where the focus goes on a page: tabbed through as somebody without a mouse does."""

from __future__ import annotations

from playwright.sync_api import Page

MAX_STOPS = 250
# Tells of the element with the focus: its name, and whether a person can see that it has the focus. Its looks
# are compared with those it has once the focus has gone on; the parts of a date are drawn by the browser.
_LOOK = """() => {
    const looks = (start) => {
        const found = [];
        for (let at = start, far = 0; at && far < 4; at = at.parentElement, far += 1) {
            const style = getComputedStyle(at);
            found.push(style.outlineStyle, style.outlineStyle === "none" ? "" : style.outlineWidth);
            found.push(style.boxShadow, style.borderColor, style.backgroundColor);
        }
        return found.join();
    };
    const labelsOf = (at) => [...at.labels ?? []];
    const nameOf = (at) => {
        const said = at.ariaLabel ?? labelsOf(at)[0]?.textContent ?? at.textContent;
        return `${at.localName} "${said.trim().slice(0, 60)}"`;
    };
    const middle = (from, to) => [0.1, 0.5, 0.9].map((share) => from + (to - from) * share);
    const faults = [];
    const last = window.lastStop;
    const at = document.activeElement;
    if (last?.at.isConnected && last.at !== at && last.at.type !== "date" && looks(last.at) === last.looks) {
        faults.push(`${nameOf(last.at)} looks the same without the focus`);
    }
    if (at === document.body) return { at: "", faults };
    window.lastStop = { at, looks: looks(at) };
    const shows = (x, y) => {
        const hit = document.elementFromPoint(x, y);
        return hit && [at, ...labelsOf(at)].some((part) => part.contains(hit) || hit.contains(part));
    };
    const seen = [...at.getClientRects()].flatMap((box) => {
        const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
        const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
        if (right - left < 1 || bottom - top < 1) return [];
        return middle(left, right).flatMap((x) => middle(top, bottom).map((y) => shows(x, y)));
    });
    const isSeen = seen.filter(Boolean).length * 2 > seen.length;
    if (!isSeen) faults.push(`${nameOf(at)} is out of view or covered`);
    if (at.tabIndex > 0) faults.push(`${nameOf(at)} jumps the order of the page`);
    const box = at.getBoundingClientRect();
    return { at: `${nameOf(at)} ${Math.round(box.left)} ${Math.round(box.top + scrollY)}`, faults };
}"""


def focus_faults(page: Page) -> list[str]:
    """Press Tab from the top of an open page to its end; return what is wrong on the way."""
    found: list[str] = []
    stops: list[str] = []
    while len(stops) < MAX_STOPS:
        page.keyboard.press("Tab")
        told = page.evaluate(_LOOK)
        found += [f"{page.url}: {fault}" for fault in told["faults"]]
        if not told["at"]:
            return found
        stops.append(told["at"])
    return [*found, f"{page.url}: does not end after {MAX_STOPS} stops, lately {stops[-3:]}"]

"""Takes the README's pictures of a running demo company: `python -m tests.screenshots [ADDRESS]`.

Without an address it starts a console of its own on freshly seeded data. Pictures go to docs/pictures.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from console.demo.content import load_demo
from console.setup.machine import chromium_path
from tests.functional import server

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZE_PX = {"width": 1440, "height": 900}
# Few colours on flat areas: a README does not need more, and the repository stays small.
LARGEST_BYTES = 300_000
SAMPLE = (
    "Your raincoat is mended. It is lightweight again, has a lifetime guarantee and is on its way to you."
)


def main(arguments: list[str]) -> int:
    """Take all pictures; returns the exit code."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = chromium_path()
    if path is None:
        print("Chromium is missing: sudo apt-get install -y chromium", file=sys.stderr)
        return 1
    with _demo(arguments) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        _save(_review(_window(browser, url, "legal")), "review.png")
        _save(_editor(_window(browser, url, "editor")), "editor.png")
        browser.close()
    return 0


@contextmanager
def _demo(arguments: list[str]) -> Iterator[str]:
    if arguments:
        yield arguments[0].rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="copydesk-pictures-") as folder:
        home = Path(folder)
        server.flask(home, "migrate")
        server.flask(home, "demo", "seed")
        with server.running(home) as console:
            yield console.url


def _window(browser: Browser, url: str, role: str) -> Page:
    """Open a window of the first person who has a role."""
    demo = load_demo()
    person = next(user for user in demo.users if role in user.roles)
    context = browser.new_context(
        base_url=url, viewport=SIZE_PX, color_scheme="light", reduced_motion="reduce", locale="en-GB"
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(demo.company.demo_password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/w/**")
    return page


def _review(page: Page) -> Page:
    page.goto(f"/w/{load_demo().company.slug}/reviews?state=open")
    page.get_by_role("table", name="Reviews").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Your sign-off")).to_be_visible()
    return page


def _editor(page: Page) -> Page:
    page.goto(f"/w/{load_demo().company.slug}/assets/glossary/house-glossary")
    page.get_by_label("Sample", exact=True).fill(SAMPLE)
    expect(page.locator("[data-live-check] .finding").first).to_be_visible()
    page.locator("h1").click()
    page.get_by_label("Sample", exact=True).evaluate("box => box.scrollTo(0, 0)")
    return page


def _save(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    path = PICTURES / name
    page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise SystemExit(f"{name} has {size} bytes, more than {LARGEST_BYTES}")
    print(f"{path.relative_to(ROOT)}  {size} bytes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

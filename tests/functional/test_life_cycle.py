"""The whole life of a forbidden word: from the editor's keyboard to a text that a service does not send.

Everybody works in a browser of their own; the model writes live; the service runs where only the SDK is.
"""

from __future__ import annotations

import json
import secrets
import string
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from models import Role
from tests.functional import server, small_company
from tests.functional.sdk_environment import clean_environment

if TYPE_CHECKING:
    from tests.functional.conftest import SignIn
    from tests.functional.server import Console

HOME = f"/w/{small_company.WORKSPACE}"
RELEASES = f"{HOME}/p/{small_company.POLICY}/releases"
# The model writes its few words in seconds; the limit is for machines that do ten things at once.
RUN_LIMIT_MS = 180_000
ARRIVAL_LIMIT_S = 120

pytestmark = pytest.mark.browser
Enter = Callable[[Role], Page]


@pytest.fixture(scope="module")
def term() -> str:
    """Make up a word that no dictionary, cache or earlier run knows."""
    return "z" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(9))


@pytest.fixture(scope="module")
def console(term: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Run model, web server and worker for a small company whose version 1 knows nothing of the word."""
    home = tmp_path_factory.mktemp("life") / "home"
    home.mkdir()
    with server.model_server(home) as provider:
        server.run_python(home, "-m", "tests.functional.small_company", term, env=provider)
        with server.running(home, provider) as console:
            yield console


@pytest.fixture(scope="module")
def enter(console: Console, signed_in: SignIn) -> Enter:
    """Give a function that opens a browser window of the person with a role."""

    def enter_as(role: Role) -> Page:
        context = signed_in(console.url, small_company.email_of(role), small_company.PASSWORD)
        return context.new_page()

    return enter_as


class Service:
    """The runtime service, asked over its standard input."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def send(self, version: int) -> dict[str, Any]:
        """Let the service send its text once this version has come; tells what it would have sent."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{version}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the service ended"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def running_service(environment: Path, folder: Path, settings: Mapping[str, Any]) -> Iterator[Service]:
    """Start the service in an environment that holds only the SDK, and stop it at the end."""
    program = Path(__file__).with_name("runtime_service.py")
    (folder / "service.py").write_bytes(program.read_bytes())
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    with (folder / "service.log").open("w") as log:
        process = subprocess.Popen(
            [environment / "bin" / "python", "service.py", "settings.json"],
            cwd=folder,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        try:
            yield Service(process)
        finally:
            process.terminate()


def test_a_word_forbidden_in_the_browser_stops_a_text_in_a_running_service(
    console: Console, enter: Enter, alone: Path, tmp_path: Path, term: str
) -> None:
    trust, token = _ask_the_admin(enter(Role.ADMIN))
    settings = _settings(console, tmp_path, trust, token, term)
    with running_service(alone, tmp_path, settings) as service:
        before = service.send(version=1)
        assert before["version"] == 1, before
        assert (before["source"], before["text"]) == ("generated", small_company.text_with(term))

        _forbid(enter(Role.EDITOR), term)
        review_url = _test_and_ask_for_review(enter(Role.EDITOR), term)
        for role in (Role.BRAND_REVIEWER, Role.LEGAL):
            _approve(enter(role), review_url, term)
        _publish(enter(Role.RELEASER), term)

        after = service.send(version=2)
        assert after["has_come"], after
        assert (after["version"], after["source"]) == (2, "fallback"), after
        assert after["text"] == small_company.FALLBACKS["fallbacks"][0]["text"]
        assert f"words/{term}" in after["rules"]
        assert after["process"] == before["process"]

    old = {**settings, "channel": None, "version": 1, "url": "http://127.0.0.1:9"}
    with running_service(alone, tmp_path, old) as offline:
        kept = offline.send(version=1)
        assert (kept["version"], kept["source"]) == (1, "generated"), kept

    assert " 0 problems" in console.flask("audit", "verify")


def _settings(console: Console, folder: Path, trust: str, token: str, term: str) -> dict[str, Any]:
    return {
        "url": console.url,
        "workspace": small_company.WORKSPACE,
        "policy": small_company.POLICY,
        "channel": "production",
        "token": token,
        "trust": trust,
        "cache_dir": str(folder / "cache"),
        "refresh_interval_s": 0.5,
        "report_interval_s": 0.5,
        "service": "ferry-boards",
        "asked": {
            "text": small_company.text_with(term),
            "prompt": "weather-note",
            "locale": "en-GB",
            "variables": {"weather": "rain"},
            "wait_s": ARRIVAL_LIMIT_S,
        },
    }


def _ask_the_admin(page: Page) -> tuple[str, str]:
    """Make a service token in the browser and read the console's public key from the settings page."""
    page.goto(f"{HOME}/tokens")
    form = page.get_by_role("form", name="New token for a runtime service")
    form.get_by_label("Name").fill("ferry boards")
    form.get_by_label("Read", exact=True).check()
    form.get_by_label("Report what it does").check()
    form.get_by_role("button", name="Make the token").click()
    token = page.get_by_text("ckr_").first.inner_text().strip()
    page.goto(f"{HOME}/settings")
    trust = page.get_by_text("-----BEGIN PUBLIC KEY-----").first.inner_text()
    page.close()
    return trust, token


def _forbid(page: Page, term: str) -> None:
    page.goto(f"{HOME}/assets/glossary")
    page.get_by_role("link", name="Words").click()
    line = page.get_by_role("form", name="Add a term")
    line.get_by_label("Term").fill(term)
    line.get_by_label("Status").select_option("Forbidden")
    line.get_by_label("Why").fill("It promises what nobody has tested.")
    line.get_by_role("button", name="Add").click()
    expect(page.get_by_role("link", name=term, exact=True)).to_be_visible()
    page.get_by_role("link", name="Save r2").first.click()
    page.get_by_label("What changed, and why").fill(f"Forbid {term}, as legal asked")
    page.get_by_role("button", name="Save revision").click()
    expect(page.get_by_text("Saved as r2.")).to_be_visible()
    page.close()


def _test_and_ask_for_review(page: Page, term: str) -> str:
    page.goto(f"{HOME}/runs")
    page.get_by_role("button", name="Build a candidate").click()
    page.get_by_label("What it is for").fill(f"Forbid {term}")
    page.get_by_role("button", name="Build", exact=True).click()
    expect(page.get_by_role("heading", name="Candidate 2 for App notes")).to_be_visible()
    page.get_by_role("button", name="Start the run").click()
    # The page is told by server-sent events; nobody reloads it.
    # Run 2 is version 1 on the new case, which the console starts by itself to compare with.
    run = page.get_by_role("region", name="Run 3")
    expect(run.get_by_role("status")).to_contain_text("is complete: 3 samples checked", timeout=RUN_LIMIT_MS)
    run.get_by_role("link", name="Open the run").click()
    expect(page.get_by_text("Gate met").first).to_be_visible()
    expect(page.get_by_role("link", name="The word that must not go out")).to_be_visible()
    page.get_by_role("button", name="Request review").click()
    expect(page.get_by_text("Review requested.")).to_be_visible()
    url = page.url
    page.close()
    return url


def _approve(page: Page, review_url: str, term: str) -> None:
    page.goto(f"{HOME}/")
    page.get_by_role("link", name="Review 2").first.click()
    page.wait_for_url(review_url.partition("#")[0])
    expect(page.locator("ins", has_text=term).first).to_be_visible()
    box = page.locator("#sign-off")
    box.get_by_label("Approve", exact=True).check()
    box.get_by_label("Comment").fill("Read and agreed.")
    box.get_by_role("button", name="Approve and sign").click()
    expect(page.get_by_role("heading", name="Sign-off", exact=True)).to_be_visible()
    page.close()


def _publish(page: Page, term: str) -> None:
    page.goto(RELEASES)
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish candidate 2?")
    dialog.get_by_label("Channel").select_option("Production")
    dialog.get_by_label("What changes for readers").fill(f"{term} is no longer said")
    dialog.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 2 is published")).to_be_visible()
    page.close()

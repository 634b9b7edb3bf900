"""What the tests of running programs share: the demo company, an environment of the SDK, people signed in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from console.demo.content import load_demo
from tests.functional import server
from tests.functional.sdk_environment import make_environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.functional.server import Console

SignIn = Callable[..., "BrowserContext"]
Enter = Callable[..., "Page"]
DEFAULT_TIMEOUT_MS = 20_000


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment that holds nothing but the SDK, once for all tests that look into it."""
    return _once("sdk-alone", make_environment, tmp_path_factory) / "env"


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seed the demo company once; who changes its data works on a copy of this folder.

    COPYDESK_TEST_DEMO names a folder seeded before by the same code, to save a developer the minute it takes.
    """
    if ready := os.environ.get("COPYDESK_TEST_DEMO"):
        return Path(ready)
    return _once("demo", _seed, tmp_path_factory)


def _seed(home: Path) -> None:
    server.flask(home, "migrate")
    server.flask(home, "demo", "seed")


def _once(name: str, make: Callable[[Path], object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder once for all test processes of this run; the first that asks makes it, others wait."""
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    folder, is_made = common / name, common / f"{name}.made"
    with FileLock(common / f"{name}.lock"):
        if not is_made.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a process that failed
            folder.mkdir()
            make(folder)
            is_made.touch()
    return folder


@pytest.fixture(scope="module")
def demo(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Run web server and worker on a copy of the demo company; there is no model."""
    home = tmp_path_factory.mktemp("running") / "home"
    shutil.copytree(demo_home, home)
    with server.running(home) as console:
        yield console


@pytest.fixture(scope="module")
def signed_in(chromium: Browser) -> Iterator[SignIn]:
    """Give a function that signs a person in and returns their browser context.

    Signing in costs an argon2 hash and counts towards the throttle, so each person signs in once per console.
    """
    states: dict[tuple[str, str], Any] = {}
    with ExitStack() as stack:

        def sign_in(url: str, email: str, password: str, **settings: Any) -> BrowserContext:
            key = (url, email)
            if key not in states:
                states[key] = _signed_in_state(chromium, url, email, password)
            context = chromium.new_context(base_url=url, storage_state=states[key], **settings)
            context.set_default_timeout(DEFAULT_TIMEOUT_MS)
            stack.callback(context.close)
            return context

        yield sign_in


@pytest.fixture(scope="module")
def enter_as_editor(demo: Console, signed_in: SignIn) -> Enter:
    """Give a function that opens a browser window of the demo's first editor."""
    loaded = load_demo()
    editor = next(user.email for user in loaded.users if "editor" in user.roles)

    def enter(**settings: Any) -> Page:
        return signed_in(demo.url, editor, loaded.company.demo_password, **settings).new_page()

    return enter


def _signed_in_state(chromium: Browser, url: str, email: str, password: str) -> Any:
    context = chromium.new_context(base_url=url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/w/**")
    state = context.storage_state()
    context.close()
    return state

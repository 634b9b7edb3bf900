"""What browser tests share: the demo company seeded once, people signed in to a running console."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.functional import server
from tests.functional.sdk_environment import make_environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.functional.server import Console

SignIn = Callable[..., "BrowserContext"]
DEFAULT_TIMEOUT_MS = 20_000


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment that holds nothing but the SDK, once for all tests that look into it."""
    return make_environment(tmp_path_factory.mktemp("sdk-alone"))


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seed the demo company once; who changes its data works on a copy of this folder.

    COPYDESK_TEST_DEMO names a folder seeded before by the same code, to save a developer the minute it takes.
    """
    home = tmp_path_factory.mktemp("demo") / "home"
    if ready := os.environ.get("COPYDESK_TEST_DEMO"):
        shutil.copytree(ready, home)
        return home
    home.mkdir()
    server.flask(home, "migrate")
    server.flask(home, "demo", "seed")
    return home


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

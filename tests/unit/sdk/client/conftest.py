"""A scripted console and clients of it, closed again after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from copydesk.client import Client
from tests.factories import bundles
from tests.simulators.console import ISSUED_AT, ConsoleSimulator

Open = Callable[..., Client]


@pytest.fixture
def console() -> Iterator[ConsoleSimulator]:
    with ConsoleSimulator() as simulator:
        yield simulator


@pytest.fixture
def open_client(console: ConsoleSimulator, tmp_path: Path) -> Iterator[Open]:
    opened: list[Client] = []

    def _open(**changes: Any) -> Client:
        settings: dict[str, Any] = {
            "workspace": "acme",
            "policy": "customer-email",
            "token": console.token,
            "trust": bundles.trust(),
            "cache_dir": tmp_path / "cache",
            "background": False,
            "fetch_timeout_s": 5.0,
            "refresh_interval_s": 0.02,
            "clock": lambda: ISSUED_AT,
        }
        if "version" not in changes:
            settings["channel"] = "production"
        opened.append(Client(console.url, **(settings | changes)))
        return opened[-1]

    yield _open
    for client in opened:
        client.close()

"""Signing in through the page: where it leads, who it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.console import PASSWORD

if TYPE_CHECKING:
    from tests.factories.console import World


@pytest.mark.parametrize(
    "target",
    [
        "//[",
        "http://[x",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example/w/acme/",
    ],
)
def test_signing_in_leads_to_no_other_host(world: World, target: str) -> None:
    data = {"email": "editor@example.com", "password": PASSWORD, "next": target}

    answer = world.client().post("/sign-in", data=data)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/workspaces"

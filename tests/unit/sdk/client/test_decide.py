"""What a pointer lets run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk.bundle import ChannelPointer
from copydesk.client.decide import version_to_run

POINTER = ChannelPointer("acme", "mail", "production", 5, "a" * 64, 9, datetime(2026, 11, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("version", "revoked", "on_disk", "expected"),
    [
        (5, set(), (), 5),
        (5, {4}, (4, 3), 5),
        (5, {5}, (7, 5, 4, 3), 4),
        (5, {5, 4}, (7, 5, 4, 3), 3),
        (5, {5, 4, 3}, (7, 5, 4, 3), None),
        (5, {5}, (), None),
        (None, set(), (4,), None),
    ],
)
def test_a_revoked_version_gives_way_to_the_last_unrevoked_one_before_it(
    version: int | None, revoked: set[int], on_disk: tuple[int, ...], expected: int | None
) -> None:
    pointer = replace(POINTER, version=version, revoked=frozenset(revoked))
    assert version_to_run(pointer, on_disk) == expected

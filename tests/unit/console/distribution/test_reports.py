"""Reports of services: what does not fit is refused, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.distribution.operations import take_report
from console.errors import InvalidError

if TYPE_CHECKING:
    from tests.factories.console import World


def test_a_number_that_no_version_can_have_is_refused_with_its_place(world: World) -> None:
    with world.session() as session:
        for field in ("version", "wanted_version", "sequence"):
            body = f'{{"instance": "a", "service": "b", "{field}": 99999999999999999999}}'.encode()
            with pytest.raises(InvalidError) as refused:
                take_report(session, 1, "mail", body)
            assert [problem.path for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    ("telemetry", "place"),
    [
        (r'{"outcomes": {"pa\u0000ss": 1}}', "telemetry.outcomes"),
        (r'{"models": {"m\ud800": 1}}', "telemetry.models"),
        ('{"sources": {"a": 1e400}}', "telemetry.sources.a"),
        ('{"outcomes": {"a": NaN}}', ""),
        ('{"p50_us": 99999999999999999999}', "telemetry.p50_us"),
    ],
)
def test_what_no_database_keeps_is_refused_with_its_place(world: World, telemetry: str, place: str) -> None:
    body = f'{{"instance": "a", "service": "b", "telemetry": {telemetry}}}'.encode()
    with world.session() as session, pytest.raises(InvalidError) as refused:
        take_report(session, 1, "mail", body)
    assert [problem.path for problem in refused.value.problems] == [place]

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

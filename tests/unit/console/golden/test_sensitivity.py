"""What so many cases can and can't show, as people read it."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.golden.sensitivity import what_cases_show
from tests.factories.console import make_world
from tests.factories.policies import GOOD, start_run, work, write_policy


@pytest.fixture(scope="module", autouse=True)
def _in_english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with make_world(Path(tmp_path_factory.mktemp("shows"))).app.test_request_context():
        yield


def test_sixty_two_cases_say_what_they_show_and_how_many_would_show_five_points() -> None:
    assert what_cases_show(62) == (
        "62 cases: a drop of fewer than 6 cases (9.7 points) can't be told from chance; one of 15.4 points "
        "is seen four times in five, at 5 % false alarms. About 281 paired cases would show 5 points."
    )


@pytest.mark.parametrize("cases", [1, 5])
def test_too_few_cases_show_nothing_and_say_so(cases: int) -> None:
    assert f"{cases} case{'' if cases == 1 else 's'}: too few to tell any drop" in what_cases_show(cases)
    assert "About 281 paired cases" in what_cases_show(cases)


def test_enough_cases_ask_for_no_more() -> None:
    assert "About" in what_cases_show(280)
    assert "one of 5 points" not in what_cases_show(280)
    assert "About" not in what_cases_show(281)
    assert "one of 5 points is seen" in what_cases_show(281)


def test_a_stricter_comparison_shows_less() -> None:
    strict = what_cases_show(62, 0.01)
    assert "fewer than 8 cases (13 points)" in strict
    assert "at 1 % false alarms" in strict


@pytest.mark.parametrize(("cases", "alpha"), [(0, 0.05), (62, 0.0), (62, 1.0)])
def test_where_nothing_is_compared_nothing_is_said(cases: int, alpha: float) -> None:
    assert what_cases_show(cases, alpha) == ""


def test_the_pages_of_a_golden_set_and_of_a_run_say_it(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    write_policy(world, [f"{GOOD} {n}." for n in range(7)], gate={"paired_alpha": "0.1"})
    _, run_id = start_run(world)
    work(world)
    client = world.client("viewer")
    for path, words in (
        ("/w/acme/golden/cases", "7 cases: a drop of fewer than 6 cases (85.8 points)"),
        ("/w/acme/golden/cases/coverage", "7 cases: a drop of fewer than 6 cases"),
        (f"/w/acme/runs/{run_id}", "7 cases: a drop of fewer than 5 cases (71.5 points)"),
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert words in html.unescape(page.text), path

"""Coverage counts every case once and names every empty combination."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.golden.coverage import coverage_of

NAMES = st.sampled_from(["", "a", "b"]) | st.none()
CASES = st.lists(
    st.fixed_dictionaries(
        {"prompt": st.sampled_from(["p", "q"]), "audience": NAMES, "locale": NAMES, "segment": NAMES}
    )
)


@given(CASES)
def test_every_case_is_counted_in_one_cell(cases: list[dict[str, str | None]]) -> None:
    found = coverage_of(cases, {"p": "Prompt"}, ["a"])
    cells = [cell for table in found.tables for row in table.rows for cell in row.cells]
    assert sum(cell.count for cell in cells) == len(cases)
    assert len({(cell.prompt, cell.audience, cell.locale, cell.segment) for cell in cells}) == len(cells)
    assert found.empty_count == sum(cell.count == 0 for cell in cells)


def test_a_prompt_and_an_audience_without_cases_are_shown_as_empty() -> None:
    cases = [{"prompt": "p", "audience": "x", "locale": "en-GB", "segment": "new"}]
    found = coverage_of(cases, {"p": "P", "q": "Q"}, ["x", "y"])
    counts = {
        (table.prompt, row.audience): row.cells[0].count for table in found.tables for row in table.rows
    }
    assert counts == {("p", "x"): 1, ("p", "y"): 0, ("q", "x"): 0, ("q", "y"): 0}
    assert (found.cell_count, found.empty_count, found.single_count) == (4, 3, 1)

"""`make accuracy` says what is missing and holds figures to their floors."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.accuracy import __main__ as entry
from tests.accuracy._page import as_page
from tests.accuracy.rows import Row

REACHED = Row("facts", "e2e_dev", "wrong values found", 0.91, 0.89, 0.93, 0.85, 1000)
MISSED = Row("toxicity", "surge", "AUC", 0.85, 0.82, 0.88, 0.90, 1000)
REPORTED = Row("toxicity", "hatecheck", "accuracy", 0.2, 0.1, 0.3, None, 1000)


def test_without_data_it_says_so_and_ends_with_2(tmp_path, capsys):
    assert entry.main(["--data", str(tmp_path / "none")]) == 2
    assert "make accuracy DATA=" in capsys.readouterr().err


def test_a_figure_below_its_floor_is_not_met_and_one_without_floor_is_only_reported():
    assert [entry.is_met(row) for row in (REACHED, MISSED, REPORTED)] == [True, False, True]
    table = entry.as_table([REACHED, MISSED, REPORTED]).splitlines()
    assert [line.endswith(end) for line, end in zip(table[1:], ("met", "NOT MET", "1000"), strict=True)] == [
        True
    ] * 3


def test_figures_have_the_form_of_all_measured_files():
    figures = json.loads(json.dumps(entry.as_figures([MISSED])))
    assert (
        figures[0].items()
        >= {
            "name": "toxicity: AUC on surge",
            "measured": 0.85,
            "bar": 0.9,
            "met": False,
        }.items()
    )


def test_every_measuring_module_is_found():
    assert {"toxicity", "vale"} <= {name for name, _ in entry.measures(())}


def test_the_page_says_when_with_what_and_where_it_is_weak():
    rows = [entry.cells(row) for row in (REACHED, MISSED)]
    page = as_page(rows, date(2026, 11, 21), missed=1)
    assert "Measured on 2026-11-21" in page
    assert "make accuracy" in page
    assert "**1 figures are below their floor.**" in page
    assert page.index("## Facts") < page.index("**Weak spots.**") < page.index("## Toxicity")
    assert "| e2e_dev | wrong values found | 0.910 | 0.890 – 0.930 | 0.850 | 1000 | met |" in page
    assert "| toxicity/surge.csv | surge-ai/toxicity | MIT |" in page


def test_a_page_of_some_checks_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        entry.main(["--data", str(tmp_path), "--write", "facts"])
    assert "--write takes all checks" in capsys.readouterr().err

"""The figures on public data that ship with the console are what `make accuracy --write` wrote."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from console.quality.accuracy import NOTHING, public_accuracy
from tests.accuracy.__main__ import as_shipped
from tests.accuracy.rows import Row, share_row


def test_what_make_accuracy_writes_is_what_the_pages_read(tmp_path: Path) -> None:
    rows = [
        share_row("glossary", "own terms", "recall", 9, 10, 0.8),
        Row("toxicity", "s", "AUC", 0.9, 0.8, 0.95, 0.94, 7),
    ]
    path = tmp_path / "accuracy.json"
    path.write_text(json.dumps(as_shipped(rows, date(2026, 11, 21))), encoding="utf-8")
    found = public_accuracy(path)
    assert found.measured_on == "2026-11-21"
    assert [figure.is_met for figure in found.figures] == [True, False]
    assert [figure.measure for figure in found.of("glossary")] == ["recall"]


def test_without_results_or_with_damaged_ones_nothing_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "accuracy.json"
    assert public_accuracy(path) == NOTHING
    path.write_text('{"rows": 3}', encoding="utf-8")
    assert public_accuracy(path) == NOTHING

"""Which combinations of prompt, audience, locale and segment a golden set tests, and which it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """How many cases test one combination."""

    prompt: str
    audience: str
    locale: str
    segment: str
    count: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """An audience of one prompt in one locale."""

    audience: str
    locale: str
    cells: tuple[CoverageCell, ...]


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """One prompt: a row per locale and audience, a cell per segment."""

    prompt: str
    title: str
    case_count: int
    empty_count: int
    rows: tuple[CoverageRow, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """All tables; `columns` are the segments, "" standing for cases that name none."""

    columns: tuple[str, ...]
    tables: tuple[CoverageTable, ...]
    cell_count: int
    empty_count: int
    single_count: int


def coverage_of(cases: Sequence[Json], prompts: Mapping[str, str], audiences: Sequence[str] = ()) -> Coverage:
    """Count cases per prompt, audience, locale and segment.

    Args:
        prompts: title by name, of all prompts of the policy; prompts that only cases name are added.
        audiences: audiences of the policy; those that only cases name are added.
    """
    counts = Counter(_key(case) for case in cases)
    titles = {**{key[0]: key[0] for key in sorted(counts)}, **prompts}
    rows = [
        (audience, locale)
        for locale in _sorted({key[2] for key in counts}) or [""]
        for audience in _sorted({*audiences, *(key[1] for key in counts)}) or [""]
    ]
    columns = _sorted({key[3] for key in counts}) or [""]
    tables = tuple(_table(name, title, rows, columns, counts) for name, title in sorted(titles.items()))
    cells = [cell for table in tables for row in table.rows for cell in row.cells]
    return Coverage(
        columns=tuple(columns),
        tables=tables,
        cell_count=len(cells),
        empty_count=sum(cell.count == 0 for cell in cells),
        single_count=sum(cell.count == 1 for cell in cells),
    )


def _key(case: Json) -> tuple[str, str, str, str]:
    prompt, audience, locale, segment = (
        str(case.get(name) or "") for name in ("prompt", "audience", "locale", "segment")
    )
    return prompt, audience, locale, segment


def _sorted(names: set[str]) -> list[str]:
    # Cases that name nothing come last.
    return sorted(names, key=lambda name: (not name, name))


def _table(
    prompt: str,
    title: str,
    rows: Sequence[tuple[str, str]],
    segments: Sequence[str],
    counts: Mapping[tuple[str, str, str, str], int],
) -> CoverageTable:
    drawn = tuple(
        CoverageRow(
            audience,
            locale,
            tuple(
                CoverageCell(
                    prompt, audience, locale, segment, counts.get((prompt, audience, locale, segment), 0)
                )
                for segment in segments
            ),
        )
        for audience, locale in rows
    )
    cells = [cell.count for row in drawn for cell in row.cells]
    return CoverageTable(prompt, title, sum(cells), cells.count(0), drawn)

"""The items of an asset as rows of a table: what stands in which column, per kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from console.assets import cells
from console.assets.cells import SEVERITY_KINDS, Cell, words_of
from console.assets.projection import Items, describe, items_of

Json = Mapping[str, Any]
Beside = Mapping[tuple[str, str], Sequence[tuple[str, str]]]  # (list, key) to (kind, sentence)
MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item: its key, its title and one line about it, its columns."""

    key: str
    title: str
    note: str
    cells: tuple[Cell, ...]
    filter_value: str = ""
    remarks: tuple[tuple[str, str], ...] = ()  # (kind, sentence)
    origin: str = ""  # style and name of an imported rule: two styles may have rules of one name


@dataclass(frozen=True, slots=True)
class ItemTable:
    """A list of an asset as the editor page shows it.

    `filters` are (value, label, count) of the filter column; `total` counts all, `rows` may be fewer.
    """

    name: str
    title: str
    add_label: str
    empty: str
    columns: tuple[str, ...]
    rows: tuple[ItemRow, ...]
    total: int
    filters: tuple[tuple[str, str, int], ...] = ()
    bulk: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    title: Any
    add: Any
    empty: Any
    first: Any
    cells: Callable[[Json], tuple[Cell, ...]]
    note: str = ""
    filter_field: str = ""
    bulk_fields: tuple[str, ...] = ()
    is_ordered: bool = False


_BULK_VALUES: Mapping[tuple[str, str], Sequence[str]] = {
    ("terms", "status"): ("preferred", "allowed", "deprecated", "forbidden"),
    ("terms", "severity"): tuple(SEVERITY_KINDS),
    ("rules", "severity"): tuple(SEVERITY_KINDS),
    ("criteria", "severity"): tuple(SEVERITY_KINDS),
    ("facts", "status"): ("verified", "unverified", "retired"),
    ("topics", "action"): ("review", "block"),
}
_PLANS: Mapping[str, _Plan] = {
    "terms": _Plan(
        _l("Terms"),
        _l("Add a term"),
        _l("No terms yet. Add the first, or import a list."),
        _l("Term"),
        cells.term_cells,
        "why",
        "status",
        ("status", "severity"),
    ),
    "rules": _Plan(
        _l("Rules"),
        _l("Add a rule"),
        _l("No rules yet. Add the first, or import a Vale style."),
        _l("Rule"),
        cells.rule_cells,
        "why",
        "severity",
        ("severity",),
    ),
    "tones": _Plan(
        _l("Tone per audience"),
        _l("Add an audience"),
        _l("No tones yet: every audience is spoken to alike."),
        _l("Audience"),
        cells.tone_cells,
        "guidance",
    ),
    "criteria": _Plan(
        _l("Criteria for a judge"),
        _l("Add a criterion"),
        _l("No criteria yet. Add what no rule can measure, such as warmth, and have a model judge it."),
        _l("Criterion"),
        cells.criterion_cells,
        "pass_when",
        "severity",
        ("severity",),
    ),
    "descriptors": _Plan(
        _l("Words for people"),
        _l("Add a group"),
        _l(
            "No words for people yet. Name some that may stand in each other's place, to see whether"
            " checks treat all alike."
        ),
        _l("Group"),
        cells.descriptor_cells,
    ),
    "topics": _Plan(
        _l("Topics"),
        _l("Add a topic"),
        _l("No topics yet. Add what generated text must stay away from."),
        _l("Topic"),
        cells.topic_cells,
        "definition",
        "action",
        ("action",),
    ),
    "facts": _Plan(
        _l("Facts"),
        _l("Add a fact"),
        _l("No facts yet. Add what may be claimed."),
        _l("Fact"),
        cells.fact_cells,
        "",
        "status",
        ("status",),
    ),
    "blocks": _Plan(
        _l("Blocks"),
        _l("Add a block"),
        _l("No blocks yet. A prompt needs at least one."),
        _l("Block"),
        cells.block_cells,
        is_ordered=True,
    ),
    "variables": _Plan(
        _l("Variables"),
        _l("Add a variable"),
        _l("No variables: the prompt is always the same."),
        _l("Variable"),
        cells.variable_cells,
        "description",
    ),
    "fallbacks": _Plan(
        _l("Copy"),
        _l("Write copy"),
        _l("No copy yet. Write what is sent when a text must not be used."),
        _l("For"),
        cells.fallback_cells,
        "",
        "prompt",
    ),
    "channels": _Plan(
        _l("Channels"),
        _l("Add a channel"),
        _l("No channels yet: texts may have any length."),
        _l("Channel"),
        cells.channel_cells,
    ),
    "checks": _Plan(
        _l("Checks"),
        _l("Set a check"),
        _l("No check is set here: all run as they come."),
        _l("Check"),
        cells.setting_cells,
    ),
}


def bulk_values(name: str, field: str) -> Sequence[str]:
    """Return the values that a field of several items can be set to at once; none: it can't be."""
    return _BULK_VALUES.get((name, field), ())


def item_table(
    spec: Items, content: Json, *, words: str = "", chosen: str = "", beside: Beside | None = None
) -> ItemTable:
    """Return the items of a list as rows.

    Args:
        words: what an item's text has to contain.
        chosen: the value its filter column has to have.
        beside: what is said of items, by (list, key).
    """
    plan = _PLANS[spec.name]
    every = items_of(content, spec.name)
    wanted = words.lower().split()
    found = [
        item
        for item in every
        if (not chosen or str(item.get(plan.filter_field)) == chosen)
        and all(word in describe(list(item.values())).lower() for word in wanted)
    ]
    rows = tuple(_row(spec, plan, item, beside or {}) for item in found[:MAX_ROWS])
    return ItemTable(
        name=spec.name,
        title=str(plan.title),
        add_label=str(plan.add),
        empty=str(plan.empty),
        columns=(str(plan.first), *(cell.label for row in rows[:1] for cell in row.cells)),
        rows=rows,
        total=len(every),
        filters=_filters(plan.filter_field, every),
        bulk=_bulk(spec.name, plan.bulk_fields),
        is_ordered=plan.is_ordered,
    )


def _row(spec: Items, plan: _Plan, item: Json, beside: Beside) -> ItemRow:
    key = spec.key(item)
    return ItemRow(
        key,
        spec.title(item),
        str(item.get(plan.note) or "") if plan.note else "",
        plan.cells(item),
        str(item.get(plan.filter_field, "")),
        tuple(beside.get((spec.name, key), ())),
        key if spec.name == "rules" and "." in key else "",
    )


def _filters(name: str, every: Sequence[Json]) -> tuple[tuple[str, str, int], ...]:
    if not name:
        return ()
    counts: dict[str, int] = {}
    for item in every:
        value = str(item.get(name) or "")
        counts[value] = counts.get(value, 0) + 1
    return tuple((value, words_of(value), count) for value, count in sorted(counts.items()) if value)


def _bulk(name: str, fields: Sequence[str]) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    labels = {"status": _("Status"), "severity": _("Severity"), "action": _("Action")}
    return tuple(
        (field, labels[field], tuple((value, words_of(value)) for value in bulk_values(name, field)))
        for field in fields
    )

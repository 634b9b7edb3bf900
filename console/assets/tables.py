"""The items of an asset as rows of a table: what stands in which column, per kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from console.assets.projection import Items, describe, describe_value, items_of

Json = Mapping[str, Any]
Beside = Mapping[tuple[str, str], Sequence[tuple[str, str]]]  # (list, key) to (kind, sentence)
MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a row; `kind` draws a tag (pass, fail, warn, info, plain), `serif` governed text."""

    label: str
    text: str
    kind: str | None = None
    serif: bool = False


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item: its key, its title and one line about it, its columns."""

    key: str
    title: str
    note: str
    cells: tuple[Cell, ...]
    filter_value: str = ""
    remarks: tuple[tuple[str, str], ...] = ()  # (kind, sentence)


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


SEVERITY_KINDS = {"info": "info", "warning": "warn", "error": "fail", "blocker": "fail"}
STATUS_KINDS = {
    "preferred": "pass",
    "allowed": "plain",
    "deprecated": "warn",
    "forbidden": "fail",
    "verified": "pass",
    "unverified": "warn",
    "retired": "fail",
    "block": "fail",
    "review": "warn",
    "allow": "plain",
}
WORDS: Mapping[str, Any] = {
    "preferred": _l("Preferred"),
    "allowed": _l("Allowed"),
    "deprecated": _l("Deprecated"),
    "forbidden": _l("Forbidden"),
    "verified": _l("Verified"),
    "unverified": _l("Unverified"),
    "retired": _l("Retired"),
    "info": _l("Note"),
    "warning": _l("Warning"),
    "error": _l("Error"),
    "blocker": _l("Blocker"),
    "block": _l("Block"),
    "review": _l("Review"),
    "allow": _l("Allow"),
    "system": _l("System"),
    "user": _l("User"),
    "assistant": _l("Assistant"),
}


def words_of(value: Any) -> str:
    """Return a closed set's value in a reader's words."""
    return str(WORDS[value]) if value in WORDS else str(value or "").replace("_", " ").capitalize()


def _tag(label: str, value: Any, kinds: Mapping[str, str]) -> Cell:
    return Cell(label, words_of(value), kinds.get(str(value), "plain"))


def _scope(item: Json) -> Cell:
    scope = item.get("scope")
    parts = [describe(values) for values in scope.values() if values] if isinstance(scope, Mapping) else []
    return Cell(_("Where"), "; ".join(parts) or _("everywhere"))


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list | tuple) else 0


def _term(item: Json) -> tuple[Cell, ...]:
    severity = item.get("severity")
    return (
        _tag(_("Status"), item.get("status"), STATUS_KINDS),
        Cell(_("Use instead"), str(item.get("use_instead") or ""), serif=True),
        Cell(_("Variants"), describe(item.get("variants") or []), serif=True),
        Cell(_("Severity"), words_of(severity) if severity else _("by status")),
        _scope(item),
    )


def _rule(item: Json) -> tuple[Cell, ...]:
    examples = _length(item.get("bad")) + _length(item.get("good"))
    return (
        _rule_kind(str(item.get("kind", ""))),
        _tag(_("Severity"), item.get("severity") or "warning", SEVERITY_KINDS),
        Cell(_("Examples"), str(examples) if examples else _("none")),
        _scope(item),
    )


def _rule_kind(kind: str) -> Cell:
    if kind in {"sequence", "script"}:
        return Cell(_("Kind"), _("%(kind)s, not enforced", kind=kind), "warn")
    return Cell(_("Kind"), kind)


def _tone(item: Json) -> tuple[Cell, ...]:
    most = item.get("sentence_words_max")
    return (
        Cell(_("Person"), str(item.get("person") or "any").replace("_", " ")),
        Cell(_("Contractions"), str(item.get("contractions") or "allow")),
        Cell(_("Sentences"), _("up to %(n)s words", n=most) if most else _("any length")),
    )


def _topic(item: Json) -> tuple[Cell, ...]:
    return (
        _tag(_("Action"), item.get("action") or "review", STATUS_KINDS),
        Cell(_("Terms"), str(_length(item.get("block_terms")))),
        Cell(_("On the topic"), str(_length(item.get("positives")))),
        Cell(_("Near misses"), str(_length(item.get("near_misses")))),
    )


def _fact(item: Json) -> tuple[Cell, ...]:
    value = item.get("value")
    return (
        Cell(_("Value"), describe_value(value) if isinstance(value, Mapping) else "", serif=True),
        _tag(_("Status"), item.get("status") or "verified", STATUS_KINDS),
        Cell(_("Source"), str(item.get("source") or "")),
        _scope(item),
    )


def _block(item: Json) -> tuple[Cell, ...]:
    return (
        Cell(_("Role"), words_of(item.get("role")), "plain"),
        Cell(_("Text"), str(item.get("text") or ""), serif=True),
    )


def _variable(item: Json) -> tuple[Cell, ...]:
    default = item.get("default")
    return (
        Cell(_("Type"), str(item.get("type") or "text")),
        Cell(_("Given"), _("always") if item.get("required", True) else _("if known")),
        Cell(_("Default"), "" if default is None else describe(default), serif=True),
        Cell(
            _("Personal"),
            _("personal data") if item.get("is_personal") else "",
            "warn" if item.get("is_personal") else None,
        ),
    )


def _fallback(item: Json) -> tuple[Cell, ...]:
    return (Cell(_("Copy"), str(item.get("text") or ""), serif=True),)


def _channel(item: Json) -> tuple[Cell, ...]:
    low, high = item.get("min_characters"), item.get("max_characters")
    allowed = [
        word
        for name, word in (
            ("allow_html", "HTML"),
            ("allow_markdown", "Markdown"),
            ("allow_emoji", _("emoji")),
        )
        if item.get(name, name == "allow_emoji")
    ]
    return (
        Cell(_("Characters"), f"{low or 0} – {high}" if high else _("any")),
        Cell(_("Words"), str(item.get("max_words") or _("any"))),
        Cell(_("Links"), _("any") if item.get("max_links") is None else str(item["max_links"])),
        Cell(_("Allowed"), ", ".join(allowed) or _("plain text only")),
    )


def _setting(item: Json) -> tuple[Cell, ...]:
    is_on = item.get("enabled", True)
    bars = [item.get("review_threshold"), item.get("block_threshold")]
    return (
        Cell(_("Runs"), _("yes") if is_on else _("no"), "pass" if is_on else "plain"),
        Cell(_("Enforced"), _("at runtime") if item.get("enforced_at") != "console" else _("in the console")),
        _tag(_("When it can't run"), item.get("on_not_run") or "review", STATUS_KINDS),
        Cell(_("Thresholds"), " / ".join(str(bar) for bar in bars if bar) or _("the engine's own")),
    )


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
    ("facts", "status"): ("verified", "unverified", "retired"),
    ("topics", "action"): ("review", "block"),
}
_PLANS: Mapping[str, _Plan] = {
    "terms": _Plan(
        _l("Terms"),
        _l("Add a term"),
        _l("No terms yet. Add the first, or import a list."),
        _l("Term"),
        _term,
        "why",
        "status",
        ("status", "severity"),
    ),
    "rules": _Plan(
        _l("Rules"),
        _l("Add a rule"),
        _l("No rules yet. Add the first, or import a Vale style."),
        _l("Rule"),
        _rule,
        "why",
        "severity",
        ("severity",),
    ),
    "tones": _Plan(
        _l("Tone per audience"),
        _l("Add an audience"),
        _l("No tones yet: every audience is spoken to alike."),
        _l("Audience"),
        _tone,
        "guidance",
    ),
    "topics": _Plan(
        _l("Topics"),
        _l("Add a topic"),
        _l("No topics yet. Add what generated text must stay away from."),
        _l("Topic"),
        _topic,
        "definition",
        "action",
        ("action",),
    ),
    "facts": _Plan(
        _l("Facts"),
        _l("Add a fact"),
        _l("No facts yet. Add what may be claimed."),
        _l("Fact"),
        _fact,
        "",
        "status",
        ("status",),
    ),
    "blocks": _Plan(
        _l("Blocks"),
        _l("Add a block"),
        _l("No blocks yet. A prompt needs at least one."),
        _l("Block"),
        _block,
        is_ordered=True,
    ),
    "variables": _Plan(
        _l("Variables"),
        _l("Add a variable"),
        _l("No variables: the prompt is always the same."),
        _l("Variable"),
        _variable,
        "description",
    ),
    "fallbacks": _Plan(
        _l("Copy"),
        _l("Write copy"),
        _l("No copy yet. Write what is sent when a text must not be used."),
        _l("For"),
        _fallback,
        "",
        "prompt",
    ),
    "channels": _Plan(
        _l("Channels"),
        _l("Add a channel"),
        _l("No channels yet: texts may have any length."),
        _l("Channel"),
        _channel,
    ),
    "checks": _Plan(
        _l("Checks"),
        _l("Set a check"),
        _l("No check is set here: all run as they come."),
        _l("Check"),
        _setting,
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

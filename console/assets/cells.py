"""What stands in the columns of an item, per kind of item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from console.assets.projection import describe, describe_value

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a row; `kind` draws a tag (pass, fail, warn, info, plain), `serif` governed text."""

    label: str
    text: str
    kind: str | None = None
    serif: bool = False


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


def term_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a term."""
    severity = item.get("severity")
    return (
        _tag(_("Status"), item.get("status"), STATUS_KINDS),
        Cell(_("Use instead"), str(item.get("use_instead") or ""), serif=True),
        Cell(_("Variants"), describe(item.get("variants") or []), serif=True),
        Cell(_("Severity"), words_of(severity) if severity else _("by status")),
        _scope(item),
    )


def rule_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a rule."""
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


def tone_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a tone."""
    most = item.get("sentence_words_max")
    return (
        Cell(_("Person"), str(item.get("person") or "any").replace("_", " ")),
        Cell(_("Contractions"), str(item.get("contractions") or "allow")),
        Cell(_("Sentences"), _("up to %(n)s words", n=most) if most else _("any length")),
    )


def criterion_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a criterion."""
    return (
        Cell(_("The text must"), str(item.get("question") or ""), serif=True),
        _tag(_("Severity"), item.get("severity") or "warning", SEVERITY_KINDS),
        _scope(item),
    )


def descriptor_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a group of words for people: each in its first form."""
    value = item.get("terms")
    terms = value if isinstance(value, list | tuple) else []
    first = [term[0] if isinstance(term, list | tuple) and term else term for term in terms]
    return (Cell(_("Words"), describe(first), serif=True),)


def topic_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a topic."""
    return (
        _tag(_("Action"), item.get("action") or "review", STATUS_KINDS),
        Cell(_("Terms"), str(_length(item.get("block_terms")))),
        Cell(_("On the topic"), str(_length(item.get("positives")))),
        Cell(_("Near misses"), str(_length(item.get("near_misses")))),
    )


def fact_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a fact."""
    value = item.get("value")
    return (
        Cell(_("Value"), describe_value(value) if isinstance(value, Mapping) else "", serif=True),
        _tag(_("Status"), item.get("status") or "verified", STATUS_KINDS),
        Cell(_("Source"), str(item.get("source") or "")),
        _scope(item),
    )


def block_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a block."""
    return (
        Cell(_("Role"), words_of(item.get("role")), "plain"),
        Cell(_("Text"), str(item.get("text") or ""), serif=True),
    )


def variable_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a variable."""
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


def fallback_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a fallback."""
    return (Cell(_("Copy"), str(item.get("text") or ""), serif=True),)


def channel_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a channel."""
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


def setting_cells(item: Json) -> tuple[Cell, ...]:
    """Return the columns of a setting."""
    is_on = item.get("enabled", True)
    bars = [item.get("review_threshold"), item.get("block_threshold")]
    return (
        Cell(_("Runs"), _("yes") if is_on else _("no"), "pass" if is_on else "plain"),
        Cell(_("Enforced"), _("at runtime") if item.get("enforced_at") != "console" else _("in the console")),
        _tag(_("When it can't run"), item.get("on_not_run") or "review", STATUS_KINDS),
        Cell(_("Thresholds"), " / ".join(str(bar) for bar in bars if bar) or _("the engine's own")),
    )

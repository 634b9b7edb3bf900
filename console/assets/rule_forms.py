"""Forms of style rules: a class per kind of rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from console.assets.fields import (
    LinesField,
    NumberField,
    PairsField,
    PatternField,
    WordsField,
    audience_severities,
    choices,
)
from console.assets.item_forms import (
    ID_HINT,
    SCOPE_HEADING,
    SCOPE_NAMES,
    SERIF,
    SEVERITIES,
    ScopedForm,
)
from copydesk.assets.style_guide import RuleKind, StyleRule

Json = Mapping[str, Any]
PATTERN_HINT = _l(
    "One per line; a word, a phrase, or a regular expression. One that begins or ends with a space stands in "
    "straight quotes."
)
ONE_PATTERN_HINT = _l("A regular expression; in straight quotes where it begins or ends with a space.")
GROUP_HINT = _l(
    "A regular expression with one group; in straight quotes where it begins or ends with a space."
)
PAIRS_HINT = _l(
    "A line each: utilise => use. A side that begins or ends with a space, or holds =>, stands in straight "
    "quotes."
)
IGNORE_CASE = _l("Upper and lower case do not matter")
RULE_KINDS: Mapping[str, Any] = {
    RuleKind.EXISTENCE: _l("Words to find"),
    RuleKind.SUBSTITUTION: _l("Words to replace"),
    RuleKind.OCCURRENCE: _l("How often something may stand"),
    RuleKind.REPETITION: _l("Words said twice"),
    RuleKind.CONSISTENCY: _l("One spelling or the other, never both"),
    RuleKind.CONDITIONAL: _l("One thing needs another"),
    RuleKind.CAPITALIZATION: _l("Capital letters"),
    RuleKind.METRIC: _l("A figure of the text"),
    RuleKind.READABILITY: _l("A figure of the text"),
    RuleKind.SPELLING: _l("Spelling"),
    RuleKind.SEQUENCE: _l("Word classes in a row"),
    RuleKind.SCRIPT: _l("Script"),
}
EDITABLE_RULE_KINDS = tuple(
    kind for kind in RULE_KINDS if kind not in {RuleKind.READABILITY, RuleKind.SEQUENCE, RuleKind.SCRIPT}
)


class RuleForm(ScopedForm):
    """A style rule of a kind whose definition has no fields of its own here; it is kept as it is."""

    model = StyleRule
    wide = frozenset({"message", "definition__token", "definition__formula"})
    definition_names: Sequence[str] = ()
    title = StringField(_l("Rule"))
    why = TextAreaField(_l("Why"), render_kw={"rows": 3, **SERIF})
    severity = SelectField(_l("Severity"), choices=choices(*SEVERITIES), default="warning")
    severity_by_audience = audience_severities()
    message = StringField(
        _l("What a writer reads"), description=_l("%s stands for what was found. Empty: made from the rule.")
    )
    bad = LinesField(
        _l("Bad examples"),
        description=_l(
            "One per line: the rule has to find each. One of several lines ends with a line of +++."
        ),
        render_kw={"rows": 5, **SERIF},
    )
    good = LinesField(
        _l("Good examples"),
        description=_l("One per line: the rule has to leave each alone. One of several lines ends with +++."),
        render_kw={"rows": 5, **SERIF},
    )
    definition__scope = WordsField(
        _l("Parts of the text"), description=_l("Such as heading, sentence, list; empty: all text.")
    )
    definition__ignorecase = BooleanField(IGNORE_CASE)
    definition__nonword = BooleanField(_l("Find it inside words and beside symbols too"))
    definition__exceptions = LinesField(_l("Exceptions"), description=_l("One per line."))
    owner = StringField(_l("Owner"))
    effective_from = StringField(
        _l("In force from"), description=_l("Such as 2026-11-04."), filters=[lambda v: v or None]
    )
    effective_to = StringField(
        _l("In force until"), description=_l("Such as 2026-11-04."), filters=[lambda v: v or None]
    )
    id = StringField(_l("Id"), description=ID_HINT)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        definition = tuple(f"definition__{name}" for name in cls.definition_names)
        cls.groups = (
            (_l("The rule"), ("title", "severity", "severity_by_audience", "why", "message")),
            *([(_l("What it finds"), definition)] if definition else []),
            (_l("Examples: the rule's own tests"), ("bad", "good")),
            (_l("Keeping"), ("owner", "id", "effective_from", "effective_to")),
            (SCOPE_HEADING, SCOPE_NAMES),
        )

    def piece(self, before: Json) -> dict[str, Any]:
        """Return the rule; empty keys of the definition are left out, as Vale writes them."""
        # Rules that weigh the same for all stay as they were written before there was such a key.
        made = {k: v for k, v in super().piece(before).items() if v or k != "severity_by_audience"}
        own = set(self.definition_names)
        given = made.get("definition")
        definition: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        made["definition"] = {
            key: value
            for key, value in definition.items()
            if key not in own or value not in ("", None, [], {}, False)
        }
        kept = before.get("definition"), before.get("severity"), before.get("message")
        now = made["definition"], made.get("severity"), made.get("message")
        if made.get("source_yaml") and kept != now:
            made["source_yaml"] = None
        return made

    @classmethod
    def flat(cls, piece: Json) -> dict[str, Any]:
        """Return the values; Vale's definitions may hold one text where a list is meant, flags as text."""
        flat = super().flat(piece)
        for name in ("scope", "exceptions", "tokens", "raw", "ignore", "filters"):
            value = flat.get(f"definition__{name}")
            if isinstance(value, str):
                flat[f"definition__{name}"] = [value]
        for name in ("ignorecase", "nonword", "alpha", "custom"):
            if isinstance(flat.get(f"definition__{name}"), str):
                flat[f"definition__{name}"] = flat[f"definition__{name}"].lower() in {"true", "yes", "on"}
        return flat


class KeptRuleForm(RuleForm):
    """A rule of a kind that is imported and kept, but has no form."""


class ExistenceForm(RuleForm):
    """Words that must not stand in a text."""

    definition_names = ("tokens", "exceptions", "ignorecase", "nonword", "scope")
    definition__tokens = LinesField(_l("Words and patterns"), description=PATTERN_HINT, render_kw={"rows": 8})


class SubstitutionForm(RuleForm):
    """Words and what to write instead."""

    definition_names = ("swap", "exceptions", "ignorecase", "nonword", "scope")
    definition__swap = PairsField(_l("Found and wanted"), description=PAIRS_HINT, render_kw={"rows": 8})


class OccurrenceForm(RuleForm):
    """How often a pattern may stand."""

    definition_names = ("token", "max", "min", "ignorecase", "scope")
    definition__token = PatternField(_l("Pattern"), description=ONE_PATTERN_HINT)
    definition__max = NumberField(_l("At most"))
    definition__min = NumberField(_l("At least"))


class RepetitionForm(RuleForm):
    """Words that stand twice in a row."""

    definition_names = ("tokens", "max", "alpha", "ignorecase", "scope")
    definition__tokens = LinesField(_l("Patterns"), description=PATTERN_HINT)
    definition__max = NumberField(_l("Repeats allowed"))
    definition__alpha = BooleanField(_l("Letters only"))


class ConsistencyForm(RuleForm):
    """Spellings of which a text may use only one."""

    definition_names = ("either", "ignorecase", "nonword", "scope")
    definition__either = PairsField(_l("Either or"), description=_l("A line each: e-mail => email"))


class ConditionalForm(RuleForm):
    """What needs something else."""

    definition_names = ("first", "second", "exceptions", "ignorecase", "scope")
    definition__first = PatternField(_l("Where this stands"), description=GROUP_HINT)
    definition__second = PatternField(_l("this must stand too"), description=GROUP_HINT)


class CapitalizationForm(RuleForm):
    """How headings and sentences begin."""

    definition_names = ("match", "style", "exceptions", "scope")
    definition__match = PatternField(
        _l("Wanted"), description=_l("$title, $sentence, $lower, $upper, or a regular expression.")
    )
    definition__style = SelectField(
        _l("Title style"),
        choices=choices(("", _l("Default")), ("AP", "AP"), ("Chicago", "Chicago")),
    )


class MetricForm(RuleForm):
    """A figure made from counts of the text."""

    definition_names = ("formula", "condition")
    definition__formula = StringField(
        _l("Formula"), description=_l("Over words, sentences, syllables, characters, paragraphs and so on.")
    )
    definition__condition = StringField(_l("Found when the figure is"), description=_l("Such as > 20."))


class SpellingForm(RuleForm):
    """Words that no dictionary has."""

    definition_names = ("ignore", "filters", "scope")
    definition__ignore = LinesField(_l("Words that are right"), description=_l("One per line."))
    definition__filters = LinesField(_l("Patterns that are right"), description=PATTERN_HINT)


RULE_FORMS: Mapping[str, type[RuleForm]] = {
    RuleKind.EXISTENCE: ExistenceForm,
    RuleKind.SUBSTITUTION: SubstitutionForm,
    RuleKind.OCCURRENCE: OccurrenceForm,
    RuleKind.REPETITION: RepetitionForm,
    RuleKind.CONSISTENCY: ConsistencyForm,
    RuleKind.CONDITIONAL: ConditionalForm,
    RuleKind.CAPITALIZATION: CapitalizationForm,
    RuleKind.METRIC: MetricForm,
    RuleKind.SPELLING: SpellingForm,
}

"""The shape of input for golden sets and their cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from console.assets.fields import WordsField, choices
from console.assets.forms import MultiCheckboxField
from console.assets.items import make_id, problems_of
from console.assets.labels import CHECKS
from console.assets.line_format import plain_ends
from console.golden.content import GoldenCase
from console.golden.variable_fields import JsonField, field_for, show, value_of
from console.golden.vocabulary import Vocabulary
from console.web.forms import put_messages
from copydesk.assets.base import IDENTIFIER
from copydesk.assets.prompt import Prompt
from copydesk.errors import Problem, VariableError
from copydesk.variables import fill_variables
from models import Policy

Json = Mapping[str, Any]
VARIABLE = "var__"
CHECK = "check__"


class GoldenSetForm(FlaskForm):
    """A new golden set."""

    policy = SelectField(_l("Policy it tests"), coerce=int)
    title = StringField(_l("Title"), validators=[DataRequired(_l("Give it a title.")), Length(max=500)])
    name = StringField(
        _l("Name"),
        description=_l("Short, for addresses; it never changes. Empty: made from the title."),
        validators=[Length(max=64)],
    )

    def offer(self, policies: Sequence[Policy]) -> None:
        """Offer the workspace's policies."""
        self.policy.choices = [SelectChoice(policy.id, policy.name) for policy in policies]

    def validate_name(self, field: StringField) -> None:
        """Refuse a name that is no identifier."""
        if field.data and not IDENTIFIER.fullmatch(field.data):
            raise ValidationError(
                _("Use lower-case letters, digits, '-', '_' or '.', starting with a letter or digit.")
            )


class TitleForm(FlaskForm):
    """Another title for a golden set."""

    base = HiddenField(validators=[Regexp(r"^\d{1,9}$")])
    title = StringField(_l("Title"), validators=[DataRequired(_l("Give it a title.")), Length(max=500)])


class ImportForm(FlaskForm):
    """A file of cases."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])
    mode = RadioField(
        _l("Cases with an id that is there already"),
        choices=choices(("replace", _l("Replace by the file's")), ("keep", _l("Keep as they are"))),
        default="replace",
    )
    prompt = SelectField(
        _l("Prompt of promptfoo tests"),
        description=_l("Their files name no prompt of ours, so all their tests become cases of this one."),
        validators=[],
        choices=(),
    )

    def offer(self, words: Vocabulary) -> None:
        """Offer the policy's prompts."""
        self.prompt.choices = [SelectChoice("", _("None: skip tests that name no prompt"))]
        self.prompt.choices += [SelectChoice(name, prompt.title) for name, prompt in words.prompts.items()]


class CaseForm(FlaskForm):
    """One case; fields for the chosen prompt's variables and for each check are added by `case_form`."""

    base = HiddenField()
    title = StringField(_l("Title"), description=_l("What is special about this case."))
    prompt = SelectField(_l("Prompt"))
    audience = StringField(_l("Audience"))
    channel = StringField(_l("Channel"))
    locale = StringField(_l("Locale"), description=_l("Such as en-GB."))
    segment = StringField(_l("Customer segment"))
    must_mention = MultiCheckboxField(_l("Facts the text must mention"))
    outcome = SelectField(_l("Overall"))
    text = TextAreaField(
        _l("Fixed text"),
        description=_l("Checked as it stands instead of a generated one. Empty: the prompt generates."),
        render_kw={"rows": 6, "class": "serif"},
    )
    notes = TextAreaField(_l("Notes"), render_kw={"rows": 3})
    tags = WordsField(_l("Tags"), description=_l("Between commas."))

    @property
    def variable_fields(self) -> list[Any]:
        """The fields of declared variables, in the order the prompt declares them."""
        return [field for field in self if field.name.startswith(VARIABLE) and field.name not in self.extra]

    @property
    def extra_fields(self) -> list[Any]:
        """The fields of variables that the prompt does not declare (any more)."""
        return [self[name] for name in self.extra]

    @property
    def check_fields(self) -> list[Any]:
        """The fields of expectations per check."""
        return [field for field in self if field.name.startswith(CHECK)]

    extra: tuple[str, ...] = ()

    def piece(self, before: Json, taken: Sequence[str] = ()) -> dict[str, Any]:
        """Return the case that was typed; keys without a field stay as they were.

        Args:
            before: the case as it is stored; `{}` for a new one.
            taken: ids that other cases have.
        """
        title = (self.title.data or "").strip()
        variables = {
            field.name.removeprefix(VARIABLE): value_of(field)
            for field in self
            if field.name.startswith(VARIABLE)
        }
        expected = {field.name.removeprefix(CHECK): field.data for field in self.check_fields if field.data}
        return {
            **before,
            "id": before.get("id") or make_id(title, taken),
            "title": title,
            "prompt": self.prompt.data or "",
            **{
                name: (self[name].data or "").strip() or None
                for name in ("audience", "channel", "locale", "segment")
            },
            "variables": {name: value for name, value in variables.items() if value is not None},
            "must_mention": list(self.must_mention.data or ()),
            "expect": {"outcome": self.outcome.data or None, "checks": expected},
            "text": plain_ends(self.text.data or "") if (self.text.data or "").strip() else None,
            "notes": plain_ends(self.notes.data or ""),
            "tags": list(self.tags.data or ()),
        }

    def fits(self, case: Json, words: Vocabulary) -> bool:
        """Check a case against its model and its prompt; problems go to their fields. True when it fits."""
        found = case_problems(case, words)
        put_messages(self, ((self._field_of(problem.path), problem.message) for problem in found))
        return not self.errors

    def _field_of(self, path: str) -> Any:
        head, _dot, rest = path.partition(".")
        if head == "variables":
            return self._fields.get(f"{VARIABLE}{rest}")
        if head == "expect":
            return self._fields.get(f"{CHECK}{rest.removeprefix('checks.')}", self._fields["outcome"])
        return self._fields.get(head)


def case_form(words: Vocabulary, case: Json, *, prompt: str, typed: Json | None = None) -> CaseForm:
    """Return the form of a case for a prompt, filled with the case or with what was posted.

    Args:
        case: the stored case, or the beginnings of a new one.
        prompt: whose variables are asked for.
        typed: names and values that were posted, to keep variables of a prompt chosen before.
    """
    stored = case.get("variables")
    values: dict[str, Any] = dict(stored) if isinstance(stored, Mapping) else {}
    declared = (
        {variable.name: variable for variable in words.prompts[prompt].variables}
        if prompt in words.prompts
        else {}
    )
    posted = {
        key.removeprefix(VARIABLE)
        for key, value in (typed or {}).items()
        if key.startswith(VARIABLE) and value
    }
    extra = tuple(name for name in sorted({*values, *posted}) if name not in declared)

    class Bound(CaseForm):
        pass

    for name, variable in declared.items():
        setattr(Bound, f"{VARIABLE}{name}", field_for(variable, values.get(name)))
    for name in extra:
        hint = _("This prompt does not declare it. Empty it to take it out.")
        setattr(Bound, f"{VARIABLE}{name}", JsonField(name, description=hint))
    for check, label in CHECKS.items():
        setattr(Bound, f"{CHECK}{check}", SelectField(str(label), choices=_outcomes(_("Not said"))))
    Bound.extra = tuple(f"{VARIABLE}{name}" for name in extra)
    form = Bound(data=_flat(case, values, prompt))
    _offer(form, words, case)
    return form


def _flat(case: Json, values: Json, prompt: str) -> dict[str, Any]:
    """Return the values of the fields; a draft may hold anything, so what is no text is shown as it is."""
    expect = case.get("expect")
    expected: Json = expect if isinstance(expect, Mapping) else {}
    checks = expected.get("checks")
    texts = ("title", "audience", "channel", "locale", "segment", "text", "notes")
    return {
        **{name: None if case.get(name) is None else show(case[name]) for name in texts},
        "prompt": prompt,
        "must_mention": _texts(case.get("must_mention")),
        "tags": _texts(case.get("tags")),
        "outcome": str(expected.get("outcome") or ""),
        **{f"{VARIABLE}{name}": value for name, value in values.items()},
        **{
            f"{CHECK}{name}": value for name, value in (checks if isinstance(checks, Mapping) else {}).items()
        },
    }


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return [show(item) for item in values]


def _offer(form: CaseForm, words: Vocabulary, case: Json) -> None:
    form.prompt.choices = [
        SelectChoice(name, f"{prompt.title} ({name})") for name, prompt in words.prompts.items()
    ]
    if form.prompt.data and form.prompt.data not in words.prompts:
        gone = _("%(name)s (not in this policy)", name=form.prompt.data)
        form.prompt.choices.append(SelectChoice(form.prompt.data, gone))
    form.must_mention.choices = [SelectChoice(fact.id, fact.label) for fact in words.facts.values()]
    gone_facts = [key for key in _texts(case.get("must_mention")) if key not in words.facts]
    form.must_mention.choices += [
        SelectChoice(key, _("%(name)s (not in this policy)", name=key)) for key in gone_facts
    ]
    form.outcome.choices = _outcomes(_("Must not fail"))


def _outcomes(nothing: str) -> list[SelectChoice]:
    return choices(("", nothing), ("pass", _("Pass")), ("warn", _("Warn")), ("fail", _("Fail")))


def case_problems(case: Json, words: Vocabulary) -> list[Problem]:
    """Return what keeps a case from being run: what does not fit its model, its prompt or the fact sheets."""
    problems = problems_of(GoldenCase, case)
    name = str(case.get("prompt") or "")
    known = words.prompts.get(name)
    if known is None:
        offered = ", ".join(words.prompts) or _("none yet")
        problems.append(
            Problem(
                "prompt",
                _(
                    "There is no prompt “%(name)s” in this policy. Known: %(known)s.",
                    name=name,
                    known=offered,
                ),
            )
        )
    elif known.prompt is not None and isinstance(case.get("variables"), Mapping):
        problems += _variable_problems(known.prompt, case)
    for fact in _texts(case.get("must_mention")):
        if fact not in words.facts:
            problems.append(
                Problem("must_mention", _("There is no fact “%(id)s” in the policy's fact sheets.", id=fact))
            )
    return problems


def _variable_problems(prompt: Prompt, case: Json) -> list[Problem]:
    try:
        # In which locale values are printed says nothing about whether they fit.
        fill_variables(prompt, case["variables"], "en")
    except VariableError as error:
        return [
            Problem(f"variables.{problem.path}", problem.message[:1].upper() + problem.message[1:] + ".")
            for problem in error.problems
        ]
    return []

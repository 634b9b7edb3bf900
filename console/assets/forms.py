"""The shape of input for assets: their heads, their items, and what is done with drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from pydantic import BaseModel
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from console.assets.fields import SameTextField, choices
from console.assets.items import problems_of
from console.assets.line_format import plain_ends
from console.web.forms import put_messages
from copydesk.assets.base import IDENTIFIER
from copydesk.errors import Problem

Json = Mapping[str, Any]
MAX_PLACE_DIGITS = 6
WIDE = frozenset({"LinesField", "PairsField", "TextAreaField", "BooleanField"})


class MultiCheckboxField(SelectMultipleField):
    """Several choices as a list of checkboxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class ContentForm(FlaskForm):
    """A form over a piece of JSON: each field is named after the key it fills, nested ones with `__`.

    The piece is validated by its model in one place; the problems are put beside their fields. `groups` lists
    the fields in the order they are drawn, under headings.
    """

    base = HiddenField()
    model: ClassVar[type[BaseModel]]
    groups: ClassVar[Sequence[tuple[Any, Sequence[str]]]] = ()
    liquid: ClassVar[frozenset[str]] = frozenset()  # fields edited as templates
    markdown: ClassVar[frozenset[str]] = frozenset()
    nullable: ClassVar[frozenset[str]] = frozenset()  # choices where nothing chosen means null
    wide: ClassVar[frozenset[str]] = frozenset()  # drawn over both columns

    @classmethod
    def over(cls, piece: Json, **arguments: Any) -> ContentForm:
        """Return the form filled with a piece of content (or with what was posted)."""
        return cls(data=cls.flat(piece), **arguments)

    @classmethod
    def flat(cls, piece: Json) -> dict[str, Any]:
        """Return the values of the fields for a piece of content."""
        flat: dict[str, Any] = {}
        for name, value in piece.items():
            if isinstance(value, Mapping):
                flat |= {f"{name}__{key}": inner for key, inner in value.items()}
            flat[name] = "" if value is None and name in cls.nullable else value
        return flat

    def piece(self, before: Json) -> dict[str, Any]:
        """Return the piece of content that was typed; keys without a field stay as they were."""
        made: dict[str, Any] = dict(before)
        shown = self.flat(before)
        for field in self.content_fields():
            name, _sign, key = field.name.partition("__")
            value = self.typed(field)
            held = shown.get(field.name)
            is_same = isinstance(field, SameTextField) and field.name in shown and field.is_as_shown(held)
            if is_same or (isinstance(held, str) and value == plain_ends(held)):
                value = held
            if key:
                inner = made.get(name)
                made[name] = {**(inner if isinstance(inner, Mapping) else {}), key: value}
            else:
                made[name] = value
        return made

    def typed(self, field: Any) -> Any:
        """Return the JSON value of a field."""
        if field.name in self.nullable and not field.data:
            return None
        if not isinstance(field.data, str):
            return field.data
        return field.data.strip() if field.type == "StringField" else plain_ends(field.data)

    def content_fields(self) -> list[Any]:
        """Return the fields that stand for content."""
        return [self[name] for _heading, names in self.groups for name in names]

    def fits(self, piece: Json) -> bool:
        """Validate a piece; the problems go to their fields. True when it fits."""
        self.show(problems_of(self.model, piece))
        return not self.errors

    def wrong_as_typed(self, piece: Json) -> list[str]:
        """Return what is wrong with what is being typed: unreadable fields, then what does not fit."""
        unread = [(field, str(error)) for field in self.content_fields() for error in field.process_errors]
        if not unread:
            self.fits(piece)
            unread = [(field, str(error)) for field in self.content_fields() for error in field.errors]
        return [f"{field.label.text}: {message}" for field, message in unread]

    def show(self, problems: Sequence[Problem]) -> None:
        """Put problems beside the fields they are about."""
        found = ((self.field_of(problem.path), problem) for problem in problems)
        put_messages(
            self, ((field, _at_entry(problem) if field else problem.message) for field, problem in found)
        )

    def field_of(self, path: str) -> Any:
        """Return the field a dotted path is about, or None."""
        parts = path.split(".")
        for length in (2, 1):
            field = self._fields.get("__".join(parts[:length]))
            if field is not None:
                return field
        return None


def _at_entry(problem: Problem) -> str:
    """Say what is wrong with an entry of a list, with its number."""
    number = problem.path.rpartition(".")[2]
    is_place = number.isdecimal() and len(number) <= MAX_PLACE_DIGITS  # a key of a mapping may be any digits
    return f"{int(number) + 1}: {problem.message}" if is_place else problem.message


class HeadForm(ContentForm):
    """What every asset has: a title."""

    title = StringField(_l("Title"))


class AssetForm(FlaskForm):
    """A new asset."""

    title = StringField(
        _l("Title"),
        validators=[DataRequired(_l("Give it a title.")), Length(max=500)],
    )
    name = StringField(
        _l("Name"),
        description=_l("Short, for addresses and bundles; it never changes. Empty: made from the title."),
        validators=[Length(max=64)],
    )
    policies = MultiCheckboxField(_l("Policies that ship it"), coerce=int)

    def validate_name(self, field: StringField) -> None:
        """Refuse a name that is no identifier or that is an address of ours."""
        if field.data and (not IDENTIFIER.fullmatch(field.data) or field.data in {"new", "import"}):
            raise ValidationError(
                _l("Use lower-case letters, digits, '-', '_' or '.', starting with a letter or digit.")
            )


class PoliciesForm(FlaskForm):
    """Which policies ship an asset."""

    policies = MultiCheckboxField(_l("Policies that ship it"), coerce=int)


class RevisionForm(FlaskForm):
    """What a revision is saved with."""

    base = HiddenField(validators=[Regexp(r"^\d{1,9}$")])
    message = TextAreaField(
        _l("What changed, and why"),
        description=_l("Legal reads this beside the comparison."),
        validators=[
            DataRequired(_l("Say in a few words what changed and why.")),
            Length(max=500, message=_l("At most 500 characters.")),
        ],
        render_kw={"rows": 3, "class": "serif"},
    )


class BaseForm(FlaskForm):
    """An act on the draft that somebody has seen."""

    base = HiddenField(validators=[Regexp(r"^\d{1,9}$")])


class RestoreForm(FlaskForm):
    """Restoring an old revision."""

    message = StringField(_l("Why"), validators=[Length(max=500)])


class ImportForm(FlaskForm):
    """A file to read into the draft; for a style guide a folder of files does as well."""

    base = HiddenField(validators=[Regexp(r"^\d{1,9}$")])
    file = FileField(_l("File"))
    folder = MultipleFileField(
        _l("Or a folder"),
        description=_l("A Vale style, or a styles folder with several."),
        render_kw={"webkitdirectory": True},
    )
    mode = RadioField(
        _l("Entries with an id that is there already"),
        choices=choices(("replace", _l("Replace by the file's")), ("keep", _l("Keep as they are"))),
        default="replace",
    )

    def validate_file(self, field: FileField) -> None:
        """Ask for a file where no folder is given."""
        if not field.data and not self.folder.data:
            raise ValidationError(_l("Choose a file."))

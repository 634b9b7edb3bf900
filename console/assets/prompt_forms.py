"""Forms of a prompt: its head, blocks, typed variables, output contract and model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from babel.numbers import get_currency_precision, is_currency
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from console.assets.fields import JsonField, LinesField, NumberField, choices
from console.assets.forms import ContentForm, HeadForm
from console.assets.item_forms import ID_HINT, SERIF
from console.assets.preparation import schema_problems
from console.assets.projection import describe
from console.assets.text_files import read_object
from copydesk.assets.prompt import Block, ModelPin, OutputContract, Prompt, Variable
from copydesk.errors import Problem

Json = Mapping[str, Any]
MAX_MINOR = 10**12
WHOLE = re.compile(r"-?[0-9]{1,15}")  # JSON keeps these exactly in every language


class PromptHeadForm(HeadForm):
    """What a prompt is for."""

    model = Prompt
    purpose = TextAreaField(_l("Purpose"), render_kw={"rows": 4, **SERIF})
    channel = StringField(_l("Channel"), description=_l("Such as email, chat, push."))
    retries = NumberField(_l("New attempts when a text fails"), default=1)
    groups = ((_l("Text"), ("title", "purpose", "channel", "retries")),)


class BlockForm(ContentForm):
    """One message of a prompt."""

    model = Block
    liquid = frozenset({"text"})
    title = StringField(_l("Title"))
    role = SelectField(
        _l("Role"),
        choices=choices(
            ("system", _l("System: who the model is and its rules")),
            ("user", _l("User: what is asked")),
            ("assistant", _l("Assistant: an approved answer as an example")),
        ),
    )
    text = TextAreaField(_l("Text"), render_kw={"rows": 14})
    id = StringField(_l("Id"), description=ID_HINT)
    groups = ((_l("Block"), ("title", "role")), (_l("Text"), ("text",)), (_l("More"), ("id",)))


class VariableForm(ContentForm):
    """A declared variable."""

    model = Variable
    name = StringField(_l("Name"), description=_l("As in the text: first_name."))
    type = SelectField(
        _l("Type"),
        choices=choices(
            ("text", _l("Text")),
            ("integer", _l("Whole number")),
            ("decimal", _l("Number with decimals")),
            ("money", _l("Money")),
            ("date", _l("Date")),
            ("boolean", _l("Yes or no")),
            ("choice", _l("One of the choices")),
            ("list", _l("List")),
        ),
    )
    required = BooleanField(_l("Must be given"), default=True)
    default = StringField(
        _l("Default"),
        description=_l("Empty: none. Money as 49.99 GBP, yes or no, list entries between commas."),
    )
    choices = LinesField(_l("Choices"), description=_l("One per line, for the type “One of the choices”."))
    max_characters = NumberField(_l("Characters, at most"), default=500)
    description = StringField(_l("Description"))
    is_personal = BooleanField(
        _l("Personal data: kept from models and stored samples where the settings say so")
    )
    groups = (
        (_l("Variable"), ("name", "type", "description")),
        (_l("Value"), ("required", "default", "max_characters", "choices", "is_personal")),
    )

    @classmethod
    def flat(cls, piece: Json) -> dict[str, Any]:
        """Return the values; the default as people write it."""
        flat = super().flat(piece)
        flat["default"] = "" if piece.get("default") is None else describe(piece["default"])
        return flat

    def typed(self, field: Any) -> Any:
        """Return the JSON value of a field; the default by the variable's type."""
        if field.name != "default":
            return super().typed(field)
        try:
            return parse_default(str(self.type.data), str(field.data or "").strip())
        except ValueError as error:
            self.show([Problem("default", str(error))])
            return None

    def fits(self, piece: Json) -> bool:
        """Validate; a choice needs choices."""
        if piece.get("type") == "choice" and not piece.get("choices"):
            self.show([Problem("choices", _("List the choices, one per line."))])
        return super().fits(piece)


def parse_default(type_name: str, text: str) -> Any:
    """Read a default as people write it into the JSON of a variable's type; "" is none.

    Raises:
        ValueError: it is no value of the type; the message says how to write one.
    """
    if not text:
        return None
    match type_name:
        case "integer":
            if not WHOLE.fullmatch(text):
                raise ValueError(_("Write a whole number of at most 15 digits."))
            return int(text)
        case "boolean":
            if text.lower() not in {"yes", "no", "true", "false"}:
                raise ValueError(_("Write yes or no."))
            return text.lower() in {"yes", "true"}
        case "money":
            return _money(text)
        case "list":
            return [word.strip() for word in text.split(",") if word.strip()]
    return text


def _money(text: str) -> dict[str, Any]:
    if text.startswith("{"):
        return dict(read_object(text))
    amount, _sign, rest = text.partition(" ")
    currency = rest.strip().upper()
    try:
        minor = Decimal(amount).scaleb(get_currency_precision(currency))
    except (InvalidOperation, Overflow):
        minor = Decimal("nan")
    if not is_currency(currency) or not minor.is_finite() or abs(minor) > MAX_MINOR or minor % 1:
        raise ValueError(_("Write an amount and a currency, such as 49.99 GBP."))
    return {"minor": int(minor), "currency": currency}


class OutputForm(ContentForm):
    """What a generated text must look like."""

    model = OutputContract
    format = SelectField(
        _l("Format"),
        choices=choices(
            ("text", _l("Plain text")), ("markdown", "Markdown"), ("html", "HTML"), ("json", "JSON")
        ),
    )
    min_characters = NumberField(_l("Characters, at least"))
    max_characters = NumberField(_l("Characters, at most"))
    max_words = NumberField(_l("Words, at most"))
    required_phrases = LinesField(_l("Phrases it must hold"), description=_l("One per line."))
    single_line = BooleanField(_l("One line only"))
    json_schema = JsonField(
        _l("JSON Schema"),
        description=_l(
            "For the format JSON: what the output holds, in the draft it names or 2020-12. Empty: any JSON."
        ),
        render_kw={"rows": 14, "class": "mono", "spellcheck": "false"},
    )
    wide = frozenset({"json_schema"})
    groups = (
        (
            _l("Output"),
            ("format", "min_characters", "max_characters", "max_words", "required_phrases", "single_line"),
        ),
        (_l("Structure"), ("json_schema",)),
    )

    def fits(self, piece: Json) -> bool:
        """Validate; a schema has to be one, and to be for JSON."""
        self.show(schema_problems(piece))
        return super().fits(piece)


class ModelForm(ContentForm):
    """The model the prompt was tested with."""

    model = ModelPin
    # WTForms reads class attributes as fields, so the pin's own `model` field is added below.
    temperature = StringField(_l("Temperature"), default="0.3")
    top_p = StringField(_l("Top p"), default="1")
    max_tokens = NumberField(_l("Tokens, at most"), default=200)
    seed_policy = SelectField(
        _l("Seed"),
        choices=choices(
            ("per_case", _l("Another one per case, always the same")),
            ("fixed", _l("Fixed")),
            ("none", _l("None")),
        ),
    )
    seed = NumberField(_l("Seed number"), default=7)
    allowed_alternates = LinesField(_l("Other models that are fine"), description=_l("One per line."))
    on_other_model = SelectField(
        _l("With another model"),
        choices=choices(("warn", _l("Warn")), ("block", _l("Block: use the fallback"))),
    )
    model_name = StringField(_l("Model"))
    groups = (
        (_l("Model"), ("model_name", "temperature", "top_p", "max_tokens", "seed_policy", "seed")),
        (_l("Other models"), ("allowed_alternates", "on_other_model")),
    )

    @classmethod
    def flat(cls, piece: Json) -> dict[str, Any]:
        """Return the values of the fields."""
        return {**super().flat(piece), "model_name": piece.get("model", "")}

    def piece(self, before: Json) -> dict[str, Any]:
        """Return the pin."""
        made = super().piece(before)
        made["model"] = made.pop("model_name")
        return made

    def field_of(self, path: str) -> Any:
        """Return the field a path is about."""
        return super().field_of("model_name" if path == "model" else path)

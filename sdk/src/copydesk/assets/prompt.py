"""Prompt: blocks of Liquid text with typed variables, an output contract and a pinned model."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from copydesk.assets.base import (
    Content,
    DecimalText,
    Identifier,
    Line,
    NonEmptyLine,
    NonEmptyText,
    Text,
    refuse_repeated,
)


class Role(StrEnum):
    """Role of a block in the chat messages sent to the model."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class VariableType(StrEnum):
    """Types of prompt variables; money is `{"minor": 4999, "currency": "GBP"}`, decimals are text."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    LIST = "list"


class Variable(Content):
    """One declared variable; `default` is JSON data filled in before rendering when nothing is given."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    type: VariableType = VariableType.TEXT
    required: bool = True
    default: Any = None
    choices: tuple[NonEmptyLine, ...] = ()
    max_characters: int = Field(default=500, ge=1, le=10_000)
    description: Line = ""
    is_personal: bool = False


class Block(Content):
    """One message of the prompt; consecutive blocks of a role are joined by a blank line."""

    id: Identifier
    role: Role
    title: Line = ""
    text: NonEmptyText


class OutputContract(Content):
    """What a generated text must look like whatever the channel says."""

    format: str = Field(default="text", pattern="^(text|markdown|html|json)$")
    json_schema: dict[str, Any] | None = None
    max_characters: int | None = Field(default=None, ge=1, le=100_000)
    min_characters: int | None = Field(default=None, ge=0, le=100_000)
    max_words: int | None = Field(default=None, ge=1, le=20_000)
    required_phrases: tuple[NonEmptyLine, ...] = ()
    single_line: bool = False


class ModelPin(Content):
    """The model the prompt was tested with; `on_other_model` says what guard does with another one."""

    model: NonEmptyLine
    temperature: DecimalText = "0.3"
    top_p: DecimalText = "1"
    max_tokens: int = Field(default=200, ge=1, le=32_000)
    seed_policy: str = Field(default="per_case", pattern="^(per_case|fixed|none)$")
    seed: int = Field(default=7, ge=0, le=2**31 - 1)
    allowed_alternates: tuple[NonEmptyLine, ...] = ()
    on_other_model: str = Field(default="warn", pattern="^(warn|block)$")


class Prompt(Content):
    """One prompt; its asset name is the name services render it by."""

    title: NonEmptyLine
    purpose: Text = ""
    channel: Identifier
    variables: tuple[Variable, ...] = ()
    blocks: tuple[Block, ...] = Field(min_length=1)
    output: OutputContract = Field(default_factory=OutputContract)
    model: ModelPin
    retries: int = Field(default=1, ge=0, le=5)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Prompt:
        refuse_repeated("variable", [variable.name for variable in self.variables])
        refuse_repeated("block id", [block.id for block in self.blocks])
        for variable in self.variables:
            if variable.type is VariableType.CHOICE and not variable.choices:
                raise ValueError(f"the variable {variable.name!r} is a choice without choices; list them")
        return self

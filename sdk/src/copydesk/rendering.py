"""From an approved prompt and a caller's variables to the messages for a model, or to fallback copy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from copydesk.assets.fallbacks import Fallback, Fallbacks
from copydesk.assets.prompt import Prompt, Role, Variable, VariableType
from copydesk.errors import NoFallbackError, Problem, TemplateError
from copydesk.templating import (
    DEFAULT_LOCALE,
    analyse_template,
    each_place,
    known_filters,
    line_and_column,
    render_template,
)
from copydesk.variables import fill_variables, sample_values

# What a caller may fill with any words. All other types are read into numbers, days, yes or no, or one of the
# choices that were approved with the prompt: none of them can hold an instruction.
FREE_TEXT: Final = frozenset({VariableType.TEXT, VariableType.LIST})
NO_STAND_INS: Final[Mapping[str, object]] = MappingProxyType({})
_DELIMITED: Final = re.compile(r"\|\s*data\b")


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message: `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """How to call the model; decimals are text as in the prompt, `seed` is None where the policy wants none.

    With the seed policy `per_case` the seed is the base to which a golden run adds the number of the case.
    """

    temperature: str
    top_p: str
    max_tokens: int
    seed_policy: str
    seed: int | None

    def to_json(self) -> dict[str, str | int | None]:
        """Return the parameters as JSON data without floats, for digests and cache keys."""
        return {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed_policy": self.seed_policy,
            "seed": self.seed,
        }


@dataclass(frozen=True, slots=True)
class Rendered:
    """What to send to which model."""

    messages: tuple[Message, ...]
    model: str
    parameters: Parameters

    def chat_messages(self) -> list[dict[str, str]]:
        """Return the messages as chat APIs take them."""
        return [{"role": message.role, "content": message.content} for message in self.messages]

    def openai_arguments(self) -> dict[str, Any]:
        """Return model and parameters as keyword arguments of an OpenAI-compatible client."""
        arguments: dict[str, Any] = {
            "model": self.model,
            "temperature": float(self.parameters.temperature),
            "top_p": float(self.parameters.top_p),
            "max_tokens": self.parameters.max_tokens,
        }
        return arguments if self.parameters.seed is None else arguments | {"seed": self.parameters.seed}

    def to_json(self) -> dict[str, Any]:
        """Return messages, model and parameters as JSON data."""
        return {
            "messages": self.chat_messages(),
            "model": self.model,
            "parameters": self.parameters.to_json(),
        }


@dataclass(frozen=True, slots=True)
class TemplateProblem(Problem):
    """A problem in a template, with its line and column counted from 1."""

    line: int = 1
    column: int = 1


def render(
    prompt: Prompt,
    variables: Mapping[str, Any],
    locale: str | None = None,
    stand_ins: Mapping[str, object] = NO_STAND_INS,
) -> Rendered:
    """Render a prompt's blocks into chat messages.

    Args:
        prompt: the approved prompt.
        variables: JSON data by name (see `VariableType`); defaults are filled in for what is not given.
        locale: how money, dates and numbers are written, such as `en-GB`; None: English.
        stand_ins: typed values (as `fill_variables` returns them) that blocks print in place of those given,
            for what the model may not see; the given ones are checked all the same.

    Raises:
        VariableError: variables that are unknown, missing or of the wrong type, all of them at once.
        TemplateError: a block that can't be rendered, with its line.
    """
    chosen = locale or DEFAULT_LOCALE
    values = fill_variables(prompt, variables, chosen) | dict(stand_ins)
    texts = [
        (str(block.role), _render_block(block.id, block.text, values, chosen)) for block in prompt.blocks
    ]
    messages = tuple(
        Message(role, "\n\n".join(text for _, text in group))
        for role, group in groupby(texts, key=lambda pair: pair[0])
    )
    pin = prompt.model
    seed = None if pin.seed_policy == "none" else pin.seed
    parameters = Parameters(pin.temperature, pin.top_p, pin.max_tokens, pin.seed_policy, seed)
    return Rendered(messages, pin.model, parameters)


def choose_fallback(
    fallbacks: Iterable[Fallbacks], prompt: str, audience: str | None = None, locale: str | None = None
) -> Fallback | None:
    """Return the most specific approved copy for a prompt, or None.

    Audience weighs more than locale; a locale `en` serves `en-GB` after `en-GB` itself. Copy written for
    another audience or locale is never chosen, nor is copy for a special one when the caller names none.

    Args:
        fallbacks: all sets of the policy, in the order of their names; earlier sets win ties.
        prompt: name of the prompt asset.
        audience: who will read it, None if unknown.
        locale: such as `en-GB`, None if unknown.
    """
    best: tuple[tuple[int, int], Fallback] | None = None
    for item in (item for group in fallbacks for item in group.fallbacks):
        score = _specificity(item, prompt, audience, locale)
        if score is not None and (best is None or score > best[0]):
            best = (score, item)
    return best[1] if best else None


def render_fallback(
    fallbacks: Iterable[Fallbacks],
    prompt_name: str,
    prompt: Prompt,
    variables: Mapping[str, Any],
    audience: str | None = None,
    locale: str | None = None,
) -> str:
    """Render the approved copy that replaces a text of this prompt.

    Raises:
        NoFallbackError: no copy fits prompt, audience and locale.
        VariableError, TemplateError: as `render`.
    """
    chosen = choose_fallback(fallbacks, prompt_name, audience, locale)
    if chosen is None:
        raise NoFallbackError(
            f"no fallback copy for prompt {prompt_name!r}, audience {audience or 'any'}, "
            f"locale {locale or 'any'}"
        )
    written_in = locale or chosen.locale or DEFAULT_LOCALE
    return render_template(chosen.text, fill_variables(prompt, variables, written_in), written_in)


def template_problems(
    text: str, variables: Sequence[Variable], role: Role | None = None
) -> list[TemplateProblem]:
    """Return everything wrong with a template, for the editor: syntax, unknown names, wrong types.

    Args:
        text: Liquid source.
        variables: the declared variables it may use.
        role: of the block; in the system message free text from outside is refused. None: no block.
    """
    try:
        analysis = analyse_template(text)
    except TemplateError as error:
        return [_problem(error)]
    known = {variable.name for variable in variables}
    allowed = set(known_filters())
    problems = [
        TemplateProblem("", _unknown_variable(name, known), line, column)
        for name, line, column in each_place(text, analysis.globals)
        if name not in known
    ]
    problems += outside_text_places(text, variables) if role is Role.SYSTEM else ()
    problems += [
        TemplateProblem("", f"{name!r} is not a filter; known: {', '.join(sorted(allowed))}", line, column)
        for name, line, column in each_place(text, analysis.filters)
        if name not in allowed
    ]
    if not problems:
        problems = _trial_problems(text, tuple(variables))
    return sorted(problems, key=lambda problem: (problem.line, problem.column))


def outside_text_places(text: str, variables: Sequence[Variable]) -> list[TemplateProblem]:
    """Return where a system block uses free text from outside, be it in a condition only.

    Args:
        text: Liquid source; where it can't be parsed, nothing is returned.
        variables: the declared variables; numbers, days, yes or no and choices are no free text.
    """
    try:
        analysis = analyse_template(text)
    except TemplateError:
        return []
    outside = _free_text(variables)
    return [
        TemplateProblem("", _kept_out(name), line, column)
        for name, line, column in each_place(text, analysis.globals)
        if name in outside
    ]


def undelimited_places(text: str, variables: Sequence[Variable]) -> list[TemplateProblem]:
    """Return where a template prints free text from outside bare, as warnings: nothing says where it ends.

    Args:
        text: Liquid source; where it can't be parsed, nothing is returned.
        variables: the declared variables it may use.
    """
    try:
        analysis = analyse_template(text)
    except TemplateError:
        return []
    outside = _free_text(variables) & set(analysis.globals)
    # What a block makes of them (`for`, `assign`, `capture`) may hold their words.
    made = set(analysis.variables) - set(analysis.globals) - {"forloop"} if outside else set()
    return [
        _bare_place(name, text, use.span.index)
        for name, uses in analysis.variables.items()
        for use in uses
        if name in outside | made and _is_printed_bare(text, use.span.index)
    ]


def _free_text(variables: Sequence[Variable]) -> frozenset[str]:
    return frozenset(variable.name for variable in variables if variable.type in FREE_TEXT)


def _kept_out(name: str) -> str:
    return (
        f"{name!r} is free text from outside, which never stands in the system message; "
        "use it in a user block, or declare it a choice"
    )


def _bare_place(name: str, text: str, index: int) -> TemplateProblem:
    message = f"{name!r} is free text from outside; write {{{{ {name} | data }}}} to show where it ends"
    line, column = line_and_column(text, index)
    return TemplateProblem("", message, line=line, column=column, is_warning=True)


def _is_printed_bare(text: str, index: int) -> bool:
    start = text.rfind("{{", 0, index)
    end = text.find("}}", max(start, 0))
    return start >= 0 and index < end and not _DELIMITED.search(text, start, end)


def _trial_problems(text: str, variables: tuple[Variable, ...]) -> list[TemplateProblem]:
    """Render once with sample values: finds filters on the wrong type and broken limits."""
    try:
        render_template(text, sample_values(variables, DEFAULT_LOCALE), DEFAULT_LOCALE)
    except TemplateError as error:
        return [_problem(error)]
    return []


def _problem(error: TemplateError) -> TemplateProblem:
    return TemplateProblem("", str(error), error.line or 1, 1)


def _unknown_variable(name: str, known: set[str]) -> str:
    if not known:
        return f"{name!r} is not declared; add it to the variables"
    return f"{name!r} is not a variable; declared: {', '.join(sorted(known))}"


def _render_block(block_id: str, text: str, values: Mapping[str, object], locale: str) -> str:
    try:
        return render_template(text, values, locale)
    except TemplateError as error:
        raise TemplateError(f"block {block_id}: {error}", line=error.line) from error


def _specificity(
    item: Fallback, prompt: str, audience: str | None, locale: str | None
) -> tuple[int, int] | None:
    if item.prompt != prompt or item.audience not in (None, audience):
        return None
    audience_rank = int(item.audience is not None)
    if item.locale is None:
        return (audience_rank, 0)
    if item.locale == locale:
        return (audience_rank, 2)
    if locale is not None and item.locale == locale.split("-", maxsplit=1)[0]:
        return (audience_rank, 1)
    return None

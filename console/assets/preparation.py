"""What happens to content when it is frozen: validated, its examples tried, its inflections expanded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from copydesk.assets import Kind, parse
from copydesk.assets.glossary import Glossary
from copydesk.assets.prompt import Block, Prompt, Role
from copydesk.assets.style_guide import StyleGuide, StyleRule
from copydesk.checks.inflection import expand_term
from copydesk.checks.structured import SchemaUnusable, StructuredOutput
from copydesk.checks.style_rules import ExampleResult, check_examples, is_console_only, rule_problems
from copydesk.checks.style_rules.compiling import NotEnforcedError
from copydesk.errors import ContentError, Problem
from copydesk.rendering import TemplateProblem, outside_text_places, template_problems

MAX_QUOTE_CHARS = 120


def prepare(kind: Kind, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a revision of this kind freezes.

    Raises:
        ContentError: every place that does not fit.
    """
    content = parse(kind, data)
    match content:
        case Glossary():
            return _with_inflections(content).to_json()
        case StyleGuide():
            _refuse(kind, list(_style_problems(content)))
        case Prompt():
            _refuse(kind, _prompt_problems(content))
        case _:
            pass
    return content.to_json()


def _refuse(kind: Kind, problems: list[Problem]) -> None:
    if problems:
        raise ContentError(kind, problems)


def _with_inflections(glossary: Glossary) -> Glossary:
    terms = tuple(
        term.model_copy(update={"inflections": tuple(expand_term(term))}) if term.inflect else term
        for term in glossary.terms
    )
    return glossary.model_copy(update={"terms": terms})


def _style_problems(guide: StyleGuide) -> Iterator[Problem]:
    for index, rule in enumerate(guide.rules):
        place = f"rules.{index}"
        broken, _warnings = judged_rule(rule, guide)
        for problem in broken:
            yield Problem(f"{place}.{problem.path}" if problem.path else place, problem.message)
        if not broken and (rule.bad or rule.good):
            yield from _failing_examples(place, rule, guide)


def judged_rule(rule: StyleRule, guide: StyleGuide | None) -> tuple[list[Problem], list[Problem]]:
    """Return what keeps a rule from being saved, and what is merely worth knowing.

    A pattern that RE2 can't run is worth knowing: the console judges by the rule, services do without it. One
    that nothing can run is refused.
    """
    found = rule_problems(rule, guide)
    warnings = [problem for problem in found if problem.is_warning]
    broken = [problem for problem in found if not problem.is_warning]
    runs_here = bool(broken) and is_console_only(rule, guide)
    return ([], [*broken, *warnings]) if runs_here else (broken, warnings)


def _failing_examples(place: str, rule: StyleRule, guide: StyleGuide) -> Iterator[Problem]:
    try:
        results = check_examples(rule, guide)
    except NotEnforcedError:
        return  # kept as it was imported, so its examples prove nothing
    for number, result in enumerate(results):
        if not result.holds:
            at = number if result.expected == "bad" else number - len(rule.bad)
            yield Problem(f"{place}.{result.expected}.{at}", example_words(rule, result))


def example_words(rule: StyleRule, result: ExampleResult) -> str:
    """Say which example of which rule fails, and what to do about it."""
    names = {"rule": rule.title, "text": short(result.text)}
    if result.expected == "bad":
        return _(
            "“%(rule)s” does not find its bad example “%(text)s”. "
            "Widen the rule until it does, or take the example out.",
            **names,
        )
    found = next((f.span for f in result.findings if f.span), None)
    quote = result.text[found.start : found.end] if found else ""
    if quote:
        return _(
            "“%(rule)s” finds “%(quote)s” in its good example “%(text)s”. "
            "Add an exception, narrow the rule, or take the example out.",
            quote=short(quote),
            **names,
        )
    return _(
        "“%(rule)s” objects to its good example “%(text)s”. Narrow the rule, or take the example out.",
        **names,
    )


def short(text: str) -> str:
    """Return a text as a sentence can quote it."""
    words = " ".join(text.split())
    return words if len(words) <= MAX_QUOTE_CHARS else words[: MAX_QUOTE_CHARS - 1] + "…"


def _prompt_problems(prompt: Prompt) -> list[Problem]:
    templates = [
        _block_problem(index, block, problem)
        for index, block in enumerate(prompt.blocks)
        for problem in template_problems(block.text, prompt.variables, block.role)
    ]
    found = schema_problems(prompt.output.to_json())
    return templates + [Problem(f"output.{problem.path}", problem.message) for problem in found]


def system_message_problems(prompt: Prompt) -> list[Problem]:
    """Return where free text from outside would become part of the system message."""
    return [
        _block_problem(index, block, problem)
        for index, block in enumerate(prompt.blocks)
        if block.role is Role.SYSTEM
        for problem in outside_text_places(block.text, prompt.variables)
    ]


def _block_problem(index: int, block: Block, problem: TemplateProblem) -> Problem:
    place = {"block": block.title or block.id, "line": problem.line}
    message = _("“%(block)s”, line %(line)s: %(message)s", message=problem.message, **place)
    return Problem(f"blocks.{index}.text", message)


def schema_problems(output: Mapping[str, Any]) -> list[Problem]:
    """Return what keeps an output contract's JSON Schema from being used; nothing where there is none."""
    schema = output.get("json_schema")
    if not isinstance(schema, Mapping):
        return []
    if output.get("format") != "json":
        return [Problem("json_schema", _("A schema is only for the format JSON: choose it, or empty this."))]
    place = _unfit_number(schema, "$")
    if place:
        message = _("%(place)s is a number with decimals. Write whole numbers, or a pattern.", place=place)
        return [Problem("json_schema", message)]
    made = StructuredOutput.compile(schema)
    return [Problem("json_schema", f"{made.reason}.")] if isinstance(made, SchemaUnusable) else []


def _unfit_number(value: Any, path: str) -> str:
    """Return the place of the first number that content can't hold (there are no floats in it), or ""."""
    if isinstance(value, float):
        return path
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, list | tuple):
        inner = enumerate(value)
    return next((found for key, item in inner if (found := _unfit_number(item, f"{path}.{key}"))), "")

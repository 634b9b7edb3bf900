"""What happens to content when it is frozen: validated, its examples tried, its inflections expanded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copydesk.assets import Kind, parse
from copydesk.assets.glossary import Glossary
from copydesk.assets.prompt import Prompt
from copydesk.assets.style_guide import StyleGuide
from copydesk.checks.inflection import expand_term
from copydesk.checks.style_rules import check_examples, rule_problems
from copydesk.errors import ContentError, Problem
from copydesk.rendering import template_problems


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
            _refuse(kind, _style_problems(content))
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


def _style_problems(guide: StyleGuide) -> list[Problem]:
    problems = []
    for index, rule in enumerate(guide.rules):
        place = f"rules.{index}"
        broken = [Problem(f"{place}.{p.path}" if p.path else place, p.message) for p in rule_problems(rule)]
        problems += broken
        if broken:
            continue
        for result in check_examples(rule):
            if result.found is not (result.expected == "bad"):
                word = "is not found by the rule" if result.expected == "bad" else "is found by the rule"
                problems.append(
                    Problem(f"{place}.{result.expected}", f"{rule.title}: {result.text!r} {word}")
                )
    return problems


def _prompt_problems(prompt: Prompt) -> list[Problem]:
    return [
        Problem(f"blocks.{index}.text", problem.message)
        for index, block in enumerate(prompt.blocks)
        for problem in template_problems(block.text, prompt.variables)
    ]

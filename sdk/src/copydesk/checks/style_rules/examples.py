"""What the editor asks of one rule: do its examples hold, and is it well written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copydesk.assets.style_guide import RuleKind, StyleGuide, StyleRule
from copydesk.checks.contract import Context, Finding
from copydesk.checks.style_rules.check import StyleRulesCheck
from copydesk.checks.style_rules.compiling import NotEnforcedError, compile_parts, compile_rule
from copydesk.checks.style_rules.definition import Definition, DefinitionError, known_keys, quoted
from copydesk.checks.style_rules.patterns import (
    Anchor,
    NeedsBacktrackingError,
    PatternError,
    is_word,
    parse,
)
from copydesk.checks.style_rules.scopes import INLINE_SCOPES
from copydesk.checks.style_rules.writing import first_is_word, last_is_word
from copydesk.errors import Problem

NEVER_RUN = "no other engine here can run it either"
_ASSET = "rule"


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example of a rule: `found` says whether the rule found something in it."""

    text: str
    expected: Literal["good", "bad"]
    found: bool
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether the rule behaves as the example says: bad ones are found, good ones are not."""
        return self.found == (self.expected == "bad")


def check_examples(
    rule: StyleRule, guide: StyleGuide | None = None, *, markup: str = "text"
) -> list[ExampleResult]:
    """Run a rule on its own good and bad examples; its audience, channel and dates do not matter here.

    Args:
        rule: the rule.
        guide: its style guide, whose accepted words are exceptions.
        markup: how the examples are written. Rules on headings, lists or tables need `markdown`.

    Raises:
        DefinitionError, PatternError, NotEnforcedError: the rule can't be compiled; see `rule_problems`.
    """
    check = StyleRulesCheck(compile_parts(rule, _ASSET, guide, backtracking=True), [], {})
    results: list[ExampleResult] = []
    labelled: list[tuple[str, Literal["good", "bad"]]] = [(text, "bad") for text in rule.bad]
    labelled += [(text, "good") for text in rule.good]
    for text, expected in labelled:
        findings = check.run_markup(text, Context(), _markup(rule, markup)).findings
        results.append(ExampleResult(text, expected, bool(findings), findings))
    return results


def _markup(rule: StyleRule, markup: str) -> str:
    marked = ("heading", "list", "table", "blockquote", *INLINE_SCOPES)
    scopes = " ".join(Definition(rule.definition).scopes(takes_any_name=True))
    return "markdown" if any(name in scopes for name in marked) else markup


def rule_problems(rule: StyleRule, guide: StyleGuide | None = None) -> list[Problem]:
    """Return everything that is wrong with a rule, and what is merely suspicious, in plain sentences.

    A path such as `definition.tokens.3` names the place; warnings do not keep a rule from being saved.
    """
    problems: list[Problem] = []
    try:
        compile_rule(rule, _ASSET, guide)
    except DefinitionError as error:
        problems.append(Problem(f"definition.{error.key}", error.message))
    except NeedsBacktrackingError as error:
        runs_in_console = is_console_only(rule, guide)
        ending = "it is only checked in the console, never at runtime" if runs_in_console else NEVER_RUN
        problems.append(_pattern_problem(error, f"; {ending}"))
    except PatternError as error:
        problems.append(_pattern_problem(error, ""))
    except NotEnforcedError as error:
        problems.append(Problem("kind", str(error), is_warning=True))
    if rule.kind not in {RuleKind.SEQUENCE, RuleKind.SCRIPT}:
        unknown = sorted(set(rule.definition) - known_keys(rule.kind))
        problems += [
            Problem(
                f"definition.{key}",
                f"{quoted(key)} means nothing in a rule of kind {rule.kind}",
                is_warning=True,
            )
            for key in unknown
        ]
    return problems + _boundary_warnings(rule)


def is_console_only(rule: StyleRule, guide: StyleGuide | None = None) -> bool:
    """Tell whether a rule runs in the console with a time limit, and never at runtime."""
    try:
        compile_parts(rule, _ASSET, guide)
    except NeedsBacktrackingError:
        pass
    except (DefinitionError, PatternError, NotEnforcedError):
        return False
    else:
        return False
    try:
        compile_parts(rule, _ASSET, guide, backtracking=True)
    except (DefinitionError, PatternError, NotEnforcedError):
        return False
    return True


def _pattern_problem(error: PatternError, ending: str) -> Problem:
    text = str(error.args[0])
    key, _, message = text.partition(": ")
    known = key.split(".")[0] in {"tokens", "raw", "swap", "token", "either", "first"}
    path = f"definition.{key}" if known else "definition"
    return Problem(path, (message if known else text) + ending)


def _boundary_warnings(rule: StyleRule) -> list[Problem]:
    """Warn of tokens that a word boundary keeps from ever matching as the writer means."""
    try:
        definition = Definition(rule.definition)
        if rule.kind is not RuleKind.EXISTENCE or definition.flag("nonword") or definition.texts("raw"):
            return []
        tokens = definition.texts("tokens")
    except DefinitionError:
        return []
    problems: list[Problem] = []
    for index, token in enumerate(tokens):
        try:
            ends_in_symbol = any(
                first_is_word(nodes) is False or last_is_word(nodes) is False
                for nodes in parse(token)
                if nodes and not isinstance(nodes[0], Anchor)
            )
        except PatternError:
            continue
        if ends_in_symbol and not (is_word(token[0]) and is_word(token[-1])):
            message = (
                f"{quoted(token)} begins or ends with a symbol, so the word boundary round it only "
                "matches beside a letter; set nonword to true"
            )
            problems.append(Problem(f"definition.tokens.{index}", message, is_warning=True))
    return problems

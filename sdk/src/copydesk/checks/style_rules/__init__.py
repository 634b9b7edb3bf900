"""Style rules: Vale's kinds of rule, enforced by one automaton and one set of RE2 patterns."""

from copydesk.checks.style_rules.check import StyleRulesCheck, Unenforced, compile_check
from copydesk.checks.style_rules.examples import ExampleResult, check_examples, is_console_only, rule_problems

__all__ = [
    "ExampleResult",
    "StyleRulesCheck",
    "Unenforced",
    "check_examples",
    "compile_check",
    "is_console_only",
    "rule_problems",
]

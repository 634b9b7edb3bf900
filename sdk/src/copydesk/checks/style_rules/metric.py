"""Formulas over the counts of a text, and the rules of kind `metric` that compute with them.

Sources of the grades: see `readability`. Source of scopes and conditions: https://vale.sh/docs/checks/metric.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.checks.contract import EMPTY
from copydesk.checks.style_rules.document import Block, Document
from copydesk.checks.style_rules.index import Scan
from copydesk.checks.style_rules.kinds import Remark
from copydesk.checks.style_rules.matcher import Matcher
from copydesk.checks.style_rules.readability import (
    NAMES,
    STRUCTURE,
    Counts,
    count_document,
    sentences_of,
    structure_of,
)
from copydesk.checks.style_rules.scopes import Selector
from copydesk.checks.style_rules.wording import filled

MAX_FORMULA_CHARS = 500
_KNOWN = frozenset((*NAMES, *STRUCTURE))
_RESULT = "result"  # what a condition calls the value of the formula
_LONG_WORDS = frozenset({"long_words", "complex_words", "polysyllabic_words"})
_NOTHING_INSIDE = dict.fromkeys(STRUCTURE, 0.0)


class FormulaError(ValueError):
    """A formula or condition that is no arithmetic over the known names."""


# Each gives a US school grade.
GRADES: Mapping[str, str] = {
    "Gunning Fog": "0.4 * (words / sentences + 100 * complex_words / words)",
    "Coleman-Liau": "5.88 * characters / words - 29.6 * sentences / words - 15.8",
    "Flesch-Kincaid": "0.39 * words / sentences + 11.8 * syllables / words - 15.59",
    "SMOG": "1.043 * sqrt(polysyllabic_words * 30 / sentences) + 3.1291",
    "Automated Readability": "4.71 * characters / words + 0.5 * words / sentences - 21.43",
}


_BINARY: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "sqrt": math.sqrt,
    "log": math.log,
    "log10": math.log10,
    "abs": abs,
    "min": min,
    "max": max,
    "round": lambda value, digits=0: round(value, int(digits)),
    "pow": pow,
    "exp": math.exp,
    "floor": math.floor,
    "ceil": math.ceil,
    "float": float,
}
_HEADINGS = re.compile(r"heading\.(h[1-6])")
_HEADING = r"heading_\1"
_CONDITION = re.compile(r"\s*(<=|>=|==|!=|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*")
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


@dataclass(frozen=True, slots=True)
class Formula:
    """Arithmetic over the counts, checked when it is read."""

    tree: ast.expr
    counts_long_words: bool = True
    counts_blocks: bool = False

    def value(self, counts: Counts, structure: Mapping[str, float] = EMPTY) -> float | None:
        """Return the value, None where it is not defined (no words, division by zero, root of a negative)."""
        try:
            value = _value(self.tree, _named(counts, structure))
        except (ZeroDivisionError, ValueError, OverflowError):
            return None
        return value if math.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class Condition:
    """When a value is too much: against one bound, or by a `test` that names it `result`."""

    compare: Callable[[float, float], bool]
    bound: float
    test: ast.expr | None = None
    counts_long_words: bool = False
    counts_blocks: bool = False

    def holds(self, value: float, counts: Counts, structure: Mapping[str, float] = EMPTY) -> bool:
        """Tell whether a formula's value meets the condition."""
        if self.test is None:
            return self.compare(value, self.bound)
        try:
            return _is_true(self.test, {**_named(counts, structure), _RESULT: value})
        except (ZeroDivisionError, ValueError, OverflowError):
            return False


def _named(counts: Counts, structure: Mapping[str, float]) -> dict[str, float]:
    return counts.names() | {"sentences": float(sentences_of(counts))} | dict(structure)


def parse_formula(text: str) -> Formula:
    """Read a formula such as `(0.39 * (words / sentences)) - 15.59`.

    Raises:
        FormulaError: anything but numbers, the known names, `+ - * / %` and a few functions.
    """
    if len(text) > MAX_FORMULA_CHARS:
        raise FormulaError(f"is longer than {MAX_FORMULA_CHARS} characters")
    try:
        tree = ast.parse(_HEADINGS.sub(_HEADING, " ".join(text.split())), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("is not a formula; write for example (words / sentences) * 0.39") from None
    _refuse_unknown(tree, _KNOWN)
    _refuse_wrong_calls(tree)
    names = _names_in(tree)
    return Formula(tree, not names.isdisjoint(_LONG_WORDS), not names.isdisjoint(STRUCTURE))


def grades_formula(metrics: Sequence[str]) -> Formula:
    """Return the mean of the school grades of these names.

    Raises:
        FormulaError: a name nobody knows.
    """
    unknown = [name for name in metrics if name not in GRADES]
    if unknown or not metrics:
        raise FormulaError(f"{', '.join(unknown) or 'nothing'} is no grade; known: {', '.join(GRADES)}")
    return parse_formula(f"({' + '.join(f'({GRADES[name]})' for name in metrics)}) / {len(metrics)}")


def parse_condition(text: str) -> Condition:
    """Read a condition such as `> 8`, or `> 8 && words >= 20`.

    Raises:
        FormulaError: it is no comparison with a number, nor several joined by `&&` and `||`.
    """
    found = _CONDITION.fullmatch(text)
    if found:
        return Condition(_COMPARE[found[1]], float(found[2]))
    written = f"{_RESULT} {_HEADINGS.sub(_HEADING, text).replace('&&', ' and ').replace('||', ' or ')}"
    try:
        tree = ast.parse(" ".join(written[:MAX_FORMULA_CHARS].split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("is not a condition; write for example > 8 or > 8 && words >= 20") from None
    _refuse_untrue(tree)
    _refuse_wrong_calls(*(node for node in ast.walk(tree) if isinstance(node, ast.Call)))
    names = _names_in(tree)
    return Condition(operator.gt, 0, tree, not names.isdisjoint(_LONG_WORDS), not names.isdisjoint(STRUCTURE))


def _names_in(tree: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _refuse_untrue(node: ast.expr) -> None:
    """Refuse what is neither a comparison nor several joined by `and` and `or`."""
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _refuse_untrue(value)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            _refuse_unknown(left, _KNOWN | {_RESULT})
            _refuse_unknown(right, _KNOWN | {_RESULT})
        case _:
            raise FormulaError(f"compares nothing: {ast.unparse(node)[:60]!r}")


def _is_true(node: ast.expr, names: Mapping[str, float]) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_is_true(value, names) for value in values)
        case ast.BoolOp(values=values):
            return any(_is_true(value, names) for value in values)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARISONS[type(op)](_value(left, names), _value(right, names))
        case _:
            raise ValueError(node)


def _refuse_unknown(node: ast.expr, known: frozenset[str]) -> None:
    match node:
        case ast.Constant(value=int() | float()):
            return
        case ast.Name(id=name) if name in known:
            return
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            _refuse_unknown(left, known)
            _refuse_unknown(right, known)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _refuse_unknown(operand, known)
        case ast.Call(func=func, args=args, keywords=[]) if _function(func):
            for argument in args:
                _refuse_unknown(argument, known)
        case ast.Name(id=name):
            raise FormulaError(f"uses the unknown name {name!r}; known: {', '.join((*NAMES, *STRUCTURE))}")
        case _:
            raise FormulaError(f"uses something that is no arithmetic: {ast.unparse(node)[:60]!r}")


def _refuse_wrong_calls(*trees: ast.expr) -> None:
    """Refuse functions that are given too few or too many values, which shows when they are computed."""
    for tree in trees:
        try:
            _value(tree, {**dict.fromkeys(_KNOWN, 1.0), _RESULT: 1.0})
        except TypeError:
            message = f"gives a function too few or too many values: {ast.unparse(tree)[:60]!r}"
            raise FormulaError(message) from None
        except (ZeroDivisionError, ValueError, OverflowError):
            continue


def _function(node: ast.expr) -> str | None:
    name = node.attr if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "math" else None
    name = node.id if isinstance(node, ast.Name) else name
    return name if name in _FUNCTIONS else None


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_value(left, names), _value(right, names))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.UnaryOp(operand=operand):
            return _value(operand, names)
        case ast.Call(func=func, args=args):
            return float(_FUNCTIONS[_function(func) or ""](*(_value(item, names) for item in args)))
        case _:
            raise ValueError(node)


@dataclass(frozen=True, slots=True)
class Metric:
    """A formula over the counts of the text, or of each block its scope names, that should not meet its
    condition."""

    formula: Formula
    condition: Condition
    message: str
    matchers: tuple[Matcher, ...] = ()
    always: bool = True

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield a remark on the whole text, or on every block of the scope, where the condition holds."""
        del scan
        if selector.measures_whole:
            structure = structure_of(document) if self._counts_blocks else EMPTY
            if (said := self._said(document, structure)) is not None:
                yield *document.whole, (said, None, ())
            return
        structure = _NOTHING_INSIDE if self._counts_blocks else EMPTY
        for block in selector.blocks(document):
            start, end, scopes = block
            text = document.text[start:end]
            part = Document(text, text, (Block(0, len(text), scopes),))
            if (said := self._said(part, structure)) is not None:
                yield start, end, (said, None, ())

    @property
    def _counts_blocks(self) -> bool:
        return self.formula.counts_blocks or self.condition.counts_blocks

    def _said(self, document: Document, structure: Mapping[str, float]) -> str | None:
        """Return the message where the condition holds, else None."""
        with_long_words = self.formula.counts_long_words or self.condition.counts_long_words
        counts = count_document(document, with_long_words=with_long_words)
        value = self.formula.value(counts, structure) if counts.words else None
        if value is None or not self.condition.holds(value, counts, structure):
            return None
        return filled(self.message, f"{value:.2f}")

"""Liquid as Copydesk uses it: strict, without files, bounded in every direction, aware of the locale.

Templates are written by editors and read by services that must not be brought down by one, so a template can
only reach the tags and filters listed here, and work, output, memory and nesting are all limited.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision
from liquid import BoundTemplate, Environment, Mode, StrictUndefined
from liquid.exceptions import FilterArgumentError, LiquidError, UnknownFilterError
from liquid.static_analysis import TemplateAnalysis

from copydesk.errors import TemplateError
from copydesk.template_limits import (
    LIMITS_IN_WORDS,
    MAX_LOOP_ITERATIONS,
    MAX_NAMESPACE_BYTES,
    MAX_NESTING,
    MAX_OUTPUT_BYTES,
    CountingTemplate,
    bounded,
)

MAX_TEMPLATE_CHARS = 20_000
DEFAULT_LOCALE = "en"

# `content`, `output` and `illegal` are what the parser itself registers for plain text, output and errors.
TAGS = frozenset(
    [
        *("#", "assign", "break", "capture", "case", "comment", "content", "continue", "echo", "for", "if"),
        *("illegal", "output", "unless"),
    ]
)
FILTERS = frozenset(
    [
        *("abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round"),
        *("sum", "times", "append", "capitalize", "downcase", "escape", "lstrip", "newline_to_br", "prepend"),
        *("remove", "remove_first", "remove_last", "replace", "replace_first", "replace_last", "rstrip"),
        *("slice", "split", "squish", "strip", "strip_html", "strip_newlines", "truncate", "truncatewords"),
        *("upcase", "compact", "concat", "default", "first", "join", "last", "map", "reverse", "size"),
        *("sort", "sort_natural", "uniq", "where"),
    ]
)
DATE_STYLES = ("short", "medium", "long", "full")


@dataclass(frozen=True, slots=True)
class MoneyValue:
    """An amount as templates see it: printed in the locale's way, with `.minor` and `.currency` inside."""

    minor: int
    currency: str
    locale: str

    def __getitem__(self, key: str) -> int | str:
        parts: dict[str, int | str] = {"minor": self.minor, "currency": self.currency}
        return parts[key]

    def __str__(self) -> str:
        return format_money(self)


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date as templates see it: printed in the locale's long form, comparable through `.iso`."""

    day: date
    locale: str

    def __getitem__(self, key: str) -> str:
        return {"iso": self.day.isoformat()}[key]

    def __str__(self) -> str:
        return format_date(self.day, format="long", locale=babel_locale(self.locale))


@lru_cache(maxsize=64)
def babel_locale(tag: str) -> Locale:
    """Return the CLDR locale of a tag such as `en-GB`; an unknown region falls back to its language.

    Raises:
        TemplateError: the language itself is unknown.
    """
    for candidate in (tag, tag.split("-", maxsplit=1)[0]):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise TemplateError(f"{tag!r} is not a known locale; use one such as en-GB or de")


def format_money(value: MoneyValue, *, drop_zero_minor: bool = False) -> str:
    """Write an amount in its locale: £49.99, 49,99 €.

    Args:
        value: minor units and ISO 4217 currency; the number of decimals comes from CLDR (JPY has none).
        drop_zero_minor: write whole amounts without decimals (£50).
    """
    decimals = get_currency_precision(value.currency)
    amount = Decimal(value.minor).scaleb(-decimals)
    locale = babel_locale(value.locale)
    if drop_zero_minor and amount == amount.to_integral_value():
        pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
        return format_currency(amount, value.currency, format=pattern, locale=locale, currency_digits=False)
    return format_currency(amount, value.currency, locale=locale)


class PolicyEnvironment(Environment):
    """The one Liquid environment of a locale."""

    block_nesting_limit = MAX_NESTING
    context_depth_limit = MAX_NESTING + 8
    loop_iteration_limit = MAX_LOOP_ITERATIONS
    local_namespace_limit = MAX_NAMESPACE_BYTES
    output_stream_limit = MAX_OUTPUT_BYTES
    template_class = CountingTemplate

    def __init__(self, locale: str) -> None:
        self.locale = locale
        super().__init__(tolerance=Mode.STRICT, undefined=StrictUndefined, strict_filters=True)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Keep the tags and filters of our list, bounded, and add those that know the locale."""
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS}
        self.filters = {name: bounded(name, self.filters[name]) for name in sorted(FILTERS)}
        self.add_filter("money", lambda value: format_money(_money(value)))
        self.add_filter("money_short", lambda value: format_money(_money(value), drop_zero_minor=True))
        self.add_filter("date", self._date)
        self.add_filter("number", self._number)
        self.add_filter("percent", self._percent)
        self.add_filter("data", delimited)

    def _date(self, value: object, style: object = "long") -> str:
        if not isinstance(value, DateValue):
            raise FilterArgumentError("date needs a variable of type date", token=None)
        if style not in DATE_STYLES:
            known = ", ".join(DATE_STYLES)
            raise FilterArgumentError(f"date knows the styles {known}, not {style!r}", token=None)
        return format_date(value.day, format=style, locale=babel_locale(self.locale))

    def _number(self, value: object) -> str:
        return format_decimal(_decimal("number", value), locale=babel_locale(self.locale))

    def _percent(self, value: object) -> str:
        locale = babel_locale(self.locale)
        number = format_decimal(_decimal("percent", value), locale=locale)
        # The locale's own pattern places and spaces the sign: 15% in English, 15 % in German.
        pattern = locale.percent_formats[None].pattern
        return f"{number}{pattern.lstrip('#,0').replace('.', '')}"


def delimited(value: object) -> str:
    """Return a value between two marks that it can't hold, so that a model sees where it begins and ends.

    The marks carry a digest of the value, taken again until the value holds none like it: the same value is
    always printed the same way, and no value can close its own mark.

    Args:
        value: any value of a variable; a list has one entry per line, nothing at all stays nothing.
    """
    if value is None:
        return ""
    text = "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    while f"data-{mark[:8]}" in text.lower():
        mark = hashlib.sha256(mark.encode()).hexdigest()
    return f"<data-{mark[:8]}>{text}</data-{mark[:8]}>"


def _money(value: object) -> MoneyValue:
    if isinstance(value, MoneyValue):
        return value
    raise FilterArgumentError("money needs a variable of type money", token=None)


def _decimal(name: str, value: object) -> Decimal:
    if isinstance(value, bool):
        raise FilterArgumentError(f"{name} needs a number", token=None)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise FilterArgumentError(f"{name} needs a number", token=None) from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise FilterArgumentError(f"{name} needs a number of at most 30 digits", token=None)
    return number


@lru_cache(maxsize=32)
def _environment(locale: str) -> PolicyEnvironment:
    babel_locale(locale)
    return PolicyEnvironment(locale)


@lru_cache(maxsize=512)
def parse_template(text: str, locale: str) -> BoundTemplate:
    """Parse a template once per locale.

    Raises:
        TemplateError: too large or not Liquid, with the line.
    """
    if len(text) > MAX_TEMPLATE_CHARS:
        raise TemplateError(f"has {len(text)} characters; a template may have {MAX_TEMPLATE_CHARS}")
    environment = _environment(locale)
    try:
        return environment.from_string(text)
    except (LiquidError, RecursionError) as error:
        raise as_template_error(error, text) from error


def render_template(text: str, values: Mapping[str, object], locale: str) -> str:
    """Render a template with values already typed.

    Raises:
        TemplateError: it can't be parsed, names an unknown variable or filter, or breaks a limit.
    """
    template = parse_template(text, locale)
    try:
        return template.render(**values)
    except (LiquidError, ArithmeticError, ValueError, TypeError, LookupError, RecursionError) as error:
        # Filters of the library let Python's own arithmetic and conversion errors through.
        raise as_template_error(error, text) from error


def analyse_template(text: str, locale: str = DEFAULT_LOCALE) -> TemplateAnalysis:
    """Return the variables, filters and tags a template uses, with their places."""
    return parse_template(text, locale).analyze(include_partials=False)


def known_filters() -> tuple[str, ...]:
    """Return the names of all filters, sorted."""
    return tuple(sorted(_environment(DEFAULT_LOCALE).filters))


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """Return the place of a code-point index, both counted from 1."""
    before = text[: max(index, 0)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def as_template_error(error: Exception, text: str) -> TemplateError:
    """Say what the library says, in one line, with the line number where it is known."""
    token = getattr(error, "token", None)
    line = line_and_column(text, token.start_index)[0] if token and token.start_index >= 0 else None
    message = str(error.args[0]) if error.args else type(error).__name__
    if isinstance(error, UnicodeError):
        message = "holds half of a character (a lone surrogate); retype it"
    elif isinstance(error, RecursionError) or isinstance(error.__cause__, RecursionError):
        message = "nests conditions or brackets too deeply; write it in smaller parts"
    message = LIMITS_IN_WORDS.get(type(error), message)
    if isinstance(error, UnknownFilterError):
        message = f"{message}; known filters: {', '.join(known_filters())}"
    return TemplateError(message, line=line)


def each_place(text: str, spans: Mapping[str, list[Any]]) -> Iterator[tuple[str, int, int]]:
    """Yield (name, line, column) of every use in an analysis."""
    for name, uses in spans.items():
        for use in uses:
            yield (name, *line_and_column(text, getattr(use, "span", use).index))

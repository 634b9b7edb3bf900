"""Rendering: typed variables, defaults, locales, limits, fallback choice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.assets.fallbacks import Fallbacks
from copydesk.assets.prompt import Prompt, Variable
from copydesk.errors import NoFallbackError, TemplateError, VariableError
from copydesk.rendering import choose_fallback, render, render_fallback, template_problems
from copydesk.templating import MAX_TEMPLATE_CHARS

VARIABLES: list[dict[str, Any]] = [
    {"name": "name"},
    {"name": "price", "type": "money", "required": False},
    {"name": "day", "type": "date", "required": False},
    {"name": "discount", "type": "decimal", "default": "12.5"},
    {"name": "count", "type": "integer", "required": False},
    {"name": "tier", "type": "choice", "choices": ["basic", "gold"], "default": "basic"},
    {"name": "is_new", "type": "boolean", "default": False},
    {"name": "items", "type": "list", "required": False},
    {"name": "note", "required": False, "max_characters": 5},
]


def make_prompt(text: str = "Hi {{ name }}", **changes: Any) -> Prompt:
    data = {
        "title": "P",
        "channel": "email",
        "model": {"model": "m", "temperature": "0.3"},
        "variables": VARIABLES,
        "blocks": [
            {"id": "rules", "role": "system", "text": "Be kind."},
            {"id": "more", "role": "system", "text": text},
            {"id": "task", "role": "user", "text": "Write to {{ name }}."},
        ],
    }
    return Prompt.model_validate(data | changes)


def rendered(text: str, locale: str | None = None, **variables: Any) -> str:
    first = render(make_prompt(text), {"name": "Ada"} | variables, locale).messages[0].content
    return first.removeprefix("Be kind.\n\n")


def test_blocks_of_one_role_become_one_message() -> None:
    made = render(make_prompt("Second."), {"name": "Ada"})
    assert [(m.role, m.content) for m in made.messages] == [
        ("system", "Be kind.\n\nSecond."),
        ("user", "Write to Ada."),
    ]
    assert made.model == "m"
    assert made.openai_arguments() == {
        "model": "m",
        "temperature": 0.3,
        "top_p": 1.0,
        "max_tokens": 200,
        "seed": 7,
    }


def test_no_seed_is_sent_where_the_policy_wants_none() -> None:
    made = render(make_prompt(model={"model": "m", "seed_policy": "none"}), {"name": "Ada"})
    assert "seed" not in made.openai_arguments()


def test_defaults_are_filled_in_before_rendering_and_absent_ones_are_testable() -> None:
    text = "{{ discount }} {{ tier }} {% if is_new %}new{% else %}old{% endif %} "
    text += "{% if price %}p{% endif %}{{ note }}"
    assert rendered(text) == "12.5 basic old "


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (None, "£1,250.00 £1,250 January 5, 2026 1/5/26 12.5% 1,234"),
        ("en-GB", "£1,250.00 £1,250 5 January 2026 05/01/2026 12.5% 1,234"),
        ("de-DE", "1.250,00\xa0£ 1.250\xa0£ 5. Januar 2026 05.01.26 12,5\xa0% 1.234"),
        ("de", "1.250,00\xa0£ 1.250\xa0£ 5. Januar 2026 05.01.26 12,5\xa0% 1.234"),
    ],
)
def test_money_dates_and_numbers_are_written_in_the_locales_way(locale: str | None, expected: str) -> None:
    text = (
        "{{ price }} {{ price | money_short }} {{ day }} {{ day | date: 'short' }} "
        "{{ discount | percent }} {{ count | number }}"
    )
    given = {"price": {"minor": 125000, "currency": "GBP"}, "day": "2026-01-05", "count": 1234}
    assert rendered(text, locale, **given) == expected


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [(500, "JPY", "¥500"), (1234, "KWD", "KWD1.234"), (-5, "USD", "-$0.05")],
)
def test_minor_units_follow_the_currency(minor: int, currency: str, expected: str) -> None:
    assert rendered("{{ price | money }}", "en-US", price={"minor": minor, "currency": currency}) == expected


def test_an_unknown_locale_is_named() -> None:
    with pytest.raises(TemplateError, match="'xx-YY' is not a known locale"):
        rendered("x", "xx-YY")


@pytest.mark.parametrize(
    ("variables", "path", "part"),
    [
        ({"name": None}, "name", "is missing"),
        ({"name": 3}, "name", "must be text"),
        ({"name": "a\x00b"}, "name", "NUL"),
        ({"name": "a\ud800"}, "name", "surrogate"),
        ({"note": "123456"}, "note", "at most 5"),
        ({"nmae": "x"}, "nmae", "is not a variable of this prompt; known: count, day"),
        ({"price": {"minor": 1.5, "currency": "GBP"}}, "price", "minor units"),
        ({"price": {"minor": True, "currency": "GBP"}}, "price", "minor units"),
        ({"price": {"minor": 1, "currency": "XQX"}}, "price", "ISO 4217"),
        ({"price": "4.99"}, "price", "minor units"),
        ({"day": "2026-02-30"}, "day", "does not exist"),
        ({"day": "tomorrow"}, "day", "such as 2026-11-04"),
        ({"discount": 1.5}, "discount", "written as text"),
        ({"discount": "1e5"}, "discount", "written as text"),
        ({"count": "3"}, "count", "whole number"),
        ({"count": True}, "count", "whole number"),
        ({"count": 2**60}, "count", "too large"),
        ({"tier": "silver"}, "tier", "basic, gold"),
        ({"is_new": "yes"}, "is_new", "true or false"),
        ({"items": "a"}, "items", "must be a list"),
        ({"items": ["a"] * 101}, "items", "at most 100"),
        ({"items": [{"a": 1}]}, "items", "must be text"),
    ],
)
def test_a_variable_that_does_not_fit_is_named_with_how_to_mend_it(
    variables: dict[str, Any], path: str, part: str
) -> None:
    with pytest.raises(VariableError) as caught:
        rendered("x", **variables)
    (problem,) = caught.value.problems
    assert problem.path == path
    assert part in problem.message


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(VariableError) as caught:
        render(make_prompt(), {"count": "x", "other": 1})
    assert {problem.path for problem in caught.value.problems} == {"name", "count", "other"}


def test_variables_are_data_and_never_templates() -> None:
    assert rendered("{{ name }}", name="{{ price }}{% if %}") == "{{ price }}{% if %}"


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in (1..100000000) %}a{% endfor %}",
        "{{ (1..1000000000) | join }}",
        "{{ (1..99999999999999999999) | size }}",
        "{% for i in (1..40) %}{% for j in (1..40) %}x{% endfor %}{% endfor %}",
        "{% assign a = name %}{% for i in (1..900) %}{% assign a = a | append: a %}{% endfor %}",
        "{% assign a = 9999 %}{% for i in (1..900) %}{% assign a = a | times: a %}{% endfor %}",
        "{{ name" + " | replace: '', name" * 30 + " }}",
        "{% for i in (1..999) %}{{ name | append: '" + "x" * 500 + "' }}{% endfor %}",
        "{% if true %}" * 40 + "{% endif %}" * 40,
        "{% include 'secret' %}",
        "{% render 'secret' %}",
        "{{ 1 | divided_by: 0 }}",
        "{{ name | money }}",
        "{{ missing }}",
        "{{ name | nofilter }}",
    ],
)
def test_no_template_escapes_its_limits(text: str) -> None:
    with pytest.raises(TemplateError):
        rendered(text)
    assert template_problems(text, [Variable.model_validate(v) for v in VARIABLES])


def test_a_template_has_a_size_limit() -> None:
    (problem,) = template_problems("x" * (MAX_TEMPLATE_CHARS + 1), [])
    assert problem.message == "has 20001 characters; a template may have 20000"


def test_template_problems_tell_line_and_column() -> None:
    variables = [Variable(name="name")]
    (typo,) = template_problems("Hi\n  {{ nmae }}", variables)
    assert (typo.line, typo.column) == (2, 6)
    assert typo.message == "'nmae' is not a variable; declared: name"
    (unclosed,) = template_problems("a\nb\n{{ name", variables)
    assert unclosed.line == 3
    filters = template_problems("{{ name | upcasee }}\n{{ name | x }}", variables)
    assert [(p.line, p.message.split(" is ")[0]) for p in filters] == [(1, "'upcasee'"), (2, "'x'")]
    assert template_problems("{% assign x = name | upcase %}{{ x }}", variables) == []


@given(st.text(alphabet="{}%|'\"ab .(1)[]:,\n-", max_size=60))
def test_any_text_is_rendered_or_refused_as_a_template(text: str) -> None:
    problems = template_problems(text, [Variable(name="a"), Variable(name="b")])
    assert all(problem.line >= 1 and problem.message for problem in problems)


@given(st.text(max_size=200))
def test_any_text_value_is_printed_as_it_is_but_for_line_ends(value: str) -> None:
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        return
    unix = value.replace("\r\n", "\n").replace("\r", "\n")
    assert rendered("[{{ name }}]", name=value) == f"[{unix}]"


COPY = Fallbacks.model_validate(
    {
        "title": "Copy",
        "fallbacks": [
            {"prompt": "p", "text": "all"},
            {"prompt": "p", "locale": "en", "text": "en"},
            {"prompt": "p", "locale": "en-GB", "text": "en-GB"},
            {"prompt": "p", "audience": "vip", "text": "vip {{ name }}"},
            {"prompt": "p", "audience": "vip", "locale": "de", "text": "vip de"},
            {"prompt": "q", "audience": "vip", "text": "only vip"},
        ],
    }
)


@pytest.mark.parametrize(
    ("audience", "locale", "expected"),
    [
        (None, None, "all"),
        (None, "en-US", "en"),
        (None, "en-GB", "en-GB"),
        (None, "fr", "all"),
        ("other", "en-GB", "en-GB"),
        ("vip", "en-GB", "vip {{ name }}"),
        ("vip", "de-AT", "vip de"),
    ],
)
def test_the_most_specific_fallback_wins(audience: str | None, locale: str | None, expected: str) -> None:
    chosen = choose_fallback([COPY], "p", audience, locale)
    assert chosen is not None
    assert chosen.text == expected


def test_copy_for_another_audience_is_never_used() -> None:
    assert choose_fallback([COPY], "q", "public", None) is None
    with pytest.raises(NoFallbackError, match="'q', audience any"):
        render_fallback([COPY], "q", make_prompt(), {"name": "Ada"})


def test_fallback_copy_is_rendered_with_the_prompts_variables() -> None:
    assert render_fallback([COPY], "p", make_prompt(), {"name": "Ada"}, "vip", "en-GB") == "vip Ada"

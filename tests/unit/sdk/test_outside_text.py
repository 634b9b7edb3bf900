"""Free text from outside: refused in system blocks, and delimited where a template asks for it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.assets.prompt import Role, Variable
from copydesk.rendering import template_problems, undelimited_places
from copydesk.templating import render_template

VARIABLES = [
    Variable.model_validate(data)
    for data in (
        {"name": "note"},
        {"name": "items", "type": "list"},
        {"name": "count", "type": "integer"},
        {"name": "price", "type": "money"},
        {"name": "day", "type": "date"},
        {"name": "is_new", "type": "boolean"},
        {"name": "tier", "type": "choice", "choices": ["basic", "gold"]},
    )
]


@pytest.mark.parametrize(
    "text",
    [
        "{{ note }}",
        "{{ note | data }}",
        "{% for item in items %}{{ item }}{% endfor %}",
        "{% capture said %}{{ note }}{% endcapture %}{{ said }}",
        "{% assign said = note %}{{ said }}",
        "{% if note == 'x' %}Be kind.{% endif %}",
        "{{ 'a' | append: note }}",
        "{% echo note %}",
        "{% case tier %}{% when note %}x{% endcase %}",
        "{% for i in (1..3) limit: note %}{{ i }}{% endfor %}",
    ],
)
def test_no_system_block_uses_free_text_from_outside(text: str) -> None:
    problems = template_problems(f"Be kind.\n{text}", VARIABLES, Role.SYSTEM)
    assert [p.line for p in problems if "never stands in the system message" in p.message] == [2]
    assert not any("system message" in p.message for p in template_problems(text, VARIABLES, Role.USER))


def test_a_system_block_may_use_what_can_hold_no_words_of_a_stranger() -> None:
    text = "{{ count }} {{ price | money }} {{ day | date }} {{ tier }} {% if is_new %}new{% endif %}"
    assert template_problems(text, VARIABLES, Role.SYSTEM) == []


def test_bare_free_text_is_told_of_with_its_place() -> None:
    text = "{{ tier }} {{ note }}\n{% for item in items %}{{ item | upcase }}{% endfor %} {{ count }}"
    found = undelimited_places(text, VARIABLES)
    assert [(p.line, p.column, p.message.split("'")[1]) for p in found] == [(1, 15, "note"), (2, 27, "item")]
    assert all(p.is_warning for p in found)
    marked = "{{ note | data }}{% for item in items %}{{ item | data }}{% endfor %}{% if note %}!{% endif %}"
    assert undelimited_places(marked, VARIABLES) == []


def _marked(value: object) -> str:
    return render_template("{{ value | data }}", {"value": value}, "en")


@given(st.text(alphabet=st.sampled_from("</data-0123456789abcdef> \n"), max_size=80))
def test_no_value_holds_its_own_mark(value: str) -> None:
    made = _marked(value)
    found = re.fullmatch(r"<data-([0-9a-f]{8})>(.*)</data-\1>", made, re.DOTALL)
    assert found is not None
    assert found[2] == value
    assert f"data-{found[1]}" not in value


def test_marks_are_the_same_for_the_same_value_and_not_for_a_copy_of_them() -> None:
    first = _marked("Leave it behind the shed.")
    assert first == _marked("Leave it behind the shed.")
    # Who sends a marked text again gets other marks round it.
    again = _marked(first)
    assert again.count(again[:14]) == 1
    assert _marked(["one", "two"]).count("\n") == 1
    assert _marked(None) == ""

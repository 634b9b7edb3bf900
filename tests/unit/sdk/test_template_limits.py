"""Templates that would run for minutes or fill the memory: refused by counting, with place and remedy."""

from __future__ import annotations

import pytest

from copydesk.errors import TemplateError
from copydesk.templating import render_template

LARGE = "{% assign a = 'x y ' %}{% for i in (1..14) %}{% assign a = a | append: a %}{% endfor %}\n"
WORDS = f"{{% assign w = '{' '.join(map(str, range(3_000)))}' | split: ' ' %}}\n"
AGAIN = "{{% for i in (1..900) %}}{}{{% endfor %}}"
TOO_MUCH = "does too much"
BROKEN = {
    "a chain of filters": (LARGE + AGAIN.format(f"{{% assign b = a{' | upcase' * 1_500} %}}"), TOO_MUCH),
    "each with each": (WORDS + AGAIN.format("{% assign b = w | uniq | size %}"), TOO_MUCH),
    "sorting": (LARGE + AGAIN.format("{% assign b = a | split: ' ' | sort | size %}"), TOO_MUCH),
    "comparing": (LARGE + AGAIN.format("{% if a contains 'q' or a < a %}{% endif %}" * 200), TOO_MUCH),
    "many variables": (
        "\n" + AGAIN.format("".join(f"{{%assign a{n}=1%}}" for n in range(900))),
        TOO_MUCH,
    ),
    "captures": ("\n" + AGAIN.format("{%capture a%}{%endcapture%}" * 600), TOO_MUCH),
    "ranges": ("\n" + AGAIN.format("{%assign a=(1..999)|join%}" * 600), TOO_MUCH),
    "loop after loop": ("\n" + "{%for i in(1..999)%}{%endfor%}" * 600, TOO_MUCH),
    "growing lists": (
        "\n{% assign l = 'a b c' | split: ' ' %}{{ l" + " | concat: l" * 1_600 + " }}",
        TOO_MUCH,
    ),
    "a long range": ("\n{{ (1..999999999) | size }}", "size: a range of at most 1000 items"),
    "a long loop": (
        "\n{% for i in (1..40) %}{% for j in (1..40) %}x{% endfor %}{% endfor %}",
        "loop over less",
    ),
    "long output": (LARGE + AGAIN.format("{{ a }}"), "print less"),
    "large variables": (LARGE + "{% assign l = a | split: ' ' %}", "assign and capture less"),
    "no number": ("\n{{ 'nan' | plus: 1 | floor }}", "floor: cannot convert float NaN"),
}


@pytest.mark.parametrize(("text", "part"), BROKEN.values(), ids=BROKEN.keys())
def test_what_goes_beyond_a_limit_is_refused_with_its_line(text: str, part: str) -> None:
    with pytest.raises(TemplateError, match=part) as caught:
        render_template(text, {}, "en")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (f"{{{{ x{'[' * 5_000} }}}}", "nests conditions or brackets too deeply"),
        (f"{{% if {' or '.join(['x'] * 3_000)} %}}{{% endif %}}", "nests conditions or brackets too deeply"),
        ("{{ '\ud800' }}", "half of a character"),
    ],
)
def test_what_cannot_be_parsed_is_told_in_words(text: str, part: str) -> None:
    with pytest.raises(TemplateError, match=part):
        render_template(text, {"x": 1}, "en")


def test_work_is_counted_anew_for_each_rendering() -> None:
    text = LARGE + "{% for i in (1..10) %}{% assign b = a | upcase | downcase %}{% endfor %}{{ b | size }}"
    assert [render_template(text, {}, "en").strip() for _ in range(5)] == ["65536"] * 5


def test_a_long_prompt_is_far_from_the_limit() -> None:
    text = (
        "{% for item in items %}- {{ item | strip | capitalize | replace: 'a', 'b' | data }}\n{% endfor %}"
        * 3
    )
    assert render_template(text, {"items": ["tent " * 50] * 100}, "en").count("\n") == 300

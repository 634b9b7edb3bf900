"""Structured output is checked without trusting schema or text, and links by where they really lead."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.assets import parse_assets
from copydesk.checks.contract import CheckResult, Context, Outcome
from copydesk.checks.limits import markup
from copydesk.checks.structured import SchemaUnusable, StructuredOutput
from copydesk.policy import CompiledPolicy


def result(text: str, schema: dict[str, Any] | None) -> CheckResult:
    prompt = {
        "title": "Data", "channel": "web", "model": {"model": "tiny"},
        "blocks": [{"id": "ask", "role": "user", "text": "Write."}],
        "output": {"format": "json", "json_schema": schema},
    }  # fmt: skip
    policy = CompiledPolicy.compile(parse_assets({"prompt": {"data": prompt}}), only=["limits"])
    return policy.check(text, Context(prompt="data")).results[0]


def compiled(schema: dict[str, Any]) -> StructuredOutput:
    output = StructuredOutput.compile(schema)
    assert isinstance(output, StructuredOutput)
    return output


def test_any_json_will_do_without_a_schema() -> None:
    assert result("[1, 2]", None).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "text", ["{", '{"a": NaN}', "[" * 100_000, "9" * 5000, '{"a": 1} and more', "```json\n{}\n```", '"\ud800']
)
def test_what_is_not_json_is_a_finding(text: str) -> None:
    outcome = result(text, {"type": "object"})
    assert outcome.outcome is Outcome.FAIL
    assert all(finding.message for finding in outcome.findings)


def test_the_finding_names_the_place() -> None:
    (finding,) = result('{"items": [{"price": 4}]}', {
        "properties": {"items": {"items": {"properties": {"price": {"type": "string"}}}}},
    }).findings  # fmt: skip
    assert finding.evidence["path"] == "$.items[0].price"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objekt"},
        {"pattern": "(?=x)"},
        {"patternProperties": {"(": {}}},
        {"maxLength": "4"},
        {"$ref": "#/$defs/missing"},
        # For unnamed keys jsonschema asks Python's regular expressions, whose time is exponential.
        {"patternProperties": {"^(a+)+$": {}}, "unevaluatedProperties": False},
    ],
)
def test_a_schema_that_cannot_be_used_is_not_run(schema: dict[str, Any]) -> None:
    assert isinstance(StructuredOutput.compile(schema), SchemaUnusable)
    outcome = result("{}", schema)
    assert outcome.outcome is Outcome.NOT_RUN
    assert "data" in (outcome.reason or "")


def test_no_reference_is_ever_fetched() -> None:
    outcome = result("{}", {"$ref": "http://127.0.0.1:9/schema.json"})
    assert outcome.outcome is Outcome.NOT_RUN


def test_a_hostile_pattern_meets_its_match() -> None:
    schema = {"properties": {"a": {"pattern": "^(a+)+$"}}, "patternProperties": {"^(b+)+$": {"type": "null"}},
              "additionalProperties": False}  # fmt: skip
    long = "a" * 5000 + "!"
    found = compiled(schema).problems(f'{{"a": "{long}", "{"b" * 5000}!": 1}}')
    assert {problem.path for problem in found} == {"$", "$.a"}


@pytest.mark.parametrize(
    ("number", "is_multiple"), [("19.99", True), ("4.35", True), ("1e308", True), ("0.005", False)]
)
def test_multiples_are_of_numbers_as_they_are_written(number: str, is_multiple: bool) -> None:
    assert (not compiled({"multipleOf": 0.01}).problems(number)) == is_multiple


def test_a_number_beyond_all_measure_is_a_finding() -> None:
    (problem,) = compiled({"multipleOf": 0.01}).problems("1e400")
    assert "too large" in problem.message


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"pattern": "^[\\u00c4\\u00e4a-z]+$"}, '"ä"'),
        ({"pattern": "^\\p{Lu}\\d{2}$"}, '"Ä12"'),
        ({"properties": {"a": {"default": {"pattern": "(?=x)"}}}}, "{}"),
        ({"$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}}}, '{"a": 1}'),
    ],
)
def test_what_the_standard_allows_is_taken(schema: dict[str, Any], text: str) -> None:
    assert compiled(schema).problems(text) == []


def test_additional_properties_may_have_a_schema_of_their_own() -> None:
    schema = {"properties": {"a": {}}, "additionalProperties": {"type": "integer"}}
    assert not compiled(schema).problems('{"a": "x", "b": 1}')
    assert compiled(schema).problems('{"b": "x"}')[0].path == "$.b"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://ridge.example/a?b=c", "ridge.example"),
        ("HTTPS://RIDGE.EXAMPLE.", "ridge.example"),
        ("https://ridge.example@evil.test/", "evil.test"),
        ("https:\\\\evil.test\\ridge.example", "evil.test"),
        ("//evil.test/x", "evil.test"),
        ("www.evil.test", "www.evil.test"),
        ("evil.com/path", "evil.com"),
        ("(https://ridge.example).", "ridge.example"),
        ("javascript://evil.test/%0aalert(1)", "evil.test"),
        ("https://[::1", ""),
    ],
)
def test_a_link_leads_to_its_host(text: str, host: str) -> None:
    assert [link.host for link in markup.links(text)] == [host]


@pytest.mark.parametrize(
    "text", ["jo@ridge.example", "e.g. this", "3.5 and 4.com-free", "Mr.Smith", "a/b // c"]
)
def test_no_link_is_seen_in_ordinary_text(text: str) -> None:
    assert [link for link in markup.links(text) if link.host] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("👩‍👩‍👧", ["👩‍👩‍👧"]), ("🇬🇧🇩🇪", ["🇬🇧", "🇩🇪"]), ("👍🏽!", ["👍🏽"]), ("❤️", ["❤️"]), ("1️⃣", ["1️⃣"]),
     ("©®™ → • ★ é 1 #", ["★"]), ("™️", ["™️"])],
)  # fmt: skip
def test_emoji(text: str, found: list[str]) -> None:
    seen = [text[span.start : span.end] for span in markup.emoji(text)]
    assert seen == [item for item in found if item != "★"]

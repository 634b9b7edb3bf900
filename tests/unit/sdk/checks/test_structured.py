"""A schema means what its draft says, formats are held to, and what is of no use is refused with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.structured import SchemaUnusable, StructuredOutput
from copydesk.checks.structured.formats import is_date, is_email, is_host, is_time
from copydesk.checks.structured.patterns import found, in_re2

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
LATEST = "https://json-schema.org/draft/2020-12/schema"


def fits(schema: dict[str, Any], value: Any) -> bool:
    output = StructuredOutput.compile(schema)
    assert isinstance(output, StructuredOutput), output
    return not output.problems(json.dumps(value))


def refusal(schema: dict[str, Any]) -> str:
    output = StructuredOutput.compile(schema)
    assert isinstance(output, SchemaUnusable)
    return output.reason


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("date", "2028-02-29", "2027-02-29"),
        ("date", "2026-11-22", "22.11.2026"),
        ("time", "08:30:00Z", "08:30"),
        ("time", "23:59:60Z", "12:00:60Z"),
        ("time", "01:29:60+01:30", "01:29:60-01:30"),
        ("date-time", "2026-11-22t08:30:00.5+01:00", "2026-11-22 08:30:00"),
        ("duration", "P1Y2M3DT4H", "P1D2W"),
        ("duration", "P3W", "PT"),
        ("email", "jo.o'neil+news@shop.example", "jo..neil@shop.example"),
        ("email", '"jo at home"@[192.0.2.1]', "jo@shop_example"),
        ("idn-email", "jörg@straße.example", "jörg straße"),
        ("hostname", "shop.example", "-shop.example"),
        ("hostname", "xn--strae-oqa.example", "sh--op.example"),
        ("ipv4", "192.0.2.1", "192.0.02.1"),
        ("ipv6", "2001:db8::1", "2001:db8::1%eth0"),
        ("uri", "https://shop.example/boots?size=42#fit", "/boots?size=42"),
        ("uri", "mailto:jo@shop.example", "https://shop.example/two words"),
        ("uri", "http://[2001:db8::1]:80/", "http://[2001:db8:::1]/"),
        ("uri-reference", "/boots?size=42", "\\\\boots"),
        ("iri", "https://laden.example/stiefel/größe", "größe/stiefel"),
        ("iri-reference", "größe/stiefel", "größe stiefel"),
        ("uri-template", "https://shop.example/{?size,color*}", "https://shop.example/{size"),
        ("uuid", "2EB8AA08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08aa9811eab4aa73b441d16380"),
        ("json-pointer", "/price/~0amount", "price"),
        ("relative-json-pointer", "1/price", "-1/price"),
    ],
)
def test_a_format_is_held_to(name: str, right: str, wrong: str) -> None:
    assert fits({"format": name}, right)
    assert not fits({"format": name}, wrong)
    assert not fits({"format": name}, wrong + "\n")


def test_a_format_speaks_of_texts_alone_and_other_names_only_describe() -> None:
    assert fits({"format": "date"}, 20261122)
    assert fits({"format": "price in euros"}, "cheap")
    assert not fits({"format": "uri"}, "\ud800:")


@given(st.text())
def test_no_text_breaks_a_format(text: str) -> None:
    assert not (is_date(text) and is_time(text))
    assert not (is_email(text) and is_host(text))


def test_a_long_text_is_held_to_a_format_in_linear_time() -> None:
    assert not fits({"format": "uri"}, "a:" + "/a" * 50_000 + " ")
    assert not fits({"format": "email"}, "a." * 50_000 + "@")


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        (r"^\S+$", "two\u00a0words", False),
        (r"^a\sb$", "a\u2003b", True),
        (r"^[a\s]+$", "a\ufeffa", True),
        (r"^a.b$", "a\u2028b", False),
        (r"^\p{Letter}+$", "Größe", True),
        (r"^[\p{Lu}\p{gc=Decimal_Number}]+$", "Ä٣", True),
        (r"^\p{Script=Greek}$", "α", True),
        (r"^\P{L}$", "α", False),
        ("^\\ud83d\\udc32$", "\U0001f432", True),
        (r"^\u{1f432}\u00e4$", "\U0001f432ä", True),
        (r"^\cJ$", "\n", True),
        (r"^\\u0061$", r"\u0061", True),
        (r"^[.]$", "a", False),
        (r"^\[.$", "[a", True),
    ],
)
def test_a_pattern_means_what_it_means_in_ecmascript(pattern: str, text: str, is_found: bool) -> None:
    assert found(pattern, text) is is_found


@given(st.text(alphabet="ab01_-/ @#"))
def test_a_pattern_without_signs_of_its_own_stays_as_it_is(pattern: str) -> None:
    assert in_re2(pattern) == pattern


def test_a_schema_is_read_in_the_draft_it_names() -> None:
    pair = {"items": [{"type": "string"}, {"type": "integer"}], "additionalItems": False}
    assert fits({"$schema": DRAFT_7, **pair}, ["boot", 42])
    assert not fits({"$schema": DRAFT_7, **pair}, ["boot", 42, "left"])
    assert fits({"$schema": DRAFT_7.replace("07", "04"), "maximum": 3, "exclusiveMaximum": True}, 2)
    assert not fits({"$schema": DRAFT_7.replace("07", "04"), "maximum": 3, "exclusiveMaximum": True}, 3)
    assert "prefixItems" in refusal(pair)


def test_a_draft_that_is_not_known_is_refused_and_named() -> None:
    assert "'shop.example/my-draft'" in refusal({"$schema": "https://shop.example/my-draft"})
    mixed = {"$schema": LATEST, "$defs": {"old": {"$schema": DRAFT_7}}}
    assert "several drafts" in refusal(mixed)


@pytest.mark.parametrize("extra", [{}, {"$schema": LATEST}, {"$schema": DRAFT_7}])
def test_the_old_keyword_for_what_needs_company_still_counts(extra: dict[str, Any]) -> None:
    needs_currency = {**extra, "dependencies": {"price": ["currency"], "size": {"required": ["unit"]}}}
    assert fits(needs_currency, {"price": 4, "currency": "EUR"})
    assert not fits(needs_currency, {"price": 4})
    assert not fits(needs_currency, {"size": 42})


def test_a_schema_that_names_its_draft_is_matched_in_linear_time_behind_references_too() -> None:
    # Forty letters take Python's own expressions days.
    schema = {"$schema": LATEST, "properties": {"a": {"pattern": "^(a+)+$"}, "b": {"$ref": "#"}}}
    assert not fits(schema, {"b": {"a": "a" * 40 + "!"}})


def test_a_property_may_be_called_like_a_keyword() -> None:
    schema = {
        "properties": {"$schema": {"type": "string"}, "$ref": {"type": "string"}},
        "required": ["$schema"],
    }
    assert fits(schema, {"$schema": "any", "$ref": "any"})
    assert not fits(schema, {"$schema": 1})
    assert fits({"const": {"$schema": "any"}}, {"$schema": "any"})


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#"}, "back to itself"),
        ({"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}}, "itself"),
        ({"properties": {"a": {"$ref": "#/properties/b/enum"}, "b": {"enum": ["x"]}}}, "no schema"),
        ({"properties": {"a": {"$ref": "#/x-parts/a"}}, "x-parts": {"a": {"type": "price"}}}, "no schema"),
        (
            {"$id": "https://shop.example/", "$defs": {"a": {"$id": "a/", "items": {"$ref": "lost"}}}},
            "nowhere",
        ),
        ({"dependencies": {"a": {"$ref": "lost"}}}, "nowhere"),
        ({"$dynamicRef": "#lost"}, "nowhere"),
    ],
)
def test_a_reference_that_can_never_be_followed_is_refused_when_the_schema_is_saved(
    schema: dict[str, Any], words: str
) -> None:
    assert words in refusal(schema)


def test_a_schema_may_refer_to_itself_for_what_stands_inside() -> None:
    tree = {
        "$id": "https://shop.example/tree",
        "properties": {"name": {"type": "string"}, "children": {"items": {"$ref": "tree"}}},
        "allOf": [{"$ref": "#/$defs/named"}],
        "$defs": {"named": {"required": ["name"]}},
    }
    assert fits(tree, {"name": "boots", "children": [{"name": "hiking"}]})
    assert not fits(tree, {"name": "boots", "children": [{}]})


def test_json_deeper_than_the_schema_can_follow_is_a_finding() -> None:
    output = StructuredOutput.compile({"items": {"$ref": "#"}})
    assert isinstance(output, StructuredOutput)
    assert "too deeply" in output.problems("[" * 400 + "]" * 400)[0].message

"""Rules mean what they mean to Vale: scopes, messages, kinds, front matter, switches, look-arounds."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.assets import PolicyAssets, parse_assets
from copydesk.checks.contract import Context
from copydesk.checks.style_rules import StyleRulesCheck, compile_check

PAGE = """---
title: a zebra title
weight: 3
---

# A zebra head

A zebra para.

- [ ] zebra item

> zebra quote

| zebra th | b |
|---|---|
| c | zebra td |

![zebra alt](x.png) and [zebra link](y), **zebra strong**, *zebra em*, `zebra code`.

<div>zebra block</div>
"""


def rule(kind: str, definition: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "r", "title": "Rule", "kind": kind, "definition": definition, "style": "House", **more}


def compiled(*rules: dict[str, Any], **guide: Any) -> StyleRulesCheck:
    numbered = [{**item, "id": f"r{number}"} for number, item in enumerate(rules)]
    assets: PolicyAssets = parse_assets(
        {"style_guide": {"house": {"title": "House", "rules": numbered, **guide}}}
    )
    return compile_check(assets, {})


def alerts(check: StyleRulesCheck, text: str, markup: str = "markdown") -> list[tuple[int, int, str]]:
    found = []
    for finding in check.run_markup(text, Context(), markup).findings:
        assert finding.span is not None
        start = finding.span.start
        found.append((text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start), finding.message))
    return found


def lines(scope: str) -> list[int]:
    check = compiled(rule("existence", {"tokens": ["zebra"], "scope": scope}))
    assert check.unenforced_rules == ()
    return [line for line, _, _ in alerts(check, PAGE)]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("heading", [6]),
        ("heading.h2", []),
        ("paragraph", [8, 18, 18, 18, 20]),
        ("list", [10]),
        ("blockquote", [12]),
        ("table.header", [14]),
        ("table.cell", [16]),
        ("alt", [18]),
        ("link", [18]),
        ("strong", [18]),
        ("emphasis", [18]),
        ("code", [18]),
        ("text.frontmatter.title", [2]),
        ("text.md", [2, 6, 8, 10, 12, 14, 16, 18, 18, 18, 18, 20]),
        ("text.html", []),
        ("summary", [8, 10, 12, 18, 18, 18, 20]),
        ("sentence & ~blockquote", [6, 8, 10, 14, 16, 18, 18, 18, 20]),
    ],
)
def test_a_scope_reaches_just_its_own_text(scope: str, expected: list[int]) -> None:
    assert lines(scope) == expected


def test_a_rule_of_several_scopes_says_the_same_thing_once() -> None:
    check = compiled(rule("existence", {"tokens": ["zebra"], "scope": ["text", "sentence", "strong"]}))
    assert len(alerts(check, "A **zebra** here.")) == 1


def test_a_rule_on_source_code_is_kept_with_the_reason() -> None:
    check = compiled(rule("existence", {"tokens": ["a"], "scope": "comment.line"}))
    assert "no text here has" in check.unenforced_rules[0].reason


def test_lines_may_end_in_carriage_returns() -> None:
    check = compiled(rule("existence", {"tokens": [r"zebra[.]$"], "nonword": True, "scope": "paragraph"}))
    text = "One zebra.\r\n\r\nTwo zebra.\r\n"
    assert [line for line, _, _ in alerts(check, text, "text")] == [1, 3]
    assert [line for line, _, _ in alerts(check, text)] == [1, 3]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("vale off", [1]),
        ("vale House.Rule = NO", [1]),
        ("vale House = NO", [1]),
        ('vale House.Rule["zebra"] = NO', [1]),
        ('vale House.Rule["other"] = NO', [1, 5]),
        ("vale Other.Rule = NO", [1, 5]),
    ],
)
def test_a_comment_switches_a_rule_off_for_what_follows(comment: str, expected: list[int]) -> None:
    check = compiled(rule("existence", {"tokens": ["zebra"]}))
    assert [line for line, _, _ in alerts(check, f"zebra\n\n<!-- {comment} -->\n\nzebra\n")] == expected


def test_copy_that_is_judged_cannot_switch_its_check_off() -> None:
    check = compiled(rule("existence", {"tokens": ["zebra"]}))
    assert len(check.run("<!-- vale off -->\n\nzebra", Context()).findings) == 1
    off = check.run_markup("<!-- vale off -->\n\nzebra", Context(), "markdown", obeys_switches=False)
    assert len(off.findings) == 1


@pytest.mark.parametrize(
    ("definition", "text", "expected"),
    [
        ({"tokens": [r"go \((?!fast)[^)]+\)"], "nonword": True}, "go (fast) go (slow)", [11]),
        ({"tokens": [r"ab+(?!b|c)"], "nonword": True}, "abbc abb", [6]),
        ({"tokens": [r"\w*ing(?!x)"], "nonword": True}, "singingx", [1]),
        ({"tokens": [r"(?m:(?!,\s+)(?:say|to wit)(?=[^,:]))"]}, "and say so, say, to wit so", [5, 18]),
        ({"tokens": [r"(?:(?!bad)\w+ ){0,2}end"]}, "so bad end; a big end", [8, 13]),
        ({"tokens": [r"a(?:(?!x)\w){1,2}?b"], "nonword": True}, "axb abb acdb", [5, 9]),
        ({"tokens": [r"(?:no(?!t) ?)?go"], "nonword": True}, "no go, notgo", [1, 11]),
    ],
)
def test_look_arounds_inside_and_after_free_parts_are_right(
    definition: dict[str, Any], text: str, expected: list[int]
) -> None:
    check = compiled(rule("existence", definition))
    assert check.unenforced_rules == ()
    assert [column for _, column, _ in alerts(check, text, "text")] == expected


REPLACE = {"name": "replace"}
HORSE = {"name": "replace", "params": ["horse"]}
USE = {"swap": {"utilise": "use|apply"}, "action": REPLACE}
OAUTH = {"swap": {"oauth": "OAuth2?"}, "ignorecase": True}
OK = {"swap": {"a ok": "A-OK"}, "ignorecase": True, "matchcase": True}


@pytest.mark.parametrize(
    ("kind", "definition", "message", "text", "expected"),
    [
        ("existence", {"tokens": ["zebra"], "action": HORSE}, "%s: %s", "a zebra", "zebra: horse"),
        ("existence", {"tokens": ["zebra"]}, "%s %s.", "a zebra", "zebra ."),
        ("existence", {"tokens": ["zebra"]}, "100%% %[1]s", "a zebra", "100% zebra"),
        ("substitution", USE, "'%s', not '%s'.", "we utilise", "'use' or 'apply', not 'utilise'."),
        ("substitution", OAUTH, "Use '%s'.", "an Oauth flow", "Use 'OAuth'."),
        ("substitution", OK, "Use %s.", "it is a ok", "Use a-ok."),
        ("occurrence", {"token": "e", "max": 1}, "%d times", "e e e", "3 times"),
    ],
)
def test_a_message_is_filled_as_vale_fills_it(
    kind: str, definition: dict[str, Any], message: str, text: str, expected: str
) -> None:
    check = compiled(rule(kind, definition, message=message))
    assert [found[2] for found in alerts(check, text, "text")] == [expected]


@pytest.mark.parametrize(
    ("match", "more", "good", "bad"),
    [
        (
            "$sentence",
            {"exceptions": ["GitHub Action"]},
            "Run a GitHub Action now",
            "Run A Github Action Now",
        ),
        ("$sentence", {"indicators": [":"]}, "Step one: Install the app", "Step One: install The App"),
        ("$title", {}, "The Art of the Deal", "The art of the deal"),
        ("$title", {"style": "Chicago", "threshold": "1"}, "Walk through the Wood", "Walk Through the Wood"),
        ("$lower", {"exceptions": ["NASA"]}, "at NASA Today", "at home Today"),
        (r"^[A-Z]\w+ing", {}, "Running it", "Run it"),
    ],
)
def test_capital_letters(match: str, more: dict[str, Any], good: str, bad: str) -> None:
    check = compiled(rule("capitalization", {"match": match, "scope": "heading", **more}))
    assert alerts(check, f"# {good}\n") == []
    assert len(alerts(check, f"# {bad}\n")) == 1


def test_what_misses_from_a_block_is_found_at_its_first_word() -> None:
    check = compiled(rule("occurrence", {"token": "intro", "min": 1, "scope": "heading"}, message="none"))
    assert alerts(check, "# One\n\n## An intro\n\n## Two words\n") == [(1, 3, "none"), (5, 4, "none")]
    check = compiled(rule("occurrence", {"token": "intro", "min": 1, "scope": "raw"}, message="none"))
    assert alerts(check, "# One\n\nTwo\n") == [(1, 1, "none")]


def test_a_formula_may_count_headings_and_lists() -> None:
    check = compiled(rule("metric", {"formula": "heading.h2 * 10 + list", "condition": "> 1"}, message="%s"))
    assert alerts(check, "# a\n\n## b\n\n- c\n- d\n") == [(1, 1, "12.00")]


def test_reading_grades_are_averaged() -> None:
    hard = (
        "Considerable institutional accountability necessitates comprehensive organisational documentation."
    )
    check = compiled(
        rule("readability", {"metrics": ["Flesch-Kincaid", "SMOG"], "grade": "9"}, message="%s"),
        rule("readability", {"metrics": ["Nonsense"], "grade": "9"}),
    )
    assert len(alerts(check, hard)) == 1
    assert "is no grade" in check.unenforced_rules[0].reason


def test_a_condition_has_to_be_met_in_the_same_block() -> None:
    check = compiled(rule("conditional", {"first": "Section", "second": "Summary:"}))
    assert [line for line, _, _ in alerts(check, "Section a\n\nSummary: b Section c\n")] == [1]


def test_an_exception_of_several_words_excuses_what_lies_inside_it_in_any_case() -> None:
    check = compiled(rule("existence", {"tokens": ["mea"], "exceptions": ["Mea Culpa"]}))
    assert [column for _, column, _ in alerts(check, "a mea culpa and mea alone")] == [17]


def test_accepted_words_do_not_excuse_marks() -> None:
    quoted = rule("existence", {"tokens": [r'"[^"]+"[.,]'], "nonword": True})
    assert len(alerts(compiled(quoted, vocabulary_accept=["plugh"]), 'Say "plugh", then')) == 1


def test_an_exception_that_brings_its_own_boundary_excuses_whole_words_only() -> None:
    check = compiled(rule("existence", {"tokens": [r"[A-Z]+[a-z]+\w*"], "exceptions": [r"\b[A-Z]{2,}s?"]}))
    assert [column for _, column, _ in alerts(check, "QZs and QZServer", "text")] == [9]


def test_accepted_words_excuse_what_is_substituted_with_or_without_boundaries() -> None:
    swap = {"swap": {"wibble ?pro": "Wobble"}, "ignorecase": True}
    for nonword in (False, True):
        check = compiled(rule("substitution", {**swap, "nonword": nonword}), vocabulary_accept=["wibble pro"])
        assert alerts(check, "the wibble pro and the wibblepro", "text") == [(1, 24, "Rule")]


@pytest.mark.parametrize(
    ("swap", "text", "columns"),
    [
        ({"QTK|Qtk": "QTK+"}, "QTK and QTK+ and Qtk+ and QTK-x", [1, 18, 27]),
        ({"fig": "fig."}, "see fig. 2 and fig 3", [16]),
        ({"fig": "fig.|figure"}, "see fig. 2 and fig 3", [16]),
        ({"pan": "pan(s)"}, "(the pan)", [6]),
    ],
)
def test_words_that_marks_complete_are_as_wanted(swap: dict[str, str], text: str, columns: list[int]) -> None:
    check = compiled(rule("substitution", {"swap": swap, "action": REPLACE}))
    assert [column for _, column, _ in alerts(check, text, "text")] == columns


@pytest.mark.parametrize(
    ("scope", "expected"),
    [(["heading", "topic"], [1]), ("heading & topic", None), ("doc(meta) x", None), ("~topic", [1, 3])],
)
def test_an_imported_rule_may_name_scopes_of_its_own(
    scope: str | list[str], expected: list[int] | None
) -> None:
    imported = rule("existence", {"tokens": ["zebra"], "scope": scope}, source_yaml="extends: existence")
    check = compiled(imported)
    if expected is None:
        assert "no text here has; it is kept, not enforced" in check.unenforced_rules[0].reason
    else:
        assert [line for line, _, _ in alerts(check, "# A zebra\n\nA zebra\n")] == expected


def test_an_edited_rule_may_not_name_a_scope_that_nobody_knows() -> None:
    check = compiled(rule("existence", {"tokens": ["zebra"], "scope": ["heading", "topic"]}))
    assert "“topic” is not a scope" in check.unenforced_rules[0].reason


def test_marks_that_stand_alone_are_told_apart_and_words_take_either_apostrophe() -> None:
    straight = rule("existence", {"tokens": ["'"], "nonword": True}, message="straight")
    curly = rule("existence", {"tokens": ["’"], "nonword": True}, message="curly")
    word = rule("existence", {"tokens": ["isn't"]}, message="word")
    found = alerts(compiled(straight, curly, word), "It's so, isn’t it", "text")
    assert found == [(1, 3, "straight"), (1, 10, "word"), (1, 13, "curly")]
    spaced = compiled(rule("existence", {"tokens": [" :"], "nonword": True}))
    assert [column for _, column, _ in alerts(spaced, "Prix\u00a0: dix, prix : dix", "text")] == [17]


def test_straight_and_curly_marks_in_one_text_are_inconsistent() -> None:
    check = compiled(rule("consistency", {"either": {"'": "’"}, "nonword": True}, message="%s"))
    assert alerts(check, "it's\n\nit’s\n", "text") == [(3, 3, "’")]
    assert alerts(check, "it's\n\nit's\n", "text") == []


@pytest.mark.parametrize(
    ("definition", "text", "messages"),
    [
        ({"swap": {"wish": "want"}, "ignorecase": True}, "Wish it. The Wish list", ["Want", "want"]),
        ({"swap": {"wish": "want"}, "ignorecase": True}, "# Wish\n\n- Wish\n", ["Want", "Want"]),
        ({"swap": {"fruitphone": "iFruit"}, "ignorecase": True}, "Fruitphone", ["iFruit"]),
        ({"swap": {"wish": "want"}, "ignorecase": True, "capitalize": True}, "The Wish", ["Want"]),
        ({"swap": {"wish": "want"}, "ignorecase": True, "capitalize": False}, "Wish", ["want"]),
        (
            {"swap": {"go into (.*) now": "go to $1 now"}, "ignorecase": True, "capitalize": True},
            "Go into X11 now",
            ["Go to X11 now"],
        ),
        (
            {"swap": {"once": "after", "Once": "As soon as"}, "ignorecase": True},
            "Once at once",
            ["As soon as", "after"],
        ),
    ],
)
def test_what_is_written_instead_begins_as_large_as_the_sentence_does(
    definition: dict[str, Any], text: str, messages: list[str]
) -> None:
    check = compiled(rule("substitution", {"action": REPLACE, **definition}, message="%s"))
    assert [message for _, _, message in alerts(check, text)] == [f"'{wanted}'" for wanted in messages]


def test_an_imported_rule_that_asks_for_nothing_is_kept_and_an_edited_one_is_wrong() -> None:
    for kind, definition in (
        ("existence", {"tokens": []}),
        ("occurrence", {"token": "x", "limit": 4}),
        ("substitution", {"swap": {}}),
    ):
        imported = compiled(rule(kind, definition, source_yaml=f"extends: {kind}"))
        assert "so it finds nothing; it is kept, not enforced" in imported.unenforced_rules[0].reason
        edited = compiled(rule(kind, definition))
        assert "is missing; a rule of kind" in edited.unenforced_rules[0].reason
    misspelt = compiled(rule("existence", {"token": ["x"]}, source_yaml="extends: existence"))
    assert "is missing; a rule of kind" in misspelt.unenforced_rules[0].reason

"""The style-rule check through its door: spans, severities, scopes, exceptions, what is not enforced."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copydesk.assets import PolicyAssets, parse_assets
from copydesk.assets.style_guide import StyleRule
from copydesk.checks.contract import Context, Finding, Outcome, Severity
from copydesk.checks.style_rules import StyleRulesCheck, compile_check, is_console_only, rule_problems
from copydesk.policy import CompiledPolicy


def rule(kind: str, definition: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "rule", "title": "A rule", "kind": kind, "definition": definition, **more}


def assets(*rules: dict[str, Any], **guide: Any) -> PolicyAssets:
    numbered = [{**item, "id": f"r{number}"} for number, item in enumerate(rules)]
    return parse_assets({"style_guide": {"house": {"title": "House", "rules": numbered, **guide}}})


def compiled(*rules: dict[str, Any], **guide: Any) -> StyleRulesCheck:
    return compile_check(assets(*rules, **guide), {})


def found(check: StyleRulesCheck, text: str, markup: str = "text", **context: Any) -> list[str]:
    return [quote(text, item) for item in check.run_markup(text, Context(**context), markup).findings]


def quote(text: str, finding: Finding) -> str:
    assert finding.span is not None
    return text[finding.span.start : finding.span.end]


MANY = (
    rule("existence", {"tokens": ["very", r"\w+ly", "colou?r", r"\bx"], "ignorecase": True}),
    rule("existence", {"nonword": True, "tokens": [r"\s+", r"(?<=a).", "[^a-z]+"]}),
    rule("existence", {"scope": "sentence", "tokens": [r"^\w+", r"\w+$"]}),
    rule("existence", {"scope": ["heading", "list & ~blockquote", "raw"], "tokens": ["a", "é+"]}),
    rule("substitution", {"swap": {"cannot": "can't", r"(\d+) ?x": "$1 ×"}, "ignorecase": True}),
    rule("occurrence", {"token": "e", "max": 2, "min": 1}),
    rule("occurrence", {"token": r"\b(\w+)\b", "max": 3, "scope": "sentence"}),
    rule("repetition", {"tokens": [r"[^\s]+"], "ignorecase": True}),
    rule("repetition", {"tokens": ["a+|b+"]}),
    rule("consistency", {"either": {"grey": "gray", "a": "b"}}),
    rule("conditional", {"first": r"\b([A-Z]{2,5})\b", "second": r"\(([A-Z]{2,5})\)"}),
    rule("capitalization", {"match": "$title"}),
    rule("metric", {"formula": "words / sentences", "condition": "> 1"}),
)
WORST = "İIıßẞﬁ😀👩‍👩‍👧 é e\u0301 ΣΣς ſK\u212a very veryly\nVERY “grey” gray 3x `a` # a\n\n- a\n> a\n"


@pytest.fixture(scope="module")
def many() -> StyleRulesCheck:
    check = compiled(*MANY, vocabulary_reject=["C++", "ß"], vocabulary_accept=["MongoDB"])
    assert check.unenforced_rules == ()
    return check


TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="aAeé İß😀*_`#>-[]()!|<>&;.\n \u200b\ud800\x00\r", max_size=80),
    st.lists(
        st.sampled_from(
            ["very ", "grey ", "gray ", "NASA ", "# ", "- ", "\n\n", "<p>", "</p>", "&amp;", "[a](b)", "`c`"]
        ),
        max_size=20,
    ).map("".join),
)


@given(text=TEXTS, markup=st.sampled_from(["text", "markdown", "html", "json"]))
@example(text=WORST, markup="text")
@example(text=WORST, markup="markdown")
@example(text=WORST, markup="html")
@example(text="", markup="markdown")
def test_every_span_lies_inside_the_text(many: StyleRulesCheck, text: str, markup: str) -> None:
    result = many.run_markup(text, Context(), markup)
    assert result.outcome is not Outcome.NOT_RUN
    for finding in result.findings:
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(text)


@given(before=TEXTS.filter(lambda text: not (text[-1:].isalnum() or text.endswith("_"))))
def test_a_word_is_found_at_its_very_place_after_any_text(before: str) -> None:
    check = compiled(rule("existence", {"tokens": ["zebrafish"]}))
    text = before.replace("`", "").replace("@", "").replace("://", "").replace("www", "") + "\u2003zebrafish"
    assert found(check, text) == ["zebrafish"]


@pytest.mark.parametrize(
    ("tokens", "text", "expected"),
    [
        (["café"], "ein café hier", ["café"]),
        (["caf"], "ein café hier", []),
        ([r"caf\w"], "ein café hier", ["café"]),
        ([r"\w+ly"], "naïvely done", ["naïvely"]),
        ([r"[A-Z]{3,4}"], "ÉTAT und NASA", ["NASA"]),
        (["don't"], "I don’t know", ["don’t"]),
        (["don’t"], "I don't know", []),
        (["10 kg"], "about 10\u00a0kg", ["10\u00a0kg"]),
        (["art"], "artist art smartart", ["art"]),
        (["smart", "smart art"], "a smart art", ["smart"]),
        (["smart art", "smart"], "a smart art", ["smart art"]),
        ([r"foo(?=\.)"], "foo. foo", ["foo"]),
        ([r"foo(?!\.)"], "foo. foo", ["foo"]),
        ([r"good|bad(?! luck)"], "bad day, bad luck", ["bad"]),
        (["go+d", "gold"], "gold good", ["gold", "good"]),
        (["it is", "e-mail"], "it, is it-is it is e mail e-mail", ["it is", "e-mail"]),
        (["we", "us"], ";we;us\u2014we\u00a0us_ éwe", ["we", "us", "we"]),
        (["We", "us"], "we We US us", ["We", "us"]),
        ([r"\beg", ";", "we"], "egg leg eg;we", ["eg", ";", "we"]),
        (["ok"], "o\u212a \u212aok ok", ["ok"]),
    ],
)
def test_words_and_patterns_are_matched_with_boundaries_of_every_script(
    tokens: list[str], text: str, expected: list[str]
) -> None:
    assert found(compiled(rule("existence", {"tokens": tokens})), text) == expected


@given(
    tokens=st.lists(
        st.sampled_from(["ab", "abc", "a", "b+c", "[ab]+", "c", "bc?", "ca", "a(?:b|c)", r"\w"]),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    text=st.text(alphabet="abc ", max_size=14),
    nonword=st.booleans(),
)
def test_a_rule_matches_as_one_alternation_would(tokens: list[str], text: str, nonword: bool) -> None:
    import re

    body = "|".join(f"(?:{token})" for token in tokens)
    oracle = re.compile(body if nonword else rf"\b(?:{body})\b")
    check = compiled(rule("existence", {"tokens": tokens, "nonword": nonword}))
    assert found(check, text) == [match.group() for match in oracle.finditer(text)]


def test_the_hostile_pattern_takes_work_in_proportion_to_the_text() -> None:
    check = compiled(rule("existence", {"nonword": True, "tokens": ["(a+)+$"]}))
    assert found(check, "a" * 50_000 + "!") == []
    assert found(check, "a" * 50_000) == ["a" * 50_000]


def test_a_rule_only_backtracking_can_run_is_listed_and_runs_in_the_console() -> None:
    content = assets(rule("existence", {"tokens": [r"(\w)\1{2,}"]}))
    (unenforced,) = compile_check(content, {}).unenforced_rules
    assert unenforced.rule_id == "house/r0"
    assert "back-reference" in unenforced.reason
    console = compile_check(content, {}, backtracking=True)
    assert console.unenforced_rules == ()
    assert not console.deterministic
    assert found(console, "well hmmm") == []
    assert found(console, "zzz top") == ["zzz"]


def test_a_console_pattern_that_runs_out_of_time_is_not_run_and_never_a_pass() -> None:
    content = assets(rule("existence", {"nonword": True, "tokens": [r"(?:(x+)+)+\1[0-9]"]}))
    result = compile_check(content, {}, backtracking=True).run("x" * 5000, Context())
    assert result.outcome is Outcome.NOT_RUN
    assert result.reason is not None
    assert "house/r0" in result.reason


def test_the_time_limit_of_a_console_pattern_counts_all_paragraphs_of_a_text() -> None:
    content = assets(rule("existence", {"nonword": True, "tokens": [r"(x+x+)+\1y"]}))
    check = compile_check(content, {}, backtracking=True)
    assert check.run("\n\n".join(["x" * 12] * 4000), Context()).outcome is Outcome.NOT_RUN


def test_rules_that_are_not_enforced_are_named_beside_what_the_others_say() -> None:
    broken, kept = rule("existence", {"tokens": ["a["]}), rule("sequence", {"tokens": [{"tag": "NN"}]})
    result = compiled(broken, kept, rule("existence", {"tokens": ["bad"]})).run("good", Context())
    assert result.outcome is Outcome.PASS
    assert result.reason == "2 rules are not enforced: house/r0, house/r1"
    assert compiled(rule("existence", {"tokens": ["bad"]})).run("good", Context()).reason is None


def test_a_check_none_of_whose_rules_can_run_says_so_instead_of_passing() -> None:
    result = compiled(*[rule("script", {"script": "x"})] * 7).run("good", Context())
    assert result.outcome is Outcome.NOT_RUN
    assert result.reason is not None
    assert result.reason.startswith("7 rules are not enforced: house/r0, ")
    assert result.reason.endswith(" and 2 more")
    assert compiled().run("good", Context()).outcome is Outcome.PASS


def test_a_policy_judges_by_console_patterns_in_the_console_only() -> None:
    content = assets(rule("existence", {"tokens": [r"(\w+) \1"]}), rule("existence", {"tokens": ["bad"]}))
    console = CompiledPolicy.compile(content, only=["style_rules"])
    runtime = CompiledPolicy.compile(content, only=["style_rules"], enforced_at="runtime")
    assert [finding.rule_id for finding in console.check("the the bad").findings] == ["house/r0", "house/r1"]
    assert [finding.rule_id for finding in runtime.check("the the bad").findings] == ["house/r1"]
    assert "regex/" in console.engines[0].engine
    assert "regex/" not in runtime.engines[0].engine
    assert runtime.check("the the").results[0].reason == "1 rule is not enforced: house/r0"


@pytest.mark.parametrize("token", [r"(\w+)\2", r"\1"])
def test_a_pattern_that_no_engine_can_run_is_not_promised_to_the_console(token: str) -> None:
    broken = StyleRule.model_validate(rule("existence", {"tokens": [token]}))
    assert not is_console_only(broken)
    assert "no other engine" in rule_problems(broken)[0].message


@pytest.mark.parametrize("kind", ["sequence", "script"])
def test_kinds_that_are_only_kept_are_listed_with_the_reason(kind: str) -> None:
    (unenforced,) = compiled(rule(kind, {"tokens": [{"tag": "NN"}]})).unenforced_rules
    assert "kept, not enforced" in unenforced.reason


def test_one_broken_rule_does_not_stop_the_others() -> None:
    check = compiled(rule("existence", {"tokens": ["a["]}), rule("existence", {"tokens": ["bad"]}))
    assert [item.rule_id for item in check.unenforced_rules] == ["house/r0"]
    assert found(check, "bad") == ["bad"]


def test_the_editors_severity_wins_over_the_level_of_the_source() -> None:
    definition = {"tokens": ["bad"], "level": "error"}
    plain = compiled(rule("existence", definition))
    chosen = compiled(rule("existence", definition, severity="info"))
    assert plain.run("bad", Context()).findings[0].severity is Severity.ERROR
    assert chosen.run("bad", Context()).findings[0].severity is Severity.INFO


def test_a_rule_weighs_for_each_audience_what_it_says() -> None:
    weights = {"students": "off", "press": "error", "staff": "info"}
    check = compiled(
        rule("existence", {"tokens": ["bad"]}, severity_by_audience=weights),
        rule("existence", {"tokens": ["worse"]}),
    )
    found = {
        audience: [
            (f.rule_id, f.severity.value)
            for f in check.run("bad, worse", Context(audience=audience)).findings
        ]
        for audience in (None, "students", "press", "staff", "others")
    }
    assert found == {
        None: [("house/r0", "warning"), ("house/r1", "warning")],
        "students": [("house/r1", "warning")],
        "press": [("house/r0", "error"), ("house/r1", "warning")],
        "staff": [("house/r0", "info"), ("house/r1", "warning")],
        "others": [("house/r0", "warning"), ("house/r1", "warning")],
    }
    assert check.run("bad", Context(audience="press")).outcome is Outcome.FAIL


def test_rules_without_severities_per_audience_are_written_as_before() -> None:
    plain = StyleRule.model_validate(rule("existence", {"tokens": ["bad"]}))
    assert "severity_by_audience" not in plain.to_json()
    weighed = plain.model_copy(update={"severity_by_audience": {"press": Severity.ERROR, "staff": "off"}})
    assert weighed.to_json()["severity_by_audience"] == {"press": "error", "staff": "off"}
    with pytest.raises(ValueError, match="'huge' is no severity; write info, warning, error, blocker or off"):
        StyleRule.model_validate({**plain.to_json(), "severity_by_audience": {"press": "huge"}})


def test_the_message_names_what_was_found_and_the_suggestion_replaces_it() -> None:
    check = compiled(
        rule(
            "substitution",
            {"swap": {"utilise": "use|employ"}, "action": {"name": "replace"}, "ignorecase": True},
            message="Write '%s', not '%s'.",
        )
    )
    (finding,) = check.run("Utilise it", Context()).findings
    assert finding.message == "Write 'Use' or 'Employ', not 'Utilise'."
    assert finding.suggestion == "Use"
    assert finding.evidence["options"] == ["Use", "Employ"]


@pytest.mark.parametrize(
    ("action", "text", "suggestion"),
    [
        ({"name": "remove"}, "very", ""),
        ({"name": "replace", "params": ["quite"]}, "very", "quite"),
        ({"name": "edit", "params": ["regex", "[aeiou]", "_"]}, "very", "v_ry"),
        ({"name": "edit", "params": ["replace", "ver", "man"]}, "very", "many"),
        ({"name": "edit", "params": ["trim_right", "y"]}, "very", "ver"),
        ({"name": "edit", "params": ["trim_left", "v"]}, "very", "ery"),
        ({"name": "edit", "params": ["split", "e", "1"]}, "very", "ry"),
        ({"name": "edit", "params": ["truncate", "r"]}, "very", "ve"),
    ],
)
def test_actions_make_the_suggestion(action: dict[str, Any], text: str, suggestion: str) -> None:
    check = compiled(rule("existence", {"tokens": ["very"], "action": action}))
    assert check.run(text, Context()).findings[0].suggestion == suggestion


def test_an_exception_covers_a_hit_inside_it_but_not_others() -> None:
    check = compiled(rule("existence", {"tokens": ["simple"], "exceptions": ["simple syrup"]}))
    text = "simple syrup is simple"
    assert [item.span.start for item in check.run(text, Context()).findings if item.span] == [16]


def test_the_limit_bounds_the_findings_of_a_rule() -> None:
    check = compiled(rule("existence", {"tokens": ["bad"], "limit": 2}))
    assert len(found(check, "bad bad bad bad")) == 2


def test_markdown_places_point_into_the_source() -> None:
    check = compiled(rule("existence", {"tokens": ["bad", "worse &"], "nonword": True}))
    text = (
        "# A **bad** [bad](bad.html 'bad') one\n\n> \\*bad\\* and ![bad](bad.png)\n> bad `bad`\n\n"
        "| bad |\n|---|\n| worse &amp; |\n"
    )
    assert found(check, text, "markdown") == ["bad", "bad", "bad", "bad", "bad", "bad", "worse &amp;"]


def test_html_places_point_into_the_source() -> None:
    check = compiled(
        rule("existence", {"tokens": ["bad"]}),
        rule("existence", {"scope": "heading.h2", "tokens": ["worse"]}),
    )
    text = "<h2 class=bad>bad worse</h2><p>a\n<b>bad</b> worse</p><code>bad</code><script>bad</script>"
    assert found(check, text, "html") == ["bad", "worse", "bad"]


def test_a_text_of_many_words_that_hit_is_still_ordered_by_place() -> None:
    check = compiled(rule("existence", {"tokens": ["b"]}), rule("existence", {"tokens": ["a"]}))
    assert found(check, "a b a b") == ["a", "b", "a", "b"]

"""Spelling rules: with a dictionary they find, without one they say so."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.assets import parse_assets
from copydesk.checks.contract import Context
from copydesk.checks.style_rules import StyleRulesCheck, compile_check


def compiled(definition: dict[str, Any], **guide: Any) -> StyleRulesCheck:
    rule = {
        "id": "spelling",
        "title": "Spelling",
        "kind": "spelling",
        "message": "'%s' is not in the dictionary.",
        "definition": definition,
    }
    return compile_check(
        parse_assets({"style_guide": {"house": {"title": "House", "rules": [rule], **guide}}}), {}
    )


def test_a_language_without_a_dictionary_is_listed_as_not_enforced() -> None:
    (unenforced,) = compiled({"language": "tlh"}).unenforced_rules
    assert "no dictionary for the language 'tlh'" in unenforced.reason


def test_unknown_words_are_found_with_the_nearest_known_one() -> None:
    pytest.importorskip("spellchecker")
    text = "The jackett is warm and the tent’s poles don't break."
    (finding,) = compiled({}).run(text, Context()).findings
    assert finding.message == "'jackett' is not in the dictionary."
    assert finding.suggestion == "jacket"
    assert finding.span is not None
    assert text[finding.span.start : finding.span.end] == "jackett"


def test_accepted_words_names_code_and_filtered_words_are_left_alone() -> None:
    pytest.importorskip("spellchecker")
    check = compiled(
        {"filters": ["zz[a-z]+"], "ignore": ["gorpcore"]}, vocabulary_accept=["Gimmel"], vocabulary_reject=[]
    )
    assert check.run("Gimmel gorpcore zzblorp GTX iPhone `frobnix` a@frobnix.io", Context()).findings == ()


def found(definition: dict[str, Any], text: str) -> list[str]:
    return [finding.message.split("'")[1] for finding in compiled(definition).run(text, Context()).findings]


def test_a_filter_skips_every_word_that_it_occurs_in() -> None:
    pytest.importorskip("spellchecker")
    assert found({"filters": ["blorp"]}, "The zzblorping and the wobblix") == ["wobblix"]
    assert found({"filters": ["^blorp"]}, "The zzblorp") == ["zzblorp"]


def test_words_with_digits_or_underscores_are_names() -> None:
    pytest.importorskip("spellchecker")
    assert found({}, "Set wobblx8s, 8zzblorp and max_wobblx to wobblx") == ["wobblx"]


def test_the_parts_of_a_compound_are_looked_at_only_by_a_rule_with_filters_of_its_own() -> None:
    pytest.importorskip("spellchecker")
    text = "A red-wobblx, wobblx-proof and wobblx - no"
    assert found({}, text) == ["wobblx"]
    assert found({"custom": True}, text) == ["wobblx", "wobblx", "wobblx"]


def test_a_rule_with_filters_of_its_own_reads_acronyms_and_mixed_case_too() -> None:
    pytest.importorskip("spellchecker")
    text = "The WOBLX and the zzBlorp"
    assert found({}, text) == []
    assert found({"custom": True}, text) == ["WOBLX", "zzBlorp"]
    assert found({"custom": True, "filters": ["[A-Z]+$"]}, text) == ["zzBlorp"]


def test_a_dictionary_may_name_the_language() -> None:
    pytest.importorskip("spellchecker")
    assert found({"dictionaries": ["de_DE"]}, "Die Jakce hält warm") == ["Jakce"]
    assert found({"dictionaries": ["medical", "en_US"]}, "The jackett is warm") == ["jackett"]


def test_an_accepted_phrase_accepts_its_words_only_together() -> None:
    pytest.importorskip("spellchecker")
    check = compiled({}, vocabulary_accept=["zzblorp wobblix"])
    text = "A Zzblorp wobblix, and a wobblix alone, no zzblorp\twobblix"
    spans = [finding.span for finding in check.run(text, Context()).findings]
    assert [span.start for span in spans if span is not None] == [25, 43, 51]


def test_a_rule_may_look_at_the_parts_of_names() -> None:
    pytest.importorskip("spellchecker")
    text = "Call opeenFile, HTTPServr, max_wobblx, well-knwon and getElementById v2"
    assert found({"split": True}, text) == ["opeen", "Servr", "wobblx", "knwon"]
    assert found({}, text) == []

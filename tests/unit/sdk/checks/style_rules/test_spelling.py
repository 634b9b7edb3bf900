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

"""Word forms of terms: what the dictionary lists and nobody means is left out."""

from __future__ import annotations

import pytest

from copydesk.assets.glossary import Term, TermStatus
from copydesk.checks.inflection import expand_term


def forms(term: str, language: str = "en") -> set[str]:
    return set(expand_term(Term(id="t", term=term, status=TermStatus.FORBIDDEN, language=language)))


@pytest.mark.parametrize(("term", "other"), [("will", "would"), ("Can", "could"), ("wrong", "worst")])
def test_another_word_is_no_form_of_the_term(term: str, other: str) -> None:
    assert other not in {form.lower() for form in forms(term)}


def test_the_forms_people_mean_are_there() -> None:
    assert {"bought", "buying", "buys"} <= forms("buy")
    assert "Rabatte" in forms("Rabatt", "de")

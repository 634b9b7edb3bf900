"""Inclusive language beyond its rule file's cases (tests/rules/inclusive_language.yml)."""

from __future__ import annotations

import pytest

from copydesk.assets import PolicyAssets
from copydesk.checks.contract import Context, Outcome
from copydesk.checks.inclusive_language import compile_check


@pytest.mark.parametrize("locale", ["de-DE", "fr", "enm"])
def test_a_text_of_another_language_is_not_run_and_the_reason_names_its_locale(locale: str) -> None:
    result = compile_check(PolicyAssets(), {}).run("Eine lame Ente, das ist crazy.", Context(locale=locale))
    assert result.outcome is Outcome.NOT_RUN
    assert result.findings == ()
    assert locale in str(result.reason)


@pytest.mark.parametrize("locale", [None, "en", "en-GB", "EN-us"])
def test_english_texts_are_read_whatever_the_country(locale: str | None) -> None:
    result = compile_check(PolicyAssets(), {}).run("What a crazy idea.", Context(locale=locale))
    assert [finding.rule_id for finding in result.findings] == ["ablist/crazy"]

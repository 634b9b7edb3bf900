"""Whatever the text: no check of the runtime tier raises, and every span lies inside it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.assets import parse_assets
from copydesk.checks.contract import Context, Outcome, Verdict
from copydesk.checks.wire import verdict_from_json, verdict_to_json
from copydesk.policy import CompiledPolicy

CHECKS = ("limits", "glossary", "personal_data", "inclusive_language", "injection")
RULES = Path(__file__).parents[3] / "rules"
PIECES = [
    "outlet", "ОUTLET", "0utl3t", "o u t l e t", "out-let", "free gift", "fr33 gift", "café", "cafe\u0301",
    "\ud800", "\udfff", "\x00", "\x1e", "\u202e", "\u200b", "\u00ad", "\u0336", "İ", "ß", "ﬁ", "👩‍👩‍👧", "🇬🇧",
    "jo@example.com", "jo [at] example [dot] com", "+44 20 7946 0732", "4044 5166 9156 4046",
    "GB40HNJM70312256204685", "29.135.186.118", "::1", "https://evil.example/", "{{ x }}", "[NAME]", "**b**",
    "<b>", "crazy", "chairman", "\n", "\r\n", "\n\n", "  ", "\t", ".", "…", "!", "-", "·", "日本語", "مرحبا",
]  # fmt: skip
texts = st.one_of(
    st.text(st.characters(codec=None)),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=25).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
)


@pytest.fixture(scope="module")
def policy() -> CompiledPolicy:
    assets: dict[str, dict[str, Any]] = {}
    for check in CHECKS:
        data = yaml.safe_load((RULES / f"{check}.yml").read_text(encoding="utf-8"))
        for kind, named in data.get("assets", {}).items():
            assets.setdefault(kind, {}).update({f"{check}-{name}"[:60]: item for name, item in named.items()})
    return CompiledPolicy.compile(parse_assets(assets), only=CHECKS)


def assert_sound(text: str, verdict: Verdict) -> None:
    for result in verdict.results:
        assert result.outcome is not Outcome.NOT_RUN, (result.check, result.reason)
    for finding in verdict.findings:
        if finding.span is not None:
            assert 0 <= finding.span.start < finding.span.end <= len(text), finding


@settings(deadline=None, max_examples=300)
@given(text=texts, channel=st.sampled_from(["push", "email", "chat", "web", None]))
def test_every_span_lies_inside_the_text(policy: CompiledPolicy, text: str, channel: str | None) -> None:
    context = Context(channel=channel, prompt="limits-headline", variables={"v": text, "w": [text]})
    verdict = policy.check(text, context)
    assert_sound(text, verdict)
    assert verdict_from_json(verdict_to_json(verdict)) == verdict


@pytest.mark.parametrize(
    "text",
    [
        *("a", "é", "a-", "é-", "0utlet ", "outlet ", "o ", ".", "!", "\n", "\n ", " ", "1", "1.", "@", "a@"),
        *("(", "[", "{{", "<a ", "*", "**", "_", "\u200b", "\u0336", "\ud800", "🇬", "+44 ", "www.", "//"),
        *("a.", "GB40", ":", "1:"),
    ],
)
def test_a_very_long_line_is_checked_in_one_pass(policy: CompiledPolicy, text: str) -> None:
    line = (text * 200_000)[:200_000]
    assert_sound(line, policy.check(line, Context(channel="email", variables={"v": line[:20_000]})))


def test_a_compiled_policy_may_be_shared_between_threads(policy: CompiledPolicy) -> None:
    text = "Our 0utlet and café: a crazy deal, call +44 20 7946 0732."
    expected = policy.check(text)
    different: list[Verdict] = []

    def work() -> None:
        different.extend(v for v in (policy.check(text) for _ in range(50)) if v != expected)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not different
    assert expected.is_blocked

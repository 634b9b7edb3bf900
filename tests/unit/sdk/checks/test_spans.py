"""What a finding marks is in the text and is what it was found for, whatever stands before and after it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.checks.contract import Context, Finding, Outcome
from tests.rules.test_rules import FILES, compiled, load
from tests.unit.sdk.checks.test_any_text import PIECES

# Checks that judge phrase by phrase: what stands in another paragraph changes nothing.
PHRASE_BY_PHRASE = ("glossary", "inclusive_language", "personal_data", "facts")
ODD = [
    *("İİİ", "ﬁﬂ ß", "👩‍👩‍👧‍👦", "🏴\U000e0067\U000e0062\U000e007f", "e\u0301\u0336", "\u202eabc\u202c"),
    *("\ud800 \udc00", "\x1c\x1d", "\x85", "ΐ"),
    *("\x00\x01", "\ufeff", "\u200b\u200c", "한글", "日本", "مرحبا", "ǅ ŉ ẞ", "ΌΣΟΣ", "\u2028"),
]  # fmt: skip
odd_texts = st.lists(
    st.one_of(st.sampled_from(ODD), st.text(st.characters(codec=None), max_size=4)), max_size=6
)


def positives(check: str) -> list[dict[str, Any]]:
    (path,) = [path for path in FILES if path.stem == check]
    return load(path)["positives"]


def context_of(case: dict[str, Any]) -> Context:
    known = dict(case.get("context", {}))
    known["must_mention"] = tuple(known.get("must_mention", ()))
    return Context(**known)


def findings_of(check: str, text: str, context: Context) -> tuple[Finding, ...]:
    (path,) = [path for path in FILES if path.stem == check]
    (result,) = compiled(path).check(text, context).results
    if result.outcome is Outcome.NOT_RUN:
        assert "failed:" not in (result.reason or ""), result.reason
    for finding in result.findings:
        if finding.span is not None:
            assert 0 <= finding.span.start < finding.span.end <= len(text), finding
    return result.findings


def marked(text: str, findings: tuple[Finding, ...]) -> Counter[tuple[str, str]]:
    return Counter((f.rule_id, text[f.span.start : f.span.end]) for f in findings if f.span is not None)


@pytest.mark.parametrize("check", [path.stem for path in FILES])
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_spans_of_every_check_lie_inside_odd_texts(check: str, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(positives(check)))
    parts = data.draw(
        st.lists(st.one_of(odd_texts.map("".join), st.sampled_from([*PIECES, case["text"]])), max_size=6)
    )
    findings_of(check, " ".join(parts), context_of(case))


@pytest.mark.parametrize("check", PHRASE_BY_PHRASE)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_odd_paragraphs_around_a_finding_move_it_and_change_nothing_else(
    check: str, data: st.DataObject
) -> None:
    case = data.draw(st.sampled_from(positives(check)))
    before, after = (" ".join(data.draw(st.lists(st.sampled_from(ODD), max_size=5))) for _ in range(2))
    context = context_of(case)
    # Whether accents are a disguise is for the whole text to say.
    alone = tuple(f for f in findings_of(check, case["text"], context) if not f.evidence.get("disguised"))
    text = f"{before}\n\n{case['text']}\n\n{after}"
    framed = findings_of(check, text, context)
    assert marked(text, framed) >= marked(case["text"], alone)
    shift = len(before) + 2
    places = {(f.rule_id, f.span.start, f.span.end) for f in framed if f.span}
    for finding in alone:
        if finding.span is not None:
            assert (finding.rule_id, finding.span.start + shift, finding.span.end + shift) in places

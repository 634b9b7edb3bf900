"""What the personal-data check says never repeats the value it found."""

from __future__ import annotations

import pytest

from copydesk.assets import PolicyAssets
from copydesk.checks.contract import Outcome, Span
from copydesk.checks.personal_data import mask_personal_data
from copydesk.checks.wire import verdict_to_json
from copydesk.policy import CompiledPolicy

VALUES = {
    "email": "jo.smith@example.com",
    "phone": "+44 20 7946 0732",
    "card": "4044 5166 9156 4046",
    "iban": "GB40HNJM70312256204685",
    "ip_address": "29.135.186.118",
    "us_ssn": "547-10-9577",
    "uk_nino": "JG103759A",
}


@pytest.mark.parametrize(("kind", "value"), VALUES.items())
def test_a_finding_masks_the_value(kind: str, value: str) -> None:
    text = f"Yours: {value}, please."
    verdict = CompiledPolicy.compile(PolicyAssets(), only=["personal_data"]).check(text)
    (finding,) = verdict.findings
    assert verdict.outcome is Outcome.FAIL
    assert (finding.rule_id, finding.span) == (kind, Span(7, 7 + len(value)))
    said = str(verdict_to_json(verdict))
    assert value not in said
    assert value.replace(" ", "")[:10] not in said


def test_masking_leaves_the_rest_of_the_text() -> None:
    assert mask_personal_data("Call +44 20 7946 0732 or write to jo@example.com!") == (
        "Call ••••32 or write to j…@…!"
    )
    assert mask_personal_data("Nothing here.") == "Nothing here."

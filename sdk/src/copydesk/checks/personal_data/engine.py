"""Personal data in a text: e-mail addresses, phone numbers, cards, accounts, national numbers, IP addresses.

What the company publishes about itself is no personal data: values that stand in verified text facts, in
approved fallback copy, or in a variable that its prompt does not declare personal are let through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from copydesk.assets import PolicyAssets
from copydesk.assets.fact_sheet import FactStatus, TextValue
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Severity,
    outcome_of,
)
from copydesk.checks.masking import hide_span
from copydesk.checks.personal_data.national_numbers import LABELS as NATIONAL_LABELS
from copydesk.checks.personal_data.values import (
    ENGINE_VERSION,
    KEPT_AT_END,
    PersonalValue,
    find_personal_values,
    mask_value,
)

NAME = "personal_data"

_LABELS: Final[Mapping[str, str]] = {
    "email": "an e-mail address",
    "phone": "a phone number",
    "card": "a payment card number",
    "iban": "a bank account number (IBAN)",
    "ip_address": "an IP address",
    **NATIONAL_LABELS,
}
_NOT_KEPT: Final = re.compile(r"[^\w@+.]|(?<=\d)[.](?=\d)")


class PersonalDataCheck:
    """Finds personal data by pattern and checksum; what it says of a value is masked."""

    name = NAME
    cost = Cost.RUNTIME
    deterministic = True
    reads = frozenset({"fact_sheet", "fallbacks", "prompt"})

    def __init__(self, assets: PolicyAssets) -> None:
        """Collect the company's own published contact data."""
        self.engine = EngineInfo(NAME, "stdnum+phonenumbers", ENGINE_VERSION)
        self._published = frozenset(
            key
            for text in _published_texts(assets)
            for value in find_personal_values(text)
            for key in _keys(value)
        )
        self._personal = {
            name: frozenset(variable.name for variable in prompt.variables if variable.is_personal)
            for name, prompt in assets.prompt.items()
        }

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one text; the context's locale says whose phone numbers to expect."""
        values = find_personal_values(text, context.locale)
        if not values:
            return CheckResult(NAME, outcome_of(()))
        given = self._given(context)
        findings = tuple(
            _finding(value)
            for value in values
            if self._published.isdisjoint(_keys(value)) and given.isdisjoint(_keys(value))
        )
        return CheckResult(NAME, outcome_of(findings), findings)

    def _given(self, context: Context) -> frozenset[str]:
        """Return the values of the variables that the prompt declares not personal."""
        personal = self._personal.get(context.prompt or "")
        if personal is None:
            return frozenset()
        return frozenset(
            key
            for name, given in context.variables.items()
            if name not in personal and isinstance(given, str)
            for value in find_personal_values(given, context.locale)
            for key in _keys(value)
        )


def compile_check(assets: PolicyAssets, heads: Mapping[str, bytes]) -> PersonalDataCheck:  # noqa: ARG001 - contract
    """Compile the check from what a policy publishes of the company; it has no trained heads."""
    return PersonalDataCheck(assets)


def mask_personal_data(text: str, locale: str | None = None) -> str:
    """Return the text with every personal value masked, for calls to providers and quotes.

    Args:
        text: any string.
        locale: whose phone numbers to expect, such as `en-GB`; None: those of the US, the UK and Germany.
    """
    parts: list[str] = []
    position = 0
    for value in find_personal_values(text, locale):
        parts += (text[position : value.span.start], mask_value(value))
        position = value.span.end
    return "".join([*parts, text[position:]])


def hide_personal_data(text: str, locale: str | None = None) -> str:
    """Return a text of the same length with its personal values hidden, so that places in it still hold.

    Args:
        text: any text.
        locale: whose phone numbers to expect, such as `en-GB`; None: those of the US, the UK and Germany.
    """
    for value in find_personal_values(text, locale):
        is_address = value.kind == "email"
        text = hide_span(text, value.span, first=int(is_address), last=KEPT_AT_END.get(value.kind, 0))
    return text


def _finding(value: PersonalValue) -> Finding:
    masked = mask_value(value)
    return Finding(
        check=NAME,
        rule_id=value.kind,
        severity=Severity.ERROR,
        message=f"Holds {_LABELS[value.kind]} ({masked}).",
        span=value.span,
        evidence={"kind": value.kind, "masked": masked},
    )


def _published_texts(assets: PolicyAssets) -> list[str]:
    texts = [
        fact.value.text
        for sheet in assets.fact_sheet.values()
        for fact in sheet.facts
        if isinstance(fact.value, TextValue) and fact.status is FactStatus.VERIFIED
    ]
    # A bare number is only taken for a phone number near a word that says so: facts get one.
    texts += [f"phone {text}" for text in texts]
    texts += [item.text for fallbacks in assets.fallbacks.values() for item in fallbacks.fallbacks]
    return texts


def _keys(value: PersonalValue) -> tuple[str, ...]:
    """Return what a value is compared by: phone numbers by their last nine digits, the rest as written."""
    plain: Any = _NOT_KEPT.sub("", value.text.lower())
    if value.kind == "phone":
        digits = re.sub(r"\D", "", plain)
        return (f"phone:{digits[-9:]}",)
    return (f"{value.kind}:{plain}",)

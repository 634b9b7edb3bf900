"""Findings that a labelled case says are wrong, so that nobody is asked to say so twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from copydesk.checks.contract import Finding
from models import LabelledCase

AS_FOUND: Mapping[str, str] = MappingProxyType({})


def finding_key(finding: Finding) -> str:
    """Return what names a finding in addresses: its check, its rule and where it begins."""
    return f"{finding.check}:{finding.rule_id}:{finding.span.start if finding.span else ''}"


def labelled_as_wrong(
    session: Session,
    policy_id: int,
    text: str,
    findings: Sequence[Finding],
    *,
    sample_id: int | None = None,
    names: Mapping[str, str] = AS_FOUND,
) -> dict[str, int]:
    """Return the number of the case that says of a finding that it is wrong, by the finding's key.

    Args:
        text: the very text that the findings are in.
        sample_id: the sample that the text is from; cases labelled from it count with any text.
        names: what a check is called by labelled cases where findings call it otherwise.
    """
    is_of_text = LabelledCase.text == text
    if sample_id is not None:
        is_of_text = or_(is_of_text, LabelledCase.sample_id == sample_id)
    statement = (
        select(LabelledCase)
        .where(LabelledCase.policy_id == policy_id, is_of_text)
        .where(LabelledCase.expects_finding.is_(False), LabelledCase.withdrawn_at.is_(None))
        .order_by(LabelledCase.number)
    )
    cases = session.scalars(statement).all() if findings else ()
    return {
        finding_key(finding): case.number
        for finding in findings
        for case in cases
        if case.check == names.get(finding.check, finding.check)
        and case.rule in {None, finding.rule_id}
        and (finding.span is None or case.span_start in {None, finding.span.start})
    }

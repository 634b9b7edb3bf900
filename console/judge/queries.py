"""Reads of measurements of agreement."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.judge.agreement import from_json
from models import JudgeAgreement, WorkState

OPEN = (WorkState.QUEUED, WorkState.RUNNING)


def last_agreement(session: Session, policy_id: int) -> JudgeAgreement | None:
    """Return the newest measurement of a policy's judge, whatever became of it."""
    statement = (
        select(JudgeAgreement)
        .where(JudgeAgreement.policy_id == policy_id)
        .order_by(JudgeAgreement.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def agreement_of(session: Session, policy_id: int, judge_sha256: str) -> JudgeAgreement | None:
    """Return the newest finished measurement of exactly this judge."""
    statement = (
        select(JudgeAgreement)
        .where(
            JudgeAgreement.policy_id == policy_id,
            JudgeAgreement.judge_sha256 == judge_sha256,
            JudgeAgreement.state == WorkState.DONE,
        )
        .order_by(JudgeAgreement.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def why_not_counting(session: Session, policy_id: int, judge_sha256: str) -> str | None:
    """Say why this judge's verdicts may not count in a gate, or None when they may."""
    measured = agreement_of(session, policy_id, judge_sha256)
    if measured is None:
        return "Its agreement with editors was not measured."
    return from_json(measured.figures.get("overall", {})).problem

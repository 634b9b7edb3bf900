"""Reads of measurements of agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.judge.agreement import from_json
from models import JudgeAgreement, JudgeCall, WorkState

OPEN = (WorkState.QUEUED, WorkState.RUNNING)


@dataclass(frozen=True, slots=True)
class Outlay:
    """What one run or measurement (`subject_id`, by `purpose`) asked of a judge and had to pay for."""

    purpose: str
    subject_id: int
    calls: int
    prompt_tokens: int
    completion_tokens: int


def outlays(session: Session, policy_id: int, limit: int) -> Sequence[Outlay]:
    """Return what the last runs and measurements of a policy took, newest first."""
    statement = (
        select(
            JudgeCall.purpose,
            JudgeCall.subject_id,
            func.count(JudgeCall.id),
            func.sum(JudgeCall.prompt_tokens),
            func.sum(JudgeCall.completion_tokens),
        )
        .where(JudgeCall.policy_id == policy_id)
        .group_by(JudgeCall.purpose, JudgeCall.subject_id)
        .order_by(func.max(JudgeCall.id).desc())
        .limit(limit)
    )
    return [
        Outlay(purpose, subject_id, calls, int(prompt), int(completion))
        for purpose, subject_id, calls, prompt, completion in session.execute(statement)
    ]


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

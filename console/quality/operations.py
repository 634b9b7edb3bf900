"""Labelled cases: add, edit, withdraw, bring back; and whether cases that get worse stop a save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.audit.operations import record
from console.clock import now
from console.errors import ConflictError, InvalidError
from console.permissions import Actor, Permission
from console.quality import queries
from console.quality.cases import label_of
from console.quality.content import MAX_CASES, CaseContent
from console.quality.errors import AlreadyLabelledError
from copydesk.errors import Problem
from models import LabelledCase, LabelSource, Policy, Workspace

BLOCKS_SETTING = "labelled_cases_block"


def add_case(
    session: Session,
    policy: Policy,
    content: CaseContent,
    *,
    source: LabelSource,
    by: Actor,
    sample_id: int | None = None,
) -> LabelledCase:
    """Label a text; it counts from now on.

    Args:
        sample_id: the sample the text is from; None where it is from nowhere in the console.

    Raises:
        ForbiddenError: the role does not label.
        AlreadyLabelledError: the same text has this label already.
        ConflictError: the policy holds as many cases as it may.
    """
    by.require(Permission.LABEL)
    if queries.count_active(session, policy.id) >= MAX_CASES:
        raise ConflictError(f"A policy holds at most {MAX_CASES} labelled cases; withdraw some.")
    case = LabelledCase(
        policy_id=policy.id,
        number=queries.next_number(session, policy.id),
        source=source,
        sample_id=sample_id,
        author_id=by.user,
        created_at=now(),
    )
    _fill(case, content)
    _refuse_twin(session, case)
    session.add(case)
    session.flush()
    record(session, "labelled_case.added", by=by, subject=("labelled_case", case.id), after=_audit_json(case))
    return case


def edit_case(session: Session, case: LabelledCase, content: CaseContent, *, by: Actor) -> bool:
    """Write a case anew; what it was stays in the audit log.

    Returns:
        Whether anything changed.

    Raises:
        ForbiddenError: the role does not label.
        AlreadyLabelledError: another case says the same of this text.
        ConflictError: the case is withdrawn.
    """
    by.require(Permission.LABEL)
    if case.withdrawn_at is not None:
        raise ConflictError("This case is withdrawn. Bring it back before you change it.")
    before = _audit_json(case)
    with session.no_autoflush:
        _fill(case, content)
        _refuse_twin(session, case)
    after = _audit_json(case)
    if before == after:
        return False
    case.edited_by_id, case.edited_at = by.user, now()
    session.flush()
    subject = ("labelled_case", case.id)
    record(session, "labelled_case.edited", by=by, subject=subject, before=before, after=after)
    return True


def withdraw_case(session: Session, case: LabelledCase, *, reason: str, by: Actor) -> None:
    """Take a case out of all figures; it stays to be read and can be brought back.

    Raises:
        ForbiddenError: the role does not label.
        InvalidError: no reason.
    """
    by.require(Permission.LABEL)
    if case.withdrawn_at is not None:
        return
    if not reason.strip():
        raise InvalidError([Problem("reason", "Say in a few words why the case does not count any more.")])
    case.withdrawn_at, case.withdrawn_by_id = now(), by.user
    case.withdrawn_reason = reason.strip()[:2000]
    session.flush()
    after = {"reason": case.withdrawn_reason}
    record(session, "labelled_case.withdrawn", by=by, subject=("labelled_case", case.id), after=after)


def bring_back_case(session: Session, case: LabelledCase, *, by: Actor) -> None:
    """Let a withdrawn case count again.

    Raises:
        ForbiddenError: the role does not label.
        AlreadyLabelledError: another case says the same of this text by now.
    """
    by.require(Permission.LABEL)
    if case.withdrawn_at is None:
        return
    _refuse_twin(session, case)
    case.withdrawn_at = case.withdrawn_by_id = case.withdrawn_reason = None
    session.flush()
    record(session, "labelled_case.brought_back", by=by, subject=("labelled_case", case.id))


def add_cases(
    session: Session, policy: Policy, contents: Sequence[CaseContent], *, source: LabelSource, by: Actor
) -> tuple[int, int]:
    """Label many texts; those that have the same label already are left as they are.

    Returns:
        How many were added, and how many were there.
    """
    added = there = 0
    for content in contents:
        try:
            add_case(session, policy, content, source=source, by=by)
            added += 1
        except AlreadyLabelledError:
            there += 1
    return added, there


def set_blocking(session: Session, workspace: Workspace, *, blocks: bool, by: Actor) -> None:
    """Say whether a revision that makes labelled cases worse may be saved in this workspace.

    Raises:
        ForbiddenError: only an admin may.
    """
    by.require(Permission.MANAGE_SETTINGS)
    before = is_blocking(workspace)
    if before == blocks:
        return
    workspace.settings = {**workspace.settings, BLOCKS_SETTING: blocks}
    session.flush()
    record(
        session,
        "workspace.labelled_cases_block_changed",
        by=by,
        subject=("workspace", workspace.id),
        before={"blocks": before},
        after={"blocks": blocks},
    )


def is_blocking(workspace: Workspace) -> bool:
    """Tell whether cases that get worse stop a save in this workspace."""
    return bool(workspace.settings.get(BLOCKS_SETTING, False))


def _fill(case: LabelledCase, content: CaseContent) -> None:
    case.check, case.expects_finding = content.check, content.expects == "finding"
    case.rule = content.rule.strip() or None
    case.text = content.text
    case.span_start, case.span_end = content.span or (None, None)
    case.prompt, case.audience, case.channel = content.prompt, content.audience, content.channel
    case.locale, case.segment = content.locale, content.segment
    case.variables, case.must_mention = dict(content.variables), list(content.must_mention)
    case.note = content.note.strip()


def _refuse_twin(session: Session, case: LabelledCase) -> None:
    statement = select(LabelledCase).where(
        LabelledCase.policy_id == case.policy_id,
        LabelledCase.check == case.check,
        LabelledCase.text == case.text,
        LabelledCase.withdrawn_at.is_(None),
    )
    wanted = label_of(case).sha256
    for other in session.scalars(statement):
        if other.id != case.id and label_of(other).sha256 == wanted:
            raise AlreadyLabelledError(other.number)


def _audit_json(case: LabelledCase) -> dict[str, Any]:
    # The digest stands for the text: the log must not keep what may have to be erased.
    return {
        "number": case.number,
        "check": case.check,
        "rule": case.rule,
        "expects_finding": case.expects_finding,
        "span": None if case.span_start is None else [case.span_start, case.span_end],
        "source": str(case.source),
        "sample_id": case.sample_id,
        "case_sha256": label_of(case).sha256,
        "has_note": bool(case.note),
    }

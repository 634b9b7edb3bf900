"""Reads of labelled cases, measurements, and what of a policy the checks are compiled from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from console.quality.cases import Label, label_of
from console.quality.errors import NoSuchCaseError
from console.quality.state import PolicyState
from console.web.paging import Page, paginate
from models import (
    Asset,
    CheckMeasurement,
    GoldenRevision,
    LabelEffect,
    LabelledCase,
    Policy,
    PolicyAsset,
    Revision,
    Run,
    Sample,
    ScoreSet,
    User,
    WorkState,
)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of labelled cases is narrowed to; empty means all."""

    words: str = ""
    check: str = ""
    expects: str = ""  # finding, none
    source: str = ""
    show: str = ""  # withdrawn
    ids: frozenset[int] | None = None


def policy_state(session: Session, policy_id: int, *, instead: tuple[int, int] = (0, 0)) -> PolicyState:
    """Return the newest revisions of a policy's assets that are not archived.

    Args:
        instead: id of an asset, and the number of the revision to take of it; number 0 leaves it out.
    """
    number = case((Asset.id == instead[0], instead[1]), else_=Asset.last_revision_number)
    statement = (
        select(Asset.kind, Asset.name, Revision.content, Revision.sha256)
        .join(Revision, (Revision.asset_id == Asset.id) & (Revision.number == number))
        .join(PolicyAsset, PolicyAsset.asset_id == Asset.id)
        .where(PolicyAsset.policy_id == policy_id, Asset.archived_at.is_(None))
        .order_by(Asset.kind, Asset.name)
    )
    contents: dict[str, dict[str, Any]] = {}
    digests: dict[str, dict[str, str]] = {}
    for kind, name, content, sha256 in session.execute(statement):
        contents.setdefault(kind, {})[name] = content
        digests.setdefault(kind, {})[name] = sha256
    return PolicyState(policy_id, contents, digests)


def active_labels(session: Session, policy_id: int, checks: Sequence[str] | None = None) -> tuple[Label, ...]:
    """Return the labelled cases of a policy that count, oldest first.

    Args:
        checks: names of checks, None for all.
    """
    statement = select(LabelledCase).where(
        LabelledCase.policy_id == policy_id, LabelledCase.withdrawn_at.is_(None)
    )
    if checks is not None:
        statement = statement.where(LabelledCase.check.in_(list(checks)))
    return tuple(label_of(row) for row in session.scalars(statement.order_by(LabelledCase.id)))


def count_active(session: Session, policy_id: int) -> int:
    """Return how many labelled cases of a policy count."""
    statement = (
        select(func.count())
        .select_from(LabelledCase)
        .where(LabelledCase.policy_id == policy_id, LabelledCase.withdrawn_at.is_(None))
    )
    return session.scalar(statement) or 0


def find_case(session: Session, policy_id: int, number: int) -> LabelledCase:
    """Return a labelled case of a policy.

    Raises:
        NoSuchCaseError: the policy has none of this number.
    """
    statement = select(LabelledCase).where(LabelledCase.policy_id == policy_id, LabelledCase.number == number)
    found = session.scalar(statement)
    if found is None:
        raise NoSuchCaseError(number)
    return found


def list_cases(
    session: Session,
    policy_id: int,
    narrowed: CaseFilter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Page[Any]:
    """Return labelled cases, newest first, with their authors."""
    statement = _narrowed(policy_id, narrowed).options(joinedload(LabelledCase.author))
    return paginate(session, statement, LabelledCase.id, before=before, after=after, size=size)


def all_cases(session: Session, policy_id: int, narrowed: CaseFilter) -> Sequence[LabelledCase]:
    """Return every labelled case that fits, oldest first: for exports."""
    statement = _narrowed(policy_id, narrowed).options(joinedload(LabelledCase.author))
    return session.scalars(statement.order_by(LabelledCase.id)).all()


def _narrowed(policy_id: int, narrowed: CaseFilter) -> Select[Any]:
    found = select(LabelledCase).where(LabelledCase.policy_id == policy_id)
    is_withdrawn = narrowed.show == "withdrawn"
    found = found.where(
        LabelledCase.withdrawn_at.is_not(None) if is_withdrawn else LabelledCase.withdrawn_at.is_(None)
    )
    if narrowed.check:
        found = found.where(LabelledCase.check == narrowed.check)
    if narrowed.expects in {"finding", "none"}:
        found = found.where(LabelledCase.expects_finding.is_(narrowed.expects == "finding"))
    if narrowed.source:
        found = found.where(LabelledCase.source == narrowed.source)
    if narrowed.ids is not None:
        found = found.where(LabelledCase.id.in_(narrowed.ids))
    for word in narrowed.words.lower().split()[:10]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (LabelledCase.text, LabelledCase.note, LabelledCase.rule)
        found = found.where(or_(*(func.lower(column).like(pattern, "\\") for column in columns)))
    return found


def next_number(session: Session, policy_id: int) -> int:
    """Return the number of a policy's next labelled case."""
    highest = session.scalar(select(func.max(LabelledCase.number)).where(LabelledCase.policy_id == policy_id))
    return (highest or 0) + 1


def last_measurement(session: Session, policy_id: int, check: str) -> CheckMeasurement | None:
    """Return the newest finished measurement of a check."""
    statement = select(CheckMeasurement).where(
        CheckMeasurement.policy_id == policy_id,
        CheckMeasurement.check == check,
        CheckMeasurement.state == WorkState.DONE,
    )
    return session.scalar(statement.order_by(CheckMeasurement.id.desc()).limit(1))


def open_measurement(session: Session, policy_id: int, check: str) -> CheckMeasurement | None:
    """Return the measurement of a check that is newest, where it is not done yet or failed."""
    statement = select(CheckMeasurement).where(
        CheckMeasurement.policy_id == policy_id, CheckMeasurement.check == check
    )
    found = session.scalar(statement.order_by(CheckMeasurement.id.desc()).limit(1))
    return found if found is not None and found.state != WorkState.DONE else None


def forget_judged(session: Session, newest: CheckMeasurement) -> None:
    """Drop what older measurements of a check said case by case; their counts stay as its history."""
    session.execute(
        update(CheckMeasurement)
        .where(
            CheckMeasurement.policy_id == newest.policy_id,
            CheckMeasurement.check == newest.check,
            CheckMeasurement.id < newest.id,
            CheckMeasurement.state == WorkState.DONE,
        )
        .values(judged={})
        .execution_options(synchronize_session=False)
    )


def find_effect(
    session: Session, policy_id: int, asset_id: int, *, base: str, content: str, cases: str
) -> LabelEffect | None:
    """Return the report on one content of an asset against one state of policy and cases."""
    statement = select(LabelEffect).where(
        LabelEffect.policy_id == policy_id,
        LabelEffect.asset_id == asset_id,
        LabelEffect.base_sha256 == base,
        LabelEffect.content_sha256 == content,
        LabelEffect.cases_sha256 == cases,
    )
    return session.scalar(statement)


def find_scores(
    session: Session, policy_id: int, check: str, level: str, *, inputs: str, texts: str
) -> ScoreSet | None:
    """Return the scores of one threshold's texts by one engine."""
    statement = select(ScoreSet).where(
        ScoreSet.policy_id == policy_id,
        ScoreSet.check == check,
        ScoreSet.level == level,
        ScoreSet.input_sha256 == inputs,
        ScoreSet.texts_sha256 == texts,
    )
    return session.scalar(statement)


def find_policy_sample(session: Session, policy_id: int, sample_id: int) -> Sample | None:
    """Return a sample of one of the policy's runs."""
    statement = (
        select(Sample)
        .join(Run, Run.id == Sample.run_id)
        .where(Sample.id == sample_id, Run.policy_id == policy_id)
    )
    return session.scalar(statement)


def golden_case_of(session: Session, sample: Sample) -> Mapping[str, Any]:
    """Return the golden case a sample was made for, as in the golden set's content."""
    statement = (
        select(GoldenRevision.content)
        .join(Run, Run.golden_revision_id == GoldenRevision.id)
        .where(Run.id == sample.run_id)
    )
    cases = (session.scalar(statement) or {}).get("cases", ())
    return next((one for one in cases if one["id"] == sample.case_key), {})


def policies_of_asset(session: Session, asset_id: int) -> Sequence[Policy]:
    """Return the policies that ship an asset."""
    statement = select(Policy).join(PolicyAsset, PolicyAsset.policy_id == Policy.id)
    return session.scalars(statement.where(PolicyAsset.asset_id == asset_id).order_by(Policy.name)).all()


def name_of(session: Session, user_id: int | None) -> str:
    """Return a person's name, empty for nobody."""
    found = session.get(User, user_id) if user_id is not None else None
    return found.name if found else ""

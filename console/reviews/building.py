"""Builds the page of one review: what changes, the evidence, who signed and who may do what."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.assets.diff import diff_contents
from console.clock import now
from console.permissions import Actor, Permission
from console.reviews import invariant, rounds
from console.reviews.pages import (
    AssetChange,
    HistoryEntry,
    ReviewedRun,
    ReviewPage,
    ReviewPublishing,
    ReviewRights,
    WaiverRow,
)
from console.reviews.reading import blocked_reason
from console.runs import queries as runs
from console.runs.enforcement import read_unenforced
from console.runs.evidence import changes_of, evidence_of, stats_of, with_grounds_told
from console.runs.labels import check_label, condition_label, name_conditions
from console.runs.pages import ConditionRow
from console.runs.reading import failing_samples
from console.web import components
from console.web.presentation import describe_moment
from copydesk.approval import approval_problems
from models import (
    Bundle,
    Candidate,
    Comment,
    Decision,
    DecisionOutcome,
    Policy,
    ReadMark,
    Review,
    ReviewState,
    Revision,
    Run,
    User,
)

ROLE_LABELS = {"legal": "Legal", "brand_reviewer": "Brand review"}


def review_page(session: Session, review: Review, by: Actor) -> ReviewPage:
    """Read one review with diff, evidence, cases, signatures and what stands against publishing."""
    base, run, candidate = rounds.compared_with(review), review.run, review.candidate
    policy = session.get_one(Policy, review.policy_id)
    changes = _changes(session, review, base, by)
    bundle = rounds.published_bundle(session, review)
    rights = _rights(session, review, bundle, by)
    return ReviewPage(
        id=review.id,
        number=review.number,
        policy=policy.name,
        policy_slug=policy.slug,
        candidate_id=candidate.id,
        candidate_number=candidate.number,
        title=candidate.title,
        state=review.state,
        note=review.note,
        requested_by=review.requested_by.name,
        requested_at=review.requested_at,
        production_version=runs.version_of(session, base),
        production_moved=bundle is None and runs.production_moved(session, run),
        run=_run(run),
        evidence_digest=invariant.current_evidence_digest(session, review),
        stats=stats_of(session, run),
        changes=changes,
        evidence=evidence_of(session, run),
        conditions=_conditions(session, review),
        cases=failing_samples(session, run, changes_of(session, run)),
        signatures=_signatures(session, review, by, can_sign=rights.may_decide),
        waivers=_waivers(review),
        comments=_comments(session, review, None),
        history=_history(review),
        unenforced_checks=_unenforced(session, review),
        unenforced_rules=read_unenforced(run.summary),
        read_count=sum(change.is_read for change in changes),
        rights=rights,
        publishing=_publishing(session, review, bundle, by),
        printed_by=_name_of(session, by),
        printed_at=now(),
    )


def _run(run: Run) -> ReviewedRun:
    golden = run.golden_revision
    needs_reason = bool((run.summary or {}).get("newly_failing"))
    return ReviewedRun(
        run.id, run.number, golden.content["title"], golden.number, run.case_count, needs_reason
    )


def _rights(session: Session, review: Review, bundle: Bundle | None, by: Actor) -> ReviewRights:
    why_not = blocked_reason(session, review, by)
    is_open = review.state == ReviewState.OPEN
    return ReviewRights(
        may_decide=why_not is None,
        why_not=why_not if is_open or bundle is None else None,
        may_waive=is_open and by.may(Permission.WAIVE),
        may_comment=by.may(Permission.COMMENT),
        may_withdraw=is_open and by.may(Permission.REQUEST_REVIEW),
    )


def _publishing(session: Session, review: Review, bundle: Bundle | None, by: Actor) -> ReviewPublishing:
    reasons = approval_problems(invariant.approval_facts(session, review)) if bundle is None else ()
    return ReviewPublishing(
        version=bundle.version if bundle else None,
        reasons=tuple(name_conditions(reason.message) for reason in reasons),
        is_allowed=by.may(Permission.PUBLISH) and bundle is None,
    )


def _name_of(session: Session, by: Actor) -> str:
    person = session.get(User, by.user_id) if by.user_id else None
    return person.name if person else ""


def _changes(session: Session, review: Review, base: Candidate | None, by: Actor) -> tuple[AssetChange, ...]:
    before = {pin.asset_id: pin.revision for pin in base.pins} if base else {}
    read = set(
        session.scalars(
            select(ReadMark.asset_id).where(ReadMark.review_id == review.id, ReadMark.user_id == by.user_id)
        )
    )
    going = invariant.changed_revisions(session, review.candidate, base)
    changed = []
    for revision in runs.pinned_revisions(session, review.candidate):
        old = before.pop(revision.asset_id, None)
        if old is None or old.id != revision.id:
            changed.append(_change(session, review, old, revision, going, is_read=revision.asset_id in read))
    removed = [
        _removal(session, review, pin.revision, is_read=pin.asset_id in read)
        for pin in invariant.removed_pins(review.candidate, base)
    ]
    return (*changed, *removed)


def _removal(session: Session, review: Review, old: Revision, *, is_read: bool) -> AssetChange:
    """Return an asset that production has and the candidate leaves out."""
    sections = tuple(diff_contents(old.asset.kind, old.content, {}))
    return AssetChange(
        asset_id=old.asset_id,
        title=old.asset.title,
        kind=old.asset.kind,
        old_number=old.number,
        new_number=None,
        added_words=0,
        removed_words=sum(section.removed_words for section in sections),
        sections=sections,
        authors="",
        messages=(),
        is_read=is_read,
        comments=_comments(session, review, old.asset_id),
    )


def _change(
    session: Session,
    review: Review,
    old: Revision | None,
    new: Revision,
    going: Sequence[Revision],
    *,
    is_read: bool,
) -> AssetChange:
    sections = tuple(diff_contents(new.asset.kind, old.content if old else {}, new.content))
    mine = [revision for revision in going if revision.asset_id == new.asset_id]
    people = {i for r in mine for i in (r.author_id, *r.coauthor_ids)}
    names = session.scalars(select(User.name).where(User.id.in_(people)).order_by(User.name))
    return AssetChange(
        asset_id=new.asset_id,
        title=new.asset.title,
        kind=new.asset.kind,
        old_number=old.number if old else None,
        new_number=new.number,
        added_words=sum(section.added_words for section in sections),
        removed_words=sum(section.removed_words for section in sections),
        sections=sections,
        authors=", ".join(names),
        messages=tuple(f"r{r.number}: {r.message}" for r in mine),
        is_read=is_read,
        comments=_comments(session, review, new.asset_id),
    )


def _conditions(session: Session, review: Review) -> tuple[ConditionRow, ...]:
    gate = invariant.current_gate(session, review.run)
    return tuple(
        ConditionRow(
            c.id,
            condition_label(c.id),
            str(c.state),
            with_grounds_told(c.id, c.message, review.run.summary),
            c.case_keys,
        )
        for c in gate.conditions
    )


def _signatures(
    session: Session, review: Review, by: Actor, *, can_sign: bool
) -> tuple[components.Signature, ...]:
    rows = []
    counting = rounds.standing_approvals(session, review)
    standing = {decision.role: decision for decision in counting}
    person = session.get(User, by.user_id) if by.user_id else None
    takes = rounds.takes_decisions(session, review)
    offered = False
    now_required = invariant.required_roles(session, review) if takes else ()
    for role in dict.fromkeys([*review.required_roles, *now_required, *standing]):
        label = _role_label(role)
        if role in standing:
            rows.append(_signed(standing[role], label, "approved", _("Approved")))
        elif takes and can_sign and role in by.roles and person and not offered:
            offered = True
            name = _("Sign here as %(name)s", name=person.name)
            rows.append(components.Signature(name, label, "", "open", _("Needed before production")))
        else:
            rows.append(
                components.Signature(_("Not signed yet"), label, "", "open", _("Needed before production"))
            )
    words = {
        DecisionOutcome.REQUEST_CHANGES: ("changes", _("Asks for changes")),
        DecisionOutcome.REJECT: ("refused", _("Refused")),
    }
    for decision in review.decisions:
        if decision.outcome == DecisionOutcome.APPROVE and decision not in counting:
            rows.append(
                _signed(decision, _role_label(decision.role), "void", _why_void(session, review, decision))
            )
        elif decision.outcome in words:
            rows.append(
                _signed(decision, _role_label(decision.role), *words[DecisionOutcome(decision.outcome)])
            )
    return tuple(rows)


def _why_void(session: Session, review: Review, decision: Decision) -> str:
    if decision.voided_reason:
        return decision.voided_reason
    if not invariant.holds_role(session, review, decision):
        return _("The person no longer holds the role")
    return _("The evidence changed after this signature")


def _signed(decision: Decision, role: str, state: str, label: str) -> components.Signature:
    when = describe_moment(decision.created_at).label
    return components.Signature(decision.user.name, role, when, state, label)  # type: ignore[arg-type]


def _role_label(role: str) -> str:
    return ROLE_LABELS.get(role, role.replace("_", " ").capitalize())


def _waivers(review: Review) -> tuple[WaiverRow, ...]:
    def state_of(waiver: object) -> str:
        if waiver.revoked_at is not None:  # type: ignore[attr-defined]
            return "revoked"
        return "expired" if waiver.expires_at <= now() else "live"  # type: ignore[attr-defined]

    return tuple(
        WaiverRow(w.id, condition_label(w.condition), w.reason, w.signer.name, w.expires_at, state_of(w))
        for w in review.waivers
    )


def _comments(session: Session, review: Review, asset_id: int | None) -> tuple[components.Comment, ...]:
    statement = (
        select(Comment)
        .where(Comment.review_id == review.id, Comment.asset_id.is_(asset_id))
        .order_by(Comment.id)
        if asset_id is None
        else select(Comment)
        .where(Comment.review_id == review.id, Comment.asset_id == asset_id)
        .order_by(Comment.id)
    )
    return tuple(
        components.Comment(c.author.name, "", c.created_at, c.text, c.resolved_at is not None)
        for c in session.scalars(statement)
    )


def _history(review: Review) -> tuple[HistoryEntry, ...]:
    words = {
        DecisionOutcome.APPROVE: _("approved"),
        DecisionOutcome.REQUEST_CHANGES: _("asked for changes"),
        DecisionOutcome.REJECT: _("refused"),
    }
    name = review.requested_by.name
    entries = [HistoryEntry(review.requested_at, _("%(name)s asked for review", name=name), review.note)]
    for decision in review.decisions:
        role, what = _role_label(decision.role), words[DecisionOutcome(decision.outcome)]
        text = _("%(name)s %(what)s for %(role)s", name=decision.user.name, what=what, role=role)
        entries.append(HistoryEntry(decision.created_at, text, decision.note))
    for waiver in review.waivers:
        text = _("%(name)s waived: %(what)s", name=waiver.signer.name, what=condition_label(waiver.condition))
        entries.append(HistoryEntry(waiver.created_at, text, waiver.reason))
    return tuple(sorted(entries, key=lambda entry: entry.at, reverse=True))


def _unenforced(session: Session, review: Review) -> tuple[str, ...]:
    """Return the checks that run in the console only, so that approvers know (DECISIONS.md 13)."""
    names = {
        setting["check"]
        for revision in runs.pinned_revisions(session, review.candidate)
        if revision.asset.kind == "limits"
        for setting in revision.content.get("checks", [])
        if setting.get("enforced_at") == "console"
    }
    return tuple(check_label(name) for name in sorted(names))

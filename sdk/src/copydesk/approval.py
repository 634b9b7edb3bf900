"""The approval invariant: one pure function, called by the console's publish transaction and by every client.

It answers whether a candidate may become a bundle, from plain facts and without looking anything up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from copydesk.canonical import digest

DEFAULT_REQUIRED_ROLES = ("legal", "brand_reviewer")


class ReasonCode(StrEnum):
    """Why a candidate may not be published."""

    NO_REQUIRED_ROLES = "no_required_roles"
    ROLE_MISSING = "role_missing"
    SAME_PERSON = "same_person"
    AUTHOR_APPROVED = "author_approved"
    CANDIDATE_CHANGED = "candidate_changed"
    GOLDEN_SET_CHANGED = "golden_set_changed"
    RUN_CHANGED = "run_changed"
    EVIDENCE_CHANGED = "evidence_changed"
    ROLE_LOST = "role_lost"
    RUN_OF_OTHER_CANDIDATE = "run_of_other_candidate"
    RUN_ON_OTHER_GOLDEN_SET = "run_on_other_golden_set"
    RUN_INCOMPLETE = "run_incomplete"
    GATE_NOT_MET = "gate_not_met"
    WAIVER_EXPIRED = "waiver_expired"
    PRODUCTION_MOVED = "production_moved"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands against publishing: a stable code and a sentence for people."""

    code: ReasonCode
    message: str


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval in one role, bound to the digests it was made on.

    `user` is an opaque id; `at` an aware time; `holds_role` says whether the person still has the role (the
    console knows; a bundle states what held at publishing).
    """

    user: str
    role: str
    candidate_digest: str
    golden_digest: str
    run_digest: str
    evidence_digest: str
    at: datetime
    holds_role: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the approval as it stands in a bundle."""
        return {
            "user": self.user,
            "role": self.role,
            "candidate_digest": self.candidate_digest,
            "golden_digest": self.golden_digest,
            "run_digest": self.run_digest,
            "evidence_digest": self.evidence_digest,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """An accepted failure: the gate condition (or `rule:<check>:<rule id>`) it covers, until a moment."""

    id: str
    condition: str
    signer: str
    expires_at: datetime
    case_keys: tuple[str, ...] = ()
    reason: str = ""

    def is_expired(self, now: datetime) -> bool:
        """Tell whether the rule applies again."""
        return now >= self.expires_at

    def to_json(self) -> dict[str, Any]:
        """Return the waiver as it stands in a bundle."""
        return {
            "id": self.id,
            "condition": self.condition,
            "signer": self.signer,
            "expires_at": self.expires_at.isoformat(),
            "case_keys": sorted(self.case_keys),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """Everything the invariant depends on.

    `authors` are the ids of all who authored or last edited a changed revision, golden case, gate floor or
    waiver of the candidate; `unmet_conditions` the ids of gate conditions with any outcome but met;
    `now` the moment at which waivers must still hold (publishing; for a client: the approval time inside).
    `run_baseline_digest` is the digest of the candidate the run was compared with, `production_digest` that
    of the one in production; None: nothing was.
    """

    candidate_digest: str
    golden_digest: str
    run_digest: str
    evidence_digest: str
    required_roles: tuple[str, ...]
    approvals: tuple[Approval, ...]
    authors: frozenset[str]
    run_candidate_digest: str
    run_golden_digest: str
    is_run_complete: bool
    unmet_conditions: tuple[str, ...]
    waivers: tuple[WaiverFact, ...]
    now: datetime
    run_baseline_digest: str | None = None
    production_digest: str | None = None


def candidate_digest(sources: Iterable[Mapping[str, Any]]) -> str:
    """Return a candidate's identity: the digest of its sorted (kind, name, revision, sha256).

    Args:
        sources: pinned revisions, each with `kind`, `name`, `revision` (int) and `sha256` of its content.
    """
    rows = sorted([[s["kind"], s["name"], s["revision"], s["sha256"]] for s in sources])
    return digest(rows)


def evidence_digest(
    *,
    candidate: str,
    golden: str,
    run: str,
    gate_sha256: str,
    waivers: Iterable[WaiverFact],
    engines: Iterable[Mapping[str, Any]],
) -> str:
    """Return what an approver signs: one digest over all that was looked at.

    Args:
        candidate, golden, run: their digests.
        gate_sha256: digest of the gate's settings.
        waivers: those in force for the round, in any order.
        engines: one mapping per check with at least `check`, `engine`, `engine_version`, `weights_sha256`.
    """
    kept = ("check", "engine", "engine_version", "weights_sha256")
    return digest(
        {
            "candidate": candidate,
            "golden": golden,
            "run": run,
            "gate": gate_sha256,
            "waivers": [w.to_json() for w in sorted(waivers, key=lambda waiver: waiver.id)],
            "engines": sorted(
                ({key: engine.get(key) for key in kept} for engine in engines), key=lambda e: str(e["check"])
            ),
        }
    )


def approval_problems(facts: ApprovalFacts) -> tuple[Reason, ...]:
    """Return every reason why a candidate may not be published; empty means it may.

    A role counts as given when one person who holds it, who is not an author, approved exactly these digests;
    each required role needs its own person. Void approvals of a role that was given anew do not matter; an
    author's approval of the very candidate always does.

    Args:
        facts: see `ApprovalFacts`.
    """
    reasons: list[Reason] = []
    if not facts.required_roles:
        reasons.append(
            Reason(ReasonCode.NO_REQUIRED_ROLES, "no role is required to approve; name at least one")
        )
    found = [(approval, _approval_reasons(approval, facts)) for approval in facts.approvals]
    valid = [approval for approval, why in found if not why]
    covered = {approval.role for approval in valid}
    for approval, why in found:
        # A void approval is history once somebody gave that role anew; an author's own never is.
        is_authors_own = [reason.code for reason in why] == [ReasonCode.AUTHOR_APPROVED]
        if approval.role not in covered or is_authors_own:
            reasons.extend(why)
    reasons.extend(_role_reasons(valid, facts.required_roles))
    reasons.extend(_run_reasons(facts))
    reasons.extend(_gate_reasons(facts))
    return tuple(reasons)


def _approval_reasons(approval: Approval, facts: ApprovalFacts) -> list[Reason]:
    who = f"the {approval.role} approval by {approval.user}"
    checks = (
        (
            approval.user in facts.authors,
            ReasonCode.AUTHOR_APPROVED,
            f"{who} does not count: who wrote a part of the candidate may not approve it",
        ),
        (
            not approval.holds_role,
            ReasonCode.ROLE_LOST,
            f"{who} does not count: the person no longer holds the role",
        ),
        (
            approval.candidate_digest != facts.candidate_digest,
            ReasonCode.CANDIDATE_CHANGED,
            f"{who} is void: the candidate changed after it",
        ),
        (
            approval.golden_digest != facts.golden_digest,
            ReasonCode.GOLDEN_SET_CHANGED,
            f"{who} is void: the golden set changed after it",
        ),
        (
            approval.run_digest != facts.run_digest,
            ReasonCode.RUN_CHANGED,
            f"{who} is void: it names another run",
        ),
        (
            approval.evidence_digest != facts.evidence_digest,
            ReasonCode.EVIDENCE_CHANGED,
            f"{who} is void: the gate, a waiver or an engine changed after it",
        ),
    )
    return [Reason(code, message) for is_wrong, code, message in checks if is_wrong]


def _role_reasons(valid: list[Approval], required: tuple[str, ...]) -> list[Reason]:
    by_role = {role: sorted({a.user for a in valid if a.role == role}) for role in dict.fromkeys(required)}
    missing = [role for role, people in by_role.items() if not people]
    reasons = [
        Reason(ReasonCode.ROLE_MISSING, f"no valid approval by the role {role.replace('_', ' ')}")
        for role in missing
    ]
    if not missing and not _has_distinct_people(list(by_role.values()), frozenset()):
        reasons.append(
            Reason(ReasonCode.SAME_PERSON, "one person approved in several roles; each needs its own person")
        )
    return reasons


def _has_distinct_people(people_by_role: list[list[str]], taken: frozenset[str]) -> bool:
    if not people_by_role:
        return True
    first, *rest = people_by_role
    return any(_has_distinct_people(rest, taken | {user}) for user in first if user not in taken)


def _run_reasons(facts: ApprovalFacts) -> list[Reason]:
    reasons = []
    if not facts.is_run_complete:
        reasons.append(Reason(ReasonCode.RUN_INCOMPLETE, "the run is not complete"))
    if facts.run_candidate_digest != facts.candidate_digest:
        reasons.append(Reason(ReasonCode.RUN_OF_OTHER_CANDIDATE, "the run tested another candidate"))
    if facts.run_golden_digest != facts.golden_digest:
        reasons.append(Reason(ReasonCode.RUN_ON_OTHER_GOLDEN_SET, "the run used another golden set"))
    if facts.run_baseline_digest != facts.production_digest:
        text = "the run was compared with another production than today's; run the candidate again against it"
        reasons.append(Reason(ReasonCode.PRODUCTION_MOVED, text))
    return reasons


def _gate_reasons(facts: ApprovalFacts) -> list[Reason]:
    reasons = []
    for condition in facts.unmet_conditions:
        covering = [waiver for waiver in facts.waivers if waiver.condition == condition]
        if any(not waiver.is_expired(facts.now) for waiver in covering):
            continue
        if covering:
            until = max(waiver.expires_at for waiver in covering).date().isoformat()
            text = f"the waiver of {condition!r} ended on {until} and the condition is not met"
            reasons.append(Reason(ReasonCode.WAIVER_EXPIRED, text))
        else:
            text = f"the gate condition {condition!r} is not met and not waived"
            reasons.append(Reason(ReasonCode.GATE_NOT_MET, text))
    return reasons

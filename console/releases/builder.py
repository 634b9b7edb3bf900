"""From an approved review to the inputs of a bundle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from console.judge.judging import JUDGES
from console.runs import queries as runs
from copydesk.approval import ApprovalFacts
from copydesk.assets import PolicyAssets
from copydesk.bundle.inputs import BundleInputs, EngineEntry, RunRecord, Source
from models import Policy, Review, Revision, Workspace

Heads = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What publishing adds to an approved review.

    `assets` is the candidate's content, parsed, `heads` its trained weights by file name.
    """

    number: int
    assets: PolicyAssets
    heads: Heads
    changelog: str
    releaser_id: int


def bundle_inputs(
    session: Session, review: Review, facts: ApprovalFacts, version: NewVersion
) -> BundleInputs:
    """Gather what goes into a bundle; every time inside is a recorded approval's.

    Args:
        facts: what the invariant was judged on, in the same transaction.
    """
    policy = session.get_one(Policy, review.policy_id)
    revisions = runs.pinned_revisions(session, review.candidate)
    setting = runs.gate_setting(session, review.policy_id)
    return BundleInputs(
        workspace=session.get_one(Workspace, policy.workspace_id).slug,
        policy=policy.slug,
        version=version.number,
        assets=_contents(revisions),
        sources=tuple(Source(r.asset.kind, r.asset.name, r.number, r.sha256) for r in revisions),
        candidate_digest=facts.candidate_digest,
        golden_digest=facts.golden_digest,
        evidence_digest=facts.evidence_digest,
        run=_run_record(review, facts),
        gate=runs.gate_content(setting).to_json(),
        required_roles=facts.required_roles,
        approvals=facts.approvals,
        authors=facts.authors,
        waivers=facts.waivers,
        engines=tuple(_engine(engine, version.assets) for engine in review.run.engines),
        approved_at=max(approval.at for approval in facts.approvals),
        built_by={"releaser": str(version.releaser_id), "submitter": str(review.requested_by_id)},
        heads=version.heads,
        changelog=version.changelog,
        production_digest=facts.production_digest,
    )


def _contents(revisions: Iterable[Revision]) -> dict[str, dict[str, Any]]:
    """Return frozen content by kind and name."""
    contents: dict[str, dict[str, Any]] = {}
    for revision in revisions:
        contents.setdefault(revision.asset.kind, {})[revision.asset.name] = revision.content
    return contents


def _run_record(review: Review, facts: ApprovalFacts) -> RunRecord:
    summary = review.run.summary or {}
    kept = ("passed", "total", "checks", "segments", "newly_failing", "newly_passing", "generation")
    return RunRecord(
        digest=facts.run_digest,
        candidate_digest=facts.run_candidate_digest,
        golden_digest=facts.run_golden_digest,
        is_complete=facts.is_run_complete,
        unmet_conditions=facts.unmet_conditions,
        summary={name: summary.get(name) for name in kept},
        baseline_digest=facts.run_baseline_digest,
    )


def _engine(engine: Mapping[str, Any], assets: PolicyAssets) -> EngineEntry:
    known = dict(engine)
    if engine["check"] in JUDGES:
        # Asked in the console alone; a runtime service neither has it nor misses it.
        return EngineEntry(**known, enforced_at="console", on_not_run="allow")
    setting = assets.setting(engine["check"])
    return EngineEntry(
        check=engine["check"],
        engine=engine["engine"],
        engine_version=engine["engine_version"],
        weights_sha256=engine["weights_sha256"],
        enforced_at=setting.enforced_at,
        on_not_run=setting.on_not_run,
    )

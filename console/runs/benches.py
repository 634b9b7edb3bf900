"""Which judge a run is to ask: the one its gate names, on the criteria of its candidate."""

from __future__ import annotations

from sqlalchemy.orm import Session

from console.database import Database
from console.judge.judging import JUDGES, NAME, Bench
from console.judge.purse import Purse
from console.judge.queries import why_not_counting
from console.judge.rubric import criteria_of, identity
from console.runs import queries
from copydesk.assets import PolicyAssets
from models import Run, RunState


def bench_of(session: Session, run: Run, assets: PolicyAssets, database: Database) -> Bench | None:
    """Return a run's judge, None where its policy has none or the candidate asks for none.

    A run that has started keeps the judge it started with, whatever is set meanwhile.
    """
    criteria = criteria_of(assets)
    started_with = next((e for e in run.engines if e["check"] in JUDGES), None)
    if not criteria or (run.state != RunState.QUEUED and started_with is None):
        return None
    for setting in queries.gate_settings(session, run.policy_id):
        terms = queries.gate_content(setting).judge
        if terms is None:
            if started_with is None:
                return None
            continue
        key = identity(terms, criteria)
        if started_with is not None:
            counts = started_with["check"] == NAME
            if not key.startswith(started_with["engine_version"]):
                continue
        else:
            counts = terms.counts and why_not_counting(session, run.policy_id, key) is None
        workspace_id = run.candidate.policy.workspace_id
        purse = Purse(database, run.policy_id, workspace_id, "run", run.id, terms)
        return Bench(terms, criteria, purse, counts)
    return None

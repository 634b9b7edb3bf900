"""The JSON API of the impact preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request

from console.assets import queries
from console.errors import InvalidError
from console.extensions import db
from console.permissions import Permission
from console.quality.blueprint import home
from console.quality.effects import content_tried
from console.web.access import reads_only, workspace
from console.web.api_access import api_requires
from console.web.api_json import api_json
from console.web.paging import cursor
from console.workbench import previews
from console.workbench.impact import Change
from console.workbench.pages import FILTERS, Narrowing
from console.workbench.previews import Preview
from copydesk.checks.personal_data import hide_personal_data
from copydesk.checks.wire import finding_to_json
from copydesk.errors import ContentError

bp = Blueprint("workbench_api", __name__, url_prefix="/api/v1/workspaces/<workspace_slug>")
IMPACT_URL = "/assets/<kind>/<name>/impact"
MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class ChangeJson:
    """One sample and what a check would say otherwise: `direction` is worse, better, more or fewer.

    `was` and `becomes` are pass, warn, fail, not_run or off; `added` and `gone` are findings as verdicts have
    them, with spans in code points of the text, whose
    personal values are hidden.
    """

    sample_id: int
    run_id: int
    case: str
    repeat_index: int
    check: str
    direction: str
    was: str
    becomes: str
    reason: str | None
    prompt: str | None
    audience: str | None
    locale: str | None
    text: str
    added: list[dict[str, Any]]
    gone: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CheckImpactJson:
    """One changed check; `state` is done, unknown (POST to have it asked), waiting, failed or unavailable."""

    check: str
    state: str
    reason: str
    worse: int
    better: int
    more: int
    fewer: int


@dataclass(frozen=True, slots=True)
class PolicyImpactJson:
    """What the draft would change on one policy's samples; `next` is `from` of the next page of changes.

    `is_cut`: there are more stored samples than the newest that were tried.
    """

    policy: str
    samples: int
    is_cut: bool
    flipped: int
    checks: list[CheckImpactJson]
    changes: list[ChangeJson]
    matching: int
    next: int | None


@dataclass(frozen=True, slots=True)
class ImpactJson:
    """What the draft of an asset would change, for each policy that ships it."""

    policies: list[PolicyImpactJson]


@bp.get(IMPACT_URL)
@api_requires(Permission.READ)
@api_json(answer=ImpactJson)
def show_impact(kind: str, name: str) -> ImpactJson:
    """Try the draft (`?revision=`: an old revision to bring back) on stored samples: `?policy=`, `?check=`, `?direction=`, `?prompt=`, `?audience=`, `?locale=`, `?from=`."""  # noqa: E501
    return _answer(_previews(kind, name))


@bp.post(IMPACT_URL)
@reads_only  # judges without queueing among the writers; the job is asked for in a transaction of its own
@api_requires(Permission.EDIT)
@api_json(answer=ImpactJson, status=202)
def ask_impact(kind: str, name: str) -> ImpactJson:
    """Have the checks that take longer asked too; GET tells when they are done."""
    seen = _previews(kind, name)
    with db.write() as session:
        for preview in seen:
            previews.ask(session, preview, _revision())
    db.session.rollback()
    return _answer(_previews(kind, name))


def _revision() -> int | None:
    return cursor(request.args.get("revision"))


def _previews(kind: str, name: str) -> tuple[Preview, ...]:
    asset = queries.find_asset(db.session, workspace().id, kind, name)
    content = content_tried(db.session, asset, _revision())
    wanted = request.args.get("policy") or None
    try:
        asked = previews.questions(db.session, asset, content, policy_slug=wanted)
        return tuple(previews.look(db.session, question, home()) for question in asked)
    except ContentError as error:
        raise InvalidError(error.problems) from error


def _answer(seen: tuple[Preview, ...]) -> ImpactJson:
    narrowed = Narrowing(**{name: request.args.get(name, "")[:64] for name in FILTERS})
    offset = cursor(request.args.get("from")) or 0
    return ImpactJson([_policy(preview, narrowed, offset) for preview in seen])


def _policy(preview: Preview, narrowed: Narrowing, offset: int) -> PolicyImpactJson:
    found = preview.impact
    matching = [change for change in found.changes if narrowed.fits(change)]
    further = offset + MAX_LISTED
    return PolicyImpactJson(
        policy=preview.question.policy_slug,
        samples=found.sample_count,
        is_cut=preview.question.samples.is_cut,
        flipped=found.flipped_count,
        checks=_checks(preview),
        changes=[_change(change) for change in matching[offset:further]],
        matching=len(matching),
        next=further if further < len(matching) else None,
    )


def _checks(preview: Preview) -> list[CheckImpactJson]:
    rows = []
    for check in preview.impact.checks:
        counts = preview.impact.counted(check=check)
        rows.append(
            CheckImpactJson(
                check, "done", "", counts["worse"], counts["better"], counts["more"], counts["fewer"]
            )
        )
    pending = preview.pending
    for check in pending.checks if pending is not None else ():
        assert pending is not None  # noqa: S101 - there is a check of it
        rows.append(CheckImpactJson(check, pending.state, pending.failure, 0, 0, 0, 0))
    return rows + [
        CheckImpactJson(check, "unavailable", reason, 0, 0, 0, 0) for check, reason in preview.broken
    ]


def _change(change: Change) -> ChangeJson:
    sample, context = change.sample, change.sample.context
    return ChangeJson(
        sample_id=sample.id,
        run_id=sample.run_id,
        case=sample.case_key,
        repeat_index=sample.repeat_index,
        check=change.check,
        direction=change.direction,
        was=change.was,
        becomes=change.becomes,
        reason=change.reason,
        prompt=context.prompt,
        audience=context.audience,
        locale=context.locale,
        text=hide_personal_data(sample.text, context.locale),
        added=[finding_to_json(finding) for finding in change.added],
        gone=[finding_to_json(finding) for finding in change.gone],
    )

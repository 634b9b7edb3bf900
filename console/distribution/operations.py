"""Taking in what runtime services report of themselves."""

from __future__ import annotations

from pydantic import ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.clock import now
from console.errors import InvalidError, NotFoundError
from console.web import strict_json
from copydesk.assets.base import Content, Identifier, Line, NonEmptyLine
from copydesk.errors import Problem
from models import InstanceReport, Policy, ServiceToken

MAX_NUMBER = 2**31 - 1  # of versions and sequences: the type `integer` in PostgreSQL


class CheckCount(Content):
    """How often a check came to an outcome."""

    check: Line
    outcome: Line
    count: int = Field(ge=0)


class VersionCounts(Content):
    """What the checks of one version said of texts as they came first: no retries, before waivers."""

    version: int = Field(ge=1, le=MAX_NUMBER)
    checks: list[CheckCount] = Field(default_factory=list, max_length=200)


class TelemetryContent(Content):
    """What an instance did since it started; counts only rise, durations are in microseconds.

    `checks` counts every checked text whatever version checked it, `versions` by version (`VersionCounts`).
    """

    # As in the report itself: what a newer SDK counts besides is left out.
    model_config = ConfigDict(frozen=True, extra="ignore")

    since: Line = ""
    outcomes: dict[str, int] = Field(default_factory=dict)
    checks: list[CheckCount] = Field(default_factory=list, max_length=200)
    versions: list[VersionCounts] = Field(default_factory=list, max_length=10)
    sources: dict[str, int] = Field(default_factory=dict)
    fallbacks: int = Field(default=0, ge=0)
    models: dict[str, int] | list[Line] = Field(default_factory=dict)
    p50_us: int | None = Field(default=None, ge=0)
    p95_us: int | None = Field(default=None, ge=0)


class ReportContent(Content):
    """What one process of a runtime service says of itself; the SDK's `Client.report()` writes it."""

    # Newer SDKs may say more: what this console does not know is left out, never refused.
    model_config = ConfigDict(frozen=True, extra="ignore")

    instance: NonEmptyLine = Field(max_length=100)
    service: NonEmptyLine = Field(max_length=100)
    sdk_version: Line = ""
    channel: Identifier | None = None
    state: Line = ""
    version: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    wanted_version: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    sequence: int | None = Field(default=None, ge=0, le=MAX_NUMBER)
    last_error: Line | None = None
    confirmed_at: Line | None = None
    block_all: bool = False
    missing_engines: list[Line] = Field(default_factory=list, max_length=50)
    waiver_expired: list[Line] = Field(default_factory=list, max_length=200)
    reported_at: Line = ""
    telemetry: TelemetryContent = Field(default_factory=TelemetryContent)


def take_report(session: Session, token_id: int, policy_slug: str, body: bytes) -> InstanceReport:
    """Keep the latest report of an instance.

    Args:
        token_id: the runtime token it was sent with.
        body: JSON as `ReportContent`.

    Raises:
        InvalidError: not JSON, or fields that do not fit.
        NotFoundError: the token's workspace has no such policy.
    """
    content = _read(body)
    token = session.get_one(ServiceToken, token_id)
    policy = session.scalar(
        select(Policy).where(Policy.workspace_id == token.workspace_id, Policy.slug == policy_slug)
    )
    if policy is None:
        raise NotFoundError("There is no such policy.")
    found = session.scalar(
        select(InstanceReport).where(
            InstanceReport.policy_id == policy.id, InstanceReport.instance == content.instance
        )
    )
    report = found or InstanceReport(policy_id=policy.id, instance=content.instance, first_seen_at=now())
    report.token_id, report.service, report.channel = token.id, content.service, content.channel
    report.version, report.state = content.version, content.state[:20]
    report.content, report.reported_at = content.to_json(), now()
    session.add(report)
    session.flush()
    return report


def _read(body: bytes) -> ReportContent:
    try:
        return ReportContent.model_validate(strict_json.loads(body))
    except strict_json.UnfitJsonError as error:
        raise InvalidError([error.problem]) from error
    except ValidationError as error:
        problems = [Problem(".".join(map(str, item["loc"])), str(item["msg"])) for item in error.errors()]
        raise InvalidError(problems) from error

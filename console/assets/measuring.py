"""How well the examples of forbidden topics work, each left out once, before a revision may hold them.

Measured against what the topics are told apart from when they are trained: the policy's approved copy and
everyday sentences. Embedding these takes seconds the first time, so it is done by a thread of its own and
kept per topic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from console.assets import queries
from console.assets.items import digest_of
from console.assets.workshop import Workshop
from console.statistics import wilson
from copydesk.assets import Kind, PolicyAssets, parse_assets
from copydesk.assets.forbidden_topics import Topic
from copydesk.checks.encoder import EncoderError
from copydesk.checks.forbidden_topics import TopicReport, topic_report
from copydesk.checks.forbidden_topics.training import GOOD_EXAMPLES, MIN_POSITIVES, background_of
from copydesk.errors import ContentError, Problem
from models import Asset

Json = Mapping[str, Any]
MAX_MEASURES = 512
SHORT_WAIT_S = 0.25
# A topic that at its limit of false alarms finds less of its own examples than this can't be told apart from
# approved text; between this and what the check itself calls weak, its editor decides.
LEAST_RECALL = 0.25
_READ_KINDS = (Kind.FORBIDDEN_TOPICS, Kind.FALLBACKS, Kind.STYLE_GUIDE, Kind.LIMITS)


@dataclass(frozen=True, slots=True)
class TopicMeasure:
    """What leave-one-out says of a topic.

    `report` is None where nothing can be measured and `reason` says why; `refusal` is why a revision can't
    hold the topic as it is, "" where it can; `weakness` is what is worth knowing before it is saved.
    """

    key: str
    title: str
    limit: str
    report: TopicReport | None = None
    reason: str = ""
    refusal: str = ""
    weakness: str = ""


@dataclass(frozen=True, slots=True)
class Measures:
    """The topics of a list that are measured by now, in their order; `total` counts all."""

    done: tuple[TopicMeasure, ...]
    total: int

    @property
    def is_complete(self) -> bool:
        """Whether no topic is still being measured."""
        return len(self.done) == self.total


_measures: Workshop[TopicMeasure] = Workshop("topic-measures", MAX_MEASURES)


def topic_assets(session: Session, asset: Asset, content: Json) -> PolicyAssets:
    """Return a list of topics with what its policy tells them apart from.

    Raises:
        ContentError: the list does not fit its schema.
    """
    contents = queries.policy_contents(session, asset, content)
    return parse_assets({kind: contents[kind] for kind in _READ_KINDS if kind in contents})


def measure_topics(
    assets: PolicyAssets, name: str, *, only: str | None = None, wait_s: float | None = None
) -> Measures:
    """Measure the topics of a list.

    Args:
        name: the list's name.
        only: id of the one topic to measure; None: all.
        wait_s: how long to wait for those never measured before, in seconds; None: until all are.
    """
    topics = assets.forbidden_topics[name]
    wanted = [topic for topic in topics.topics if only in (None, topic.id)]
    background = background_of(assets, topics)
    engine = assets.setting("forbidden_topics").engine
    around = digest_of([engine, *background])
    until = None if wait_s is None else monotonic() + wait_s
    found = []
    for topic in wanted:
        key = (f"{name}/{topic.id}", digest_of(topic.to_json()), around)
        left_s = None if until is None else max(0.0, until - monotonic())
        measure = _measures.in_time(key, partial(_measured, topic, background, engine), left_s)
        if measure is not None:
            found.append(measure)
    return Measures(tuple(found), len(wanted))


def refuse_poor_topics(assets: PolicyAssets, name: str) -> None:
    """Let only topics through whose examples tell them apart from approved text.

    Raises:
        ContentError: each topic with more false alarms than its limit allows, and what to do about it.
    """
    measures = measure_topics(assets, name).done
    problems = [
        Problem(f"topics.{place}.positives", measure.refusal)
        for place, measure in enumerate(measures)
        if measure.refusal
    ]
    if problems:
        raise ContentError(Kind.FORBIDDEN_TOPICS, problems)


def _measured(topic: Topic, background: tuple[str, ...], engine: str) -> TopicMeasure:
    measure = TopicMeasure(topic.id, topic.title, topic.max_background_false_positive_rate)
    if not topic.positives and topic.block_terms:
        return replace(measure, reason=_("Found by its block terms alone."))
    if len(topic.positives) < MIN_POSITIVES and not topic.block_terms:
        words = _(
            "“%(topic)s” has no block terms and %(count)s of at least %(least)s texts on the topic: "
            "it would never be found.",
            topic=topic.title,
            count=len(topic.positives),
            least=MIN_POSITIVES,
        )
        return replace(measure, reason=words, refusal=words)
    if len(topic.positives) < MIN_POSITIVES:
        words = _(
            "%(count)s of at least %(least)s texts on the topic: too few to learn from. "
            "Its block terms count.",
            count=len(topic.positives),
            least=MIN_POSITIVES,
        )
        return replace(measure, reason=words)
    try:
        report = topic_report(topic, background, engine=engine)
    except (EncoderError, ValueError) as error:
        return replace(measure, reason=_("Not measured: %(why)s.", why=str(error).rstrip(".")))
    refusal = _refusal(topic, report)
    weakness = "" if refusal else _weakness(topic, report)
    return replace(measure, report=report, refusal=refusal, weakness=weakness)


def _weakness(topic: Topic, report: TopicReport) -> str:
    if report.problem:
        return f"“{topic.title}”: {report.problem}."
    on, near = len(topic.positives), len(topic.near_misses)
    if min(on, near) >= GOOD_EXAMPLES:
        return ""
    return _(
        "“%(topic)s” learns from %(on)s texts on the topic and %(near)s near misses; "
        "what it finds can be relied on from %(good)s of each.",
        topic=topic.title,
        on=on,
        near=near,
        good=GOOD_EXAMPLES,
    )


def _refusal(topic: Topic, report: TopicReport) -> str:
    limit = float(topic.max_background_false_positive_rate)
    alarms = report.false_positive_rate * report.n_background
    # Half of the topics that keep their limit are a text or two above it: only what is no chance counts.
    if wilson(alarms, report.n_background)[0] > limit:
        return _(
            "“%(topic)s” would be found in %(rate)s of approved texts, its limit is %(limit)s. "
            "Make its examples more specific or add near misses.",
            topic=topic.title,
            rate=f"{report.false_positive_rate:.1%}",
            limit=f"{limit:.1%}",
        )
    is_hopeless = report.problem is not None and report.recall < LEAST_RECALL
    return f"“{topic.title}”: {report.problem}." if is_hopeless else ""

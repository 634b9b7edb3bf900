"""What the page of off-brand texts shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from console.generation.prices import TOKENS_PER_PRICE, cost_of
from console.voice.batches import BatchReport, read_report
from console.voice.queries import OPEN
from copydesk.checks.brand_voice.style import WORD
from copydesk.checks.brand_voice.training import MIN_EXAMPLES, MIN_WORDS, long_enough
from models import Asset, OffBrandBatch, WorkState


@dataclass(frozen=True, slots=True)
class TextRow:
    """One text; `number` is its place from 0."""

    number: int
    text: str
    words: str
    place: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """A link to another batch."""

    url: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the writing is; `url` answers with the fragment."""

    done: int
    total: int
    asked: str
    url: str


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch of texts; `missing` says why there are fewer than were asked for."""

    id: int
    at: datetime
    rows: tuple[TextRow, ...]
    left: int
    progress: Progress | None
    failure: str
    missing: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OffBrandPage:
    """The page: how many examples there are, the form, the chosen batch, the others."""

    title: str
    name: str
    on_brand: int
    off_brand: int
    needed: int
    min_words: int
    brief_count: int
    may_edit: bool
    is_writing: bool
    is_all_ticked: bool
    batch: BatchView | None
    earlier: tuple[Earlier, ...]


def page_of(
    asset: Asset,
    voice: Mapping[str, Any],
    batches: Sequence[OffBrandBatch],
    chosen: OffBrandBatch | None,
    *,
    brief_count: int,
    prices: Mapping[str, Any],
    may_edit: bool,
    is_all_ticked: bool,
) -> OffBrandPage:
    """Build the page.

    Args:
        voice: the examples as the draft has them.
        batches: newest first.
        chosen: the batch to show.
        prices: by model, in cents per million tokens.
    """
    return OffBrandPage(
        title=asset.title,
        name=asset.name,
        on_brand=len(long_enough(map(str, voice.get("on_brand", ())))),
        off_brand=len(long_enough(map(str, voice.get("off_brand", ())))),
        needed=MIN_EXAMPLES,
        min_words=MIN_WORDS,
        brief_count=brief_count,
        may_edit=may_edit,
        is_writing=any(batch.state in OPEN for batch in batches),
        is_all_ticked=is_all_ticked,
        batch=batch_view(chosen, prices) if chosen is not None else None,
        earlier=tuple(_earlier(batch) for batch in batches if batch is not chosen),
    )


def _earlier(batch: OffBrandBatch) -> Earlier:
    title = ngettext("%(num)d text", "%(num)d texts", batch.done)
    return Earlier(url_for("voice.off_brand", batch=batch.id), title, batch.created_at)


def batch_view(batch: OffBrandBatch, prices: Mapping[str, Any]) -> BatchView:
    """Build what is shown of one batch."""
    report = read_report(batch.report)
    rows = tuple(
        TextRow(
            number,
            text.text,
            ngettext("%(num)d word", "%(num)d words", len(WORD.findall(text.text))),
            text.place,
            text.is_taken,
        )
        for number, text in enumerate(report.texts)
    )
    return BatchView(
        id=batch.id,
        at=batch.created_at,
        rows=rows,
        left=sum(not text.is_taken for text in report.texts),
        progress=progress_of(batch),
        failure=batch.failure or "" if batch.state == WorkState.FAILED else "",
        missing=_missing(batch, report),
        facts=_facts(batch, report, prices) if report.asked else (),
    )


def progress_of(batch: OffBrandBatch) -> Progress | None:
    """Return how far the writing of a batch is; None where it has ended."""
    if batch.state not in OPEN:
        return None
    asked = ngettext("%(num)d answer so far.", "%(num)d answers so far.", read_report(batch.report).asked)
    url = url_for("voice.off_brand_progress", batch_id=batch.id)
    return Progress(min(batch.done, batch.total), batch.total, asked, url)


def _missing(batch: OffBrandBatch, report: BatchReport) -> str:
    if batch.state != WorkState.DONE or len(report.texts) >= batch.total:
        return ""
    return _(
        "%(done)s of %(total)s texts came of %(asked)s answers: %(short)s were shorter than %(words)s words,"
        " %(looping)s said one line over and over, %(repeated)s were there already.",
        done=len(report.texts),
        total=batch.total,
        asked=report.asked,
        short=report.short,
        words=MIN_WORDS,
        looping=report.looping,
        repeated=report.repeated,
    )


def _facts(
    batch: OffBrandBatch, report: BatchReport, prices: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    tokens = sum(prompt + completion for prompt, completion in report.tokens.values())
    costs = [cost_of(prices.get(model), *spent) for model, spent in report.tokens.items()]
    known = [cost for cost in costs if cost is not None]
    is_priced = bool(costs) and len(known) == len(costs)
    return (
        (_("Asked for"), str(batch.total)),
        (_("Answers"), str(report.asked)),
        (_("Too short"), str(report.short)),
        (_("One line over and over"), str(report.looping)),
        (_("There already"), str(report.repeated)),
        (_("Without an answer"), str(report.failed)),
        (_("Model"), ", ".join(sorted(report.tokens)) or "–"),
        (_("Tokens"), str(tokens)),
        (_("Cost"), f"{sum(known) / TOKENS_PER_PRICE / 100:.2f}" if is_priced else _("no price entered")),
    )

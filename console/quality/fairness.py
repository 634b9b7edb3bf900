"""Do the checks judge a text by whom it is about? What they say when words for people are exchanged in it.

Counterfactual swaps: M. Kusner et al., Counterfactual Fairness, NIPS 2017; S. Garg et al., Counterfactual
Fairness in Text Classification through Robustness, AIES 2019.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from copydesk.checks.contract import Context, Outcome, Span


class Cause(StrEnum):
    """Why a verdict differs: a model reads the text differently, a rule measures it, a rule names the word.

    Only the first is a bias nobody chose; the last is what the rule is there for.
    """

    MODEL = "model"
    MEASURE = "measure"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text of the workspace's own; `source` is sample, fallback or golden, `title` names it to a reader."""

    source: str
    title: str
    text: str
    context: Context
    sample_id: int | None = None
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class CheckFlip:
    """One check that says something else of the other text.

    `rule_id`, `message` and `span` are those of the finding that makes the difference, which stands in the
    text with the heavier outcome: the variant where `in_variant`. `scores` are before and after.
    """

    check: str
    before: Outcome
    after: Outcome
    cause: Cause
    in_variant: bool
    rule_id: str = ""
    message: str = ""
    span: Span | None = None
    scores: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Flip:
    """A text that is judged differently when it is about somebody else, with what was known of both."""

    source: str
    title: str
    sample_id: int | None
    run_id: int | None
    group_id: str
    found: str
    put: str
    text: str
    variant: str
    spans: tuple[Span, ...]
    variant_spans: tuple[Span, ...]
    context: dict[str, Any]
    variant_context: dict[str, Any]
    before: Outcome
    after: Outcome
    checks: tuple[CheckFlip, ...]

    @property
    def cause(self) -> Cause:
        """The gravest cause of all checks that flip."""
        return min((flip.cause for flip in self.checks), key=list(Cause).index)


@dataclass(frozen=True, slots=True)
class Spread:
    """Lowest and highest score of one text and its variants, each with the word put there; "": as it is."""

    title: str
    low: float
    low_word: str
    high: float
    high_word: str

    @property
    def width(self) -> float:
        """Highest less lowest."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """One check over all texts that hold a word for people.

    `texts` were judged with all their variants, `flips` of them to another outcome; `not_run` were not.
    Spreads are None where the check has no scores.
    """

    check: str
    texts: int
    flips: int
    not_run: int
    reason: str
    median_spread: float | None
    largest_spread: Spread | None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """How many texts hold a term of a group, and how many variants they gave."""

    group_id: str
    texts: int
    variants: int


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """What the checks say of own texts when words for people change places.

    A text counts once, with all its variants. `model_flips` counts texts whose whole verdict flips in some
    variant because a model reads it differently, `rule_flips` those where a rule makes it flip;
    `flip_counts` counts variants that some check judges differently, by the gravest cause, of which `flips`
    are the gravest. `is_cut`: there were more variants than are judged at once.
    """

    texts: int
    holding: int
    variants: int
    is_cut: bool
    groups: tuple[GroupFigures, ...] = ()
    model_flips: int = 0
    rule_flips: int = 0
    checks: tuple[CheckFigures, ...] = ()
    flip_counts: dict[Cause, int] = field(default_factory=dict)
    flips: tuple[Flip, ...] = ()


_REPORT = TypeAdapter(FairnessReport)


def report_to_json(report: FairnessReport) -> dict[str, Any]:
    """Return a report as JSON data."""
    data: dict[str, Any] = _REPORT.dump_python(report, mode="json")
    return data


def report_from_json(data: Mapping[str, Any]) -> FairnessReport:
    """Read what `report_to_json` wrote."""
    return _REPORT.validate_python(data)

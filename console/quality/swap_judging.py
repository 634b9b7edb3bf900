"""Judging own texts with words for people exchanged, and counting where the verdicts differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from console.quality.cases import context_json
from console.quality.fairness import (
    Cause,
    CheckFigures,
    CheckFlip,
    FairnessReport,
    Flip,
    GroupFigures,
    OwnText,
    Spread,
)
from console.quality.swapping import Swapper, Variant
from copydesk.assets.style_guide import DescriptorGroup
from copydesk.checks.contract import CheckResult, Context, Finding, Outcome, Severity, Span
from copydesk.checks.text import sentences
from copydesk.policy import NotRunAction, overall_outcome

MAX_VARIANTS = 3_000
MAX_KEPT_FLIPS = 300
SCORE_DIGITS = 4
# The score that a check's verdict is made from; of topics each counts.
_DECIDING_SCORE = {"toxicity": "toxicity", "brand_voice": "voice_match"}
# What these say of a place is never about the word that stands there.
_MEASURES = frozenset({"limits", "brand_voice"})
_DECIDING_SEVERITIES = {
    Outcome.FAIL: frozenset({Severity.ERROR, Severity.BLOCKER}),
    Outcome.WARN: frozenset({Severity.WARNING}),
}
_RANKS = {Outcome.PASS: 0, Outcome.WARN: 1, Outcome.FAIL: 2}
_gravity = list(Cause).index

Said = Mapping[str, CheckResult]
Judge = Callable[[str, Context], Said]


@dataclass(frozen=True, slots=True)
class Plan:
    """Own texts that hold a word for people, each with its variants; `texts` counts all that were read."""

    texts: int
    items: tuple[tuple[OwnText, tuple[Variant, ...]], ...]
    is_cut: bool


def plan_swaps(texts: Iterable[OwnText], groups: Sequence[DescriptorGroup]) -> Plan:
    """Find the texts that hold a term of a group, and make their variants, `MAX_VARIANTS` at most."""
    swappers = [Swapper(group) for group in groups]
    items: list[tuple[OwnText, tuple[Variant, ...]]] = []
    count = made = 0
    is_cut = False
    for own in texts:
        count += 1
        variants = _variants(own, swappers)
        if made + len(variants) > MAX_VARIANTS:
            is_cut = True
        elif variants:
            made += len(variants)
            items.append((own, variants))
    return Plan(count, tuple(items), is_cut)


def _variants(own: OwnText, swappers: Sequence[Swapper]) -> tuple[Variant, ...]:
    found: dict[str, Variant] = {}
    for swapper in swappers:
        for variant in swapper.variants(own.text, own.context):
            found.setdefault(variant.swapped.text, variant)
    found.pop(own.text, None)
    return tuple(found.values())


def examine(
    plan: Plan,
    judge: Judge,
    on_not_run: Mapping[str, NotRunAction],
    progress: Callable[[int], bool] | None = None,
) -> FairnessReport | None:
    """Judge each text and its variants, and tell where they differ.

    Args:
        judge: takes a text and its context; returns what each check says.
        on_not_run: what a check that did not run counts as, by check.
        progress: told how many texts are done after each; returns False to stop there.

    Returns:
        None when it was told to stop.
    """
    tally = _Tally()
    for done, (own, variants) in enumerate(plan.items, start=1):
        tally.add(own, variants, judge, on_not_run)
        if progress is not None and not progress(done):
            return None
    return FairnessReport(
        texts=plan.texts,
        holding=len(plan.items),
        variants=sum(len(variants) for _own, variants in plan.items),
        is_cut=plan.is_cut,
        groups=_groups(plan),
        model_flips=tally.model_flips,
        rule_flips=tally.rule_flips,
        checks=tuple(tally.figures(check) for check in tally.seen),
        flip_counts=dict(Counter(flip.cause for flip in tally.flips)),
        flips=tuple(sorted(tally.flips, key=lambda flip: _gravity(flip.cause))[:MAX_KEPT_FLIPS]),
    )


def _groups(plan: Plan) -> tuple[GroupFigures, ...]:
    texts, variants = Counter[str](), Counter[str]()
    for _own, made in plan.items:
        texts.update({variant.group_id for variant in made})
        variants.update(variant.group_id for variant in made)
    return tuple(GroupFigures(group_id, texts[group_id], variants[group_id]) for group_id in sorted(texts))


@dataclass(slots=True)
class _Tally:
    """What is counted while texts are judged."""

    flips: list[Flip] = field(default_factory=list)
    model_flips: int = 0
    rule_flips: int = 0
    seen: dict[str, None] = field(default_factory=dict)
    judged: Counter[str] = field(default_factory=Counter)
    flipped: Counter[str] = field(default_factory=Counter)
    not_run: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)
    spreads: dict[str, list[Spread]] = field(default_factory=dict)

    def add(
        self,
        own: OwnText,
        variants: Sequence[Variant],
        judge: Judge,
        on_not_run: Mapping[str, NotRunAction],
    ) -> None:
        before = judge(own.text, own.context)
        after = [judge(variant.swapped.text, variant.context) for variant in variants]
        outcome = overall_outcome(before.values(), on_not_run)
        flips: list[Flip] = []
        for variant, said in zip(variants, after, strict=True):
            checks = tuple(
                flip for check in before if (flip := _check_flip(check, own, before, variant, said))
            )
            if checks:
                other = overall_outcome(said.values(), on_not_run)
                flips.append(_flip(own, variant, outcome, other, checks))
        causes = {_verdict_cause(flip) for flip in flips if flip.before is not flip.after}
        self.model_flips += Cause.MODEL in causes
        self.rule_flips += bool(causes - {Cause.MODEL})
        words = ["", *(variant.put for variant in variants)]
        for check in before:
            self._count(check, own.title, words, [before[check], *(said[check] for said in after)])
        self.flips += flips

    def _count(self, check: str, title: str, words: Sequence[str], said: Sequence[CheckResult]) -> None:
        self.seen.setdefault(check)
        silent = next((result for result in said if result.outcome is Outcome.NOT_RUN), None)
        if silent is not None:
            self.not_run[check] += 1
            self.reasons.setdefault(check, silent.reason or "")
            return
        self.judged[check] += 1
        self.flipped[check] += len({result.outcome for result in said}) > 1
        if (spread := _spread(check, title, words, said)) is not None:
            self.spreads.setdefault(check, []).append(spread)

    def figures(self, check: str) -> CheckFigures:
        """Return what was counted of a check."""
        spreads = self.spreads.get(check, [])
        return CheckFigures(
            check,
            self.judged[check],
            self.flipped[check],
            self.not_run[check],
            self.reasons.get(check, ""),
            round(median(spread.width for spread in spreads), SCORE_DIGITS) if spreads else None,
            max(spreads, key=lambda spread: spread.width, default=None),
        )


def _flip(
    own: OwnText, variant: Variant, before: Outcome, after: Outcome, checks: tuple[CheckFlip, ...]
) -> Flip:
    changes = variant.swapped.changes
    return Flip(
        own.source,
        own.title,
        own.sample_id,
        own.run_id,
        variant.group_id,
        variant.found,
        variant.put,
        own.text,
        variant.swapped.text,
        tuple(change.before for change in changes),
        tuple(change.after for change in changes),
        context_json(own.context),
        context_json(variant.context),
        before,
        after,
        checks,
    )


def _verdict_cause(flip: Flip) -> Cause:
    """Return the gravest cause among the checks that push the whole verdict the way it went."""
    rises = _RANKS[flip.after] > _RANKS[flip.before]
    pushing = [one.cause for one in flip.checks if one.in_variant is rises]
    return min(pushing, key=_gravity) if pushing else flip.cause


def _check_flip(check: str, own: OwnText, before: Said, variant: Variant, after: Said) -> CheckFlip | None:
    """Return what makes a check say something else; None where it does not, or did not run on one of them."""
    was, becomes = before[check], after[check]
    if was.outcome is becomes.outcome or Outcome.NOT_RUN in (was.outcome, becomes.outcome):
        return None
    in_variant = _RANKS[becomes.outcome] > _RANKS[was.outcome]
    heavier = becomes if in_variant else was
    text = variant.swapped.text if in_variant else own.text
    spans = [change.after if in_variant else change.before for change in variant.swapped.changes]
    deciding = [one for one in heavier.findings if one.severity in _DECIDING_SEVERITIES[heavier.outcome]]
    named = next((one for one in deciding if _names_word(check, one, text, spans)), None)
    finding = named or next((one for one in deciding if one.score is not None), None)
    shown = finding or next(iter(deciding), None)
    return CheckFlip(
        check,
        was.outcome,
        becomes.outcome,
        Cause.WORD if named else Cause.MODEL if finding else Cause.MEASURE,
        in_variant,
        shown.rule_id if shown else "",
        shown.message if shown else "",
        shown.span if shown else None,
        _deciding_scores(check, was, becomes),
    )


def _names_word(check: str, finding: Finding, text: str, spans: Sequence[Span]) -> bool:
    """Tell whether a finding is a rule's own remark on an exchanged word, and not on its whole sentence."""
    place = finding.span
    if place is None or finding.score is not None or check in _MEASURES:
        return False
    if any(span.start <= place.start and place.end <= span.end for span in spans):
        return True
    if not any(place.start < span.end and span.start < place.end for span in spans):
        return False
    return not any(place.start <= one.start and one.end <= place.end for one in sentences(text))


def _deciding_scores(check: str, was: CheckResult, becomes: CheckResult) -> tuple[float, float] | None:
    name = _DECIDING_SCORE.get(check) or max(
        (one for one in was.scores if one in becomes.scores),
        key=lambda one: abs(becomes.scores[one] - was.scores[one]),
        default="",
    )
    if name not in was.scores or name not in becomes.scores:
        return None
    return round(was.scores[name], SCORE_DIGITS), round(becomes.scores[name], SCORE_DIGITS)


def _spread(check: str, title: str, words: Sequence[str], said: Sequence[CheckResult]) -> Spread | None:
    """Return the widest spread of one score over a text and its variants; None without scores.

    Args:
        words: what was put into each, in the order of `said`.
    """
    names = {_DECIDING_SCORE[check]} if check in _DECIDING_SCORE else set(said[0].scores)
    spreads = []
    for name in sorted(names):
        scored = [
            (round(result.scores[name], SCORE_DIGITS), word)
            for result, word in zip(said, words, strict=True)
            if name in result.scores
        ]
        if len(scored) == len(said):
            (low, low_word), (high, high_word) = min(scored), max(scored)
            spreads.append(Spread(title, low, low_word, high, high_word))
    return max(spreads, key=lambda spread: spread.width, default=None)

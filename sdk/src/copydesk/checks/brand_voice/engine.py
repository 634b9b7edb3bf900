"""The brand-voice check: bands of the audience's tone, and the voice match of long texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import StyleGuide, Tone
from copydesk.canonical import sha256_hex
from copydesk.checks.brand_voice.style import Measures, count_persons, hedges, passives, questions, read
from copydesk.checks.brand_voice.threshold import DIGITS
from copydesk.checks.brand_voice.training import (
    MIN_WORDS,
    VoiceModel,
    VoiceScore,
    head_name,
    train_voice,
    why_untrained,
)
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Outcome,
    Severity,
    Span,
    outcome_of,
)
from copydesk.checks.encoder import encoder_status
from copydesk.checks.forbidden_topics.training import sentence_spans
from copydesk.checks.heads import HeadError
from copydesk.checks.locales import is_english
from copydesk.checks.wire import decimal_text

NAME: Final = "brand_voice"
ENGINE_VERSION: Final = "3"
MAX_LOW_SENTENCES: Final = 3
# Flesch-Kincaid swings by whole grades on a handful of words.
MIN_GRADE_WORDS: Final = 30
MIN_PERSON_WORDS: Final = 25
_PERSON_WORDS: Final = {"second": "“you”", "first_plural": "“we”"}

_NO_THRESHOLD: Final = (
    "was trained before models brought their own threshold, and the policy sets none: train it anew;"
    " bands were looked at"
)

Places = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Guide:
    # `review_below` is the threshold in force: the policy's, else the model's own; None where it brings none.
    asset: str
    tones: Mapping[str, Tone]
    model: VoiceModel | None
    untrained: str | None
    review_below: float | None


def compile_check(assets: PolicyAssets, heads: Mapping[str, bytes]) -> BrandVoiceCheck:
    """Compile the voice of a policy's style guides; a model that is not given is trained.

    Args:
        assets: the policy's content.
        heads: trained models by file name.
    """
    guides, used, problem = [], [], None
    setting = assets.setting(NAME).review_threshold
    for asset, guide in sorted(assets.style_guide.items()):
        untrained = why_untrained(guide.voice)
        model = None
        if untrained is None:
            try:
                data = heads.get(head_name(asset)) or _trained(guide)
                model = VoiceModel.from_bytes(data)
                used.append(data)
            except HeadError as error:
                problem = f"the voice model of {asset!r} can't be used: {error}"
        own = model.threshold if model is not None else None
        bar = own if setting is None else float(setting)
        guides.append(_Guide(asset, {tone.audience: tone for tone in guide.tones}, model, untrained, bar))
    source = "examples" if setting is None else "policy"
    return BrandVoiceCheck(tuple(guides), b"".join(used), source, problem)


def _trained(guide: StyleGuide) -> bytes:
    return train_voice(guide.voice, with_embedding=encoder_status().is_available).to_bytes()


class BrandVoiceCheck:
    """Compares a text with its audience's tone and with the brand's examples; see `Check` for the contract.

    Nothing here fails a text: bands and the voice match warn. Texts under a hundred words get bands alone,
    and `reason` says so where there is no voice match. A match is held to the policy's threshold, else to the
    model's own, which is learnt from the on-brand examples.
    """

    name = NAME
    deterministic = True
    reads = frozenset({"style_guide"})

    def __init__(
        self, guides: tuple[_Guide, ...], weights: bytes, threshold_from: str, problem: str | None
    ) -> None:
        self._guides = guides
        self._threshold_from = threshold_from
        self._problem = problem
        status = encoder_status()
        full = any(g.model is not None and g.model.has_embedding for g in guides) and status.is_available
        has_model = any(g.model is not None for g in guides)
        self.cost = Cost.MODEL if has_model else Cost.RUNTIME
        engine = f"style+trigrams+{status.engine}" if full else "style+trigrams" if has_model else "bands"
        self.engine = EngineInfo(NAME, engine, ENGINE_VERSION, sha256_hex(weights) if weights else None)

    @property
    def review_thresholds(self) -> Mapping[str, float]:
        """By style guide, the voice match in [0, 1] below which a text is found; of trained voices only."""
        found = {g.asset: g.review_below for g in self._guides if g.model is not None}
        return {asset: bar for asset, bar in found.items() if bar is not None}

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one text; `scores["voice_match"]` is the calibrated probability where there is one."""
        reading = read(text)
        found = reading.measures
        findings: list[Finding] = []
        scores: dict[str, float] = {}
        reasons = []
        problem, unread = self._problem, _unread(context.locale)
        for guide in self._guides:
            tone = guide.tones.get(context.audience or "")
            if tone is not None:
                findings += _bands(guide.asset, tone, text, found, in_english=unread is None)
                if unread and _knows_english_only(tone):
                    problem = problem or f"a band (reading grade, contractions, passives or hedges) {unread}"
            if guide.model is None:
                reasons.append(guide.untrained)
            elif unread:
                problem = problem or f"the voice match {unread}; bands were looked at"
            elif found.words < MIN_WORDS:
                reasons.append(f"too short for a voice match: {found.words} of {MIN_WORDS} words; bands only")
            else:
                score = guide.model.score(text, reading)
                scores["voice_match"] = round(score.probability, DIGITS)
                if guide.review_below is None:
                    problem = problem or f"the voice model of {guide.asset!r} {_NO_THRESHOLD}"
                elif score.probability < guide.review_below:
                    findings += self._off_voice(guide.asset, guide.model, guide.review_below, text, score)
        if problem:
            return CheckResult(NAME, Outcome.NOT_RUN, tuple(findings), problem, scores)
        reason = next((r for r in reasons if r), None)
        return CheckResult(NAME, outcome_of(tuple(findings)), tuple(findings), reason, scores)

    def _off_voice(
        self, asset: str, model: VoiceModel, review_below: float, text: str, score: VoiceScore
    ) -> Iterator[Finding]:
        away = "; ".join(score.away) or "its choice of words"
        match, least = _told_apart(score.probability, review_below)
        yield Finding(
            NAME,
            f"{asset}/voice",
            Severity.WARNING,
            f"This does not sound like the brand (match {match}, at least {least} is expected)."
            f" What stands out: {away}.",
            None,
            score=round(score.probability, DIGITS),
            evidence={
                "away": list(score.away),
                "towards": list(score.towards),
                "threshold": decimal_text(review_below),
                "threshold_from": self._threshold_from,
            },
        )
        for start, end, chance in _lowest(model, text):
            yield Finding(
                NAME,
                f"{asset}/voice",
                Severity.INFO,
                "Of all sentences this one sounds least like the brand.",
                Span(start, end),
                score=chance,
                evidence={"scope": "sentence"},
            )


def _told_apart(match: float, least: float) -> tuple[str, str]:
    """Write two probabilities in percent, with as many digits as it takes to see which is lower."""
    for digits in range(DIGITS - 2):
        if f"{match:.{digits}%}" != f"{least:.{digits}%}":
            break
    return f"{match:.{digits}%}", f"{least:.{digits}%}"


def _lowest(model: VoiceModel, text: str) -> list[tuple[int, int, float]]:
    spans = [(s, e) for s, e in sentence_spans(text) if text.count(" ", s, e) >= 4]
    chances = [round(model.score(text[s:e], with_embedding=False).probability, 4) for s, e in spans]
    scored = sorted((chance, s, e) for chance, (s, e) in zip(chances, spans, strict=True))
    return [(s, e, chance) for chance, s, e in scored[: min(MAX_LOW_SENTENCES, len(scored) // 2)]]


def _said(
    asset: str, tone: Tone, rule: str, message: str, span: tuple[int, int] | None, **evidence: object
) -> Finding:
    place = None if span is None else Span(*span)
    data = {"audience": tone.audience, **evidence}
    return Finding(NAME, f"{asset}/{rule}", Severity.WARNING, message, place, evidence=data)


def _unread(locale: str | None) -> str | None:
    """Say what part of the check has no model for a locale (BCP 47); without a locale texts are English."""
    if is_english(locale):
        return None
    return f"has no model for the locale {locale}, only for English"


def _knows_english_only(tone: Tone) -> bool:
    limits = (tone.reading_grade_max, tone.passives_max, tone.hedges_max)
    return tone.contractions != "allow" or any(limit is not None for limit in limits)


def _bands(asset: str, tone: Tone, text: str, found: Measures, *, in_english: bool) -> Iterator[Finding]:
    """Yield what leaves the bands of an audience's tone; some of them know English only."""
    most = tone.sentence_words_max
    if most is not None and found.longest_sentence_words > most:
        count = found.longest_sentence_words
        message = f"This sentence has {count} words; {tone.audience} gets at most {most}."
        yield _said(asset, tone, "sentence-length", message, found.longest_sentence, words=count)
    grade = tone.reading_grade_max if in_english else None
    if grade is not None and found.words >= MIN_GRADE_WORDS and found.reading_grade > grade + 0.05:
        message = (
            f"The text reads at school grade {found.reading_grade:.1f}; "
            f"{tone.audience} gets at most {grade}. Shorter words and sentences bring it down."
        )
        yield _said(asset, tone, "reading-grade", message, None, grade=f"{found.reading_grade:.1f}")
    if in_english:
        yield from _contractions(asset, tone, found)
    yield from _marks(asset, tone, text, found, in_english=in_english)
    yield from _person(asset, tone, text, found)


def _contractions(asset: str, tone: Tone, found: Measures) -> Iterator[Finding]:
    if tone.contractions == "avoid":
        for span in found.contractions:
            yield _said(
                asset, tone, "contractions", f"Copy for {tone.audience} writes this out in full.", span
            )
    if tone.contractions == "expect" and not found.contractions and found.words >= MIN_GRADE_WORDS:
        message = f"Copy for {tone.audience} uses contractions; this text has none."
        yield _said(asset, tone, "contractions", message, None)


def _marks(asset: str, tone: Tone, text: str, found: Measures, *, in_english: bool) -> Iterator[Finding]:
    counted: list[tuple[str, str, int | None, Callable[[], Places]]] = [
        ("exclamations", "exclamation marks", tone.exclamations_max, lambda: found.exclamations),
        ("emoji", "emoji", tone.emoji_max, lambda: found.emoji),
        ("questions", "questions", tone.questions_max, lambda: questions(text)),
    ]
    if in_english:
        counted += [
            ("passives", "passives", tone.passives_max, lambda: passives(text)),
            ("hedges", "hedging words", tone.hedges_max, lambda: hedges(text)),
        ]
    for rule, name, limit, look in counted:
        places = look() if limit is not None else ()
        if limit is not None and len(places) > limit:
            message = f"The text has {len(places)} {name}; {tone.audience} gets at most {limit}."
            yield _said(asset, tone, rule, message, places[limit], count=len(places))


def _person(asset: str, tone: Tone, text: str, found: Measures) -> Iterator[Finding]:
    if tone.person == "any" or found.words < MIN_PERSON_WORDS:
        return
    counts = count_persons(text)
    if tone.person == "third":
        if counts["second"] or counts["first_plural"] or counts["first"]:
            message = f"Copy for {tone.audience} speaks of the reader and of us in the third person."
            yield _said(asset, tone, "person", message, None)
    elif not counts[tone.person]:
        message = f"Copy for {tone.audience} says {_PERSON_WORDS[tone.person]}; this text never does."
        yield _said(asset, tone, "person", message, None)

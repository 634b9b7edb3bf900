"""The voice match of a style guide's own examples, each by a model that saw neither it nor a near copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from console.quality.judging import Progress
from console.quality.state import PolicyState
from copydesk.assets import Kind, parse_assets
from copydesk.assets.style_guide import StyleGuide, VoiceExamples
from copydesk.checks.brand_voice.training import (
    gram_rows,
    long_enough,
    train_voice,
    twins_of,
    why_untrained,
)
from copydesk.checks.encoder import encoder_status
from copydesk.errors import ContentError

# So many models are trained; each leaves out every tenth example and what is like it.
ROUNDS = 10


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Voice matches in [0, 1] by text, of examples on either side."""

    on_brand: dict[str, float]
    off_brand: dict[str, float]


def taught_voices(state: PolicyState) -> Iterator[tuple[str, VoiceExamples]]:
    """Yield the style guides with examples enough for a voice match, each with its name.

    Raises:
        ContentError: content that an older console saved and this one does not understand.
    """
    for name, guide in sorted(_guides(state).items()):
        if why_untrained(guide.voice) is None:
            yield name, guide.voice


def why_no_voice(state: PolicyState) -> str | None:
    """Say why no style guide of a policy gives a voice match; None where one does or can't be read."""
    try:
        read = _guides(state)
    except ContentError:
        return None
    reasons = [why_untrained(guide.voice) for _name, guide in sorted(read.items())]
    if not reasons:
        reasons = [why_untrained(VoiceExamples())]
    found = [reason for reason in reasons if reason is not None]
    if len(found) < len(reasons):
        return None
    return f"{found[0][:1].upper()}{found[0][1:].rstrip('.')}."


def _guides(state: PolicyState) -> Mapping[str, StyleGuide]:
    kind = str(Kind.STYLE_GUIDE)
    return parse_assets({kind: state.contents.get(kind, {})}).style_guide


def held_out_scores(voice: VoiceExamples, progress: Progress) -> HeldOut:
    """Score each example that is long enough by cross-validation.

    A model scores what it was trained on too well, so each example is left out of the one that scores it,
    together with its near copies on both sides, which would give it away.

    Args:
        voice: examples enough to train on.
        progress: told how many examples are scored; returns False to stop there.
    """
    on, off = long_enough(voice.on_brand), long_enough(voice.off_brand)
    texts = (*on, *off)
    rows, _rarity = gram_rows(texts)
    twins = twins_of(rows)
    scores: dict[int, float] = {}
    for turn in range(ROUNDS):
        batch = range(turn, len(texts), ROUNDS)
        left_out = {*batch, *(other for index in batch for other in twins.get(index, ()))}
        rest = [[text for i, text in side if i not in left_out] for side in _sides(on, off)]
        model = train_voice(
            VoiceExamples(on_brand=tuple(rest[0]), off_brand=tuple(rest[1])),
            with_embedding=encoder_status().is_available,
        )
        scores |= {index: model.score(texts[index]).probability for index in batch}
        if not progress(len(scores)):
            break
    scored = [{texts[i]: scores[i] for i, _text in side if i in scores} for side in _sides(on, off)]
    return HeldOut(*scored)


def _sides(on: Sequence[str], off: Sequence[str]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    return list(enumerate(on)), list(enumerate(off, start=len(on)))

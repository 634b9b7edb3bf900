"""The voice match of a style guide's own examples, each by a model that saw neither it nor a near copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from console.quality.judging import Progress
from console.quality.state import PolicyState
from copydesk.assets import Kind, parse_assets
from copydesk.assets.style_guide import StyleGuide, VoiceExamples
from copydesk.checks.brand_voice.training import left_out_matches, long_enough, why_untrained
from copydesk.checks.encoder import encoder_status
from copydesk.errors import ContentError


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
    """Score each example that is long enough as the training does it: left out, with its near copies.

    A model scores what it was trained on too well, so each example is left out of the one that scores it,
    together with its near copies on both sides, which would give it away. The voice's own threshold is
    learnt from the same scores, so that it says of them here what it says there.

    Args:
        voice: examples enough to train on.
        progress: told how many examples are scored.
    """
    on, off = long_enough(voice.on_brand), long_enough(voice.off_brand)
    of_on, of_off = left_out_matches(voice, with_embedding=encoder_status().is_available)
    progress(len(on) + len(off))
    return HeldOut(dict(zip(on, of_on, strict=True)), dict(zip(off, of_off, strict=True)))

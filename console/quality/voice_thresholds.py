"""The threshold of a voice match in words: whose it is, and from how many texts."""

from __future__ import annotations

from flask_babel import gettext as _

from console.quality.compiling import CompiledCheck, setting_of
from console.quality.state import PolicyState
from console.quality.voice_examples import taught_voices, why_no_voice
from copydesk.checks.brand_voice import BrandVoiceCheck
from copydesk.checks.brand_voice.threshold import TARGET_RATE
from copydesk.checks.brand_voice.training import long_enough

CHECK = "brand_voice"


def voice_threshold(state: PolicyState, made: CompiledCheck | None) -> tuple[str, str]:
    """Return the threshold of the voice match in force and where it is from.

    Args:
        state: the policy's content.
        made: its voice check; None where the voice is not trained yet.

    Returns:
        Decimal text, empty where there is none or every style guide has its own; and a sentence.
    """
    own = setting_of(CHECK, state).review_threshold
    if own is not None:
        return own, _("Set in this policy.")
    if why_no_voice(state) is not None:
        return "", _("There is no voice match to set a threshold for.")
    only = made.policy.checks[0] if made is not None and made.policy.checks else None
    if made is not None and not made.policy.checks:
        return "", _("The check is switched off.")
    found = only.review_thresholds if isinstance(only, BrandVoiceCheck) else {}
    if not found:
        return "", _("Nobody set it: it is learnt from the on-brand examples when the voice is trained.")
    examples = sum(len(long_enough(voice.on_brand)) for _name, voice in taught_voices(state))
    note = _(
        "Nobody set it: learnt from %(n)s on-brand examples, each left out once. At most %(share)s %% of them"
        " fall below it, and of new on-brand texts about as many.",
        n=examples,
        share=f"{TARGET_RATE * 100:g}",
    )
    if len(found) > 1:
        each = ", ".join(f"{name} {_text(bar)}" for name, bar in sorted(found.items()))
        return "", _("%(note)s Each style guide has its own: %(each)s.", note=note, each=each)
    return _text(next(iter(found.values()))), note


def _text(bar: float) -> str:
    return f"{bar:.6f}".rstrip("0").rstrip(".")

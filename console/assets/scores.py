"""The two numbers of a text in words: how well it keeps the rules, and how much it sounds like the brand."""

from __future__ import annotations

from flask_babel import gettext as _

from console.assets.labels import check_label
from copydesk.checks.contract import Verdict
from copydesk.scoring import VOICE_CHECK, points, rule_score, voice_match


def score_facts(text: str, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Return both numbers of a text as (name, figure); one that nothing was asked about is left out.

    Args:
        text: the text the verdict is about.
        verdict: what the checks said of it.
    """
    rules, voice = _rules(text, verdict), _voice(verdict)
    return tuple(
        (name, figure) for name, figure in ((_("Rules kept"), rules), (_("Voice match"), voice)) if figure
    )


def _rules(text: str, verdict: Verdict) -> str:
    score = rule_score(text, verdict)
    if score.not_run:
        names = ", ".join(map(check_label, score.not_run))
        return _("not measured, since a check did not run: %(names)s", names=names)
    if score.required is None or score.recommended is None:
        return ""
    return _(
        "required %(required)s, recommended %(recommended)s of 100",
        required=points(score.required),
        recommended=points(score.recommended),
    )


def _voice(verdict: Verdict) -> str:
    match = voice_match(verdict)
    if match is not None:
        return _("%(number)s %%", number=round(100 * match))
    reason = next((result.reason for result in verdict.results if result.check == VOICE_CHECK), None)
    return _("not measured: %(reason)s", reason=reason) if reason else ""

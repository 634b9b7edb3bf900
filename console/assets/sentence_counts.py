"""How many sentences of a text the fact sheets support, contradict or know nothing of, in words."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext as _
from flask_babel import ngettext

from copydesk.checks.contract import Check, Context
from copydesk.checks.facts import FactsCheck, SentenceStanding, sentence_verdicts


def count_sentences(check: Check, text: str, context: Context) -> str:
    """Return "1 contradicted, 3 supported"; empty where no fact sheet holds a fact or the text no sentence.

    Args:
        check: the compiled facts check, or what stands for it where it could not be set up.
        text: the text.
        context: what is known about it.
    """
    if not isinstance(check, FactsCheck) or not check.has_facts:
        return ""
    counts = Counter(verdict.standing for verdict in sentence_verdicts(check, text, context))
    return ", ".join(_words(standing, counts[standing]) for standing in SentenceStanding if counts[standing])


def _words(standing: SentenceStanding, number: int) -> str:
    match standing:
        case SentenceStanding.CONTRADICTED:
            return _("%(number)s contradicted", number=number)
        case SentenceStanding.UNVERIFIED:
            return _("%(number)s unverified", number=number)
        case SentenceStanding.UNSUPPORTED:
            return _("%(number)s unsupported", number=number)
        case SentenceStanding.SUPPORTED:
            return _("%(number)s supported", number=number)
    return ngettext(
        "%(num)d sentence with no checkable claim", "%(num)d sentences with no checkable claim", number
    )

"""The words people read for checks and conditions."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from console.assets.labels import CHECKS

CHECK_LABELS = {
    **CHECKS,
    "overall": _l("Overall"),
    "judge": _l("Judge"),
    "judge_advice": _l("Judge, advice only"),
}


def check_label(check: str) -> str:
    """Return the name of a check as people read it."""
    return str(CHECK_LABELS.get(check, check))


def nothing_to_go_by(check: str) -> str:
    """Say that a policy holds nothing that a check could go by."""
    lacking = {
        "glossary": _("The glossary holds no term, so every text passes."),
        "style_rules": _("The style guide holds no rule, so every text passes."),
        "forbidden_topics": _("No topic is forbidden, so every text passes."),
        "facts": _("The fact sheets hold no fact, so every text passes."),
        "brand_voice": _("The style guide holds no tone and teaches no voice, so every text passes."),
    }
    return lacking[check]


def condition_label(condition_id: str) -> str:
    """Return a gate condition's id as people read it."""
    kind, _sep, rest = condition_id.partition(":")
    check, _sep, segment = rest.partition(":")
    match kind:
        case "floor" if segment:
            return _("%(check)s in segment %(segment)s", check=check_label(check), segment=segment)
        case "floor":
            return _("Pass rate: %(check)s", check=check_label(check))
        case "segment":
            return _("Segment %(name)s", name=rest)
        case "not_run":
            return _("Every check ran")
        case "blockers":
            return _("No blocking finding")
        case "paired":
            return _("Not worse than production")
        case _:
            return condition_id


_CONDITION_ID = re.compile(r"'((?:floor|segment):[^']+|not_run|blockers|paired)'")


def name_conditions(message: str) -> str:
    """Return a sentence of the approval rule with its conditions named as people read them."""
    return _CONDITION_ID.sub(lambda match: f"“{condition_label(match[1])}”", message)

"""What so many golden cases can show, in words."""

from __future__ import annotations

import math

from flask_babel import gettext as _
from flask_babel import ngettext

from console.statistics import ALPHA, least_drop_cases, paired_cases_needed, visible_drop

AIM = 0.05  # the drop of the pass rate that a golden set should show


def what_cases_show(cases: int, alpha: float = ALPHA) -> str:
    """Say which drop against production so many cases can't tell from chance, and how many show 5 points.

    Args:
        cases: distinct cases; repeats of a case show no more.
        alpha: the level of the comparison with production; at 0 or 1 there is nothing to say.

    Source of the numbers: `least_drop_cases`, `visible_drop` and `paired_cases_needed` of console.statistics.
    """
    if not 0 < alpha < 1 or cases <= 0:
        return ""
    least, visible = least_drop_cases(alpha), visible_drop(cases, alpha)
    needed = paired_cases_needed(AIM, alpha)
    counted = ngettext("%(num)d case", "%(num)d cases", cases)
    if visible is None:
        told = _("%(cases)s: too few to tell any drop against production from chance.", cases=counted)
    else:
        told = _(
            "%(cases)s: a drop of fewer than %(least)s cases (%(points)s points) can't be told from chance; "
            "one of %(visible)s points is seen four times in five, at %(alpha)s %% false alarms.",
            cases=counted,
            least=least,
            points=_points(least / cases),
            visible=_points(visible),
            alpha=_points(alpha),
        )
    if cases >= needed:
        return told
    aim = _("About %(needed)s paired cases would show %(points)s points.", needed=needed, points=_points(AIM))
    return f"{told} {aim}"


def _points(share: float) -> str:
    """Write a share in points of a hundred, cautiously: what is seen from 5.02 is not seen at 5."""
    return f"{math.ceil(1000 * share - 1e-9) / 10:g}"

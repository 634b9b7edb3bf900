"""How far a judge and the editors who labelled the same texts agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from console.judge.terms import MIN_KAPPA, MIN_LABELLED_ITEMS
from copydesk.checks.wire import decimal_text

Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of (editor, judge) pairs: both fail, only the editor fails, only the judge fails, both pass.

    `not_judged` are texts on which the judge gave no ruling; they count as disagreement nowhere and are
    shown beside.
    """

    both_fail: int = 0
    only_editor: int = 0
    only_judge: int = 0
    both_pass: int = 0
    not_judged: int = 0

    @property
    def items(self) -> int:
        """Texts with both opinions."""
        return self.both_fail + self.only_editor + self.only_judge + self.both_pass

    @property
    def rate(self) -> float | None:
        """Share of texts on which both say the same."""
        return (self.both_fail + self.both_pass) / self.items if self.items else None

    @property
    def kappa(self) -> float | None:
        """Agreement beyond chance (J. Cohen 1960, Educ. Psychol. Meas. 20, 37-46).

        None where it is not defined: no texts, or both always say the same one thing.
        """
        if self.rate is None or (by_chance := self._by_chance) >= 1:
            return None
        return (self.rate - by_chance) / (1 - by_chance)

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of kappa by Cohen's large-sample standard error (same paper, equation 7)."""
        kappa, rate = self.kappa, self.rate
        if kappa is None or rate is None:
            return None
        spread = Z * math.sqrt(rate * (1 - rate) / self.items) / (1 - self._by_chance)
        return max(-1.0, kappa - spread), min(1.0, kappa + spread)

    @property
    def _by_chance(self) -> float:
        editor = (self.both_fail + self.only_editor) / self.items
        judge = (self.both_fail + self.only_judge) / self.items
        return editor * judge + (1 - editor) * (1 - judge)

    @property
    def problem(self) -> str | None:
        """Return in one sentence why this judge may not count yet, or None."""
        if self.items < MIN_LABELLED_ITEMS:
            return f"{self.items} labelled texts were judged; {MIN_LABELLED_ITEMS} are needed."
        if self.kappa is None:
            return "Editors' labels are all alike, so agreement can't be told from chance."
        if self.kappa < MIN_KAPPA:
            return f"Agreement is kappa {self.kappa:.2f}; {MIN_KAPPA:.2f} is needed."
        return None


def tally(pairs: Sequence[tuple[bool, bool | None]]) -> Agreement:
    """Count pairs of (the editor fails the text, the judge fails it; None: not judged)."""
    judged = [(editor, judge) for editor, judge in pairs if judge is not None]
    return Agreement(
        both_fail=judged.count((True, True)),
        only_editor=judged.count((True, False)),
        only_judge=judged.count((False, True)),
        both_pass=judged.count((False, False)),
        not_judged=len(pairs) - len(judged),
    )


def to_json(agreement: Agreement) -> dict[str, Any]:
    """Return an agreement as JSON data; figures that follow from the counts are kept for readers."""
    kappa = agreement.kappa
    return {
        "both_fail": agreement.both_fail,
        "only_editor": agreement.only_editor,
        "only_judge": agreement.only_judge,
        "both_pass": agreement.both_pass,
        "not_judged": agreement.not_judged,
        "kappa": None if kappa is None else decimal_text(kappa),
    }


def from_json(data: Mapping[str, Any]) -> Agreement:
    """Read an agreement written by `to_json`."""
    names = ("both_fail", "only_editor", "only_judge", "both_pass", "not_judged")
    return Agreement(**{name: int(data.get(name, 0)) for name in names})

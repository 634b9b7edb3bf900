"""Two numbers about a text, never mixed: how well it keeps the rules, how much it sounds like the brand.

Both are read from a verdict when somebody asks for them; a check does no work for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor
from types import MappingProxyType
from typing import Any, Final

from copydesk.checks.contract import Outcome, Severity, Verdict
from copydesk.checks.text import count_words
from copydesk.checks.wire import decimal_text

# The checks of how a text is written: its style, its terms, its considerate words. What it says (facts,
# topics, personal data, toxicity) is right or wrong and has no degree; the brand voice is the other number.
SCORED_CHECKS: Final = frozenset({"style_rules", "glossary", "inclusive_language"})
VOICE_CHECK: Final = "brand_voice"
WORDS_PER_ISSUE: Final = 75
REQUIRED: Final[Mapping[Severity, int]] = MappingProxyType({Severity.ERROR: 1, Severity.BLOCKER: 2})
RECOMMENDED: Final[Mapping[Severity, int]] = MappingProxyType({Severity.WARNING: 1})


@dataclass(frozen=True, slots=True)
class RuleScore:
    """How well a text keeps the rules, in (0, 1], shown as 0 to 100; required and recommended rules apart.

    Both are None where nothing can be said: the text has no words, none of the checks that count belongs to
    the policy, or one of them did not run (`not_run` names it), for what was not looked at is never clean.
    """

    words: int
    required: float | None
    recommended: float | None
    not_run: tuple[str, ...] = ()


def rule_score(text: str, verdict: Verdict) -> RuleScore:
    """Score how well a text keeps the rules of style, terms and inclusive language.

    Args:
        text: the text the verdict is about.
        verdict: what the checks said of it.
    """
    counted = [result for result in verdict.results if result.check in SCORED_CHECKS]
    words = count_words(text)
    not_run = tuple(result.check for result in counted if result.outcome is Outcome.NOT_RUN)
    if not counted or not_run:
        return RuleScore(words, None, None, not_run)
    return score_of(words, [finding.severity for result in counted for finding in result.findings])


def score_of(words: int, severities: Iterable[Severity]) -> RuleScore:
    """Score a text by its length and the severities of what was found in it.

    Each score is `words/75 / (words/75 + weighted issues)`: one issue in 75 words halves it. Required are the
    rules whose findings fail a text, recommended those that warn. The weights are our own choice: an error
    and a warning weigh 1, each on its own scale, a blocker 2, since it fails the text whatever the gate says,
    and information nothing. All issues are the writer's, so two rules on the same words are two.

    Args:
        words: how many words the text has, 0 or more.
        severities: one for each finding of the checks that count.

    Source: docs.acrolinx.com, “Configure How Acrolinx Scores Are Calculated” (a factor of 75, issue count);
    support.acrolinx.com, “The Acrolinx Score Explained” (goals required and recommended).
    """
    found = list(severities)
    return RuleScore(words, _score(words, found, REQUIRED), _score(words, found, RECOMMENDED))


def voice_match(verdict: Verdict) -> float | None:
    """Return the calibrated probability, in [0, 1], that a text sounds like the brand.

    None where there is no voice match: no model, a text under a hundred words, a check that did not run.
    """
    for result in verdict.results:
        if result.check == VOICE_CHECK and result.outcome is not Outcome.NOT_RUN:
            return result.scores.get("voice_match")
    return None


def scores_to_json(text: str, verdict: Verdict) -> dict[str, Any]:
    """Return both numbers of a text as JSON data; scores are decimal text or None.

    Args:
        text: the text the verdict is about.
        verdict: what the checks said of it.
    """
    score, match = rule_score(text, verdict), voice_match(verdict)
    return {
        "rule_score": {
            "words": score.words,
            "required": _decimal(score.required),
            "recommended": _decimal(score.recommended),
            "not_run": list(score.not_run),
        },
        "voice_match": _decimal(match),
    }


def scores_in_words(text: str, verdict: Verdict) -> list[str]:
    """Return both numbers of a text as lines for a person; what was not measured is left out or says why.

    Args:
        text: the text the verdict is about.
        verdict: what the checks said of it.
    """
    score, match = rule_score(text, verdict), voice_match(verdict)
    lines = []
    if score.not_run:
        lines.append(f"rules kept: not measured, since {', '.join(score.not_run)} did not run")
    elif score.required is not None and score.recommended is not None:
        required, recommended = points(score.required), points(score.recommended)
        lines.append(f"rules kept: required {required}, recommended {recommended} of 100")
    if match is not None:
        lines.append(f"voice match: {match:.0%}")
    return lines


def points(score: float) -> int:
    """Return a score of [0, 1] in points of 100, rounded down: only a text without an issue has 100."""
    return floor(100 * score + 1e-9)


def _score(words: int, severities: list[Severity], weights: Mapping[Severity, int]) -> float | None:
    if words <= 0:
        return None
    length = words / WORDS_PER_ISSUE
    return length / (length + sum(weights.get(severity, 0) for severity in severities))


def _decimal(score: float | None) -> str | None:
    return None if score is None else decimal_text(score)

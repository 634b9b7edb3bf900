"""Asking a judge about a text: one question per criterion, asked again where the first answer is a fail."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from console.errors import ConsoleError
from console.generation.errors import GenerationError
from console.generation.provider import Provider
from console.generation.requests import GenerationRequest, call_parameters
from console.judge.purse import Purse
from console.judge.rubric import (
    MAX_TEXT_CHARS,
    Asked,
    Opinion,
    UnreadableAnswerError,
    identity,
    make_question,
    read_answer,
)
from console.judge.terms import JudgeTerms
from copydesk.canonical import LONE_SURROGATE
from copydesk.checks.contract import CheckResult, Context, EngineInfo, Finding, Outcome, Span, outcome_of
from copydesk.checks.personal_data import hide_personal_data

NAME = "judge"
# What is said by a judge whose agreement with editors is not good enough (yet): shown, never counted.
ADVICE = "judge_advice"
JUDGES = frozenset({NAME, ADVICE})
# An answer that can't be read is asked for anew this often before the criterion counts as not judged.
MAX_UNREADABLE = 2


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the votes on one criterion say; `passes` is None where they could not be had, with the reason."""

    asked: Asked
    passes: bool | None
    votes_for: int = 0
    votes_against: int = 0
    opinion: Opinion | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """A policy's judge before it sits: its terms, what it is asked about, and whether it counts."""

    terms: JudgeTerms
    criteria: tuple[Asked, ...]
    purse: Purse
    counts: bool

    @property
    def check(self) -> str:
        """The name its verdicts are stored under."""
        return NAME if self.counts else ADVICE

    @property
    def engine(self) -> EngineInfo:
        """The model and the digest of all that decides its verdicts."""
        return EngineInfo(self.check, f"model:{self.terms.model}", identity(self.terms, self.criteria)[:16])

    def sit(self, provider: Provider | None, stop: threading.Event) -> Judge:
        """Return the judge, ready to be asked; without a provider nothing is judged."""
        return Judge(self.terms, self.criteria, provider, self.purse, stop)


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge on its terms; thread-safe, since provider and purse are."""

    terms: JudgeTerms
    criteria: tuple[Asked, ...]
    provider: Provider | None
    purse: Purse
    stop: threading.Event

    def judge(self, text: str, context: Context) -> CheckResult:
        """Ask about every criterion that covers the text; what could not be judged is `not_run`.

        Where the workspace masks personal data, the model is shown the text with dots in its place.
        """
        text = self._shown(text, context)
        asked = [a for a in self.criteria if a.criterion.scope.covers(context)]
        if len(text) > MAX_TEXT_CHARS:
            reason = f"The text is longer than the {MAX_TEXT_CHARS} characters a judge is given."
            return CheckResult(NAME, Outcome.NOT_RUN, reason=reason)
        if LONE_SURROGATE.search(text):
            return CheckResult(NAME, Outcome.NOT_RUN, reason="The text holds half of a character.")
        return result_of([self.rule(one, text, context) for one in asked], text)

    def rule(self, asked: Asked, text: str, context: Context) -> Ruling:
        """Decide one criterion: a pass counts at once, a fail only when most of the votes confirm it."""
        text = self._shown(text, context)
        opinions: list[Opinion] = []
        unreadable = 0
        needed = self.terms.votes // 2 + 1
        for attempt in range(self.terms.votes + MAX_UNREADABLE):
            try:
                opinions.append(self._ask(make_question(self.terms, asked, text, context, attempt), text))
            except UnreadableAnswerError as error:
                unreadable += 1
                if unreadable > MAX_UNREADABLE:
                    return Ruling(asked, None, reason=f"the judge's answer {error}")
                continue
            except ConsoleError as error:
                return Ruling(asked, None, reason=str(error))
            fails = [o for o in opinions if not o.passes]
            passes = len(opinions) - len(fails)
            if len(fails) >= needed:
                return Ruling(asked, False, passes, len(fails), fails[0])
            if not fails or passes >= needed:
                return Ruling(asked, True, passes, len(fails), next(o for o in opinions if o.passes))
        return Ruling(asked, None, reason="too few of the judge's answers could be read")

    def _shown(self, text: str, context: Context) -> str:
        return hide_personal_data(text, context.locale) if self.purse.masks() else text

    def _ask(self, request: GenerationRequest, text: str) -> Opinion:
        answer = self.purse.known(request)
        if answer is None:
            if self.provider is None:
                raise GenerationError("no model is configured")
            make = partial(self.provider.generate, request.messages, call_parameters(request), stop=self.stop)
            answer = self.purse.buy(request, make)
        return read_answer(answer, text)


def result_of(rulings: Sequence[Ruling], text: str) -> CheckResult:
    """Put the rulings on one text together: failed criteria are findings; one not judged is never a pass."""
    findings = tuple(_finding(ruling, text) for ruling in rulings if ruling.passes is False)
    open_ones = [ruling for ruling in rulings if ruling.passes is None]
    scores = {
        f"{r.asked.rule_id}/against": r.votes_against / (r.votes_for + r.votes_against)
        for r in rulings
        if r.passes is not None
    }
    outcome = outcome_of(findings)
    if open_ones and outcome is not Outcome.FAIL:
        first = open_ones[0]
        reason = f"{len(open_ones)} of {len(rulings)} criteria were not judged: {first.reason}."
        return CheckResult(NAME, Outcome.NOT_RUN, findings, reason, scores)
    return CheckResult(NAME, outcome, findings, None, scores)


def _finding(ruling: Ruling, text: str) -> Finding:
    opinion, criterion = ruling.opinion, ruling.asked.criterion
    assert opinion is not None  # noqa: S101 - a fail has an opinion
    span = None
    if opinion.quotes:
        start = text.index(opinion.quotes[0])
        span = Span(start, start + len(opinion.quotes[0]))
    cast = ruling.votes_for + ruling.votes_against
    return Finding(
        check=NAME,
        rule_id=ruling.asked.rule_id,
        severity=criterion.severity,
        message=f"{criterion.title}: {opinion.reason}" if opinion.reason else criterion.title,
        span=span,
        evidence={"votes": f"{ruling.votes_against} of {cast}", "quotes": list(opinion.quotes)},
    )

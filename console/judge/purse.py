"""What a judge may still spend, and the answers that are paid for already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.clock import now
from console.database import Database
from console.errors import ConsoleError
from console.generation import cache
from console.generation.masking import is_masking
from console.generation.prices import TOKENS_PER_PRICE, cost_of, prices_of
from console.generation.provider import Generated
from console.generation.requests import GenerationRequest
from console.judge.terms import JudgeTerms
from models import JudgeCall, Workspace

Purpose = Literal["run", "agreement"]


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls made for one run or measurement, and their cost in minor units; None where there is no price."""

    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost_cents: float | None


class SpendingLimitError(ConsoleError):
    """The judge's terms allow no further call."""

    status = 409
    code = "judge_limit"


@dataclass(slots=True)
class _UnderWay:
    """Calls that are being made and not written down yet."""

    calls: int = 0
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class Purse:
    """Looks answers up, keeps new ones, and says when the terms' limit is reached.

    The limits are looked at before each call against what is written down, so workers share them. That of
    calls counts those under way in this worker too; what those cost is known only when they end. So the cost
    may pass its limit by as many calls as are made at once, and the calls by those of other workers.
    """

    database: Database
    policy_id: int
    workspace_id: int
    purpose: Purpose
    subject_id: int
    terms: JudgeTerms
    _under_way: _UnderWay = field(default_factory=_UnderWay, repr=False, compare=False)

    def known(self, request: GenerationRequest) -> str | None:
        """Return an answer that was given before."""
        with self.database.read() as session:
            entry = cache.find(session, [request.key]).get(request.key)
            return entry.text if entry is not None else None

    def buy(self, request: GenerationRequest, make: Callable[[], Generated]) -> str:
        """Have an answer made, keep it and write down what it took.

        Args:
            request: what is asked.
            make: asks the model; what it raises is raised, and nothing is paid.

        Raises:
            SpendingLimitError: the terms allow no further call.
        """
        with self._under_way.lock:
            if reached := self._reached():
                raise SpendingLimitError(reached)
            self._under_way.calls += 1
        made = None
        try:
            made = make()
        finally:
            # In one step, or a call would count twice for a moment.
            with self._under_way.lock:
                self._under_way.calls -= 1
                if made is not None:
                    self._pay(request, made)
        return made.text

    def _reached(self) -> str | None:
        """Return the limit that is reached, in words, or None."""
        with self.database.read() as session:
            spent = spent_on(session, self.purpose, self.subject_id, price_of(session, self))
        if spent.calls + self._under_way.calls >= self.terms.max_calls:
            return f"the limit of {self.terms.max_calls} calls is reached"
        limit = self.terms.max_cost_cents
        if limit is None:
            return None
        if spent.cost_cents is None:
            return "there is a limit on the cost, and no price for the model in the workspace's settings"
        return f"the limit of {limit / 100:.2f} is reached" if spent.cost_cents >= limit else None

    def masks(self) -> bool:
        """Tell whether the workspace keeps personal data from models."""
        with self.database.read() as session:
            return is_masking(session.get_one(Workspace, self.workspace_id))

    def _pay(self, request: GenerationRequest, made: Generated) -> None:
        with self.database.write() as session:
            cache.keep(session, request, made)
            session.add(
                JudgeCall(
                    policy_id=self.policy_id,
                    purpose=self.purpose,
                    subject_id=self.subject_id,
                    model=made.model or self.terms.model,
                    prompt_tokens=made.prompt_tokens,
                    completion_tokens=made.completion_tokens,
                    latency_ms=made.latency_ms,
                    created_at=now(),
                )
            )


def price_of(session: Session, purse: Purse) -> Mapping[str, Any] | None:
    """Return the price of the judge's model as the workspace's settings have it, in cents per 10⁶ tokens."""
    price = prices_of(session.get_one(Workspace, purse.workspace_id)).get(purse.terms.model)
    return price if isinstance(price, dict) else None


def spent_on(session: Session, purpose: Purpose, subject_id: int, price: Mapping[str, Any] | None) -> Spent:
    """Add up what one run or measurement has cost so far."""
    calls, prompt, completion = session.execute(
        select(
            func.count(JudgeCall.id),
            func.coalesce(func.sum(JudgeCall.prompt_tokens), 0),
            func.coalesce(func.sum(JudgeCall.completion_tokens), 0),
        ).where(JudgeCall.purpose == purpose, JudgeCall.subject_id == subject_id)
    ).one()
    millionths = cost_of(price, int(prompt), int(completion))
    cost_cents = None if millionths is None else millionths / TOKENS_PER_PRICE
    return Spent(int(calls), int(prompt), int(completion), cost_cents)

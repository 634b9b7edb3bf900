"""On which terms a judge is asked: which model, how often, at what price at most."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from copydesk.assets.base import Content, NonEmptyLine

MIN_LABELLED_ITEMS = 100
MIN_KAPPA = 0.6


def model_family(model: str) -> str:
    """Return what a model's name says of its family: "gpt" of "openai/gpt-4.1-mini", "claude" of "claude-3".

    Args:
        model: a name as the provider spells it, with or without the provider before a slash.
    """
    name = model.strip().lower().rsplit("/", 1)[-1]
    found = re.match(r"[^\W\d_]+", name)
    return found.group() if found else name


class JudgeTerms(Content):
    """Terms of a policy's judge, part of its gate.

    A criterion that is failed at the first asking is asked `votes` times in all and the majority decides.
    `max_cost_cents` (minor units of the price's currency) needs the model's price in the workspace's
    settings; without one `max_calls` alone bounds a run. `counts` lets its verdicts count in the gate, which
    they do only where its agreement with editors was measured and is good enough.
    """

    model: NonEmptyLine
    votes: Literal[1, 3, 5] = 3
    max_calls: int = Field(default=2_000, ge=1, le=1_000_000)
    max_cost_cents: int | None = Field(default=None, ge=1, le=10_000_000)
    counts: bool = False

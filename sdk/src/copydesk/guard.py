"""Guarding generation: generate, check, retry as declared, else approved fallback copy. Never a bad text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from copydesk.assets.prompt import ModelPin, Prompt
from copydesk.checks.contract import Context, Finding, Outcome, Severity, Verdict
from copydesk.rendering import Rendered

logger = logging.getLogger(__name__)

MODEL_CHECK = "model"
OTHER_MODEL_RULE = "other-model"


class TextSource(StrEnum):
    """Where a guarded text comes from."""

    GENERATED = "generated"
    RETRIED = "retried"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Generated:
    """What a model answered, and which model it says it was."""

    text: str
    model: str | None = None


# Called with chat messages (`[{"role", "content"}]`) and keyword arguments for an OpenAI-compatible client.
Generate = Callable[[list[dict[str, str]], dict[str, Any]], "str | Generated"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of `generate`: its text with verdict and model, or the error."""

    text: str | None
    verdict: Verdict | None
    model: str | None
    findings: tuple[Finding, ...] = ()
    error: str | None = None

    @property
    def is_usable(self) -> bool:
        """Whether the text may be handed out."""
        if self.text is None or self.verdict is None or self.verdict.is_blocked:
            return False
        return all(finding.severity.rank < Severity.ERROR.rank for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A text that may be used, and why it is this one.

    `verdict` and `findings` are those of the last generated text (for a fallback: of the one it replaces;
    None when nothing was generated); `version` is the policy's; `reason` says in a sentence why the text is
    not the first one generated, None if it is.
    """

    text: str
    source: TextSource
    verdict: Verdict | None
    attempts: tuple[Attempt, ...]
    version: int
    findings: tuple[Finding, ...]
    reason: str | None

    @property
    def is_fallback(self) -> bool:
        """Whether approved copy replaced the generated text."""
        return self.source is TextSource.FALLBACK


def run_attempts(
    prompt: Prompt,
    rendered: Rendered,
    context: Context,
    generate: Generate,
    check: Callable[[str, Context], Verdict],
    *,
    retries: int,
) -> tuple[Attempt, ...]:
    """Call the model until a text may be used or the retries are spent; the last attempt decides.

    A `generate` that raises ends the attempts at once: its client has done its own retrying, and a reader is
    waiting.

    Args:
        prompt: pins the model.
        rendered: messages and parameters.
        context: what is known about the text.
        generate: see `Generate`.
        check: judges one text.
        retries: further calls after a blocked text.
    """
    attempts: list[Attempt] = []
    for index in range(retries + 1):
        attempt = _attempt(prompt.model, _with_seed(rendered, index), context, generate, check)
        attempts.append(attempt)
        if attempt.is_usable or attempt.error is not None:
            break
    return tuple(attempts)


def reason_for_fallback(attempts: tuple[Attempt, ...]) -> str:
    """Say in a sentence why none of the attempts may be used."""
    last = attempts[-1]
    if last.error is not None:
        return last.error
    blocking = [finding for finding in last.findings if finding.severity.rank >= Severity.ERROR.rank]
    if blocking:
        return f"{blocking[0].check}: {blocking[0].message}"
    silent = [r for r in last.verdict.results if r.outcome is Outcome.NOT_RUN] if last.verdict else []
    if silent:
        return f"{silent[0].check} could not run: {silent[0].reason or 'unknown reason'}"
    return "a check failed the text"


def _attempt(
    pin: ModelPin,
    rendered: Rendered,
    context: Context,
    generate: Generate,
    check: Callable[[str, Context], Verdict],
) -> Attempt:
    try:
        answer = generate(rendered.chat_messages(), rendered.openai_arguments())
    except Exception as error:  # noqa: BLE001 - the caller's own code: whatever it raises means "no text"
        logger.warning("generate raised %s; falling back", type(error).__name__)
        return Attempt(None, None, None, error=f"generate raised {type(error).__name__}: {error}")
    if isinstance(answer, str):
        answer = Generated(answer)
    if not isinstance(answer, Generated) or not isinstance(answer.text, str):
        return Attempt(None, None, None, error=f"generate returned {type(answer).__name__}, not a text")
    verdict = check(answer.text, context)
    findings = (*_model_findings(pin, answer.model), *verdict.findings)
    return Attempt(answer.text, verdict, answer.model, findings)


def _model_findings(pin: ModelPin, model: str | None) -> Iterable[Finding]:
    if model is None or model in (pin.model, *pin.allowed_alternates):
        return
    severity = Severity.ERROR if pin.on_other_model == "block" else Severity.WARNING
    message = f"made by {model!r}, but the prompt was tested with {pin.model!r}"
    yield Finding(MODEL_CHECK, OTHER_MODEL_RULE, severity, message, evidence={"model": model})


def _with_seed(rendered: Rendered, attempt_index: int) -> Rendered:
    # The same seed would give the same blocked text again.
    parameters = rendered.parameters
    if attempt_index == 0 or parameters.seed is None or parameters.seed_policy != "per_case":
        return rendered
    return replace(rendered, parameters=replace(parameters, seed=parameters.seed + attempt_index))

"""The active policy: one verified bundle, compiled, with everything a service asks of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

from copydesk.approval import WaiverFact
from copydesk.assets.prompt import Prompt
from copydesk.bundle.inputs import EngineEntry
from copydesk.bundle.verify import VerifiedBundle
from copydesk.checks.contract import (
    EMPTY,
    Check,
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Outcome,
    Severity,
    Verdict,
    outcome_of,
)
from copydesk.errors import UnknownPromptError
from copydesk.guard import (
    Attempt,
    Generate,
    Generated,
    Guarded,
    TextSource,
    reason_for_fallback,
    run_attempts,
)
from copydesk.policy import CompiledPolicy, NotRunAction, overall_outcome
from copydesk.rendering import Rendered, render, render_fallback
from copydesk.telemetry import Telemetry

# What a check names as its engine when its package or weights are absent (`copydesk.checks.registry`).
UNAVAILABLE = "unavailable"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present moment, with its zone."""
    return datetime.now(UTC)


@dataclass(slots=True)
class MissingEngine:
    """Stands for a check whose engine in the bundle is not the one installed here: it never runs."""

    name: str
    reason: str
    engine: EngineInfo
    cost: Cost = Cost.RUNTIME
    deterministic: bool = True
    reads: frozenset[str] = frozenset()

    def run(self, text: str, context: Context) -> CheckResult:  # noqa: ARG002 - the contract's signature
        """Return `not_run` with the reason."""
        return CheckResult(self.name, Outcome.NOT_RUN, reason=self.reason)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy in force. Immutable: a newer version is another object, so one request sees one version.

    `is_blocked` is the channel's kill switch: every guarded text is then replaced by approved copy.
    """

    bundle: VerifiedBundle
    compiled: CompiledPolicy
    telemetry: Telemetry = field(default_factory=Telemetry)
    clock: Clock = utc_now
    is_blocked: bool = False

    @classmethod
    def from_bundle(
        cls, bundle: VerifiedBundle, *, telemetry: Telemetry | None = None, clock: Clock = utc_now
    ) -> Policy:
        """Compile what a bundle holds; weights load here, checking does no I/O afterwards.

        A check that the bundle wants at runtime with another engine than the one installed is not run, and
        its `on_not_run` applies.

        Args:
            bundle: verified.
            telemetry: counters to go on counting in, None for new ones.
            clock: the present moment, for validity of facts and waivers.
        """
        compiled = CompiledPolicy.compile(bundle.assets, bundle.heads, enforced_at="runtime")
        wanted = {e.check: e for e in bundle.release.engines if e.enforced_at == "runtime"}
        checks = [_as_wanted(check, wanted.get(check.name)) for check in compiled.checks]
        present = {check.name for check in checks}
        checks += [_missing(entry, "not installed") for name, entry in wanted.items() if name not in present]
        on_not_run = {
            **compiled.on_not_run,
            **{e.check: cast("NotRunAction", e.on_not_run) for e in wanted.values()},
        }
        adapted = replace(compiled, checks=tuple(checks), on_not_run=on_not_run)
        return cls(bundle, adapted, telemetry or Telemetry(), clock)

    @property
    def version(self) -> int:
        """The bundle's version."""
        return self.bundle.version

    @property
    def missing_engines(self) -> tuple[str, ...]:
        """Names of the checks that can't run here as the bundle wants them."""
        return tuple(check.name for check in self.compiled.checks if isinstance(check, MissingEngine))

    def expired_waivers(self) -> tuple[WaiverFact, ...]:
        """Return the waivers in the bundle whose time is over: their rules apply again."""
        now = self.clock()
        return tuple(waiver for waiver in self.bundle.release.waivers if waiver.is_expired(now))

    def prompt(self, name: str) -> Prompt:
        """Return a prompt.

        Raises:
            UnknownPromptError: no prompt of this name; the message lists those there are.
        """
        try:
            return self.bundle.assets.prompt[name]
        except KeyError:
            known = ", ".join(sorted(self.bundle.assets.prompt)) or "none"
            raise UnknownPromptError(
                f"no prompt {name!r} in {self.bundle.revision}; known: {known}"
            ) from None

    def render(
        self,
        prompt: str,
        *,
        audience: str | None = None,
        locale: str | None = None,
        variables: Mapping[str, Any] = EMPTY,
    ) -> Rendered:
        """Render a prompt for a model.

        Args:
            prompt: name of the prompt asset.
            audience: given to a declared variable `audience` that has no value yet.
            locale: how money, dates and numbers are written.
            variables: JSON data by name.

        Raises:
            UnknownPromptError, VariableError, TemplateError: see `copydesk.rendering.render`.
        """
        found = self.prompt(prompt)
        return render(found, _with_audience(found, variables, audience), locale)

    def check(
        self,
        text: str,
        *,
        prompt: str | None = None,
        audience: str | None = None,
        channel: str | None = None,
        locale: str | None = None,
        segment: str | None = None,
        variables: Mapping[str, Any] = EMPTY,
        must_mention: tuple[str, ...] = (),
    ) -> Verdict:
        """Judge a text with every check enforced at runtime.

        Args:
            text: the complete text.
            prompt, audience, channel, locale, segment: what is known about it; the channel defaults to the
                prompt's.
            variables: the prompt's variables, which may stand in the text.
            must_mention: ids of facts the text has to state.

        Raises:
            UnknownPromptError: no prompt of this name.
        """
        if prompt is not None:
            channel = channel or self.prompt(prompt).channel
        today = self.clock().date().isoformat()
        return self._check(
            text, Context(prompt, audience, channel, locale, segment, variables, must_mention, today)
        )

    def guard(
        self,
        prompt: str,
        *,
        generate: Generate,
        audience: str | None = None,
        locale: str | None = None,
        channel: str | None = None,
        segment: str | None = None,
        variables: Mapping[str, Any] = EMPTY,
        must_mention: tuple[str, ...] = (),
    ) -> Guarded:
        """Generate, check, retry as the prompt declares, else hand out approved copy.

        Args:
            prompt: name of the prompt asset.
            generate: called with chat messages and the keyword arguments of an OpenAI-compatible client;
                returns the text, or `Generated` with the model that made it.
            audience, locale, channel, segment, variables, must_mention: as `check`.

        Raises:
            UnknownPromptError, VariableError, TemplateError: the call itself is wrong.
            NoFallbackError: the text must not be used and there is no approved copy in its place.
        """
        context = self._context(prompt, audience, channel, locale, segment, variables, must_mention)
        return self._guard(context, generate, self.prompt(prompt).retries)

    def guard_text(
        self,
        text: str,
        *,
        prompt: str,
        model: str | None = None,
        audience: str | None = None,
        locale: str | None = None,
        channel: str | None = None,
        segment: str | None = None,
        variables: Mapping[str, Any] = EMPTY,
        must_mention: tuple[str, ...] = (),
    ) -> Guarded:
        """Guard a text that was generated elsewhere: the text itself, or approved copy.

        Args:
            text: the complete text.
            prompt: name of the prompt it was made with.
            model: the model that made it, None if unknown.
            audience, locale, channel, segment, variables, must_mention: as `check`.

        Raises:
            UnknownPromptError, VariableError, TemplateError, NoFallbackError: as `guard`.
        """
        context = self._context(prompt, audience, channel, locale, segment, variables, must_mention)
        given = Generated(text, model)
        return self._guard(context, lambda *_: given, 0)

    def _context(
        self,
        prompt: str,
        audience: str | None,
        channel: str | None,
        locale: str | None,
        segment: str | None,
        variables: Mapping[str, Any],
        must_mention: tuple[str, ...],
    ) -> Context:
        found = self.prompt(prompt)
        return Context(
            prompt=prompt,
            audience=audience,
            channel=channel or found.channel,
            locale=locale,
            segment=segment,
            variables=_with_audience(found, variables, audience),
            must_mention=must_mention,
            today=self.clock().date().isoformat(),
        )

    def _guard(self, context: Context, generate: Generate, retries: int) -> Guarded:
        prompt = self.prompt(str(context.prompt))
        rendered = render(prompt, context.variables, context.locale)
        if self.is_blocked:
            return self._fallback(context, (), "the channel is set to block all generated text")
        calls = count()
        attempts = run_attempts(
            prompt,
            rendered,
            context,
            generate,
            lambda text, known: self._check(text, known, is_retry=next(calls) > 0),
            retries=retries,
        )
        return self._outcome(context, attempts)

    def _check(self, text: str, context: Context, *, is_retry: bool = False) -> Verdict:
        started_ns = time.perf_counter_ns()
        found = self.compiled.check(text, context)
        verdict = self._apply_waivers(found)
        self.telemetry.count_verdict(verdict, (time.perf_counter_ns() - started_ns) // 1_000)
        if not is_retry:
            self.telemetry.count_first(self.version, found)
        return verdict

    def _outcome(self, context: Context, attempts: tuple[Attempt, ...]) -> Guarded:
        last = attempts[-1]
        if not last.is_usable or last.text is None:
            return self._fallback(context, attempts, reason_for_fallback(attempts))
        is_first = len(attempts) == 1
        source = TextSource.GENERATED if is_first else TextSource.RETRIED
        reason = None if is_first else f"retried because {reason_for_fallback(attempts[:-1])}"
        self.telemetry.count_guarded(source, last.model)
        return Guarded(last.text, source, last.verdict, attempts, self.version, last.findings, reason)

    def _fallback(self, context: Context, attempts: tuple[Attempt, ...], reason: str) -> Guarded:
        name = str(context.prompt)
        sets = [self.bundle.assets.fallbacks[key] for key in sorted(self.bundle.assets.fallbacks)]
        text = render_fallback(
            sets, name, self.prompt(name), context.variables, context.audience, context.locale
        )
        last = attempts[-1] if attempts else None
        self.telemetry.count_guarded(TextSource.FALLBACK, last.model if last else None)
        return Guarded(
            text=text,
            source=TextSource.FALLBACK,
            verdict=last.verdict if last else None,
            attempts=attempts,
            version=self.version,
            findings=last.findings if last else (),
            reason=reason,
        )

    def _apply_waivers(self, verdict: Verdict) -> Verdict:
        """Turn findings of rules that are waived altogether into remarks, while the waiver holds."""
        now = self.clock()
        waived = {
            waiver.condition
            for waiver in self.bundle.release.waivers
            if not waiver.case_keys and not waiver.is_expired(now)
        }
        if not waived:
            return verdict
        results = tuple(_waive(result, waived) for result in verdict.results)
        if results == verdict.results:
            return verdict
        return Verdict(overall_outcome(results, self.compiled.on_not_run), results)


def _waive(result: CheckResult, waived: set[str]) -> CheckResult:
    findings = tuple(
        replace(finding, severity=Severity.INFO, evidence={**finding.evidence, "waived": True})
        if _condition(finding) in waived
        else finding
        for finding in result.findings
    )
    if findings == result.findings:
        return result
    # What could not run stays so: a waiver is of what a rule says, not of what nobody looked at.
    outcome = result.outcome if result.outcome is Outcome.NOT_RUN else outcome_of(findings)
    return replace(result, findings=findings, outcome=outcome)


def _condition(finding: Finding) -> str:
    return f"rule:{finding.check}:{finding.rule_id}"


def _with_audience(prompt: Prompt, variables: Mapping[str, Any], audience: str | None) -> Mapping[str, Any]:
    declares = any(variable.name == "audience" for variable in prompt.variables)
    if audience is None or not declares or variables.get("audience") is not None:
        return variables
    return {**variables, "audience": audience}


def _as_wanted(check: Check, entry: EngineEntry | None) -> Check:
    installed = check.engine
    if entry is None or UNAVAILABLE in (entry.engine, installed.engine):
        # An engine that could not be set up says so itself, and with a better reason.
        return check
    if _family(installed.engine) != _family(entry.engine):
        return _missing(entry, f"{installed.engine!r} is installed instead")
    both_known = installed.weights_sha256 is not None and entry.weights_sha256 is not None
    if both_known and installed.weights_sha256 != entry.weights_sha256:
        return _missing(entry, "other weights are installed")
    return check


def _family(engine: str) -> str:
    """Return an engine's name without the version of the library below it (`automaton+re2/1.1` → …)."""
    return engine.split("/", maxsplit=1)[0]


def _missing(entry: EngineEntry, why: str) -> MissingEngine:
    engine = EngineInfo(entry.check, entry.engine, entry.engine_version, entry.weights_sha256)
    reason = f"the bundle wants the engine {entry.engine!r} {entry.engine_version}; {why}"
    return MissingEngine(entry.check, reason, engine)

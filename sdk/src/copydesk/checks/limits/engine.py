"""Limits and output format: lengths, links, markup, placeholders, required phrases, structured output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copydesk.assets import PolicyAssets
from copydesk.assets.limits import ChannelLimit
from copydesk.assets.prompt import OutputContract
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Outcome,
    Severity,
    Span,
    outcome_of,
)
from copydesk.checks.limits import markup
from copydesk.checks.structured import SchemaProblem, SchemaUnusable, StructuredOutput
from copydesk.checks.text import (
    count_graphemes,
    count_words,
    fold,
    fold_term,
    has_graphemes,
    is_blank,
    sentences,
)

NAME = "limits"
ENGINE_VERSION = "3"
_PASSED = CheckResult(NAME, Outcome.PASS)


@dataclass(frozen=True, slots=True)
class _Report:
    """Makes the findings of one set of limits: all have its prefix and severity."""

    prefix: str
    severity: Severity

    def __call__(
        self, rule: str, message: str, span: Span | None = None, evidence: Mapping[str, Any] | None = None
    ) -> Finding:
        return Finding(NAME, f"{self.prefix}{rule}", self.severity, message, span, evidence=evidence or {})


class LimitsCheck:
    """Checks the channel's limits, the prompt's output contract, and that nothing is left to fill in."""

    name = NAME
    cost = Cost.RUNTIME
    deterministic = True
    reads = frozenset({"limits", "prompt"})

    def __init__(self, assets: PolicyAssets) -> None:
        """Compile the schemas of all prompts; one that cannot be used makes that prompt's texts `not_run`."""
        self.engine = EngineInfo(NAME, "copydesk-limits", ENGINE_VERSION)
        self._limits = tuple(
            (name, limit) for name, content in sorted(assets.limits.items()) for limit in content.channels
        )
        self._prompts = dict(assets.prompt)
        self._schemas: dict[str, StructuredOutput | SchemaUnusable] = {
            name: StructuredOutput.compile(prompt.output.json_schema)
            for name, prompt in assets.prompt.items()
            if prompt.output.format == "json"
        }

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one text against what its channel carries and what its prompt promised."""
        prompt = self._prompts.get(context.prompt or "")
        schema = self._schemas.get(context.prompt or "")
        if isinstance(schema, SchemaUnusable):
            reason = f"the JSON schema of the prompt {context.prompt!r} can't be used: {schema.reason}"
            return CheckResult(NAME, Outcome.NOT_RUN, reason=reason)
        # Printed ASCII to begin with, as most texts have, spares the look at every character.
        if not "!" <= text[:1] <= "~" and is_blank(text):
            finding = Finding(NAME, "empty", Severity.ERROR, "The text is empty.")
            return CheckResult(NAME, Outcome.FAIL, (finding,))
        channel = context.channel or (prompt.channel if prompt else None)
        contract = prompt.output if prompt else None
        findings = list(_placeholder_findings(text))
        for name, limit in self._limits:
            if limit.channel == channel and limit.scope.covers(context):
                findings += _channel_findings(text, limit, f"{name}/{limit.id}.", contract)
        if contract is not None:
            findings += _contract_findings(text, contract, f"{context.prompt}/")
        if schema is not None:
            report = _Report(f"{context.prompt}/", Severity.ERROR)
            findings += [_schema_finding(report, problem) for problem in schema.problems(text)]
        return CheckResult(NAME, outcome_of(tuple(findings)), tuple(findings)) if findings else _PASSED


def compile_check(assets: PolicyAssets, heads: Mapping[str, bytes]) -> LimitsCheck:  # noqa: ARG001 - contract
    """Compile the check from the limits and prompts of a policy; it has no trained heads."""
    return LimitsCheck(assets)


def _channel_findings(
    text: str, limit: ChannelLimit, prefix: str, contract: OutputContract | None
) -> Iterator[Finding]:
    report = _Report(prefix, limit.severity)
    where = f"the channel “{limit.channel}”"
    yield from _length_findings(
        text, report, where, limit.min_characters, limit.max_characters, limit.max_words
    )
    if limit.max_sentences is not None:
        found = sentences(text)
        if len(found) > limit.max_sentences:
            over = Span(found[limit.max_sentences].start, found[-1].end)
            yield report(
                "max_sentences",
                f"{len(found)} sentences; {where} takes at most {limit.max_sentences}.",
                over,
                {"sentences": len(found), "limit": limit.max_sentences},
            )
    yield from _link_findings(text, limit, report, where)
    yield from _markup_findings(text, limit, report, where, contract.format if contract else "text")
    yield from _phrase_findings(text, limit.required_phrases, report)


def _contract_findings(text: str, contract: OutputContract, prefix: str) -> Iterator[Finding]:
    report = _Report(prefix, Severity.ERROR)
    yield from _length_findings(
        text, report, "the prompt", contract.min_characters, contract.max_characters, contract.max_words
    )
    if contract.single_line:
        body = text.rstrip()
        lines = body.lstrip().splitlines()
        if len(lines) > 1:
            start = body.index(lines[0]) + len(lines[0])
            yield report("single_line", "The prompt asks for a single line.", Span(start, len(body)))
    yield from _phrase_findings(text, contract.required_phrases, report)


def _length_findings(
    text: str, report: _Report, where: str, minimum: int | None, maximum: int | None, max_words: int | None
) -> Iterator[Finding]:
    # There are never more graphemes than code points: short texts need no counting.
    if maximum is not None and len(text) > maximum and (count := count_graphemes(text)) > maximum:
        yield report(
            "max_characters",
            f"{count} characters; {where} takes at most {maximum} ({count - maximum} too many).",
            evidence={"characters": count, "limit": maximum},
        )
    if minimum is not None and not has_graphemes(text.strip(), minimum):
        count = count_graphemes(text.strip())
        yield report(
            "min_characters",
            f"{count} characters; {where} asks for at least {minimum}.",
            evidence={"characters": count, "limit": minimum},
        )
    if max_words is not None and (count := count_words(text)) > max_words:
        yield report(
            "max_words",
            f"{count} words; {where} takes at most {max_words}.",
            evidence={"words": count, "limit": max_words},
        )


def _link_findings(text: str, limit: ChannelLimit, report: _Report, where: str) -> Iterator[Finding]:
    if limit.max_links is None and not limit.allowed_link_hosts:
        return
    links = markup.links(text)
    if limit.max_links is not None and len(links) > limit.max_links:
        surplus = links[limit.max_links]
        yield report(
            "max_links",
            f"{len(links)} links; {where} takes at most {limit.max_links}.",
            surplus.span,
            {"links": len(links), "limit": limit.max_links},
        )
    if limit.allowed_link_hosts:
        for link in links:
            if not markup.host_is_allowed(link.host, limit.allowed_link_hosts):
                shown = link.host or text[link.span.start : link.span.end][:80]
                yield report(
                    "link_host",
                    f"A link leads to “{shown}”, which {where} does not allow.",
                    link.span,
                    {"host": shown, "allowed": list(limit.allowed_link_hosts)},
                )


def _markup_findings(
    text: str, limit: ChannelLimit, report: _Report, where: str, output_format: str
) -> Iterator[Finding]:
    looks: tuple[tuple[str, bool, Callable[[str], list[Span]], str], ...] = (
        ("html", limit.allow_html or output_format == "html", markup.html, "HTML"),
        ("markdown", limit.allow_markdown or output_format == "markdown", markup.markdown, "Markdown"),
        ("emoji", limit.allow_emoji, markup.emoji, "emoji"),
    )
    for rule, is_allowed, look, what in looks:
        if not is_allowed:
            spans = look(text)
            if spans:
                yield report(
                    rule, f"{where[0].upper()}{where[1:]} takes no {what}.", spans[0], {"found": len(spans)}
                )


def _phrase_findings(text: str, phrases: tuple[str, ...], report: _Report) -> Iterator[Finding]:
    if not phrases:
        return
    folded = fold(text).text
    for phrase in phrases:
        if fold_term(phrase) not in folded:
            yield report("required_phrase", f"“{phrase}” is missing.", evidence={"phrase": phrase})


def _placeholder_findings(text: str) -> Iterator[Finding]:
    for span in markup.placeholders(text):
        shown = text[span.start : span.end][:80]
        yield Finding(
            NAME, "placeholder", Severity.ERROR, f"“{shown}” looks like a placeholder left unfilled.", span
        )


def _schema_finding(report: _Report, problem: SchemaProblem) -> Finding:
    return report(problem.rule, problem.message, evidence={"path": problem.path})

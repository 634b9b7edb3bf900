"""The style-rule check: all rules of a policy's style guides behind one scan of the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import StyleRule
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Outcome,
    Span,
    outcome_of,
)
from copydesk.checks.style_rules.compiling import (
    CompiledRule,
    NotEnforcedError,
    compile_rule,
    vocabulary_rules,
)
from copydesk.checks.style_rules.definition import DefinitionError
from copydesk.checks.style_rules.document import Document, read
from copydesk.checks.style_rules.index import Index
from copydesk.checks.style_rules.kinds import Remark
from copydesk.checks.style_rules.matcher import Matcher, TooSlowError
from copydesk.checks.style_rules.patterns import PatternError

NAME = "style_rules"
ENGINE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Unenforced:
    """A rule that is kept in the style guide but not run here, and why."""

    rule_id: str
    reason: str


class _Layer:
    """Rules that read the same document, behind one index."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self.rules = tuple(rules)
        matchers: list[Matcher] = []
        self._rule_of: list[int] = []
        for place, rule in enumerate(rules):
            for matcher in rule.kind.matchers:
                matcher.number = len(matchers)
                matchers.append(matcher)
                self._rule_of.append(place)
        self._always = frozenset(place for place, rule in enumerate(rules) if rule.kind.always)
        self.index = Index(matchers)

    def remarks(
        self, document: Document, context: Context, slow: list[str]
    ) -> Iterator[tuple[CompiledRule, Remark]]:
        scan = self.index.scan(document.text)
        for place in sorted(self._always.union(self._rule_of[number] for number in scan.touched)):
            rule = self.rules[place]
            if not _applies(rule.rule, context):
                continue
            try:
                found = list(rule.kind.remarks(document, scan, rule.selector))
            except TooSlowError:
                slow.append(rule.rule_id)
                continue
            for remark in found[: rule.limit] if rule.limit else found:
                yield rule, remark


def _applies(rule: StyleRule, context: Context) -> bool:
    if context.today is not None:
        if rule.effective_from and context.today < rule.effective_from:
            return False
        if rule.effective_to and context.today > rule.effective_to:
            return False
    return rule.scope.covers(context)


class StyleRulesCheck:
    """Compiled style rules; `unenforced_rules` are those that are kept but can't run here."""

    name = NAME
    cost = Cost.RUNTIME
    reads = frozenset({"style_guide", "prompt", "limits"})

    def __init__(
        self,
        rules: Sequence[CompiledRule],
        unenforced: Sequence[Unenforced],
        formats: Mapping[str, str],
        *,
        deterministic: bool = True,
    ) -> None:
        self.unenforced_rules = tuple(unenforced)
        # A time limit makes the console's backtracking mode depend on the machine.
        self.deterministic = deterministic
        self.engine = EngineInfo(NAME, f"automaton+re2/{version('google-re2')}", ENGINE_VERSION)
        self._formats = dict(formats)
        self._text_layer = _Layer([rule for rule in rules if not rule.selector.is_raw])
        self._raw_layer = _Layer([rule for rule in rules if rule.selector.is_raw])

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one text, read in the output format of the context's prompt (plain text where unknown)."""
        return self.run_markup(text, context, self._formats.get(context.prompt or "", "text"))

    def run_markup(self, text: str, context: Context, markup: str) -> CheckResult:
        """Check one text that is written in `text`, `markdown`, `html` or `json`."""
        slow: list[str] = []
        findings: list[Finding] = []
        if self._text_layer.rules:
            document = read(text, markup)
            findings += self._findings(self._text_layer, document, context, slow)
        if self._raw_layer.rules:
            document = read(text)
            document.text = document.source
            findings += self._findings(self._raw_layer, document, context, slow)
        ordered = tuple(sorted(findings, key=_place))
        if slow:
            reason = f"took too long on this text: {', '.join(slow)}"
            return CheckResult(NAME, Outcome.NOT_RUN, ordered, reason)
        return CheckResult(NAME, outcome_of(ordered), ordered)

    def _findings(
        self, layer: _Layer, document: Document, context: Context, slow: list[str]
    ) -> Iterator[Finding]:
        for rule, remark in layer.remarks(document, context, slow):
            start, end = document.span(remark.start, remark.end)
            evidence = {"options": list(remark.options)} if len(remark.options) > 1 else {}
            yield Finding(
                NAME,
                rule.rule_id,
                rule.severity,
                remark.message,
                Span(start, end),
                remark.suggestion,
                evidence=evidence | ({"why": rule.rule.why} if rule.rule.why else {}),
            )


def _place(finding: Finding) -> tuple[int, int, str, str]:
    span = finding.span or Span(-1, -1)
    return span.start, span.end, finding.rule_id, finding.message


def compile_check(
    assets: PolicyAssets, heads: Mapping[str, bytes], *, backtracking: bool = False
) -> StyleRulesCheck:
    """Compile the style rules of all style guides; a rule that can't be run is listed, not lost.

    Args:
        assets: the policy's content.
        heads: trained weights; this check has none.
        backtracking: let patterns that RE2 can't run use a backtracking engine with a time limit. Only for
            the console and for trying an import: the limit makes results depend on the machine.
    """
    del heads
    compiled: list[CompiledRule] = []
    unenforced: list[Unenforced] = []
    for asset, guide in sorted(assets.style_guide.items()):
        for rule in (*guide.rules, *vocabulary_rules(guide)):
            try:
                compiled.append(compile_rule(rule, asset, guide, backtracking=backtracking))
            except (NotEnforcedError, DefinitionError, PatternError) as error:
                unenforced.append(Unenforced(f"{asset}/{rule.id}", str(error)))
    formats = {name: prompt.output.format for name, prompt in assets.prompt.items()}
    return StyleRulesCheck(compiled, unenforced, formats, deterministic=not backtracking)

"""The style-rule check: all rules of a policy's style guides behind one scan of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from operator import itemgetter
from typing import TypeAlias

from copydesk.assets import PolicyAssets
from copydesk.assets.base import Scope
from copydesk.assets.style_guide import OFF, StyleRule
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Outcome,
    Severity,
    outcome_of,
)
from copydesk.checks.findings import make_finding
from copydesk.checks.style_rules.compiling import (
    CompiledRule,
    NotEnforcedError,
    compile_parts,
)
from copydesk.checks.style_rules.definition import DefinitionError
from copydesk.checks.style_rules.document import PLAIN_SCOPES, Document, read, read_raw
from copydesk.checks.style_rules.guards import TooSlowError
from copydesk.checks.style_rules.index import Index, Scan
from copydesk.checks.style_rules.kinds import Remark
from copydesk.checks.style_rules.matcher import Matcher
from copydesk.checks.style_rules.patterns import PatternError
from copydesk.checks.style_rules.scopes import Selector
from copydesk.checks.style_rules.switches import Switches
from copydesk.checks.style_rules.vocabulary import vocabulary_rules

NAME = "style_rules"
ENGINE_VERSION = "3"
EVERYWHERE = Scope()
_ORDER, _FINDING = itemgetter(0, 1, 2, 3, 4), itemgetter(5)
VIEWS = ("text", "summary", "inline", "raw")
MAX_KEPT_CONTEXTS = 1_000
MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Unenforced:
    """A rule that is kept in the style guide but not run here, and why."""

    rule_id: str
    reason: str


# One finding with its rule: start, end, rule id, message, number, finding, the rule. In this order so that
# sorting needs no key; the number settles what is left.
_Row: TypeAlias = "tuple[int, int, str, str, int, Finding, CompiledRule]"

# A rule, what it looks at, and its behaviour.
_Run: TypeAlias = "tuple[CompiledRule, Selector, Callable[[Document, Scan, Selector], Iterable[Remark]]]"


class _Layer:
    """Rules that read the same document, behind one index."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self.rules = tuple(rules)
        self._runs: tuple[_Run, ...] = tuple((rule, rule.selector, rule.kind.remarks) for rule in rules)
        self._audiences = frozenset(name for rule in rules for name in rule.rule.severity_by_audience)
        self._runs_of: dict[str, tuple[_Run, ...]] = {}
        matchers: list[Matcher] = []
        self._rules_of: list[list[int]] = []
        known: dict[object, Matcher] = {}
        for place, rule in enumerate(rules):
            for matcher in rule.kind.matchers:
                first = known.setdefault(matcher.signature or id(matcher), matcher)
                if first is matcher:
                    matcher.number = len(matchers)
                    matchers.append(matcher)
                    self._rules_of.append([])
                else:
                    matcher.number = first.number
                    matcher.is_shared = first.is_shared = True
                self._rules_of[matcher.number].append(place)
        self._always = frozenset(place for place, rule in enumerate(rules) if rule.kind.always)
        self._bounded = tuple(place for place, rule in enumerate(rules) if _is_bounded(rule.rule))
        # Without the rules that look at headings and the like, of which a plain text has none.
        in_plain = {place for place, rule in enumerate(rules) if rule.selector.may_take(PLAIN_SCOPES)}
        self._always_in_plain = self._always & in_plain
        self._rules_of_in_plain = [
            [place for place in places if place in in_plain] for places in self._rules_of
        ]
        self._left_out: dict[object, frozenset[int]] = {}
        self.index = Index(matchers)

    def add_rows(self, rows: list[_Row], document: Document, context: Context, slow: list[str]) -> None:
        """Add what the rules find in a document, with places in its source."""
        scan = self.index.scan(document.view)
        is_plain = document.is_running_text
        rules_of = self._rules_of_in_plain if is_plain else self._rules_of
        touched = set(self._always_in_plain if is_plain else self._always)
        touched.update(*map(rules_of.__getitem__, scan.words), *map(rules_of.__getitem__, scan.live))
        if self._bounded:
            touched -= self._not_applying(context)
        runs = self._runs
        if self._audiences and context.audience in self._audiences:
            runs = self._runs_for(context.audience)
        for place in touched:
            rule, selector, run = runs[place]
            if not is_plain and not selector.may_take(document.scopes):
                continue
            before = len(rows)
            try:
                _add_rows(rows, rule, run(document, scan, selector), document)
            except TooSlowError:
                del rows[before:]
                slow.append(rule.rule_id)

    def _runs_for(self, audience: str) -> tuple[_Run, ...]:
        """Return the rules with what they weigh for an audience; made when the first text to it comes."""
        runs = self._runs_of.get(audience)
        if runs is None:
            weighed = (_weighed_for(rule, audience) for rule in self.rules)
            runs = tuple((rule, rule.selector, rule.kind.remarks) for rule in weighed)
            self._runs_of[audience] = runs
        return runs

    def _not_applying(self, context: Context) -> frozenset[int]:
        """Return the rules that do not apply to texts of a context; contexts are few and come again."""
        key = (context.prompt, context.audience, context.channel, context.locale, context.today)
        known = self._left_out.get(key)
        if known is None:
            known = frozenset(
                place for place in self._bounded if not _applies(self.rules[place].rule, context)
            )
            if len(self._left_out) < MAX_KEPT_CONTEXTS:
                self._left_out[key] = known
        return known


def _add_rows(rows: list[_Row], rule: CompiledRule, remarks: Iterable[Remark], document: Document) -> None:
    """Add a rule's remarks as findings."""
    if rule.limit:
        remarks = list(remarks)[: rule.limit]
    if document.places is not None:
        remarks = [(*document.span(start, end), said) for start, end, said in remarks]
    rule_id, severity, evidence = rule.rule_id, rule.severity, rule.evidence
    for number, (start, end, (message, suggestion, options)) in enumerate(remarks, len(rows)):
        said = {"options": list(options), **evidence} if options else evidence
        finding = make_finding(NAME, rule_id, severity, message, start, end, suggestion, said)
        rows.append((start, end, rule_id, message, number, finding, rule))


def _weighed_for(rule: CompiledRule, audience: str) -> CompiledRule:
    """Return a rule with the severity it has for texts to an audience."""
    severity = rule.rule.severity_by_audience.get(audience, OFF)
    return rule if severity == OFF else replace(rule, severity=Severity(severity))


def _is_bounded(rule: StyleRule) -> bool:
    """Tell whether a rule applies to some texts only."""
    is_off = OFF in rule.severity_by_audience.values()
    return is_off or bool(rule.effective_from or rule.effective_to) or rule.scope != EVERYWHERE


def _applies(rule: StyleRule, context: Context) -> bool:
    if context.today is not None:
        if rule.effective_from and context.today < rule.effective_from:
            return False
        if rule.effective_to and context.today > rule.effective_to:
            return False
    if rule.severity_by_audience and rule.severity_by_audience.get(context.audience or "") == OFF:
        return False
    return rule.scope.covers(context)


def _is_console_only(rule: CompiledRule) -> bool:
    return any(matcher.backtracking for matcher in rule.kind.matchers)


def _note(unenforced: Sequence[Unenforced]) -> str | None:
    """Name the rules that are not enforced, None where there are none."""
    if not unenforced:
        return None
    named = ", ".join(rule.rule_id for rule in unenforced[:MAX_NAMED])
    more = f" and {len(unenforced) - MAX_NAMED} more" if len(unenforced) > MAX_NAMED else ""
    count = "1 rule is" if len(unenforced) == 1 else f"{len(unenforced)} rules are"
    return f"{count} not enforced: {named}{more}"


def _joined(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)


class StyleRulesCheck:
    """Compiled style rules.

    `unenforced_rules` are those that are kept but can't run here, `console_only_rules` those that run here
    with a time limit and never at runtime; `deterministic` is False where there are any of these.
    """

    name = NAME
    cost = Cost.RUNTIME
    reads = frozenset({"style_guide", "prompt", "limits"})

    def __init__(
        self,
        rules: Sequence[CompiledRule],
        unenforced: Sequence[Unenforced],
        formats: Mapping[str, str],
    ) -> None:
        self.unenforced_rules = tuple(unenforced)
        self.console_only_rules = tuple(dict.fromkeys(r.rule_id for r in rules if _is_console_only(r)))
        # A time limit makes what these rules say depend on the machine.
        self.deterministic = not self.console_only_rules
        engine = f"automaton+re2/{version('google-re2')}"
        if self.console_only_rules:
            engine += f"+regex/{version('regex')}"
        self.engine = EngineInfo(NAME, engine, ENGINE_VERSION)
        self._note = _note(self.unenforced_rules)
        self._judges_nothing = bool(unenforced) and not rules
        self._formats = dict(formats)
        self._layers = {view: _Layer([rule for rule in rules if rule.view == view]) for view in VIEWS}
        # A rule with several parts may find the same twice.
        self._has_parts = len({rule.rule_id for rule in rules}) < len(rules) or any(
            not rule.selector.is_ordered for rule in rules
        )

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one text, read in the output format of the context's prompt (plain text where unknown)."""
        markup = self._formats.get(context.prompt or "", "text")
        return self.run_markup(text, context, markup, obeys_switches=False)

    def run_markup(
        self, text: str, context: Context, markup: str, *, obeys_switches: bool = True
    ) -> CheckResult:
        """Check one text that is written in `text`, `markdown`, `html` or `json`.

        Args:
            text: the text.
            context: what it was made for.
            markup: how it is written.
            obeys_switches: whether comments such as `<!-- vale off -->` count. Never for copy that is judged.
        """
        slow: list[str] = []
        document = read(text, markup)
        rows = self._rows("text", document, context, slow)
        if self._layers["summary"].rules:
            rows += self._rows("summary", document.summary(), context, slow)
        if document.inline is not None:
            rows += self._rows("inline", document.inline, context, slow)
        if self._layers["raw"].rules:
            rows += self._rows("raw", read_raw(text), context, slow)
        if self._has_parts:
            # Parts of one rule may say the same of the same place, and rules have no order.
            rows.sort(key=_ORDER)
            rows = list({(row[0], row[2]): row for row in reversed(rows)}.values())[::-1]
        else:
            rows.sort()
        if obeys_switches and document.comments and (switches := Switches(document.comments)):
            rows = [row for row in rows if not switches.is_off(row[6].rule, row[0], text[row[0] : row[1]])]
        findings = tuple(map(_FINDING, rows))
        if slow:
            reason = f"takes too much work on this text: {', '.join(sorted(set(slow)))}"
            return CheckResult(NAME, Outcome.NOT_RUN, findings, _joined(reason, self._note))
        # Where some rules were asked, what they say stands and the others are named. Where none could be, no
        # rule looked at the text, and "pass" would be said of nothing.
        outcome = Outcome.NOT_RUN if self._judges_nothing else outcome_of(findings)
        return CheckResult(NAME, outcome, findings, self._note)

    def _rows(self, view: str, document: Document, context: Context, slow: list[str]) -> list[_Row]:
        """Return what the rules of one view find."""
        rows: list[_Row] = []
        if self._layers[view].rules:
            self._layers[view].add_rows(rows, document, context, slow)
        return rows


def compile_check(
    assets: PolicyAssets, heads: Mapping[str, bytes], *, backtracking: bool = False
) -> StyleRulesCheck:
    """Compile the style rules of all style guides; a rule that can't be run is listed, not lost.

    Args:
        assets: the policy's content.
        heads: trained weights; this check has none.
        backtracking: let patterns that RE2 can't run use a backtracking engine with a time limit. Only for
            the console: the limit makes results depend on the machine.
    """
    del heads
    compiled: list[CompiledRule] = []
    unenforced: list[Unenforced] = []
    for asset, guide in sorted(assets.style_guide.items()):
        for rule in (*guide.rules, *vocabulary_rules(guide)):
            try:
                compiled += compile_parts(rule, asset, guide, backtracking=backtracking)
            except (NotEnforcedError, DefinitionError, PatternError) as error:
                unenforced.append(Unenforced(f"{asset}/{rule.id}", str(error)))
    formats = {name: prompt.output.format for name, prompt in assets.prompt.items()}
    return StyleRulesCheck(compiled, unenforced, formats)

"""From a style rule as an editor or an import wrote it to a compiled rule."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from copydesk.assets.style_guide import RuleKind, StyleGuide, StyleRule
from copydesk.checks.contract import EMPTY, Severity
from copydesk.checks.style_rules.capitalization import (
    DEFAULT_THRESHOLD,
    STYLES,
    Capitalization,
    block_pattern,
    known_words,
)
from copydesk.checks.style_rules.definition import (
    NEEDED_KEYS,
    Definition,
    DefinitionError,
    known_keys,
    quoted,
    scopes_elsewhere,
)
from copydesk.checks.style_rules.hits import Exceptions
from copydesk.checks.style_rules.kinds import (
    Conditional,
    Consistency,
    Existence,
    Kind,
    Occurrence,
    Repetition,
)
from copydesk.checks.style_rules.matcher import Matcher
from copydesk.checks.style_rules.metric import (
    Condition,
    FormulaError,
    Metric,
    grades_formula,
    parse_condition,
    parse_formula,
)
from copydesk.checks.style_rules.patterns import PatternError, compile_re2, parse
from copydesk.checks.style_rules.scopes import Selector, by_view, selector, view_of
from copydesk.checks.style_rules.spelling import Spelling, accepted_phrases, dictionary
from copydesk.checks.style_rules.substitution import Substitution, compile_swap, twins_of
from copydesk.checks.style_rules.tokens import compile_exceptions, compile_tokens, simple_words_pattern
from copydesk.checks.style_rules.vocabulary import escaped, escaped_inside
from copydesk.checks.style_rules.wording import Wording, check_action
from copydesk.checks.style_rules.writing import write_branches

LEVELS: Mapping[str, Severity] = {
    "suggestion": Severity.INFO,
    "warning": Severity.WARNING,
    "error": Severity.ERROR,
}
_MEASURING = frozenset({RuleKind.METRIC, RuleKind.READABILITY})
_NOT_ENFORCED = {
    RuleKind.SEQUENCE: "rules of the kind sequence need part-of-speech tags; they are kept, not enforced",
    RuleKind.SCRIPT: "rules of the kind script are programs; they are kept, not enforced",
}


class NotEnforcedError(Exception):
    """A rule that is kept but can't run here; the text says why."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One rule ready to run on one `view` of a text: `text`, `raw`, `summary` or `inline`."""

    rule: StyleRule
    rule_id: str
    severity: Severity
    selector: Selector
    view: str
    kind: Kind
    limit: int | None
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Settings:
    definition: Definition
    message: str
    exceptions: tuple[str, ...]
    vocabulary: tuple[str, ...]
    backtracking: bool
    language: str

    def excepted(self) -> Exceptions:
        try:
            return Exceptions(*compile_exceptions(self.exceptions, tuple(map(escaped, self.vocabulary))))
        except PatternError as error:
            raise DefinitionError("exceptions", str(error)) from None

    def tokens(
        self, key: str, tokens: Sequence[str], *, word: bool, needs_keys: bool = False, by_line: bool = True
    ) -> Matcher:
        """Compile tokens; an error names the one at fault. `by_line`: `^` and `$` are edges of every line."""
        ignore_case = self.definition.flag("ignorecase")
        try:
            return compile_tokens(
                tokens,
                word=word,
                ignore_case=ignore_case,
                backtracking=self.backtracking,
                needs_keys=needs_keys,
                by_line=by_line,
            )
        except PatternError:
            for index, token in enumerate(tokens):
                _compile_one(f"{key}.{index}" if len(tokens) > 1 else key, token, word, ignore_case, self)
            raise


def _compile_one(key: str, token: str, word: bool, ignore_case: bool, settings: _Settings) -> None:
    try:
        compile_tokens([token], word=word, ignore_case=ignore_case, backtracking=settings.backtracking)
    except PatternError as error:
        error.args = (f"{key}: {quoted(token)} {error}",)
        raise


def compile_rule(
    rule: StyleRule, asset: str, guide: StyleGuide | None = None, *, backtracking: bool = False
) -> CompiledRule:
    """Compile one rule.

    Args:
        rule: the rule.
        asset: name of its style guide, for the rule id.
        guide: the guide whose accepted words are exceptions of every rule.
        backtracking: let patterns that RE2 can't run use a backtracking engine with a time limit (console).

    Raises:
        DefinitionError: a key is missing or wrong.
        PatternError: a pattern that can't be compiled.
        NotEnforcedError: a kind that is kept but not run, or a spelling rule without a dictionary.
    """
    return compile_parts(rule, asset, guide, backtracking=backtracking)[0]


def compile_parts(
    rule: StyleRule, asset: str, guide: StyleGuide | None = None, *, backtracking: bool = False
) -> list[CompiledRule]:
    """Compile one rule for each view of a text that its scopes name, as `compile_rule` does for one."""
    if rule.kind in _NOT_ENFORCED:
        raise NotEnforcedError(_NOT_ENFORCED[rule.kind])
    definition = Definition(rule.definition)
    # Vale takes any name for a scope, so an imported rule may look at what its own views define.
    scopes = definition.scopes(takes_any_name=rule.source_yaml is not None)
    unknown = scopes_elsewhere(scopes)
    if len(unknown) == len(scopes):
        raise NotEnforcedError(
            f"looks at {', '.join(unknown)}, which no text here has; it is kept, not enforced"
        )
    if rule.kind in _MEASURING and scopes == ("summary",):
        scopes = ("text",)
    return [
        _compiled(rule, definition, part, asset, guide, backtracking) for part in by_view(scopes).values()
    ]


def _compiled(
    rule: StyleRule,
    definition: Definition,
    scopes: tuple[str, ...],
    asset: str,
    guide: StyleGuide | None,
    backtracking: bool,
) -> CompiledRule:
    _check_needed_keys(rule, definition)
    check_action(definition.action())
    # What matches arbitrary marks is no word, so accepted words do not excuse it.
    is_of_marks = rule.kind is RuleKind.EXISTENCE and definition.flag("nonword")
    uses_words = definition.flag("vocab", True) and not is_of_marks
    vocabulary = guide.vocabulary_accept if guide is not None and uses_words else ()
    settings = _Settings(
        definition,
        rule.message or definition.text("message") or rule.title,
        definition.texts("exceptions"),
        vocabulary,
        backtracking,
        (rule.scope.locales[0] if rule.scope.locales else "en").split("-")[0],
    )
    kind = _BUILDERS[rule.kind](settings)
    return CompiledRule(
        rule,
        f"{asset}/{rule.id}",
        _severity(rule),
        selector(scopes),
        view_of(scopes[0]) if len(scopes) == 1 else next(iter(by_view(scopes))),
        kind,
        definition.whole("limit"),
        MappingProxyType({"why": rule.why}) if rule.why else EMPTY,
    )


def _check_needed_keys(rule: StyleRule, definition: Definition) -> None:
    for keys in NEEDED_KEYS.get(rule.kind, ()):
        if not any(definition.data.get(key) not in (None, "", [], (), {}) for key in keys):
            names = " or ".join(keys)
            if rule.source_yaml is not None and known_keys(rule.kind).issuperset(definition.data):
                raise NotEnforcedError(f"has no {names}, so it finds nothing; it is kept, not enforced")
            raise DefinitionError(keys[0], f"is missing; a rule of kind {rule.kind} needs {names}")


def _severity(rule: StyleRule) -> Severity:
    """The editor's severity wins; a rule that only has Vale's level takes that."""
    level = str(rule.definition.get("level", ""))
    if "severity" not in rule.model_fields_set and level in LEVELS:
        return LEVELS[level]
    return rule.severity


def _existence(settings: _Settings) -> Kind:
    definition = settings.definition
    tokens = definition.texts("tokens")
    raw = "".join(definition.texts("raw"))
    word = bool(tokens) and not definition.flag("nonword")
    if raw:
        # Vale puts the raw text before the tokens, or after them with `append`.
        body = "|".join(tokens)
        joined = (rf"\b(?:{body})\b" if word else f"(?:{body})") if tokens else ""
        pattern = joined + raw if definition.flag("append") else raw + joined
        matcher = settings.tokens("raw", (pattern,), word=False)
    else:
        matcher = settings.tokens("tokens", tokens, word=word)
    return Existence(matcher, Wording(settings.message), settings.excepted(), definition.action())


def _substitution(settings: _Settings) -> Kind:
    definition = settings.definition
    pairs = definition.pairs("swap")
    # Longest first; keys of one length by name, since the order in a JSON object means nothing.
    keys = sorted(pairs, key=lambda key: (-len(key), key))
    matcher = settings.tokens("swap", keys, word=not definition.flag("nonword"), needs_keys=True)
    ignore_case = definition.flag("ignorecase")
    return Substitution(
        matcher,
        tuple(compile_swap(key, pairs[key], ignore_case) for key in keys),
        Wording(settings.message),
        settings.excepted(),
        definition.action(),
        definition.flag("capitalize"),
        definition.flag("matchcase"),
        begins_large=ignore_case and "capitalize" not in definition.data,
        twins=twins_of(matcher) if ignore_case else {},
    )


def _occurrence(settings: _Settings) -> Kind:
    definition = settings.definition
    token = definition.text("token")
    words = None if definition.flag("ignorecase") else simple_words_pattern((token,))
    matcher = Matcher() if words else settings.tokens("token", (token,), word=False, by_line=False)
    return Occurrence(matcher, settings.message, definition.whole("max"), definition.whole("min"), words)


def _repetition(settings: _Settings) -> Kind:
    definition = settings.definition
    tokens = definition.texts("tokens")
    words = simple_words_pattern(tokens)
    return Repetition(
        Matcher() if words else settings.tokens("tokens", tokens, word=False, by_line=False),
        settings.message,
        definition.whole("max") or 0,
        definition.flag("ignorecase"),
        definition.flag("alpha"),
        definition.action(),
        settings.excepted(),
        words,
    )


def _consistency(settings: _Settings) -> Kind:
    definition = settings.definition
    pairs = tuple(definition.pairs("either").items())
    word = not definition.flag("nonword")
    matchers = tuple(
        settings.tokens(f"either.{left}", (left, right), word=word, needs_keys=True) for left, right in pairs
    )
    return Consistency(pairs, matchers, settings.message, settings.excepted())


def _conditional(settings: _Settings) -> Kind:
    definition = settings.definition
    first = settings.tokens("first", (definition.text("first"),), word=False, by_line=False)
    flags = "(?i)" if definition.flag("ignorecase") else ""
    try:
        branches = parse(definition.text("second"))
        second = compile_re2(flags + write_branches(branches, captures=True))
        relaxed = compile_re2(flags + write_branches(branches, relaxed=True))
    except PatternError as error:
        raise DefinitionError("second", str(error)) from None
    return Conditional(first, second, relaxed, settings.message, settings.excepted())


def _capitalization(settings: _Settings) -> Kind:
    definition = settings.definition
    match = definition.text("match")
    pattern = None
    if match not in STYLES:
        if match.startswith("$") and match[1:].isalpha():
            raise DefinitionError(
                "match", f"{quoted(match)} is unknown; use {', '.join(sorted(STYLES))} or a pattern"
            )
        pattern = block_pattern(match)
    threshold = definition.decimal("threshold", DEFAULT_THRESHOLD) or float(DEFAULT_THRESHOLD)
    if not 0 <= threshold <= 1:
        raise DefinitionError("threshold", "must lie between 0 and 1")
    prefix = definition.text("prefix")
    return Capitalization(
        match,
        pattern,
        Wording(settings.message),
        threshold,
        definition.texts("indicators"),
        known_words((*settings.exceptions, *map(escaped_inside, settings.vocabulary))),
        definition.text("style").lower() == "chicago",
        compile_re2(write_branches(parse(prefix))) if prefix else None,
        bool(settings.exceptions),
    )


def _metric(settings: _Settings) -> Kind:
    definition = settings.definition
    key = "formula"
    try:
        formula = parse_formula(definition.text("formula"))
        key = "condition"
        condition = parse_condition(definition.text("condition"))
    except FormulaError as error:
        raise DefinitionError(key, str(error)) from None
    return Metric(formula, condition, settings.message)


def _readability(settings: _Settings) -> Kind:
    definition = settings.definition
    try:
        formula = grades_formula(definition.texts("metrics"))
    except FormulaError as error:
        raise DefinitionError("metrics", str(error)) from None
    return Metric(formula, Condition(operator.gt, definition.decimal("grade", "0")), settings.message)


def _spelling(settings: _Settings) -> Kind:
    definition = settings.definition
    named = (_LANGUAGE.match(name) for name in definition.texts("dictionaries"))
    language = definition.text("language") or next((found[1] for found in named if found), settings.language)
    words = dictionary(language)
    if words is None:
        raise NotEnforcedError(
            f"no dictionary for the language {language!r} is installed (pip install 'copydesk[spelling]')"
        )
    try:
        filters = tuple(compile_re2(write_branches(parse(text))) for text in definition.texts("filters"))
    except PatternError as error:
        raise DefinitionError("filters", str(error)) from None
    listed = (*definition.texts("ignore"), *definition.texts("ignored_words"))
    accepted = (*settings.exceptions, *settings.vocabulary, *listed)
    return Spelling(
        words,
        settings.message,
        filters,
        frozenset(word.lower() for word in accepted),
        definition.flag("custom"),
        definition.flag("split"),
        accepted_phrases(accepted),
    )


# A Hunspell dictionary such as `en_US`; others, such as `medical`, name no language.
_LANGUAGE = re.compile(r"([a-z]{2})(?:[_-]|$)")


_BUILDERS: Mapping[RuleKind, Callable[[_Settings], Kind]] = {
    RuleKind.EXISTENCE: _existence,
    RuleKind.SUBSTITUTION: _substitution,
    RuleKind.OCCURRENCE: _occurrence,
    RuleKind.REPETITION: _repetition,
    RuleKind.CONSISTENCY: _consistency,
    RuleKind.CONDITIONAL: _conditional,
    RuleKind.CAPITALIZATION: _capitalization,
    RuleKind.METRIC: _metric,
    RuleKind.READABILITY: _readability,
    RuleKind.SPELLING: _spelling,
}

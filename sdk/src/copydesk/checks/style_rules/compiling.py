"""From a style rule as an editor or an import wrote it to a compiled rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from copydesk.assets.style_guide import RuleKind, StyleGuide, StyleRule
from copydesk.checks.contract import EMPTY, Severity
from copydesk.checks.style_rules.capitalization import DEFAULT_THRESHOLD, STYLES, Capitalization
from copydesk.checks.style_rules.definition import NEEDED_KEYS, Definition, DefinitionError
from copydesk.checks.style_rules.hits import Exceptions
from copydesk.checks.style_rules.kinds import (
    Conditional,
    Consistency,
    Existence,
    Kind,
    Occurrence,
    Repetition,
    Substitution,
    Swap,
)
from copydesk.checks.style_rules.matcher import Matcher
from copydesk.checks.style_rules.patterns import PatternError, compile_re2, is_word, parse
from copydesk.checks.style_rules.readability import FormulaError, Metric, parse_condition, parse_formula
from copydesk.checks.style_rules.scopes import Selector, selector
from copydesk.checks.style_rules.spelling import Spelling, dictionary
from copydesk.checks.style_rules.tokens import compile_exceptions, compile_tokens, simple_words_pattern
from copydesk.checks.style_rules.wording import Wording, check_action
from copydesk.checks.style_rules.writing import write_branches

LEVELS: Mapping[str, Severity] = {
    "suggestion": Severity.INFO,
    "warning": Severity.WARNING,
    "error": Severity.ERROR,
}
_NOT_ENFORCED = {
    RuleKind.SEQUENCE: "rules of the kind sequence need part-of-speech tags; they are kept, not enforced",
    RuleKind.SCRIPT: "rules of the kind script are programs; they are kept, not enforced",
}


class NotEnforcedError(Exception):
    """A rule that is kept but can't run here; the text says why."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One rule ready to run."""

    rule: StyleRule
    rule_id: str
    severity: Severity
    selector: Selector
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
            return Exceptions(*compile_exceptions((*self.exceptions, *map(escaped, self.vocabulary))))
        except PatternError as error:
            raise DefinitionError("exceptions", str(error)) from None

    def tokens(self, key: str, tokens: Sequence[str], *, word: bool, needs_keys: bool = False) -> Matcher:
        """Compile tokens; an error names the one at fault."""
        ignore_case = self.definition.flag("ignorecase")
        try:
            return compile_tokens(
                tokens,
                word=word,
                ignore_case=ignore_case,
                backtracking=self.backtracking,
                needs_keys=needs_keys,
            )
        except PatternError:
            for index, token in enumerate(tokens):
                _compile_one(f"{key}.{index}" if len(tokens) > 1 else key, token, word, ignore_case, self)
            raise


def _compile_one(key: str, token: str, word: bool, ignore_case: bool, settings: _Settings) -> None:
    try:
        compile_tokens([token], word=word, ignore_case=ignore_case, backtracking=settings.backtracking)
    except PatternError as error:
        error.args = (f"{key}: {token!r} {error}",)
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
    if rule.kind in _NOT_ENFORCED:
        raise NotEnforcedError(_NOT_ENFORCED[rule.kind])
    definition = Definition(rule.definition)
    _check_needed_keys(rule.kind, definition)
    check_action(definition.action())
    vocabulary = guide.vocabulary_accept if guide is not None and definition.flag("vocab", True) else ()
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
        selector(definition.scopes()),
        kind,
        definition.whole("limit"),
        MappingProxyType({"why": rule.why}) if rule.why else EMPTY,
    )


def _check_needed_keys(kind: RuleKind, definition: Definition) -> None:
    for keys in NEEDED_KEYS.get(kind, ()):
        if not any(definition.data.get(key) not in (None, "", [], ()) for key in keys):
            raise DefinitionError(keys[0], f"is missing; a rule of kind {kind} needs {' or '.join(keys)}")


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
    swaps = tuple(_swap(key, pairs[key], definition.flag("ignorecase")) for key in keys)
    return Substitution(
        matcher,
        swaps,
        Wording(settings.message),
        settings.excepted(),
        definition.action(),
        definition.flag("capitalize", definition.flag("ignorecase")),
    )


def _swap(key: str, wanted: str, ignore_case: bool) -> Swap:
    options = tuple(option for option in wanted.split("|") if option)
    allowed = grouped = None
    if any(char in wanted for char in "[](){}*+?\\"):
        # Some styles write a pattern as the wanted text, for what may stay as it is.
        try:
            allowed = compile_re2(write_branches(parse(wanted)))
        except PatternError:
            allowed = None
    if "$" in wanted:
        flags = "(?i)" if ignore_case else ""
        grouped = compile_re2(flags + write_branches(parse(key), captures=True, relaxed=True))
    return Swap(options, allowed, grouped)


def _occurrence(settings: _Settings) -> Kind:
    definition = settings.definition
    token = definition.text("token")
    words = None if definition.flag("ignorecase") else simple_words_pattern((token,))
    matcher = Matcher() if words else settings.tokens("token", (token,), word=False)
    return Occurrence(matcher, settings.message, definition.whole("max"), definition.whole("min"), words)


def _repetition(settings: _Settings) -> Kind:
    definition = settings.definition
    tokens = definition.texts("tokens")
    words = simple_words_pattern(tokens)
    return Repetition(
        Matcher() if words else settings.tokens("tokens", tokens, word=False),
        settings.message,
        definition.whole("max") or 0,
        definition.flag("ignorecase"),
        definition.flag("alpha"),
        definition.action(),
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
    first = settings.tokens("first", (definition.text("first"),), word=False)
    flags = "(?im)" if definition.flag("ignorecase") else "(?m)"
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
        if match.startswith("$"):
            raise DefinitionError(
                "match", f"{match!r} is unknown; use {', '.join(sorted(STYLES))} or a pattern"
            )
        pattern = compile_re2(write_branches(parse(match)))
    threshold = definition.decimal("threshold", DEFAULT_THRESHOLD)
    if not 0 <= threshold <= 1:
        raise DefinitionError("threshold", "must lie between 0 and 1")
    exceptions = frozenset((*settings.exceptions, *settings.vocabulary))
    return Capitalization(
        match,
        pattern,
        settings.message,
        threshold,
        definition.texts("indicators"),
        exceptions,
        bool(settings.exceptions),
    )


def _metric(settings: _Settings) -> Kind:
    definition = settings.definition
    key = "formula"
    try:
        formula = parse_formula(definition.text("formula"))
        key = "condition"
        compare, bound = parse_condition(definition.text("condition"))
    except FormulaError as error:
        raise DefinitionError(key, str(error)) from None
    return Metric(formula, compare, bound, settings.message)


def _spelling(settings: _Settings) -> Kind:
    definition = settings.definition
    language = definition.text("language") or settings.language
    words = dictionary(language)
    if words is None:
        raise NotEnforcedError(
            f"no dictionary for the language {language!r} is installed (pip install 'copydesk[spelling]')"
        )
    try:
        filters = tuple(compile_re2(write_branches(parse(text))) for text in definition.texts("filters"))
    except PatternError as error:
        raise DefinitionError("filters", str(error)) from None
    ignored = frozenset(
        word.lower() for word in (*settings.exceptions, *settings.vocabulary, *definition.texts("ignore"))
    )
    return Spelling(words, settings.message, filters, ignored)


_BUILDERS: Mapping[RuleKind, Callable[[_Settings], Kind]] = {
    RuleKind.EXISTENCE: _existence,
    RuleKind.SUBSTITUTION: _substitution,
    RuleKind.OCCURRENCE: _occurrence,
    RuleKind.REPETITION: _repetition,
    RuleKind.CONSISTENCY: _consistency,
    RuleKind.CONDITIONAL: _conditional,
    RuleKind.CAPITALIZATION: _capitalization,
    RuleKind.METRIC: _metric,
    RuleKind.SPELLING: _spelling,
}


def vocabulary_rules(guide: StyleGuide) -> list[StyleRule]:
    """Return the rules that a guide's vocabulary stands for: rejected words, the case of accepted ones."""
    rules: list[StyleRule] = []
    if guide.vocabulary_reject:
        rules.append(
            StyleRule(
                id="vocabulary-reject",
                title="Rejected words",
                kind=RuleKind.EXISTENCE,
                severity=Severity.ERROR,
                message="Avoid using '%s'.",
                definition={"tokens": [escaped(word) for word in guide.vocabulary_reject], **_LITERAL},
            )
        )
    cased = {word for word in guide.vocabulary_accept if word != word.lower()}
    if cased:
        rules.append(
            StyleRule(
                id="vocabulary-accept",
                title="Case of accepted words",
                kind=RuleKind.SUBSTITUTION,
                severity=Severity.WARNING,
                message="Use '%s' instead of '%s'.",
                definition={"swap": {escaped(word): word for word in sorted(cased)}, **_LITERAL},
            )
        )
    return rules


_LITERAL = {"ignorecase": True, "nonword": True, "vocab": False}


def escaped(word: str) -> str:
    """Write a plain word as a pattern with boundaries where it begins and ends in a letter."""
    body = "".join(char if char.isalnum() or char in " '’_" else "\\" + char for char in word)
    left = r"\b" if is_word(word[0]) else ""
    right = r"\b" if is_word(word[-1]) else ""
    return left + body + right

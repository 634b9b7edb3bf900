"""The facts check: slot by slot, a claim is supported, contradicted, unsupported, unverified or retired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from copydesk.assets import PolicyAssets
from copydesk.assets.fact_sheet import Enumeration, Money
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Severity,
    Span,
    outcome_of,
)
from copydesk.checks.facts.binding import Binder
from copydesk.checks.facts.bound import Binding
from copydesk.checks.facts.claims import NAME, guarded_claims, unknown_names
from copydesk.checks.facts.common_claims import common_claims
from copydesk.checks.facts.doubts import (
    is_about_others,
    is_elsewhere,
    is_free_for_some,
    is_right_beside,
    is_said_free,
    speaks_of_another_measure,
)
from copydesk.checks.facts.mentions import Mention, fold
from copydesk.checks.facts.phrases import is_another_measure, is_denied, is_relative
from copydesk.checks.facts.reading import Reading
from copydesk.checks.facts.sheet import CompiledFact, CompiledSheets
from copydesk.checks.facts.standing import standing_words, unverified
from copydesk.checks.facts.values import describe, is_end_of, write_like
from copydesk.checks.facts.variables import is_variable, variable_amounts
from copydesk.checks.findings import make_finding
from copydesk.checks.numbers import (
    Amount,
    AmountKind,
    as_millions,
    is_article,
    is_weak,
    other_reading,
)

ENGINE_VERSION: Final = "6"
_NOTHING: Final = CheckResult(NAME, outcome_of(()))


def compile_check(assets: PolicyAssets, heads: Mapping[str, bytes]) -> FactsCheck:
    """Compile the facts check of a policy.

    Args:
        assets: the policy's content; its fact sheets are read.
        heads: not used, this check has no trained part.
    """
    del heads
    return FactsCheck(CompiledSheets(assets.fact_sheet))


class FactsCheck:
    """Judges claims against compiled fact sheets; see `Check` for the contract."""

    name = NAME
    cost = Cost.RUNTIME
    deterministic = True
    reads = frozenset({"fact_sheet"})
    engine = EngineInfo(NAME, "slots", ENGINE_VERSION)

    def __init__(self, sheets: CompiledSheets) -> None:
        self._sheets = sheets

    def run(self, text: str, context: Context) -> CheckResult:
        """Judge one text; findings quote the claim and carry the verdict as evidence."""
        if not self._sheets.has_rules:
            return _NOTHING
        reading = Reading(text, context, self._sheets)
        if not reading.has_claims:
            return _NOTHING
        findings = tuple(_Judge(reading).findings())
        return CheckResult(NAME, outcome_of(findings), findings) if findings else _NOTHING

    def rule_id(self, index: int) -> str:
        """Return how findings name the fact of an index."""
        return self._sheets.facts[index].rule_id

    @property
    def has_facts(self) -> bool:
        """Whether there is any fact to hold a text against."""
        return bool(self._sheets.facts)


def judge(check: FactsCheck, text: str, context: Context, stated: dict[int, Span]) -> list[Finding]:
    """Return what `FactsCheck.run` finds, and note in `stated` the facts that a text states, by index."""
    reading = Reading(text, context, check._sheets)
    return _Judge(reading, stated).findings() if reading.has_claims else []


class _Judge:
    """Gives the verdicts on one reading; remembers which facts the text has stated."""

    def __init__(self, reading: Reading, stated: dict[int, Span] | None = None) -> None:
        self._reading = reading
        self._context = reading.context
        self._sheets = reading.sheets
        self._binder = Binder(reading)
        self._stated: dict[int, Span] = {} if stated is None else stated
        self._variables = variable_amounts(reading.context) if reading.context.variables else frozenset()

    def findings(self) -> list[Finding]:
        """Return every finding on the text."""
        reading = self._reading
        found = [f for amount in reading.amounts if (f := self._judge_amount(amount)) is not None]
        seen: set[tuple[int, str]] = set()
        for mention in reading.values:
            for finding in self._judge_value(mention):
                key = (mention.start, finding.rule_id)
                if key not in seen:
                    seen.add(key)
                    found.append(finding)
        if self._stated:
            found += self._wording()
        if reading.guarded:
            found += guarded_claims(reading)
        if reading.claims:
            found += common_claims(reading)
        if reading.names:
            found += unknown_names(reading)
        if self._context.must_mention:
            found += self._must_mention()
        return found

    def _judge_amount(self, amount: Amount) -> Finding | None:
        reachable, named = self._reading.reach(amount.start)
        if not reachable and not self._variables:
            return None  # nothing is known about what this sentence speaks of
        if not named and is_article(amount):
            return None  # "It only takes a minute": too loose to hold against what an earlier sentence named
        candidates = self._binder.candidates(amount, reachable)
        if not candidates and (millions := as_millions(self._reading.text, amount)) is not None:
            amount, candidates = millions, self._binder.candidates(millions, reachable)
        if not candidates and (not named or is_weak(amount)):
            return None
        agreeing = self._agreeing(amount, candidates)
        if not agreeing and (other := other_reading(self._reading.text, amount)) is not None:
            others = self._binder.candidates(other, reachable)
            if (said := self._agreeing(other, others)) or (others and not candidates):
                amount, candidates, agreeing = other, others, said
        if self._reading.values and self._is_in_an_answer(amount, is_read=bool(candidates)):
            return None
        if self._variables and is_variable(amount, self._variables):
            self._stated.update({c.index: Span(amount.start, amount.end) for c in agreeing})
            return None
        if agreeing and (len(candidates) == 1 or len({c.slot for c in candidates}) == 1):
            # One slot alone could be meant and holds the value: nothing to weigh.
            good_one = next((c for c in agreeing if c.standing(self._context) == "good"), None)
            if good_one is not None:
                self._stated[good_one.index] = Span(amount.start, amount.end)
                return None
        return self._weigh(amount, candidates, agreeing)

    def _agreeing(self, amount: Amount, candidates: Sequence[CompiledFact]) -> list[CompiledFact]:
        relation = self._reading.relation(amount) if candidates else ""
        folded = self._reading.folded
        return [
            c for c in candidates if c.agrees(amount, relation) or is_end_of(c.fact.value, folded, amount)
        ]

    def _weigh(
        self, amount: Amount, candidates: Sequence[CompiledFact], agreeing: Sequence[CompiledFact]
    ) -> Finding | None:
        """Decide which of several slots an amount speaks of, and judge it by that one."""
        span = Span(amount.start, amount.end)
        bindings = self._binder.bind_amount(amount, candidates, agreeing)
        supported = [b for b in bindings if b.compiled in agreeing]
        if not bindings:
            if amount.kind is not AmountKind.NUMBER or not self._binder.is_known_number(amount):
                return self._unsupported(amount, None)
            return None
        if not supported and is_another_measure(self._reading, amount, bindings[0].compiled.names):
            return self._unsupported(amount, bindings[0])
        best = bindings[0]
        slot = [b for b in bindings if b.compiled.slot == best.compiled.slot]
        # Where the text does not say which of several slots it means, any that agrees is what it means.
        pool = slot if best.strong and not self._reading.is_tied_date(amount) else bindings
        good = [b for b in pool if b in supported] or self._elsewhere(amount, best, supported)
        for binding in good:
            if binding.compiled.standing(self._context) == "good":
                self._stated[binding.compiled.index] = span
                return None
        current = next((b for b in slot if b.compiled.standing(self._context) == "good"), None)
        if good:
            return self._standing(good[0].compiled, current, span, amount)
        is_wrong = best.strong or (
            current is not None and self._reading.key(amount) in current.compiled.wrong
        )
        if current is None or not is_wrong:
            return self._unsupported(amount, best)
        if self._is_of_another(best, amount.start, amount.end):
            return self._unsupported(amount, None if best.carried else best)
        if is_said_free(self._reading, best.compiled, amount.start):
            return self._unsupported(amount, best)
        return self._contradicted(current, amount)

    def _elsewhere(self, amount: Amount, best: Binding, supported: list[Binding]) -> list[Binding]:
        """Return the other slots that the sentence names and that a number alone of its kind agrees with.

        "Parking at the Mill costs £12": the verb is the word of another slot, the fee has its own.
        """
        named = [b for b in supported if b.named and b.compiled.subject == best.compiled.subject]
        if not named:
            return []
        around = self._reading.amounts_of(self._reading.sentence(amount.start))
        return named if sum(a.kind is amount.kind for a in around) == 1 else []

    def _is_of_another(self, binding: Binding, start: int, end: int) -> bool:
        """Tell whether a claim is made of a subject that its sentence names and no such fact is known of."""
        return self._binder.is_of_another(binding.compiled.subject, start, end)

    def _is_in_an_answer(self, amount: Amount, *, is_read: bool) -> bool:
        """Tell whether a number is part of an answer in words ("3 pm", "2 x 4 GB").

        What some fact could be read by is one only where more belongs to the answer ("Windows 8").
        """
        if is_read and amount.kind is not AmountKind.NUMBER:
            return False
        return any(
            m.start <= amount.start and amount.end <= m.end and not (is_read and m.start == amount.start)
            for m in self._reading.values
        )

    def _contradicted(self, binding: Binding, amount: Amount) -> Finding:
        compiled = binding.compiled
        value = describe(compiled.fact.value, self._context.locale)
        suggestion = write_like(compiled.fact.value, self._reading.text, amount, self._context.locale)
        quote = self._reading.text[amount.start : amount.end]
        message = f"“{quote}” contradicts the fact sheet: {_slot(compiled)} is {value}."
        severity = Severity.BLOCKER if binding.strong else Severity.ERROR
        return self._finding(
            compiled, severity, message, Span(amount.start, amount.end), "contradicted", suggestion
        )

    def _standing(
        self, compiled: CompiledFact, current: Binding | None, span: Span, amount: Amount | None
    ) -> Finding:
        standing = compiled.standing(self._context)
        if standing == "unverified":
            severity, reason, stays = unverified(self._reading, compiled, span)
            if stays:
                self._stated[compiled.index] = span
            return self._finding(compiled, severity, f"{_slot(compiled)}: {reason}.", span, standing)
        severity = Severity.ERROR
        message = f"{_slot(compiled)}: {standing_words(standing)}."
        suggestion = None
        if current is not None and amount is not None:
            value = current.compiled.fact.value
            suggestion = write_like(value, self._reading.text, amount, self._context.locale)
            message = f"{message[:-1]}; it is now {describe(value, self._context.locale)}."
        return self._finding(compiled, severity, message, span, standing, suggestion)

    def _unsupported(self, amount: Amount, best: Binding | None) -> Finding | None:
        """Report a number in a sentence about a known subject that no fact carries."""
        subjects = self._reading.sentence(amount.start).subjects
        if (best is None and not subjects) or is_relative(self._reading, amount):
            return None
        if best is not None and best.carried and not best.named:
            return None
        key = best.compiled.subject if best else next(iter(subjects[0].keys))
        facts = self._sheets.by_subject[key]
        quote = self._reading.text[amount.start : amount.end]
        message = f"No fact about {facts[0].fact.subject} says “{quote}”; check it or add the fact."
        return make_finding(
            NAME,
            f"{facts[0].asset}/unsupported",
            Severity.WARNING,
            message,
            amount.start,
            amount.end,
            None,
            {"verdict": "unsupported", "subject": facts[0].fact.subject, "type": amount.kind.value},
        )

    def _judge_value(self, mention: Mention) -> Iterator[Finding]:
        bindings = self._binder.bind_value(mention)
        if not bindings:
            return
        if any(self._is_typed_answer(a, mention, bindings) for a in self._reading.amounts):
            return  # judged as an amount already
        named = [b for b in bindings if b.named]
        denied = is_denied(self._reading, mention.start)
        span = Span(mention.start, mention.end)
        rights = [b for b in bindings if 2 * b.compiled.index in mention.keys]
        # Several slots may share a word ("high"): the attribute that stands closest says which one is meant.
        pool = [b for b in named if b.compiled.slot == named[0].compiled.slot] if named else bindings
        right = next((b for b in rights if b in pool), None)
        if right is not None and not denied:
            if right.compiled.standing(self._context) != "good":
                yield self._standing(right.compiled, None, span, None)
            else:
                self._stated[right.compiled.index] = span
            return
        best = pool[0]
        if best.compiled.standing(self._context) != "good" or is_elsewhere(self._reading, mention):
            return
        if not denied and speaks_of_another_measure(self._reading, mention, best.compiled):
            return
        is_other = best.carried and is_about_others(self._reading, mention)
        if is_other or self._is_of_another(best, mention.start, mention.end):
            return
        if isinstance(best.compiled.fact.value, Money):
            if not denied and not is_free_for_some(self._reading, mention):
                yield self._wrong_word(best, mention, denied=False, is_doubtful=False)
            return
        is_right = 2 * best.compiled.index in mention.keys
        if is_right == denied and isinstance(best.compiled.fact.value, Enumeration):
            yield self._wrong_word(
                best, mention, denied, is_right_beside(self._reading, best.compiled, mention)
            )

    def _is_typed_answer(self, amount: Amount, mention: Mention, bindings: list[Binding]) -> bool:
        if amount.end <= mention.start or mention.end <= amount.start:
            return False
        key = self._reading.key(amount)
        return any(key in b.compiled.right or key in b.compiled.wrong for b in bindings)

    def _wrong_word(self, binding: Binding, mention: Mention, denied: bool, is_doubtful: bool) -> Finding:
        compiled = binding.compiled
        value = describe(compiled.fact.value, self._context.locale)
        quote = self._reading.text[mention.start : mention.end]
        said = f"not “{quote}”" if denied else f"“{quote}”"
        # Without the attribute's name the word may speak of something else: it fails the text, not for good.
        severity = Severity.BLOCKER if binding.strong else Severity.ERROR
        message = f"{said[0].upper()}{said[1:]} contradicts the fact sheet: {_slot(compiled)} is {value}."
        verdict, span = "contradicted", Span(mention.start, mention.end)
        # A price can't stand in the place of "free delivery".
        suggestion = None if denied or isinstance(compiled.fact.value, Money) else value
        if is_doubtful:
            severity, verdict = Severity.WARNING, "unsupported"
            message = f"The sentence says both “{value}” and {said} of {_slot(compiled)}; which one is meant?"
        return self._finding(compiled, severity, message, span, verdict, suggestion)

    def _finding(
        self,
        compiled: CompiledFact,
        severity: Severity,
        message: str,
        span: Span | None,
        verdict: str,
        suggestion: str | None = None,
    ) -> Finding:
        fact = compiled.fact
        evidence = {
            "verdict": verdict,
            "subject": fact.subject,
            "attribute": fact.attribute,
            "value": describe(fact.value, self._context.locale),
            "source": fact.source,
            "status": str(fact.status),
        }
        return Finding(NAME, compiled.rule_id, severity, message, span, suggestion, evidence=evidence)

    def _wording(self) -> Iterator[Finding]:
        for index, span in self._stated.items():
            compiled = self._sheets.facts[index]
            wording = compiled.fact.required_wording
            if wording and " ".join(fold(wording).split()) not in " ".join(self._reading.folded.split()):
                message = f"{_slot(compiled)} may only be stated together with “{wording}”."
                yield self._finding(compiled, Severity.ERROR, message, span, "required_wording")

    def _must_mention(self) -> Iterator[Finding]:
        for wanted in self._context.must_mention:
            found = [c for c in self._sheets.facts if wanted in (c.fact.id, c.rule_id)]
            if not found:
                message = f"The text has to state the fact {wanted!r}, which no fact sheet holds."
                yield Finding(NAME, wanted, Severity.WARNING, message, evidence={"verdict": "unknown_fact"})
            elif not any(self._is_stated(c) for c in found):
                compiled = found[0]
                value = describe(compiled.fact.value, self._context.locale)
                message = f"The text has to state that {_slot(compiled)} is {value}."
                yield self._finding(compiled, Severity.ERROR, message, None, "missing")

    def _is_stated(self, compiled: CompiledFact) -> bool:
        if compiled.index in self._stated:
            return True
        if any(2 * compiled.index in m.keys for m in self._reading.values):
            return True
        return any(
            (compiled.right or amount.kind is not AmountKind.NUMBER)
            and compiled.agrees(amount, self._reading.relation(amount))
            for amount in self._reading.amounts
            if compiled.right or compiled.fact.value.type == str(amount.kind)
        )


def _slot(compiled: CompiledFact) -> str:
    return f"the {compiled.fact.attribute} of {compiled.fact.subject}"

"""Toxicity: is a text rude, hateful or threatening; two engines behind one interface.

`embedded` (the distribution `copydesk-toxicity`) is the default; `detoxify` needs the extra of that name and
torch. Nothing heavy is imported before an engine is asked for.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol, cast

from copydesk.assets import PolicyAssets
from copydesk.assets.limits import CheckSetting
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
from copydesk.checks.text import sentences
from copydesk.checks.wire import decimal_text

NAME: Final = "toxicity"
DEFAULT_ENGINE: Final = "embedded"
NO_CONTEXT: Final = Context()
# A model takes seconds for this much; what is longer would hold up everybody, and no copy is.
MAX_CHARS: Final = 100_000
# Longer than nearly all sentences, and about what an engine reads at once.
MAX_PASSAGE_CHARS: Final = 300

# From here on a label beside `toxicity` is named in the message.
_NAMED_LABEL_SCORE: Final = 0.5


class ToxicityEngine(Protocol):
    """What scores texts; thread-safe once loaded.

    `review_threshold` and `block_threshold` are the engine's own, used where the policy sets none; `reading`
    says in words how a long text is read; `languages` are the codes (ISO 639-1) of the languages that the
    weights were trained for.
    """

    name: str
    version: str
    weights_sha256: str | None
    review_threshold: float
    block_threshold: float
    reading: str
    languages: frozenset[str]

    def scores(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Score any strings: per text a probability per label, `toxicity` always among them."""
        ...


class EngineUnavailableError(RuntimeError):
    """An engine cannot be used here; the message says why and what to install or set."""


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """Whether an engine can be used here; `reason` says why not and how to mend it."""

    name: str
    available: bool
    version: str | None
    reason: str | None


class ToxicityCheck:
    """The toxicity check of one policy."""

    name = NAME
    cost = Cost.MODEL
    deterministic = True
    reads = frozenset({"limits"})

    def __init__(self, engine: ToxicityEngine, review_threshold: float, block_threshold: float) -> None:
        """Take an engine and two probabilities.

        Raises ValueError if review stands above block.
        """
        if review_threshold > block_threshold:
            raise ValueError(
                f"the review threshold {review_threshold:g} of the toxicity check stands above its block"
                f" threshold {block_threshold:g}; lower the one or raise the other"
            )
        self.engine = EngineInfo(NAME, engine.name, engine.version, engine.weights_sha256)
        self.review_threshold = review_threshold
        self.block_threshold = block_threshold
        self._engine = engine

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one text: `warning` from the review threshold on, `blocker` from the block threshold on."""
        return self.run_many([text], context)[0]

    def run_many(self, texts: Sequence[str], context: Context = NO_CONTEXT) -> list[CheckResult]:
        """Check many texts with as few engine calls as can be; results in the order of the texts.

        A text counts as a whole and by its sentences: a single sentence raises a finding of its own only from
        the block threshold on, for among many clean sentences some always reach the review threshold. The
        span is the worst sentence. Texts in a language without a model, and texts longer than `MAX_CHARS`,
        are `not_run`, with the reason.
        """
        reasons = [self._unread(text, context.locale) for text in texts]
        read = iter(self._read([text for text, reason in zip(texts, reasons, strict=True) if reason is None]))
        return [
            next(read) if reason is None else CheckResult(NAME, Outcome.NOT_RUN, reason=reason)
            for reason in reasons
        ]

    def _read(self, texts: Sequence[str]) -> list[CheckResult]:
        parts = [_passages(text) for text in texts]
        wanted: list[str] = []
        for text, spans in zip(texts, parts, strict=True):
            wanted += [text, *(text[span.start : span.end] for span in spans)]
        found = iter(self._engine.scores(wanted))
        return [self._judge(text, spans, [next(found) for _ in range(len(spans) + 1)])
                for text, spans in zip(texts, parts, strict=True)]  # fmt: skip

    def _unread(self, text: str, locale: str | None) -> str | None:
        """Say why a text cannot be judged: its locale (BCP 47; one without is read) or its length."""
        if len(text) > MAX_CHARS:
            return f"the text has {len(text)} characters; the toxicity check reads {MAX_CHARS} at most"
        language = re.split("[-_]", locale)[0].lower() if locale else ""
        if not language or language in self._engine.languages:
            return None
        return (
            f"the {self._engine.name} toxicity engine {self._engine.version} has no model for the locale"
            f" {locale}, only for {_named(self._engine.languages)}"
        )

    def _judge(self, text: str, spans: Sequence[Span], scores: Sequence[Mapping[str, float]]) -> CheckResult:
        whole, by_sentence = scores[0], scores[1:]
        worst = max(range(len(spans)), key=lambda place: by_sentence[place]["toxicity"], default=None)
        decisive, span = whole, Span(0, len(text))
        if worst is not None:
            span = spans[worst]
            if by_sentence[worst]["toxicity"] >= max(self.block_threshold, whole["toxicity"]):
                decisive = by_sentence[worst]
        findings = self._findings(decisive, span)
        return CheckResult(NAME, outcome_of(findings), findings, scores=dict(decisive))

    def _findings(self, scores: Mapping[str, float], span: Span) -> tuple[Finding, ...]:
        score = scores["toxicity"]
        if score < self.review_threshold:
            return ()
        is_blocked = score >= self.block_threshold
        threshold = self.block_threshold if is_blocked else self.review_threshold
        evidence = {
            "engine": self.engine.engine,
            "engine_version": self.engine.engine_version,
            "threshold": decimal_text(threshold),
            "labels": {label: decimal_text(value) for label, value in sorted(scores.items())},
            "reading": self._engine.reading,
        }
        return (
            Finding(
                check=NAME,
                rule_id=f"{NAME}/block" if is_blocked else f"{NAME}/review",
                severity=Severity.BLOCKER if is_blocked else Severity.WARNING,
                message=_message(scores, is_blocked),
                span=span,
                score=score,
                evidence=evidence,
            ),
        )


class NotInstalledCheck:
    """Stands for the toxicity check where its engine is missing: every run says `not_run` and why."""

    name = NAME
    cost = Cost.MODEL
    deterministic = True
    reads = frozenset({"limits"})

    def __init__(self, engine: str, reason: str) -> None:
        self.engine = EngineInfo(NAME, engine, "0")
        self.reason = reason

    def run(self, text: str, context: Context) -> CheckResult:  # noqa: ARG002
        """Answer `not_run` with the reason."""
        return CheckResult(NAME, Outcome.NOT_RUN, reason=self.reason)

    def run_many(self, texts: Sequence[str], context: Context = NO_CONTEXT) -> list[CheckResult]:  # noqa: ARG002
        """Answer `not_run` for each text."""
        return [CheckResult(NAME, Outcome.NOT_RUN, reason=self.reason) for _ in texts]


def compile_check(assets: PolicyAssets, heads: Mapping[str, bytes]) -> ToxicityCheck | NotInstalledCheck:  # noqa: ARG001
    """Compile the check as the policy's limits set it; loads the weights.

    Raises:
        ValueError: the review threshold stands above the block threshold.
    """
    return from_setting(assets.setting(NAME))


def from_setting(setting: CheckSetting) -> ToxicityCheck | NotInstalledCheck:
    """Build the check from its setting; thresholds left open are the engine's own.

    Where a set threshold crosses the other one's default, the default gives way.
    """
    name = setting.engine or DEFAULT_ENGINE
    try:
        engine = resolve(name)
    except EngineUnavailableError as error:
        return NotInstalledCheck(name, str(error))
    review = None if setting.review_threshold is None else float(setting.review_threshold)
    block = None if setting.block_threshold is None else float(setting.block_threshold)
    if review is None:
        review = engine.review_threshold if block is None else min(engine.review_threshold, block)
    if block is None:
        block = max(engine.block_threshold, review)
    return ToxicityCheck(engine, review, block)


def resolve(name: str) -> ToxicityEngine:
    """Return a loaded engine; each is loaded once per process.

    Raises:
        EngineUnavailableError: unknown, not installed, or its weights cannot be used.
    """
    if name not in _LOADERS:
        raise EngineUnavailableError(f"no toxicity engine is called {name!r}; known: {', '.join(_LOADERS)}")
    with _loading:
        if name not in _loaded:
            _loaded[name] = _LOADERS[name]()
        return _loaded[name]


def engine_status() -> list[EngineStatus]:
    """Tell of every engine whether it can be used here, without loading its weights."""
    return [_status(name, find) for name, find in _FINDERS.items()]


def _status(name: str, find: Callable[[], str]) -> EngineStatus:
    try:
        return EngineStatus(name, True, find(), None)
    except EngineUnavailableError as error:
        return EngineStatus(name, False, None, str(error))


def _find_embedded() -> str:
    try:
        package = importlib.import_module("copydesk_toxicity")
    except ImportError as error:
        raise EngineUnavailableError(
            "the embedded toxicity engine is not installed"
            f" ({error}); install it with: pip install 'copydesk[toxicity]'"
        ) from error
    try:
        return str(package.read_card().version)
    except package.WeightsError as error:
        raise EngineUnavailableError(str(error)) from error


def _load_embedded() -> ToxicityEngine:
    _find_embedded()
    package = importlib.import_module("copydesk_toxicity")
    try:
        return cast("ToxicityEngine", package.load())
    except package.WeightsError as error:
        raise EngineUnavailableError(str(error)) from error


def _find_detoxify() -> str:
    missing = [package for package in ("torch", "detoxify") if importlib.util.find_spec(package) is None]
    if missing:
        raise EngineUnavailableError(
            f"the Detoxify engine needs {' and '.join(missing)}; run `make detoxify`, or install torch and"
            " then: pip install 'copydesk[detoxify]'"
        )
    files = importlib.import_module("copydesk.checks.toxicity.detoxify_files")
    try:
        files.locate()
    except files.FilesError as error:
        raise EngineUnavailableError(str(error)) from error
    return importlib.metadata.version("detoxify")


def _load_detoxify() -> ToxicityEngine:
    _find_detoxify()
    files = importlib.import_module("copydesk.checks.toxicity.detoxify_files")
    module = importlib.import_module("copydesk.checks.toxicity.detoxify_engine")
    try:
        return cast("ToxicityEngine", module.load(files.locate()))
    except (files.FilesError, module.CheckpointError) as error:
        raise EngineUnavailableError(str(error)) from error


def _passages(text: str) -> list[Span]:
    """Return the sentences of a text; an endless one is cut at spaces, so that nothing drowns in it."""
    return [passage for sentence in sentences(text) for passage in _cut(text, sentence)]


def _cut(text: str, sentence: Span) -> Iterator[Span]:
    start = sentence.start
    while sentence.end - start > MAX_PASSAGE_CHARS:
        end = start + MAX_PASSAGE_CHARS
        space = text.rfind(" ", start + 1, end)
        end = end if space == -1 else space + 1
        yield Span(start, end)
        start = end
    yield Span(start, sentence.end)


def _message(scores: Mapping[str, float], is_blocked: bool) -> str:
    if scores.get("identity_attack", 0.0) >= _NAMED_LABEL_SCORE:
        subject = "reads as an attack on people for who they are"
    elif scores.get("threat", 0.0) >= _NAMED_LABEL_SCORE:
        subject = "reads as a threat"
    else:
        subject = "reads as rude, hateful or threatening"
    return f"This {subject}; reword it." if is_blocked else f"This {subject}; have a second look."


_loading = Lock()
_loaded: dict[str, ToxicityEngine] = {}
_LOADERS: Final[Mapping[str, Callable[[], ToxicityEngine]]] = {
    "embedded": _load_embedded,
    "detoxify": _load_detoxify,
}
_FINDERS: Final[Mapping[str, Callable[[], str]]] = {"embedded": _find_embedded, "detoxify": _find_detoxify}


def _named(languages: Iterable[str]) -> str:
    """Return languages by their English names (CLDR through babel)."""
    from babel import Locale

    names = Locale("en").languages
    return ", ".join(sorted(names.get(code, code) for code in languages))

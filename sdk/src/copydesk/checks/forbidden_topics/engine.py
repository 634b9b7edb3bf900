"""The forbidden-topics check: terms block, what the examples match is reviewed or failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from copydesk.assets import PolicyAssets
from copydesk.assets.forbidden_topics import Topic, TopicAction
from copydesk.canonical import sha256_hex
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
from copydesk.checks.encoder import EncoderError, encoder_status
from copydesk.checks.facts.mentions import Lexicon, fold, lexicon
from copydesk.checks.forbidden_topics.static_vectors import StaticVectorsError
from copydesk.checks.forbidden_topics.tiers import STATIC, Tier, tier_of
from copydesk.checks.forbidden_topics.training import (
    MIN_POSITIVES,
    background_of,
    head_name,
    sentence_spans,
    train_head,
)
from copydesk.checks.heads import Head, HeadError
from copydesk.checks.locales import is_english

NAME: Final = "forbidden_topics"
ENGINE_VERSION: Final = "4"
MIN_SENTENCE_CHARS: Final = 8


@dataclass(frozen=True, slots=True)
class _CompiledTopic:
    asset: str
    topic: Topic
    head: Head | None

    @property
    def rule_id(self) -> str:
        return f"{self.asset}/{self.topic.id}"


def compile_check(assets: PolicyAssets, heads: Mapping[str, bytes]) -> ForbiddenTopicsCheck:
    """Compile the topics of a policy; heads that are not given are trained.

    Args:
        assets: the policy's content; its setting names the engine, `static` or `minilm`, nothing means the
            best one installed.
        heads: trained heads by file name.
    """
    compiled, problems, used = [], [], []
    try:
        tier = tier_of(assets.setting(NAME).engine)
    except ValueError as error:
        tier, problems = STATIC, [str(error)]
    for asset, topics in sorted(assets.forbidden_topics.items()):
        background: tuple[str, ...] | None = None
        for topic in topics.topics:
            head, data = None, heads.get(head_name(asset, topic.id, tier))
            if len(topic.positives) >= MIN_POSITIVES:
                if data is None and tier.is_available:
                    background = background or background_of(assets, topics)
                    data = train_head(topic, background, tier).to_bytes()
                if data is not None:
                    try:
                        head = Head.from_bytes(data, tier.dimensions)
                        used.append(data)
                    except HeadError as error:
                        problems.append(f"the head of the topic {topic.id!r} can't be used: {error}")
            compiled.append(_CompiledTopic(asset, topic, head))
    return ForbiddenTopicsCheck(tuple(compiled), tier, tuple(problems), b"".join(used))


class ForbiddenTopicsCheck:
    """Finds forbidden topics by term and by likeness to examples; see `Check` for the contract.

    Where heads are needed and can't run, the outcome is `not_run` with the reason, unless a block term has
    failed the text already: what the terms found is reported either way.
    """

    name = NAME
    deterministic = True
    reads = frozenset({"forbidden_topics", "fallbacks", "style_guide"})

    def __init__(
        self, topics: tuple[_CompiledTopic, ...], tier: Tier, problems: tuple[str, ...], weights: bytes
    ) -> None:
        self._topics = topics
        self._tier = tier
        self._needs_heads = any(len(t.topic.positives) >= MIN_POSITIVES for t in topics)
        self._terms: Lexicon = lexicon(
            (term, index) for index, t in enumerate(topics) for term in t.topic.block_terms
        )
        self._problem = problems[0] if problems else None
        if self._needs_heads and not tier.is_available:
            self._problem = encoder_status().reason
        self.cost = tier.cost if self._needs_heads else Cost.RUNTIME
        engine, version = (tier.engine, tier.version) if self._needs_heads else ("terms", "0")
        digest = sha256_hex(weights + tier.weights_sha256.encode()) if weights else None
        self.engine = EngineInfo(NAME, engine, f"{ENGINE_VERSION}+{version}", digest)

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one text sentence by sentence; scores hold each topic's highest probability."""
        active = [i for i, t in enumerate(self._topics) if t.topic.scope.covers(context)]
        findings = list(self._by_term(text, active))
        wanted = [i for i in active if len(self._topics[i].topic.positives) >= MIN_POSITIVES]
        scores: dict[str, float] = {}
        problem = self._problem or _unread(context.locale) if wanted else None
        if wanted and text.strip() and not problem:
            try:
                findings += self._by_example(text, wanted, scores)
            except (EncoderError, StaticVectorsError) as error:
                problem = str(error)
        reason = f"{problem}; block terms were looked for, examples were not" if problem else None
        reason = reason or self._never_found(active)
        outcome = outcome_of(tuple(findings))
        if reason and outcome is not Outcome.FAIL:
            return CheckResult(NAME, Outcome.NOT_RUN, tuple(findings), reason, scores)
        return CheckResult(NAME, outcome, tuple(findings), reason, scores)

    def _never_found(self, active: list[int]) -> str | None:
        """Say which topic has nothing to be found by."""
        for topic in (self._topics[i].topic for i in active):
            if not topic.block_terms and len(topic.positives) < MIN_POSITIVES:
                few = f"{len(topic.positives)} of at least {MIN_POSITIVES} examples"
                return f"the topic “{topic.title}” can't be found: it has no block terms and {few}"
        return None

    def _by_term(self, text: str, active: list[int]) -> Iterator[Finding]:
        for mention in self._terms.find(fold(text)):
            for index in sorted(mention.keys & set(active)):
                compiled = self._topics[index]
                quote = text[mention.start : mention.end]
                yield Finding(
                    NAME,
                    compiled.rule_id,
                    Severity.BLOCKER,
                    f"“{quote}” belongs to the forbidden topic “{compiled.topic.title}”.",
                    Span(mention.start, mention.end),
                    evidence={"topic": compiled.topic.title, "term": quote, "found_by": "term"},
                )

    def _by_example(self, text: str, wanted: list[int], scores: dict[str, float]) -> Iterator[Finding]:
        spans = [(s, e) for s, e in sentence_spans(text) if e - s >= MIN_SENTENCE_CHARS]
        if not spans:
            return iter(())
        # The text as a whole is scored too: a topic may be spread over sentences that say little each.
        vectors = self._tier.embed_spans(text, spans)
        found = []
        for index in wanted:
            compiled = self._topics[index]
            if compiled.head is not None:
                found += self._scored(compiled, compiled.head, vectors, spans, scores)
        return iter(found)

    def _scored(
        self,
        compiled: _CompiledTopic,
        head: Head,
        vectors: npt.NDArray[np.float32],
        spans: list[tuple[int, int]],
        scores: dict[str, float],
    ) -> list[Finding]:
        chances = head.probabilities(vectors)
        scores[compiled.rule_id] = round(float(chances.max()), 4)
        hits = [i for i in range(len(spans)) if chances[i] >= head.threshold]
        if not hits and chances[-1] >= head.threshold:
            hits = [int(np.argmax(chances[: len(spans)]))]
        found = []
        for i in hits:
            nearest, likeness = _nearest(self._tier, compiled.topic.positives, vectors[i])
            severity = Severity.ERROR if compiled.topic.action is TopicAction.BLOCK else Severity.WARNING
            message = f"This reads like the forbidden topic “{compiled.topic.title}”; compare: “{nearest}”"
            found.append(
                Finding(
                    NAME,
                    compiled.rule_id,
                    severity,
                    message,
                    Span(*spans[i]),
                    score=round(float(max(chances[i], chances[-1] if i == hits[0] else 0)), 4),
                    evidence={
                        "topic": compiled.topic.title,
                        "nearest_example": nearest,
                        "likeness_percent": round(100 * likeness),
                        "found_by": "example",
                    },
                )
            )
        return found


def _unread(locale: str | None) -> str | None:
    """Say why examples can't be compared with texts of a locale (BCP 47); without a locale they are."""
    if is_english(locale):
        return None
    return f"there is no model of topics for the locale {locale}, only for English"


def _nearest(tier: Tier, examples: tuple[str, ...], vector: npt.NDArray[np.float32]) -> tuple[str, float]:
    likeness = _example_vectors(tier, examples) @ vector / max(float(vector @ vector) ** 0.5, 1e-9)
    best = int(np.argmax(likeness))
    return examples[best], float(likeness[best])


@lru_cache(maxsize=256)
def _example_vectors(tier: Tier, examples: tuple[str, ...]) -> npt.NDArray[np.float32]:
    vectors = tier.embed(examples)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)

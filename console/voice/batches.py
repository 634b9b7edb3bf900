"""What a batch of off-brand texts holds, as a value: the texts, what was not kept, and what it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from console.generation.provider import Generated
from console.voice.briefs import Brief
from copydesk.checks.brand_voice.training import long_enough

Json = Mapping[str, Any]
MAX_CHARS = 20_000  # what an asset's text may hold
MAX_SAME_LINES = 3
COUNTS = ("short", "looping", "repeated", "failed")


@dataclass(frozen=True, slots=True)
class WrittenText:
    """One text a model wrote; `place` names the golden case whose brief it is from."""

    text: str
    place: str
    prompt: str
    model: str
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class BatchReport:
    """The texts of a batch in the order they came.

    `short` counts answers too short for a voice match (or too long to be an example), `looping` those that
    say one line over and over, as small models do, `repeated` those that were there already, `failed`
    requests without an answer. `tokens` holds prompt and completion tokens by the model that was asked,
    `handled` the numbers of the requests that all this came of.
    """

    texts: tuple[WrittenText, ...] = ()
    short: int = 0
    looping: int = 0
    repeated: int = 0
    failed: int = 0
    tokens: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    handled: tuple[int, ...] = ()

    @property
    def asked(self) -> int:
        """How many requests were made."""
        return len(self.handled)

    def with_answer(self, number: int, brief: Brief, made: Generated, there: Collection[str]) -> BatchReport:
        """Return the report with one more answer.

        Args:
            number: of the request.
            there: texts that the style guide holds already.
        """
        asked = str(brief.pin["model"])
        before = self.tokens.get(asked, (0, 0))
        spent = (before[0] + made.prompt_tokens, before[1] + made.completion_tokens)
        found = replace(self, tokens={**self.tokens, asked: spent}, handled=(*self.handled, number))
        if not long_enough([made.text]) or len(made.text) > MAX_CHARS:
            return replace(found, short=self.short + 1)
        if _is_looping(made.text):
            return replace(found, looping=self.looping + 1)
        if made.text in there or any(made.text == known.text for known in self.texts):
            return replace(found, repeated=self.repeated + 1)
        text = WrittenText(made.text, brief.place, brief.prompt, made.model or asked)
        return replace(found, texts=(*self.texts, text))

    def with_failure(self, number: int) -> BatchReport:
        """Return the report with one more request that got no answer."""
        return replace(self, failed=self.failed + 1, handled=(*self.handled, number))

    def with_taken(self, numbers: Collection[int]) -> BatchReport:
        """Return the report with these texts marked as taken over."""
        texts = (replace(t, is_taken=t.is_taken or i in numbers) for i, t in enumerate(self.texts))
        return replace(self, texts=tuple(texts))

    def to_json(self) -> dict[str, Any]:
        """Return the report as it is stored."""
        tokens = {model: list(pair) for model, pair in self.tokens.items()}
        counts = {name: getattr(self, name) for name in COUNTS}
        texts = [asdict(text) for text in self.texts]
        return {"texts": texts, **counts, "tokens": tokens, "handled": list(self.handled)}


def _is_looping(text: str) -> bool:
    lines = Counter(line.strip() for line in text.splitlines() if line.strip())
    return max(lines.values(), default=0) > MAX_SAME_LINES


def read_report(data: Json) -> BatchReport:
    """Read what `to_json` wrote; an empty mapping is an empty report."""
    return BatchReport(
        tuple(WrittenText(**text) for text in data.get("texts", ())),
        tokens={model: (pair[0], pair[1]) for model, pair in data.get("tokens", {}).items()},
        handled=tuple(data.get("handled", ())),
        **{name: data.get(name, 0) for name in COUNTS},
    )

"""What topics are told apart with: word vectors everywhere, and the sentence encoder where installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from copydesk.checks import encoder as sentence_encoder
from copydesk.checks.contract import Cost
from copydesk.checks.encoder import encoder, encoder_status
from copydesk.checks.forbidden_topics import static_vectors as words
from copydesk.checks.forbidden_topics.static_vectors import static_vectors

# How much the word vectors weigh beside the encoder's; chosen on banking questions, not on the reported set.
STATIC_SHARE: Final = 0.7

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tier:
    """One way to embed sentences; `name` is what a policy's setting `engine` calls it."""

    name: str
    dimensions: int
    cost: Cost
    has_encoder: bool

    @property
    def is_available(self) -> bool:
        """Whether it can be used here."""
        return not self.has_encoder or encoder_status().is_available

    @property
    def engine(self) -> str:
        """Name of the engine in results and runs."""
        return f"{encoder_status().engine}+{words.ENGINE}" if self.has_encoder else words.ENGINE

    @property
    def version(self) -> str:
        """Version of the weights."""
        return (
            f"{encoder_status().engine_version}+{words.ENGINE_VERSION}"
            if self.has_encoder
            else words.ENGINE_VERSION
        )

    @property
    def weights_sha256(self) -> str:
        """Checksums of the weights, in one string."""
        return words.SHA256 + (encoder_status().weights_sha256 or "" if self.has_encoder else "")

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector per text.

        Raises:
            EncoderError: the encoder is asked for and can't be loaded.
        """
        vectors = static_vectors().embed(texts)
        return np.hstack([encoder().embed(texts), STATIC_SHARE * vectors]) if self.has_encoder else vectors

    def embed_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> Vectors:
        """Return a vector per span and, where there are several, one of the whole text last.

        Raises:
            EncoderError: the encoder is asked for and can't be loaded.
        """
        vectors = static_vectors().embed_spans(text, spans)
        if not self.has_encoder:
            return vectors
        pieces = [text[start:end] for start, end in spans] + ([text] if len(spans) > 1 else [])
        return np.hstack([encoder().embed(pieces), STATIC_SHARE * vectors])


STATIC: Final = Tier("static", words.DIMENSIONS, Cost.RUNTIME, has_encoder=False)
MINILM: Final = Tier("minilm", sentence_encoder.DIMENSIONS + words.DIMENSIONS, Cost.MODEL, has_encoder=True)
TIERS: Final = (STATIC, MINILM)


def tier_of(engine: str) -> Tier:
    """Return the tier that a policy's setting names; without a name the best one that is installed.

    Args:
        engine: `static`, `minilm` or nothing.

    Raises:
        ValueError: another name.
    """
    if not engine:
        return MINILM if MINILM.is_available else STATIC
    for tier in TIERS:
        if tier.name == engine:
            return tier
    known = ", ".join(tier.name for tier in TIERS)
    raise ValueError(f"there is no engine {engine!r} for forbidden topics; name one of: {known}")

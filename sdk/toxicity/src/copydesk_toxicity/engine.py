"""Scores texts with the int8 encoder and the linear model, blended in logit space."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from copydesk_toxicity.card import WEIGHTS, Card, WeightsError, read_card, verified
from copydesk_toxicity.linear import LinearModel

MODEL_NAME = "model.int8.onnx"
VOCABULARY_NAME = "vocab.txt"
LINEAR_NAME = "profanity.npz"

Logits = npt.NDArray[np.float64]

_SURROGATES = re.compile("[\ud800-\udfff]")
_UNKNOWN = "[UNK]"
_REMEMBERED_TEXTS, _REMEMBERED_CHARS = 4096, 400


class EmbeddedEngine:
    """The embedded engine; immutable after loading and safe to share between threads."""

    name = "embedded"

    def __init__(self, card: Card, session: Any, tokenizer: Tokenizer, linear: LinearModel) -> None:
        self.version = card.version
        self.weights_sha256 = card.weights_sha256
        self.review_threshold = card.review_threshold
        self.block_threshold = card.block_threshold
        self.labels = card.labels
        self.languages = frozenset(card.languages)
        self.reading = (
            f"windows of {card.window_tokens} tokens with {card.overlap_tokens} overlapping, "
            "the worst ones count most"
        )
        self._card = card
        self._session = session
        self._tokenizer = tokenizer
        self._linear = linear
        # An editor's next keystroke leaves all sentences but one as they were.
        self._remembered = lru_cache(maxsize=_REMEMBERED_TEXTS)(self._score)
        self._first, self._last = _marker(tokenizer, "[CLS]"), _marker(tokenizer, "[SEP]")

    def scores(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Score texts: per text a probability in [0, 1] per label.

        A long text is read in overlapping windows, whose logits are pooled by a smooth maximum; a text
        without any word scores 0. Any string is fit to be scored. A score depends on its text alone, never on
        the others (int8 activations are scaled per call, so windows are not batched).
        """
        known = {
            text: self._remembered(text) if len(text) <= _REMEMBERED_CHARS else self._score(text)
            for text in dict.fromkeys(texts)
        }
        return [dict(known[text]) for text in texts]

    def _score(self, text: str) -> dict[str, float]:
        whole = _SURROGATES.sub("\ufffd", text)
        windows = [self._logits(ids) for ids in self._windows(whole)]
        if not windows:
            return dict.fromkeys(self.labels, 0.0)
        pooled = pool(np.stack(windows), self._card.pooling_temperature)
        toxic, share = self._linear.probability(whole), self._card.encoder_share
        blended = share * pooled[0] + (1 - share) * math.log(toxic / (1 - toxic))
        values = (blended, *pooled[1:])
        return {label: _sigmoid(float(value)) for label, value in zip(self.labels, values, strict=True)}

    def _windows(self, text: str) -> Iterator[list[int]]:
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        size, step = self._card.window_tokens, self._card.window_tokens - self._card.overlap_tokens
        for start in range(0, len(ids), step):
            yield [self._first, *ids[start : start + size], self._last]
            if start + size >= len(ids):
                break

    def _logits(self, window: list[int]) -> Logits:
        ids = np.array([window], np.int64)
        (logits,) = self._session.run(["logits"], {"input_ids": ids})
        return np.asarray(logits[0], np.float64)


def pool(logits: Logits, temperature: float) -> Logits:
    """Return the smooth maximum over windows: `t · log(mean(exp(logits / t)))`, per label.

    The plain maximum grows with the number of windows, so that a long clean text scores above a short one;
    the mean buries one rude passage in a long text.

    Args:
        logits: [windows, labels], one window at least.
        temperature: t above, in logits; 0 takes the plain maximum.
    """
    highest: Logits = logits.max(axis=0)
    if temperature == 0:
        return highest
    smooth: Logits = highest + temperature * np.log(np.exp((logits - highest) / temperature).mean(axis=0))
    return smooth


def load(folder: Path = WEIGHTS, threads: int = 1) -> EmbeddedEngine:
    """Load and verify the weights; takes about .2 s and 100 MB.

    Args:
        folder: where card and weights lie, by default inside the package.
        threads: CPU threads of one scoring call.

    Raises:
        WeightsError: a file is missing or differs from its digest.
    """
    card = read_card(folder)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # By path: the runtime's own reader needs a fifth less memory than bytes handed over.
    session = onnxruntime.InferenceSession(
        verified(folder, card, MODEL_NAME), options, providers=["CPUExecutionProvider"]
    )
    pieces = verified(folder, card, VOCABULARY_NAME).read_text(encoding="utf-8").splitlines()
    linear = LinearModel(verified(folder, card, LINEAR_NAME).read_bytes())
    return EmbeddedEngine(card, session, word_pieces(pieces), linear)


def word_pieces(pieces: Sequence[str]) -> Tokenizer:
    """Build the BERT tokenizer over a pruned vocabulary; compatibility forms are folded first."""
    vocabulary = {piece: place for place, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=_UNKNOWN, max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.BertNormalizer(lowercase=True)]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def _marker(tokenizer: Tokenizer, piece: str) -> int:
    place = tokenizer.token_to_id(piece)
    if place is None:
        raise WeightsError(f"the vocabulary has no {piece}; reinstall copydesk-toxicity")
    return int(place)


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-max(min(logit, 60.0), -60.0)))

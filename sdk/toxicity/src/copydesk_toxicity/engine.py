"""Scores texts with the int8 encoder and the linear model, blended in logit space."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from copydesk_toxicity.card import WEIGHTS, Card, WeightsError, read_card, verified_bytes
from copydesk_toxicity.linear import LinearModel

MODEL_NAME = "model.int8.onnx"
VOCABULARY_NAME = "vocab.txt"
LINEAR_NAME = "profanity.npz"

_SURROGATES = re.compile("[\ud800-\udfff]")
_UNKNOWN = "[UNK]"
_REMEMBERED_TEXTS, _REMEMBERED_CHARS = 4096, 400


@dataclass(frozen=True, slots=True)
class _Window:
    ids: list[int]
    text: str


class EmbeddedEngine:
    """The embedded engine; immutable after loading and safe to share between threads."""

    name = "embedded"

    def __init__(self, card: Card, session: Any, tokenizer: Tokenizer, linear: LinearModel) -> None:
        self.version = card.version
        self.weights_sha256 = card.weights_sha256
        self.review_threshold = card.review_threshold
        self.block_threshold = card.block_threshold
        self.labels = card.labels
        self.reading = (
            f"windows of {card.window_tokens} tokens with {card.overlap_tokens} overlapping, "
            "the maximum counts"
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

        A long text is read in overlapping windows and has the maximum of their scores; a text without any
        word scores 0. Any string is fit to be scored. A score depends on its text alone, never on the
        others (int8 activations are scaled per call, so windows are not batched).
        """
        known = {
            text: self._remembered(text) if len(text) <= _REMEMBERED_CHARS else self._score(text)
            for text in dict.fromkeys(texts)
        }
        return [dict(known[text]) for text in texts]

    def _score(self, text: str) -> dict[str, float]:
        worst = dict.fromkeys(self.labels, 0.0)
        for window in self._windows(_SURROGATES.sub("\ufffd", text)):
            for label, score in zip(self.labels, self._score_window(window), strict=True):
                worst[label] = max(worst[label], score)
        return worst

    def _windows(self, text: str) -> Iterator[_Window]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        size, step = self._card.window_tokens, self._card.window_tokens - self._card.overlap_tokens
        for start in range(0, len(encoding.ids), step):
            stop = min(start + size, len(encoding.ids))
            span = text[encoding.offsets[start][0] : encoding.offsets[stop - 1][1]]
            yield _Window([self._first, *encoding.ids[start:stop], self._last], span)
            if stop == len(encoding.ids):
                break

    def _score_window(self, window: _Window) -> list[float]:
        ids = np.array([window.ids], np.int64)
        (logits,) = self._session.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        toxic = self._linear.probability(window.text)
        share = self._card.encoder_share
        blended = share * float(logits[0, 0]) + (1 - share) * math.log(toxic / (1 - toxic))
        return [_sigmoid(blended), *(_sigmoid(float(logit)) for logit in logits[0, 1:])]


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
    session = onnxruntime.InferenceSession(
        verified_bytes(folder, card, MODEL_NAME), options, providers=["CPUExecutionProvider"]
    )
    pieces = verified_bytes(folder, card, VOCABULARY_NAME).decode("utf-8").splitlines()
    return EmbeddedEngine(
        card, session, word_pieces(pieces), LinearModel(verified_bytes(folder, card, LINEAR_NAME))
    )


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

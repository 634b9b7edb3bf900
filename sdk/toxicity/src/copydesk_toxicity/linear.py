"""The linear half of the blend: calibrated TF-IDF weights converted from `alt-profanity-check` (MIT)."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

_EDGE = 1e-6


def plain(text: str) -> str:
    """Fold compatibility forms (full-width letters, ligatures) and drop invisible format characters."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if unicodedata.category(char) != "Cf")


class LinearModel:
    """Mean of calibrated linear classifiers over TF-IDF features; immutable after construction."""

    def __init__(self, archive: bytes) -> None:
        """Read the `.npz` written by `training/profanity.py`; it holds no pickled objects."""
        with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
            self._index = {term: place for place, term in enumerate(arrays["terms"].tolist())}
            self._stop_words = frozenset(arrays["stop_words"].tolist())
            self._words = re.compile(str(arrays["pattern"]))
            self._weights: npt.NDArray[Any] = arrays["weights"].astype(np.float32)
            self._biases: npt.NDArray[Any] = arrays["biases"]
            self._calibration: npt.NDArray[Any] = arrays["calibration"]
            self._idf: npt.NDArray[Any] = arrays["idf"].astype(np.float32)

    def probability(self, text: str) -> float:
        """Return the probability that a text is profane; Platt's sigmoid per fold, then the mean.

        Source: scikit-learn's `TfidfVectorizer` (raw counts, idf, l2 norm) and `CalibratedClassifierCV`.
        """
        counts = Counter(
            place
            for word in self._words.findall(plain(text).lower())
            if word not in self._stop_words and (place := self._index.get(word)) is not None
        )
        margins = self._biases
        if counts:
            places = np.fromiter(counts, np.int64, len(counts))
            values = np.fromiter(counts.values(), np.float32, len(counts))
            if self._idf.size:
                values = values * self._idf[places]
            values = values / np.sqrt((values * values).sum())
            margins = self._weights[:, places] @ values + self._biases
        folds = 1 / (1 + np.exp(self._calibration[:, 0] * margins + self._calibration[:, 1]))
        return min(max(float(folds.mean()), _EDGE), 1 - _EDGE)

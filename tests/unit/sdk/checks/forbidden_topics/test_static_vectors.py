"""The table of word vectors: read whole, cut into pieces like the encoder does, refused when damaged."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.checks import encoder as encoders
from copydesk.checks.encoder import encoder_status
from copydesk.checks.forbidden_topics.static_vectors import StaticVectors, StaticVectorsError, static_vectors

TEXTS = ("A light bottle.", "It cures Migräne & more!", "unbelievably waterproofed re-packaging", "ﬁve ①")


def test_sentences_that_mean_alike_are_nearer_than_others() -> None:
    one, other, far = static_vectors().embed(
        ["This pill cures headaches.", "Take it and your migraine is gone.", "The tent has two doors."]
    )
    assert one @ other > one @ far + 0.2


def test_the_pieces_of_words_are_those_of_the_encoder() -> None:
    if not encoder_status().is_available:
        pytest.skip(str(encoder_status().reason))
    tokenizer, table = encoders._tokenizer(), static_vectors()
    words = encoders._VOCABULARY.read_text(encoding="utf-8").split("\n")
    stored = files("copydesk.checks").joinpath("data", "static_vectors.npz").read_bytes()
    with np.load(BytesIO(stored)) as data:
        tokens = [words[token] for token in data["tokens"]]
    for text in TEXTS[:3]:
        assert [tokens[row] for row in table._rows_in(text)] == tokenizer.encode(text).tokens[1:-1]


def test_spans_give_the_vectors_of_their_texts_and_the_whole_last() -> None:
    text = "We pack tents. It rains a lot."
    spans = [(0, 14), (15, 30)]
    made = static_vectors().embed_spans(text, spans)
    apart = static_vectors().embed([text[:14], text[15:], text])
    assert made == pytest.approx(apart, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_any_text_has_a_vector_of_length_one_or_zero(text: str) -> None:
    vector = static_vectors().embed([text])[0]
    size = float(np.linalg.norm(vector))
    assert size == pytest.approx(1, abs=1e-4) or size == 0


def test_a_damaged_table_is_refused() -> None:
    data = files("copydesk.checks").joinpath("data", "static_vectors.npz").read_bytes()
    with pytest.raises(StaticVectorsError, match="damaged"):
        StaticVectors(data[:1000] + b"\xff\xff" + data[1002:])

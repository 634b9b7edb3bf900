"""The training data of the embedded engine: what is refused, what is made up, what is kept apart."""

from __future__ import annotations

import gzip
import importlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[5]
TRAINING = ROOT / "sdk" / "toxicity" / "training"
NAMES = ("corpus", "disguise", "frames", "clean_frames", "clean_copy", "open_copy")


@pytest.fixture(scope="module")
def training() -> Iterator[dict[str, ModuleType]]:
    """Import the scripts the way they import each other: from their own folder."""
    sys.path.insert(0, str(TRAINING))
    try:
        yield {name: importlib.import_module(name) for name in NAMES}
    finally:
        sys.path.remove(str(TRAINING))
        for name in NAMES:
            sys.modules.pop(name, None)


def _written(folder: Path, *lines: str) -> Path:
    path = folder / "train.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
    return path


def test_a_corpus_line_keeps_what_nobody_labelled_open(training: dict[str, ModuleType], tmp_path: Path):
    line = json.dumps({"source": "s", "text": "fish &amp; chips", "toxic": 1, "identity_attack": None})
    (example,) = training["corpus"].read(_written(tmp_path, line))
    assert (example.text, example.toxic, example.identity_attack) == ("fish & chips", True, None)


@pytest.mark.parametrize(
    "line",
    ["not json", '{"source": "s", "text": "t"}', '{"source": "s", "text": "t", "toxic": 2}', "[1]"],
)
def test_a_bad_corpus_line_is_named(training: dict[str, ModuleType], tmp_path: Path, line: str):
    good = json.dumps({"source": "s", "text": "t", "toxic": 0})
    with pytest.raises(training["corpus"].CorpusError, match=r"train\.jsonl\.gz:2: "):
        training["corpus"].read(_written(tmp_path, good, line))


def test_repeats_are_learnt_once(training: dict[str, ModuleType]):
    example = training["corpus"].Example
    found = training["corpus"].distinct(
        [example("a", t, False, None) for t in ("Hi there", " hi THERE ", "", "yes")]
    )
    assert [e.text for e in found] == ["Hi there", "yes"]


def test_own_sentences_are_distinct_filled_and_the_same_on_every_run(training: dict[str, ModuleType]):
    frames = training["frames"]
    made = frames.sentences(random.Random(3))
    assert made == frames.sentences(random.Random(3))
    assert len(made) == sum(frame_set.how_many for frame_set in frames.FRAME_SETS)
    assert not any("{" in example.text or "}" in example.text for example in made)
    labels = {}
    for example in made:
        assert labels.setdefault(example.text, example.toxic) == example.toxic


def _clean_sentences(training: dict[str, ModuleType], seed: int) -> list[Any]:
    clean = training["clean_frames"]
    made: list[Any] = training["frames"].sentences(random.Random(seed), clean.FRAME_SETS, clean.SLOTS)
    return made


def test_own_reporting_and_requests_are_clean_and_filled(training: dict[str, ModuleType]):
    made = _clean_sentences(training, 3)
    assert made == _clean_sentences(training, 3)
    assert len({e.text for e in made}) == len(made) > 4000
    assert not any(e.toxic or e.identity_attack or "{" in e.text or "}" in e.text for e in made)


def test_own_sentences_repeat_none_of_the_labelled_cases(training: dict[str, ModuleType]):
    cases = (ROOT / "tests" / "rules" / "toxicity.yml").read_text(encoding="utf-8")
    made = [*training["frames"].sentences(random.Random(0)), *_clean_sentences(training, 0)]
    assert not [e.text for e in made if e.text in cases]


def test_a_fixed_few_of_the_texts_are_held_out_whatever_their_case(training: dict[str, ModuleType]):
    corpus = training["corpus"]
    texts = [corpus.Example("s", f"Text {number}", False, None) for number in range(4000)]
    held = [corpus.is_held_out(example) for example in texts]
    assert 0.01 < sum(held) / len(held) < 0.03
    shouted = [corpus.Example("t", f" {example.text.upper()} ", True, None) for example in texts]
    assert [corpus.is_held_out(example) for example in shouted] == held


@pytest.mark.shared
def test_open_writing_is_clean_distinct_and_apart_from_the_clean_copy(
    training: dict[str, ModuleType], shared: Path
):
    found = training["open_copy"].read(shared / "data", 3_000)
    texts = {example.text for example in found}
    assert len(texts) == len(found) > 5000
    assert not any(example.toxic for example in found)
    assert not any("fuck" in text.lower() or "idiot" in text.lower() for text in texts)
    for half in ("thresholds", "report"):
        copy = training["clean_copy"].read(shared / "data", half)
        assert not texts & {text for some in copy.values() for text in some}


def test_the_weighty_word_of_a_toxic_text_is_disguised(training: dict[str, ModuleType]):
    example = training["corpus"].Example
    texts = [example("s", "what an idiot you are", True, None)] * 40
    made = training["disguise"].disguised(texts, {"idiot": 5.0, "what": 0.1}, random.Random(1), 40)
    assert len(made) == 40
    assert all(e.toxic and e.text.startswith("what an ") and e.text.endswith(" you are") for e in made)
    assert sum(e.text != texts[0].text for e in made) >= 38
    assert training["disguise"].disguised(texts, {}, random.Random(1), 40) == []


@pytest.mark.shared
def test_thresholds_and_report_share_no_clean_text_with_each_other_or_the_training(
    training: dict[str, ModuleType], shared: Path
):
    read = training["clean_copy"].read
    halves = [
        {t for texts in read(shared / "data", half).values() for t in texts}
        for half in ("thresholds", "report")
    ]
    assert min(map(len, halves)) > 3000
    assert not halves[0] & halves[1]
    learnt = {e.text for e in training["open_copy"].of_clean_copy(shared / "data")}
    assert len(learnt) > 9000
    assert not learnt & (halves[0] | halves[1])
    assert read(shared / "data", "learn")["18f"] == []

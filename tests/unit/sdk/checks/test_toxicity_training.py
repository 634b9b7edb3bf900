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

import pytest

ROOT = Path(__file__).parents[4]
TRAINING = ROOT / "sdk" / "toxicity" / "training"
NAMES = ("corpus", "disguise", "frames", "clean_copy")


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


def test_own_sentences_repeat_none_of_the_labelled_cases(training: dict[str, ModuleType]):
    cases = (ROOT / "tests" / "rules" / "toxicity.yml").read_text(encoding="utf-8")
    assert not [e.text for e in training["frames"].sentences(random.Random(0)) if e.text in cases]


def test_the_weighty_word_of_a_toxic_text_is_disguised(training: dict[str, ModuleType]):
    example = training["corpus"].Example
    texts = [example("s", "what an idiot you are", True, None)] * 40
    made = training["disguise"].disguised(texts, {"idiot": 5.0, "what": 0.1}, random.Random(1), 40)
    assert len(made) == 40
    assert all(e.toxic and e.text.startswith("what an ") and e.text.endswith(" you are") for e in made)
    assert sum(e.text != texts[0].text for e in made) >= 38
    assert training["disguise"].disguised(texts, {}, random.Random(1), 40) == []


@pytest.mark.shared
def test_thresholds_and_report_share_no_clean_text(training: dict[str, ModuleType], shared: Path):
    read = training["clean_copy"].read
    halves = [
        {t for texts in read(shared / "data", half).values() for t in texts}
        for half in ("thresholds", "report")
    ]
    assert min(map(len, halves)) > 3000
    assert not halves[0] & halves[1]

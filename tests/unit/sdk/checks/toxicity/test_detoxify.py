"""The Detoxify engine on a tiny checkpoint in Detoxify's own format, without network.

The package's real model and tokenizer classes run; most tests stand against a defect of Detoxify 0.5.4.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from copydesk.assets.limits import CheckSetting
from copydesk.checks import toxicity
from copydesk.checks.contract import Context, Outcome
from copydesk.checks.toxicity.detoxify_files import Files, FilesError

torch = pytest.importorskip("torch", reason="the Detoxify engine needs torch, which is not installed")
pytest.importorskip("detoxify", reason="the Detoxify engine needs detoxify, which is not installed")

from transformers import BertConfig, BertForSequenceClassification  # noqa: E402

from copydesk.checks.toxicity import detoxify_engine  # noqa: E402

pytestmark = pytest.mark.detoxify

CLASSES = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
LABELS = {"toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"}
WORDS = ("you", "are", "a", "the", "tent", "idiot", "stupid", "is", "light", ".", "and", "warm")
VOCABULARY = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS)


@pytest.fixture(scope="module")
def config_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration folder that knows nothing of six labels nor of a longest text."""
    folder = tmp_path_factory.mktemp("config")
    config = _config().to_dict()
    stock = {
        name: value for name, value in config.items() if name not in ("id2label", "label2id", "num_labels")
    }
    (folder / "config.json").write_text(json.dumps({**stock, "model_type": "bert"}), encoding="utf-8")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"do_lower_case": True, "tokenizer_class": "BertTokenizer"}), encoding="utf-8"
    )
    return folder


def _config() -> BertConfig:
    return BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=512, num_labels=len(CLASSES),
    )  # fmt: skip


def _content(**changes: Any) -> dict[str, Any]:
    """A checkpoint as Detoxify's training writes it; the big last weights make its scores spread."""
    torch.manual_seed(7)
    state = BertForSequenceClassification(_config()).state_dict()
    state["classifier.weight"] = state["classifier.weight"] * 30
    arguments = {
        "num_classes": len(CLASSES),
        "model_type": "bert-base-uncased",
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
    }
    content = {
        "config": {"arch": {"args": arguments}, "dataset": {"args": {"classes": list(CLASSES)}}},
        "state_dict": state,
    }
    return {**content, **changes}


def _saved(folder: Path, content: Any) -> Path:
    """Save under a name that ends in the digest, as upstream's files do."""
    partial = folder / "partial"
    torch.save(content, partial)
    digest = hashlib.sha256(partial.read_bytes()).hexdigest()
    return partial.rename(folder / f"tiny-{digest[:8]}.ckpt")


@pytest.fixture(scope="module")
def files(config_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    checkpoint = _saved(tmp_path_factory.mktemp("checkpoint"), _content())
    return Files(checkpoint, config_folder, checkpoint.stem.rpartition("-")[2])


@pytest.fixture(scope="module")
def engine(files: Files) -> detoxify_engine.DetoxifyEngine:
    return detoxify_engine.load(files)


def _one_by_one(engine: detoxify_engine.DetoxifyEngine, text: str) -> dict[str, float]:
    """Score a short text through the package's own `Detoxify.predict`."""
    from detoxify import Detoxify

    reference = Detoxify.__new__(Detoxify)
    reference.model, reference.tokenizer = engine._model, engine._tokenizer
    reference.class_names, reference.device = list(engine.labels), "cpu"
    return reference.predict(text)


def test_scores_equal_those_of_the_package_itself(engine: detoxify_engine.DetoxifyEngine):
    texts = ["you are a stupid idiot .", "the tent is light and warm .", "you", "the tent " * 40]
    for text, scores in zip(texts, engine.scores(texts), strict=True):
        expected = _one_by_one(engine, text)
        assert set(scores) == LABELS
        assert scores == pytest.approx(expected, abs=1e-6)


def test_all_six_labels_survive_a_stock_configuration(engine: detoxify_engine.DetoxifyEngine):
    assert engine._model.config.num_labels == len(CLASSES)
    assert set(engine.labels) == LABELS


def test_lists_of_one_and_of_none_have_the_shape_of_all_lists(engine: detoxify_engine.DetoxifyEngine):
    (alone,) = engine.scores(["you are a stupid idiot ."])
    assert alone.keys() == LABELS
    assert engine.scores([]) == []
    assert engine.scores(["", " "]) == [dict.fromkeys(engine.labels, 0.0)] * 2


def test_equal_texts_are_scored_once_and_order_is_kept(engine: detoxify_engine.DetoxifyEngine):
    texts = ["the tent is warm .", "you idiot .", "the tent is warm ."]
    rows: list[int] = []
    hook = engine._model.register_forward_pre_hook(
        lambda _module, _args, given: rows.append(given["input_ids"].shape[0]), with_kwargs=True
    )
    try:
        scores = engine.scores(texts)
    finally:
        hook.remove()
    assert sum(rows) == 2
    assert scores[0] == scores[2] != scores[1]


def test_no_batch_is_padded_beyond_its_limit():
    lengths = [3, 200, 5, 90, 7, 202, 4, 600, 11] * 5
    found = list(detoxify_engine.batches(lengths))
    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= 512


def test_one_long_text_does_not_pad_the_short_ones(engine: detoxify_engine.DetoxifyEngine):
    padded: list[int] = []
    hook = engine._model.register_forward_pre_hook(
        lambda _module, _args, given: padded.append(given["input_ids"].numel()), with_kwargs=True
    )
    try:
        engine.scores(["the tent " * 90, *(f"you are {word} ." for word in WORDS)])
    finally:
        hook.remove()
    assert max(padded) <= 512
    assert sum(padded) < 182 + len(WORDS) * 7


def test_text_past_the_limit_is_scored_by_the_worst_of_its_windows(engine: detoxify_engine.DetoxifyEngine):
    words = [*(["the", "tent", "is", "light"] * 150), *(["stupid", "idiot"] * 100)]
    windows = [" ".join(words[start : start + 200]) for start in range(0, 601, 150)]
    expected = [_one_by_one(engine, window) for window in windows]
    (found,) = engine.scores([" ".join(words)])
    for label in LABELS:
        assert found[label] == pytest.approx(max(scores[label] for scores in expected), abs=1e-6)
    assert any(max(expected, key=lambda scores: scores[label]) is expected[-1] for label in LABELS)


@pytest.mark.filterwarnings("error")
def test_odd_texts_are_scored_without_crash_or_warning(engine: detoxify_engine.DetoxifyEngine):
    texts = ["\x00", "\ud800", "a\udfffb", "🙂" * 700, "you " * 3000]
    for scores in engine.scores(texts):
        assert all(0 <= score <= 1 for score in scores.values())


class _CountingHub(BaseHTTPRequestHandler):
    requests = 0

    def do_GET(self) -> None:
        type(self).requests += 1
        self.send_error(404)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    """A stand-in for the model hub that counts what is asked of it."""
    _CountingHub.requests = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), _CountingHub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_loading_local_files_asks_the_hub_for_nothing(hub: str, files: Files):
    code = (
        "import sys; from pathlib import Path\n"
        "from copydesk.checks.toxicity.detoxify_engine import load\n"
        "from copydesk.checks.toxicity.detoxify_files import Files\n"
        "print(len(load(Files(Path(sys.argv[1]), Path(sys.argv[2]), None)).scores(['you'])))\n"
    )
    environment = {**os.environ, "HF_ENDPOINT": hub, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "0"}
    answer = subprocess.run(
        [sys.executable, "-c", code, str(files.checkpoint), str(files.config)],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert answer.stdout.strip() == "1"
    assert _CountingHub.requests == 0


def test_a_checkpoint_with_another_digest_is_refused(files: Files):
    with pytest.raises(FilesError, match="expected 00000000…"):
        detoxify_engine.load(Files(files.checkpoint, files.config, "00000000"))


class _Planted:
    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (os.environ["COPYDESK_TEST_PLANT"],))


def test_code_in_a_checkpoint_never_runs(tmp_path: Path, files: Files, monkeypatch: pytest.MonkeyPatch):
    plant = tmp_path / "planted"
    monkeypatch.setenv("COPYDESK_TEST_PLANT", str(plant))
    zipped = _saved(tmp_path, _content(extra=_Planted()))
    bare = tmp_path / "bare.ckpt"
    bare.write_bytes(pickle.dumps(_Planted(), protocol=2))
    for checkpoint in (zipped, bare):
        with pytest.raises(detoxify_engine.CheckpointError, match="never unpickled"):
            detoxify_engine.load(Files(checkpoint, files.config, None))
    assert not plant.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"config": {}}, "KeyError"),
        ({"state_dict": {}}, "weights missing or of another shape"),
        ({"config": {"arch": {"args": {}}, "dataset": {"args": {"classes": ["toxic"]}}}}, "TypeError"),
    ],
)
def test_a_file_of_another_format_says_what_is_wrong(
    tmp_path: Path, files: Files, changes: dict[str, Any], message: str
):
    checkpoint = _saved(tmp_path, _content(**changes))
    with pytest.raises(detoxify_engine.CheckpointError, match=message):
        detoxify_engine.load(Files(checkpoint, files.config, None))


def test_missing_weights_are_not_filled_in_at_random(tmp_path: Path, files: Files):
    content = _content()
    del content["state_dict"]["classifier.weight"]
    checkpoint = _saved(tmp_path, content)
    with pytest.raises(detoxify_engine.CheckpointError, match=r"1 weights missing.*classifier\.weight"):
        detoxify_engine.load(Files(checkpoint, files.config, None))


def test_a_policy_can_choose_the_engine_and_findings_name_it(files: Files, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COPYDESK_DETOXIFY_CHECKPOINT", str(files.checkpoint))
    monkeypatch.setenv("COPYDESK_DETOXIFY_CONFIG", str(files.config))
    monkeypatch.setattr("copydesk.checks.toxicity.check._loaded", {})
    status = {engine.name: engine for engine in toxicity.engine_status()}["detoxify"]
    assert (status.available, status.version, status.reason) == (True, "0.5.4", None)
    setting = CheckSetting(check="toxicity", engine="detoxify", review_threshold="0", block_threshold="0")
    check = toxicity.from_setting(setting)
    result = check.run("you are a stupid idiot .", Context())
    assert result.outcome is Outcome.FAIL
    assert result.findings[0].evidence["engine"] == "detoxify"
    assert "200 tokens" in result.findings[0].evidence["reading"]
    assert check.engine.weights_sha256 == hashlib.sha256(files.checkpoint.read_bytes()).hexdigest()


def test_a_missing_checkpoint_is_not_run_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.delenv("COPYDESK_DETOXIFY_CHECKPOINT", raising=False)
    monkeypatch.setenv("COPYDESK_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("copydesk.checks.toxicity.check._loaded", {})
    result = toxicity.from_setting(CheckSetting(check="toxicity", engine="detoxify")).run("you", Context())
    assert result.outcome is Outcome.NOT_RUN
    assert "python -m copydesk.checks.toxicity.detoxify_files" in (result.reason or "")

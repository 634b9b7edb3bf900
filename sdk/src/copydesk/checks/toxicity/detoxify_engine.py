"""The Detoxify engine: the real package's model and tokenizer code, loaded safely and batched well.

The only module that imports torch, transformers or detoxify. What it works around in Detoxify 0.5.4: hub
calls in spite of local files, the number of labels lost with a stock configuration, unchecked and unsafely
unpickled checkpoints, one-element and empty lists, padding to the longest text, unscored text past the limit.
"""

from __future__ import annotations

import importlib.metadata
import pickle
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import torch
from detoxify.detoxify import get_model_and_tokenizer
from transformers.utils.logging import disable_progress_bar

from copydesk.checks.toxicity.detoxify_files import ENGLISH, Files, verify

WINDOW_TOKENS: Final = 200
OVERLAP_TOKENS: Final = 50
MAX_PADDED_TOKENS: Final = 512

_SURROGATES = re.compile("[\ud800-\udfff]")
# As upstream: the models do not agree on the names of three labels.
_LABEL_NAMES: Final = {
    "toxic": "toxicity",
    "identity_hate": "identity_attack",
    "severe_toxic": "severe_toxicity",
}


class CheckpointError(RuntimeError):
    """A checkpoint cannot be used: another format, unsafe to unpickle, or not of its configuration."""


class DetoxifyEngine:
    """A loaded Detoxify model; safe to share between threads, as nothing in it changes."""

    name = "detoxify"
    # Upstream's documentation reads its scores against .5; the embedded engine alone is set on clean copy.
    review_threshold = 0.5
    block_threshold = 0.9
    reading = f"windows of {WINDOW_TOKENS} tokens with {OVERLAP_TOKENS} overlapping, the maximum counts"

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        labels: Sequence[str],
        weights_sha256: str,
        languages: frozenset[str] = ENGLISH,
    ) -> None:
        self.version = importlib.metadata.version("detoxify")
        self.weights_sha256 = weights_sha256
        self.labels = tuple(labels)
        self.languages = languages
        self._model = model
        self._tokenizer = tokenizer
        markers = tokenizer("")["input_ids"]
        self._first, self._last = markers[:1], markers[1:]
        # RoBERTa's positions begin after the padding id, so two of the table are never used for text.
        room = model.config.max_position_embeddings - 2 - len(markers)
        self._window_tokens = min(WINDOW_TOKENS, room)
        self._step = max(self._window_tokens - OVERLAP_TOKENS, 1)

    def scores(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Score texts: per text a probability in [0, 1] per label; equal texts are scored once.

        A long text is read in overlapping windows and has the maximum of their scores; a text without tokens
        scores 0.
        """
        distinct = list(dict.fromkeys(texts))
        windows: list[list[int]] = []
        owners: list[int] = []
        for place, text in enumerate(distinct):
            for window in self._windows(text):
                windows.append(window)
                owners.append(place)
        found = [dict.fromkeys(self.labels, 0.0) for _ in distinct]
        for index, row in self._score_windows(windows):
            scores = found[owners[index]]
            for label, value in zip(self.labels, row, strict=True):
                scores[label] = max(scores[label], value)
        by_text = dict(zip(distinct, found, strict=True))
        return [dict(by_text[text]) for text in texts]

    def _windows(self, text: str) -> Iterator[list[int]]:
        # verbose=False: transformers would warn of texts past the model's limit, which never reach the model.
        ids = self._tokenizer(_SURROGATES.sub("\ufffd", text), add_special_tokens=False, verbose=False)[
            "input_ids"
        ]
        for start in range(0, len(ids), self._step):
            yield [*self._first, *ids[start : start + self._window_tokens], *self._last]
            if start + self._window_tokens >= len(ids):
                break

    def _score_windows(self, windows: Sequence[Sequence[int]]) -> Iterator[tuple[int, list[float]]]:
        for batch in batches([len(window) for window in windows]):
            longest = max(len(windows[index]) for index in batch)
            ids = torch.full((len(batch), longest), self._tokenizer.pad_token_id or 0, dtype=torch.long)
            mask = torch.zeros((len(batch), longest), dtype=torch.long)
            for row, index in enumerate(batch):
                ids[row, : len(windows[index])] = torch.tensor(windows[index])
                mask[row, : len(windows[index])] = 1
            with torch.inference_mode():
                logits = self._model(input_ids=ids, attention_mask=mask)[0]
            # A few of upstream's models have more outputs than named classes.
            yield from zip(batch, torch.sigmoid(logits)[:, : len(self.labels)].tolist(), strict=True)


def batches(lengths: Sequence[int], max_padded_tokens: int = MAX_PADDED_TOKENS) -> Iterator[list[int]]:
    """Group places by length so that no batch has more than `max_padded_tokens` after padding.

    Args:
        lengths: tokens per window; one longer than the limit has a batch of its own.
        max_padded_tokens: rows times the longest row.
    """
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[place] > max_padded_tokens:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def load(files: Files) -> DetoxifyEngine:
    """Load a checkpoint with the package's own model code, from local files alone.

    Raises:
        FilesError: the checkpoint cannot be read or has another digest.
        CheckpointError: it is not a Detoxify checkpoint, needs unsafe unpickling, or does not fit.
    """
    digest = verify(files.checkpoint, files.digest_prefix)
    disable_progress_bar()  # a library that draws on a service's stderr is a nuisance
    loaded = _unpickled(files)
    try:
        arguments = dict(loaded["config"]["arch"]["args"])
        labels = [_LABEL_NAMES.get(name, name) for name in loaded["config"]["dataset"]["args"]["classes"]]
        state = loaded["state_dict"]
        # The local folder in place of a hub name: no call leaves the machine, the number of labels stays.
        arguments["model_type"] = str(files.config)
        model, tokenizer = get_model_and_tokenizer(
            **arguments, state_dict=state, huggingface_config_path=None
        )
    except (KeyError, TypeError, AttributeError, ValueError, OSError, RuntimeError) as error:
        raise CheckpointError(
            f"{files.checkpoint} is not a checkpoint for {files.config}: {error!r}"
        ) from error
    if "toxicity" not in labels:
        raise CheckpointError(
            f"{files.checkpoint} has no class `toxic` or `toxicity`, only {', '.join(labels)}"
        )
    _hold_against(model, state, files)
    return DetoxifyEngine(model.eval(), tokenizer, labels, digest, files.languages)


def _unpickled(files: Files) -> Any:
    try:
        return torch.load(files.checkpoint, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError) as error:
        raise CheckpointError(
            f"{files.checkpoint} is not a checkpoint of plain tensors, others are never unpickled: {error}"
        ) from error


def _hold_against(model: Any, state: Any, files: Files) -> None:
    """Refuse a state that leaves a weight at random: transformers would only warn."""
    wanted = {name: tensor.shape for name, tensor in model.state_dict().items() if _is_weight(name)}
    given = {name: tensor.shape for name, tensor in state.items() if _is_weight(name)}
    wrong = sorted(name for name in wanted if given.get(name) != wanted[name])
    if wrong:
        raise CheckpointError(
            f"{files.checkpoint} does not fit {files.config}:"
            f" {len(wrong)} weights missing or of another shape, first {', '.join(wrong[:3])}"
        )


def _is_weight(name: str) -> bool:
    return not name.endswith(("position_ids", "token_type_ids"))

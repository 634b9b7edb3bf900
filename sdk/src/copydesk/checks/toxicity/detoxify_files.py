"""Finds and fetches what the Detoxify engine reads: a checkpoint, and its configuration and vocabulary.

Upstream's own loader neither checks what it downloads nor works offline, so both are done here: a checkpoint
is used only if its SHA-256 begins with the eight digits that upstream put into its file name. Settings:
`COPYDESK_DETOXIFY_MODEL` (default `original`; it also says which languages an own checkpoint reads),
`COPYDESK_DETOXIFY_CHECKPOINT` and `COPYDESK_DETOXIFY_CONFIG` (own files),
`COPYDESK_DETOXIFY_TRUST_CHECKPOINT=1` (an own checkpoint without a known digest), `COPYDESK_CACHE_DIR`
(default `~/.cache/copydesk`). `python -m copydesk.checks.toxicity.detoxify_files` downloads.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

_RELEASES: Final = "https://github.com/unitaryai/detoxify/releases/download/"
CHECKPOINT_URLS: Final[Mapping[str, str]] = {
    "original": _RELEASES + "v0.1-alpha/toxic_original-c1212f89.ckpt",
    "unbiased": _RELEASES + "v0.3-alpha/toxic_debiased-c7548aa0.ckpt",
    "multilingual": _RELEASES + "v0.4-alpha/multilingual_debiased-0b549669.ckpt",
    "original-small": _RELEASES + "v0.1.2/original-albert-0e1d6498.ckpt",
    "unbiased-small": _RELEASES + "v0.1.2/unbiased-albert-c8519128.ckpt",
}
ENGLISH: Final = frozenset({"en"})
# Upstream's documentation: trained and measured on these seven.
_MULTILINGUAL: Final = frozenset({"en", "es", "fr", "it", "pt", "ru", "tr"})
BERT_VOCABULARY_URL: Final = "https://huggingface.co/google-bert/bert-base-uncased/resolve/main/vocab.txt"
BERT_VOCABULARY_SHA256: Final = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
MAX_DOWNLOAD_BYTES: Final = 2_000_000_000
_TIMEOUT_S: Final = 60.0


class FilesError(RuntimeError):
    """A file of the Detoxify engine is missing, damaged or not to be trusted; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Files:
    """What to load; the checkpoint's SHA-256 must begin with `digest_prefix`, None: the owner vouches.

    `languages` are those the weights were trained for, ISO 639-1.
    """

    checkpoint: Path
    config: Path
    digest_prefix: str | None
    languages: frozenset[str] = ENGLISH


def locate(environment: Mapping[str, str] | None = None) -> Files:
    """Find the files by the settings above, without reading the checkpoint.

    Args:
        environment: settings by name, by default those of the process.

    Raises:
        FilesError: something is missing, unknown or not trusted.
    """
    settings = os.environ if environment is None else environment
    own = settings.get("COPYDESK_DETOXIFY_CHECKPOINT")
    model = settings.get("COPYDESK_DETOXIFY_MODEL", "original")
    folder = cache_folder(settings)
    if own:
        checkpoint = Path(own)
        prefix = (
            None if settings.get("COPYDESK_DETOXIFY_TRUST_CHECKPOINT") == "1" else _prefix_of(checkpoint.name)
        )
    else:
        checkpoint = folder / _name_of(_url(model))
        prefix = _prefix_of(checkpoint.name)
    config = Path(settings.get("COPYDESK_DETOXIFY_CONFIG") or folder / "bert-base-uncased")
    if not checkpoint.is_file():
        raise FilesError(
            f"the Detoxify checkpoint {checkpoint} is not there; fetch it with"
            " `python -m copydesk.checks.toxicity.detoxify_files`, or set COPYDESK_DETOXIFY_CHECKPOINT to a"
            " local one"
        )
    if not (config / "config.json").is_file():
        raise FilesError(
            f"{config} holds no config.json; set COPYDESK_DETOXIFY_CONFIG to the folder with the"
            " configuration and vocabulary of the checkpoint's base model"
        )
    return Files(checkpoint, config, prefix, _MULTILINGUAL if model == "multilingual" else ENGLISH)


def cache_folder(settings: Mapping[str, str]) -> Path:
    """Return where downloads are kept."""
    base = settings.get("COPYDESK_CACHE_DIR")
    return (Path(base) if base else Path.home() / ".cache" / "copydesk") / "detoxify"


def verify(checkpoint: Path, digest_prefix: str | None) -> str:
    """Return the SHA-256 of a checkpoint after holding it against what is expected.

    Raises:
        FilesError: it cannot be read or begins with other digits.
    """
    try:
        with checkpoint.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FilesError(f"cannot read {checkpoint}: {error}") from error
    if digest_prefix is not None and not digest.startswith(digest_prefix):
        raise FilesError(
            f"{checkpoint} has SHA-256 {digest[:8]}…, expected {digest_prefix}…: it is damaged or not"
            " upstream's; delete it and fetch it again"
        )
    return digest


def download_checkpoint(model: str, folder: Path, url: str | None = None) -> Path:
    """Fetch one of upstream's checkpoints, check its digest and put it into the folder.

    Args:
        model: a key of `CHECKPOINT_URLS`.
        folder: the cache; a verified copy there is kept and not fetched again.
        url: a mirror's address of the same file.

    Raises:
        FilesError: unknown model, no connection, an error answer, too large, or another digest.
    """
    name = _name_of(_url(model))
    return _fetch(url or _url(model), folder / name, _prefix_of(name))


def download_bert_config(folder: Path, url: str = BERT_VOCABULARY_URL) -> Path:
    """Make the configuration folder of `original`: BERT base, uncased; only the vocabulary is fetched.

    Sizes as published by Devlin et al., 2018 (BERT-BASE). Raises FilesError as `download_checkpoint` does.
    """
    target = folder / "bert-base-uncased"
    _fetch(url, target / "vocab.txt", BERT_VOCABULARY_SHA256)
    config = {
        "architectures": ["BertForSequenceClassification"], "model_type": "bert", "vocab_size": 30522,
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "hidden_act": "gelu", "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
    }  # fmt: skip
    tokenizer = {"do_lower_case": True, "model_max_length": 512, "tokenizer_class": "BertTokenizer"}
    (target / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    (target / "tokenizer_config.json").write_text(json.dumps(tokenizer, indent=2), encoding="utf-8")
    return target


def _fetch(url: str, target: Path, digest_prefix: str) -> Path:
    if target.is_file():
        verify(target, digest_prefix)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            _stream(url, sink.write)
            sink.flush()
            os.fsync(sink.fileno())
        with partial.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if not digest.startswith(digest_prefix):
            raise FilesError(
                f"{url} answered with a file of SHA-256 {digest[:8]}…, expected {digest_prefix[:8]}…;"
                " nothing was kept"
            )
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _stream(url: str, write: Callable[[bytes], int]) -> None:
    received = 0
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=_TIMEOUT_S) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                received += len(chunk)
                if received > MAX_DOWNLOAD_BYTES:
                    raise FilesError(f"{url} sends more than {MAX_DOWNLOAD_BYTES} bytes; nothing was kept")
                write(chunk)
    except httpx.HTTPError as error:
        raise FilesError(f"cannot fetch {url}: {error}") from error


def _url(model: str) -> str:
    try:
        return CHECKPOINT_URLS[model]
    except KeyError:
        raise FilesError(
            f"no Detoxify model is called {model!r}; known: {', '.join(CHECKPOINT_URLS)}"
        ) from None


def _name_of(url: str) -> str:
    return Path(urlsplit(url).path).name


def _prefix_of(name: str) -> str:
    """Return the eight digits of SHA-256 that upstream puts at the end of a file name."""
    prefix = Path(name).stem.rpartition("-")[2]
    if len(prefix) != 8 or not set(prefix) <= set("0123456789abcdef"):
        raise FilesError(
            f"{name} does not end in eight digits of its SHA-256, as upstream's files do; to use your own"
            " checkpoint all the same set COPYDESK_DETOXIFY_TRUST_CHECKPOINT=1"
        )
    return prefix


def main() -> int:
    """Download the checkpoint that the settings name, and what it needs beside it."""
    model = os.environ.get("COPYDESK_DETOXIFY_MODEL", "original")
    folder = cache_folder(os.environ)
    try:
        sys.stdout.write(f"{download_checkpoint(model, folder)}\n")
        if model == "original":
            sys.stdout.write(f"{download_bert_config(folder)}\n")
        else:
            sys.stdout.write("Set COPYDESK_DETOXIFY_CONFIG to the folder of this model's base model.\n")
    except FilesError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

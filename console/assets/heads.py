"""Trained heads kept on disk by what they were trained from: training takes seconds, reading milliseconds."""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import copydesk
from console.config import Settings
from copydesk.assets import PolicyAssets
from copydesk.canonical import digest
from copydesk.checks import brand_voice, encoder, forbidden_topics
from copydesk.checks import heads as training
from copydesk.checks.encoder import encoder_status

LOG = logging.getLogger(__name__)
TRAINERS = {"forbidden_topics": forbidden_topics.train_heads, "brand_voice": brand_voice.train_heads}
MAX_KEPT = 64


def heads_for(assets: PolicyAssets, settings: Settings, *, keep: bool = True) -> Mapping[str, bytes]:
    """Return the heads that a policy's enabled checks need; trained now if their examples are new.

    Args:
        assets: the policy's content.
        settings: `home` says where the trained heads are kept.
        keep: write what is trained now; False for content that is still typed, of which every letter would
            push out the heads of a revision.

    Returns:
        File name in the bundle to bytes.
    """
    wanted = [check for check in TRAINERS if assets.setting(check).enabled]
    return {
        name: head
        for check in wanted
        for name, head in heads_of(check, assets, settings.home, keep=keep).items()
    }


def heads_of(check: str, assets: PolicyAssets, home: Path, *, keep: bool = True) -> Mapping[str, bytes]:
    """Return the heads of one check of `TRAINERS`; see `heads_for`."""
    folder = home / "heads"
    path = folder / f"{_key(check, assets)}.zip"
    kept = _read(path)
    if kept is not None:
        return kept
    trained = TRAINERS[check](assets)
    if not keep:
        return trained
    try:
        _write(path, trained)
        _forget_oldest(folder)
    except OSError as error:
        # A full or read-only disk costs time, not the run.
        LOG.warning("trained heads could not be kept: %s", error)
    return trained


def kept_heads(check: str, assets: PolicyAssets, home: Path) -> Mapping[str, bytes] | None:
    """Return the heads of one check of `TRAINERS` that were trained before; None: they have to be trained."""
    return _read(home / "heads" / f"{_key(check, assets)}.zip")


def _key(check: str, assets: PolicyAssets) -> str:
    content: dict[str, Any] = {"voice": {n: guide.voice.to_json() for n, guide in assets.style_guide.items()}}
    if check == "forbidden_topics":
        content["topics"] = {n: topics.to_json() for n, topics in assets.forbidden_topics.items()}
        content["fallbacks"] = {n: copy.to_json() for n, copy in assets.fallbacks.items()}
    status = encoder_status()
    engine = [
        copydesk.__version__,
        _code_sha256(),
        status.engine,
        status.engine_version,
        status.weights_sha256,
    ]
    return digest({"check": check, "content": content, "engine": engine, "encoder": status.is_available})


@lru_cache(maxsize=1)
def _code_sha256() -> str:
    """Return the digest of the training code, which a checkout changes without changing its version."""
    files = [Path(module.__file__ or "") for module in (training, encoder)]
    for package in (brand_voice, forbidden_topics):
        files += sorted(Path(package.__file__ or "").parent.glob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def _read(path: Path) -> Mapping[str, bytes] | None:
    """Return what is kept, None when nothing is or the file is damaged (zip files carry checksums)."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError):
        return None
    with suppress(OSError):
        os.utime(path)  # what is used stays longest
    return found


def _write(path: Path, trained: Mapping[str, bytes]) -> None:
    """Write whole or not at all: several workers may train the same heads at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{uuid.uuid4().hex}.part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, data in sorted(trained.items()):
            archive.writestr(name, data)
    part.replace(path)


def _forget_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("*.zip"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MAX_KEPT:]:
        path.unlink(missing_ok=True)

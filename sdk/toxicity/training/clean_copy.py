"""Clean copy: texts nobody should object to, halved into those that set thresholds and those that report.

The half is chosen by the text's own digest, so neither the order of files nor a longer corpus moves a text
from one half to the other.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

Half = Literal["thresholds", "report"]

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"'])")
_MARKUP = re.compile(r"[`*_#<>|\[\](){}]|https?://\S+")
_MIN_CHARS, _MAX_CHARS = 20, 400
_PER_SOURCE = 1_000


def read(shared: Path, half: Half) -> dict[str, list[str]]:
    """Read one half, by source: at most 1 000 sentences or utterances from each.

    Args:
        shared: folder with `voice/` and `topics/` (OneStopEnglish CC BY-SA 4.0, 18F CC0, CLINC CC BY 3.0,
            banking CC BY 4.0).
        half: texts with an even or an odd digest.
    """
    sources = {
        "onestopenglish": _articles(shared / "voice" / "onestopenglish"),
        "18f": _guide(shared / "voice" / "18f"),
        "clinc": _clinc(shared / "topics" / "clinc_full.json.gz"),
        "banking": _banking(shared / "topics" / "banking_train.csv"),
    }
    return {name: _chosen(texts, half) for name, texts in sources.items()}


def _chosen(texts: Iterator[str], half: Half) -> list[str]:
    wanted = 0 if half == "thresholds" else 1
    digests = {hashlib.sha256(text.encode("utf-8")).digest(): text for text in texts}
    return [text for digest, text in sorted(digests.items()) if digest[0] % 2 == wanted][:_PER_SOURCE]


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for sentence in _SENTENCE_END.split(_MARKUP.sub(" ", line)):
            tidy = " ".join(sentence.split())
            if _MIN_CHARS <= len(tidy) <= _MAX_CHARS:
                yield tidy


def _articles(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.txt")):
        yield from _sentences(path.read_text(encoding="utf-8-sig", errors="replace"))


def _guide(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.md")):
        yield from _sentences(path.read_text(encoding="utf-8"))


def _clinc(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for rows in json.load(stream).values():
            yield from (text for text, _ in rows)


def _banking(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from (row["text"].strip() for row in csv.DictReader(stream))

"""Clean copy, texts nobody should object to: a part to learn from, one to set thresholds, one to report.

What is learnt from shares no article and no intent with the rest, and the guide of 18F is never learnt
from: it stays a kind of writing the engine has not seen. Between thresholds and report the text's own
digest decides, for articles the article's, so neither the order of files nor a longer corpus moves a text.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

Part = Literal["learn", "thresholds", "report"]

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"'])")
_MARKUP = re.compile(r"[`*_#<>|\[\](){}]|https?://\S+")
_MIN_CHARS, _MAX_CHARS = 20, 400
_PER_SOURCE = 1_000
# Of three intents, and of two articles, one is learnt from.
_INTENTS_OF_ONE_LEARNT, _ARTICLES_OF_ONE_LEARNT = 3, 2


def read(shared: Path, part: Part) -> dict[str, list[str]]:
    """Read one part, by source: at most 1 000 sentences or utterances from each, 4 000 to learn from.

    Args:
        shared: folder with `voice/` and `topics/` (OneStopEnglish CC BY-SA 4.0, 18F CC0, CLINC CC BY 3.0,
            banking CC BY 4.0).
        part: which; the two that are not learnt from are told apart by even and odd digests.
    """
    sources = {
        "onestopenglish": _articles(shared / "voice" / "onestopenglish", part),
        "18f": _halved(_guide(shared / "voice" / "18f"), part) if part != "learn" else iter(()),
        "clinc": _of_intents(_clinc(shared / "topics" / "clinc_full.json.gz"), part),
        "banking": _of_intents(_banking(shared / "topics" / "banking_train.csv"), part),
    }
    most = _PER_SOURCE if part != "learn" else 4 * _PER_SOURCE
    return {name: _chosen(texts, most) for name, texts in sources.items()}


def _chosen(texts: Iterable[str], most: int) -> list[str]:
    return sorted(set(texts), key=_digest)[:most]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()


def _halved(texts: Iterable[str], part: Part) -> Iterator[str]:
    wanted = 0 if part == "thresholds" else 1
    return (text for text in texts if _digest(text)[0] % 2 == wanted)


def _of_intents(rows: Iterable[tuple[str, str]], part: Part) -> Iterator[str]:
    """Return the texts of the intents that a part may use; one third of the intents are learnt from."""
    wanted = part == "learn"
    texts = (t for t, intent in rows if (_digest(intent)[0] % _INTENTS_OF_ONE_LEARNT == 0) is wanted)
    return texts if wanted else _halved(texts, part)


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for sentence in _SENTENCE_END.split(_MARKUP.sub(" ", line)):
            tidy = " ".join(sentence.split())
            if _MIN_CHARS <= len(tidy) <= _MAX_CHARS:
                yield tidy


def _articles(folder: Path, part: Part) -> Iterator[str]:
    """Return the sentences of a part's articles; the levels of one article ("Banksy-adv") stay together."""
    for path in sorted(folder.rglob("*.txt")):
        digest = _digest(path.stem.rpartition("-")[0].casefold())
        is_learnt = digest[0] % _ARTICLES_OF_ONE_LEARNT == 0
        half: Part = "thresholds" if digest[1] % 2 == 0 else "report"
        if part == ("learn" if is_learnt else half):
            yield from _sentences(path.read_text(encoding="utf-8-sig", errors="replace"))


def _guide(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.md")):
        yield from _sentences(path.read_text(encoding="utf-8"))


def _clinc(path: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for rows in json.load(stream).values():
            yield from ((text, intent) for text, intent in rows)


def _banking(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from ((row["text"].strip(), row["category"]) for row in csv.DictReader(stream))

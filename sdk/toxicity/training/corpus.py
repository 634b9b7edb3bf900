"""Reads the labelled training texts and refuses what cannot be learnt from."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MAX_CHARS = 600
# Of 256 first bytes of a text's digest, those whose texts the second stage leaves out: 2 % of every source.
HELD_OUT_BYTES = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; `identity_attack` is None where nobody labelled it."""

    source: str
    text: str
    toxic: bool
    identity_attack: bool | None


class CorpusError(ValueError):
    """A line of the training file cannot be used; the message names file and line."""


def read(path: Path) -> list[Example]:
    """Read `train.jsonl.gz`: one object a line with `source`, `text`, `toxic` and maybe `identity_attack`.

    Raises CorpusError for a line that is not such an object.
    """
    examples: list[Example] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                examples.append(_example(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise CorpusError(f"{path}:{number}: {error!r}") from error
    return examples


def _example(row: dict[str, object]) -> Example:
    toxic, identity = row["toxic"], row.get("identity_attack")
    if toxic not in (0, 1) or identity not in (0, 1, None):
        raise ValueError("toxic must be 0 or 1, identity_attack 0, 1 or null")
    text = html.unescape(str(row["text"]))[:MAX_CHARS]
    return Example(str(row["source"]), text, bool(toxic), None if identity is None else bool(identity))


def distinct(examples: Iterable[Example]) -> list[Example]:
    """Keep the first of texts that differ only in case and outer space."""
    seen: set[str] = set()
    kept: list[Example] = []
    for example in examples:
        key = example.text.strip().casefold()
        if key and key not in seen:
            seen.add(key)
            kept.append(example)
    return kept


def is_held_out(example: Example) -> bool:
    """Tell whether the second stage leaves a text out, to compare recipes without the reported sets."""
    key = example.text.strip().casefold().encode("utf-8", "surrogatepass")
    return hashlib.sha256(key).digest()[0] < HELD_OUT_BYTES

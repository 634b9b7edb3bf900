"""The weights' card: version, labels, thresholds and the digests of the files that belong together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
CARD_NAME = "card.json"


class WeightsError(RuntimeError):
    """The weights are absent, damaged or do not belong together; reinstalling the package mends it."""


@dataclass(frozen=True, slots=True)
class Card:
    """What `card.json` says of the weights beside it.

    `languages` are ISO 639-1 codes; `window_tokens` and `overlap_tokens` count word pieces without the two
    markers; `pooling_temperature` is that of the smooth maximum over windows (in logits, 0 the plain one);
    `encoder_share` is the weight of the encoder's logit in the blend, the linear model has the rest;
    thresholds are probabilities.
    """

    version: str
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    window_tokens: int
    overlap_tokens: int
    pooling_temperature: float
    encoder_share: float
    review_threshold: float
    block_threshold: float
    files: Mapping[str, str]

    @property
    def weights_sha256(self) -> str:
        """SHA-256 over the sorted lines `<sha256>  <name>` (as `sha256sum` prints) of all weight files."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def read_card(folder: Path = WEIGHTS) -> Card:
    """Read the card without loading any weights.

    Raises WeightsError if it is missing or not a card.
    """
    try:
        data = json.loads((folder / CARD_NAME).read_text(encoding="utf-8"))
        return Card(
            version=data["version"],
            labels=tuple(data["labels"]),
            languages=tuple(data["languages"]),
            window_tokens=int(data["window_tokens"]),
            overlap_tokens=int(data["overlap_tokens"]),
            pooling_temperature=float(data["pooling_temperature"]),
            encoder_share=float(data["encoder_share"]),
            review_threshold=float(data["review_threshold"]),
            block_threshold=float(data["block_threshold"]),
            files=dict(data["files"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"cannot read {folder / CARD_NAME}: {error!r}; reinstall copydesk-toxicity"
        ) from error


def verified(folder: Path, card: Card, name: str) -> Path:
    """Return the path of one weight file after holding its content against the card's digest.

    Raises WeightsError if it is missing, unknown to the card or altered.
    """
    path = folder / name
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"cannot read {path}: {error}; reinstall copydesk-toxicity") from error
    if digest != card.files.get(name):
        raise WeightsError(f"{path} differs from its digest in {CARD_NAME}; reinstall copydesk-toxicity")
    return path

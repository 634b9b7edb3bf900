"""Claims with the sentences of their source, marked by people as supported, partially supported or not.

As in LLM-AggreFact (Tang et al., 2024) a claim counts as supported only when all of it is.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copydesk.checks.facts.support import supports


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim with its evidence and the verdict of people."""

    id: str
    text: str
    evidence: tuple[str, ...]
    is_supported: bool


def read_claims(path: Path) -> Iterator[Claim]:
    """Yield the claims of a `wice_claim_*.jsonl.gz`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            evidence, label = tuple(row["evidence"]), row["label"]
            yield Claim(row["meta"]["id"], row["claim"], evidence, label == "supported")


def says_supported(claim: Claim) -> bool:
    """Tell whether the gate takes a claim for supported."""
    return supports(claim.evidence, claim.text, "en-US").is_supported

"""Facts on data that people marked: restaurant texts, basketball reports and claims with evidence.

The mechanisms were developed on one half of each shared set, told apart by a hash of the text's identity; the
floors hold for the other half, but for the claims, whose floor is named for the whole set: there both halves
are reported beside it. On any other data set all of it was held out, and all of it is reported.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Sequence
from pathlib import Path

from tests.accuracy import _facts_catalogues, _facts_claims, _facts_games, _facts_restaurants
from tests.accuracy.rows import Z_95, Row, share_row

CHECK = "facts"
FOUND_FLOOR, UNACCUSED_FLOOR = 0.95, 0.985
GAMES_FLOOR, GAMES_PRECISION_FLOOR = 0.84, 0.60
CLAIMS_FLOOR = 0.74
# SHA-256 (first 12) of the shared files whose one half was looked at while the check was made.
DEVELOPED_ON = frozenset({"93a8d9740af2", "241b60e360e3", "e17339567498"})
DEVELOPED, HELD_OUT, WHOLE = "developed half", "held-out half", "all held out"
BOTH = "whole set, half of it looked at during development"
_Halves = dict[str, tuple[float | None, ...]]


def measure(data: Path) -> list[Row]:
    """Measure on every set of facts in a folder of data.

    Args:
        data: the folder of the shared data, or one laid out like it.
    """
    folder = data / "facts"
    rows: list[Row] = []
    for path in sorted(folder.glob("e2e_*.csv.gz")):
        rows += restaurants(path)
    for path in sorted(folder.glob("acc_*shared_task.jsonl")):
        rows += games(path)
    for path in sorted(folder.glob("wice_claim_*.jsonl.gz")):
        rows += claims(path)
    return [*rows, *catalogues()]


def catalogues() -> list[Row]:
    """Count the wrong sentences accused and the right ones left alone, per trade of the own catalogues."""
    rows = []
    for trade in _facts_catalogues.read_catalogues():
        name = f"own catalogue, {trade.name} ({trade.locale})"
        found = sum(map(trade.accused, trade.wrong))
        quiet = len(trade.right) - sum(map(trade.accused, trade.right))
        rows.append(share_row(CHECK, name, "wrong sentences found", found, len(trade.wrong), None))
        rows.append(share_row(CHECK, name, "right sentences not accused", quiet, len(trade.right), None))
    return rows


def halves(path: Path) -> tuple[str, ...]:
    """Return the names of the parts a file is reported in: both halves of a file that was developed on."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return (DEVELOPED, HELD_OUT) if digest in DEVELOPED_ON else (WHOLE,)


def half_of(identity: str, parts: Sequence[str]) -> str:
    """Return the part of a case by the first bit of its identity's SHA-256."""
    return parts[0] if len(parts) == 1 else parts[hashlib.sha256(identity.encode()).digest()[0] & 1]


def floor_for(part: str, floor: float) -> float | None:
    """Return the floor of a part: what was developed on is reported only."""
    return None if part == DEVELOPED else floor


def restaurants(path: Path) -> list[Row]:
    """Count the wrong slot values found and the right texts left alone."""
    parts = halves(path)
    found, total, quiet, texts = (dict.fromkeys(parts, 0) for _ in range(4))
    seconds = 0.0
    everything = _facts_restaurants.read_all(path)
    near = sorted({value for slots, _ in everything for slot, value in slots if slot == "near"})
    for slots, text in _facts_restaurants.chosen(everything):
        part = half_of(text, parts)
        check = _facts_restaurants.compiled(tuple(slots), near)
        started = time.process_time()
        quiet[part] += not _facts_restaurants.contradicted(check, text)
        seconds += time.process_time() - started
        texts[part] += 1
        for changed, slot in _facts_restaurants.variants(slots, near):
            wrong = _facts_restaurants.compiled(tuple(changed), near)
            total[part] += 1
            found[part] += slot in _facts_restaurants.contradicted(wrong, text)
    rows = []
    for part in parts:
        name = f"facts/{path.name}, {part}"
        floors = floor_for(part, FOUND_FLOOR), floor_for(part, UNACCUSED_FLOOR)
        rows.append(share_row(CHECK, name, "wrong slot values found", found[part], total[part], floors[0]))
        rows.append(share_row(CHECK, name, "right texts not accused", quiet[part], texts[part], floors[1]))
    n = sum(texts.values())
    return [*rows, Row(CHECK, f"facts/{path.name}", "µs per text", seconds / n * 1e6, 0, 0, None, n)]


def games(path: Path) -> list[Row]:
    """Measure which numbers of basketball reports are accused against those that people marked as wrong."""
    parts = halves(path)
    counts = {part: [0, 0, 0, 0] for part in parts}
    for game in _facts_games.read_games(path):
        accused, count = game.accused(), counts[half_of(game.id, parts)]
        for number in game.numbers:
            count[2 * (number in game.marked) + (number in accused)] += 1
    rows = []
    for part, (true_negative, false_positive, false_negative, true_positive) in counts.items():
        name = f"facts/{path.name}, {part}"
        right, wrong = true_negative + false_positive, false_negative + true_positive
        floor = floor_for(part, GAMES_FLOOR)
        rows.append(
            balanced_row(
                name, "numbers, balanced accuracy", (true_negative, right), (true_positive, wrong), floor
            )
        )
        rows.append(
            share_row(CHECK, name, "numbers, precision", true_positive, true_positive + false_positive,
                      floor_for(part, GAMES_PRECISION_FLOOR))
        )  # fmt: skip
    return rows


def claims(path: Path) -> list[Row]:
    """Measure the verdicts on claims with evidence against those of people (supported or not)."""
    parts = halves(path)
    counts = {part: [0, 0, 0, 0] for part in parts}
    for claim in _facts_claims.read_claims(path):
        count = counts[half_of(claim.id, parts)]
        count[2 * claim.is_supported + _facts_claims.says_supported(claim)] += 1
    rows = []
    if len(parts) > 1:
        # The issue names the whole set; the half that decides nothing stays visible beside it.
        together = [sum(numbers) for numbers in zip(*counts.values(), strict=True)]
        rows.append(_claims_row(f"facts/{path.name}, {BOTH}", together, CLAIMS_FLOOR))
    for part, count in counts.items():
        floor = CLAIMS_FLOOR if part == WHOLE else None
        rows.append(_claims_row(f"facts/{path.name}, {part}", count, floor))
    return rows


def _claims_row(name: str, count: Sequence[int], floor: float | None) -> Row:
    true_negative, false_positive, false_negative, true_positive = count
    against = (true_negative, true_negative + false_positive)
    support = (true_positive, true_positive + false_negative)
    return balanced_row(name, "claims, balanced accuracy", against, support, floor)


def balanced_row(
    name: str, measure_name: str, one: tuple[int, int], other: tuple[int, int], floor: float | None
) -> Row:
    """Make the row of the mean of two shares `(hits, n)`, with the normal interval of their sum."""
    shares = [hits / n for hits, n in (one, other)]
    figure = sum(shares) / 2
    variance = sum(share * (1 - share) / n for share, (_, n) in zip(shares, (one, other), strict=True)) / 4
    half = Z_95 * math.sqrt(variance)
    n = one[1] + other[1]
    return Row(CHECK, name, measure_name, figure, max(figure - half, 0.0), min(figure + half, 1.0), floor, n)

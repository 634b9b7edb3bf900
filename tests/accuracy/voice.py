"""Voice match told from labelled texts: AUC at fifty examples a side on reading levels and on caption styles.

The reading levels come in pairs: the same news in plain and in advanced English. A pair is never split
between training and measuring. What the voice learns from pairs was tuned on one half of the articles; the
figures are of the other half, over several draws.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from copydesk.assets.style_guide import VoiceExamples
from copydesk.checks.brand_voice.style import WORD
from copydesk.checks.brand_voice.training import MIN_WORDS, VoiceModel, train_voice
from copydesk.checks.encoder import encoder_status
from tests.accuracy.rows import Z_95, Row

CHECK = "brand_voice"
EXAMPLES, PROBES = 50, 80
DRAWS = 3
FLOOR_LEVELS, FLOOR_CAPTIONS = 0.93, 0.95
SEED = 20261121
# The half of the articles that the voice was tuned on is the first of this shuffle.
TUNING_SEED = 5

Pair = tuple[str, str]


def measure(data: Path) -> list[Row]:
    """Train on fifty texts a side and rank the rest.

    Args:
        data: the folder of the shared data.
    """
    voice = data / "voice"
    whole, openings = paired(voice, " ".join), paired(voice, opening)
    rows = []
    for measure_name, pairs, floor in (
        ("whole articles", whole, FLOOR_LEVELS),
        ("their first hundred words", openings, None),
    ):
        rows.append(pairs_row(f"AUC at 50 + 50, {measure_name}", pairs, floor))
    rows.append(pairs_row("AUC at 50 + 50, whole articles, base install", whole, None, with_encoder=False))
    sides = [captions(voice, f"captions_{style}.txt") for style in ("humorous", "romantic")]
    rows.append(captions_row(sides[0], sides[1]))
    return rows


def pairs_row(name: str, pairs: Sequence[Pair], floor: float | None, *, with_encoder: bool = True) -> Row:
    """Return the mean AUC over draws of training pairs.

    Args:
        name: the measure's name.
        pairs: plain and advanced text of an article.
        floor: the least mean, None: reported only.
        with_encoder: False measures what an install without the sentence encoder does.
    """
    scored = []
    for number in range(DRAWS):
        draw = random.Random(f"{SEED} {number}")
        drawn = draw.sample(pairs, len(pairs))
        scored.append(scores(drawn[:EXAMPLES], drawn[EXAMPLES:], with_encoder))
    return auc_row("voice/onestopenglish", name, scored, floor)


def captions_row(on: Sequence[str], off: Sequence[str]) -> Row:
    """Return the AUC of two styles of captions."""
    scored = []
    for number in range(DRAWS):
        draw = random.Random(f"{SEED} {number}")
        pairs = list(
            zip(draw.sample(on, EXAMPLES + PROBES), draw.sample(off, EXAMPLES + PROBES), strict=True)
        )
        scored.append(scores(pairs[:EXAMPLES], pairs[EXAMPLES:], True))
    return auc_row("voice/captions", "AUC at 50 + 50, hundred words", scored, FLOOR_CAPTIONS)


def scores(
    examples: Sequence[Pair], probes: Sequence[Pair], with_encoder: bool
) -> tuple[list[float], list[float]]:
    """Train on the examples and return the voice match of both sides of the probes."""
    voice = VoiceExamples(
        on_brand=tuple(on for on, _ in examples), off_brand=tuple(off for _, off in examples)
    )
    model: VoiceModel = train_voice(voice, with_embedding=with_encoder and encoder_status().is_available)
    return [model.score(on).probability for on, _ in probes], [
        model.score(off).probability for _, off in probes
    ]


def auc_row(
    dataset: str, name: str, scored: Sequence[tuple[list[float], list[float]]], floor: float | None
) -> Row:
    """Return the mean AUC with Hanley and McNeil's interval (1982) for the probes of one draw."""
    aucs = []
    for right, wrong in scored:
        higher = np.array(right)[:, None] - np.array(wrong)[None]
        aucs.append(float(((higher > 0) + (higher == 0) / 2).mean()))
    auc = float(np.mean(aucs))
    n_right, n_wrong = len(scored[0][0]), len(scored[0][1])
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (n_right - 1) * (q1 - auc * auc) + (n_wrong - 1) * (q2 - auc * auc)
    half = Z_95 * (spread / (n_right * n_wrong)) ** 0.5
    return Row(
        CHECK, dataset, name, auc, max(auc - half, 0.0), min(auc + half, 1.0), floor, n_right + n_wrong
    )


def paired(voice: Path, join: Callable[[list[str]], str]) -> list[Pair]:
    """Return the articles of the reported half that are long enough in both levels.

    Args:
        voice: the folder of the voice data.
        join: makes a text of an article's paragraphs.
    """
    plain, advanced = articles(voice, "Ele-Txt"), articles(voice, "Adv-Txt")
    names = sorted(set(plain) & set(advanced))
    random.Random(TUNING_SEED).shuffle(names)
    pairs = [(join(plain[name]), join(advanced[name])) for name in names[len(names) // 2 :]]
    return [pair for pair in pairs if all(len(WORD.findall(text)) >= MIN_WORDS for text in pair)]


def articles(voice: Path, level: str) -> Mapping[str, list[str]]:
    """Return the paragraphs of a reading level's articles by the article's name."""
    files = sorted((voice / "onestopenglish" / level).glob("*.txt"))
    return {file.stem.lower().rsplit("-", 1)[0]: lines_of(file) for file in files}


def opening(paragraphs: list[str]) -> str:
    """Return an article's first paragraphs, as many as make a hundred words."""
    taken: list[str] = []
    for paragraph in paragraphs:
        taken.append(paragraph)
        if len(WORD.findall(" ".join(taken))) >= MIN_WORDS:
            break
    return " ".join(taken)


def captions(voice: Path, name: str) -> list[str]:
    """Return captions of one style, joined to texts of a hundred words or more."""
    texts, current = [], ""
    for line in lines_of(voice / name):
        current = f"{current} {line}".strip()
        if len(WORD.findall(current)) >= MIN_WORDS:
            texts.append(current)
            current = ""
    return texts


def lines_of(file: Path) -> list[str]:
    """Return the lines of a file that hold text, without the heading of a reading level."""
    text = file.read_text(encoding="utf-8", errors="replace").lstrip("\ufeff")
    return [line.strip() for line in text.splitlines() if len(line.split()) > 2]

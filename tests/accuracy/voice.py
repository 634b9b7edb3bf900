"""Voice match told from labelled texts: AUC at 50 examples a side on reading levels and on caption styles."""

from __future__ import annotations

import random
from pathlib import Path

from copydesk.assets.style_guide import VoiceExamples
from copydesk.checks.brand_voice.style import WORD
from copydesk.checks.brand_voice.training import MIN_WORDS, train_voice
from copydesk.checks.encoder import encoder_status
from tests.accuracy.rows import Row

CHECK = "brand_voice"
EXAMPLES, PROBES = 50, 80
SEED = 20261121
Z_95 = 1.959963984540054


def measure(data: Path) -> list[Row]:
    """Train on fifty texts a side and rank the rest.

    Args:
        data: the folder of the shared data.
    """
    voice = data / "voice"
    tasks = {
        "voice/onestopenglish": (articles(voice, "Ele-Txt"), articles(voice, "Adv-Txt")),
        "voice/captions": tuple(
            captions(voice, f"captions_{style}.txt") for style in ("humorous", "romantic")
        ),
    }
    return [row(name, on, off) for name, (on, off) in tasks.items()]


def row(dataset: str, on: list[str], off: list[str]) -> Row:
    """Return the AUC on texts that were not trained on, with Hanley and McNeil's interval (1982)."""
    draw = random.Random(SEED)
    on, off = (draw.sample(texts, min(len(texts), EXAMPLES + PROBES)) for texts in (on, off))
    examples = VoiceExamples(on_brand=tuple(on[:EXAMPLES]), off_brand=tuple(off[:EXAMPLES]))
    model = train_voice(examples, with_embedding=encoder_status().is_available)
    right = [model.score(text).probability for text in on[EXAMPLES:]]
    wrong = [model.score(text).probability for text in off[EXAMPLES:]]
    auc = sum((r > w) + (r == w) / 2 for r in right for w in wrong) / (len(right) * len(wrong))
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (len(right) - 1) * (q1 - auc * auc) + (len(wrong) - 1) * (q2 - auc * auc)
    half = Z_95 * (spread / (len(right) * len(wrong))) ** 0.5
    n = len(right) + len(wrong)
    return Row(CHECK, dataset, "AUC at 50 a side", auc, max(auc - half, 0.0), min(auc + half, 1.0), None, n)


def articles(voice: Path, level: str) -> list[str]:
    """Return the first paragraphs of the articles of a reading level, a hundred words or more of each."""
    files = sorted((voice / "onestopenglish" / level).glob("*.txt"))
    read = [lines_of(file) for file in files]
    return packed([line for lines in read for line in lines], separate=[len(lines) for lines in read])


def captions(voice: Path, name: str) -> list[str]:
    """Return captions of one style, joined to texts of a hundred words or more."""
    return packed(lines_of(voice / name))


def lines_of(file: Path) -> list[str]:
    """Return the lines of a file that hold text, without the heading of a reading level."""
    text = file.read_text(encoding="utf-8", errors="replace").lstrip("\ufeff")
    return [line.strip() for line in text.splitlines() if len(line.split()) > 2]


def packed(lines: list[str], separate: list[int] | None = None) -> list[str]:
    """Join lines to texts of a hundred words; `separate` counts the lines of each source, one text each."""
    texts, start = [], 0
    for count in separate or [len(lines)]:
        current: list[str] = []
        for line in lines[start : start + count]:
            current.append(line)
            if sum(len(WORD.findall(part)) for part in current) >= MIN_WORDS:
                texts.append(" ".join(current))
                current = []
                if separate:
                    break
        start += count
    return texts

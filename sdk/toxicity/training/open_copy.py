"""Reads open clean writing that the labelled comments lack: news, encyclopaedia, sports, captions.

Nobody labelled these texts; all count as clean. Lines with a swear word, slur or insult are therefore left
out, and of WiCE those that speak of killing, war, crime, bodies or groups of people are taken first: they are
what a model that learnt from comments takes for abuse.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import clean_copy
from corpus import Example

REST_PER_SOURCE = 400
_MIN_CHARS, _MAX_CHARS = 30, 320
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"'])")
_MARKUP = re.compile(r"^\(meta data\)\s*[A-Z ]*:?|[`*_#<>|\[\](){}]|https?://\S+")
_RUDE = re.compile(
    r"(?i)fuck|shit|cunt|nigg|bitch|asshole|bastard|whore|slut|wank|bollock|\b(?:fag|dick|cock|cum|piss|tit|prick|"
    r"twat|damn|crap|arse|ass|retard|moron|idiot|stupid|dumb|loser|scum|jerk|freak|suck|screw|bullshit|pussy|"
    r"porn|fat|ugly|pathetic|disgusting|hate)(?:s|ed|d|er|ers|ing|got|gots|head|heads|ty|ly|y|ation|rs)?\b"
)
_DELICATE = re.compile(
    r"(?i)\b(?:kill|murder|rap[ei]|dead|death|die|dying|war|wars|bomb|shot|shoot|gun|crim|terror|abus|sex|racis|nazi|gay|"
    r"lesbian|trans|black|white|jew|muslim|islam|christian|arab|immigra|migra|refugee|slave|drug|alcohol|prison|"
    r"attack|assault|violen|victim|blood|suicid|poison|knife|stab|shark|hunt|poach|slaughter|girl|boy|male|female|"
    r"women|woman|wom[ae]n's|god|devil|hell|disab|mental|threat|destroy|burn|explo|execut|hang|brutal|body|naked|breast|"
    r"penis|cancer|disease|virus|trash|rubbish|waste|dirty|poor|evil|enem|weapon|army|soldier|protest|riot)\w*"
)


def read(shared: Path, wice_others: int) -> list[Example]:
    """Read WiCE (text CC BY-SA, ODC-BY), E2E and captions (CC BY-SA 4.0) and basketball reports (CC0).

    Args:
        shared: folder with `facts/` and `voice/`.
        wice_others: how many texts of WiCE to take that are not delicate; the delicate ones come on top.
    """
    wice = list(_wice(shared / "facts" / "wice_claim_dev.jsonl.gz"))
    sources = {
        "wice-delicate": _chosen((text for text in wice if _DELICATE.search(text)), None),
        "wice": _chosen((text for text in wice if not _DELICATE.search(text)), wice_others),
        "e2e": _chosen(_restaurants(shared / "facts" / "e2e_dev.csv.gz"), REST_PER_SOURCE),
        "basketball": _chosen(_games(shared / "facts" / "acc_games.csv"), REST_PER_SOURCE),
        "humorous": _chosen(_captions(shared / "voice" / "captions_humorous.txt"), REST_PER_SOURCE),
        "romantic": _chosen(_captions(shared / "voice" / "captions_romantic.txt"), REST_PER_SOURCE),
    }
    return [Example(name, text, False, False) for name, texts in sources.items() for text in texts]


def of_clean_copy(shared: Path) -> list[Example]:
    """Return the clean copy of articles and intents that neither set thresholds nor report.

    Args:
        shared: folder with `voice/` and `topics/`.
    """
    others = (clean_copy.read(shared, "thresholds"), clean_copy.read(shared, "report"))
    kept_apart = {text for part in others for texts in part.values() for text in texts}
    return [
        Example(source, text, False, False)
        for source, texts in clean_copy.read(shared, "learn").items()
        for text in texts
        if text not in kept_apart and not _RUDE.search(text)
    ]


def _chosen(texts: Iterable[str], most: int | None) -> list[str]:
    """Return distinct clean texts in the order of their digests, so that the choice is spread evenly."""
    tidy = {text for text in texts if _MIN_CHARS <= len(text) <= _MAX_CHARS and not _RUDE.search(text)}
    return sorted(tidy, key=lambda text: hashlib.sha256(text.encode("utf-8")).digest())[:most]


def _wice(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            for text in (row["claim"], *row["evidence"]):
                tidy = " ".join(_MARKUP.sub(" ", text).split())
                if sum(char.isascii() and char.isalpha() for char in tidy) > 0.6 * len(tidy):
                    yield tidy


def _restaurants(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from (row["ref"] for row in csv.DictReader(stream))


def _games(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield from _SENTENCE_END.split(row["DETOKENIZED_GENERATED_TEXT"])


def _captions(path: Path) -> Iterator[str]:
    yield from path.read_text(encoding="utf-8", errors="replace").splitlines()

"""Comparing two contents word by word, at two levels.

Items are matched by their ids first, then paragraphs, then sentences (`difflib` without its junk heuristic,
which marks everything of a long text as changed), and words only inside changed sentences (Myers' algorithm
of diff-match-patch). So the cost stays small and what moved elsewhere does not blur what changed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from diff_match_patch import diff_match_patch
from flask_babel import gettext as _

from console.assets.projection import Passage, items_of, passages
from console.web.components import DiffRow
from copydesk.assets import Kind

Part = tuple[str, str]
KEPT_AROUND = 1
MAX_ALIGNED_CELLS = 10_000
MIN_SIMILARITY = 0.3

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_SENTENCES = re.compile(r"(?<=[.!?:;])(?=\s)")
_FIRST_CODE = 0xE000
_OPS = {-1: "-", 0: "=", 1: "+"}


@dataclass(frozen=True, slots=True)
class DiffSection:
    """What changed in one item: its title, its paragraphs, and how many words came and went."""

    key: str
    title: str
    kind: Literal["changed", "added", "removed"]
    rows: tuple[DiffRow, ...]
    added_words: int
    removed_words: int


def diff_contents(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[DiffSection, ...]:
    """Compare two contents of a kind; only what changed is returned, in the order of the newer one.

    Args:
        kind: one of `copydesk.assets.Kind`.
        old, new: JSON data; `{}` stands for a content that does not exist yet.
    """
    before, after = _without_unexpanded_forms(kind, old, new)
    return diff_passages(passages(kind, before) if old else (), passages(kind, after) if new else ())


def _without_unexpanded_forms(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Leave out the word forms of terms that one side has not expanded yet: saving a revision adds them."""
    if kind != Kind.GLOSSARY or not old or not new:
        return old, new
    sides = [{str(t.get("id")): t for t in items_of(side, "terms")} for side in (old, new)]
    bare = {
        key for key in sides[0].keys() & sides[1].keys() if not all(s[key].get("inflections") for s in sides)
    }
    before, after = (
        {
            **side,
            "terms": [
                {**term, "inflections": []} if str(term.get("id")) in bare else term
                for term in items_of(side, "terms")
            ],
        }
        for side in (old, new)
    )
    return before, after


def diff_passages(old: Sequence[Passage], new: Sequence[Passage]) -> tuple[DiffSection, ...]:
    """Compare projected texts passage by passage, matched by their keys.

    A removed passage stands where it was. When passages only changed places, one section shows the order.
    """
    before = {passage.key: passage for passage in old}
    after = {passage.key: passage for passage in new}
    sections = []
    for key in _merged_order(list(before), list(after)):
        was, now = before.get(key), after.get(key)
        titled = now or was
        if titled is None or (was and now and was == now):
            continue
        rows = diff_paragraphs(
            _with_title(was, other=now) if was else (), _with_title(now, other=was) if now else ()
        )
        kind: Literal["changed", "added", "removed"] = (
            "changed" if was and now else "added" if now else "removed"
        )
        if was and now and all(row.kind == "same" for row in rows):
            continue
        sections.append(_section(key, titled.title, kind, rows))
    return tuple(sections) + _order_section(before, after)


def diff_paragraphs(old: Sequence[str], new: Sequence[str]) -> tuple[DiffRow, ...]:
    """Compare two lists of paragraphs; one row each, numbered as in the newer list.

    Joining the parts with ops `=` and `-` of all rows gives the old paragraphs, `=` and `+` the new ones.
    """
    rows: list[DiffRow] = []
    number = 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        pairs: Iterable[tuple[str | None, str | None]]
        pairs = (
            zip(old[i1:i2], new[j1:j2], strict=True) if tag == "equal" else _aligned(old[i1:i2], new[j1:j2])
        )
        for left, right in pairs:
            number += right is not None
            rows.append(_row(left, right, number))
    return tuple(rows)


def diff_words(old: str, new: str) -> tuple[Part, ...]:
    """Compare two texts: sentences first, words inside the sentences that changed.

    Returns:
        Parts (op, text) with op `=`, `+` or `-`; neighbours differ in op.
    """
    left, right = _SENTENCES.split(old), _SENTENCES.split(new)
    parts: list[Part] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("=", "".join(left[i1:i2])))
        else:
            parts += _diff_run("".join(left[i1:i2]), "".join(right[j1:j2]))
    return _joined(parts)


def fold(rows: Sequence[DiffRow], keep: int = KEPT_AROUND) -> tuple[DiffRow, ...]:
    """Replace stretches of unchanged paragraphs by one row that holds them, but keep some around a change."""
    changed = [index for index, row in enumerate(rows) if row.kind != "same"]
    near = {i for at in changed for i in range(at - keep, at + keep + 1)}
    folded: list[DiffRow] = []
    hidden: list[DiffRow] = []
    for index, row in enumerate(rows):
        if index not in near:
            hidden.append(row)
            continue
        folded += _fold_away(hidden)
        hidden = []
        folded.append(row)
    return tuple(folded + _fold_away(hidden))


def _fold_away(hidden: list[DiffRow]) -> list[DiffRow]:
    return [DiffRow("same", None, (), folded=len(hidden), hidden=tuple(hidden))] if hidden else []


def _section(
    key: str, title: str, kind: Literal["changed", "added", "removed"], rows: Sequence[DiffRow]
) -> DiffSection:
    return DiffSection(key, title, kind, fold(rows), _count(rows, "+"), _count(rows, "-"))


def _count(rows: Iterable[DiffRow], op: str) -> int:
    return sum(len(re.findall(r"\w+", text)) for row in rows for kind, text in row.parts if kind == op)


def _with_title(passage: Passage, other: Passage | None) -> tuple[str, ...]:
    # A title that changed with no paragraph of its own (it is made of the key's parts) is shown as one.
    if other is None or other.title == passage.title or _says(passage, passage.title):
        return passage.paragraphs
    return (passage.title, *passage.paragraphs)


def _says(passage: Passage, words: str) -> bool:
    return any(words in paragraph for paragraph in passage.paragraphs)


def _merged_order(old: list[str], new: list[str]) -> list[str]:
    """Return all keys in the new order, each removed one after the one it followed."""
    merged = list(new)
    known = set(new)
    for index, key in enumerate(old):
        if key in known:
            continue
        at = merged.index(old[index - 1]) + 1 if index and old[index - 1] in known else 0
        merged.insert(at, key)
        known.add(key)
    return merged


def _order_section(before: Mapping[str, Passage], after: Mapping[str, Passage]) -> tuple[DiffSection, ...]:
    was = [key for key in before if key in after]
    now = [key for key in after if key in before]
    if was == now:
        return ()
    rows = diff_paragraphs([after[key].title for key in was], [after[key].title for key in now])
    return (_section("order", _("Order"), "changed", rows),)


def _row(left: str | None, right: str | None, number: int) -> DiffRow:
    if left is None:
        return DiffRow("added", number, (("+", right or ""),))
    if right is None:
        return DiffRow("removed", None, (("-", left),))
    if left == right:
        return DiffRow("same", number, (("=", left),))
    return DiffRow("changed", number, diff_words(left, right))


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Pair the paragraphs of a changed run so that the most similar ones stand together, in order."""
    if len(old) * len(new) > MAX_ALIGNED_CELLS:
        shorter = min(len(old), len(new))
        paired: list[tuple[str | None, str | None]] = list(zip(old[:shorter], new[:shorter], strict=True))
        return paired + [(left, None) for left in old[shorter:]] + [(None, right) for right in new[shorter:]]
    best = _best_scores(old, new)
    i, j = 0, 0
    pairs: list[tuple[str | None, str | None]] = []
    while i < len(old) or j < len(new):
        if i < len(old) and best[i][j] == best[i + 1][j]:
            pairs.append((old[i], None))
            i += 1
        elif j < len(new) and best[i][j] == best[i][j + 1]:
            pairs.append((None, new[j]))
            j += 1
        else:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
    return pairs


def _best_scores(old: Sequence[str], new: Sequence[str]) -> list[list[float]]:
    """Return best[i][j]: the greatest sum of similarities in any alignment of old[i:] with new[j:]."""
    left = [set(_WORDS.findall(text.lower())) for text in old]
    right = [set(_WORDS.findall(text.lower())) for text in new]
    best = [[0.0] * (len(new) + 1) for _unused in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            together = best[i + 1][j + 1] + _similarity(left[i], right[j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], together)
    return best


def _similarity(left: set[str], right: set[str]) -> float:
    if not left or not right:
        return 0.0
    ratio = len(left & right) / max(len(left), len(right))
    return ratio if ratio >= MIN_SIMILARITY else 0.0


def _diff_run(old: str, new: str) -> list[Part]:
    """Compare words: each distinct word becomes one character, so that diff-match-patch compares words."""
    codes: dict[str, str] = {}
    left, right = _encoded(old, codes), _encoded(new, codes)
    words = {code: word for word, code in codes.items()}
    matcher = diff_match_patch()
    found = matcher.diff_main(left, right, False)
    matcher.diff_cleanupSemantic(found)
    return [(_OPS[op], "".join(words[code] for code in run)) for op, run in found]


def _encoded(text: str, codes: dict[str, str]) -> str:
    return "".join(codes.setdefault(word, chr(_FIRST_CODE + len(codes))) for word in _WORDS.findall(text))


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    joined: list[Part] = []
    for op, text in parts:
        if not text:
            continue
        if joined and joined[-1][0] == op:
            joined[-1] = (op, joined[-1][1] + text)
        else:
            joined.append((op, text))
    return tuple(joined)

"""An exported audit log: whatever was done to it afterwards is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from copydesk.audit import GENESIS_SHA256, sign_checkpoint, verify_export
from copydesk.canonical import digest
from tests.factories import bundles

Entry = dict[str, Any]


def chain(count: int = 5, first_action: str = "revision.saved") -> list[Entry]:
    entries: list[Entry] = []
    previous = GENESIS_SHA256
    for seq in range(1, count + 1):
        content = {
            "seq": seq,
            "at": "2026-11-04T09:30:00Z",
            "workspace_id": 1,
            "actor": {"kind": "user", "id": 3},
            "action": first_action if seq == 1 else "run.started",
            "subject": {"kind": "asset", "id": "1"},
            "before": None,
            "after": {"number": seq},
            "previous_sha256": previous,
        }
        previous = digest(content)
        entries.append(content | {"entry_sha256": previous})
    return entries


def checkpoint(entries: list[Entry], key: str = "console") -> Entry:
    last = entries[-1]
    return {
        "checkpoint": sign_checkpoint(last["seq"], last["entry_sha256"], "2026-11-04", bundles.signer(key))
    }


def problems(lines: list[Entry]) -> list[str]:
    return [p.message for p in verify_export(map(json.dumps, lines), bundles.trust()).problems]


def test_a_whole_log_with_its_checkpoint_is_sound() -> None:
    entries = chain()
    verdict = verify_export(map(json.dumps, [*entries, checkpoint(entries)]), bundles.trust())
    assert (verdict.entries, verdict.checkpoints, verdict.problems) == (5, 1, ())


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda e: [e[0], e[1] | {"action": "run.cancelled"}, *e[2:]], "was changed"),
        (lambda e: [*e[:2], *e[3:]], "removed or reordered"),
        (lambda e: [e[0], e[2], e[1], *e[3:]], "removed or reordered"),
        (lambda e: e[:3], "the tail was cut"),
        (lambda _: chain(first_action="nothing.happened"), "the chain was recomputed"),
        (lambda _: [], "the tail was cut"),
        (lambda e: [*e, checkpoint(e, "stranger")], "does not verify"),
        (lambda e: [*e, 3], "not a JSON object"),
        (lambda _: [{"seq": 1.5}], "was changed"),
    ],
)
def test_whatever_was_done_to_it_is_found(change: Callable[[list[Entry]], list[Any]], part: str) -> None:
    entries = chain()
    assert any(part in message for message in problems([*change(entries), checkpoint(entries)]))

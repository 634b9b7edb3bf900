"""Where a workspace masks personal data, briefs for off-brand texts hold none."""

from __future__ import annotations

import pytest

from console.generation.masking import Masker
from console.golden.content import GoldenCase
from console.voice.briefs import briefs_of
from copydesk.assets import PolicyAssets
from copydesk.assets.prompt import Prompt

CARD = "5555 5555 5555 4444"
VARIABLES = [
    {"name": "first_name", "is_personal": True},
    {"name": "friends", "type": "list", "is_personal": True},
    {"name": "born", "type": "date", "is_personal": True},
    {"name": "note"},
]
TEXT = "Write to {{ first_name }}, born {{ born }}, a friend of {{ friends | join: ' and ' }}. {{ note }}"


def _brief(role: str, masker: Masker | None) -> str:
    blocks = [{"id": "brief", "role": role, "text": TEXT if role == "user" else "Write."}]
    prompt = Prompt.model_validate(
        {"title": "Letter", "channel": "email", "variables": VARIABLES, "blocks": blocks}
        | {"model": {"model": "small-model"}}
    )
    given = {"first_name": "Anneliese", "friends": ["Bo", "Cleo"], "born": "1971-05-03"}
    case = {"id": "one", "title": "One", "prompt": "letter"}
    case |= {"variables": given | {"note": f"Cleo says: ANNELIESE pays with {CARD}."}}
    (brief,) = briefs_of([GoldenCase.model_validate(case)], {"letter": prompt}, masker)
    return brief.text


@pytest.mark.parametrize("role", ["user", "system"])
def test_a_brief_holds_stand_ins_only(role: str) -> None:
    """With blocks of the user's and, where a prompt has none, from what it is given."""
    masked = _brief(role, Masker(PolicyAssets()))
    for value in ("Anneliese", "ANNELIESE", "Bo", "Cleo", "1971", CARD):
        assert value in _brief(role, None) or value == "1971"
        assert value not in masked
    assert "[friends 2] says: [first_name] pays with [card 1]." in masked

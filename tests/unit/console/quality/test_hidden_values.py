"""Personal values of labelled cases: hidden where many are read, shown on a case's own page to who labels."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.quality.cases import Label
from console.quality.hiding import hidden_label
from copydesk.assets import Kind
from copydesk.checks.contract import Span
from copydesk.checks.personal_data import hide_personal_data
from tests.factories.assets import add_asset
from tests.factories.console import World
from tests.factories.policies import write_policy

URL = "/w/acme/p/mail"
CARD = "4111 1111 1111 1111"
TEXT = f"Write to jane.doe@mailbox.org or pay with {CARD}."
HIDDEN = "Write to j•••.•••@•••••••.••• or pay with •••• •••• •••• 1111."


@pytest.fixture
def written(world: World) -> World:
    write_policy(world)
    add_asset(
        world, Kind.LIMITS, {"title": "Personal data", "checks": [{"check": "personal_data"}]}, name="p"
    )
    return world


def add(world: World, **case: str) -> None:
    data = {"check": "personal_data", "expects": "finding", **case}
    answer = world.client("editor").post(f"{URL}/labelled-cases", data=data)
    assert answer.status_code == 303, answer.text


def page(world: World, path: str, who: str = "editor") -> str:
    answer = world.client(who).get(f"{URL}/{path}")
    assert answer.status_code == 200
    return unescape(answer.text)


def test_who_only_reads_exports_no_personal_values(written: World) -> None:
    add(written, text=TEXT, quote=CARD, note="Jane is jane.doe@mailbox.org.")
    for form in ("csv", "jsonl"):
        path = f"labelled-cases/export.{form}"
        own, others = page(written, path), page(written, path, "viewer")
        assert TEXT in own
        assert "Jane is jane.doe@mailbox.org." in own
        assert "mailbox" not in others
        assert "4111" not in others
        assert HIDDEN.partition(" or pay")[0] in others


def test_lists_and_examples_hide_the_personal_values_of_texts(written: World) -> None:
    add(written, text=TEXT)
    add(written, text=TEXT, expects="none", note="Jane is jane.doe@mailbox.org.")
    add(written, text="Her badge is AX-7731-Q.", quote="AX-7731-Q")
    add(written, text="Ask for 77 31 at jane@desk.")
    for who in ("editor", "viewer"):
        shown = page(written, "checks/personal_data", who)
        assert "1 false alarm" in shown
        assert "2 misses" in shown
        assert "Her badge is <mark" in shown
        assert "j•••.•••@•••••••.•••" in shown
        assert "or pay with •••• •••• •••• 1111." in shown
        assert "••-••••-•</mark>." in shown
        for value in ("jane.doe", "mailbox", CARD, "7731", "77 31", "jane@desk"):
            assert value not in shown, value


def test_a_value_that_an_excerpt_cuts_is_hidden_too(written: World) -> None:
    for length in range(160, 182, 3):
        add(written, text=f"{'a ' * (length // 2)}jane.doe@mailbox.org")
    assert "jane." not in page(written, "checks/personal_data?result=hit")


def test_lists_of_other_checks_hide_them_too(written: World) -> None:
    add(written, check="glossary", text=f"A cheap tent. {TEXT}", expects="none")
    shown = page(written, "checks/glossary")
    assert "jane.doe" not in shown
    assert f'{HIDDEN}"' not in shown
    assert ">cheap<sup>" in shown


def test_a_case_shows_its_text_to_who_labels_and_says_so(written: World) -> None:
    add(written, text=TEXT, note="Seen at jane.doe@mailbox.org.")
    shown = page(written, "labelled-cases/1")
    assert TEXT in shown
    assert "Personal data stands here as it was labelled" in shown
    read = page(written, "labelled-cases/1", "viewer")
    assert "jane.doe" not in read
    assert CARD not in read
    assert "Personal data is hidden." in read
    add(written, check="glossary", text="A cheap tent.")
    assert "Personal data" not in page(written, "labelled-cases/2", "viewer").partition("<main")[2].partition(
        "What a label says"
    )[0].replace("Personal data</", "")


@given(st.text(st.sampled_from("a1 .@-+\n@é４•"), max_size=60) | st.text(max_size=60), st.booleans())
def test_a_hidden_text_is_as_long_as_the_text_and_hides_no_more_when_hidden_again(
    text: str, expects: bool
) -> None:
    hidden = hide_personal_data(text)
    assert len(hidden) == len(text)
    label = Label(1, 1, "personal_data", expects, text, span=Span(0, len(text)) if text else None)
    assert len(hidden_label(label).text) == len(text)
    assert all(new in (old, "•") for old, new in zip(text, hidden, strict=True))

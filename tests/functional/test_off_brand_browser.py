"""Off-brand texts in a real Chromium: asked of a model, awaited, ticked, in the draft; layout and access."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from console.demo.content import load_demo
from copydesk.assets import Kind
from tests.functional import server
from tests.functional.page_faults import complaints, faults
from tests.simulators.model_server import ModelServer, Reply, completion

if TYPE_CHECKING:
    from tests.functional.conftest import SignIn

pytestmark = pytest.mark.browser
WRITTEN_LIMIT_MS = 90_000
SENTENCE = "We regret to inform you of the delay that your order has met with. "


def slow_answer(number: int, _request: Mapping[str, Any]) -> Reply:
    """Write a text of more than a hundred words, unlike all others, in the time that a model takes."""
    return Reply(body=completion(f"Notice {number}. {SENTENCE * 9}"), delay_s=0.3)


@pytest.fixture
def page(demo_home: Path, tmp_path: Path, signed_in: SignIn) -> Iterator[Page]:
    """Open the demo's voice examples as an editor, with a model to ask."""
    home, loaded = tmp_path / "home", load_demo()
    shutil.copytree(demo_home, home)
    editor = next(user.email for user in loaded.users if "editor" in user.roles)
    guide = next(asset.name for asset in loaded.assets if asset.kind == Kind.STYLE_GUIDE)
    with ModelServer(slow_answer) as model, server.running(home, {"OPENAI_BASE_URL": model.url}) as console:
        opened = signed_in(console.url, editor, loaded.company.demo_password).new_page()
        opened.goto(f"/w/{loaded.company.slug}/assets/style_guide/{guide}/parts/voice")
        yield opened
        opened.close()


def test_ticked_texts_of_the_model_are_among_the_off_brand_examples(page: Page) -> None:
    said = complaints(page)
    examples = page.url
    page.get_by_role("link", name="Write off-brand texts with the model").click()
    assert faults(page) == []
    page.get_by_label("How many texts").fill("8")
    page.get_by_role("button", name="Write off-brand texts").click()
    expect(page.get_by_role("heading", name="The model is writing")).to_be_visible()
    # The worker may have other work of the demo first.
    expect(page.get_by_text("The model has stopped writing.")).to_be_visible(timeout=WRITTEN_LIMIT_MS)
    page.get_by_role("link", name="Look through the texts").click()

    boxes = page.get_by_role("checkbox")
    assert boxes.count() >= 8
    assert faults(page) == []
    page.get_by_role("link", name="Tick all").click()
    assert all(box.is_checked() for box in boxes.all())
    page.get_by_role("link", name="Tick none").click()
    boxes.nth(1).check()
    text = page.locator("#text-1").inner_text()
    page.get_by_role("button", name="Put the ticked texts into the draft").click()
    expect(page.get_by_text("1 text is in the draft.")).to_be_visible()
    expect(page.locator("#texts").get_by_text("In the draft")).to_have_count(1)
    assert faults(page) == []
    page.goto(examples)
    assert text in page.get_by_label("Does not sound like us").input_value()
    assert said == []

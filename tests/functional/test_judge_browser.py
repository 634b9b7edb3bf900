"""A judge in a real Chromium, beside a scripted model server: named, compared with labels, then counting."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect

from console.demo.content import load_demo
from console.judge.terms import MIN_LABELLED_ITEMS
from tests.functional import server
from tests.functional.page_faults import faults_at
from tests.simulators.model_server import ModelServer, Reply, completion

if TYPE_CHECKING:
    from tests.functional.conftest import SignIn

HOME = "/w/tarnholt"
POLICY = f"{HOME}/p/customer-messages"
JUDGE = f"{POLICY}/checks/judge"
RULE = "house-style/warm-not-pushy"
PAGES = (
    JUDGE,
    f"{POLICY}/labelled-cases/new?check=judge",
    f"{POLICY}/gate",
    f"{HOME}/assets/style_guide/house-style?only=criteria",
    f"{HOME}/assets/style_guide/house-style/items/criteria/new",
)
WORK_LIMIT_MS = 120_000
Enter = Callable[..., Page]

pytestmark = pytest.mark.browser


def _opinion(_number: int, request: Mapping[str, Any]) -> Reply:
    """Judge as editors do, but for one text in ten."""
    text = request["messages"][-1]["content"].partition("JSON string: ")[2]
    fails = "Hurry" in text and "1 ends" not in text
    quotes = ["Hurry"] if fails else []
    said = {"verdict": "fail" if fails else "pass", "quotes": quotes, "reason": "It presses."}
    return Reply(body=completion(json.dumps(said), model="judge-model"))


@pytest.fixture(scope="module")
def enter(demo_home: Path, tmp_path_factory: pytest.TempPathFactory, signed_in: SignIn) -> Iterator[Enter]:
    """Give a function that opens a browser window of the demo's first editor; a model server answers."""
    home = tmp_path_factory.mktemp("judge") / "home"
    shutil.copytree(demo_home, home)
    loaded = load_demo()
    editor = next(user.email for user in loaded.users if "editor" in user.roles)
    with ModelServer(_opinion) as model:
        settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "none"}
        with server.running(home, settings) as console:

            def enter_as_editor(**options: Any) -> Page:
                return signed_in(console.url, editor, loaded.company.demo_password, **options).new_page()

            yield enter_as_editor


def _label_by_file(page: Page, file: Path, count: int, start: int = 0) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(("check", "rule", "expects", "text"))
        for number in range(start, start + count):
            pushy, warm = f"Hurry, number {number} ends tonight!", f"Good to see you, number {number}."
            rows.writerow(("judge", RULE, *(("finding", pushy) if number % 2 else ("none", warm))))
    page.goto(JUDGE)
    page.get_by_role("link", name="Import labelled texts").click()
    page.get_by_role("button", name="File").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text(f"{count} cases added")).to_be_visible()


def _measure(page: Page) -> None:
    page.goto(JUDGE)
    page.get_by_role("button", name="Measure agreement").click()
    page.get_by_role("link", name="Show the figures").click(timeout=WORK_LIMIT_MS)


def _start_run(page: Page, title: str) -> None:
    page.goto(f"{HOME}/runs")
    page.get_by_role("button", name="Build a candidate").click()
    page.get_by_label("What it is for").fill(title)
    page.get_by_role("button", name="Build", exact=True).click()
    page.get_by_role("button", name="Start the run").click()
    ended = page.get_by_role("status").filter(has_text="is complete").first
    expect(ended).to_be_visible(timeout=WORK_LIMIT_MS)
    page.get_by_role("link", name="Open the run").first.click()


def _evidence(page: Page) -> Locator:
    return page.get_by_role("table", name="Evidence per check")


def test_a_judge_counts_in_the_gate_only_once_it_agrees_with_editors(enter: Enter, tmp_path: Path) -> None:
    page = enter()
    page.goto(JUDGE)
    expect(page.get_by_text("No judge", exact=True)).to_be_visible()
    page.get_by_label("Model").fill("judge-model")
    page.get_by_label("Counts in the gate").check()
    page.get_by_role("button", name="Save the terms").click()
    expect(page.get_by_text("Its agreement with editors was not measured.")).to_be_visible()

    # One text by form, then all but one of those that are needed.
    page.get_by_role("link", name="Label a text").click()
    page.get_by_role("radio", name="Fail this text").check()
    page.get_by_label("Text", exact=True).fill("Hurry, it ends tonight!")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose the criterion the label is about.").first).to_be_visible()
    page.get_by_label("Criterion").select_option(label="Warm, not pushy")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The case counts from now on.")).to_be_visible()
    _label_by_file(page, tmp_path / "first.csv", MIN_LABELLED_ITEMS - 2)
    _measure(page)
    expect(page.get_by_text("Advice only", exact=True)).to_be_visible()
    expect(page.get_by_text(f"{MIN_LABELLED_ITEMS - 1} labelled texts were judged")).to_be_visible()

    _start_run(page, "Before the judge may count")
    expect(_evidence(page)).not_to_contain_text("Judge")
    page.get_by_role("table", name="Samples of the run").get_by_role("link").first.click()
    expect(page.get_by_role("region", name="Checks")).to_contain_text("Judge, advice only")

    _label_by_file(page, tmp_path / "more.csv", 12, start=MIN_LABELLED_ITEMS)
    page.goto(JUDGE)
    expect(page.get_by_text("Texts were labelled or changed")).to_be_visible()
    _measure(page)
    expect(page.get_by_text("Counts in the gate").first).to_be_visible()
    differing = page.get_by_role("region", name="Only the editors fail")
    expect(differing).to_contain_text("Hurry, number")
    expect(page.get_by_role("region", name="What it took")).to_contain_text("Agreement measured")

    _start_run(page, "Now it counts")
    expect(_evidence(page).get_by_role("row").filter(has_text="Judge")).to_contain_text("model:judge-model")
    page.close()


def test_a_form_asks_for_a_criterion_where_the_judge_is_meant_only(enter: Enter) -> None:
    page = enter()
    page.goto(f"{POLICY}/labelled-cases/new?check=glossary")
    expect(page.get_by_label("Criterion")).to_be_hidden()
    page.get_by_label("Check").select_option("judge")
    expect(page.get_by_label("Criterion")).to_be_visible()
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_the_judge_has_a_fault(enter: Enter, path: str) -> None:
    page = enter()
    assert faults_at(page, path) == []
    page.close()

"""Live findings: every check is asked as a run asks it, and says so where it could not be."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from console.assets import live
from console.assets.heads import heads_for
from console.assets.live import LiveResult, State, check_sample, read_assets
from copydesk.assets import Kind
from copydesk.checks.contract import Context
from copydesk.checks.encoder import encoder_status
from copydesk.checks.registry import CHECK_NAMES
from copydesk.checks.toxicity import engine_status
from copydesk.policy import CompiledPolicy
from tests.factories.assets import SMALL, add_asset
from tests.factories.console import World, make_settings

POSITIVES = ("This cream cures eczema.", "It heals your back pain.", "Doctors say it ends migraine.")
LIKE_THEM = "The cream will heal your eczema and your back pain."
RUDE = "You are a worthless idiot and everybody hates you."


@pytest.fixture
def app_context(world: World) -> Iterator[World]:
    with world.app.test_request_context():
        yield world


def _contents(**changes: Any) -> dict[str, dict[str, Mapping[str, Any]]]:
    topics = {
        "title": "Topics",
        "topics": [{"id": "medical", "title": "Medical claims", "positives": list(POSITIVES)}],
    }
    given = {Kind.FORBIDDEN_TOPICS: topics, Kind.GLOSSARY: SMALL[Kind.GLOSSARY], **changes}
    return {kind: {"one": content} for kind, content in given.items()}


def _states(result: LiveResult) -> dict[str, State]:
    return {state.check: state.state for state in result.states}


@pytest.mark.usefixtures("app_context")
def test_a_text_that_is_read_in_part_never_passes(tmp_path: Path) -> None:
    whole = check_sample(_contents(), "Good. " * 100, Context(), home=tmp_path)
    assert _states(whole)["glossary"] is State.PASS
    cut = check_sample(_contents(), "Good. " * 10_000, Context(), home=tmp_path)
    state = next(each for each in cut.states if each.check == "glossary")
    assert (state.state, state.reason) == (State.PART, "only the first 20000 characters were read")
    found = check_sample(_contents(), "outlet " * 10_000, Context(), home=tmp_path)
    assert _states(found)["glossary"] is State.FAIL


def test_live_findings_know_the_day(world: World) -> None:
    rule = {"id": "hype", "title": "No hype", "kind": "existence", "definition": {"tokens": ["wow"]}}
    past, future = {"effective_to": "2001-01-01"}, {"effective_from": "2999-01-01", "id": "later"}
    rules = [{**rule, **past}, {**rule, **future}, {**rule, "id": "now"}]
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House", "rules": rules})
    page = world.client("editor").post(
        "/w/acme/assets/style_guide/style-guide/live", data={"text": "wow"}, headers={"HX-Request": "true"}
    )
    assert "style-guide/now" in page.text
    assert "style-guide/hype" not in page.text
    assert "style-guide/later" not in page.text


def test_live_findings_stand_where_the_page_has_them(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    text = "First.\n\nCome to our outlet."
    page = world.client("editor").post(
        "/w/acme/assets/glossary/glossary/live",
        data={"text": text.replace("\n", "\r\n")},  # as browsers send it
        headers={"HX-Request": "true"},
    )
    start = text.index("outlet")
    assert f'data-from="{start}" data-to="{start + len("outlet")}"' in page.text


@pytest.mark.usefixtures("app_context")
def test_live_findings_judge_by_patterns_of_the_console_too(tmp_path: Path) -> None:
    rule = {"id": "twice", "title": "No word twice", "kind": "existence"}
    guide = {"title": "House", "rules": [{**rule, "definition": {"tokens": [r"(\w+) \1"]}}]}
    found = check_sample({Kind.STYLE_GUIDE: {"one": guide}}, "the the", Context(), home=tmp_path)
    assert [finding.rule_id for finding in found.findings] == ["one/twice"]


@pytest.mark.usefixtures("app_context")
def test_live_findings_are_those_of_a_run(tmp_path: Path) -> None:
    if not encoder_status().is_available:
        pytest.skip(str(encoder_status().reason))
    contents, text = _contents(), f"{LIKE_THEM} {RUDE} Come to our outlet."
    found = check_sample(contents, text, Context(), home=tmp_path, wait_s=None)

    assets = read_assets(contents)
    heads = heads_for(assets, make_settings(tmp_path))
    verdict = CompiledPolicy.compile(assets, heads).check(text)
    assert sorted(f.rule_id for f in found.findings) == sorted(f.rule_id for f in verdict.findings)
    assert _states(found) == {r.check: State(r.outcome.value) for r in verdict.results}
    assert {"one/medical", "one/outlet"} <= {f.rule_id for f in found.findings}


@pytest.mark.usefixtures("app_context")
def test_every_check_says_how_it_stands(tmp_path: Path) -> None:
    limits = {"title": "Limits", "channels": [], "checks": [{"check": "facts", "enabled": False}]}
    found = check_sample(
        _contents(**{Kind.LIMITS: limits}), "Good tents.", Context(), home=tmp_path, wait_s=None
    )

    assert list(_states(found)) == list(CHECK_NAMES)
    assert _states(found)["facts"] is State.OFF


@pytest.mark.usefixtures("app_context")
def test_a_check_whose_engine_is_missing_did_not_run_and_says_why(tmp_path: Path) -> None:
    missing = [engine for engine in engine_status() if not engine.available]
    name = missing[0].name if missing else "unheard-of"
    limits = {"title": "Limits", "channels": [], "checks": [{"check": "toxicity", "engine": name}]}
    found = check_sample(_contents(**{Kind.LIMITS: limits}), RUDE, Context(), home=tmp_path, wait_s=None)

    state = next(state for state in found.states if state.check == "toxicity")
    assert state.state is State.NOT_RUN
    assert state.reason


@pytest.mark.usefixtures("app_context")
def test_who_types_does_not_wait_for_what_is_learned(tmp_path: Path) -> None:
    busy, go_on = threading.Event(), threading.Event()

    def occupy() -> None:
        busy.set()
        go_on.wait(30)

    holding = live._checks._worker.submit(occupy)
    busy.wait(30)
    topics = {
        "title": "Topics",
        "topics": [
            {
                "id": "medical",
                "title": "Medical claims",
                "positives": [*POSITIVES, "It ends asthma."],
                "block_terms": ["cures blisters"],
            }
        ],
    }
    contents = _contents(**{Kind.FORBIDDEN_TOPICS: topics})
    try:
        at_once = check_sample(contents, "It cures blisters.", Context(), home=tmp_path, wait_s=0)
    finally:
        go_on.set()
        holding.result(30)
    later = check_sample(contents, "It cures blisters.", Context(), home=tmp_path, wait_s=None)

    assert _states(at_once)["forbidden_topics"] is State.LEARNING
    assert [f.evidence["found_by"] for f in at_once.findings if f.check == "forbidden_topics"] == ["term"]
    assert State.LEARNING not in _states(later).values()


@pytest.mark.usefixtures("app_context")
def test_a_draft_that_is_typed_leaves_no_heads_behind(tmp_path: Path) -> None:
    check_sample(_contents(), "Good tents.", Context(), home=tmp_path, wait_s=None)
    assert not (tmp_path / "heads").exists()


@pytest.mark.usefixtures("app_context")
def test_the_same_content_is_compiled_once(tmp_path: Path) -> None:
    contents = _contents()
    check_sample(contents, "Good tents.", Context(), home=tmp_path, wait_s=None)
    kept = dict(live._checks._kept)
    check_sample(contents, "Other tents.", Context(), home=tmp_path, wait_s=None)
    assert dict(live._checks._kept) == kept


@pytest.mark.usefixtures("app_context")
def test_a_long_text_is_read_in_part_by_models_and_they_say_so(tmp_path: Path) -> None:
    text = "A tent. " * 1000
    found = check_sample(_contents(), text, Context(), home=tmp_path, wait_s=None)
    reasons = {state.check: state.reason for state in found.states}
    assert "4000 characters" in reasons["toxicity"]
    assert "4000" not in reasons["glossary"]


@pytest.mark.usefixtures("app_context")
def test_an_endless_text_is_read_in_part_and_its_findings_are_kept_in_bounds(tmp_path: Path) -> None:
    glossary = {Kind.GLOSSARY: {"one": SMALL[Kind.GLOSSARY]}}
    found = check_sample(glossary, "outlet " * 3_000, Context(), home=tmp_path, wait_s=0)
    (state,) = (state for state in found.states if state.check == "glossary")
    assert "only the first 20000 characters were read" in state.reason
    assert "2,857 findings; 1,857 of them are left out" in state.reason
    assert len([finding for finding in found.findings if finding.check == "glossary"]) == 1_000
    assert found.found == 2_857


def test_the_panel_counts_the_findings_that_it_does_not_show(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    url, client = "/w/acme/assets/glossary/glossary/live", world.client("viewer")
    long = client.post(url, data={"text": "outlet " * 3_000}, headers={"HX-Request": "true"}).text
    assert "2857 findings</h2>" in long
    assert "These are the first 50 of 2857." in long
    assert long.count('class="finding') == 50
    short = client.post(url, data={"text": "outlet"}, headers={"HX-Request": "true"}).text
    assert "1 finding</h2>" in short
    assert "These are the first" not in short


def test_the_panel_names_each_check_and_its_state(world: World) -> None:
    for kind in Kind:
        add_asset(world, kind)
    client = world.client("viewer")
    answer = client.post("/w/acme/assets/glossary/glossary/live", data={"text": "Come to our outlet."},
                         headers={"HX-Request": "true"})  # fmt: skip
    assert answer.status_code == 200
    for words in ("Checks: ", "Toxicity", "Brand voice", "Forbidden topics", "Injected instructions"):
        assert words in answer.text

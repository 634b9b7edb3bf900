"""Before anything is saved, the console tells which stored samples a draft would flip, and where."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from console.assets import operations as assets
from models import Asset, AuditEntry, Draft, ImpactReport, Job, Revision
from tests.factories.console import World
from tests.factories.policies import api_token, change_cases, start_run, work, write_policy

GLOSSARY = "/w/acme/assets/glossary/house"
IMPACT = f"{GLOSSARY}/impact"
API = "/api/v1/workspaces/acme/assets/glossary/house/impact"
HTMX = {"HX-Request": "true"}
TEXTS = ("A cheap tent.", "A warm tent.", "A cheap and shabby tent.", "A fine tent.")


@pytest.fixture
def tried(world: World) -> World:
    """Give a policy that forbids `cheap`, and a complete run on four fixed texts."""
    write_policy(world, TEXTS)
    start_run(world)
    work(world)
    return world


def draft(world: World, *terms: str, **changes: Any) -> None:
    """Write a draft of the glossary that forbids these terms."""
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        content = {
            **asset.revisions[-1].content,
            "terms": [{"id": term, "term": term, "status": "forbidden"} for term in terms],
            **changes,
        }
        lock = asset.draft.lock_number if asset.draft else 0
        assets.save_draft(session, asset, content, base_lock=lock, by=world.actor("editor"))


def api(world: World, query: str = "") -> Any:
    headers = {"Authorization": f"Bearer {api_token(world, 'viewer')}"}
    answer = world.app.test_client().get(f"{API}{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["policies"][0]


def test_a_draft_lists_the_samples_that_flip_in_both_directions_with_their_spans(tried: World) -> None:
    draft(tried, "warm", "shabby")
    found = api(tried)
    assert (found["samples"], found["flipped"]) == (4, 2)
    flips = {(c["case"], c["direction"], c["was"], c["becomes"]) for c in found["changes"][:2]}
    assert flips == {("case-1", "worse", "pass", "fail"), ("case-0", "better", "fail", "pass")}
    worse = found["changes"][0]
    start, end = worse["added"][0]["span"]
    assert worse["text"][start:end] == "warm"
    assert worse["added"][0]["message"]


def test_a_place_newly_marked_in_a_sample_that_fails_anyway_is_listed_apart(tried: World) -> None:
    draft(tried, "cheap", "shabby")
    found = api(tried)
    assert found["flipped"] == 0
    (change,) = found["changes"]
    assert (change["case"], change["direction"], change["becomes"]) == ("case-2", "more", "fail")
    page = tried.client("viewer").get(IMPACT).text
    assert "also marked; still fails" in page
    assert '<mark class="fail">shabby' in page


def test_the_page_marks_the_words_and_leads_to_the_sample(tried: World) -> None:
    draft(tried, "cheap", "warm")
    page = tried.client("viewer").get(IMPACT).text
    assert '<mark class="fail">warm' in page
    assert "passes → fails" in page
    assert "/w/acme/runs/1/samples/" in page
    assert "of 4 samples" in page


def test_the_page_that_saves_a_revision_shows_the_impact(tried: World) -> None:
    draft(tried, "cheap", "warm")
    client = tried.client("editor")
    assert f'hx-post="{IMPACT}?view=summary"' in client.get(f"{GLOSSARY}/save").text
    part = client.post(f"{IMPACT}?view=summary", headers=HTMX).text
    assert "Mail: 1 of 4 samples flip." in part
    assert "1 worse, 0 better." in part
    assert "<html" not in part
    assert f'href="{IMPACT}"' in client.get(GLOSSARY).text


def test_long_texts_are_cut_around_the_marks_and_keep_the_spaces_beside_them(world: World) -> None:
    write_policy(world, [f"{'Very long. ' * 60}It is warm today. {'And so on. ' * 60}"])
    start_run(world)
    work(world)
    draft(world, "warm")
    page = world.client("viewer").get(IMPACT).text
    assert "It is <mark" in page
    assert "</mark> today." in page
    assert page.count("Very long.") < 20
    assert page.count("And so on.") < 20


def test_filters_narrow_the_list_and_say_when_nothing_matches(tried: World) -> None:
    draft(tried, "warm", "shabby")
    client = tried.client("viewer")
    page = client.get(f"{IMPACT}?direction=better").text
    assert "fails → passes" in page
    assert "passes → fails" not in page
    assert "No change matches." in client.get(f"{IMPACT}?audience=nobody").text
    assert api(tried, "?direction=worse")["matching"] == 1
    assert api(tried, "?check=limits")["matching"] == 0


def test_long_lists_come_in_pages(world: World) -> None:
    write_policy(world, [f"A warm tent, number {n}." for n in range(45)])
    start_run(world)
    work(world)
    draft(world, "warm")
    client = world.client("viewer")
    first = client.get(IMPACT).text
    assert first.count("passes → fails") == 20
    assert "from=20" in first
    assert client.get(f"{IMPACT}?from=40").text.count("passes → fails") == 5


def test_a_draft_without_effect_says_that_nothing_changes(tried: World) -> None:
    draft(tried, "cheap", "lousy")
    assert "every sample is judged as before" in tried.client("viewer").get(IMPACT).text
    part = tried.client("editor").post(f"{IMPACT}?view=summary", headers=HTMX).text
    assert "Mail: none of 4 samples flips." in part


def test_without_a_draft_or_without_a_run_the_page_says_so(world: World) -> None:
    write_policy(world, TEXTS)
    client = world.client("viewer")
    assert "There is no draft, so nothing changes." in client.get(IMPACT).text
    draft(world, "warm")
    assert "has no stored samples yet" in client.get(IMPACT).text


def test_a_draft_that_does_not_hold_together_says_why(tried: World) -> None:
    draft(tried, "warm", terms=[{"id": "a", "term": "a"}, {"id": "a", "term": "b"}])
    page = tried.client("viewer").get(IMPACT)
    assert page.status_code == 200
    assert "does not hold together" in page.text
    headers = {"Authorization": f"Bearer {api_token(tried, 'viewer')}"}
    assert tried.app.test_client().get(API, headers=headers).status_code == 422


def test_samples_that_runs_repeat_are_tried_once_and_the_newest_counts(tried: World) -> None:
    change_cases(tried, (*TEXTS, "A warm coat."))
    start_run(tried)
    work(tried)
    draft(tried, "warm")
    found = api(tried)
    assert found["samples"] == 5
    worse = [change for change in found["changes"] if change["direction"] == "worse"]
    assert {change["run_id"] for change in worse} == {2}


def test_what_a_run_stored_is_compared_with_the_newest_revision_when_that_moved_on(tried: World) -> None:
    draft(tried, "warm")
    with tried.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        assets.save_revision(session, asset, base_lock=1, message="Warm", by=tried.actor("editor"))
    draft(tried, "warm", "fine")
    found = api(tried)
    assert [(c["case"], c["direction"]) for c in found["changes"]] == [("case-3", "worse")]


def test_looking_changes_nothing(tried: World) -> None:
    draft(tried, "warm")

    def counted() -> list[int | None]:
        with tried.session() as session:
            tables = (Draft, Revision, AuditEntry, Job, ImpactReport)
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    before = counted()
    tried.client("viewer").get(IMPACT)
    tried.client("editor").post(f"{IMPACT}?view=summary", headers=HTMX)
    assert counted() == before


def test_strangers_see_nothing_and_viewers_start_nothing(tried: World) -> None:
    assert tried.client("outsider").get(IMPACT).status_code == 404
    assert tried.client("viewer").post(IMPACT).status_code == 403
    assert tried.client("viewer").get("/w/acme/assets/glossary/none/impact").status_code == 404


def test_bringing_an_old_revision_back_is_tried_first_and_its_filters_stay_with_it(tried: World) -> None:
    draft(tried, "warm", "shabby")
    with tried.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        assets.save_revision(session, asset, base_lock=1, message="Warm", by=tried.actor("editor"))
    draft(tried, "fine")  # what is tried is the revision, not the draft at hand
    client, old = tried.client("editor"), f"{IMPACT}?revision=1"
    assert f'href="{old}"' in client.get(f"{GLOSSARY}/revisions/1").text
    page = client.get(old).text
    assert "What restoring r1 would change" in page
    assert "passes → fails" in page
    assert "fails → passes" in page
    assert '<mark class="fail">cheap' in page
    assert "revision=1&amp;direction=worse" in page or "direction=worse&amp;revision=1" in page
    assert '<input type="hidden" name="revision" value="1">' in page
    found = api(tried, "?revision=1")
    assert {(c["case"], c["direction"]) for c in found["changes"] if c["was"] != c["becomes"]} == {
        ("case-0", "worse"),
        ("case-1", "better"),
    }
    assert client.get(f"{IMPACT}?revision=9").status_code == 404
    assert "no check reads what restoring r2 changes" in client.get(f"{IMPACT}?revision=2").text


def test_looking_at_an_old_revision_changes_nothing(tried: World) -> None:
    draft(tried, "warm")
    with tried.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        assets.save_revision(session, asset, base_lock=1, message="Warm", by=tried.actor("editor"))

    def counted() -> list[int | None]:
        with tried.session() as session:
            tables = (Draft, Revision, AuditEntry, Job, ImpactReport)
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    before = counted()
    tried.client("viewer").get(f"{IMPACT}?revision=1")
    tried.client("editor").post(f"{IMPACT}?revision=1")
    assert counted() == before

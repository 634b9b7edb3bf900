"""The page on fairness: from groups of words in the style guide to flips of own texts and labelled cases."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from console.quality import fairness_reports
from copydesk.assets import Kind
from copydesk.checks.toxicity import engine_status
from models import FairnessMeasurement, LabelledCase, LabelSource, WorkState
from tests.factories.assets import add_asset
from tests.factories.console import World
from tests.factories.policies import api_token, propose, work, write_policy

URL = "/w/acme/p/mail/checks/fairness"
GROUP = {
    "id": "buyers",
    "title": "Buyers",
    "terms": [["friend", "friends"], ["idiot", "idiots"], ["bargain", "bargains"]],
}
GUIDE = {"title": "House style", "descriptors": [GROUP]}
HAS_ENGINE = any(status.name == "embedded" and status.available for status in engine_status())
TEXTS = ("Thank you, my friend.", "A tent for friends.", "A tent.")


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html.partition("<main")[2])))


def compared(world: World, client: FlaskClient) -> str:
    assert client.post(URL).status_code == 303
    work(world)
    return client.get(URL).text


@pytest.fixture
def written(world: World) -> World:
    """Give a policy with own texts and a group of words, whose glossary forbids one of them."""
    write_policy(world, TEXTS)
    term = {"id": "bargain", "term": "bargains", "status": "forbidden"}
    add_asset(world, Kind.GLOSSARY, {"title": "More", "terms": [term]}, name="more")
    add_asset(world, Kind.STYLE_GUIDE, GUIDE)
    add_asset(world, Kind.LIMITS, {"title": "On", "checks": [{"check": "toxicity"}]}, name="on")
    return world


def test_without_a_group_the_page_leads_to_where_one_is_written(world: World) -> None:
    client = world.client("editor")
    assert "This policy has no style guide yet" in client.get(URL).text
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House style"})
    shown = client.get(URL).text
    assert "/w/acme/assets/style_guide/style-guide/items/descriptors/new" in shown
    assert "items/descriptors/new" not in world.client("viewer").get(URL).text
    assert "Exchange and compare" not in shown


def test_texts_that_name_nobody_are_said_to_prove_nothing(world: World) -> None:
    write_policy(world, ["A tent."])
    add_asset(world, Kind.STYLE_GUIDE, GUIDE)
    client = world.client("editor")
    assert "Exchange and compare" in client.get(URL).text
    shown = text_of(compared(world, client))
    assert "2 texts were read, and none holds a word of a group." in shown  # the fallback copy too
    assert "Check by check" not in shown


def test_flips_are_shown_side_by_side_with_their_cause(written: World) -> None:
    propose(written)
    client = written.client("editor")
    html = compared(written, client)
    shown = text_of(html)
    assert "Buyers" in shown
    assert re.search(r"Glossary 2 1 50\.0", shown)
    assert ("Judged differently by a model2 of 2 texts" if HAS_ENGINE else "Toxicity not run on") in shown
    assert "Judged differently by a rule1 of 2 texts" in shown
    by_word = client.get(f"{URL}?show=word").text
    assert "house" not in text_of(by_word).partition("Where the two differ")[0]
    assert "friend → bargain" in text_of(by_word)
    assert "A tent for <del>" in by_word
    assert "friends<span" in by_word
    assert re.search(r'href="/w/acme/runs/\d+/samples/\d+"', by_word)
    assert "Glossary: pass → fail, a rule names the word" in text_of(by_word)
    assert "A list or a rule says something of this very word." in by_word
    # A page that is not there shows the first one, and an unknown cause the gravest.
    assert client.get(f"{URL}?show=word&first=400").text.count("data-flip") == by_word.count("data-flip") == 1
    assert client.get(f"{URL}?show=other&first=x").status_code == 200


@pytest.mark.skipif(not HAS_ENGINE, reason="the embedded toxicity engine is not installed")
def test_a_flip_becomes_a_labelled_case_of_the_text_that_was_found(written: World) -> None:
    client = written.client("editor")
    html = compared(written, client)
    assert "a model reads it differently" in text_of(html)
    link = unescape(re.findall(r'href="(/w/acme/[^"]+/label\?check=toxicity)"', html)[0])
    form = client.get(link).text
    assert "Thank you, my idiot." in form
    assert 'value="none"' in form
    assert written.client("viewer").get(link).status_code == 403
    sent = {
        "text": "Thank you, my idiot.", "quote": "Thank you, my idiot.", "start": "0", "check": "toxicity",
        "expects": "none", "prompt": "welcome", "variables": "first_name => Ada",
    }  # fmt: skip
    assert client.post("/w/acme/p/mail/labelled-cases", data=sent).status_code == 303
    with written.session() as session:
        case = session.scalars(select(LabelledCase)).one()
        assert (case.check, case.expects_finding, case.source) == ("toxicity", False, LabelSource.FORM)
        assert case.variables == {"first_name": "Ada"}
    assert client.get(link.replace("flips/0", "flips/99")).status_code == 404
    assert client.get(re.sub(r"fairness/\d+", "fairness/999", link)).status_code == 404


def test_figures_of_an_older_policy_are_said_to_be_old_and_replaced(written: World) -> None:
    client = written.client("editor")
    assert "The policy changed since" not in compared(written, client)
    term = {"id": "tent", "term": "tent", "status": "forbidden"}
    add_asset(written, Kind.GLOSSARY, {"title": "Third", "terms": [term]}, name="third")
    assert "The policy changed since" in client.get(URL).text
    assert "The policy changed since" not in compared(written, client)
    with written.session() as session:
        assert len(session.scalars(select(FairnessMeasurement)).all()) == 1


def test_while_one_works_no_other_is_asked_and_a_failure_says_why(written: World) -> None:
    client = written.client("editor")
    assert written.client("viewer").post(URL).status_code == 403
    for _time in range(2):
        assert client.post(URL).status_code == 303
    with written.session() as session:
        row = session.scalars(select(FairnessMeasurement)).one()
        assert row.state == WorkState.QUEUED
    assert "Being compared" in client.get(URL).text
    assert 'hx-get="' in client.get(f"{URL}/progress").text
    with written.session() as session:
        row = session.scalars(select(FairnessMeasurement)).one()
        row.state, row.failure = WorkState.FAILED, "The disk is full."
    assert "The disk is full." in client.get(URL).text
    assert "Exchange and compare" in client.get(URL).text


def test_content_that_can_not_be_read_is_said_and_breaks_nothing(written: World) -> None:
    client = written.client("editor")
    with written.session() as session:
        from models import Revision

        revision = session.scalars(select(Revision).where(Revision.content["descriptors"].is_not(None))).all()
        found = [r for r in revision if "descriptors" in r.content]
        broken: dict[str, Any] = {**GROUP, "terms": [["alone"]]}
        found[0].content = {**found[0].content, "descriptors": [broken]}
    assert "The groups of words can" in client.get(URL).text
    assert client.post(URL).status_code == 303
    work(written)
    assert "give 2 to 40 terms" in client.get(URL).text


def test_the_pages_of_checks_lead_here(written: World) -> None:
    client = written.client("viewer")
    for url in ("/w/acme/p/mail/checks", "/w/acme/p/mail/checks/toxicity"):
        assert f'href="{URL}"' in client.get(url).text


def test_own_texts_are_samples_first_and_each_once(written: World) -> None:
    def sources() -> list[tuple[str, str]]:
        with written.session() as session:
            state = fairness_reports.queries.policy_state(session, written.policy_id)
            found = fairness_reports.own_texts(session, written.policy_id, state)
            return [(own.source, own.text) for own in found]

    fallback = ("fallback", "Welcome back, first name. Good to see you.")
    assert sources() == [fallback, *(("golden", text) for text in TEXTS)]
    propose(written)
    assert sources() == [*(("sample", text) for text in TEXTS), fallback]


def test_a_program_asks_for_the_report_and_reads_it(written: World) -> None:
    url = "/api/v1/workspaces/acme/policies/mail/fairness"
    client = written.app.test_client()
    reads = {"Authorization": f"Bearer {api_token(written, 'editor', 'read')}"}
    writes = {"Authorization": f"Bearer {api_token(written, 'editor')}"}
    nothing = {"state": None, "failure": None, "measured_at": None, "is_stale": False, "report": None}
    assert client.get(url, headers=reads).json == nothing
    assert client.post(url, headers=reads).status_code == 403
    assert client.post(url, headers=writes).status_code == 202
    assert client.get(url, headers=reads).json == {**nothing, "state": "queued"}
    work(written)
    found = client.get(url, headers=reads).json
    assert (found["state"], found["is_stale"], found["report"]["holding"]) == ("done", False, 2)
    assert [one["check"] for one in found["report"]["checks"]] == ["glossary", "toxicity"]


def test_a_report_of_another_version_is_left_aside(written: World) -> None:
    client = written.client("editor")
    compared(written, client)
    with written.session() as session:
        session.scalars(select(FairnessMeasurement)).one().report = {"texts": 3}
    shown = client.get(URL)
    assert shown.status_code == 200
    assert "Exchange and compare" in shown.text


def test_personal_values_in_the_texts_are_hidden_where_many_are_read(world: World) -> None:
    write_policy(world, ["For friends: call ada.lovelace@example.org."])
    term = {"id": "idiots", "term": "idiots", "status": "forbidden"}
    add_asset(world, Kind.GLOSSARY, {"title": "More", "terms": [term]}, name="more")
    add_asset(world, Kind.STYLE_GUIDE, GUIDE)
    client = world.client("editor")
    shown = compared(world, client)
    assert "For <del>" in shown
    assert "ada.lovelace" not in shown
    headers = {"Authorization": f"Bearer {api_token(world, 'editor', 'read')}"}
    api = client.get("/api/v1/workspaces/acme/policies/mail/fairness", headers=headers)
    assert "ada.lovelace" not in api.text
    assert api.json["report"]["flips"][0]["variant"].startswith("For idiots: call a••.")  # type: ignore[index]
    link = unescape(re.findall(r'href="(/w/acme/[^"]+/label\?check=glossary)"', shown)[0])
    assert "ada.lovelace@example.org" in client.get(link).text  # who labels needs the text as it is

"""A policy's judge in the browser: its terms, texts labelled for it, agreement measured by the worker."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from console.quality import operations as quality
from console.quality.content import read_case
from console.runs import operations as runs
from console.runs.gate import GateContent
from console.runs.queries import gate_content, gate_setting
from console.settings.operations import set_prices
from models import GateSetting, JudgeAgreement, LabelSource, Policy, Workspace
from tests.factories.console import World
from tests.factories.judges import TERMS, judged_world, strict_judge
from tests.factories.policies import work
from tests.simulators.model_server import ModelServer, Reply, completion

URL = "/w/acme/p/mail/checks/judge"


def _set(world: World, who: str = "editor", **terms: str) -> Any:
    return world.client(who).post(URL, data=TERMS | terms)


def test_terms_are_a_gate_setting_and_can_be_taken_back(tmp_path: Path) -> None:
    world = judged_world(tmp_path)
    assert "No judge" in world.client("viewer").get(URL).text
    assert _set(world).status_code == 303
    with world.session() as session:
        terms = gate_content(gate_setting(session, world.policy_id)).judge
        assert terms is not None
        assert (terms.model, terms.votes, terms.max_cost_cents) == ("judge-model", 3, None)
        settings = len(session.scalars(select(GateSetting)).all())
    assert _set(world).status_code == 303  # nothing changed: no new setting
    assert world.client("editor").post(f"{URL}/remove").status_code == 303
    with world.session() as session:
        assert gate_content(gate_setting(session, world.policy_id)).judge is None
        assert len(session.scalars(select(GateSetting)).all()) == settings + 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"model": " "}, "Name the model."),
        ({"votes": "2"}, "Not a valid choice"),
        ({"max_calls": "many"}, "Not a valid integer"),
        ({"max_calls": "0"}, "From 1 to"),
        ({"max_cost_cents": "-5"}, "From 1 to"),
    ],
)
def test_terms_that_do_not_fit_are_said_and_kept(tmp_path: Path, wrong: dict[str, str], says: str) -> None:
    answer = _set(judged_world(tmp_path), **wrong)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="500"' in answer.text or "max_calls" in wrong


def test_a_judge_that_may_be_kind_to_the_writer_is_named(tmp_path: Path) -> None:
    world = judged_world(tmp_path)
    own, kin = "The judge is the model that writes", "The judge is of the family that writes"
    for judge, says in (("small-model", own), ("maker/Small-9b", kin), ("stranger-2", "")):
        assert _set(world, model=judge).status_code == 303
        page = world.client("editor").get(URL).text
        assert [words for words in (own, kin) if words in page] == [words for words in (says,) if words]


@pytest.mark.parametrize("who", ["viewer", "releaser", "legal"])
def test_only_editors_set_terms_and_everybody_reads_them(tmp_path: Path, who: str) -> None:
    world = judged_world(tmp_path)
    assert _set(world, who).status_code == 403
    assert _set(world, max_calls="4321", max_cost_cents="250").status_code == 303
    page = world.client(who).get(URL).text
    for said in ("judge-model", "4,321", "2.50", "Only an editor sets the terms."):
        assert said in page


def test_a_text_is_labelled_for_a_criterion(tmp_path: Path) -> None:
    world = judged_world(tmp_path)
    case = {"check": "judge", "rule": "house/warm", "expects": "none", "text": "Good to see you."}
    answer = world.client("editor").post("/w/acme/p/mail/labelled-cases", data=case)
    assert answer.location.split("#")[0].endswith("/checks/judge")
    page = world.client("viewer").get(URL).text
    assert "Good to see you." in page
    assert world.client("viewer").get("/w/acme/p/mail/labelled-cases/1").status_code == 200


def test_a_label_for_the_judge_needs_a_criterion_and_the_form_offers_them(tmp_path: Path) -> None:
    world = judged_world(tmp_path)
    client, cases = world.client("editor"), "/w/acme/p/mail/labelled-cases"
    form = client.get(f"{cases}/new?check=judge").text
    assert '<option value="house/warm">Warm</option>' in form
    assert "Fail this text" in form
    case = {"check": "judge", "expects": "none", "text": "Good to see you."}
    answer = client.post(cases, data=case)
    assert answer.status_code == 422
    assert "Choose the criterion the label is about." in answer.text
    assert "Good to see you." in answer.text
    assert client.post(cases, data=case | {"criterion": "house/warm"}).status_code == 303
    row = b"check,expects,text\njudge,none,Good to see you again.\n"
    imported = client.post(f"{cases}/import", data={"file": (io.BytesIO(row), "cases.csv")}).text
    assert "0 cases added" in imported
    assert "Name the criterion, such as house-style/warm." in imported


def test_saving_the_gate_leaves_the_judge_and_what_has_no_field_as_they_are(tmp_path: Path) -> None:
    world = judged_world(tmp_path)
    _set(world)
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        before = gate_content(gate_setting(session, policy.id)).to_json()
        floors = [{"check": "facts", "segment": "trade", "rate": "0.9"}]
        content = GateContent.model_validate({**before, "floors": floors})
        runs.set_gate(session, policy, content, by=world.actor("editor"))
    page = world.client("editor").get("/w/acme/p/mail/gate").text
    assert 'name="floor-judge"' in page
    assert "judge_advice" not in page  # what only advises can't be asked for
    typed = {"floor-judge": "90", "segment_min_cases": "5", "paired_alpha": "5"}
    assert world.client("editor").post("/w/acme/p/mail/gate", data=typed).status_code == 303
    with world.session() as session:
        after = gate_content(gate_setting(session, world.policy_id))
    assert after.judge is not None
    assert after.judge.model == "judge-model"
    assert {(floor.check, floor.segment) for floor in after.floors} == {("facts", "trade"), ("judge", None)}


def test_texts_on_which_judge_and_editors_differ_are_listed_with_the_judges_words(tmp_path: Path) -> None:
    with ModelServer(strict_judge) as server:
        world = judged_world(tmp_path, server, labelled=9)
        _set(world)
        world.client("editor").post(f"{URL}/measure")
        work(world)
    page = world.client("viewer").get(URL).text
    only_judge = page.partition('id="only-judge"')[2].partition("</section>")[0]
    assert "It presses." in only_judge
    assert '<mark class="info">number</mark>' in only_judge
    assert only_judge.count("<li") == 1
    assert "only-editor" not in page
    assert "Texts were labelled or changed" not in page
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        label = {"check": "judge", "rule": "house/warm", "expects": "none", "text": "Another."}
        quality.add_case(session, policy, read_case(label), source=LabelSource.FORM, by=world.actor("editor"))
    assert "Texts were labelled or changed" in world.client("viewer").get(URL).text


def test_a_judge_that_no_server_answers_for_is_told_where_one_is_named(tmp_path: Path) -> None:
    world = judged_world(tmp_path)
    client = world.client("editor")
    assert "No model server" not in client.get(URL).text  # nobody asks for a judge yet
    client.post(URL, data=TERMS)
    saved = client.get(URL).text
    assert "The next run asks this judge" not in saved
    assert "Saved. The next run judges nothing: no model server is set up." in saved
    page = client.get(URL).text
    assert "No model server is set up, so no run can ask this judge." in page
    assert "Whoever runs this console names one in OPENAI_BASE_URL" in page
    with ModelServer(strict_judge) as server:
        client = judged_world(tmp_path / "other", server).client("editor")
        client.post(URL, data=TERMS)
        saved = client.get(URL).text
        assert "The next run asks this judge" in saved
        assert "No model server" not in saved


def test_what_a_measurement_took_is_shown_and_a_limit_on_the_cost_needs_a_price(tmp_path: Path) -> None:
    with ModelServer(strict_judge) as server:
        world = judged_world(tmp_path, server, labelled=4, GENERATION_CONCURRENCY="1")
        client = world.client("editor")
        client.post(URL, data=TERMS | {"max_cost_cents": "1"})
        saved = client.get(URL).text
        assert "Saved. The next run judges nothing: the limit on the cost has no price to go by." in saved
        assert "The next run asks this judge" not in saved
        assert "no price to go by, so nothing is judged" in client.get(URL).text
        world.client("editor").post(f"{URL}/measure")
        work(world)
        assert server.requests == []
        page = world.client("editor").get(URL).text
        assert "4 texts were not judged: there is a limit on the cost" in page
        prices = {"judge-model": {"prompt": 100_000, "completion": 0, "currency": "EUR"}}
        with world.session() as session:
            workspace = session.get_one(Workspace, world.workspace_id)
            set_prices(session, workspace, prices, by=world.actor("admin"))
        world.client("editor").post(f"{URL}/measure")
        work(world)
    page = world.client("editor").get(URL).text
    assert "no price to go by" not in page
    # 11 tokens a call at 1000 EUR per million: the first call reaches the limit of one cent.
    assert "1 call, 18 tokens, 0.0110 EUR" in page
    assert "the limit of 0.01 is reached" in page


def test_agreement_is_measured_and_shown(tmp_path: Path) -> None:
    with ModelServer(strict_judge) as server:
        world = judged_world(tmp_path, server, labelled=110)
        _set(world, counts="y")
        assert world.client("editor").post(f"{URL}/measure").status_code == 303
        assert "hx-get" in world.client("editor").get(f"{URL}/progress").text
        work(world)
    with world.session() as session:
        row = session.scalars(select(JudgeAgreement)).one()
        assert (row.state, row.failure) == ("done", None)
        overall = row.figures["overall"]
    assert (overall["both_fail"], overall["only_judge"], overall["only_editor"]) == (54, 1, 0)
    page = world.client("viewer").get(URL).text
    assert "Counts in the gate" in page
    assert "0.98" in page


def test_several_texts_are_with_the_judge_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(2, timeout=30)

    def answer(number: int, request: Mapping[str, Any]) -> Reply:
        if number <= 2:
            together.wait()
        return strict_judge(number, request)

    with ModelServer(answer) as server:
        world = judged_world(tmp_path, server, labelled=4)
        _set(world)
        world.client("editor").post(f"{URL}/measure")
        work(world)
    assert not together.broken
    with world.session() as session:
        assert session.scalars(select(JudgeAgreement.state)).one() == "done"


@pytest.mark.parametrize("asked_before", [0, 1])
def test_a_measurement_can_be_stopped_and_asks_nothing_further(tmp_path: Path, asked_before: int) -> None:
    def answer(number: int, request: Mapping[str, Any]) -> Reply:
        if number == asked_before:
            assert world.client("editor").post(f"{URL}/measure/stop").status_code == 303
        return replace(strict_judge(number, request), delay_s=0.02)

    with ModelServer(answer) as server:
        world = judged_world(tmp_path, server, labelled=60, GENERATION_CONCURRENCY="1")
        _set(world)
        editor = world.client("editor")
        editor.post(f"{URL}/measure")
        assert f"{URL}/measure/stop" in editor.get(URL).text
        assert f"{URL}/measure/stop" not in world.client("viewer").get(URL).text
        if not asked_before:
            editor.post(f"{URL}/measure/stop")
        work(world)
        assert asked_before <= len(server.requests) < 60 * asked_before + 1
        assert "Somebody stopped it." in editor.get(URL).text
        editor.post(f"{URL}/measure/stop")
        assert "is not being measured" in editor.get(URL).text
    with world.session() as session:
        row = session.scalars(select(JudgeAgreement)).one()
        assert (row.state, row.figures) == ("failed", {})


def test_every_reason_why_texts_were_not_judged_is_counted(tmp_path: Path) -> None:
    def answer(_number: int, request: Mapping[str, Any]) -> Reply:
        is_pushy = "Hurry" in request["messages"][-1]["content"]
        said = '{"verdict": "fail", "quotes": ["nowhere"], "reason": ""}' if is_pushy else "Well."
        return Reply(body=completion(said))

    with ModelServer(answer) as server:
        world = judged_world(tmp_path, server, labelled=5)
        _set(world)
        world.client("editor").post(f"{URL}/measure")
        work(world)
    page = world.client("viewer").get(URL).text
    assert "5 texts were not judged" in page
    assert "is not the JSON that was asked for (the whole) (3)" in page
    assert "quotes what the text does not say (2)" in page


def test_a_changed_criterion_is_another_judge(tmp_path: Path) -> None:
    with ModelServer(strict_judge) as server:
        world = judged_world(tmp_path, server, labelled=104)
        _set(world, counts="y")
        world.client("editor").post(f"{URL}/measure")
        work(world)
        assert "Counts in the gate" in world.client("viewer").get(URL).text
        _set(world, counts="y", votes="5")
        assert "was not measured" in world.client("viewer").get(URL).text


def test_nothing_is_asked_without_a_judge_or_labels(tmp_path: Path) -> None:
    world = judged_world(tmp_path)
    client = world.client("editor")
    client.post(f"{URL}/measure")
    assert "no judge" in client.get(URL).text
    _set(world)
    client.post(f"{URL}/measure")
    assert "nothing to compare with" in client.get(URL).text


def test_a_measurement_without_a_model_server_says_so(tmp_path: Path) -> None:
    world = judged_world(tmp_path, labelled=2)
    _set(world)
    world.client("editor").post(f"{URL}/measure")
    work(world)
    assert "No model is configured" in world.client("viewer").get(URL).text

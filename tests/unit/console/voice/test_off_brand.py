"""Off-brand texts: asked of a model server over real HTTP, looked through, taken into the draft by choice."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from console.assets.editing import working_copy
from console.jobs.ledger import NotYetError
from console.voice import jobs as voice_jobs
from copydesk.assets import Kind
from models import AuditEntry, OffBrandBatch
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World, make_world
from tests.factories.generated import generated_cases, write_cases, write_generated_policy
from tests.factories.policies import work
from tests.simulators.model_server import ModelServer, Reply, completion

URL = "/w/acme/assets/style_guide/house/off-brand"
ON_BRAND = "Pack well, walk far."
THERE = "An example that was here before."
PROMPT = {
    "title": "Late parcel",
    "purpose": "Say that a parcel is late.",
    "channel": "email",
    "variables": [{"name": "first_name"}],
    "blocks": [
        {"id": "role", "role": "system", "text": "You are as dry as a stone wall."},
        {"id": "ask-1", "role": "user", "text": "Tell Priya that it is late."},
        {"id": "answer-1", "role": "assistant", "text": "It is late, Priya."},
        {"id": "brief", "role": "user", "text": "Tell {{ first_name }} that the parcel is late."},
    ],
    "model": {"model": "small-model", "temperature": "0.3", "max_tokens": 90},
}


def long_answer(number: int, request: Mapping[str, Any]) -> Reply:
    """Write a text of more than a hundred words that differs from request to request."""
    asked = json.dumps([request["messages"], request.get("seed")])
    word = hashlib.sha256(asked.encode()).hexdigest()[:8].translate(str.maketrans("0123456789", "ghijklmnop"))
    return Reply(body=completion(f"Dear customer, {word} " + "we regret to inform you of it. " * 18))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(long_answer) as running:
        yield running


def voice_world(home: Path, server: ModelServer, cases: int = 3, **environ: str) -> World:
    """Make a console with a style guide of two examples and golden cases to write for."""
    world = make_world(home, {"OPENAI_BASE_URL": server.url, "GENERATION_TIMEOUT_S": "20", **environ})
    write_generated_policy(world, 1)
    add_asset(world, Kind.PROMPT, PROMPT, name="late-parcel")
    voice = {"on_brand": [ON_BRAND], "off_brand": [THERE]}
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House", "voice": voice}, name="house")
    write_cases(world, generated_cases(cases, prompt="late-parcel"))
    return world


def draft_of(world: World) -> dict[str, Any]:
    with world.session() as session:
        found: dict[str, Any] = working_copy(
            session, asset_of(session, world, "style_guide", "house")
        ).content
        return dict(found["voice"])


def batch_of(world: World) -> OffBrandBatch:
    with world.session() as session:
        return session.scalars(select(OffBrandBatch).order_by(OffBrandBatch.id.desc()).limit(1)).one()


def actions(world: World) -> list[str]:
    with world.session() as session:
        return [
            entry.action
            for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq))
            if ".off_brand" in entry.action
        ]


def test_ticked_texts_and_no_others_go_into_the_draft(tmp_path: Path, server: ModelServer) -> None:
    world = voice_world(tmp_path, server)
    client = world.client("editor")
    part = client.get("/w/acme/assets/style_guide/house/parts/voice").text
    assert "Write off-brand texts with the model" in part
    assert "briefs of 3 golden cases" in client.get(URL).text
    assert client.post(URL, data={"wanted": "5"}).status_code == 303
    assert "The model is writing" in client.get(URL).text
    work(world)
    batch = batch_of(world)
    texts = [text["text"] for text in batch.report["texts"]]
    assert (batch.state, len(set(texts)) >= 5) == ("done", True)
    page = client.get(URL).text
    assert texts[1] in page
    assert page.count(" checked>") == 0
    assert draft_of(world)["off_brand"] == [THERE]
    assert client.get(f"{URL}?tick=all").text.count(" checked>") == len(texts)

    answer = client.post(f"{URL}/{batch.id}/take", data={"texts": ["0", "3"]})
    assert answer.status_code == 303
    assert draft_of(world) == {"on_brand": [ON_BRAND], "off_brand": [THERE, texts[0], texts[3]]}
    assert "2 texts are in the draft." in client.get(answer.location).text
    assert client.get(URL).text.count('name="texts"') == len(texts) - 2
    again = client.post(f"{URL}/{batch.id}/take", data={"texts": ["0"]})
    assert (again.status_code, "Tick at least one text" in again.text) == (422, True)
    assert len(draft_of(world)["off_brand"]) == 3
    assert actions(world) == ["asset.off_brand_asked", "asset.off_brand_taken"]


def test_the_model_hears_the_brief_and_nothing_of_the_brand(tmp_path: Path, server: ModelServer) -> None:
    world = voice_world(tmp_path, server)
    world.client("editor").post(URL, data={"wanted": "3"})
    work(world)
    asked = [request["messages"] for request in server.requests]
    assert {len(messages) for messages in asked} == {1}
    assert {messages[0]["role"] for messages in asked} == {"user"}
    briefs = {messages[0]["content"].splitlines()[0] for messages in asked}
    assert briefs == {f"Tell Ada {n} that the parcel is late." for n in range(3)}
    said = json.dumps(server.requests)
    assert "stone wall" not in said
    assert "Priya" not in said
    assert ON_BRAND not in said
    assert {request["model"] for request in server.requests} == {"small-model"}
    assert {request["max_tokens"] for request in server.requests} == {500}


def test_short_looping_and_repeated_answers_are_counted_and_not_kept(tmp_path: Path) -> None:
    def answers(number: int, request: Mapping[str, Any]) -> Reply:
        if number == 5:
            return Reply(body=completion("We are sorry.\n" * 60))
        if number % 2:
            return Reply(body=completion("It is late."))
        return Reply(body=completion("We regret to inform you of the delay. " * 15))

    with ModelServer(answers) as server:
        world = voice_world(tmp_path, server, GENERATION_CONCURRENCY="1")
        world.client("editor").post(URL, data={"wanted": "2"})
        work(world)
    batch = batch_of(world)
    counts = {name: batch.report[name] for name in ("short", "looping", "repeated")}
    assert (batch.state, batch.done, counts) == ("done", 1, {"short": 3, "looping": 1, "repeated": 3})
    assert len(server.requests) == 8, "four answers at most for each text"
    page = world.client("editor").get(URL).text
    assert "1 of 2 texts came of 8 answers: 3 were shorter than 100 words" in page
    assert "1 said one line over and over, 3 were there already." in page


def test_a_server_that_is_down_is_said_in_words_and_what_came_before_is_kept(tmp_path: Path) -> None:
    def answers(number: int, request: Mapping[str, Any]) -> Reply:
        return long_answer(number, request) if number == 1 else Reply(401, {"error": {"message": "bad key"}})

    with ModelServer(answers) as server:
        world = voice_world(tmp_path, server, GENERATION_CONCURRENCY="1")
        client = world.client("editor")
        client.post(URL, data={"wanted": "20"})
        work(world)
    assert len(server.requests) == 4, "three refusals in a row end it"
    page = client.get(URL).text
    assert "The model stopped answering." in page
    assert "No text: the model server answered 401" in page
    assert "The texts below came before; nothing is lost." in page
    batch = batch_of(world)
    assert (batch.state, batch.done) == ("failed", 1)
    assert client.post(f"{URL}/{batch.id}/take", data={"texts": ["0"]}).status_code == 303
    assert len(draft_of(world)["off_brand"]) == 2


def test_without_a_model_the_page_says_what_to_set(tmp_path: Path, server: ModelServer) -> None:
    world = voice_world(tmp_path, server, OPENAI_BASE_URL="", OPENAI_API_KEY="")
    client = world.client("editor")
    client.post(URL, data={"wanted": "3"})
    work(world)
    page = client.get(URL).text
    assert "The model gave no text." in page
    assert "Set OPENAI_API_KEY or OPENAI_BASE_URL" in page
    assert client.post(URL, data={"wanted": "3"}).status_code == 303, "it can be asked again"


def test_a_killed_workers_successor_pays_for_no_answer_twice(tmp_path: Path, server: ModelServer) -> None:
    world = voice_world(tmp_path, server, GENERATION_CONCURRENCY="1")
    world.client("editor").post(URL, data={"wanted": "3"})
    stop = threading.Event()
    batch_id = batch_of(world).id
    taken = voice_jobs._Batch.take

    with world.app.app_context(), pytest.MonkeyPatch.context() as patch:
        # As a worker ends that is told to stop after its first answer.
        patch.setattr(voice_jobs._Batch, "take", lambda self, answer: (stop.set(), taken(self, answer))[1])
        voice_jobs.write(world.app, {"batch_id": batch_id}, stop)
    assert (batch_of(world).state, len(server.requests)) == ("running", 1)
    work(world)
    assert (batch_of(world).state, batch_of(world).done, len(server.requests)) == ("done", 3, 3)


def test_who_waits_for_other_work_gets_a_turn_between_texts(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = voice_world(tmp_path, server, GENERATION_CONCURRENCY="1")
    world.client("editor").post(URL, data={"wanted": "3"})
    monkeypatch.setattr(voice_jobs, "TURN_S", 0.0)
    with world.app.app_context():
        for turn in (1, 2):
            with pytest.raises(NotYetError):
                voice_jobs.write(world.app, {"batch_id": 1}, threading.Event())
            assert (batch_of(world).state, batch_of(world).done, len(server.requests)) == (
                "running",
                turn,
                turn,
            )
        voice_jobs.write(world.app, {"batch_id": 1}, threading.Event())
    assert (batch_of(world).state, batch_of(world).done) == ("done", 3)


def test_another_batch_brings_other_texts(tmp_path: Path, server: ModelServer) -> None:
    world = voice_world(tmp_path, server, GENERATION_CONCURRENCY="1")
    client = world.client("editor")
    seen: list[set[str]] = []
    for _ in range(2):
        client.post(URL, data={"wanted": "3"})
        work(world)
        seen.append({text["text"] for text in batch_of(world).report["texts"]})
    assert not seen[0] & seen[1]
    page = client.get(URL).text
    assert "Other texts" in page
    assert next(iter(seen[0])) in client.get(f"{URL}?batch={batch_of(world).id - 1}").text


def test_writing_is_stopped_with_the_texts_that_are_there(tmp_path: Path, server: ModelServer) -> None:
    world = voice_world(tmp_path, server)
    client = world.client("editor")
    client.post(URL, data={"wanted": "3"})
    refused = client.post(URL, data={"wanted": "7"})
    assert (refused.status_code, "are being written for this style guide already" in refused.text) == (
        422,
        True,
    )
    batch_id = batch_of(world).id
    assert client.post(f"{URL}/{batch_id}/stop").status_code == 303
    work(world)
    assert (batch_of(world).state, len(server.requests)) == ("done", 0)
    assert actions(world) == ["asset.off_brand_asked", "asset.off_brand_stopped"]


@pytest.mark.parametrize("wanted", ["", "0", "201", "many"])
def test_a_number_that_does_not_fit_is_named_at_its_field(
    tmp_path: Path, server: ModelServer, wanted: str
) -> None:
    answer = voice_world(tmp_path, server).client("editor").post(URL, data={"wanted": wanted})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{wanted}"' in answer.text


def test_fixed_texts_and_other_languages_give_no_brief(tmp_path: Path, server: ModelServer) -> None:
    world = voice_world(tmp_path, server)
    fixed = {**generated_cases(1, prompt="late-parcel")[0], "text": "Fixed."}
    german = {**generated_cases(2, prompt="late-parcel")[1], "locale": "de-DE"}
    write_cases(world, [fixed, german])
    client = world.client("editor")
    assert "No golden case has a brief to write from." in client.get(URL).text
    answer = client.post(URL, data={"wanted": "3"})
    assert (answer.status_code, "No golden case has a brief to write from" in answer.text) == (422, True)


def test_who_may_not_edit_reads_and_changes_nothing(tmp_path: Path, server: ModelServer) -> None:
    world = voice_world(tmp_path, server)
    world.client("editor").post(URL, data={"wanted": "3"})
    work(world)
    batch_id, legal = batch_of(world).id, world.client("legal")
    page = legal.get(URL)
    assert (page.status_code, "<form" in page.text.split("<main")[1].split("</main>")[0]) == (200, False)
    for url in (URL, f"{URL}/{batch_id}/take", f"{URL}/{batch_id}/stop"):
        assert legal.post(url, data={"wanted": "3", "texts": ["0"]}).status_code == 403
    assert world.client("outsider").get(URL).status_code == 404
    assert world.client("editor").get(f"{URL}/{batch_id + 1}/progress").status_code == 404
    assert draft_of(world)["off_brand"] == [THERE]


def test_what_the_audit_log_keeps_of_texts_is_their_number(tmp_path: Path, server: ModelServer) -> None:
    world = voice_world(tmp_path, server)
    client = world.client("editor")
    client.post(URL, data={"wanted": "3"})
    work(world)
    batch_id = batch_of(world).id
    client.post(f"{URL}/{batch_id}/take", data={"texts": ["1"]})
    taken = select(AuditEntry).where(AuditEntry.action == "asset.off_brand_taken")
    with world.session() as session:
        entry = session.scalars(taken).one()
        assert entry.actor_id == world.user_ids["editor"]
        assert entry.after == {"batch": batch_id, "texts": 1}

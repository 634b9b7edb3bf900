"""`copydesk propose` and `copydesk gate` against a real console over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select
from werkzeug.serving import make_server

from console.assets import drafting
from console.assets import operations as assets
from console.extensions import db
from console.jobs.worker import Worker
from copydesk.ci_summary import run_summary
from copydesk.cli import main
from models import Asset, Candidate, Review, ReviewState, Revision, Run
from tests.factories.bundles import assets as small_assets
from tests.factories.console import World
from tests.factories.policies import BAD, GOOD, api_token, change_cases, start_run, work, write_policy


@dataclass
class Console:
    """A served console and the folder that CI proposes from."""

    world: World
    url: str
    folder: Path

    def write(self, kind: str, name: str, content: object) -> None:
        """Put an asset file into the folder."""
        path = self.folder / kind / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content), "utf-8")

    def propose(self, *more: str) -> int:
        """Run `copydesk propose`."""
        return main(["propose", str(self.folder), "--message", "From CI", "--golden-set", "cases", *more])


@pytest.fixture
def console(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    write_policy(world)
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setenv("COPYDESK_API_TOKEN", api_token(world, "editor"))
    for name, value in (("URL", url), ("WORKSPACE", "acme"), ("POLICY", "mail")):
        monkeypatch.setenv(f"COPYDESK_{name}", value)
    yield Console(world, url, tmp_path / "content")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def worker(console: Console) -> Iterator[Worker]:
    made = Worker(console.world.app, db, console.world.app.extensions["copydesk_jobs"])
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.stopping.set()
    thread.join()


def glossary(term: str) -> object:
    return small_assets(term)["glossary"]["house"]


def test_a_changed_file_becomes_a_revision_a_candidate_a_run_and_a_review(
    console: Console, worker: Worker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    console.write("glossary", "house", glossary("bargain"))
    summary = tmp_path / "summary.md"

    code = console.propose("--request-review", "--json", "--summary", str(summary))

    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert said["saved"] == ["glossary/house r2"]
    with console.world.session() as session:
        review = session.get_one(Review, said["review"])
        assert (review.state, review.run_id, review.candidate_id) == (
            ReviewState.OPEN,
            said["run"],
            said["candidate"],
        )
        revision = session.scalars(select(Revision).order_by(Revision.id.desc()).limit(1)).one()
        assert revision.content["terms"][0]["term"] == "bargain"
        assert (revision.message, revision.author_id) == ("From CI", console.world.user_ids["editor"])
    assert "## Copydesk gate: met" in summary.read_text("utf-8")


def test_proposing_the_same_again_saves_nothing_and_is_the_same_candidate(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    console.write("glossary", "house", glossary("cheap"))

    assert [console.propose("--json"), console.propose("--json")] == [0, 0]

    with console.world.session() as session:
        assert session.scalar(select(func.count()).select_from(Candidate)) == 1
        house = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        assert (house.last_revision_number, house.draft) == (1, None)


def test_a_new_file_becomes_a_new_asset_of_the_policy(console: Console) -> None:
    console.write("glossary", "legal-terms", {"title": "Legal", "terms": []})

    assert console.propose() == 0

    with console.world.session() as session:
        made = session.scalars(select(Asset).where(Asset.name == "legal-terms")).one()
        candidate = session.scalars(select(Candidate)).one()
        assert made.id in {pin.asset_id for pin in candidate.pins}


def test_content_that_does_not_fit_is_refused_before_anything_is_sent(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    console.write("glossary", "house", {"title": "House", "terms": [{"id": "x", "term": ""}]})

    assert console.propose() == 1

    said = capsys.readouterr().err
    assert "house.yml" in said
    assert "terms.0" in said
    with console.world.session() as session:
        assert session.scalar(select(func.count()).select_from(Candidate)) == 0


def test_the_open_draft_of_a_person_is_never_overwritten(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    by = console.world.actor("editor2")
    with console.world.session() as session:
        house = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        draft = drafting.open_draft(session, house, by=by)
        mine = {"title": "Half-way", "terms": []}
        assets.save_draft(session, house, mine, base_lock=draft.lock_number, by=by)
    console.write("glossary", "house", glossary("bargain"))

    assert console.propose() == 1

    assert "Editor2" in capsys.readouterr().err
    with console.world.session() as session:
        house = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        assert house.draft is not None
        assert house.draft.content["title"] == "Half-way"


@pytest.mark.parametrize(("text", "code", "words"), [(GOOD, 0, "gate: met"), (BAD, 1, "**not met**")])
def test_the_gate_answers_by_its_exit_code_and_a_summary(
    console: Console, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: int, words: str
) -> None:
    change_cases(console.world, [GOOD, text])
    _, run_id = start_run(console.world)
    work(console.world)
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")

    assert main(["gate", str(run_id), "--summary", str(summary)]) == code

    written = summary.read_text("utf-8")
    assert written.startswith("before\n")
    assert words in written
    assert words in capsys.readouterr().out


def test_a_run_that_does_not_end_in_time_is_no_verdict(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    _, run_id = start_run(console.world)

    assert main(["gate", str(run_id), "--timeout", "0"]) == 3
    assert "0 of 1 samples" in capsys.readouterr().err


def test_a_cancelled_run_has_no_verdict(console: Console) -> None:
    _, run_id = start_run(console.world)
    with console.world.session() as session:
        session.get_one(Run, run_id).cancel_requested = True
    work(console.world)

    assert main(["gate", str(run_id)]) == 5


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("COPYDESK_API_TOKEN", "cka_wrong", 3),
        ("COPYDESK_API_TOKEN", "", 2),
        ("COPYDESK_URL", "http://127.0.0.1:9", 3),
        ("COPYDESK_URL", "ftp://example.com", 2),
        ("COPYDESK_WORKSPACE", "", 2),
        ("COPYDESK_POLICY", "other", 5),
    ],
)
def test_every_way_of_not_getting_there_has_its_exit_code(
    console: Console, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: int
) -> None:
    monkeypatch.setenv(name, value)

    assert main(["gate", "1"]) == code


def test_a_viewers_token_is_turned_away(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.write("glossary", "house", glossary("bargain"))
    monkeypatch.setenv("COPYDESK_API_TOKEN", api_token(console.world, "viewer"))

    assert console.propose() == 3


@pytest.mark.parametrize("files", [{}, {"novel/house.yml": "title: x"}, {"glossary/house.yml": "a: [1"}])
def test_a_folder_without_readable_assets_is_a_wrong_command(console: Console, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = console.folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")

    assert console.propose() == 2


def test_a_summary_stays_a_table_whatever_the_cases_are_called() -> None:
    condition = {"id": "floor:overall", "state": "not_met", "message": "a | b\nc"}
    run = {
        "number": 1,
        "golden_set": "cases",
        "golden_revision": 2,
        "gate": {"is_met": False, "conditions": [condition]},
        "summary": {
            "passed": 1,
            "total": 30,
            "newly_failing": [f"case-{n}" for n in range(25)],
            "newly_passing": None,
        },
    }

    written = run_summary(run)

    assert "| `floor:overall` | **not met** | a \\| b c |" in written
    assert "and 5 more" in written

"""A judge's way on PostgreSQL: compared with labels, then counted in a run, its cost added up and limited."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from console.judge.queries import outlays
from models import CheckVerdict, JudgeAgreement, JudgeCall, Run
from tests.factories.judges import TERMS, judged_world, strict_judge
from tests.factories.policies import start_run, work
from tests.simulators.model_server import ModelServer

URL = "/w/acme/p/mail/checks/judge"

pytestmark = pytest.mark.postgres


def test_a_judge_is_measured_and_counts_in_the_next_run(tmp_path: Path, postgres_url: str) -> None:
    with ModelServer(strict_judge) as server:
        world = judged_world(tmp_path, server, labelled=104, DATABASE_URL=postgres_url)
        client = world.client("editor")
        assert client.post(URL, data=TERMS | {"counts": "y"}).status_code == 303
        start_run(world)
        work(world)
        client.post(f"{URL}/measure")
        work(world)
        assert "Counts in the gate" in client.get(URL).text
        start_run(world)
        work(world)
    with world.session() as session:
        assert session.scalars(select(JudgeAgreement.state)).one() == "done"
        runs = session.scalars(select(Run).order_by(Run.id)).all()
        asked = [{e["check"] for e in run.engines} & {"judge", "judge_advice"} for run in runs]
        assert asked == [{"judge_advice"}, {"judge"}]
        verdict = select(CheckVerdict.outcome).where(CheckVerdict.run_id == runs[1].id)
        assert session.scalars(verdict.where(CheckVerdict.check == "judge")).all() == ["pass"]
        # The second run asks what the first one asked, so it is paid for once.
        found = {one.purpose: one for one in outlays(session, world.policy_id, 5)}
        assert found["agreement"].calls == session.query(JudgeCall).filter_by(purpose="agreement").count()
        assert found["agreement"].prompt_tokens == 11 * found["agreement"].calls
        assert found["run"].calls == 1
    page = client.get(URL).text
    assert 'id="only-judge"' in page
    world.close()


def test_the_limit_of_calls_holds(tmp_path: Path, postgres_url: str) -> None:
    with ModelServer(strict_judge) as server:
        world = judged_world(tmp_path, server, labelled=12, DATABASE_URL=postgres_url)
        client = world.client("editor")
        client.post(URL, data=TERMS | {"max_calls": "5"})
        client.post(f"{URL}/measure")
        work(world)
        assert len(server.requests) == 5
    assert "the limit of 5 calls is reached" in client.get(URL).text
    world.close()

"""What the seeding of the demo company leaves behind, and that it happens once."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import func, select

from console.demo.seed import Stage, seed
from console.extensions import db
from console.factory import create_app
from console.jobs.worker import Worker
from models import (
    AuditEntry,
    Bundle,
    Channel,
    GenerationCacheEntry,
    Policy,
    Review,
    ReviewState,
    Revision,
    Run,
)
from tests.factories.console import make_settings


def test_seeding_publishes_version_1_and_leaves_a_change_under_review(
    demo_home: Path, tmp_path: Path
) -> None:
    settings = make_settings(Path(shutil.copytree(demo_home, tmp_path / "home")))
    app = create_app(settings, {"TESTING": True})
    stage = Stage(settings, Worker(app, db, app.extensions["copydesk_jobs"]).run_until_idle)
    with app.app_context():
        before = _counts()
        with db.read() as session:
            production = session.scalars(select(Channel).where(Channel.name == "production")).one()
            bundle = session.get_one(Bundle, production.bundle_id)
            review = session.scalars(select(Review).where(Review.number == 2)).one()
            sources = {s for run in session.scalars(select(Run)) for s in (run.summary or {})["sources"]}
        assert (bundle.version, review.state) == (1, ReviewState.OPEN)
        assert sources <= {"fixed", "cached"}, "the seed needs no model"
        assert seed(stage) is False
        assert _counts() == before
    db.engine.dispose()


def _counts() -> list[int | None]:
    models = (AuditEntry, Bundle, GenerationCacheEntry, Policy, Review, Revision, Run)
    with db.read() as session:
        return [session.scalar(select(func.count()).select_from(model)) for model in models]

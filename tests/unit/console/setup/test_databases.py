"""The databases that tests get are real, fresh and of both kinds."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from console.config import load_settings


def test_each_test_gets_an_empty_database_of_either_kind(database_url, tmp_path):
    settings = load_settings({"COPYDESK_HOME": str(tmp_path), "DATABASE_URL": database_url})
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE there_was_one_before (id INTEGER)"))
        connection.execute(text("INSERT INTO there_was_one_before VALUES (1)"))
        assert connection.scalar(text("SELECT count(*) FROM there_was_one_before")) == 1
    engine.dispose()

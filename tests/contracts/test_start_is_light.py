"""Starting the console does no work that only some processes need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
import console.factory
from console.accounts import passwords
for area in (*console.factory.PAGE_AREAS, *console.factory.API_AREAS):
    __import__(f"console.{area}.views" if area in console.factory.PAGE_AREAS else f"console.{area}.api")
print(sorted({"openpyxl", "torch", "sklearn", "onnxruntime"} & sys.modules.keys()))
print(passwords._absent_hash.cache_info().currsize)
"""


def test_neither_workbooks_nor_models_are_loaded_and_no_password_is_hashed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["[]", "0"]

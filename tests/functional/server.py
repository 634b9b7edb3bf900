"""Starts the real thing for browser tests: web server, worker, embedded model; each its own process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from console.setup.start import Address, free_port, is_ready, programs
from console.setup.supervise import Program

ROOT = Path(__file__).resolve().parents[2]
READY_LIMIT_S = 90
STOP_LIMIT_S = 20
# Compiling a policy's word vectors and running its recorded cases takes a while on two busy cores.
COMMAND_LIMIT_S = 540
SHOWN_LOG_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class Console:
    """A running Copydesk: its address, its folder, and the environment its programs run in."""

    url: str
    home: Path
    env: Mapping[str, str]

    def flask(self, *arguments: str) -> str:
        """Run a console command on the same data and return what it prints."""
        return flask(self.home, *arguments, env=self.env)


def flask(home: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Run `flask` with its data in a folder and return what it prints."""
    return run_python(home, "-m", "flask", "--app", "app:app", *arguments, env=env)


def run_python(home: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Run Python in the console's environment, its data in a folder; fails with what it said."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=_environment(home, env),
        capture_output=True,
        text=True,
        timeout=COMMAND_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


@contextmanager
def model_server(home: Path) -> Iterator[Mapping[str, str]]:
    """Run the embedded model alone; gives the settings that lead to it."""
    model, *others = programs(Address("127.0.0.1", free_port()), with_model=True)
    provider = {name: value for name, value in others[0].env.items() if name.startswith("OPENAI_")}
    with _running(model, home):
        _wait(f"{provider['OPENAI_BASE_URL'].removesuffix('/v1')}/health", home)
        yield provider


@contextmanager
def running(
    home: Path, env: Mapping[str, str] | None = None, *, only: Collection[str] = ("web", "worker")
) -> Iterator[Console]:
    """Run web server and worker on the data of a folder until the block ends.

    Args:
        home: COPYDESK_HOME, with a database that has the newest schema.
        env: further settings, for example where the model is.
        only: which programs; a test that decides when the work is done leaves the worker out.
    """
    address = Address("127.0.0.1", free_port())
    with ExitStack() as stack:
        for program in programs(address, with_model=False):
            if program.name not in only:
                continue
            settings = {**program.env, **(env or {})}
            stack.enter_context(_running(Program(program.name, program.command, settings), home))
        _wait_ready(address, home)
        yield Console(address.url, home, {**(env or {}), "HOST": address.host, "PORT": str(address.port)})


def _environment(home: Path, env: Mapping[str, str] | None) -> dict[str, str]:
    """Leave out what a developer's own shell may set: tests decide about provider, home and mode."""
    ours = ("COPYDESK_", "OPENAI_", "DATABASE_URL", "SECRET_KEY", "KEY_PASSPHRASE", "PUBLIC_URL", "MAIL_URL")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**inherited, "COPYDESK_HOME": str(home), **(env or {})}


@contextmanager
def _running(program: Program, home: Path) -> Iterator[None]:
    with (home / f"{program.name}.log").open("ab") as log:
        process = subprocess.Popen(
            _command(program.command),
            cwd=ROOT,
            env=_environment(home, program.env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(command: Sequence[str]) -> list[str]:
    # What `make run` does too: the program ends with the tests, even when they are killed.
    return [sys.executable, "-m", "console.setup.child", str(os.getpid()), *command]


def _wait_ready(address: Address, home: Path) -> None:
    until = time.monotonic() + READY_LIMIT_S
    while not is_ready(address):
        _give_up_after(until, home)


def _wait(url: str, home: Path) -> None:
    until = time.monotonic() + READY_LIMIT_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        _give_up_after(until, home)


def _give_up_after(until: float, home: Path) -> None:
    if time.monotonic() > until:
        logs = {path.name: path.read_text(errors="replace")[-SHOWN_LOG_CHARS:] for path in home.glob("*.log")}
        raise AssertionError(f"not ready after {READY_LIMIT_S} s: {logs}")
    time.sleep(0.2)

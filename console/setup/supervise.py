"""Keeps a set of programs running: starts them, passes their output on, restarts what dies, stops all.

Standard library only. Each program leads its own process group, so that stopping it stops what it
started, and Ctrl-C in the terminal reaches the supervisor alone, which then stops all in good order.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

IMPATIENT_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Program:
    """A program to keep running; `env` is added to the supervisor's own environment."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast what dies is restarted, and how long a program may take to stop."""

    first_delay_s: float = 0.5
    longest_delay_s: float = 30.0
    # A program that lived this long has recovered: its next restart is quick again.
    steady_after_s: float = 30.0
    grace_s: float = 10.0

    def delay_s(self, quick_deaths: int) -> float:
        """Return the wait before the restart after this many deaths in a row, doubling up to a limit."""
        return min(self.first_delay_s * 2.0 ** min(quick_deaths - 1, 16), self.longest_delay_s)


@dataclass(frozen=True, slots=True)
class Died:
    """Event: a program's process has ended."""

    name: str
    process_id: int
    code: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Event: someone asked the supervisor to stop."""

    by: str


@dataclass(slots=True)
class Running:
    """What the supervisor knows of one program; `process` is None between death and restart."""

    program: Program
    process: subprocess.Popen[str] | None = None
    started_s: float = 0.0
    quick_deaths: int = 0
    restart_at_s: float | None = None


class Supervisor:
    """Runs programs until it is told to stop.

    Args:
        programs: what to keep running, started in this order and stopped in the reverse.
        pace: restart delays and grace period.
        cwd: folder in which the programs run.
        say: takes each line of output, the programs' own with their name in front.
    """

    def __init__(
        self, programs: Sequence[Program], *, pace: Pace | None = None, cwd: Path, say: Callable[[str], None]
    ) -> None:
        self._pace = pace or Pace()
        self._cwd = cwd
        self._say = say
        self._all = {program.name: Running(program) for program in programs}
        self._width = max((len(name) for name in self._all), default=0)
        # SimpleQueue.put may be called from a signal handler; Queue.put may not.
        self._events: queue.SimpleQueue[Died | Asked] = queue.SimpleQueue()

    def stop(self, by: str) -> None:
        """Ask for the end; returns at once. Asked a second time, the grace period is over."""
        self._events.put(Asked(by))

    def run(self) -> None:
        """Start everything and keep it running until `stop` is called; then stop all and return."""
        for running in self._all.values():
            self._start(running)
        while True:
            try:
                event = self._events.get(timeout=self._next_restart_in_s())
            except queue.Empty:
                self._restart_what_is_due()
                continue
            if isinstance(event, Asked):
                self._say(f"Stopping ({event.by}) …")
                break
            self._note_death(event)
        self._stop_all()

    def stop_on_signals(self) -> None:
        """Let SIGINT, SIGTERM and SIGHUP stop everything; call it from the main thread."""

        def handle(number: int, _frame: FrameType | None) -> None:
            self.stop(signal.Signals(number).name)

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, handle)

    def _start(self, running: Running) -> None:
        program = running.program
        wrapper = (sys.executable, "-m", "console.setup.child", str(os.getpid()))
        running.process = subprocess.Popen(
            [*wrapper, *program.command],
            cwd=self._cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **program.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        running.started_s = time.monotonic()
        running.restart_at_s = None
        self._in_background(self._pass_on, program.name, running.process.stdout)
        self._in_background(self._await_end, program.name, running.process)

    @staticmethod
    def _in_background(work: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()

    def _pass_on(self, name: str, output: IO[str]) -> None:
        for line in output:
            self._say(f"{name:<{self._width}} | {line.rstrip()}")
        output.close()

    def _await_end(self, name: str, process: subprocess.Popen[str]) -> None:
        code = process.wait()
        self._events.put(Died(name, process.pid, code))

    def _note_death(self, event: Died) -> None:
        running = self._all[event.name]
        if running.process is None or running.process.pid != event.process_id:
            return
        # What it had started must not linger on its port or its database.
        _signal_group(event.process_id, signal.SIGKILL)
        running.process = None
        now = time.monotonic()
        lived_s = now - running.started_s
        running.quick_deaths = 1 if lived_s >= self._pace.steady_after_s else running.quick_deaths + 1
        delay_s = self._pace.delay_s(running.quick_deaths)
        running.restart_at_s = now + delay_s
        self._say(f"{event.name} ended ({_ending(event.code)}) after {lived_s:.1f} s; again in {delay_s:g} s")

    def _next_restart_in_s(self) -> float | None:
        due = [running.restart_at_s for running in self._all.values() if running.restart_at_s is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _restart_what_is_due(self) -> None:
        now = time.monotonic()
        for running in self._all.values():
            if running.restart_at_s is not None and running.restart_at_s <= now:
                self._start(running)

    def _stop_all(self) -> None:
        alive = {r.process.pid: r for r in reversed(self._all.values()) if r.process is not None}
        for process_id in alive:
            _signal_group(process_id, signal.SIGTERM)
        asked_s = time.monotonic()
        deadline = asked_s + self._pace.grace_s
        while alive:
            try:
                event = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if isinstance(event, Asked):
                # One Ctrl-C may arrive twice, from the terminal and from make; impatience comes later.
                if time.monotonic() - asked_s > IMPATIENT_AFTER_S:
                    break
                continue
            alive.pop(event.process_id, None)
        for running in alive.values():
            self._say(f"{running.program.name} did not stop in time; killed")
        # Groups of programs that stopped in time too: a child of theirs may have ignored the request.
        for running in self._all.values():
            if running.process is not None:
                _signal_group(running.process.pid, signal.SIGKILL)
                running.process.wait()


def _signal_group(group_id: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group_id, number)


def _ending(code: int) -> str:
    return f"code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"

"""The supervisor restarts what dies and leaves nothing behind, shown on real processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from console.setup.supervise import Pace

ROOT = Path(__file__).resolve().parents[4]
# A limit against hanging for ever, not an expectation.
PATIENCE_S = 60
IDS = re.compile(r"^(\w+) +\| ids (\d+) (\d+)$")


@dataclass(frozen=True)
class Family:
    """One start of a supervised program: its process and the child it started."""

    name: str
    parent: psutil.Process
    child: psutil.Process

    @property
    def members(self) -> list[psutil.Process]:
        return [self.parent, self.child]


class Supervised:
    """The supervisor as another process, read line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.seen: list[Family] = []

    def next_family(self, name: str) -> Family:
        """Read on until the named program tells its ids."""
        for line in self.process.stdout:
            match = IDS.match(line.rstrip())
            if match:
                parent, child = (psutil.Process(int(number)) for number in match.groups()[1:])
                self.seen.append(Family(match.group(1), parent, child))
                if match.group(1) == name:
                    return self.seen[-1]
        raise AssertionError(f"the supervisor ended before {name} told its ids")

    def first_families(self) -> list[Family]:
        """Read on until both programs have told their ids."""
        while {family.name for family in self.seen} != {"willing", "stubborn"}:
            missing = {"willing", "stubborn"} - {family.name for family in self.seen}
            self.next_family(missing.pop() if len(missing) == 1 else "willing")
        return list(self.seen)

    def read_to_the_end(self) -> str:
        """Read what is left; returns when the supervisor has ended."""
        rest = self.process.stdout.read()
        self.process.wait(PATIENCE_S)
        return rest


@pytest.fixture
def supervised() -> Iterator[Supervised]:
    command = [sys.executable, "-m", "tests.unit.console.setup.supervised"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    guard = threading.Timer(PATIENCE_S, process.kill)
    guard.start()
    made = Supervised(process)
    try:
        yield made
    finally:
        guard.cancel()
        for family in made.seen:
            for member in family.members:
                if member.is_running():
                    member.kill()
        process.kill()
        process.wait()
        process.stdout.close()


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_S)
    assert [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


def test_what_is_killed_comes_back_and_its_children_do_not_linger(supervised):
    supervised.first_families()
    before = next(family for family in supervised.seen if family.name == "willing")
    os.kill(before.parent.pid, signal.SIGKILL)
    after = supervised.next_family("willing")
    assert after.parent.pid != before.parent.pid
    assert_gone(before.members)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_even_who_ignores_it(supervised, number):
    families = supervised.first_families()
    supervised.process.send_signal(number)
    said = supervised.read_to_the_end()
    assert supervised.process.returncode == 0
    assert f"Stopping ({number.name})" in said
    assert "stubborn did not stop in time; killed" in said
    assert_gone([member for family in families for member in family.members])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_programs_end_with_a_supervisor_that_is_killed(supervised):
    willing = next(family for family in supervised.first_families() if family.name == "willing")
    supervised.process.kill()
    assert_gone([willing.parent])
    willing.child.kill()


def test_restarts_slow_down_to_a_limit():
    pace = Pace(first_delay_s=0.5, longest_delay_s=30.0)
    assert [pace.delay_s(deaths) for deaths in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert pace.delay_s(10_000) == 30.0

"""A supervisor with two programs, run as a process of its own by the supervisor's tests.

Each program tells its process id and that of a child it starts, then waits; `stubborn` ignores SIGTERM,
and so does its child.
"""

from __future__ import annotations

import sys
from pathlib import Path

from console.setup.supervise import Pace, Program, Supervisor

ROOT = Path(__file__).resolve().parents[4]

WILLING = """
import os, signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(f"ids {os.getpid()} {child.pid}", flush=True)
signal.pause()
"""
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WILLING.replace(
    '"import signal; signal.pause()"',
    '"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"',
)


def main() -> None:
    """Supervise until stopped."""
    programs = [
        Program("willing", (sys.executable, "-c", WILLING)),
        Program("stubborn", (sys.executable, "-c", STUBBORN)),
    ]
    pace = Pace(first_delay_s=0.01, grace_s=0.5)
    supervisor = Supervisor(programs, pace=pace, cwd=ROOT, say=lambda line: print(line, flush=True))
    supervisor.stop_on_signals()
    supervisor.run()


if __name__ == "__main__":
    main()

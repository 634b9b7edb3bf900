"""Starts a program that cannot outlive its supervisor: `python -m console.setup.child PARENT_ID COMMAND…`.

A supervisor that is killed with -9 can stop nobody. Linux can: the kernel sends the program SIGTERM when
the process that started it is gone (prctl(2), PR_SET_PDEATHSIG). The request survives exec.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

# <linux/prctl.h>
PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ask for the signal, then become the program."""
    parent_id, *command = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        # The supervisor may have died before the request was made; then nobody would ever send the signal.
        if os.getppid() != int(parent_id):
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606  (no shell is wanted; the command is the supervisor's own)


if __name__ == "__main__":
    main(sys.argv[1:])

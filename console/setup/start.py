"""Starts Copydesk: `python -m console.setup.start [--production]`, after the set-up, in its environment.

Decides which programs there are (web, workers and, where no provider is set, the embedded model), checks
that the address is free, hands all to the supervisor, and says where to look once everything answers.
"""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from console.setup.supervise import Pace, Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8000
LARGEST_PORT = 65535
# Two, so that a long job, such as measuring a judge, never keeps a run waiting; a run is shared by both.
DEFAULT_WORKERS, MOST_WORKERS = 2, 64
# Long enough for requests in flight; the worker lets waiting and idle clients go at once.
GRACEFUL_TIMEOUT_S = 5
# gunicorn's ASGI worker with the console's short way for repeated requests.
WEB_WORKER = ("-k", "console.web.serving.Worker", "-w", "1", "--no-control-socket")
READY_EVERY_S = 0.5
READY_TIMEOUT_S = 2.0


class StartError(Exception):
    """Copydesk cannot start; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        """Return the address as gunicorn takes it; IPv6 addresses stand in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address to open on this machine, also where the server listens on all of them."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"


def read_address(env: Mapping[str, str]) -> Address:
    """Read HOST and PORT.

    Raises:
        StartError: PORT is no port number.
    """
    raw = env.get("PORT", "").strip()
    if raw and not (raw.isdigit() and 1 <= int(raw) <= LARGEST_PORT):
        raise StartError(f"PORT is {raw!r}; give a number from 1 to {LARGEST_PORT}")
    return Address(env.get("HOST", "").strip() or DEFAULT_HOST, int(raw) if raw else DEFAULT_PORT)


def read_workers(env: Mapping[str, str]) -> int:
    """Read WORKERS, how many processes do the background work; one on a machine with one processor.

    Raises:
        StartError: WORKERS is no number from 1 to 64.
    """
    raw = env.get("WORKERS", "").strip()
    if raw and not (raw.isascii() and raw.isdigit() and len(raw) <= 2 and 1 <= int(raw) <= MOST_WORKERS):
        raise StartError(f"WORKERS is {raw[:80]!r}; give a number from 1 to {MOST_WORKERS}")
    return int(raw) if raw else min(DEFAULT_WORKERS, os.cpu_count() or 1)


def require_free(address: Address) -> None:
    """Check that the server will be able to listen.

    Raises:
        StartError: the port is taken, needs rights, or the host is no address of this machine.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except socket.gaierror:
        raise StartError(f"HOST is {address.host!r}, which is no address of this machine") from None
    except OSError as error:
        raise StartError(_why_not(address, error)) from None


def _why_not(address: Address, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {address.port} on {address.host} is in use, perhaps by a Copydesk that still runs.\n"
            f"Stop it, or choose another port:  PORT={address.port + 1} make run"
        )
    if error.errno == errno.EACCES:
        return f"Port {address.port} needs root; choose one above 1023:  PORT=8000 make run"
    return f"Cannot listen on {address.bind}: {error.strerror}"


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wants_embedded_model(env: Mapping[str, str]) -> bool:
    """Whether no other provider is set."""
    return not env.get("OPENAI_BASE_URL") and not env.get("OPENAI_API_KEY")


def programs(address: Address, *, with_model: bool, workers: int = 1) -> list[Program]:
    """Return what has to run.

    Args:
        address: where the web server listens.
        with_model: start the embedded generation model and point web and workers to it.
        workers: how many processes do the background work.
    """
    python = sys.executable
    provider: dict[str, str] = {}
    result: list[Program] = []
    if with_model:
        port, key = free_port(), secrets.token_urlsafe(24)
        serving = {"MODEL_SERVER_PORT": str(port), "MODEL_SERVER_KEY": key}
        result.append(Program("model", (python, "-m", "console.setup.model_server"), serving))
        provider = {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "OPENAI_API_KEY": key}
    env = {"HOST": address.host, "PORT": str(address.port), **provider}
    web = [python, "-m", "gunicorn", *WEB_WORKER, "--bind", address.bind]
    web += ["--graceful-timeout", str(GRACEFUL_TIMEOUT_S), "app:asgi"]
    working = (python, "-m", "flask", "--app", "app:app", "worker")
    names = ["worker", *(f"worker-{number}" for number in range(2, workers + 1))]
    result += [Program(name, working, env) for name in names]
    result.append(Program("web", tuple(web), env))
    return result


def is_ready(address: Address) -> bool:
    """Whether the web server says that it and what it needs are ready."""
    try:
        with urllib.request.urlopen(f"{address.url}/readyz", timeout=READY_TIMEOUT_S) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def announce_when_ready(address: Address, accounts: Callable[[], str], over: threading.Event) -> None:
    """Print where to look, once: as soon as the server answers."""
    while not over.wait(READY_EVERY_S):
        if is_ready(address):
            print(banner(address, accounts()), flush=True)
            return


def banner(address: Address, accounts: str) -> str:
    """Return what is printed when everything answers."""
    rule = "─" * 64
    lines = ["", rule, f"  Copydesk is ready:  {address.url}", ""]
    if accounts:
        lines += [f"  {line}" for line in accounts.splitlines()] + [""]
    return "\n".join([*lines, "  Ctrl-C stops everything; data stay.", rule, ""])


def demo_accounts() -> str:
    """Return the lines that name the demo company's accounts."""
    from console.demo.content import load_demo

    demo = load_demo()
    lines = [f"{demo.company.name}'s demo accounts; the password of all is  {demo.company.demo_password}"]
    lines += [f"  {user.email:<34} {', '.join(user.roles)}" for user in demo.users]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Run until stopped; returns the exit code."""
    is_production = "--production" in arguments
    try:
        address = read_address(os.environ)
        require_free(address)
        with_model = not is_production and wants_embedded_model(os.environ)
        wanted = programs(address, with_model=with_model, workers=read_workers(os.environ))
    except StartError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    lock = threading.Lock()

    def say(line: str) -> None:
        with lock:
            print(line, flush=True)

    supervisor = Supervisor(wanted, pace=Pace(), cwd=ROOT, say=say)
    supervisor.stop_on_signals()
    over = threading.Event()
    # The accounts are read when all is up: the programs need the processors first.
    announced = (address, (lambda: "") if is_production else demo_accounts, over)
    threading.Thread(target=announce_when_ready, args=announced, daemon=True).start()
    supervisor.run()
    over.set()
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The web server closes when it is told to, whoever is still connected."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx

from console.setup.start import WEB_WORKER
from tests.factories.console import World, make_world
from tests.factories.policies import approve, propose, publish, runtime_token, write_policy
from tests.functional.test_distribution_server import BASE, ROOT, _address, until

# Far beyond the limit of this test: who waits for it has hung.
GRACEFUL_TIMEOUT_S = "600"
END_LIMIT_S = 60


def serve(world: World, log: Path) -> subprocess.Popen[bytes]:
    """Start gunicorn on a world, writing to a log."""
    environ = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "COPYDESK_HOME": str(world.settings.home),
        "SECRET_KEY": "test",
        "KEY_PASSPHRASE": "test passphrase",
    }
    command = [sys.executable, "-m", "gunicorn", *WEB_WORKER, "app:asgi", "--bind", "127.0.0.1:0"]
    command += ["--graceful-timeout", GRACEFUL_TIMEOUT_S]
    with log.open("wb") as output:
        return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)


def test_it_answers_who_waits_and_leaves_who_is_silent(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id)
    publish(world, review_id, "staging")
    headers = {"Authorization": f"Bearer {runtime_token(world)}"}
    process = serve(world, tmp_path / "web.log")
    try:
        url = _address(tmp_path / "web.log", process)
        first = httpx.get(f"{url}{BASE}/channels/staging", headers=headers, timeout=60)
        headers["If-None-Match"] = first.headers["etag"]
        answers: list[int] = []

        def wait() -> None:
            path = f"{url}{BASE}/channels/staging?wait=1"
            answers.append(httpx.get(path, headers=headers, timeout=120).status_code)

        held = threading.Thread(target=wait)
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as silent, httpx.Client() as idle:
            idle.get(f"{url}/sign-in", timeout=60)
            held.start()
            until(lambda: _is_held(process.pid, int(port)))
            idle.get(f"{url}/healthz", timeout=60)  # answered after what came before

            process.send_signal(signal.SIGTERM)

            assert process.wait(END_LIMIT_S) == 0
            held.join(END_LIMIT_S)
            assert answers == [304]
            assert silent.recv(1) == b""
    finally:
        process.kill()
        process.wait()
        world.close()


def _is_held(pid: int, port: int) -> bool:
    """Tell whether one is silent, one idle and one waiting: three connections are open to the server."""
    lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    local = f":{port:04X}"
    return sum(line.split()[1].endswith(local) and line.split()[3] == "01" for line in lines) >= 3

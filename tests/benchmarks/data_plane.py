"""The data plane beside a bare asyncio server, a plain Flask view and nginx, all under the same load."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx
from sqlalchemy import select

from console.assets import drafting
from console.assets import operations as assets
from console.config import ROOT
from console.setup.start import WEB_WORKER, free_port
from models import Asset
from tests.benchmarks.rows import Row, at_least
from tests.factories.bundles import assets as small_assets
from tests.factories.console import World, make_world
from tests.factories.policies import approve, propose, publish, runtime_token, write_policy

PATH = "/dist/v1/acme/mail/bundles/1"
LOAD_S, CONNECTIONS, ROUNDS = 1, 16, 7
BUNDLE_TERMS = 1060
START_LIMIT_S = 120
NAMES = (
    ("bundle 304 / bare asyncio server", 0.25),
    ("bundle 304 / plain Flask view under gthread", 3.0),
    ("bundle 200 at 100 KB / nginx", 0.5),
)
PLAIN_VIEW = "-k gthread -w 1 --threads 8 --no-control-socket tests.benchmarks.servers:plain".split()
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}
"""


def measure() -> Iterator[Row]:
    """Yield the three ratios, each the median of alternating rounds."""
    if shutil.which("wrk") is None:
        for name, bar in NAMES:
            yield Row(
                name, None, "ratio", bar, None, "not measured: wrk is missing (sudo apt-get install -y wrk)"
            )
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copydesk-bench-")))
        folder.chmod(0o755)  # nginx may serve as another user
        token = _publish(make_world(folder / "home"))
        url = stack.enter_context(_copydesk(folder / "home"))
        bare = stack.enter_context(_python(["-m", "tests.benchmarks.servers"]))
        flask = stack.enter_context(_gunicorn(PLAIN_VIEW))
        head = {"Authorization": f"Bearer {token}"}
        answer = httpx.get(url + PATH, headers=head, timeout=60)
        answer.raise_for_status()
        known = {**head, "If-None-Match": answer.headers["ETag"]}
        unchanged = _Side("bundle 304", url + PATH, known)
        yield _ratio(NAMES[0], unchanged, _Side("bare", bare + "/"))
        yield _ratio(NAMES[1], unchanged, _Side("Flask", flask + "/"))
        if _nginx_path() is None:
            reason = "not measured: nginx is missing (sudo apt-get install -y nginx-light)"
            yield Row(NAMES[2][0], None, "ratio", NAMES[2][1], None, reason)
            return
        static = stack.enter_context(_nginx(folder, answer.content))
        yield _ratio(
            NAMES[2], _Side("bundle 200", url + PATH, head), _Side("nginx", static + "/bundle.tar.gz")
        )


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two that are compared: its name, what is asked and with which headers."""

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


def _ratio(named: tuple[str, float], ours: _Side, theirs: _Side) -> Row:
    """Compare in alternating rounds, so that other work on the machine weighs on both; the median counts."""
    rounds = [(_load(ours), _load(theirs)) for _ in range(ROUNDS)]
    ratio = median(mine / other for mine, other in rounds)
    rates = [median(column) for column in zip(*rounds, strict=True)]
    note = f"{rates[0]:.0f} per s beside {rates[1]:.0f} of {theirs.name}, {ROUNDS} rounds"
    return at_least(named[0], ratio, named[1], note)


def _load(side: _Side) -> float:
    """Return requests per second of one load."""
    sent = [part for name, value in side.headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{LOAD_S}s", *sent, side.url]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "Non-2xx" not in said, said  # wrk counts 304 as an answer like 200
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def _publish(world: World) -> str:
    """Publish a version whose bundle has about 100 KB; returns a runtime token."""
    write_policy(world)
    rng = random.Random(7)
    content = small_assets()["glossary"]["house"]
    content["terms"] += [
        {
            "id": f"t{n}",
            "term": f"{rng.getrandbits(80):x}",
            "status": "forbidden",
            "why": f"{rng.getrandbits(160):x}",
        }
        for n in range(BUNDLE_TERMS)
    ]
    by = world.actor("editor")
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        draft = drafting.open_draft(session, asset, by=by)
        draft = assets.save_draft(session, asset, content, base_lock=draft.lock_number, by=by)
        assets.save_revision(session, asset, base_lock=draft.lock_number, message="Many terms", by=by)
    review_id = propose(world).review_id
    approve(world, review_id)
    publish(world, review_id)
    return runtime_token(world)


@contextmanager
def _process(command: Sequence[str], port: int, **environ: str) -> Iterator[str]:
    process = subprocess.Popen(
        list(command), cwd=ROOT, env={**os.environ, **environ},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            assert process.poll() is None, f"{command} ended"
            assert time.monotonic() < deadline, f"{command} does not answer"
            try:
                httpx.get(url + "/", timeout=5)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _python(arguments: Sequence[str]) -> Iterator[str]:
    port = free_port()
    with _process([sys.executable, *arguments, str(port)], port) as url:
        yield url


@contextmanager
def _gunicorn(arguments: Sequence[str], **environ: str) -> Iterator[str]:
    port = free_port()
    # As a module: its own script leaves this folder off the path while workers boot.
    gunicorn = [sys.executable, "-m", "gunicorn"]
    command = [*gunicorn, "--keep-alive", "75", "--bind", f"127.0.0.1:{port}", *arguments]
    with _process(command, port, **environ) as url:
        yield url


@contextmanager
def _copydesk(home: Path) -> Iterator[str]:
    settings = {"COPYDESK_HOME": str(home), "SECRET_KEY": "test", "KEY_PASSPHRASE": "test passphrase"}
    with _gunicorn([*WEB_WORKER, "app:asgi"], **settings) as url:
        yield url


def _nginx_path() -> str | None:
    return shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")


@contextmanager
def _nginx(folder: Path, content: bytes) -> Iterator[str]:
    port, www = free_port(), folder / "www"
    www.mkdir()
    (www / "bundle.tar.gz").write_bytes(content)
    path = folder / "nginx.conf"
    path.write_text(NGINX.format(folder=folder, port=port))
    with _process([_nginx_path() or "nginx", "-c", str(path)], port) as url:
        yield url

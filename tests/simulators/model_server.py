"""A scripted model server: real HTTP on loopback, answers as a test says."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One scripted answer; `delay_s` is how long the model takes."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


Script = Callable[[int, Mapping[str, Any]], Reply]


def completion(text: str | None, model: str = "small-model") -> dict[str, Any]:
    """Return the JSON of a chat completion."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    head = {"id": "c1", "object": "chat.completion", "created": 1, "model": model}
    return {**head, "choices": [choice], "usage": usage}


def echoing(delay_s: float = 0.0) -> Script:
    """Answer the same text for the same request, another one for another."""

    def script(_number: int, request: Mapping[str, Any]) -> Reply:
        made = hashlib.sha256(json.dumps([request["messages"], request.get("seed")]).encode()).hexdigest()
        return Reply(body=completion(f"Welcome back, {made[:12]}."), delay_s=delay_s)

    return script


class ModelServer:
    """Serves while the `with` block runs; `requests` holds what was asked."""

    def __init__(self, script: Script) -> None:
        self.requests: list[dict[str, Any]] = []
        self.arrived = threading.Condition()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                request = json.loads(self.rfile.read(length))
                with server.arrived:
                    server.requests.append(request)
                    number = len(server.requests)
                    server.arrived.notify_all()
                reply = script(number, request)
                time.sleep(reply.delay_s)
                raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                try:
                    self.send_response(reply.status)
                    for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(raw)))
                    self.end_headers()
                    self.wfile.write(raw)
                except OSError:
                    return  # the asker was killed or gave up: that is what some tests are about

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The base address as OPENAI_BASE_URL takes it."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def wait_for(self, count: int, timeout_s: float = 120.0) -> None:
        """Wait until this many requests have arrived."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, timeout_s), len(self.requests)

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

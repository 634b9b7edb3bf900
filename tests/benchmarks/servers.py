"""What the data plane is compared with: a bare asyncio server and a plain Flask view."""

from __future__ import annotations

import asyncio
import sys

from flask import Flask, Response

NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 0\r\n\r\n'

plain = Flask(__name__)


@plain.get("/")
def not_modified() -> Response:
    """Answer 304 without looking at anything."""
    return Response(status=304, headers={"ETag": '"x"'})


class Bare(asyncio.Protocol):
    """Answers every request head with the same bytes: the floor that no Python server gets below."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that ends in this piece."""
        self._transport.write(NOT_MODIFIED * data.count(b"\r\n\r\n"))  # type: ignore[attr-defined]


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))

"""What gunicorn refuses before the application sees it, told to programs as RFC 9457 problem details.

gunicorn has no setting for these answers, so the one method that writes them is written anew.
"""

from __future__ import annotations

import json
import re
from typing import Any

from gunicorn.workers import gasgi
from werkzeug.exceptions import default_exceptions

from console.web.problems import PROBLEM_JSON

# A request's first bytes; what follows a head never begins so but in a body, where no harm comes of it.
_REQUEST = re.compile(rb"[A-Z]{1,20} (/(?:api|dist)/)?")


class Protocol(gasgi.ASGIProtocol):
    """gunicorn's protocol; see the module."""

    _is_program = False

    def data_received(self, data: bytes) -> None:
        """Note who asks, and go on."""
        if begun := _REQUEST.match(data):
            self._is_program = begun[1] is not None
        super().data_received(data)

    def _send_error_response(self, status: int, message: str, extra_headers: Any = ()) -> None:
        if not self._is_program or status not in default_exceptions:
            super()._send_error_response(status, message, extra_headers)
            return
        name = default_exceptions[status]().name
        code = name.lower().replace(" ", "_")
        told = {"type": f"urn:copydesk:{code}", "title": self._said(status, message), "status": status}
        body = json.dumps(told).encode()
        head = [
            f"HTTP/1.1 {status} {name}",
            *(f"{key}: {value}" for key, value in extra_headers),
            f"Content-Type: {PROBLEM_JSON}",
            f"Content-Length: {len(body)}",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ]
        self._safe_write("".join(f"{line}\r\n" for line in head).encode("latin-1") + b"\r\n" + body)

    def _said(self, status: int, message: str) -> str:
        if status == 414:
            return f"The address is longer than {self.cfg.limit_request_line} bytes. Ask for less at once."
        if status == 431:
            most, longest = self.cfg.limit_request_fields, self.cfg.limit_request_field_size
            return f"More than {most} header fields, or one of over {longest} bytes. Send less of both."
        return f"{message.rstrip('.')}."

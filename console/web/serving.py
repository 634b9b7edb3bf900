"""gunicorn's ASGI worker, with a `Connection` before each of its own: `-k console.web.serving.Worker`."""

from __future__ import annotations

import gc

from gunicorn.workers import gasgi

from console.web.answers import Connection


class Worker(gasgi.ASGIWorker):
    """Answers at once what was just answered; see `console.web.answers`."""

    def init_process(self) -> None:
        """Put our connections before gunicorn's, which it makes by this name."""
        inner = gasgi.ASGIProtocol
        gasgi.ASGIProtocol = lambda worker: Connection(worker, inner(worker))
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the application; what is there then stays, and is not looked through for garbage again."""
        gc.disable()
        try:
            super().load_wsgi()
        finally:
            gc.enable()
        gc.collect()
        gc.freeze()

"""gunicorn's ASGI worker, with a `Connection` before each of its own: `-k console.web.serving.Worker`."""

from __future__ import annotations

import gc
from weakref import WeakSet

from gunicorn.workers import gasgi

from console.web.answers import Connection
from console.web.refusals import Protocol


class Worker(gasgi.ASGIWorker):
    """Answers at once what was just answered (`console.web.answers`), and refuses as `refusals` does."""

    def init_process(self) -> None:
        """Put our connections before gunicorn's, which it makes by this name."""
        opened = self._opened = WeakSet[Connection]()

        def protocol(worker: Worker) -> Connection:
            made = Connection(worker, Protocol(worker))
            opened.add(made)
            return made

        gasgi.ASGIProtocol = protocol
        super().init_process()

    async def _shutdown(self) -> None:
        # gunicorn tells the application only when no connection is left, or its patience has ended: who waits
        # for a change is answered now, and who asks nothing is not waited for.
        if let_go := getattr(self.asgi, "let_go", None):
            let_go()
        for connection in tuple(self._opened):
            connection.close_if_idle()
        await super()._shutdown()

    def load_wsgi(self) -> None:
        """Load the application; what is there then stays, and is not looked through for garbage again."""
        gc.disable()
        try:
            super().load_wsgi()
        finally:
            gc.enable()
        gc.collect()
        gc.freeze()

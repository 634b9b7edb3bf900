"""Slow work beside who types: done once per key by a thread of its own, kept, waited for only a moment."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Made = TypeVar("Made")
Key = tuple[str, ...]


class Workshop(Generic[Made]):
    """Makes and keeps things by key; the first part of a key says what a newer order replaces."""

    def __init__(self, name: str, max_kept: int) -> None:
        self._max_kept = max_kept
        self._kept: OrderedDict[Key, Made] = OrderedDict()
        self._under_way: dict[Key, Future[Made]] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def at_once(self, key: Key, make: Callable[[], Made]) -> Made:
        """Return what was made before, or make it here and now."""
        found = self._found(key)
        if found is not None:
            return found
        made = make()
        self._keep(key, made)
        return made

    def in_time(self, key: Key, make: Callable[[], Made], wait_s: float | None) -> Made | None:
        """Return what was made before, or have it made; None when that takes longer than `wait_s` seconds.

        Args:
            wait_s: None waits until it is there.
        """
        found = self._found(key)
        if found is not None:
            return found
        with self._lock:
            future = self._under_way.get(key)
            if future is None:
                self._drop_superseded(key[0])
                future = self._under_way[key] = self._worker.submit(self._make, key, make)
        try:
            return future.result(wait_s)
        except (TimeoutError, CancelledError):
            return None

    def _found(self, key: Key) -> Made | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _drop_superseded(self, name: str) -> None:
        # What was typed before the last letters is not wanted any more; what has begun is finished.
        for key, future in list(self._under_way.items()):
            if key[0] == name and future.cancel():
                del self._under_way[key]

    def _make(self, key: Key, make: Callable[[], Made]) -> Made:
        try:
            made = make()
            self._keep(key, made)
            return made
        finally:
            with self._lock:
                self._under_way.pop(key, None)

    def _keep(self, key: Key, made: Made) -> None:
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._max_kept:
                self._kept.popitem(last=False)

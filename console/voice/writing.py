"""Asking the model for texts, several at once, until enough are kept or asking is of no use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from console.errors import ConsoleError
from console.generation.provider import Generated, Provider
from console.generation.requests import call_parameters
from console.voice.briefs import Entry

# Each of them was tried several times: a server that is down is not asked hundreds of times.
MAX_FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: the text, or why there is none."""

    entry: Entry
    made: Generated | None
    failure: str = ""


def write_texts(
    entries: Iterable[Entry],
    provider: Provider,
    *,
    concurrency: int,
    stop: threading.Event,
    take: Callable[[Answer], bool],
) -> str:
    """Ask for one text after the other and hand over each answer.

    Args:
        entries: what to ask for, in order.
        concurrency: how many requests are under way at once.
        stop: when set, nothing further is asked.
        take: keeps an answer; returns False when no more is wanted.

    Returns:
        Why asking was given up, in words; empty where it was not.
    """
    todo, is_wanted, failures = iter(entries), True, 0
    running: set[Future[Answer]] = set()
    with ThreadPoolExecutor(concurrency, "write") as pool:
        while True:
            while is_wanted and len(running) < concurrency and not stop.is_set():
                entry = next(todo, None)
                if entry is None:
                    break
                running.add(pool.submit(_ask, provider, entry, stop))
            if not running:
                return ""
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for answer in _answers(finished, stop):
                is_wanted = take(answer) and is_wanted
                failures = failures + 1 if answer.made is None else 0
                if failures >= MAX_FAILURES_IN_A_ROW:
                    return answer.failure


def _answers(finished: Iterable[Future[Answer]], stop: threading.Event) -> Iterator[Answer]:
    for future in finished:
        answer = future.result()
        # Who is interrupted has not failed: whoever resumes asks again.
        if answer.made is not None or not stop.is_set():
            yield answer


def _ask(provider: Provider, entry: Entry, stop: threading.Event) -> Answer:
    request = entry.request
    try:
        return Answer(entry, provider.generate(request.messages, call_parameters(request), stop=stop))
    except ConsoleError as error:
        return Answer(entry, None, str(error))

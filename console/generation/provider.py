"""Asking a model through the `openai` client: any address that speaks the OpenAI API.

The only importer of `openai`.
"""

from __future__ import annotations

import ipaddress
import random
import re
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from console.config import Settings
from console.generation.errors import GenerationError, ProviderAddressError

if TYPE_CHECKING:
    import openai

MAX_ATTEMPTS = 6
FIRST_PAUSE_S = 0.5
MAX_PAUSE_S = 20.0
MAX_MODEL_CHARS = 200
MAX_TOKENS = 2**31 - 1  # the type `integer` in PostgreSQL
# NUL and lone surrogates: JSON can carry them, no database text can.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
RETRIED_STATUS = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, slots=True)
class Generated:
    """One generated text, what it took, and the model that says it wrote it."""

    text: str
    model: str
    latency_ms: int
    prompt_tokens: int
    completion_tokens: int
    attempts: int = 1


class Provider:
    """One OpenAI-compatible address; thread-safe.

    `budget_s` bounds one generation with all its retries.
    """

    def __init__(self, base_url: str, api_key: str, *, budget_s: float) -> None:
        import openai  # a quarter of what loading the whole console takes

        self._budget_s = budget_s
        # Retries are ours: the client's own know no total budget.
        self._client = openai.OpenAI(base_url=base_url, api_key=api_key, max_retries=0, timeout=budget_s)

    def generate(
        self,
        messages: Sequence[Mapping[str, str]],
        parameters: Mapping[str, Any],
        *,
        stop: threading.Event | None = None,
    ) -> Generated:
        """Generate one text.

        Args:
            messages: chat messages with `role` and `content`.
            parameters: keyword arguments of the chat completion (model, temperature, seed, ...).
            stop: when set, no further attempt is made.

        Raises:
            GenerationError: refused, still failing after the retries, out of time, or no text in the answer.
        """
        import openai

        deadline = time.monotonic() + self._budget_s
        stop = stop or threading.Event()
        reason = "no attempt was made"
        for attempt in range(1, MAX_ATTEMPTS + 1):
            started = time.monotonic()
            try:
                # Stored messages are plain mappings; the client's typed dictionaries describe the same shape.
                answer = self._client.chat.completions.create(
                    messages=cast("Any", list(messages)), timeout=max(0.1, deadline - started), **parameters
                )
                return _read(answer, round((time.monotonic() - started) * 1000), attempt)
            except openai.OpenAIError as error:
                reason, pause_s = _judge(error, attempt)
            except ValueError:  # JSON that is none
                reason, pause_s = "the model server's answer was not JSON", _pause(attempt)
            if pause_s is None or time.monotonic() + pause_s >= deadline:
                break
            if stop.wait(pause_s):
                reason = "stopped"
                break
        raise GenerationError(f"No text: {reason} (after {attempt} of at most {MAX_ATTEMPTS} attempts).")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def is_named(settings: Settings) -> bool:
    """Tell whether the settings name a model server."""
    return bool(settings.openai_base_url or settings.openai_api_key)


def make_provider(settings: Settings) -> Provider:
    """Return the provider that the settings name.

    Raises:
        GenerationError: no address is configured.
        ProviderAddressError: it is a private address that is not allow-listed.
    """
    if not is_named(settings):
        raise GenerationError("No model is configured. Set OPENAI_API_KEY or OPENAI_BASE_URL.")
    base_url = settings.openai_base_url or "https://api.openai.com/v1"
    refuse_private_address(base_url, settings)
    return Provider(base_url, settings.openai_api_key or "not-needed", budget_s=settings.generation_timeout_s)


def refuse_private_address(url: str, settings: Settings) -> None:
    """Refuse addresses inside private networks (DECISIONS.md 30).

    Loopback is allowed outside production: the embedded model server lives there.

    Raises:
        ProviderAddressError: private and not in ALLOWED_PRIVATE_HOSTS, or no address at all.
    """
    host = urlsplit(url).hostname
    if not host:
        raise ProviderAddressError(f"{url!r} is no address of a model server.")
    if host in settings.allowed_private_hosts:
        return
    try:
        addresses = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return  # an unknown host fails at the call, with its own reason
    for address in addresses:
        ip = ipaddress.ip_address(str(address).split("%")[0])
        if ip.is_loopback and not settings.is_production:
            continue
        if not ip.is_global:
            raise ProviderAddressError(
                f"{host} is a private address; add it to ALLOWED_PRIVATE_HOSTS if it should be called."
            )


def _read(answer: Any, latency_ms: int, attempts: int) -> Generated:
    try:
        text = answer.choices[0].message.content
        usage = answer.usage
    except (AttributeError, IndexError, TypeError, KeyError):
        raise GenerationError("No text: the model server's answer is no chat completion.") from None
    if not isinstance(text, str) or not text.strip():
        raise GenerationError("No text: the model answered with an empty text.")
    if odd := _UNSTORABLE.search(text):
        # Mended it would be a text that no model wrote; shown to people it would pass for one.
        raise GenerationError(
            f"No text: the model's answer holds U+{ord(odd[0]):04X}, which is no character."
        )
    return Generated(
        text=text.strip(),
        model=_UNSTORABLE.sub("", str(getattr(answer, "model", None) or ""))[:MAX_MODEL_CHARS],
        latency_ms=latency_ms,
        prompt_tokens=_count(getattr(usage, "prompt_tokens", 0)),
        completion_tokens=_count(getattr(usage, "completion_tokens", 0)),
        attempts=attempts,
    )


def _count(value: Any) -> int:
    """Return a token count as it can be kept; whatever is no count is 0."""
    return value if type(value) is int and 0 <= value <= MAX_TOKENS else 0


def _judge(error: openai.OpenAIError, attempt: int) -> tuple[str, float | None]:
    """Return why it failed, and the pause before the next attempt or None to give up."""
    import openai

    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        reason = f"the model server answered {status}"
        if status < 500 and status not in RETRIED_STATUS:
            return reason, None
        return reason, _pause(attempt, error.response.headers.get("retry-after"))
    if isinstance(error, openai.APITimeoutError):
        return "the model server did not answer in time", _pause(attempt)
    if isinstance(error, openai.APIConnectionError):
        return "the model server could not be reached", _pause(attempt)
    return f"the model server's answer could not be read ({type(error).__name__})", _pause(attempt)


def _pause(attempt: int, retry_after: str | None = None) -> float:
    """Return seconds to wait: what the server asks for, else exponential with full jitter."""
    if retry_after is not None and retry_after.strip().isdecimal():
        return float(min(int(retry_after), 120))
    return random.uniform(0.5, 1.0) * min(MAX_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1))  # noqa: S311

"""What can go wrong when a model is asked."""

from __future__ import annotations

from console.errors import ConsoleError


class GenerationError(ConsoleError):
    """No text came out; the message says why, in one sentence that is stored with the case."""

    status = 502
    code = "generation_failed"


class ProviderAddressError(ConsoleError):
    """The provider's address may not be called: it is private and not allow-listed."""

    status = 422
    code = "address_refused"

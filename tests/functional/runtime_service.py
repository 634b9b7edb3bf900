"""A service that writes to customers: one process that holds an SDK client and guards a text when asked.

Runs where only the SDK is installed: `python runtime_service.py settings.json`. It prints one line of JSON
per line it reads; the line read names the version to wait for, which the client fetches by itself.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from copydesk import Client

settings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
asked = settings.pop("asked")
with Client(**settings) as client:
    for line in sys.stdin:
        has_come = client.wait_for_version(int(line), timeout_s=asked["wait_s"])
        guarded = client.policy.guard_text(
            asked["text"],
            prompt=asked["prompt"],
            locale=asked["locale"],
            variables=asked["variables"],
        )
        said = {
            "process": os.getpid(),
            "has_come": has_come,
            "version": guarded.version,
            "source": str(guarded.source),
            "text": guarded.text,
            "rules": [finding.rule_id for finding in guarded.findings],
            "state": str(client.status.state),
        }
        print(json.dumps(said), flush=True)

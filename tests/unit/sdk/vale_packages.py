"""Vale packages made by the tests themselves."""

from __future__ import annotations

import io
import zipfile

HEDGES = "extends: existence\nmessage: \"Don't hedge: '%s'.\"\ntokens:\n  - maybe\n  - perhaps\n"


def package(files: dict[str, str | bytes]) -> bytes:
    """Return a zip of files, text or bytes by path."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return output.getvalue()

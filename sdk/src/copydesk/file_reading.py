"""Files that people hand to the command line: read within limits, refused by name and place in one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from copydesk.json_reading import RepeatedKeyError, unique_object
from copydesk.yaml_reading import YamlLimitError, place_of, read_yaml

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 100
MAX_VALUES = 300_000  # as many as a draft in the console holds


def read_text(path: Path, max_bytes: int | None = None) -> str:
    """Read a file as UTF-8.

    Args:
        path: the file.
        max_bytes: the most it may hold; None for no limit.

    Raises:
        ValueError: another encoding, or larger.
        OSError: it can't be opened.
    """
    data = path.read_bytes() if max_bytes is None else read_start(path, max_bytes + 1)
    if max_bytes is not None and len(data) > max_bytes:
        raise ValueError(f"{path}: is larger than {max_bytes // 2**20} MB; split it")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path}: line {line} is not UTF-8; save the file as UTF-8 text") from error


def read_start(path: Path, size: int) -> bytes:
    """Read no more of a file than this: a device or a pipe may have no end, and no size to ask for.

    Raises:
        OSError: it can't be opened.
    """
    with path.open("rb") as file:
        return file.read(size)


def read_content(path: Path) -> Mapping[str, Any]:
    """Read one object from a file: JSON by its suffix, else YAML.

    Raises:
        ValueError: neither, no object, a key that stands twice, or beyond the limits.
        OSError: it can't be opened.
    """
    text = read_text(path, MAX_FILE_BYTES).removeprefix("\ufeff")
    try:
        if path.suffix.lower() == ".json":
            data = read_json(text)
        else:
            data = read_yaml(text, max_depth=MAX_DEPTH, max_values=MAX_VALUES, is_repeat_allowed=False)
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: {_told(error, text)}") from error
    except RecursionError as error:
        raise ValueError(f"{path}: is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(data, Mapping):
        raise ValueError(f"{path}: must hold one object, names with their values")  # noqa: TRY004
    return data


def read_json(text: str) -> Any:
    """Read JSON (RFC 8259) of which no name stands twice in one object.

    Raises:
        ValueError: something else, with the place in one line.
    """
    try:
        return json.loads(text, object_pairs_hook=unique_object)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON in line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise ValueError("is not JSON that can be read: nested too deeply") from error
    except RepeatedKeyError as error:
        raise ValueError(f"{error.key[:80]!r} stands twice in one object") from error
    except ValueError as error:  # Python reads no number of more than 4 300 digits
        raise ValueError("is not JSON that can be read: a number is too long; write it as text") from error


def _told(error: yaml.YAMLError, text: str) -> str:
    place = place_of(error, text)
    names = ("context", "problem", "reason")
    words = ", ".join(str(said) for name in names if (said := getattr(error, name, None)))
    where = f" in line {place[0]}, column {place[1]}" if place else ""
    if isinstance(error, YamlLimitError):
        return f"can't be read{where}: {words}"
    return f"is not YAML{where}: {' '.join(words.split())}"

"""Where things lie in a bundle, and how Open Policy Agent hashes them.

Format: https://www.openpolicyagent.org/docs/management-bundles (bundle file format and signing).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from copydesk.canonical import canonical_bytes, sha256_hex
from copydesk.errors import BundleError
from copydesk.json_reading import unique_object

FORMAT_VERSION = "1.0"
MIN_CLIENT = "0.1.0"
ROOT = "copydesk"
CONTENT_TYPE = "application/vnd.openpolicyagent.bundles"

MANIFEST = ".manifest"
SIGNATURES = ".signatures.json"
DATA = "data.json"
RELEASE = "meta/release.json"
HEADS_FOLDER = "content/heads/"
# These two are hashed as canonical text, every other file as the bytes it has.
STRUCTURED = frozenset({MANIFEST, DATA})
# Names that Open Policy Agent reads wherever they lie; content must never be able to take one.
RESERVED_ENDINGS = (".manifest", "signatures.json", "data.json", "patch.json")
_PROJECTED_KEYS = {"prompt": "prompts"}


def asset_path(kind: str, name: str) -> str:
    """Return where one asset's canonical JSON lies."""
    return f"content/{kind}/{name}.asset.json"


def prompt_text_path(name: str) -> str:
    """Return where a prompt lies as text for people."""
    return f"content/prompt/{name}.txt"


def head_path(name: str) -> str:
    """Return where trained weights lie; `name` is `<check>/<asset>/<id>.f32`."""
    return HEADS_FOLDER + name


def project(
    workspace: str, policy: str, version: int, assets: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what Open Policy Agent sees under `data`: the same content below one root."""
    content = {_PROJECTED_KEYS.get(kind, kind): dict(named) for kind, named in assets.items()}
    return {ROOT: {"workspace": workspace, "policy": policy, "version": version, **content}}


def content_sha256(files: Mapping[str, bytes]) -> str:
    """Return one digest over everything but manifest and signatures: what a rebuild must reproduce."""
    return sha256_hex(
        canonical_bytes(
            {name: sha256_hex(data) for name, data in files.items() if name not in (MANIFEST, SIGNATURES)}
        )
    )


def file_hash(name: str, data: bytes) -> str:
    """Return the SHA-256 that Open Policy Agent expects of a file in the signature.

    Args:
        name: path in the bundle.
        data: its bytes; `.manifest` and `data.json` are hashed as canonical text (keys in the order of their
            UTF-8 bytes, numbers as written, U+2028 and U+2029 escaped, no other escaping).

    Raises:
        BundleError: a structured file that is not JSON.
    """
    if name.rsplit("/", maxsplit=1)[-1] not in STRUCTURED:
        return sha256_hex(data)
    try:
        value = json.loads(data, parse_int=_Number, parse_float=_Number, object_pairs_hook=unique_object)
        return sha256_hex(_canonical_text(value).encode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name} is not JSON: {error}") from error


class _Number(str):
    """A JSON number kept as it was written."""

    __slots__ = ()


def _canonical_text(value: Any) -> str:
    match value:
        case _Number():
            return str(value)
        case dict():
            members = (f"{_quoted(key)}:{_canonical_text(value[key])}" for key in sorted(value, key=_utf8))
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(map(_canonical_text, value)) + "]"
        case str():
            return _quoted(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            # NaN and Infinity, which Python reads although they are not JSON.
            raise ValueError(f"{value!r} is not JSON")


def _utf8(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

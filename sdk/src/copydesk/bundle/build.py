"""Building and signing: from inputs to files, from files to the bytes that are published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copydesk.assets import parse_assets
from copydesk.bundle.archive import pack
from copydesk.bundle.inputs import BundleInputs
from copydesk.bundle.keys import Signer, sign_jws
from copydesk.bundle.layout import (
    DATA,
    FORMAT_VERSION,
    MANIFEST,
    MIN_CLIENT,
    RELEASE,
    RESERVED_ENDINGS,
    ROOT,
    SIGNATURES,
    asset_path,
    content_sha256,
    file_hash,
    head_path,
    project,
    prompt_text_path,
)
from copydesk.canonical import canonical_bytes
from copydesk.errors import BundleError


def build(inputs: BundleInputs) -> dict[str, bytes]:
    """Lay out the unsigned files of a bundle.

    Args:
        inputs: see `BundleInputs`.

    Returns:
        Content by path, without signatures.

    Raises:
        ContentError: an asset that does not fit its schema or holds floats.
        BundleError: a path that content must not take, or a version below 1.
    """
    if inputs.version < 1:
        raise BundleError(f"a version is a whole number from 1, not {inputs.version}")
    parse_assets(inputs.assets)
    files = _content_files(inputs)
    files[DATA] = canonical_bytes(project(inputs.workspace, inputs.policy, inputs.version, inputs.assets))
    files[RELEASE] = canonical_bytes(_release(inputs))
    for name in files:
        if name != DATA and name.endswith(RESERVED_ENDINGS):
            raise BundleError(f"the path {name!r} has an ending that Open Policy Agent keeps for itself")
    files[MANIFEST] = canonical_bytes(_manifest(inputs, files))
    return files


def sign(files: Mapping[str, bytes], signer: Signer) -> bytes:
    """Sign the files and pack them: the bytes to store, serve and never rebuild.

    Args:
        files: as `build` returns them.
        signer: ES256 with deterministic nonces, so that a rebuild gives the same bytes.

    Raises:
        BundleError: already signed, or a file that can't be hashed or packed.
    """
    if SIGNATURES in files:
        raise BundleError("the files are already signed")
    hashes = [
        {"name": name, "hash": file_hash(name, data), "algorithm": "SHA-256"}
        for name, data in sorted(files.items())
    ]
    claims = {"files": hashes, "iss": ROOT, "keyid": signer.key_id}
    token = sign_jws(canonical_bytes(claims), signer)
    return pack({**files, SIGNATURES: canonical_bytes({"signatures": [token]})})


def _content_files(inputs: BundleInputs) -> dict[str, bytes]:
    files = {
        asset_path(kind, name): canonical_bytes(content)
        for kind, named in inputs.assets.items()
        for name, content in named.items()
    }
    for name, content in inputs.assets.get("prompt", {}).items():
        files[prompt_text_path(name)] = _prompt_text(content).encode("utf-8")
    files.update({head_path(name): data for name, data in inputs.heads.items()})
    return files


def _prompt_text(content: Mapping[str, Any]) -> str:
    return "\n\n".join(f"## {block['role']}: {block['id']}\n\n{block['text']}" for block in content["blocks"])


def _manifest(inputs: BundleInputs, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "revision": f"{inputs.workspace}/{inputs.policy}@{inputs.version}",
        "roots": [ROOT],
        "metadata": {
            "format_version": FORMAT_VERSION,
            "min_client": MIN_CLIENT,
            "workspace": inputs.workspace,
            "policy": inputs.policy,
            "version": inputs.version,
            "candidate_digest": inputs.candidate_digest,
            "content_sha256": content_sha256(files),
        },
    }


def _release(inputs: BundleInputs) -> dict[str, Any]:
    return {
        "approved_at": inputs.approved_at.isoformat(),
        "approvals": [a.to_json() for a in sorted(inputs.approvals, key=lambda a: (a.role, a.user, a.at))],
        "authors": sorted(inputs.authors),
        "built_by": dict(inputs.built_by),
        "candidate_digest": inputs.candidate_digest,
        "changelog": inputs.changelog,
        "engines": [e.to_json() for e in sorted(inputs.engines, key=lambda engine: engine.check)],
        "evidence_digest": inputs.evidence_digest,
        "gate": dict(inputs.gate),
        "golden_digest": inputs.golden_digest,
        "production_digest": inputs.production_digest,
        "required_roles": list(inputs.required_roles),
        "run": inputs.run.to_json(),
        "sources": [s.to_json() for s in sorted(inputs.sources, key=lambda s: (s.kind, s.name))],
        "waivers": [w.to_json() for w in sorted(inputs.waivers, key=lambda waiver: waiver.id)],
    }

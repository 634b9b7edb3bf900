"""Trusting a bundle: the bytes received are verified first, and only then read.

The order is fixed: size and container, signature, hashes of every file, format version, content against its
sources, the projection against the content, and the approval invariant, from the approvals inside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copydesk import __version__
from copydesk.approval import ApprovalFacts, approval_problems, candidate_digest, evidence_digest
from copydesk.assets import PolicyAssets, parse_assets
from copydesk.bundle.archive import unpack
from copydesk.bundle.keys import Trust, verify_jws
from copydesk.bundle.layout import (
    DATA,
    FORMAT_VERSION,
    HEADS_FOLDER,
    MANIFEST,
    RELEASE,
    SIGNATURES,
    content_sha256,
    file_hash,
    project,
)
from copydesk.bundle.records import ReleaseRecord, read_release
from copydesk.canonical import canonical_bytes, digest, sha256_hex
from copydesk.errors import BundleError, ContentError, VerificationError

_ASSET_SUFFIX = ".asset.json"
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,5}([.+-]?[a-z][0-9a-z.+-]{0,40})?")


@dataclass(frozen=True, slots=True)
class VerifiedBundle:
    """A bundle whose signature, hashes, sources and approvals hold.

    `sha256` is of the bytes received; `heads` maps `<check>/<asset>/<id>.f32` to trained weights.
    """

    workspace: str
    policy: str
    version: int
    sha256: str
    content_sha256: str
    key_id: str
    assets: PolicyAssets
    heads: Mapping[str, bytes]
    release: ReleaseRecord
    files: Mapping[str, bytes]

    @property
    def revision(self) -> str:
        """The name people use: `workspace/policy@version`."""
        return f"{self.workspace}/{self.policy}@{self.version}"


def verify(data: bytes, trust: Trust) -> VerifiedBundle:
    """Verify a bundle and read it.

    Args:
        data: the bytes as received or stored.
        trust: the public keys believed.

    Raises:
        VerificationError: signature, hashes, sources or approvals do not hold.
        BundleError: not a bundle, damaged, or a format this client is too old for.
    """
    try:
        return _verify(data, trust)
    except ContentError as error:
        raise BundleError(f"the content does not fit its schema: {error}") from error


def _verify(data: bytes, trust: Trust) -> VerifiedBundle:
    files = unpack(data)
    key_id = _check_signature(files, trust)
    metadata = _check_manifest(files)
    release = read_release(_json(files, RELEASE))
    raw_assets = _read_assets(files)
    _check_sources(raw_assets, release)
    _check_projection(files, metadata, raw_assets)
    _check_approvals(release)
    return VerifiedBundle(
        workspace=metadata["workspace"],
        policy=metadata["policy"],
        version=metadata["version"],
        sha256=sha256_hex(data),
        content_sha256=metadata["content_sha256"],
        key_id=key_id,
        assets=parse_assets(raw_assets),
        heads={
            name.removeprefix(HEADS_FOLDER): content
            for name, content in files.items()
            if name.startswith(HEADS_FOLDER)
        },
        release=release,
        files=files,
    )


def _check_signature(files: Mapping[str, bytes], trust: Trust) -> str:
    document = _json(files, SIGNATURES)
    tokens = document.get("signatures")
    if not isinstance(tokens, list) or len(tokens) != 1 or not isinstance(tokens[0], str):
        raise VerificationError("the bundle must carry exactly one signature")
    payload, key_id = verify_jws(tokens[0], trust)
    try:
        claims = json.loads(payload)
        listed = [(str(item["name"]), str(item["hash"]), str(item["algorithm"])) for item in claims["files"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise VerificationError(f"the signed list of files can't be read: {error}") from error
    _check_hashes(files, listed)
    return key_id


def _check_hashes(files: Mapping[str, bytes], listed: list[tuple[str, str, str]]) -> None:
    names = [name for name, _, _ in listed]
    if len(set(names)) != len(names):
        raise VerificationError("the signed list names a file twice")
    present = set(files) - {SIGNATURES}
    if extra := sorted(present - set(names)):
        raise VerificationError(f"the file {extra[0]!r} is not in the signed list")
    if missing := sorted(set(names) - present):
        raise VerificationError(f"the signed file {missing[0]!r} is missing")
    for name, expected, algorithm in listed:
        if algorithm != "SHA-256":
            raise VerificationError(f"{name!r} is hashed with {algorithm!r}, not SHA-256")
        if file_hash(name, files[name]) != expected:
            raise VerificationError(f"the file {name!r} was changed after signing")


def _check_manifest(files: Mapping[str, bytes]) -> dict[str, Any]:
    metadata = _json(files, MANIFEST).get("metadata")
    if not isinstance(metadata, dict):
        raise BundleError("the manifest has no metadata")
    supported = FORMAT_VERSION.split(".", maxsplit=1)[0]
    found = str(metadata.get("format_version", ""))
    if found.split(".", maxsplit=1)[0] != supported:
        raise BundleError(
            f"the bundle has format {found[:50] or 'unknown'}; this client reads {supported}.x, "
            f"install copydesk {str(metadata.get('min_client', 'of a newer version'))[:50]} or newer"
        )
    needed = str(metadata.get("min_client", "0"))
    if not _VERSION.fullmatch(needed):
        raise BundleError(f"the bundle needs copydesk {needed[:50]!r}, which is no version")
    if _numbers(needed) > _numbers(__version__):
        raise BundleError(f"the bundle needs copydesk {needed}; this is {__version__}")
    texts = ("workspace", "policy", "content_sha256", "candidate_digest")
    version = metadata.get("version")
    is_whole = isinstance(version, int) and not isinstance(version, bool) and version >= 1
    if not is_whole or any(not isinstance(metadata.get(key), str) for key in texts):
        raise BundleError("the manifest lacks workspace, policy, version or digests")
    if metadata["content_sha256"] != content_sha256(files):
        raise VerificationError("the content is not the content that the manifest names")
    return metadata


def _read_assets(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    assets: dict[str, dict[str, Any]] = {}
    for path in files:
        if path.startswith("content/") and path.endswith(_ASSET_SUFFIX):
            kind, slash, name = path.removesuffix(_ASSET_SUFFIX).removeprefix("content/").partition("/")
            if not slash or not name:
                raise BundleError(f"{path} lies in no folder of a kind of asset")
            assets.setdefault(kind, {})[name] = _json(files, path)
    return assets


def _check_sources(assets: Mapping[str, Mapping[str, Any]], release: ReleaseRecord) -> None:
    found = {
        (kind, name): digest(content) for kind, named in assets.items() for name, content in named.items()
    }
    pinned = {(source.kind, source.name): source.sha256 for source in release.sources}
    if found != pinned or len(pinned) != len(release.sources):
        raise VerificationError("the content differs from the revisions the release names")
    if candidate_digest(source.to_json() for source in release.sources) != release.candidate_digest:
        raise VerificationError("the release names another candidate than its revisions make")


def _check_projection(
    files: Mapping[str, bytes], metadata: Mapping[str, Any], assets: Mapping[str, Mapping[str, Any]]
) -> None:
    expected = project(metadata["workspace"], metadata["policy"], metadata["version"], assets)
    # A kind without assets may stand in the projection as an empty map.
    found = _json(files, DATA)
    inner = found.get("copydesk")
    if isinstance(inner, dict):
        found = {**found, "copydesk": {key: value for key, value in inner.items() if value != {}}}
    # As bytes: Python takes true and 1 for equal.
    if canonical_bytes(found) != canonical_bytes(expected):
        raise VerificationError("data.json differs from the content it projects")


def _check_approvals(release: ReleaseRecord) -> None:
    evidence = evidence_digest(
        candidate=release.candidate_digest,
        golden=release.golden_digest,
        run=release.run.digest,
        gate_sha256=digest(release.gate),
        waivers=release.waivers,
        engines=[engine.to_json() for engine in release.engines],
    )
    if evidence != release.evidence_digest:
        raise VerificationError("the evidence in the bundle is not the evidence that was approved")
    reasons = approval_problems(facts_of(release, now=release.approved_at))
    if reasons:
        raise VerificationError("not approved: " + "; ".join(reason.message for reason in reasons))


def facts_of(release: ReleaseRecord, now: datetime) -> ApprovalFacts:
    """Return the facts of the approval invariant as a bundle states them."""
    return ApprovalFacts(
        candidate_digest=release.candidate_digest,
        golden_digest=release.golden_digest,
        run_digest=release.run.digest,
        evidence_digest=release.evidence_digest,
        required_roles=release.required_roles,
        approvals=release.approvals,
        authors=release.authors,
        run_candidate_digest=release.run.candidate_digest,
        run_golden_digest=release.run.golden_digest,
        is_run_complete=release.run.is_complete,
        unmet_conditions=release.run.unmet_conditions,
        waivers=release.waivers,
        now=now,
        run_baseline_digest=release.run.baseline_digest,
        production_digest=release.production_digest,
    )


def _json(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        value = json.loads(files[name])
    except KeyError:
        raise BundleError(f"the bundle has no {name}") from None
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise BundleError(f"{name} is not a JSON object")
    return value


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())

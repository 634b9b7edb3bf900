"""What a bundle and a pointer must be to be believed; everything else is refused with a reason."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.bundle import (
    ChannelPointer,
    LocalSigner,
    Trust,
    build,
    sign,
    sign_pointer,
    verify,
    verify_pointer,
)
from copydesk.bundle.archive import MAX_UNPACKED_BYTES, pack, unpack
from copydesk.bundle.build import sign as sign_files
from copydesk.bundle.keys import generate_key_pem, key_id_of, public_jwk
from copydesk.bundle.layout import MANIFEST, RELEASE, content_sha256
from copydesk.canonical import canonical_bytes
from copydesk.errors import BundleError, ContentError, VerificationError
from tests.factories import bundles


def test_a_verified_bundle_tells_what_it_holds() -> None:
    made = bundles.inputs(7, heads={"forbidden_topics/house/a.f32": b"\x00\x00\x80\x3f"})
    data = sign(build(made), bundles.signer())
    found = verify(data, bundles.trust("other", "console"))
    assert found.revision == "acme/customer-email@7"
    assert found.key_id == bundles.signer().key_id
    assert found.heads == {"forbidden_topics/house/a.f32": b"\x00\x00\x80\x3f"}
    assert found.assets.prompt["welcome"].title == "Welcome back"
    assert found.release.approvals == tuple(sorted(made.approvals, key=lambda a: a.role))
    assert found.release.sources == tuple(sorted(made.sources, key=lambda s: (s.kind, s.name)))
    assert found.release.run == made.run
    assert found.release.waivers == ()


def resigned(change: Any) -> bytes:
    """Return a bundle changed after building and signed all the same, as by a console gone wrong."""
    files = dict(build(bundles.inputs(2)))
    change(files)
    manifest = json.loads(files[MANIFEST])
    manifest["metadata"]["content_sha256"] = content_sha256(files)
    files[MANIFEST] = canonical_bytes(manifest)
    return sign_files(files, bundles.signer())


def edit_json(name: str, **members: Any) -> Any:
    def change(files: dict[str, bytes]) -> None:
        files[name] = canonical_bytes(json.loads(files[name]) | members)

    return change


def put(name: str, data: bytes) -> Any:
    return lambda files: files.update({name: data})


def rewrite(name: str, old: bytes, new: bytes) -> Any:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


def edit_metadata(**members: Any) -> bytes:
    files = dict(build(bundles.inputs(2)))
    manifest = json.loads(files[MANIFEST])
    manifest["metadata"] |= members
    files[MANIFEST] = canonical_bytes(manifest)
    return sign_files(files, bundles.signer())


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (
            lambda: resigned(edit_json("content/glossary/house.asset.json", title="Other")),
            "differs from the revisions",
        ),
        (
            lambda: resigned(lambda f: f.pop("content/glossary/house.asset.json")),
            "differs from the revisions",
        ),
        (lambda: resigned(edit_json("data.json", copydesk={})), "differs from the content"),
        (lambda: resigned(edit_json(RELEASE, golden_digest="0" * 64)), "evidence"),
        (lambda: resigned(edit_json(RELEASE, gate={"floors": []})), "evidence"),
        (lambda: resigned(edit_json(RELEASE, engines=[])), "evidence"),
        (lambda: resigned(edit_json(RELEASE, candidate_digest="0" * 64)), "another candidate"),
        (lambda: resigned(edit_json(RELEASE, approvals=[])), "no valid approval by the role legal"),
        (lambda: resigned(edit_json(RELEASE, required_roles=[])), "no role is required"),
        (lambda: resigned(edit_json(RELEASE, approvals=3)), "can't be read"),
        (lambda: resigned(edit_json(RELEASE, authors="17")), "a list expected, not str"),
        (lambda: resigned(put(RELEASE, b'{"sources": ' + b"[" * 100_000)), "release.json is not JSON"),
        (lambda: resigned(put(RELEASE, b"\xff")), "release.json is not JSON"),
        (lambda: resigned(rewrite(RELEASE, b'"Version 2"', b'"\\ud800"')), "half of a character"),
        (lambda: resigned(put("content/house.asset.json", b"{}")), "lies in no folder"),
        (lambda: resigned(put("content/.asset.json", b"{}")), "lies in no folder"),
        (lambda: resigned(put("content/odd/house.asset.json", b"{}")), "differs from the revisions"),
        (lambda: resigned(put("content/glossary/a/b.asset.json", b"{}")), "differs from the revisions"),
        (lambda: edit_metadata(min_client="9" * 5_000), "which is no version"),
        (lambda: edit_metadata(min_client="\u00b2.0"), "which is no version"),
        (lambda: resigned(edit_json(RELEASE, approved_at="2026-11-04T09:30:00")), "no zone"),
        (lambda: resigned(lambda f: f.pop(RELEASE)), "no meta/release.json"),
        (lambda: edit_metadata(format_version="2.0"), "format 2.0; this client reads 1.x"),
        (lambda: edit_metadata(min_client="99.0.0"), "needs copydesk 99.0.0"),
        (lambda: edit_metadata(version="2"), "lacks workspace"),
        (lambda: edit_metadata(content_sha256="0" * 64), "not the content"),
        (lambda: bundles.bundle(2, run=replace(bundles.inputs(2).run, is_complete=False)), "not complete"),
        (
            lambda: bundles.bundle(
                2, run=replace(bundles.inputs(2).run, unmet_conditions=("floor:glossary",))
            ),
            "'floor:glossary' is not met",
        ),
    ],
)
def test_a_signed_bundle_that_breaks_the_rules_is_refused_all_the_same(make: Any, part: str) -> None:
    with pytest.raises(BundleError, match=part):
        verify(make(), bundles.trust())


def test_a_later_minor_format_is_read() -> None:
    assert verify(edit_metadata(format_version="1.7", extra="x"), bundles.trust()).version == 2


def test_two_signatures_or_none_are_refused() -> None:
    files = unpack(bundles.bundle(1))
    document = json.loads(files[".signatures.json"])
    for signatures in ([], document["signatures"] * 2, "x", None):
        files[".signatures.json"] = canonical_bytes({"signatures": signatures})
        with pytest.raises(VerificationError, match="exactly one"):
            verify(pack(files), bundles.trust())


def zipped(data: bytes) -> bytes:
    """Compress without the time of day, which would name these cases differently in every process."""
    return gzip.compress(data, compresslevel=1, mtime=0)


def tar_of(*members: tuple[tarfile.TarInfo, bytes], fmt: int = tarfile.USTAR_FORMAT) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=fmt) as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), mtime=0)


def entry(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    return info


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (tar_of((entry("../evil"), b"x")), "plain relative path"),
        (tar_of((entry("/etc/passwd"), b"x")), "plain relative path"),
        (tar_of((entry("a/./b"), b"x")), "plain relative path"),
        (tar_of((entry("a\\b"), b"x")), "plain relative path"),
        (tar_of((entry("a"), b"x"), (entry("a"), b"y")), "occurs twice"),
        (tar_of((entry("a", tarfile.SYMTYPE), b"")), "plain files"),
        (tar_of((entry("a", tarfile.LNKTYPE), b"")), "plain files"),
        (tar_of((entry("a", tarfile.DIRTYPE), b"")), "plain files"),
        (tar_of((entry("a" * 200), b"x"), fmt=tarfile.GNU_FORMAT), "USTAR"),
        (tar_of((entry("ä" * 90), b"x"), fmt=tarfile.PAX_FORMAT), "plain files"),
        (zipped(b"\0" * 600), "cut short"),
        (zipped(b"x" * 2048), "damaged|USTAR"),
        (zipped(bytes(1024)) + zipped(bytes(1024)), "bytes follow"),
        (zipped(bytes(1535) + b"x"), "bytes follow"),
        (zipped(bytes(8 * 1024 * 1024)), "200 times"),
        (zipped(bytes(MAX_UNPACKED_BYTES + 1)), "more than"),
        (b"", "cut short"),
        (b"not gzip", "not a bundle"),
    ],
)
def test_a_container_we_would_not_write_is_refused(data: bytes, part: str) -> None:
    with pytest.raises(BundleError, match=part):
        unpack(data)


@given(st.binary(max_size=400))
def test_garbage_is_refused_and_never_crashes(data: bytes) -> None:
    for attempt in (data, gzip.compress(data)):
        with pytest.raises(BundleError):
            verify(attempt, bundles.trust())


RAW = gzip.decompress(bundles.bundle(1))


@settings(max_examples=200)
@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_no_flipped_byte_of_the_archive_passes(position: int, mask: int) -> None:
    changed = bytearray(RAW)
    changed[position] ^= mask
    try:
        found = verify(gzip.compress(bytes(changed), mtime=0), bundles.trust())
    except BundleError:
        return
    # Header fields that carry nothing (owner, mode, times) are covered by the checksum only.
    assert found.files == unpack(bundles.bundle(1))


@settings(max_examples=100)
@given(st.integers(0, 3000))
def test_no_bundle_cut_short_passes(length: int) -> None:
    data = bundles.bundle(1)
    with pytest.raises(BundleError):
        verify(data[: min(length, len(data) - 1)], bundles.trust())


def test_floats_never_enter_a_bundle() -> None:
    content = bundles.assets()
    content["prompt"]["welcome"] |= {"output": {"json_schema": {"multipleOf": 0.5}}}
    with pytest.raises(ContentError, match="decimals as text"):
        bundles.inputs(1, content)


def pointer(**changes: Any) -> ChannelPointer:
    base = ChannelPointer(
        "acme", "customer-email", "production", 4, "a" * 64, 9, datetime(2026, 11, 4, tzinfo=UTC)
    )
    return replace(base, **changes)


def test_a_pointer_comes_back_as_it_was_signed() -> None:
    made = pointer(revoked=frozenset({1, 2}), block_all=True, expires_at=datetime(2026, 11, 5, tzinfo=UTC))
    assert verify_pointer(sign_pointer(made, bundles.signer()), bundles.trust()) == made
    empty = pointer(version=None, sha256=None)
    assert verify_pointer(sign_pointer(empty, bundles.signer()), bundles.trust()) == empty


def test_a_bundles_signature_does_not_pass_for_a_pointer() -> None:
    (token,) = json.loads(unpack(bundles.bundle(1))[".signatures.json"])["signatures"]
    with pytest.raises(VerificationError, match="of type None"):
        verify_pointer(token, bundles.trust())


@given(st.integers(0, 600), st.sampled_from("AZ09._-=\n"))
def test_no_changed_pointer_passes(position: int, char: str) -> None:
    token = sign_pointer(pointer(), bundles.signer())
    position %= len(token)
    changed = token[:position] + char + token[position + 1 :]
    if changed != token:
        with pytest.raises(VerificationError):
            verify_pointer(changed, bundles.trust())


@given(st.text(max_size=300))
def test_no_text_passes_for_a_pointer(text: str) -> None:
    with pytest.raises(VerificationError):
        verify_pointer(text, bundles.trust())


def test_signing_twice_gives_the_same_signature() -> None:
    assert sign_pointer(pointer(), bundles.signer()) == sign_pointer(pointer(), bundles.signer())


def test_trust_is_read_from_pem_key_ids_and_jwk_sets() -> None:
    signer = bundles.signer()
    public = signer.private_key.public_key()
    assert key_id_of(public) == signer.key_id
    assert set(Trust.from_pem(signer.public_pem).keys) == {signer.key_id}
    assert set(Trust.from_pem(signer.public_pem + bundles.signer("b").public_pem).keys) == {
        signer.key_id,
        bundles.signer("b").key_id,
    }
    assert set(Trust.from_pem({signer.key_id: signer.public_pem}).keys) == {signer.key_id}
    assert set(Trust.from_jwks({"keys": [public_jwk(public), {"kty": "RSA"}]}).keys) == {signer.key_id}
    with pytest.raises(ValueError, match="key ids"):
        Trust.from_pem({"mine": signer.public_pem})
    with pytest.raises(ValueError, match="no public key"):
        Trust.from_pem("")


def test_a_private_key_opens_only_with_its_passphrase() -> None:
    pem = generate_key_pem(b"right")
    assert LocalSigner.from_pem(pem, b"right").key_id
    with pytest.raises(ValueError, match=r"(?i)password|decrypt"):
        LocalSigner.from_pem(pem, b"wrong")

"""The bytes of a bundle are a contract: with Open Policy Agent, with old clients and with ourselves."""

from __future__ import annotations

import base64
import json
import tarfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.active import Policy
from copydesk.bundle import Trust, build, sign, verify
from copydesk.bundle.archive import pack, unpack
from copydesk.bundle.layout import asset_path, file_hash
from copydesk.canonical import digest, sha256_hex
from copydesk.errors import BundleError
from tests.factories import bundles


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            ".manifest",
            '{"roots":["editorial"],"revision":"r1","metadata":{"n":3,"f":1.0}}',
            "26d832ec959075c4643529fc810d302154aa406c6d0d2d161295e83e464e0cb9",
        ),
        ("data.json", '{"b": 1, "a": "\u2028<&>é"}', sha256_hex('{"a":"\\u2028<&>é","b":1}'.encode())),
        # UTF-8 order, which differs from UTF-16 order above the basic plane.
        ("data.json", '{"\U00010000": 1, "\uffff": 2}', sha256_hex('{"\uffff":2,"\U00010000":1}'.encode())),
        ("content/x.json", '{"b": 1}', sha256_hex(b'{"b": 1}')),
        ("nested/data.json", '{ "b":1 }', sha256_hex(b'{"b":1}')),
    ],
)
def test_file_hashes_are_those_of_open_policy_agent(name: str, text: str, expected: str) -> None:
    assert file_hash(name, text.encode()) == expected


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1, "a": 2}', "{", "[" * 100_000])
def test_a_structured_file_that_two_readers_could_read_differently_is_refused(text: str) -> None:
    with pytest.raises(BundleError, match="not JSON"):
        file_hash("data.json", text.encode())


def test_the_same_inputs_give_the_same_bytes() -> None:
    first = sign(build(bundles.inputs(4)), bundles.signer())
    content = {kind: dict(reversed(named.items())) for kind, named in reversed(bundles.assets().items())}
    again = replace(bundles.inputs(4), assets=content)
    again = replace(
        again, approvals=again.approvals[::-1], sources=again.sources[::-1], engines=again.engines[::-1]
    )
    assert sign(build(again), bundles.signer()) == first


def test_the_layout_is_deterministic_ustar_in_plain_gzip() -> None:
    data = bundles.bundle(2)
    assert data[:10] == bytes.fromhex("1f8b0800000000000200"[:18]) + b"\xff"
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        members = archive.getmembers()
    names = [member.name for member in members]
    assert names == sorted(names)
    assert {(m.mtime, m.uid, m.gid, m.mode, m.uname, m.gname, m.isfile()) for m in members} == {
        (0, 0, 0, 0o644, "", "", True)
    }
    assert {".manifest", ".signatures.json", "data.json", "meta/release.json"} < set(names)


def test_there_is_exactly_one_es256_signature_over_all_other_files() -> None:
    files = unpack(bundles.bundle(2))
    (token,) = json.loads(files[".signatures.json"])["signatures"]
    header, payload, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    assert json.loads(header) == {"alg": "ES256", "kid": bundles.signer().key_id}
    assert len(signature) == 64
    claims = json.loads(payload)
    assert claims["keyid"] == bundles.signer().key_id
    listed = {item["name"]: item["hash"] for item in claims["files"]}
    assert listed == {
        name: file_hash(name, data) for name, data in files.items() if name != ".signatures.json"
    }


def test_the_projection_agrees_with_the_content() -> None:
    files = unpack(bundles.bundle(2))
    seen = json.loads(files["data.json"])["copydesk"]
    assert (seen["workspace"], seen["policy"], seen["version"]) == ("acme", "customer-email", 2)
    for kind, named in bundles.assets().items():
        key = "prompts" if kind == "prompt" else kind
        assert seen[key] == {name: json.loads(files[asset_path(kind, name)]) for name in named}


def test_the_manifest_names_the_revision_the_root_and_the_format() -> None:
    manifest = json.loads(unpack(bundles.bundle(42))[".manifest"])
    assert manifest["revision"] == "acme/customer-email@42"
    assert manifest["roots"] == ["copydesk"]
    assert manifest["metadata"]["format_version"] == "1.0"
    assert manifest["metadata"]["min_client"] == "0.1.0"


def test_no_asset_name_can_take_a_file_that_open_policy_agent_reads() -> None:
    glossary = {
        name: {"title": name} for name in ("data", "patch", "x.manifest", "signatures", "a.data.json")
    }
    content = bundles.assets(glossary=glossary)
    made = verify(bundles.bundle(1, content), bundles.trust())
    assert set(made.assets.glossary) == set(glossary)
    endings = (".manifest", "signatures.json", "data.json", "patch.json")
    reserved = {".manifest", ".signatures.json", "data.json"}
    assert not [name for name in made.files if name.endswith(endings) and name not in reserved]
    with pytest.raises(BundleError, match="keeps for itself"):
        build(bundles.inputs(1, heads={"toxicity/a/data.json": b""}))


def test_the_asset_hash_in_the_release_is_the_hash_of_the_file() -> None:
    files = unpack(bundles.bundle(1))
    for source in json.loads(files["meta/release.json"])["sources"]:
        raw = files[asset_path(source["kind"], source["name"])]
        assert sha256_hex(raw) == source["sha256"] == digest(json.loads(raw))


@given(
    st.dictionaries(
        st.from_regex(r"[a-z0-9_-]{1,20}(/[a-z0-9_-]{1,9}[.]?[a-z0-9_-]{1,9}){0,2}x", fullmatch=True),
        st.binary(max_size=2000),
        max_size=8,
    )
)
def test_what_is_packed_is_what_is_unpacked(files: dict[str, bytes]) -> None:
    assert unpack(pack(files)) == files


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parent / "bundles").glob("*.bundle")), ids=lambda p: p.stem
)
def test_bundles_of_earlier_formats_still_load(path: Path) -> None:
    trust = Trust.from_pem(path.with_suffix(".pem").read_bytes())
    found = verify(path.read_bytes(), trust)
    assert found.revision == "acme/customer-email@1"
    assert Policy.from_bundle(found).check("So cheap!", prompt="welcome").is_blocked

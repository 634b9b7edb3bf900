"""Rule files written by any editor on any system go out byte for byte as they came in."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.assets.vale_transfer import export_package, import_package
from copydesk.assets import Kind
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World

GUIDE = "/w/acme/assets/style_guide/style-guide"
API = "/api/v1/workspaces/acme/assets/style_guide/style-guide"
PLAIN = b"extends: existence\nmessage: \"Not '%s'.\"\nlevel: error\ntokens:\n  - very\n  - really\n"
FILES = {
    "Plain": PLAIN,
    "Crlf": PLAIN.replace(b"\n", b"\r\n"),
    "Mark": b"\xef\xbb\xbf" + PLAIN,
    "MarkAndCrlf": b"\xef\xbb\xbf" + PLAIN.replace(b"\n", b"\r\n"),
    "OldMac": PLAIN.replace(b"\n", b"\r"),
    "Mixed": PLAIN.replace(b"\n", b"\r\n", 2),
    "NoEnd": PLAIN.rstrip() + b"  # the last line",
    "Framed": b"# House rules\n---\n" + PLAIN + b"...\n",
    "Spaced": b"\n\n" + PLAIN.replace(b"\n", b"   \n") + b"\n\n\n",
    "Quoted": PLAIN.replace(b"very", '"caf\\u00e9 \u00fc u\u0308 \U0001f600 \\u2028"'.encode()),
    "Folded": PLAIN.replace(b"\"Not '%s'.\"", b">-\n  Not\n  '%s'."),
    "Flow": b"{extends: existence, message: m, tokens: [a, 'b: c']}",
    "Unknown": PLAIN + b"owner: web team\nlink: https://example.com/#a\n",
}


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"styles/House/{name}.yml", data)
    return out.getvalue()


def _unzip(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.startswith("House/")]
        return {name.removeprefix("House/").removesuffix(".yml"): archive.read(name) for name in names}


def _upload(world: World, files: dict[str, bytes]) -> str:
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House style"})
    form = {"base": "0", "mode": "replace", "file": (io.BytesIO(_zip(files)), "House.zip")}
    answer = world.client("editor").post(f"{GUIDE}/import", data=form, content_type="multipart/form-data")
    assert answer.status_code == 200
    return answer.text


def _exported(world: World) -> dict[str, bytes]:
    return _unzip(world.client("viewer").get(f"{GUIDE}/export.zip").data)


def test_every_way_to_write_a_file_survives_import_revision_and_export(world: World) -> None:
    _upload(world, FILES)
    assert _exported(world) == FILES

    saved = world.client("editor").post(f"{GUIDE}/save", data={"base": 1, "message": "Vale"})
    assert saved.status_code == 303
    assert _exported(world) == FILES


def test_a_rule_that_was_edited_is_written_anew_and_the_others_stay_as_they_came(world: World) -> None:
    _upload(world, FILES)
    with world.session() as session:
        draft = asset_of(session, world, Kind.STYLE_GUIDE).draft
        assert draft is not None
        content = json.loads(json.dumps(draft.content))
        lock = draft.lock_number
    (edited,) = [rule for rule in content["rules"] if rule["title"] == "MarkAndCrlf"]
    edited["message"] = "Please not '%s'."
    body = {"content": content, "base_lock": lock}
    assert world.client("editor").put(f"{API}/draft", json=body).status_code == 200

    found = _exported(world)
    assert b"Please not" in found.pop("MarkAndCrlf")
    assert found == {name: data for name, data in FILES.items() if name != "MarkAndCrlf"}


@pytest.mark.parametrize(
    "data",
    [PLAIN + b"---\n" + PLAIN, PLAIN + b"...\n---\n" + PLAIN, b"---\n" + PLAIN + b"---\n"],
    ids=["two", "ended and begun", "a second one that is empty"],
)
def test_a_file_of_several_documents_is_refused_with_its_line_and_the_rest_taken(
    world: World, data: bytes
) -> None:
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", _upload(world, {"Two": data, "Plain": PLAIN})))

    assert re.search(r"House/Two.yml line \d+ Left out", page)
    assert _exported(world) == {"Plain": PLAIN}


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30)
@given(
    st.lists(st.text(alphabet="abc äß\u2028\U0001f600'\"#:-{}[]%\\\t", min_size=1, max_size=12), max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\ufeff"]),
    st.text(alphabet=" #a\n", max_size=8),
)
def test_any_rule_that_is_taken_goes_out_as_it_came(
    tokens: list[str], line_end: str, mark: str, tail: str
) -> None:
    lines = ["extends: existence", "message: m", "tokens:", *(f"  - {json.dumps(t)}" for t in tokens)]
    data = (mark + line_end.join([*lines, tail])).encode()

    report = import_package({"title": "House style"}, _zip({"Any": data, "Plain": PLAIN}))

    exported = _unzip(export_package(report.content, "house"))
    assert exported.pop("Plain") == PLAIN
    assert exported in ({"Any": data}, {})

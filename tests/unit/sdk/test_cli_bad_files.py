"""Whatever file or address the command line is given: one line that names it, an exit code, no traceback."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.canonical import digest
from copydesk.file_reading import read_content
from tests.factories import bundles

Run = Callable[..., tuple[int, str, str]]
LAUGHS = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + level, 98 + level, b",".join([b"*%c" % (97 + level)] * 9)) for level in range(9)
)
BAD_CONTENT = {
    "empty": (b"", "must hold one object"),
    "list": (b"[1]", "must hold one object"),
    "binary": (bytes(range(128, 256)), "line 1 is not UTF-8"),
    "latin": (b"title: x\nnote: caf\xe9\n", "line 2 is not UTF-8"),
    "nul": (b"a: \0", "control characters are not allowed"),
    "deep": (b"[" * 100_000, "line 1, column 101: nests too deep"),
    "laughs": (LAUGHS, "more than 300000 values"),
    "two documents": (b"a: 1\n---\nb: 2\n", "line 2, column 1: expected a single document"),
    "tag": (b'!!python/object/apply:os.system ["true"]', "could not determine a constructor"),
    "long number": (b"a: " + b"9" * 5_000, "a number is too long"),
    "thirteenth month": (b"a: 2020-13-45\n", "line 1, column 4: month must be"),
    "twice": (b"terms: []\ntitle: x\nterms: [1]\n", "line 3, column 1: 'terms' stands twice"),
    "large": (b"a: " + b"x" * 9_000_000, "is larger than 8 MB"),
}


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key.pem").write_text(bundles.signer().public_pem)
    (tmp_path / "one.bundle").write_bytes(bundles.bundle(1))
    rule = tmp_path / "vale" / "House" / "Very.yml"
    rule.parent.mkdir(parents=True)
    rule.write_text("extends: existence\nmessage: No.\ntokens: [very]\n")
    # Port 9 refuses: what is wrong with files must be found before anything is sent.
    given = {"URL": "http://127.0.0.1:9", "WORKSPACE": "acme", "POLICY": "mail", "API_TOKEN": "cka_x"}
    for name, value in {**given, "TRUST": str(tmp_path / "key.pem"), "CACHE_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(f"COPYDESK_{name}", value)


@pytest.mark.parametrize(("data", "part"), BAD_CONTENT.values(), ids=BAD_CONTENT.keys())
def test_a_content_file_that_cannot_be_read_is_refused_in_one_line(
    run: Run, tmp_path: Path, data: bytes, part: str
) -> None:
    path = tmp_path / "content" / "glossary" / "house.yml"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    for command in (
        ("propose", tmp_path / "content", "--message", "m", "--golden-set", "g"),
        ("import-vale", tmp_path / "vale", "--out", tmp_path / "out.json", "--into", path),
    ):
        code, out, err = run(*command)
        assert (code, out) == (2, ""), command[0]
        assert err.startswith(f"copydesk: {path}: ")
        assert part in err
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"terms": 1, "terms": 2}', "'terms' stands twice in one object"),
        ('{"a": 1,\n}', "is not JSON in line 2, column 1"),
        ('{"a": ' + "9" * 5_000 + "}", "a number is too long"),
        ("[" * 100_000, "nested too deeply"),
        ("a: 1", "is not JSON in line 1, column 1"),
    ],
)
def test_a_json_file_is_read_as_json(run: Run, tmp_path: Path, text: str, part: str) -> None:
    path = tmp_path / "guide.json"
    path.write_text(text)
    code, _, err = run("import-vale", tmp_path / "vale", "--out", tmp_path / "out.json", "--into", path)
    assert code == 2
    assert err.startswith(f"copydesk: {path}: ")
    assert part in err


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("guide.json", b'\xef\xbb\xbf{\n\t"title": "Tabs and a mark"\n}\r\n'),
        ("guide.yml", b"\xef\xbb\xbftitle: Tabs and a mark\r\nbase: &b {x: [1]}\r\nmore: {<<: *b}\r\n"),
    ],
)
def test_marks_tabs_and_aliases_are_read(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert read_content(tmp_path / name)["title"] == "Tabs and a mark"


@given(st.binary(max_size=400) | st.text(alphabet="ab:-[]{}&*!#'\"\n 0\u2028", max_size=60).map(str.encode))
def test_any_file_is_one_object_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    for suffix in ("yml", "json"):
        path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
        path.write_bytes(data)
        said = f"{path}: "
        try:
            read_content(path)
        except ValueError as error:
            said = str(error)
        assert said.startswith(f"{path}: ")
        assert "\n" not in said


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("House/Big.yml", b"\0" * 30_000_000)
    return out.getvalue()


BAD_BUNDLES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "binary": lambda: bytes(range(256)) * 4,
    "cut short": lambda: bundles.bundle(1)[:-30],
    "gzip bomb": lambda: gzip.compress(b"\0" * 20_000_000, 1, mtime=0),
    "zip": _bomb,
    "page": lambda: b"<html>captive portal</html>",
}


@pytest.mark.parametrize("make", BAD_BUNDLES.values(), ids=BAD_BUNDLES.keys())
def test_a_file_that_is_no_bundle_does_not_verify(
    run: Run, tmp_path: Path, make: Callable[[], bytes]
) -> None:
    (tmp_path / "bad.bundle").write_bytes(make())
    for command in (
        ("verify", tmp_path / "bad.bundle"),
        ("show", tmp_path / "bad.bundle"),
        ("check", "--bundle", tmp_path / "bad.bundle", tmp_path / "key.pem"),
        ("render", "--bundle", tmp_path / "bad.bundle", "--prompt", "welcome"),
        ("serve", "--bundle", tmp_path / "bad.bundle", "--port", "0"),
    ):
        code, out, err = run(*command)
        assert (code, out) == (4, ""), command[0]
        assert err.count("\n") == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\0", b"PK\x03\x04", b"[" * 100_000], ids=range(4))
def test_a_file_that_is_no_archive_is_no_vale_package(run: Run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.zip").write_bytes(data)
    code, out, err = run("import-vale", tmp_path / "bad.zip", "--out", tmp_path / "out.json")
    assert (code, out) == (1, "")
    assert "can't be read as a zip archive" in err
    assert not (tmp_path / "out.json").exists()


def test_a_zip_bomb_is_no_vale_package(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bomb.zip").write_bytes(_bomb())
    code, _, err = run("import-vale", tmp_path / "bomb.zip", "--out", tmp_path / "out.json")
    assert code == 1
    assert "House/Big.yml: is larger than 1000000 bytes" in err


RENDER = ("render", "--bundle", "{tmp}/one.bundle", "--prompt", "welcome")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("check", "{tmp}/latin.txt", "--bundle", "{tmp}/one.bundle"), "latin.txt: line 1 is not UTF-8"),
        (("audit", "verify", "{tmp}/latin.txt"), "latin.txt: line 1 is not UTF-8"),
        (("verify", "{tmp}/one.bundle", "--trust", "{tmp}/latin.txt"), "latin.txt: no public key"),
        (("verify", "{tmp}/one.bundle", "--trust", "{tmp}/broken.pem"), "broken.pem: "),
        (("verify", "{tmp}"), "Is a directory"),
        (("check", "a\0b", "--bundle", "{tmp}/one.bundle"), "null byte"),
        ((*RENDER, "--variables", "[" * 90_000), "nested"),
        ((*RENDER, "--variables", '{"a":1,"a":2}'), "twice"),
        ((*RENDER, "--variables", "@{tmp}/latin.txt"), "latin.txt: line 1 is not UTF-8"),
        (("pull", "--url", "http://[::1"), "the console's address 'http://[::1' is none"),
        (("pull", "--url", "ftp://x"), "must start with http"),
        (("gate", "1", "--url", "http://[::1"), "the console's address"),
        (("pull", "--workspace", "../.."), "is not a name"),
        (("serve", "--bundle", "{tmp}/one.bundle", "--port", "99999999"), "port must be 0-65535"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], part: str
) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "broken.pem").write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    code, out, err = run(*(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert (code, out) == (2, "")
    assert err.startswith("copydesk: ")
    assert part in err
    assert err.count("\n") == 1


def test_a_device_without_end_is_read_no_further_than_a_file_may_be(run: Run, tmp_path: Path) -> None:
    endless = tmp_path / "content" / "glossary" / "house.yml"
    endless.parent.mkdir(parents=True)
    endless.symlink_to("/dev/zero")
    for command, code, part in (
        (("verify", endless), 4, "33554432 are allowed"),
        (("verify", tmp_path / "one.bundle", "--trust", endless), 2, "no public key"),
        ((*RENDER, "--variables", f"@{endless}"), 2, "is larger than 8 MB"),
        (("propose", tmp_path / "content", "--message", "m", "--golden-set", "g"), 2, "is larger than 8 MB"),
    ):
        got, out, err = run(*(str(word).replace("{tmp}", str(tmp_path)) for word in command))
        assert (got, out) == (code, ""), command[0]
        assert part in err
        assert err.count("\n") == 1


def test_text_on_standard_input_that_is_no_utf8_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9"), encoding="utf-8"))
    code, _, err = run("check", "--bundle", tmp_path / "one.bundle", "--prompt", "welcome")
    assert (code, err) == (2, "copydesk: the text on standard input is not UTF-8; convert it\n")


def test_separators_inside_an_audit_entry_do_not_cut_it(run: Run, tmp_path: Path) -> None:
    entry = {"seq": 1, "previous_sha256": "0" * 64, "action": "a\u2028b\u0085c"}
    line = json.dumps({**entry, "entry_sha256": digest(entry)}, ensure_ascii=False)
    (tmp_path / "log.jsonl").write_text(f"{line}\r\n", "utf-8")
    code, out, _ = run("audit", "verify", tmp_path / "log.jsonl")
    assert code == 0, out
    assert "1 entries" in out

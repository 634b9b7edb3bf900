"""The client's folder: shared by processes, never half written, never escaping."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from copydesk.client.store import KEEP_VERSIONS, Store, StoredPointer


def test_what_is_stored_is_read_back(tmp_path: Path) -> None:
    store = Store(tmp_path, "acme", "mail")
    pointer = StoredPointer("a.b.c", '"tag"', 3)
    with store.locked():
        store.write_pointer("production", pointer)
        store.write_bundle(3, b"three")
    again = Store(tmp_path, "acme", "mail")
    assert again.read_pointer("production") == pointer
    assert again.read_bundle(3) == b"three"
    assert again.read_pointer("staging") is None
    assert not list(tmp_path.rglob(".writing-*"))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b'{"etag": 1}', b"\xff"])
def test_a_damaged_pointer_counts_as_absent(content: bytes, tmp_path: Path) -> None:
    store = Store(tmp_path, "acme", "mail")
    store.write_pointer("production", StoredPointer("t", None))
    next(tmp_path.rglob("production.json")).write_bytes(content)
    assert store.read_pointer("production") is None


def test_old_versions_go_but_the_running_one_stays(tmp_path: Path) -> None:
    store = Store(tmp_path, "acme", "mail")
    for version in range(1, 11):
        store.write_bundle(version, str(version).encode())
    store.prune(keep=2)
    assert store.versions() == (10, 9, 8, 7, 6, 2)
    assert len(store.versions()) == KEEP_VERSIONS + 1


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a\x00b"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a name"):
        Store(tmp_path, name, "mail")
    with pytest.raises(ValueError, match="is not a name"):
        Store(tmp_path, "acme", "mail").read_pointer(name)


def test_another_process_waits_for_the_lock_and_a_dead_one_frees_it(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom copydesk.client.store import Store\n"
        "store = Store(Path(sys.argv[1]), 'acme', 'mail')\n"
        "lock = store.locked()\nlock.__enter__()\nprint('held', flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        fcntl = pytest.importorskip("fcntl")
        with (tmp_path / "acme" / "mail" / "lock").open("a+b") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        holder.kill()
        holder.wait()
    store = Store(tmp_path, "acme", "mail")
    with store.locked():
        store.write_bundle(1, b"x")
    assert store.versions() == (1,)

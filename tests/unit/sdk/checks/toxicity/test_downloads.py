"""Where the Detoxify engine's files come from: settings, digests, and downloads from a local server."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from copydesk.checks.toxicity import detoxify_files
from copydesk.checks.toxicity.detoxify_files import FilesError

CONTENT = b"not really weights, but bytes with a digest\n" * 1000


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve a folder over loopback HTTP: its address and the folder."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> str:
    """Name a model whose published digest is that of CONTENT, so that a download can succeed offline."""
    name = f"v9/tiny-{hashlib.sha256(CONTENT).hexdigest()[:8]}.ckpt"
    monkeypatch.setattr(
        detoxify_files,
        "CHECKPOINT_URLS",
        {**detoxify_files.CHECKPOINT_URLS, "tiny": f"https://example.org/{name}"},
    )
    return "tiny"


def test_a_download_with_the_right_digest_is_kept_and_not_fetched_again(
    mirror: tuple[str, Path], published: str, tmp_path: Path
):
    address, folder = mirror
    (folder / "file").write_bytes(CONTENT)
    kept = detoxify_files.download_checkpoint(published, tmp_path / "cache", f"{address}/file")
    assert kept.read_bytes() == CONTENT
    (folder / "file").unlink()
    assert detoxify_files.download_checkpoint(published, tmp_path / "cache", f"{address}/file") == kept


def test_a_download_with_another_digest_leaves_nothing_behind(mirror: tuple[str, Path], tmp_path: Path):
    address, folder = mirror
    (folder / "file").write_bytes(CONTENT)
    with pytest.raises(FilesError, match="expected c1212f89…; nothing was kept"):
        detoxify_files.download_checkpoint("original", tmp_path / "cache", f"{address}/file")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_damaged_copy_in_the_cache_is_named(mirror: tuple[str, Path], published: str, tmp_path: Path):
    address, folder = mirror
    (folder / "file").write_bytes(CONTENT)
    kept = detoxify_files.download_checkpoint(published, tmp_path / "cache", f"{address}/file")
    kept.write_bytes(CONTENT[:-1])
    with pytest.raises(FilesError, match="damaged or not upstream's; delete it"):
        detoxify_files.download_checkpoint(published, tmp_path / "cache", f"{address}/file")


def test_an_error_answer_and_no_answer_are_reported(mirror: tuple[str, Path], tmp_path: Path):
    address, _ = mirror
    with pytest.raises(FilesError, match=r"cannot fetch .*404"):
        detoxify_files.download_checkpoint("original", tmp_path, f"{address}/absent")
    with pytest.raises(FilesError, match="cannot fetch"):
        detoxify_files.download_checkpoint("original", tmp_path, "http://127.0.0.1:1/x")
    assert not list(tmp_path.glob("*.ckpt*"))


def test_a_download_beyond_the_limit_is_broken_off(
    mirror: tuple[str, Path], published: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    address, folder = mirror
    (folder / "file").write_bytes(CONTENT)
    monkeypatch.setattr(detoxify_files, "MAX_DOWNLOAD_BYTES", 1000)
    with pytest.raises(FilesError, match="more than 1000 bytes"):
        detoxify_files.download_checkpoint(published, tmp_path / "cache", f"{address}/file")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_wrong_vocabulary_is_refused(mirror: tuple[str, Path], tmp_path: Path):
    address, folder = mirror
    (folder / "vocab.txt").write_bytes(CONTENT)
    with pytest.raises(FilesError, match="expected 07eced37"):
        detoxify_files.download_bert_config(tmp_path / "cache", f"{address}/vocab.txt")


def test_upstream_names_carry_the_digest_of_every_model():
    from_upstream = {
        name: url.rpartition("-")[2].removesuffix(".ckpt")
        for name, url in detoxify_files.CHECKPOINT_URLS.items()
    }
    assert from_upstream["original"] == "c1212f89"
    assert all(len(prefix) == 8 for prefix in from_upstream.values())


def test_settings_name_what_is_missing(tmp_path: Path):
    cache = {"COPYDESK_CACHE_DIR": str(tmp_path)}
    with pytest.raises(FilesError, match=r"toxic_original-c1212f89.ckpt is not there; fetch it with"):
        detoxify_files.locate(cache)
    with pytest.raises(FilesError, match=r"no Detoxify model is called 'huge'; known: original, unbiased"):
        detoxify_files.locate({**cache, "COPYDESK_DETOXIFY_MODEL": "huge"})
    own = tmp_path / "own.ckpt"
    own.write_bytes(CONTENT)
    with pytest.raises(FilesError, match="COPYDESK_DETOXIFY_TRUST_CHECKPOINT=1"):
        detoxify_files.locate({**cache, "COPYDESK_DETOXIFY_CHECKPOINT": str(own)})
    trusted = {**cache, "COPYDESK_DETOXIFY_CHECKPOINT": str(own), "COPYDESK_DETOXIFY_TRUST_CHECKPOINT": "1"}
    with pytest.raises(FilesError, match=r"holds no config.json; set COPYDESK_DETOXIFY_CONFIG"):
        detoxify_files.locate(trusted)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    found = detoxify_files.locate({**trusted, "COPYDESK_DETOXIFY_CONFIG": str(tmp_path)})
    assert (found.checkpoint, found.config, found.digest_prefix) == (own, tmp_path, None)
    assert found.languages == {"en"}


def test_the_languages_are_those_of_the_model_whose_checkpoint_it_is(tmp_path: Path):
    own = tmp_path / "own-0123abcd.ckpt"
    own.write_bytes(CONTENT)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    settings = {"COPYDESK_DETOXIFY_CHECKPOINT": str(own), "COPYDESK_DETOXIFY_CONFIG": str(tmp_path)}
    assert detoxify_files.locate({**settings, "COPYDESK_DETOXIFY_MODEL": "unbiased"}).languages == {"en"}
    several = detoxify_files.locate({**settings, "COPYDESK_DETOXIFY_MODEL": "multilingual"}).languages
    assert several == {"en", "es", "fr", "it", "pt", "ru", "tr"}

"""Files of a Vale package from a folder or a zip archive: bounded, and nothing of it written to disk."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from copydesk.errors import ContentError, Problem

MAX_FILES = 2_000
MAX_ENTRIES = 20_000
MAX_FILE_BYTES = 1_000_000
MAX_TOTAL_BYTES = 20_000_000
MAX_ARCHIVE_BYTES = 50_000_000
_RULE_SUFFIXES = frozenset({".yml", ".yaml"})
_TESTS = tuple(f".test{suffix}" for suffix in sorted(_RULE_SUFFIXES))
_OF_STYLES = re.compile("vale|styles", re.IGNORECASE)
_OTHER_NAMES = frozenset({"accept.txt", "reject.txt", ".vale.ini", "_vale.ini", "vale.ini"})


# Bit 0 of the general purpose flags (PKWARE APPNOTE 6.3.10, section 4.4.4).
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file of a package; the path is a label with forward slashes and never opened."""

    path: PurePosixPath
    data: bytes


def is_rule_file(path: PurePosixPath) -> bool:
    """Tell whether a file holds a rule: not what is hidden, nor what Vale keeps in `config`.

    A repository's styles often lie in a hidden folder, such as `.vale` or `.github/styles`.
    """
    if path.suffix.lower() not in _RULE_SUFFIXES or "config" in path.parts[:-1] or is_test_file(path):
        return False
    shown = (*folders_of(path), path.name)
    return not any(part[0] == "." and part.strip(".") for part in shown)


def is_test_file(path: PurePosixPath) -> bool:
    """Tell whether a file holds the tests of a rule, which Vale keeps beside it."""
    return path.name.lower().endswith(_TESTS)


def folders_of(path: PurePosixPath) -> tuple[str, ...]:
    """Return the folders of a file below the one that is named for styles, all where none is.

    The first is mostly a style and those below it hold its groups of rules: `Style.Group.Rule`.
    """
    folders = path.parts[:-1]
    named = (depth for depth, part in enumerate(folders, 1) if _OF_STYLES.search(part))
    return folders[max(named, default=0) :]


def is_wanted(path: PurePosixPath) -> bool:
    """Tell whether a file means anything to an import: a rule, a word list or the settings."""
    return is_rule_file(path) or path.name.lower() in _OTHER_NAMES


def files_of_folder(folder: Path, wanted: Callable[[PurePosixPath], bool]) -> list[PackageFile]:
    """Read the wanted files below a folder; a link that leads out of it is not followed.

    Raises:
        ContentError: no such folder, or more than the limits allow.
    """
    if not folder.is_dir():
        raise _refusal(str(folder), "is not a folder")
    inside = folder.resolve()
    found = []
    for path in sorted(folder.rglob("*")):
        label = PurePosixPath(path.relative_to(folder.parent).as_posix())
        inner = PurePosixPath(path.relative_to(folder).as_posix())
        if wanted(inner) and path.is_file() and path.resolve().is_relative_to(inside):
            found.append((label, path.stat().st_size, path.read_bytes))
    return _collected(found)


def files_of_zip(data: bytes, wanted: Callable[[PurePosixPath], bool]) -> list[PackageFile]:
    """Read the wanted files of a zip archive.

    Raises:
        ContentError: no zip archive, damaged, encrypted, or more than the limits allow.
    """
    if len(data) > MAX_ARCHIVE_BYTES:
        raise _refusal("", f"is larger than {MAX_ARCHIVE_BYTES} bytes; import one style at a time")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise _refusal("", f"holds more than {MAX_ENTRIES} entries; import one style at a time")
            chosen = [info for info in entries if wanted(_label(info.filename)) and _is_plain(info)]
            for info in chosen:
                if info.flag_bits & _ENCRYPTED:
                    raise _refusal(
                        str(_label(info.filename)), "is encrypted; pack the files without a password"
                    )
            return _collected(
                (_label(info.filename), info.file_size, partial(_unzipped, archive, info)) for info in chosen
            )
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise _refusal("", f"can't be read as a zip archive: {error}") from error


def _label(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))


def _is_plain(info: zipfile.ZipInfo) -> bool:
    return (
        not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16) and "__MACOSX" not in info.filename
    )


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as stream:
        # The size in the directory may lie.
        return stream.read(MAX_FILE_BYTES + 1)


def _collected(files: Iterable[tuple[PurePosixPath, int, Callable[[], bytes]]]) -> list[PackageFile]:
    found: list[PackageFile] = []
    total = 0
    for label, size, read in files:
        if size > MAX_FILE_BYTES:
            raise _refusal(str(label), f"is larger than {MAX_FILE_BYTES} bytes")
        data = read()
        total += len(data)
        if len(data) > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES or len(found) >= MAX_FILES:
            raise _refusal(str(label), f"is too much; at most {MAX_FILES} files and {MAX_TOTAL_BYTES} bytes")
        found.append(PackageFile(label, data))
    return found


def _refusal(path: str, message: str) -> ContentError:
    return ContentError("vale", [Problem(path, message)])

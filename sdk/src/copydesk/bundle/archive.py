"""The bundle's container: USTAR in gzip, written to the same bytes each time and read with suspicion."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Mapping

from copydesk.errors import BundleError

MAX_BUNDLE_BYTES = 32 * 1024 * 1024
MAX_UNPACKED_BYTES = 128 * 1024 * 1024
MAX_FILES = 20_000
# Repetitive content packs well; only beyond this size does a high ratio mean a bomb.
RATIO_CHECKED_FROM_BYTES = 4 * 1024 * 1024
MAX_RATIO = 200
BLOCK_BYTES = 512
_SAFE_NAME = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
_OCTAL = re.compile(rb"[0-7]+[ \0]*")
_ZERO_BLOCK = bytes(BLOCK_BYTES)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Pack files deterministically: sorted names, zero times and owners, mode 0644.

    Args:
        files: content by path with forward slashes.

    Raises:
        BundleError: a name that can't stand in USTAR or is not a plain relative path, or too much content.
    """
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            _refuse_unsafe_name(name)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(files[name]), 0, 0o644
            try:
                archive.addfile(entry, io.BytesIO(files[name]))
            except ValueError as error:
                raise BundleError(f"the path {name!r} is too long for a bundle") from error
    if raw.tell() > MAX_UNPACKED_BYTES:
        raise BundleError(f"the content is {raw.tell()} bytes; a bundle may hold {MAX_UNPACKED_BYTES}")
    packed = gzip.compress(raw.getvalue(), compresslevel=9, mtime=0)
    # Byte 9 names the operating system that packed it (RFC 1952); 255 is "unknown" on every machine.
    packed = packed[:9] + b"\xff" + packed[10:]
    if len(packed) > MAX_BUNDLE_BYTES:
        raise BundleError(f"the bundle is {len(packed)} bytes; at most {MAX_BUNDLE_BYTES} are allowed")
    return packed


def unpack(data: bytes) -> dict[str, bytes]:
    """Read the files of a bundle, refusing everything `pack` would not write.

    Raises:
        BundleError: too large, damaged, a link or device, an unsafe or doubled name.
    """
    return _read_tar(_decompress(data))


def _decompress(data: bytes) -> bytes:
    if len(data) > MAX_BUNDLE_BYTES:
        raise BundleError(f"the bundle is {len(data)} bytes; at most {MAX_BUNDLE_BYTES} are allowed")
    inflater = zlib.decompressobj(wbits=31)
    try:
        raw = inflater.decompress(data, MAX_UNPACKED_BYTES + 1)
    except zlib.error as error:
        raise BundleError(f"not a bundle: {error}") from error
    if len(raw) > MAX_UNPACKED_BYTES:
        raise BundleError(f"the bundle unpacks to more than {MAX_UNPACKED_BYTES} bytes")
    if not inflater.eof:
        raise BundleError("the bundle is cut short")
    if inflater.unused_data:
        raise BundleError("bytes follow the end of the bundle")
    if len(raw) > RATIO_CHECKED_FROM_BYTES and len(raw) > MAX_RATIO * len(data):
        raise BundleError(f"the bundle unpacks to more than {MAX_RATIO} times its size")
    return raw


def _read_tar(raw: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    offset = 0
    while True:
        header = raw[offset : offset + BLOCK_BYTES]
        if len(header) < BLOCK_BYTES:
            raise BundleError("the archive is cut short")
        if header == _ZERO_BLOCK:
            break
        name, size = _read_header(header)
        start = offset + BLOCK_BYTES
        if start + size > len(raw):
            raise BundleError(f"the archive is cut short inside {name!r}")
        if name in files:
            raise BundleError(f"the file {name!r} occurs twice")
        if len(files) >= MAX_FILES:
            raise BundleError(f"the bundle holds more than {MAX_FILES} files")
        files[name] = raw[start : start + size]
        offset = start + -(-size // BLOCK_BYTES) * BLOCK_BYTES
        if any(raw[start + size : offset]):
            raise BundleError(f"bytes are hidden behind {name!r}")
    if len(raw) - offset < 2 * BLOCK_BYTES or len(raw) % BLOCK_BYTES:
        raise BundleError("the archive is cut short")
    if any(raw[offset:]):
        raise BundleError("bytes follow the end of the archive")
    return files


def _read_header(header: bytes) -> tuple[str, int]:
    """Read one USTAR header (POSIX.1-1988, IEEE Std 1003.1): the path and the size in bytes."""
    checksum = sum(header[:148]) + 8 * ord(" ") + sum(header[156:])
    if _octal(header[148:156]) != checksum:
        raise BundleError("a file header of the archive is damaged")
    if header[257:265] != b"ustar\x0000":
        raise BundleError("the archive is not in USTAR format")
    if header[156:157] != b"0":
        raise BundleError("the archive holds something else than plain files")
    parts = [_text(header[345:500]), _text(header[:100])]
    name = "/".join(part for part in parts if part)
    _refuse_unsafe_name(name)
    return name, _octal(header[124:136])


def _octal(field: bytes) -> int:
    if not _OCTAL.fullmatch(field):
        raise BundleError("a number in a file header of the archive is damaged")
    return int(field.rstrip(b" \0"), 8)


def _text(field: bytes) -> str:
    text, _, rest = field.partition(b"\0")
    if any(rest):
        raise BundleError("a name in the archive is damaged")
    return text.decode("latin-1")


def _refuse_unsafe_name(name: str) -> None:
    is_plain = _SAFE_NAME.fullmatch(name) and not any(part in ("", ".", "..") for part in name.split("/"))
    if not is_plain:
        raise BundleError(f"the path {name!r} is not a plain relative path")

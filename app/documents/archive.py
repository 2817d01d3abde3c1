"""Looks into ZIP containers without unpacking them, refuses bombs before any library sees the bytes, opens encrypted members."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from app.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    PasswordNeededError,
    UnsupportedFormatError,
    WrongPasswordError,
)

_MAX_ENTRIES = 10_000
_MAX_INFLATED_BYTES = 1 << 30
_MAX_RATIO = 200
_RATIO_FLOOR_BYTES = 32 << 20
_LOCAL_HEADER = re.compile(rb"PK\x03\x04.{22}(..)(..)", re.DOTALL)
_ENCRYPTED_FLAG = 0x1


def member_names(data: bytes) -> list[str]:
    """Names of the members; of a damaged file those whose local headers can be found."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return _local_names(data)


def _local_names(data: bytes) -> list[str]:
    names: list[str] = []
    for match in _LOCAL_HEADER.finditer(data):
        length = int.from_bytes(match.group(1), "little")
        names.append(data[match.end() : match.end() + length].decode("utf-8", "replace"))
        if len(names) >= _MAX_ENTRIES:
            break
    return names


def guard_zip(data: bytes, name: str) -> None:
    """Raise if the ZIP is damaged, or would inflate to more than the reader takes.

    The sizes are those the file claims; libraries stop at them, and the process has a memory limit besides.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DamagedDocumentError(file=name, detail="its container is incomplete or broken.") from error
    inflated = sum(entry.file_size for entry in entries)
    if len(entries) > _MAX_ENTRIES:
        raise DocumentTooLargeError(file=name, detail=f"its container has {len(entries)} parts.")
    if inflated > _MAX_INFLATED_BYTES or (inflated > _RATIO_FLOOR_BYTES and inflated > _MAX_RATIO * len(data)):
        raise DocumentTooLargeError(file=name, detail=f"it would unpack to {inflated // 2**20} MiB.")


def read_member(data: bytes, member: str, max_bytes: int) -> bytes:
    """One member's bytes, at most `max_bytes`; empty when it is missing or broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(member) as stream:
            return stream.read(max_bytes)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        return b""


def open_members(data: bytes, name: str, password: str | None) -> bytes:
    """The ZIP with its members in the clear, as far as archivers' older encryption goes; the same bytes when none is encrypted."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if not any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
            return data
        if not password:
            raise PasswordNeededError(file=name)
        stream = io.BytesIO()
        try:
            with zipfile.ZipFile(stream, "w") as plain:
                for entry in entries:
                    plain.writestr(entry.filename, archive.read(entry, password.encode()))
        except NotImplementedError as error:
            raise UnsupportedFormatError(file=name, kind="protected by other means than a common password") from error
        except RuntimeError as error:
            raise WrongPasswordError(file=name) from error
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError) as error:
            # One password in 256 passes the quick check, and shows as nonsense.
            raise WrongPasswordError(file=name) from error
        return stream.getvalue()

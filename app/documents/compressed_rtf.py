"""Unpacks the RTF bodies of Outlook messages (MS-OXRTFCP): a window of 4 KiB that begins with text that most RTF files share."""

from __future__ import annotations

import struct

_PACKED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW_BYTES = 4096
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def unpack_rtf(untrusted_data: bytes, max_bytes: int) -> bytes:
    """The RTF text, as far as it can be unpacked. Raises `ValueError` when the data is something else."""
    if len(untrusted_data) < 16:
        raise ValueError("no header")
    size, kind = struct.unpack_from("<4xII", untrusted_data)
    size = min(size, max_bytes)
    if kind == _PLAIN:
        return untrusted_data[16 : 16 + size]
    if kind != _PACKED:
        raise ValueError("unknown kind of compression")
    return _unpacked(untrusted_data[16:], size)


def _unpacked(data: bytes, size: int) -> bytes:
    window = bytearray(_BEGINNING.ljust(_WINDOW_BYTES, b"\0"))
    write_at = len(_BEGINNING)
    found = bytearray()
    read_at = 0
    while read_at < len(data) and len(found) < size:
        flags = data[read_at]
        read_at += 1
        for bit in range(8):
            if flags >> bit & 1:
                if read_at + 2 > len(data):
                    return bytes(found)
                reference = int.from_bytes(data[read_at : read_at + 2], "big")
                read_at += 2
                copy_at = reference >> 4
                if copy_at == write_at:
                    return bytes(found[:size])
                for _ in range((reference & 0xF) + 2):
                    byte = window[copy_at]
                    window[write_at] = byte
                    found.append(byte)
                    copy_at, write_at = (copy_at + 1) % _WINDOW_BYTES, (write_at + 1) % _WINDOW_BYTES
            elif read_at < len(data):
                window[write_at] = data[read_at]
                found.append(data[read_at])
                read_at, write_at = read_at + 1, (write_at + 1) % _WINDOW_BYTES
    return bytes(found[:size])

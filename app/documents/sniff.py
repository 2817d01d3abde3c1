"""Recognises what a file is from its content; the name only decides between kinds of plain text."""

from __future__ import annotations

import csv
import json
import re
from enum import StrEnum
from pathlib import PurePath

from app.documents.archive import member_names, read_member


class Format(StrEnum):
    """What a file is. Values are the short names a `Document` carries."""

    PDF = "pdf"
    IMAGE = "image"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    RTF = "rtf"
    DOC = "doc"
    XLS = "xls"
    PPT = "ppt"
    MSG = "msg"
    EML = "eml"
    EPUB = "epub"
    HTML = "html"
    XML = "xml"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    TEXT = "text"
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"


_HEAD_BYTES = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"RIFF")
_PICTURE_BRANDS = frozenset([b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"])
_FOREIGN = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\0": "an xz archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"MSCF": "a cabinet archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\xcf\xfa\xed\xfe": "a program",
    b"SQLite format 3\0": "a database",
    b"GGUF": "a model file",
    b"OggS": "a sound or video file",
    b"ID3": "a sound file",
    b"fLaC": "a sound file",
    b"%!PS": "a PostScript file",
    b"\xc5\xd0\xd3\xc6": "a PostScript file",
    b"AT&TFORM": "a DjVu file",
    b"8BPS": "a Photoshop picture",
    b"\0\0\x01\0": "an icon",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 picture",
    b"\xff\x4f\xff\x51": "a JPEG 2000 picture",
    b"\x00asm": "a program",
    b"wOFF": "a font",
    b"wOF2": "a font",
    b"OTTO": "a font",
}
_OFFICE_MEMBERS = {"word/": Format.DOCX, "xl/": Format.XLSX, "ppt/": Format.PPTX}
_DECLARED_TYPES = {
    "vnd.oasis.opendocument.text": Format.ODT,
    "vnd.oasis.opendocument.spreadsheet": Format.ODS,
    "vnd.oasis.opendocument.presentation": Format.ODP,
    "epub+zip": Format.EPUB,
}
_OLE_STREAMS = {
    "EncryptedPackage": Format.ENCRYPTED,
    "__properties_version1.0": Format.MSG,
    "WordDocument": Format.DOC,
    "PowerPoint Document": Format.PPT,
    "Workbook": Format.XLS,
    "Book": Format.XLS,
}
_HEADER = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,60}):(?:[ \t]|\r?$)")
_MAIL_HEADERS = frozenset(
    b"from to cc subject date received message-id mime-version return-path delivered-to content-type reply-to sender "
    b"x-mailer dkim-signature received-spf".split()
)
_TEXT_SUFFIXES = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".eml": Format.EML,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
}
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.IGNORECASE)
_HTML_PARTS = re.compile(rb"</?(?:div|p|table|tr|td|span|br|ul|li|h[1-6]|a|b|font|script|meta)\b[^<>]*>", re.IGNORECASE)
_XML = re.compile(rb"^\s*(?:<\?xml|<[A-Za-z_][\w.:-]*(?:\s[^<>]*)?/?>)")


def sniff(data: bytes, name: str) -> Format:
    """The format of a file's bytes."""
    head = data[:_HEAD_BYTES]
    if b"%PDF-" in head[:1100]:
        return Format.PDF
    if head.startswith(_OLE):
        return _ole_format(data)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_format(data, PurePath(name).suffix.lower())
    if head.startswith(_IMAGES) and (not head.startswith(b"RIFF") or head[8:12] == b"WEBP"):
        return Format.IMAGE
    if head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS:
        return Format.IMAGE
    if head.startswith(b"BM") and len(head) > 26 and head[14:18] in {b"\x0c\0\0\0", b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"}:
        return Format.IMAGE
    if head.lstrip()[:5] == b"{\\rtf":
        return Format.RTF
    if foreign_kind(data) or _is_binary(head):
        return Format.UNSUPPORTED
    return _text_format(data, PurePath(name).suffix.lower())


def foreign_kind(data: bytes) -> str:
    """What a file of a known but unread format is, as words for a person; empty when unknown."""
    for magic, kind in _FOREIGN.items():
        if data.startswith(magic) and (magic != b"MZ" or b"PE\0\0" in data[:_HEAD_BYTES]):
            return kind
    if data[257:262] == b"ustar":
        return "a tar archive"
    if data[4:8] == b"ftyp":
        return "a video"
    if data.startswith(b"PK"):
        return "a ZIP archive"
    if data.startswith(_OLE):
        return "an Office file of an unknown kind"
    return ""


def _ole_format(data: bytes) -> Format:
    """By the stream names, which stand in the directory as UTF-16."""
    for stream, kind in _OLE_STREAMS.items():
        if (stream + "\0").encode("utf-16-le") in data:
            return kind
    return Format.UNSUPPORTED


def _zip_format(data: bytes, suffix: str) -> Format:
    names = member_names(data)
    for prefix, kind in _OFFICE_MEMBERS.items():
        if any(name.replace("\\", "/").lower().lstrip("/").startswith(prefix) for name in names):
            return kind
    declared = read_member(data, "mimetype", 100).decode("ascii", "replace").strip().removeprefix("application/")
    if declared in _DECLARED_TYPES:
        return _DECLARED_TYPES[declared]
    if "[Content_Types].xml" in names:
        # An Office file that ends before its main part: its reader says that it is damaged.
        return next((kind for kind in _OFFICE_MEMBERS.values() if suffix == f".{kind}"), Format.UNSUPPORTED)
    return Format.UNSUPPORTED


def _is_binary(head: bytes) -> bool:
    """Bytes that no text holds. UTF-16 and UTF-32 text is not binary: its zeros stand in regular places."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return False
    if b"\0" in head and len(head) >= 4:
        even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
        if max(even, odd) > 0.4 and (min(even, odd) < 0.05 or head[1:4] == b"\0\0\0" or head[:3] == b"\0\0\0"):
            return False
    control = sum(head.count(bytes([code])) for code in (*range(9), *range(16, 27), *range(28, 32)))
    return control > 0.05 * len(head) or head.count(0) > max(3, 0.01 * len(head))


def _text_format(data: bytes, suffix: str) -> Format:
    head = _narrow(data[:_HEAD_BYTES])
    if _is_mail(head):
        return Format.EML
    if _HTML.search(head):
        return Format.HTML
    if _XML.match(head) and (head.lstrip().startswith(b"<?xml") or suffix not in _TEXT_SUFFIXES):
        return Format.HTML if len(_HTML_PARTS.findall(head)) > 3 and not head.lstrip().startswith(b"<?xml") else Format.XML
    if _is_json(data):
        return Format.JSON
    if suffix in _TEXT_SUFFIXES:
        return _TEXT_SUFFIXES[suffix]
    if len(_HTML_PARTS.findall(head)) > 5 and head.lstrip().startswith(b"<"):
        return Format.HTML
    return Format.CSV if not suffix and _is_table(head) else Format.TEXT


def _narrow(head: bytes) -> bytes:
    """UTF-16 and UTF-32 heads without their zeros, so that ASCII patterns match."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\0").replace(b"\0", b"")


def _is_mail(head: bytes) -> bool:
    lines = head.lstrip(b"\r\n").split(b"\n")
    if lines[0].startswith((b"From ", b">From ")):
        lines = lines[1:]
    names: set[bytes] = set()
    for line in lines[:60]:
        match = _HEADER.match(line)
        if match:
            names.add(match.group(1).lower())
        elif not line.strip() or not line.startswith((b" ", b"\t")):
            break
    strong = names & {b"received", b"message-id", b"mime-version", b"return-path", b"delivered-to"}
    return len(names & _MAIL_HEADERS) >= (2 if strong else 3)


def _is_json(data: bytes) -> bool:
    if _narrow(data[:64]).lstrip()[:1] not in {b"{", b"["}:
        return False
    try:
        return isinstance(json.loads(data), dict | list)
    except (ValueError, RecursionError):
        return False


def _is_table(head: bytes) -> bool:
    lines = [line for line in head.decode("latin-1").splitlines()[:-1] if line.strip()][:20]
    for delimiter in ";\t|,":
        try:
            counts = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
        except csv.Error:
            continue
        if len(lines) >= 3 and len(counts) == 1 and min(counts) >= 3:
            return True
    return False

"""Outlook messages (.msg): an OLE file whose streams are named by MAPI property numbers, with messages inside messages."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import olefile  # type: ignore[import-untyped]

from app.documents.assembly import Draft
from app.documents.attachments import Attachment, attachment_name
from app.documents.cleaning import clean_inline, clean_text
from app.documents.compressed_rtf import unpack_rtf
from app.documents.email import MessageParts, message_draft
from app.documents.encoding import decode
from app.documents.html import html_to_text
from app.documents.legacy import read_legacy
from app.documents.request import ReadChild, ReadRequest
from app.documents.sniff import Format
from app.errors import DamagedDocumentError, DocumentError

_SUBJECT, _BODY, _HTML, _RTF, _SENDER, _SENDER_EMAIL, _SENDER_SMTP = "0037", "1000", "1013", "1009", "0C1A", "0C1F", "5D01"
_TO, _CC, _BCC = "0E04", "0E03", "0E02"
_ATTACHED_DATA, _LONG_NAME, _SHORT_NAME, _CONTENT_ID = "3701", "3707", "3704", "3712"
_ATTACHED_MESSAGE = "__substg1.0_3701000D"
_SUBMITTED, _DELIVERED = 0x0039, 0x0E06
_BODY_CODE_PAGE, _CODE_PAGE = 0x3FDE, 0x3FFD
_NUMBER_TYPE, _TIME_TYPE = 0x0003, 0x0040
_UTF_8 = 65001
_MAX_RTF_BYTES = 16 << 20
_MAX_DEPTH = 3
_MAX_ATTACHMENTS = 500
_OLE_FAULTS = (OSError, ValueError, struct.error, IndexError, KeyError, TypeError, AttributeError, OverflowError)
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def read_outlook(request: ReadRequest, read_child: ReadChild) -> Draft:
    """Read a message saved by Outlook."""
    try:
        with olefile.OleFileIO(io.BytesIO(request.data)) as ole:
            parts = _parts(_Storage(ole, ()), request, depth=0)
    except _OLE_FAULTS as error:
        raise DamagedDocumentError(file=request.name, detail="the message's container is broken.") from error
    return message_draft(request, "msg", parts, read_child)


class _Storage:
    """The properties of a message or attachment."""

    def __init__(self, ole: olefile.OleFileIO, path: tuple[str, ...]) -> None:
        self._ole = ole
        self._path = path

    def data(self, tag: str, kind: str) -> bytes:
        return self._stream(f"__substg1.0_{tag}{kind}")

    def text(self, tag: str) -> str:
        wide = self.data(tag, "001F")
        text = wide.decode("utf-16-le", "replace") if wide else decode(self.data(tag, "001E"), self.encoding(_CODE_PAGE))[0]
        return text.partition("\0")[0]

    def time(self, tag: int) -> str:
        ticks = self._fixed(tag, _TIME_TYPE, "<Q")
        return (_EPOCH + timedelta(microseconds=ticks // 10)).strftime("%Y-%m-%d %H:%M:%S +0000") if ticks else ""

    def encoding(self, tag: int) -> str:
        number = self._fixed(tag, _NUMBER_TYPE, "<I")
        return "utf-8" if number == _UTF_8 else f"cp{number}" if number else ""

    def below(self, name: str) -> _Storage:
        return _Storage(self._ole, (*self._path, name))

    def has(self, name: str) -> bool:
        return bool(self._ole.exists("/".join([*self._path, name])))

    def attachments(self) -> list[str]:
        depth = len(self._path)
        folders = {
            entry[depth]
            for entry in self._ole.listdir()
            if tuple(entry[:depth]) == self._path and entry[depth].startswith("__attach_version1.0_")
        }
        return sorted(folders)

    def _stream(self, name: str) -> bytes:
        return self._ole.openstream([*self._path, name]).read() if self.has(name) else b""

    def _fixed(self, tag: int, kind: int, layout: str) -> int:
        """A property of fixed size, 0 when it is missing. They stand together, 16 bytes each, after a header."""
        properties = self._stream("__properties_version1.0")
        for offset in range(24 if self._path else 32, len(properties) - 15, 16):
            if struct.unpack_from("<HH", properties, offset) == (kind, tag):
                return int(struct.unpack_from(layout, properties, offset + 8)[0])
        return 0


def _parts(message: _Storage, request: ReadRequest, depth: int) -> MessageParts:
    headers = {
        "From": _sender(message),
        "To": message.text(_TO),
        "Cc": message.text(_CC),
        "Bcc": message.text(_BCC),
        "Subject": message.text(_SUBJECT),
        "Date": message.time(_SUBMITTED) or message.time(_DELIVERED),
    }
    return MessageParts(headers, _body(message, request), list(_attached(message, request, depth)))


def _body(message: _Storage, request: ReadRequest) -> str:
    """The plain body, else what the HTML or the RTF body shows."""
    body = message.text(_BODY)
    if body.strip():
        return body
    html = message.data(_HTML, "0102")
    if html or (html := message.text(_HTML).encode()):
        return html_to_text(decode(html, message.encoding(_BODY_CODE_PAGE))[0])
    packed = message.data(_RTF, "0102")
    try:
        rtf = unpack_rtf(packed, _MAX_RTF_BYTES) if packed else b""
        return read_legacy(replace(request, data=rtf), Format.RTF).pages[0].text if rtf else ""
    except (ValueError, struct.error, DocumentError):
        return ""


def _sender(message: _Storage) -> str:
    name = message.text(_SENDER)
    address = message.text(_SENDER_SMTP) or message.text(_SENDER_EMAIL)
    return f"{name} <{address}>" if address and address != name else name


def _attached(message: _Storage, request: ReadRequest, depth: int) -> Iterator[Attachment]:
    for number, folder in enumerate(message.attachments()[:_MAX_ATTACHMENTS], start=1):
        storage = message.below(folder)
        data = storage.data(_ATTACHED_DATA, "0102")
        if data:
            name = attachment_name(storage.text(_LONG_NAME) or storage.text(_SHORT_NAME), f"attachment-{number}")
            inline = bool(storage.text(_CONTENT_ID)) and name.lower().endswith((".png", ".jpg", ".jpeg", ".gif"))
            yield Attachment(name, data, inline)
        elif storage.has(_ATTACHED_MESSAGE) and depth < _MAX_DEPTH:
            parts = _parts(storage.below(_ATTACHED_MESSAGE), request, depth + 1)
            yield Attachment(attachment_name(f"{parts.headers['Subject'][:60] or 'message'}.eml", "message.eml"), _as_email(parts))


def _as_email(untrusted: MessageParts) -> bytes:
    """A message inside a message has no file of its own: it becomes one."""
    message = EmailMessage()
    for name, value in untrusted.headers.items():
        if shown := clean_inline(value):
            message[name] = shown
    message.set_content(clean_text(untrusted.body))
    for item in untrusted.attached:
        message.add_attachment(item.data, maintype="application", subtype="octet-stream", filename=item.name)
    if message.is_multipart():
        # Left to itself it would be a random one, and the same message never the same file.
        message.set_boundary(hashlib.sha256(b"".join(item.data for item in untrusted.attached)).hexdigest())
    return message.as_bytes()

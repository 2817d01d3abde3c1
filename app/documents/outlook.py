"""Outlook messages (.msg): an OLE file whose streams are named by MAPI property numbers."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime, timedelta

import olefile  # type: ignore[import-untyped]

from app.documents.assembly import Draft
from app.documents.attachments import Attachment, attachment_name
from app.documents.email import MessageParts, message_draft
from app.documents.encoding import decode
from app.documents.html import html_to_text
from app.documents.request import ReadChild, ReadRequest
from app.errors import DamagedDocumentError

_SUBJECT, _BODY, _HTML, _SENDER, _SENDER_EMAIL, _SENDER_SMTP = "0037", "1000", "1013", "0C1A", "0C1F", "5D01"
_TO, _CC, _BCC = "0E04", "0E03", "0E02"
_ATTACHED_DATA, _LONG_NAME, _SHORT_NAME, _CONTENT_ID = "3701", "3707", "3704", "3712"
_SUBMITTED, _DELIVERED = 0x0039, 0x0E06
_TIME_TYPE = 0x0040
_OLE_FAULTS = (OSError, ValueError, struct.error, IndexError, KeyError, TypeError, AttributeError, OverflowError)
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def read_outlook(request: ReadRequest, read_child: ReadChild) -> Draft:
    """Read a message saved by Outlook."""
    try:
        with olefile.OleFileIO(io.BytesIO(request.data)) as ole:
            message = _Storage(ole, ())
            headers = {
                "From": _sender(message),
                "To": message.text(_TO),
                "Cc": message.text(_CC),
                "Bcc": message.text(_BCC),
                "Subject": message.text(_SUBJECT),
                "Date": message.time(_SUBMITTED) or message.time(_DELIVERED),
            }
            body = message.text(_BODY)
            html = message.data(_HTML, "0102") or message.text(_HTML).encode()
            attached = _attachments(ole)
    except _OLE_FAULTS as error:
        raise DamagedDocumentError(file=request.name, detail="the message's container is broken.") from error
    if not body.strip() and html:
        body = html_to_text(decode(html)[0])
    return message_draft(request, "msg", MessageParts(headers, body, attached), read_child)


class _Storage:
    """The properties of a message or attachment."""

    def __init__(self, ole: olefile.OleFileIO, path: tuple[str, ...]) -> None:
        self._ole = ole
        self._path = path

    def data(self, tag: str, kind: str) -> bytes:
        entry = [*self._path, f"__substg1.0_{tag}{kind}"]
        return self._ole.openstream(entry).read() if self._ole.exists("/".join(entry)) else b""

    def text(self, tag: str) -> str:
        wide = self.data(tag, "001F")
        text = wide.decode("utf-16-le", "replace") if wide else decode(self.data(tag, "001E"))[0]
        return text.partition("\0")[0]

    def time(self, tag: int) -> str:
        """A date of the fixed-size properties: 16 bytes each, after a header."""
        entry = [*self._path, "__properties_version1.0"]
        if not self._ole.exists("/".join(entry)):
            return ""
        properties = self._ole.openstream(entry).read()
        for offset in range(32, len(properties) - 15, 16):
            kind, number, _, ticks = struct.unpack_from("<HHIQ", properties, offset)
            if number == tag and kind == _TIME_TYPE and ticks:
                return (_EPOCH + timedelta(microseconds=ticks // 10)).strftime("%Y-%m-%d %H:%M:%S +0000")
        return ""


def _sender(message: _Storage) -> str:
    name = message.text(_SENDER)
    address = message.text(_SENDER_SMTP) or message.text(_SENDER_EMAIL)
    return f"{name} <{address}>" if address and address != name else name


def _attachments(ole: olefile.OleFileIO) -> list[Attachment]:
    folders = sorted({entry[0] for entry in ole.listdir() if entry[0].startswith("__attach_version1.0_")})
    found: list[Attachment] = []
    for folder in folders:
        storage = _Storage(ole, (folder,))
        data = storage.data(_ATTACHED_DATA, "0102")
        if data:
            name = attachment_name(storage.text(_LONG_NAME) or storage.text(_SHORT_NAME), f"attachment-{len(found) + 1}")
            inline = bool(storage.text(_CONTENT_ID)) and name.lower().endswith((".png", ".jpg", ".jpeg", ".gif"))
            found.append(Attachment(name, data, inline))
    return found

"""E-mail files: the headers people see stand on top of the text, attachments become documents of their own."""

from __future__ import annotations

import binascii
import email
import email.header
import email.policy
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from typing import Any

from app.documents.assembly import Draft
from app.documents.attachments import Attachment, attachment_name, read_attachments
from app.documents.cleaning import clean_inline, clean_text
from app.documents.encoding import decode
from app.documents.html import html_to_text
from app.documents.request import ReadChild, ReadRequest

SHOWN_HEADERS = ("From", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date")
_MAX_PARTS = 500
_MAX_DEPTH = 20
_MAX_HEADER_CHARS = 10_000
_MESSAGE_FAULTS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, binascii.Error, RecursionError)
_MIN_PLAIN_CHARS = 20
_MBOX_LINE = re.compile(rb"^>?From [^\n]*\n")


@dataclass(frozen=True)
class MessageParts:
    """What any kind of message consists of."""

    headers: dict[str, str]
    body: str
    attached: list[Attachment]


def read_email(request: ReadRequest, read_child: ReadChild) -> Draft:
    """Read an RFC 5322 message, complete or not."""
    data = _MBOX_LINE.sub(b"", request.data.lstrip(b"\r\n"), count=1)
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    headers = {name: _header(message, name) for name in SHOWN_HEADERS}
    contents = _Contents()
    contents.gather(message, 0)
    body = contents.body()
    attached = contents.attached
    if not body.strip():
        # A message that is nothing but pictures: they are its content, not its decoration.
        attached = [replace(item, inline=False) for item in attached]
    return message_draft(request, "eml", MessageParts(headers, body, attached), read_child)


def message_draft(request: ReadRequest, format_name: str, untrusted: MessageParts, read_child: ReadChild) -> Draft:
    """The draft of any kind of message: headers, names of attachments, an empty line, the body."""
    shown = {name: value for name, value in untrusted.headers.items() if value}
    names = [item.name for item in untrusted.attached if not item.inline]
    lines = [f"{name}: {value}" for name, value in shown.items()]
    if names:
        lines.append(f"Attachments: {', '.join(names)}")
    draft = Draft.of_text(format_name, clean_text("\n".join([*lines, "", untrusted.body])))
    draft.metadata.update({name.lower(): value for name, value in shown.items()})
    if names:
        draft.metadata["attachments"] = ", ".join(names)
    draft.children, draft.notices = read_attachments(request, untrusted.attached, read_child)
    return draft


class _Contents:
    """The readable bodies and the attachments of a message."""

    def __init__(self) -> None:
        self.attached: list[Attachment] = []
        self._plain: list[str] = []
        self._html: list[str] = []
        self._parts = 0

    def body(self) -> str:
        plain = "\n\n".join(part for part in self._plain if part.strip())
        if self._html and len(plain.strip()) < _MIN_PLAIN_CHARS:
            return "\n\n".join(html_to_text(part) for part in self._html)
        return plain

    def gather(self, part: Message[Any, Any], depth: int) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS or depth > _MAX_DEPTH:
            return
        kind = part.get_content_type()
        name = _file_name(part)
        if kind in {"message/rfc822", "message/global"}:
            self._attach_message(part, name)
        elif part.is_multipart():
            for child in _children(part):
                self.gather(child, depth + 1)
        elif kind in {"text/plain", "text/html", "text/enriched"} and not _is_attached(part, name):
            text = decode(_payload(part), _charset(part))[0]
            (self._html if kind == "text/html" else self._plain).append(text)
        elif not kind.startswith("text/") or name or _is_attached(part, name):
            self._attach(part, name, kind)
        else:
            self._plain.append(decode(_payload(part), _charset(part))[0])

    def _attach(self, part: Message[Any, Any], name: str | None, kind: str) -> None:
        data = _payload(part)
        inline = kind.startswith("image/") and "Content-ID" in part and not _disposition(part).startswith("attachment")
        if data:
            fallback = f"attachment-{len(self.attached) + 1}"
            self.attached.append(Attachment(attachment_name(name, fallback), data, inline))

    def _attach_message(self, part: Message[Any, Any], name: str | None) -> None:
        for child in _children(part)[:1] or [part]:
            data = child.as_bytes() if child is not part else _payload(part)
            fallback = f"{_header(child, 'Subject')[:60] or 'message'}.eml"
            if data:
                self.attached.append(Attachment(attachment_name(name, fallback), data))


def _children(part: Message[Any, Any]) -> list[Message[Any, Any]]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _payload(part: Message[Any, Any]) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except _MESSAGE_FAULTS:
        payload = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message[Any, Any]) -> str:
    try:
        charset = part.get_content_charset()
    except _MESSAGE_FAULTS:
        charset = None
    return charset if charset and charset != "us-ascii" else ""


def _disposition(part: Message[Any, Any]) -> str:
    return str(part.get("Content-Disposition", "")).strip().lower()


def _is_attached(part: Message[Any, Any], name: str | None) -> bool:
    return _disposition(part).startswith("attachment") or (bool(name) and not _disposition(part).startswith("inline"))


def _file_name(part: Message[Any, Any]) -> str | None:
    try:
        name = part.get_filename()
    except _MESSAGE_FAULTS:
        return None
    return _decoded_words(name) if name else None


def _header(message: Message[Any, Any], name: str) -> str:
    """All values of a header, with encoded words and raw 8-bit letters decoded."""
    values = (str(value)[:_MAX_HEADER_CHARS] for key, value in message.raw_items() if key.lower() == name.lower())
    return ", ".join(clean_inline(_decoded_words(value)) for value in values)


def _decoded_words(value: str) -> str:
    return "".join(_chunks(re.sub(r"\r?\n(?=[ \t])", "", value)))


def _chunks(value: str) -> Iterator[str]:
    try:
        chunks = email.header.decode_header(value)
    except (email.errors.HeaderParseError, *_MESSAGE_FAULTS):
        chunks = [(value, None)]
    for chunk, charset in chunks:
        if isinstance(chunk, str):
            yield _raw_letters(chunk)
        elif charset in {None, "unknown-8bit"}:
            yield decode(chunk)[0]
        else:
            yield decode(chunk, charset or "")[0]


def _raw_letters(value: str) -> str:
    """Letters that came as bytes without any encoding named."""
    if not any("\udc80" <= character <= "\udcff" for character in value):
        return value
    return decode(value.encode("utf-8", "surrogateescape"))[0]

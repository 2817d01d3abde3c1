"""Opens documents that a password protects, so that their readers see plain bytes. Works in memory."""

from __future__ import annotations

import io
import struct
from xml.dom.minidom import parseString
from xml.parsers.expat import ExpatError

import msoffcrypto
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.backends import default_backend
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format import doc97, ooxml, ppt97, xls97

from app.documents.archive import open_members
from app.documents.protected_opendocument import open_opendocument
from app.documents.request import ReadRequest
from app.documents.sniff import Format, sniff
from app.errors import DamagedDocumentError, PasswordNeededError, UnsupportedFormatError, WrongPasswordError

# Excel protects with this one when nobody chose a password, and opens such files without asking.
_EXCEL_PASSWORD = "VelvetSweatshop"  # noqa: S105 - published, and no secret
_FAULTS = (
    *(DecryptionError, FileFormatError, ParseError, UnsupportedAlgorithm, ExpatError, struct.error),
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError),
)


_LOADED_LATE = (doc97, ooxml, ppt97, xls97)
"""The library imports each when it meets the first such file."""


def load_ciphers() -> None:
    """Load what the libraries leave for their first use."""
    default_backend()
    parseString(b"<canary/>")  # noqa: S318 - no document


def opened(request: ReadRequest, kind: Format) -> tuple[bytes, Format]:
    """The plain bytes of a file and their format; the same ones when no password protects it.

    Raises `PasswordNeededError` or `WrongPasswordError`.
    """
    match kind:
        case Format.ENCRYPTED:
            data = _open_office(request)
        case Format.DOC | Format.XLS | Format.PPT:
            data = _open_old_office(request, kind)
        case Format.ODT | Format.ODS | Format.ODP:
            data = open_opendocument(request)
        case Format.DOCX | Format.PPTX | Format.XLSX | Format.EPUB:
            data = open_members(request.data, request.name, request.password)
        case _:
            return request.data, kind
    return data, kind if data is request.data else sniff(data, request.name)


def _open_office(request: ReadRequest) -> bytes:
    for password in filter(None, [request.password, _EXCEL_PASSWORD]):
        plain = io.BytesIO()
        try:
            file = msoffcrypto.OfficeFile(io.BytesIO(request.data))
            # The older formats check the password whether asked to or not.
            file.load_key(password=password, **({"verify_password": True} if file.format == "ooxml" else {}))
            file.decrypt(plain)
        except InvalidKeyError:
            continue
        except OSError as error:
            raise DamagedDocumentError(file=request.name, detail="its container is incomplete or broken.") from error
        except _FAULTS as error:
            if not request.password:
                break
            raise UnsupportedFormatError(file=request.name, kind="protected by other means than a common password") from error
        return plain.getvalue()
    raise WrongPasswordError(file=request.name) if request.password else PasswordNeededError(file=request.name)


def _open_old_office(request: ReadRequest, kind: Format) -> bytes:
    """The binary formats before 2007. What can't be judged here is left to their reader."""
    try:
        is_encrypted = msoffcrypto.OfficeFile(io.BytesIO(request.data)).is_encrypted()
    except (OSError, *_FAULTS):
        is_encrypted = False
    if is_encrypted and kind is Format.DOC:
        # The library would write a file, which a locked worker can't.
        raise UnsupportedFormatError(file=request.name, kind="an old Word file with a password")
    return _open_office(request) if is_encrypted else request.data

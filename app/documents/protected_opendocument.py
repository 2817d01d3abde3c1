"""Opens OpenDocument files with a password: whole packages (AES-GCM with Argon2) and single members (AES-CBC or Blowfish)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.documents.archive import read_member
from app.documents.package import Element, Package, attribute, child, children, descendants, whole_number
from app.documents.request import ReadRequest
from app.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    PasswordNeededError,
    UnsupportedFormatError,
    WrongPasswordError,
)

_WHOLE_PACKAGE = "encrypted-package"
# What is read of a document; its styles, settings and thumbnails stay closed.
_WANTED = re.compile(r"content\.xml|meta\.xml|Pictures/[^/]+")
_MAX_MEMBERS = 60
_MAX_MEMBER_BYTES = 128 << 20
_MAX_ARGON_KIB = 512 << 10
_CHECKED_BYTES = 1024
_IV_BYTES_OF_GCM = 12
_FAULTS = (ValueError, TypeError, OverflowError, zlib.error)


@dataclass(frozen=True)
class _Lock:
    """How one member is encrypted."""

    member: str
    cipher: str
    iv: bytes
    start_key: str
    derivation: Element
    derived_bytes: int
    checksum: bytes
    checksum_type: str


def open_opendocument(request: ReadRequest) -> bytes:
    """The file without its password; the same bytes when it has none."""
    package = Package(request.data, request.name)
    manifest = package.optional("META-INF/manifest.xml")
    if manifest is None or next(descendants(manifest, "encryption-data"), None) is None:
        return request.data
    if not request.password:
        raise PasswordNeededError(file=request.name)
    try:
        locks = list(_locks(package, manifest))
        whole = next((lock for lock in locks if lock.member == _WHOLE_PACKAGE), None)
        if whole is not None:
            return _unlock(whole, request, request.password)
        return _rebuilt(request, request.password, locks)
    except (InvalidTag, zlib.error) as error:
        raise WrongPasswordError(file=request.name) from error
    except UnsupportedAlgorithm as error:
        raise _unknown(request) from error
    except _FAULTS as error:
        raise DamagedDocumentError(file=request.name, detail="its protection can't be understood.") from error


def _locks(package: Package, manifest: Element) -> Iterator[_Lock]:
    for entry in children(manifest, "file-entry"):
        data = child(entry, "encryption-data")
        if data is None:
            continue
        algorithm, start, derivation = (child(data, name) for name in ("algorithm", "start-key-generation", "key-derivation"))
        if algorithm is None or derivation is None:
            raise package.damaged("its protection can't be understood.")
        yield _Lock(
            member=attribute(entry, "full-path"),
            cipher=attribute(algorithm, "algorithm-name").lower(),
            iv=_bytes(algorithm, "initialisation-vector"),
            start_key=attribute(start, "start-key-generation-name").lower() if start is not None else "sha1",
            derivation=derivation,
            derived_bytes=whole_number(attribute(derivation, "key-size"), 16),
            checksum=_bytes(data, "checksum"),
            checksum_type=attribute(data, "checksum-type").lower(),
        )


def _bytes(element: Element, name: str) -> bytes:
    return base64.b64decode(attribute(element, name) + "==")


def _rebuilt(request: ReadRequest, password: str, locks: list[_Lock]) -> bytes:
    """A container of the members that are read, in the clear."""
    stream = io.BytesIO()
    left = _MAX_MEMBER_BYTES
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", read_member(request.data, "mimetype", 100))
        for lock in [lock for lock in locks if _WANTED.fullmatch(lock.member)][:_MAX_MEMBERS]:
            plain = _unlock(lock, request, password)
            left -= len(plain)
            if left < 0:
                raise DocumentTooLargeError(file=request.name, detail="it unpacks to too much.")
            archive.writestr(lock.member, plain)
    return stream.getvalue()


def _unlock(lock: _Lock, request: ReadRequest, password: str) -> bytes:
    data = read_member(request.data, lock.member, _MAX_MEMBER_BYTES)
    packed = _decrypted(lock, data, _key(lock, request, password), request)
    if lock.checksum:
        digest = hashlib.sha256 if "sha256" in lock.checksum_type else hashlib.sha1
        begins_with = packed[:_CHECKED_BYTES] if "1k" in lock.checksum_type else packed
        if not hmac.compare_digest(digest(begins_with).digest(), lock.checksum):
            raise WrongPasswordError(file=request.name)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    plain = inflater.decompress(packed, _MAX_MEMBER_BYTES)
    if inflater.unconsumed_tail:
        raise DocumentTooLargeError(file=request.name, detail=f"its part {lock.member} unpacks to too much.")
    return plain


def _key(lock: _Lock, request: ReadRequest, password: str) -> bytes:
    digest = hashlib.sha256 if "sha256" in lock.start_key else hashlib.sha1
    start = digest(password.encode()).digest()
    salt, name = _bytes(lock.derivation, "salt"), attribute(lock.derivation, "key-derivation-name").lower()
    if name.endswith("argon2id"):
        kib, rounds, lanes = (_number(lock.derivation, f"argon2-{part}") for part in ("memory", "iterations", "lanes"))
        if kib > _MAX_ARGON_KIB:
            raise _unknown(request)
        return Argon2id(salt=salt, length=lock.derived_bytes, iterations=rounds, lanes=lanes, memory_cost=kib).derive(start)
    if name.endswith("pbkdf2"):
        return hashlib.pbkdf2_hmac("sha1", start, salt, _number(lock.derivation, "iteration-count"), lock.derived_bytes)
    raise _unknown(request)


def _number(element: Element, name: str) -> int:
    return whole_number(attribute(element, name))


def _decrypted(lock: _Lock, data: bytes, key: bytes, request: ReadRequest) -> bytes:
    if lock.cipher.endswith("aes256-gcm"):
        # The vector stands before the data once more.
        return AESGCM(key).decrypt(lock.iv, data[_IV_BYTES_OF_GCM:], None)
    if lock.cipher.endswith("-cbc") and "aes" in lock.cipher:
        decryptor = Cipher(AES(key), CBC(lock.iv)).decryptor()
        padded = decryptor.update(data) + decryptor.finalize()
        return padded[: -padded[-1]] if padded else b""
    if "blowfish" in lock.cipher:
        decryptor = Cipher(Blowfish(key), CFB(lock.iv)).decryptor()
        return decryptor.update(data) + decryptor.finalize()
    raise _unknown(request)


def _unknown(request: ReadRequest) -> UnsupportedFormatError:
    return UnsupportedFormatError(file=request.name, kind="protected by other means than a common password")

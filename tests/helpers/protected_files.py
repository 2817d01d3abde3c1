"""Office files with a password, made in memory the way their programs make them."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zipfile
import zlib

from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msoffcrypto.format.ooxml import OOXMLFile

_MANIFEST = (
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)
_CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_TYPE = "application/vnd.oasis.opendocument.text"
_SALT = bytes(range(16))


def protected_office(plain: bytes, password: str) -> bytes:
    """A Word, Excel or PowerPoint file as Office protects it since 2010."""
    padded, protected = io.BytesIO(plain), io.BytesIO()
    with zipfile.ZipFile(padded, "a") as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        # The library writes short files wrongly.
        archive.writestr("docProps/thumbnail.jpeg", bytes(5000))
    OOXMLFile(padded).encrypt(password, protected)
    return protected.getvalue()


def opendocument(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", _TYPE)
        archive.writestr("content.xml", _content(text))
    return stream.getvalue()


def opendocument_protected_as_a_whole(text: str, password: str) -> bytes:
    """LibreOffice since 24.8: one member holds the whole package."""
    key = Argon2id(salt=_SALT, length=32, iterations=1, lanes=1, memory_cost=64).derive(hashlib.sha256(password.encode()).digest())
    vector = os.urandom(12)
    sealed = vector + AESGCM(key).encrypt(vector, _deflated(opendocument(text)), None)
    derivation = (
        'manifest:key-derivation-name="urn:org:documentfoundation:names:experimental:office:manifest:argon2id" '
        'loext:argon2-iterations="1" loext:argon2-memory="64" loext:argon2-lanes="1"'
    )
    entry = _entry("encrypted-package", "http://www.w3.org/2009/xmlenc11#aes256-gcm", vector, derivation, "sha256")
    return _container({"encrypted-package": sealed}, entry)


def opendocument_with_protected_members(text: str, password: str, cipher: str = "aes256-cbc") -> bytes:
    """LibreOffice before that (aes256-cbc), and OpenOffice (blowfish)."""
    packed = _deflated(_content(text).encode())
    digest = hashlib.sha256 if cipher == "aes256-cbc" else hashlib.sha1
    n_key, n_vector = (32, 16) if cipher == "aes256-cbc" else (16, 8)
    vector = os.urandom(n_vector)
    key = hashlib.pbkdf2_hmac("sha1", digest(password.encode()).digest(), _SALT, 1000, n_key)
    if cipher == "aes256-cbc":
        encryptor = Cipher(AES(key), CBC(vector)).encryptor()
        n_padding = 16 - len(packed) % 16
        sealed = encryptor.update(packed + bytes(n_padding - 1) + bytes([n_padding])) + encryptor.finalize()
    else:
        encryptor = Cipher(Blowfish(key), CFB(vector)).encryptor()
        sealed = encryptor.update(packed) + encryptor.finalize()
    derivation = f'manifest:key-derivation-name="PBKDF2" manifest:key-size="{n_key}" manifest:iteration-count="1000"'
    checksum = digest(packed[:1024]).digest()
    names = ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", "sha256") if cipher == "aes256-cbc" else ("Blowfish CFB", "SHA1")
    return _container({"content.xml": sealed}, _entry("content.xml", names[0], vector, derivation, names[1], checksum))


def _content(text: str) -> str:
    return f'<c xmlns="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><body><text><p>{text}</p></text></body></c>'


def _deflated(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


def _entry(member: str, cipher: str, vector: bytes, derivation: str, start_key: str, checksum: bytes = b"") -> str:
    def quoted(data: bytes) -> str:
        return f'"{base64.b64encode(data).decode()}"'

    size = "" if "key-size" in derivation else 'manifest:key-size="32"'
    checked = f'manifest:checksum-type="{start_key}/1K" manifest:checksum={quoted(checksum)}' if checksum else ""
    return (
        f'<manifest:file-entry manifest:full-path="{member}"><manifest:encryption-data {checked}>'
        f'<manifest:algorithm manifest:algorithm-name="{cipher}" manifest:initialisation-vector={quoted(vector)}/>'
        f'<manifest:start-key-generation manifest:start-key-generation-name="{start_key}"/>'
        f"<manifest:key-derivation {derivation} {size} manifest:salt={quoted(_SALT)}/>"
        "</manifest:encryption-data></manifest:file-entry>"
    )


def _container(members: dict[str, bytes], entry: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", _TYPE)
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {_MANIFEST}>{entry}</manifest:manifest>")
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()

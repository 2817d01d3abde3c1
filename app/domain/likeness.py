"""Which documents look alike: those of one sender's template share most of their words, whatever is filled in.

Words of the first pages are compared by MinHash (Broder 1997), so a document is 512 bytes and thousands are compared in a
millisecond. Alike means that about half of all words of two documents are in both: measured on invoices, orders and bank letters,
different templates hardly ever reach that.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final, TypeAlias

from app.domain.document import Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Signature: TypeAlias = "NDArray[np.uint32]"

LENGTH: Final = 128
ALIKE: Final = 0.5
_PAGES: Final = 2
_FEWEST_WORDS: Final = 8
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_PRIME: Final = (1 << 31) - 1
_SEED: Final = 20261122
"""Signatures are stored: the same words must give the same one for ever."""


def signature_of(document: Document) -> Signature | None:
    """`LENGTH` minima over hashes of the words, case folded; None where there are too few words to tell."""
    import numpy as np

    text = " ".join(document.text[page.start : page.end] for page in document.pages[:_PAGES]) or document.text
    words = {word.casefold() for word in _WORD.findall(text)}
    if len(words) < _FEWEST_WORDS:
        return None
    hashes = np.fromiter((zlib.crc32(word.encode()) for word in words), np.uint64, len(words)) % _PRIME
    factors, offsets = _permutations()
    signature: Signature = ((factors[:, None] * hashes[None, :] + offsets[:, None]) % _PRIME).min(axis=1).astype(np.uint32)
    return signature


def most_alike(signature: Signature, known: NDArray[np.uint32]) -> int | None:
    """Index of the row of `known` (documents x `LENGTH`) that is most alike; None when none is alike enough."""
    if not len(known):
        return None
    shares = (known == signature).mean(axis=1)
    best = int(shares.argmax())
    return best if shares[best] >= ALIKE else None


def room_for(n_signatures: int) -> NDArray[np.uint32]:
    """Rows to keep signatures in, not filled yet."""
    import numpy as np

    return np.empty((n_signatures, LENGTH), np.uint32)


def to_bytes(signature: Signature) -> bytes:
    return signature.astype("<u4").tobytes()


def from_bytes(stored: bytes) -> Signature:
    import numpy as np

    return np.frombuffer(stored, "<u4").astype(np.uint32)


def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Factors and offsets below 2^31, so that no product overflows."""
    import numpy as np

    generator = np.random.Generator(np.random.PCG64(_SEED))
    drawn = generator.integers(1, _PRIME, size=(2, LENGTH), dtype=np.uint64)
    return drawn[0], drawn[1]

"""The looks of documents: each new one becomes the measure for those that look like it (leader clustering)."""

from __future__ import annotations

import apsw
import numpy as np
from numpy.typing import NDArray

from app.domain.document import Document
from app.domain.likeness import LENGTH, from_bytes, most_alike, signature_of, to_bytes
from app.storage.database import fetch

_ROOM = 64


class Looks:
    """Keeps known signatures in memory. To be used inside transactions only, which also guard it against other threads."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._known: NDArray[np.uint32] = np.empty((0, LENGTH), np.uint32)

    def look_of(self, connection: apsw.Connection, document: Document) -> int | None:
        """The number of the document's look, a new one where none is alike; None where it has too few words to tell."""
        signature = signature_of(document)
        if signature is None:
            return None
        self._refresh(connection)
        found = most_alike(signature, self._known[: len(self._ids)])
        if found is not None:
            return self._ids[found]
        connection.execute("INSERT INTO looks (signature) VALUES (?)", (to_bytes(signature),))
        self._append(connection.last_insert_rowid(), signature)
        return self._ids[-1]

    def _refresh(self, connection: apsw.Connection) -> None:
        """A transaction that was rolled back took its new looks with it."""
        (n_stored, last) = fetch(connection, "SELECT count(*), coalesce(max(id), 0) FROM looks")[0]
        if n_stored == len(self._ids) and (not self._ids or last == self._ids[-1]):
            return
        self._ids, self._known = [], np.empty((0, LENGTH), np.uint32)
        for number, stored in fetch(connection, "SELECT id, signature FROM looks ORDER BY id"):
            self._append(number, from_bytes(stored))

    def _append(self, number: int, signature: NDArray[np.uint32]) -> None:
        if len(self._ids) == len(self._known):
            grown = np.empty((max(_ROOM, 2 * len(self._known)), LENGTH), np.uint32)
            grown[: len(self._ids)] = self._known
            self._known = grown
        self._known[len(self._ids)] = signature
        self._ids.append(number)

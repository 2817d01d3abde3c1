"""The looks of documents: each new one becomes the measure for those that look like it (leader clustering)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import apsw

from app.domain.document import Document
from app.domain.likeness import Signature, from_bytes, most_alike, room_for, signature_of, to_bytes
from app.storage.database import fetch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROOM = 64


class Looks:
    """Keeps known signatures in memory. To be used inside transactions only, which also guard it against other threads."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._known: NDArray[np.uint32] | None = None
        """Made when it is needed: its library takes a while to import."""

    def look_of(self, connection: apsw.Connection, document: Document) -> int | None:
        """The number of the document's look, a new one where none is alike; None where it has too few words to tell."""
        signature = signature_of(document)
        if signature is None:
            return None
        self._refresh(connection)
        found = most_alike(signature, self._known[: len(self._ids)]) if self._known is not None else None
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
        self._ids, self._known = [], None
        for number, stored in fetch(connection, "SELECT id, signature FROM looks ORDER BY id"):
            self._append(number, from_bytes(stored))

    def _append(self, number: int, signature: Signature) -> None:
        n_known = len(self._ids)
        if self._known is None or n_known == len(self._known):
            grown = room_for(max(_ROOM, 2 * n_known))
            if self._known is not None:
                grown[:n_known] = self._known
            self._known = grown
        self._known[n_known] = signature
        self._ids.append(number)

"""Where the window was, how wide its columns were and what was seen, kept in a file of the data folder."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_FILE = "window.ini"


class WindowMemory:
    """Reads and writes few values; a damaged file only means that nothing is remembered."""

    def __init__(self, data_dir: Path) -> None:
        self._store = QSettings(str(data_dir / _FILE), QSettings.Format.IniFormat)

    @property
    def geometry(self) -> QByteArray:
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("geometry", value)

    @property
    def list_width(self) -> int:
        value = str(self._store.value("list_width", ""))
        return int(value) if value.isdigit() else 0

    @list_width.setter
    def list_width(self, value: int) -> None:
        self._store.setValue("list_width", value)

    @property
    def column_widths(self) -> dict[str, int]:
        try:
            stored = json.loads(str(self._store.value("columns", "{}")))
        except ValueError:
            return {}
        if not isinstance(stored, dict):
            return {}
        return {str(key): value for key, value in stored.items() if isinstance(value, int) and 20 <= value <= 4000}

    @column_widths.setter
    def column_widths(self, value: dict[str, int]) -> None:
        self._store.setValue("columns", json.dumps(value))

    @property
    def drifts_seen(self) -> str:
        """When the newest rise was found that the person has seen; ISO 8601, empty for none."""
        return str(self._store.value("drifts_seen", ""))

    @drifts_seen.setter
    def drifts_seen(self, value: str) -> None:
        self._store.setValue("drifts_seen", value)

    def save(self) -> None:
        self._store.sync()

"""Line icons from ``resources/icons``, drawn in the colour asked for and kept once drawn."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from app.paths import resources


def icon(name: str, color: str, disabled_color: str = "") -> QIcon:
    """An icon that stays sharp at every scale factor of a screen."""
    shown = QIcon()
    for ratio in (1.0, 2.0):
        shown.addPixmap(pixmap(name, color, 20, ratio))
        if disabled_color:
            shown.addPixmap(pixmap(name, disabled_color, 20, ratio), QIcon.Mode.Disabled)
    return shown


def pixmap(name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of `size` device independent pixels."""
    key = f"{name} {color} {size} {ratio}"
    kept = QPixmap()
    if QPixmapCache.find(key, kept):
        return kept
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, picture.width(), picture.height()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, picture)
    return picture


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")

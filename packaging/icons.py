"""Draws the program's icon for Windows and macOS. Run it again when the drawing changes: `python packaging/icons.py`."""

from __future__ import annotations

import io
import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
DRAWING = HERE.parent / "resources" / "icons" / "deskhand.svg"
WINDOWS = HERE / "windows" / "deskhand.ico"
MACOS = HERE / "macos" / "deskhand.icns"
WINDOWS_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
MACOS_PIXELS = 512


def draw(pixels: int) -> bytes:
    """The drawing as a PNG of this many pixels."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QByteArray, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    picture = QImage(pixels, pixels, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(data.data())


def main() -> None:
    from PIL import Image

    pictures = {pixels: Image.open(io.BytesIO(draw(pixels))) for pixels in (*WINDOWS_SIZES, MACOS_PIXELS)}
    sizes = [(pixels, pixels) for pixels in WINDOWS_SIZES]
    pictures[256].save(WINDOWS, sizes=sizes, append_images=[pictures[pixels] for pixels in WINDOWS_SIZES if pixels != 256])
    pictures[MACOS_PIXELS].save(MACOS)


if __name__ == "__main__":
    main()

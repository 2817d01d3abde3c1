"""Draws pages of original files in the background. Of several wishes for one page only the last is carried out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from app.domain.job import Job
from app.errors import AppError, FileAccessError
from app.ui.background import Background, OnError
from app.worker.ports import Pages

OnPicture = Callable[[int, QImage, float], None]


class PagePictures(QObject):
    """One lane on one reader, for one view."""

    def __init__(self, reader: Pages, on_error: OnError, parent: QObject) -> None:
        super().__init__(parent)
        self._reader = reader
        self._on_error = on_error
        self._lane = Background(self)
        self._wanted: dict[tuple[int, int], float] = {}

    def stop(self) -> None:
        self._lane.stop()

    def forget(self) -> None:
        """Drop what is still wanted: another document is shown."""
        self._wanted.clear()

    def want(self, job: Job, page: int, dpi: float, password: str | None, on_picture: OnPicture) -> None:
        """Draw a page and hand it on; a null image says that there is none to be had, as with attachments."""
        if job.part:
            on_picture(page, QImage(), dpi)
            return
        key = (job.id, page)
        self._wanted[key] = dpi

        def paint() -> QImage | None:
            if self._wanted.get(key) != dpi:
                return None
            try:
                data = Path(job.path).read_bytes()
            except OSError as error:
                raise FileAccessError(file=job.name, detail=error.strerror or error) from error
            picture = self._reader.render(data, job.name, page, dpi=dpi, password=password)
            image = QImage(picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB888)
            # The image borrows the bytes; the copy owns them, in the format that is drawn fastest.
            return image.convertToFormat(QImage.Format.Format_RGB32)

        def show(image: QImage | None) -> None:
            if image is not None and key in self._wanted:
                on_picture(page, image, dpi)

        def tell(error: AppError) -> None:
            if key in self._wanted:
                on_picture(page, QImage(), dpi)
                self._on_error(error)

        self._lane.run(paint, show, tell)

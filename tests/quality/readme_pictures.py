"""Take the pictures of the README: the real window, the real workers and the model's own answers to the sample documents.

Usage: python -m tests.quality.readme_pictures FOLDER [--models-dir DIR] [--document NAME] [--field NAME]
(a display, or xvfb-run, is needed)
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QLocale, QTimer

from app.bootstrap import build
from app.paths import resources
from app.ui.application import choose_language, make_application, make_pages
from app.ui.desktop import Desktop
from app.ui.theme import Theme
from app.ui.views.document_view import DocumentView

_WIDTH, _HEIGHT = 1400, 850
_LONGEST_S = 900
_LOOK_MS = 2500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models-dir", type=Path)
    parser.add_argument("--document", default="invoice-english.pdf")
    parser.add_argument("--field", default="seller_name", help="the field whose card is open")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    QLocale.setDefault(QLocale("en_GB"))
    application = make_application()
    with tempfile.TemporaryDirectory() as folder, build(data_dir=Path(folder), models_dir=options.models_dir) as deskhand:
        deskhand.change_settings(deskhand.settings.model_copy(update={"language": "en", "theme": "light", "first_steps": False}))
        choose_language(deskhand.settings)
        theme = Theme(application, "light")
        desktop = Desktop(deskhand, theme, make_pages(deskhand))
        window = desktop.window
        window.resize(_WIDTH, _HEIGHT)
        desktop.open()
        while not (desktop.is_complete and desktop.work.is_loaded):
            _pause(100)
        _pause(_LOOK_MS)
        window.grab().save(str(options.folder / "inbox-empty.png"))
        samples = [path for path in sorted((resources() / "samples").iterdir()) if path.suffix != ".md"]
        desktop.work.add(samples)
        until = time.perf_counter() + _LONGEST_S
        while time.perf_counter() < until and not _is_done(deskhand, len(samples)):
            _pause(500)
        job = next(job for job in deskhand.store.jobs() if job.name == options.document)
        window.notice.expire()
        for scheme in ("light", "dark"):
            theme.set_appearance(scheme)  # type: ignore[arg-type]
            # All documents are in the list, as it is just after a batch.
            window.workbench.list.select([job.id])
            _pause(_LOOK_MS)
            view = window.findChild(DocumentView)
            view.mark_clicked.emit(options.field)
            _pause(_LOOK_MS)
            window.grab().save(str(options.folder / f"review-{scheme}.png"))
        desktop.close()


def _is_done(deskhand, n_documents: int) -> bool:
    jobs = deskhand.store.jobs()
    return len(jobs) >= n_documents and all(job.state.is_finished for job in jobs)


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()

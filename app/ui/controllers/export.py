"""Writes what is in view, or what is chosen, to a file that other programs read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Deskhand
from app.domain.job import Job
from app.errors import AppError
from app.ui.background import Background
from app.ui.controllers.jobs import JobsController
from app.ui.main_window import WORK_PAGES, MainWindow
from app.ui.messages import tr, tr_n
from app.ui.models.job_row import error_sentence
from app.ui.models.jobs_filter import JobsFilter


def format_filters() -> dict[str, str]:
    """The formats as a file dialog names them, each with its ending."""
    return {
        tr("Excel workbook") + " (*.xlsx)": "xlsx",
        tr("CSV table") + " (*.csv)": "csv",
        "JSON (*.json)": "json",
        "JSON Lines (*.jsonl)": "jsonl",
        "Markdown (*.md)": "md",
    }


def _documents_folder() -> Path:
    """Where a person keeps documents; the folder need not exist."""
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return documents if documents.is_dir() else Path.home()


class ExportController(QObject):
    def __init__(self, deskhand: Deskhand, window: MainWindow, jobs: JobsFilter, control: JobsController, parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._jobs = jobs
        self._control = control
        self._lane = Background(self)
        self._folder: Path | None = None
        window.export_requested.connect(self.choose_file)

    def stop(self) -> None:
        self._lane.stop()

    @Slot()
    def choose_file(self) -> None:
        """Ask where to; the ending of the name tells the format."""
        jobs = self.jobs_to_export()
        if not jobs:
            self._window.notice.tell("warn", tr("There is nothing to export on this page."))
            return
        filters = format_filters()
        dialog = QFileDialog(self._window, tr_n("Export {n} document", "Export {n} documents", len(jobs)))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDirectory(str(self._folder or _documents_folder()))
        dialog.setNameFilters(list(filters))
        dialog.selectFile(tr("deskhand-export"))
        dialog.setDefaultSuffix("xlsx")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(filters[chosen]))
        dialog.fileSelected.connect(lambda name: self._on_file_selected(jobs, Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_file_selected(self, jobs: Sequence[Job], path: Path) -> None:
        self._folder = path.parent
        self.write(jobs, path)

    def jobs_to_export(self) -> list[Job]:
        """The chosen rows if there are several, else all in view."""
        if self._window.page not in WORK_PAGES:
            return []
        chosen = self._window.workbench.list.selected_ids()
        ids = chosen if len(chosen) > 1 else self._jobs.job_ids()
        rows = (self._jobs.source.row_of(job_id) for job_id in ids)
        return [row.job for row in rows if row is not None and row.job.state.is_finished]

    def write(self, jobs: Sequence[Job], path: Path) -> None:
        """Collect the results and write them, in the background."""
        suffix = path.suffix.lstrip(".").lower()
        format = suffix if suffix in format_filters().values() else "xlsx"
        store, tasks = self._deskhand.store, self._control.tasks

        def collect_and_write() -> list[Path]:
            # The spreadsheet writer is not needed before the first export.
            from app.export.writer import ExportItem, export, field_types

            items = []
            for job in jobs:
                result = store.result(job.id)
                task = tasks.get(result.answer.task) if result is not None else None
                types = field_types(task) if task is not None else {}
                items.append(ExportItem(job.path, job.sha256, job.task, job.state, result, job.error, types))
            return export(items, path, format)

        def tell(written: list[Path]) -> None:
            text = tr_n("{n} document exported to {file}.", "{n} documents exported to {file}.", len(jobs), file=written[0].name)
            self._window.notice.tell("good", text, str(written[0].parent))

        self._lane.run(collect_and_write, tell, self._tell_error)

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))

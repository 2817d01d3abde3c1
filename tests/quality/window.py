"""Measure the window with real documents and the real model: start, event loop gaps while a batch runs, memory of all processes.

Usage: python -m tests.quality.window FOLDER [--models-dir DIR] [--model ID] [--json FILE]       (a display, or xvfb-run, is needed)

While the documents of FOLDER are processed, another page or document is opened every second, as an impatient person would; then
every document is opened. Gaps are told for each part: the longest, and the one that one turn of the loop in a thousand exceeds.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from app.bootstrap import build
from app.ui.application import make_application, make_pages
from app.ui.desktop import Desktop
from app.ui.theme import Theme
from tests.helpers.gap_monitor import GapMonitor

_PAGES = ("review", "review", "inbox", "done", "done", "tasks", "models", "settings", "review")
_LONGEST_S = 900
_SETTLE_MS = 1500
_LOOK_MS = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models-dir", type=Path)
    parser.add_argument("--model", default="", help="id of a model; without it the best one")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    started = time.perf_counter()
    application = make_application()
    report: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, build(data_dir=Path(folder), models_dir=options.models_dir) as deskhand:
        deskhand.change_settings(deskhand.settings.model_copy(update={"model": options.model, "first_steps": False}))
        theme = Theme(application, deskhand.settings.theme)
        pictures = make_pages(deskhand)
        desktop = Desktop(deskhand, theme, pictures)
        desktop.completed.connect(gc.freeze)
        desktop.open()
        application.processEvents()
        report["shown_s"] = time.perf_counter() - started
        with GapMonitor() as monitor:
            _wait(lambda: desktop.is_complete)
            report["complete_s"] = time.perf_counter() - started
            _pause(_SETTLE_MS)
        _tell(report, "start", monitor)
        _run_batch(desktop, deskhand, options.folder, report)
        _open_all(desktop, report)
        desktop.close()
    text = json.dumps({name: round(value, 3) for name, value in report.items()}, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text, "utf-8")


def _run_batch(desktop, deskhand, folder: Path, report: dict[str, float]) -> None:
    began = time.perf_counter()
    turns = 0

    def turn() -> None:
        nonlocal turns
        work_list, page = desktop.window.workbench.list, _PAGES[turns % len(_PAGES)]
        if not (page == desktop.window.page and work_list.select_neighbour(1)):
            desktop.window.show_page(page)
        turns += 1

    def is_done() -> bool:
        jobs = deskhand.store.jobs()
        report["documents"] = len(jobs)
        return bool(jobs) and all(job.state.is_finished for job in jobs)

    impatience = QTimer(desktop, interval=1000)
    impatience.timeout.connect(turn)
    ended = threading.Event()
    threading.Thread(target=_watch_memory, args=(report, ended), daemon=True).start()
    with GapMonitor() as monitor:
        impatience.start()
        desktop.work.add([folder])
        _wait(is_done, every_ms=500, at_most_s=_LONGEST_S)
        impatience.stop()
    ended.set()
    report["batch_s"] = time.perf_counter() - began
    _tell(report, "batch", monitor)


def _open_all(desktop, report: dict[str, float]) -> None:
    with GapMonitor() as monitor:
        for page in ("review", "done"):
            desktop.window.show_page(page)
            _pause(_LOOK_MS)
            for job_id in desktop.jobs.job_ids():
                desktop.window.workbench.list.select([job_id])
                _pause(_LOOK_MS)
    _tell(report, "open", monitor)


def _tell(report: dict[str, float], part: str, monitor: GapMonitor) -> None:
    for name, gaps_s in (("gap", monitor.gaps_s), ("own_work", monitor.works_s)):
        ordered = sorted(gaps_s)
        report[f"{part}_longest_{name}_ms"] = ordered[-1] * 1000
        report[f"{part}_thousandth_{name}_ms"] = ordered[int(len(ordered) * 0.999)] * 1000


def _wait(is_over: Callable[[], bool], *, every_ms: int = 10, at_most_s: float = 60) -> None:
    until = time.perf_counter() + at_most_s
    while not is_over() and time.perf_counter() < until:
        _pause(every_ms)


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _watch_memory(report: dict[str, float], ended: threading.Event) -> None:
    """On a thread of its own: summing up pages takes long enough to show as a gap."""
    while not ended.wait(0.5):
        shares = _proportional_sets_mib(os.getpid())
        if sum(shares.values()) > report.get("memory_mib", 0.0):
            report["memory_mib"] = sum(shares.values())
            report.update({f"memory_of_{name}_mib": share for name, share in shares.items()})


def _proportional_sets_mib(pid: int) -> dict[str, float]:
    """Memory of a process and its descendants by the kind of worker, shared pages counted by share."""
    shares: dict[str, float] = {}
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        name = "window" if pid == os.getpid() else Path(f"/proc/{pid}/cmdline").read_text().split("\0")[-2]
        shares[name] = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                for kind, share in _proportional_sets_mib(int(child)).items():
                    shares[kind] = shares.get(kind, 0.0) + share
    except (OSError, StopIteration):
        return shares
    return shares


if __name__ == "__main__":
    main()

"""Measure the window with real documents and the real model: start, event loop gaps while a batch runs, memory of all processes.

Usage: python -m tests.quality.window FOLDER [--models-dir DIR] [--json FILE]       (a display, or xvfb-run, is needed)

While the documents of FOLDER are processed, another page or document is opened every second, as an impatient person would.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from pathlib import Path

from PySide6.QtCore import QTimer

from app.bootstrap import build
from app.ui.application import make_application, make_picture_reader
from app.ui.desktop import Desktop
from app.ui.theme import Theme
from tests.helpers.gap_monitor import GapMonitor

_PAGES = ("review", "inbox", "done", "tasks", "review")
_LONGEST_S = 900


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models-dir", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    started = time.perf_counter()
    application = make_application()
    report: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, build(data_dir=Path(folder), models_dir=options.models_dir) as deskhand:
        theme = Theme(application, deskhand.settings.theme)
        pictures = make_picture_reader(deskhand)
        desktop = Desktop(deskhand, theme, pictures)
        desktop.open()
        application.processEvents()
        report["shown_s"] = time.perf_counter() - started
        while not desktop.is_complete:
            application.processEvents()
        report["complete_s"] = time.perf_counter() - started
        _run_batch(application, desktop, deskhand, options.folder, report)
        desktop.close()
    text = json.dumps({name: round(value, 3) for name, value in report.items()}, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text, "utf-8")


def _run_batch(application, desktop, deskhand, folder: Path, report: dict[str, float]) -> None:
    monitor = GapMonitor()
    began = time.perf_counter()
    turns = 0

    def turn() -> None:
        nonlocal turns
        desktop.window.show_page(_PAGES[turns % len(_PAGES)])
        turns += 1

    def look() -> None:
        jobs = deskhand.store.jobs()
        if (jobs and all(job.state.is_finished for job in jobs)) or time.perf_counter() - began > _LONGEST_S:
            report["documents"] = len(jobs)
            application.quit()

    for interval_ms, step in ((1000, turn), (500, look)):
        timer = QTimer(monitor, interval=interval_ms)
        timer.timeout.connect(step)
        timer.start()
    ended = threading.Event()
    threading.Thread(target=_watch_memory, args=(report, ended), daemon=True).start()
    with monitor:
        desktop.work.add([folder])
        application.exec()
    ended.set()
    report |= {
        "batch_s": time.perf_counter() - began,
        "longest_gap_ms": monitor.longest_gap_s * 1000,
        "longest_own_work_ms": monitor.longest_work_s * 1000,
    }


def _watch_memory(report: dict[str, float], ended: threading.Event) -> None:
    """On a thread of its own: summing up pages takes long enough to show as a gap."""
    while not ended.wait(0.5):
        report["memory_mib"] = max(report.get("memory_mib", 0.0), _proportional_set_mib(os.getpid()))


def _proportional_set_mib(pid: int) -> float:
    """Memory of a process and its descendants, shared pages counted by share."""
    total = 0.0
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
        for thread in Path(f"/proc/{pid}/task").iterdir():
            total += sum(_proportional_set_mib(int(child)) for child in (thread / "children").read_text().split())
    except (OSError, StopIteration):
        return total
    return total


if __name__ == "__main__":
    main()

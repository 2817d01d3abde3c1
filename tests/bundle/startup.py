"""Measures how soon the window of a frozen build shows, warm and cold, on a screen of its own.

usage: python tests/bundle/startup.py [--program build/frozen/deskhand/deskhand] [--runs 7] [--cold 3]

Shown means: its window is drawn on the screen. Cold drops the kernel's file caches, which takes root.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
LIMIT_S = 60
WIDTH, HEIGHT = 1440, 900


@dataclass(frozen=True)
class Start:
    """`processor_s` is what the main process computed until then; it does not depend on what else the computer does."""

    shown_s: float
    processor_s: float


def measure(program: list[str], screen: str, picture: Path, data: Path) -> Start:
    """Start the program and wait for a window with something in it."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(data), "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb", "LANG": "C.UTF-8"}
    began = time.perf_counter()
    process = subprocess.Popen([*program, "--data-dir", str(data)], env=environment, stdout=subprocess.DEVNULL)
    try:
        while time.perf_counter() - began < LIMIT_S:
            if is_shown(picture):
                times = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
                ticks = int(times[11]) + int(times[12])
                return Start(time.perf_counter() - began, ticks / os.sysconf("SC_CLK_TCK"))
            if process.poll() is not None:
                sys.exit(f"the program ended with {process.returncode}")
            time.sleep(0.01)
        sys.exit("no window showed")
    finally:
        process.kill()
        process.wait()
        while is_shown(picture):
            time.sleep(0.05)


def is_shown(picture: Path) -> bool:
    """Whether most of the screen, which is black without a window, has a colour."""
    with picture.open("rb") as file:
        header = int.from_bytes(file.read(4), "big")
        file.seek(header + WIDTH * (HEIGHT // 2) * 4)
        row = file.read(WIDTH * 4)
    return sum(row[offset] > 0 for offset in range(0, len(row), 4)) > WIDTH // 2


def tell(name: str, starts: list[Start]) -> None:
    shown = [start.shown_s for start in starts]
    busy = statistics.median(start.processor_s for start in starts)
    print(
        f"{name}: median {statistics.median(shown):.2f} s, {busy:.2f} s computed; {', '.join(f'{second:.2f}' for second in shown)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "frozen" / "deskhand" / "deskhand")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--cold", type=int, default=3)
    arguments = parser.parse_args()
    if shutil.which("Xvfb") is None:
        sys.exit("Xvfb is not installed")
    screen = f":{50 + os.getpid() % 900}"
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        data.mkdir()
        server = subprocess.Popen(
            ["Xvfb", screen, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", name], stderr=subprocess.DEVNULL
        )
        try:
            picture = Path(name) / "Xvfb_screen0"
            while not picture.is_file() or picture.stat().st_size < WIDTH * HEIGHT * 4:
                time.sleep(0.1)
            program = [str(arguments.program)]
            tell("first", [measure(program, screen, picture, data)])
            tell("warm", [measure(program, screen, picture, data) for _ in range(arguments.runs)])
            if arguments.cold and os.access(DROP_CACHES, os.W_OK):
                tell("cold", [measure_cold(program, screen, picture, data) for _ in range(arguments.cold)])
        finally:
            server.kill()
            server.wait()


def measure_cold(program: list[str], screen: str, picture: Path, data: Path) -> Start:
    os.sync()
    DROP_CACHES.write_text("3", encoding="ascii")
    return measure(program, screen, picture, data)


if __name__ == "__main__":
    main()

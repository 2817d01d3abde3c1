"""Where the program starts: a worker, the window, or a command. Nothing heavy is imported before it is known which."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.main import WindowOptions


def main() -> int:
    """Run this process; its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--worker"]:
        from app.worker.main import run as run_worker

        return run_worker(arguments[1] if len(arguments) > 1 else "")
    from app.network.hardening import harden_process

    harden_process()
    documents = _window_arguments(arguments)
    if documents is not None:
        from app.ui.application import run as run_window

        return run_window(documents=documents)
    from app.cli.main import run

    return run(arguments, _open_window)


def _window_arguments(arguments: list[str]) -> list[Path] | None:
    """The documents, where the desktop starts the window: nothing, or ``open FILE…``, for which no parser needs to be loaded."""
    named = arguments[1:]
    if arguments[:1] not in ([], ["open"]) or any(not name or name.startswith("-") for name in named):
        return None
    return [Path(name) for name in named]


def _open_window(options: WindowOptions) -> int:
    from app.ui.application import run as run_window

    return run_window(
        data_dir=options.data_dir,
        models_dir=options.models_dir,
        offline=options.offline,
        allow_weak_sandbox=options.allow_weak_sandbox,
        documents=options.documents,
    )


if __name__ == "__main__":
    sys.exit(main())

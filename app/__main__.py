"""Where the program starts: a worker, a command, or the window. Nothing heavy is imported before it is known which."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.main import WindowOptions


def main() -> int:
    """Run the command line of this process; its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--worker"]:
        from app.worker.main import run as run_worker

        return run_worker(arguments[1] if len(arguments) > 1 else "")
    from app.cli.main import run

    return run(arguments, _open_window)


def _open_window(options: WindowOptions) -> int:
    from app.ui.application import run

    return run(
        data_dir=options.data_dir,
        models_dir=options.models_dir,
        offline=options.offline,
        allow_weak_sandbox=options.allow_weak_sandbox,
    )


if __name__ == "__main__":
    sys.exit(main())

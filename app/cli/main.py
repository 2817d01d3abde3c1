"""The commands as one program: `run` parses, calls, and turns every outcome into an exit code and at most one line on stderr."""

from __future__ import annotations

import io
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from app import __version__
from app.cli import bench, cases, doctor, evaluate, ledger, models, process, tasks, text
from app.cli.console import WrongUsageError, show_error, warn, write_line
from app.cli.options import AllowWeakSandbox, DataDir, ModelsDir, Offline, named_path
from app.errors import AppError, CancelledError, CaseFileError, TaskError, UnknownModelError, UnknownRunError
from app.log import start_log
from app.paths import find_paths

_log = logging.getLogger(__name__)
USAGE_EXIT = 2
INTERRUPTED_EXIT = 130


@dataclass(frozen=True)
class WindowOptions:
    """What `deskhand` without a command, or with `open`, was started with."""

    data_dir: Path | None = None
    models_dir: Path | None = None
    offline: bool = False
    allow_weak_sandbox: bool = False
    documents: tuple[Path, ...] = ()


OpenWindow = Callable[[WindowOptions], int]

program = typer.Typer(
    name="deskhand",
    help="Read, sort and sum up documents on this computer. Without a command, the window opens.",
    no_args_is_help=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
program.command(name="process")(process.process)
program.command(name="text")(text.text)
program.add_typer(tasks.commands, name="tasks")
program.add_typer(models.commands, name="models")
program.add_typer(cases.commands, name="cases")
program.command(name="evaluate")(evaluate.evaluate)
program.command(name="bench")(bench.bench)
program.command(name="ledger")(ledger.ledger)
program.command(name="doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        write_line(f"deskhand {__version__}")
        raise typer.Exit


@program.callback()
def window(
    context: typer.Context,
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    offline: Offline = False,
    allow_weak_sandbox: AllowWeakSandbox = False,
    _version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")] = False,
) -> int | None:
    if context.invoked_subcommand is not None:
        if data_dir or models_dir or offline or allow_weak_sandbox:
            raise WrongUsageError(f"Options come after the command: deskhand {context.invoked_subcommand} … --data-dir DIR")
        return None
    open_window: OpenWindow = context.obj
    return open_window(WindowOptions(data_dir, models_dir, offline, allow_weak_sandbox))


@program.command(name="open")
def open_documents(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="Documents, or folders of them.", parser=named_path)
    ] = None,
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    offline: Offline = False,
    allow_weak_sandbox: AllowWeakSandbox = False,
) -> int:
    """Add documents in the window: in the one that is open, else in a new one."""
    open_window: OpenWindow = context.obj
    return open_window(WindowOptions(data_dir, models_dir, offline, allow_weak_sandbox, tuple(files or ())))


def run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Run one command line; the exit code: 0 done, 1 something failed, 2 wrong usage, 130 interrupted."""
    # A polite end takes the temporary files and the workers with it.
    signal.signal(signal.SIGTERM, _end)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that can't show a letter is to show a question mark, not to end the work.
        sys.stdout.reconfigure(errors="replace")
    try:
        outcome = typer.main.get_command(program).main(
            args=list(arguments), prog_name="deskhand", standalone_mode=False, obj=open_window
        )
    except (KeyboardInterrupt, typer.Abort, CancelledError):
        outcome = INTERRUPTED_EXIT
    except typer.TyperException as error:
        _show_usage(error)
        return USAGE_EXIT
    except WrongUsageError as error:
        warn(str(error))
        return USAGE_EXIT
    except (TaskError, UnknownModelError, CaseFileError, UnknownRunError) as error:
        show_error(error)
        return USAGE_EXIT
    except AppError as error:
        show_error(error)
        return 1
    except BrokenPipeError:
        # The reader of the pipe has seen enough; nothing can be written any more, not even at exit.
        sys.stdout = sys.stderr
        return 1
    except Exception as error:  # noqa: BLE001 - the edge of the command line
        _tell_fault(error)
        return 1
    if outcome == INTERRUPTED_EXIT:
        warn("Stopped.")
    return outcome if isinstance(outcome, int) else 0


def _show_usage(error: typer.TyperException) -> None:
    """The parser's own words, with the command's usage line where it has one."""
    show = getattr(error, "show", None)
    if callable(show):
        show()
    else:
        warn(str(error))


def _tell_fault(error: Exception) -> None:
    """What no command foresaw. The details go to the log file; where none can be kept, logging shows them."""
    if not logging.getLogger("app").hasHandlers():
        start_log(find_paths())
    _log.error("A fault in Deskhand", exc_info=error)
    if isinstance(error, OSError) and error.strerror:
        warn(f"The system refused something: {error.strerror}{f' ({error.filename})' if error.filename else ''}.")
    else:
        warn("A fault in Deskhand stopped the command. The log file in the data folder holds the details.")


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)

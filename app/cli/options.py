"""Options that several commands share, written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def named_path(text: str) -> Path:
    """A path somebody named. An empty one, such as an unset variable gives, would mean the current folder."""
    if not text:
        raise typer.BadParameter("a path is empty.")
    return Path(text)


DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Keep database, settings and own tasks here.", file_okay=False)
]
ModelsDir = Annotated[Path | None, typer.Option("--models-dir", metavar="DIR", help="Where the model files lie.", file_okay=False)]
Offline = Annotated[bool, typer.Option("--offline", help="Open no connection, whatever the settings say.")]
AllowWeakSandbox = Annotated[
    bool, typer.Option("--allow-weak-sandbox", help="Go on where the system lacks a layer of the workers' lock.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

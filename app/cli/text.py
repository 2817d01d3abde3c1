"""`deskhand text`: the text of a document as Deskhand reads it, to which all offsets refer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.bootstrap import build
from app.cli.console import warn, write, write_line
from app.cli.options import AllowWeakSandbox, DataDir, named_path
from app.jobs.intake import examine, load

TextFormat = Literal["text", "json"]


def text(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document.", parser=named_path)],
    output_format: Annotated[TextFormat, typer.Option("--format", help="Plain text, or pages and boxes as JSON.")] = "text",
    password: Annotated[str | None, typer.Option("--password", help="For a protected document.")] = None,
    data_dir: DataDir = None,
    allow_weak_sandbox: AllowWeakSandbox = False,
) -> int:
    """Print the text of a document, exactly as results count its characters."""
    with build(data_dir=data_dir, offline=True, allow_weak_sandbox=allow_weak_sandbox) as deskhand:
        max_bytes = deskhand.settings.limits.max_bytes
        data = load(file, examine(file, max_bytes).sha256, max_bytes)
        document = deskhand.reader.read(data, file.name, password=password)
    if output_format == "json":
        write_line(document.model_dump_json())
        return 0
    write(document.text)
    for notice in document.notices:
        warn(notice)
    return 0

"""Cases: documents with the answers expected of them, one JSON object a line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.errors import CaseFileError, CaseFileUnreadableError

LABEL: Final = "label"
SUMMARY: Final = "summary"
SUMMARIES: Final = "summaries"
"""Several summaries of one document: the nearest one counts."""
_SHOWN_CHARS: Final = 40
_OWN: Final = frozenset({"kept", "kept_key", "name", "path", "job_id"})
"""What a file has no say in."""


class Case(BaseModel):
    """A document and what is expected.

    `expected` maps a field to its value, to a list of values of which any is right, or to null or an empty list where the document
    has none. A field with ``many`` has the list of all its values, rows have a list of objects. A class stands under ``label``, a
    written summary under ``summary`` (several under ``summaries``). What is not named is not judged.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    file: str | None = None
    """Relative to the folder of the case file."""
    text: str | None = None
    task: str = ""
    expected: dict[str, Any]
    group: str = ""
    """Documents of one origin, which look alike; they are drawn together where chance is measured."""
    document: str = ""
    """What the document is known by whose text stands here; empty where the text is the document."""
    held_out: bool | None = None
    """Whether it is kept out of everything that learns; None where the file does not say."""
    kept: int | None = Field(default=None, exclude=True)
    """Number of a kept case, whose document is in the database. Never in a file."""
    kept_key: str = Field(default="", exclude=True)
    """What the document of a kept case is known by; unlike its number the same when it was removed and kept again."""
    name: str = Field(default="", exclude=True)
    """What a person knows a kept case by."""
    path: str = Field(default="", exclude=True)
    """Where the document of a kept case lay; empty where that is not known."""
    job_id: int | None = Field(default=None, exclude=True)
    """Its job, while it is on the list."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Case:
        if (self.file is not None) + (self.text is not None) + (self.kept is not None) != 1:
            raise ValueError('give either "file" or "text"')
        return self

    @field_validator("expected")
    @classmethod
    def _expects_something(cls, expected: dict[str, Any]) -> dict[str, Any]:
        if not expected:
            raise ValueError("nothing is expected")
        return expected

    @property
    def key(self) -> str:
        """The same case in another run has the same key."""
        if self.kept is not None:
            return f"kept:{self.kept_key or self.kept}"
        if self.file is not None:
            return self.file
        return f"text:{hashlib.sha256((self.text or '').encode('utf-8', 'backslashreplace')).hexdigest()[:16]}"

    @property
    def shown(self) -> str:
        """What a person knows the case by."""
        if self.kept is not None or self.file is not None:
            return self.file or self.name
        flat = " ".join((self.text or "").split())
        return flat if len(flat) <= _SHOWN_CHARS else flat[: _SHOWN_CHARS - 1] + "…"


def read_cases(path: Path) -> list[Case]:
    """All cases of a file. Raises `CaseFileError` with the line of the first fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseFileUnreadableError(file=path, detail="it is not text in UTF-8") from error
    except OSError as error:
        raise CaseFileUnreadableError(file=path, detail=error.strerror or error) from error
    cases = [_case(line, path, number) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not cases:
        raise CaseFileError(file=path, line=1, detail="there are no cases in it")
    return cases


def cases_for(cases: list[Case], names: set[str], path: Path) -> list[Case]:
    """Those for a task known by `names`: the cases that name it, and those that name none.

    Where all cases are for one other task, all are taken: so a task is compared with its variant. Raises `CaseFileError`.
    """
    found = [case for case in cases if not case.task or case.task in names]
    others = sorted({case.task for case in cases if case.task})
    if not found and len(others) > 1:
        raise CaseFileError(file=path, line=1, detail=f"no case is for this task; there are cases for: {', '.join(others)}")
    return found or cases


def _case(line: str, path: Path, number: int) -> Case:
    try:
        given = json.loads(line)
        json.dumps(given, ensure_ascii=False).encode()
        if isinstance(given, dict):
            given = {name: value for name, value in given.items() if name not in _OWN}
        return Case.model_validate(given)
    except UnicodeEncodeError as error:
        raise CaseFileError(file=path, line=number, detail="it holds half of a character (a lone surrogate)") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        detail = str(first["msg"]).removeprefix("Value error, ")
        raise CaseFileError(file=path, line=number, detail=f"{where}: {detail}" if where else detail) from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise CaseFileError(file=path, line=number, detail=f"it is not a JSON object ({error})") from error

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.errors import DocumentTooLargeError, FileAccessError
from app.jobs.intake import AddOutcome, examine, load, walk


def names(folder: Path) -> list[str]:
    return [str(found.relative_to(folder)) for found in walk(folder) if isinstance(found, Path)]


def test_folders_are_walked_without_hidden_and_system_files(tmp_path: Path) -> None:
    for name in (
        "b.pdf", "a.txt", "deep/deeper/c.docx", ".DS_Store", "deep/.git/config", "Thumbs.db", "~$a.docx",
        "x.crdownload", "__MACOSX/a.txt", "desktop.ini",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert names(tmp_path) == ["a.txt", "b.pdf", "deep/deeper/c.docx"]


def test_a_file_named_by_the_person_is_never_left_out(tmp_path: Path) -> None:
    (tmp_path / ".hidden").touch()
    assert list(walk(tmp_path / ".hidden")) == [tmp_path / ".hidden"]


def test_loops_of_links_end(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").touch()
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    assert names(tmp_path) == ["in/a"]


def test_pipes_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (outcome,) = walk(tmp_path)
    assert isinstance(outcome, AddOutcome)
    assert outcome.error is not None
    assert "holds no documents" in outcome.error.user_text
    with pytest.raises(FileAccessError, match="not a file"):
        examine(tmp_path / "pipe", 10)


@pytest.mark.parametrize("name", ["missing", "nul\0byte", "x" * 300])
def test_what_cannot_be_opened_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileAccessError, match="could not be opened"):
        examine(tmp_path / name, 10)
    with pytest.raises(FileAccessError, match="could not be opened"):
        load(tmp_path / name, "0", 10)


def test_size_and_hash_are_found_in_one_pass(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    found = examine(tmp_path / "a", 3)
    assert found.size_bytes == 3
    assert found.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert load(tmp_path / "a", found.sha256, 3) == b"abc"
    with pytest.raises(DocumentTooLargeError):
        examine(tmp_path / "a", 2)

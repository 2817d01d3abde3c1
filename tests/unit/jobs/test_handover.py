"""What a second start leaves for the open window, and what the window makes of it."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from app.jobs.handover import close_folder, hand_over, open_folder, receive

WAIT_S = 10.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return open_folder(tmp_path)


def received_by_a_window(data: Path, documents: list[Path]) -> list[Path] | None:
    """Hand over on another thread while a window looks again and again."""
    outcome: list[bool] = []
    sender = threading.Thread(target=lambda: outcome.append(hand_over(data, documents, patience_s=WAIT_S)))
    sender.start()
    end = time.monotonic() + WAIT_S
    found = None
    while found is None and time.monotonic() < end:
        found = receive(data)
        time.sleep(0.01)
    sender.join()
    assert outcome == [True]
    return found


@pytest.mark.usefixtures("folder")
def test_documents_arrive_whatever_their_names(tmp_path: Path) -> None:
    documents = [tmp_path / "Fatura ğüş.pdf", tmp_path / "two\nlines.txt", Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png"))]
    assert received_by_a_window(tmp_path, documents) == documents
    assert received_by_a_window(tmp_path, []) == []
    assert receive(tmp_path) is None


@pytest.mark.usefixtures("folder")
def test_a_relative_path_means_the_folder_of_the_one_who_hands_over(tmp_path: Path) -> None:
    assert received_by_a_window(tmp_path, [Path("a.pdf"), Path("a.pdf")]) == [Path.cwd() / "a.pdf"]


def test_where_no_window_is_nothing_waits(tmp_path: Path) -> None:
    began = time.monotonic()
    assert not hand_over(tmp_path, [tmp_path / "a.pdf"], patience_s=WAIT_S)
    open_folder(tmp_path)
    close_folder(tmp_path)
    assert not hand_over(tmp_path, [tmp_path / "a.pdf"], patience_s=WAIT_S)
    assert time.monotonic() - began < WAIT_S / 2
    assert list(tmp_path.iterdir()) == []


def test_a_window_that_does_not_answer_leaves_nothing_behind(tmp_path: Path, folder: Path) -> None:
    assert not hand_over(tmp_path, [tmp_path / "a.pdf"], patience_s=0.1)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_the_folder_is_the_persons_alone(tmp_path: Path) -> None:
    (tmp_path / "handed-over").mkdir(mode=0o755)
    assert open_folder(tmp_path).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b""),
        ("a.json", b"\xff\xfe["),
        ("a.json", b'{"path": "/a"}'),
        ("a.json", b'"/a"'),
        ("a.json", b'["a.pdf"]'),
        ("a.json", b'["/a", 1]'),
        ("a.json", b'["/a\\u0000b"]'),
        ("a.json", b"[" * 200_000),
        ("a.json", b'["/a"]' + b" " * 8 * 2**20),
        ("a.txt", b'["/a"]'),
    ],
)
def test_what_is_foreign_or_malformed_is_removed(
    tmp_path: Path, folder: Path, caplog: pytest.LogCaptureFixture, name: str, content: bytes
) -> None:
    (folder / name).write_bytes(content)
    with caplog.at_level(logging.WARNING, logger="app"):
        assert receive(tmp_path) is None
    assert list(folder.iterdir()) == []
    assert name in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_link_is_not_followed(tmp_path: Path, folder: Path) -> None:
    target = tmp_path / "elsewhere.json"
    target.write_text('["/a"]', encoding="utf-8")
    (folder / "a.json").symlink_to(target)
    assert receive(tmp_path) is None
    assert list(folder.iterdir()) == []
    assert target.exists()


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path, folder: Path) -> None:
    part = folder / ".a.json.x.tmp"
    part.write_bytes(b'["/')
    assert receive(tmp_path) is None
    assert part.exists()

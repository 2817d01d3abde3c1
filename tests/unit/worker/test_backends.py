"""Which variant of the engine is taken, with real libraries of a few lines."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from app.worker.backends import fastest, find_variants

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")


def make_library(path: Path, source: str) -> None:
    subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", str(path), "-"], input=source, text=True, check=True)


@pytest.fixture
def folder(tmp_path):
    make_library(tmp_path / "libggml-cpu-plain.so", "int ggml_backend_score(void) { return 1; }")
    make_library(tmp_path / "libggml-cpu-newer.so", "int ggml_backend_score(void) { return 40; }")
    make_library(tmp_path / "libggml-cpu-newest.so", "int ggml_backend_score(void) { return 0; }")
    make_library(tmp_path / "libggml-base.so", "int ggml_backend_score(void) { return 99; }")
    return tmp_path


def test_the_highest_score_wins_and_what_the_processor_lacks_does_not(folder):
    variants = find_variants(folder)
    assert set(variants) == {"plain", "newer", "newest"}
    assert fastest(variants) == "newer"


def test_a_library_without_a_score_or_that_is_broken_is_passed_over(folder):
    make_library(folder / "libggml-cpu-silent.so", "int something_else(void) { return 1; }")
    (folder / "libggml-cpu-broken.so").write_bytes(b"\x7fELF")
    assert fastest(find_variants(folder)) == "newer"


def test_none_fits(folder):
    (folder / "libggml-cpu-plain.so").unlink()
    (folder / "libggml-cpu-newer.so").unlink()
    assert fastest(find_variants(folder)) == ""


def test_an_engine_for_this_computer_has_no_variants(tmp_path):
    (tmp_path / "libggml-cpu.so").touch()
    assert find_variants(tmp_path) == {}

"""Real disks that are full or can only be read, in a name space of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = """
import subprocess, sys
from pathlib import Path
from app.catalog import download
from app.catalog.part_place import part_bytes
from app.catalog.spec import PathSource
from app.errors import AppError
from app.network.gate import Gate
from tests.helpers.catalogs import gguf_bytes, make_catalog, make_spec

# Whether there is room is asked beforehand; here the disk fills up meanwhile.
download._require_space = lambda *_: None
disk, origin = Path(sys.argv[1]) / "disk", Path(sys.argv[1]) / "origin.gguf"
data = gguf_bytes(padding=10_000_000)
origin.write_bytes(data)
spec = make_spec(data, PathSource(kind="path", path=str(origin)))
catalog = make_catalog(disk / "models", spec)

def attempt():
    try:
        return download.fetch(spec, catalog, Gate(offline=True)).read_bytes() == data
    except AppError as error:
        return f"{error.code}: {error.user_text}"

def remount(options):
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)

print(attempt())
print(part_bytes(spec, catalog) > 3_000_000)
remount("ro")
print(attempt())
remount("rw,size=64m")
print(attempt())
remount("ro")
print(attempt())
"""


def in_own_mounts(folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    mount = f"mount -t tmpfs -o size=4m none '{folder}/disk' && exec \"$@\""
    unshare = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    return subprocess.run([*unshare, *command], cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs name spaces")
def test_full_and_read_only_disks_are_told_and_cost_nothing(tmp_path):
    (tmp_path / "disk").mkdir()
    if in_own_mounts(tmp_path, ["true"]).returncode != 0:
        pytest.skip("this system allows no name spaces")
    done = in_own_mounts(tmp_path, [sys.executable, "-c", SCRIPT, str(tmp_path)])
    lines = done.stdout.splitlines()
    assert len(lines) == 5, done.stderr
    assert lines[0].startswith("disk_full: There is not enough room in")
    assert lines[1] == "True"
    assert lines[2].startswith("model_folder: ")
    assert "only be read" in lines[2]
    assert lines[3:] == ["True", "True"]

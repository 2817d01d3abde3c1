"""The Debian packages as people meet them: a clean system, an ordinary person, a screen, and no network."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import apsw
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
SMALL_BYTES = 250_000_000
WINDOW_S = 60
ANSWER_S = 180


def load_clean_root():
    spec = importlib.util.spec_from_file_location("clean_root", Path(__file__).with_name("clean_root.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


clean_root = load_clean_root()


def find_package(name: str) -> Path:
    found = sorted(DIST.glob(f"{name}_*.deb"))
    if not found:
        pytest.skip(f"{name} is not built; run packaging/build")
    return found[-1]


pytestmark = [pytest.mark.bundle, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def offline_package():
    return find_package("deskhand-offline")


@pytest.fixture
def root(offline_package, tmp_path_factory):
    if reason := clean_root.why_not():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("system") / "root"
    made = clean_root.make_clean_root(folder, Path.home() / ".cache" / "deskhand" / "debian")
    yield made
    # Nothing is mounted here: all mounts were in namespaces that ended with their commands.
    subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=True)


def test_small_package_keeps_its_size():
    assert find_package("deskhand").stat().st_size <= SMALL_BYTES


def test_install_use_restart_remove(root, offline_package):
    before = root.files()
    shutil.copyfile(offline_package, root.path("tmp/deskhand.deb"))
    done = root.run("apt-get -q install --yes --no-install-recommends /tmp/deskhand.deb")
    assert done.returncode == 0, done.stderr
    needed = root.files() - before
    assert "usr/bin/deskhand" in needed

    checks = root.use("wc -l </proc/net/dev; deskhand --version; deskhand doctor --offline-proof --json")
    assert checks.returncode == 0, checks.stdout + checks.stderr
    interfaces, version, report = checks.stdout.splitlines()[:3]
    assert int(interfaces) == 3, "two lines of heading and the loopback"
    assert version.startswith("deskhand ")
    findings = {finding["name"]: finding for finding in json.loads(report)}
    assert findings["reader protection"]["ok"]
    assert findings["model protection"]["ok"]
    assert "variant" in findings["engine"]["detail"]

    sample = root.path(clean_root.HOME / "invoice.pdf")
    shutil.copyfile(ROOT / "resources" / "samples" / "invoice-english.pdf", sample)
    sample.chmod(0o644)
    with root.using(OPEN_AND_PASTE):
        wait_for(lambda: states(root) == ["done"], ANSWER_S, lambda: f"{states(root)}")
        answer = stored_answer(root)
        root.path(clean_root.HOME / "answered.png").unlink(missing_ok=True)
        wait_for(root.path(clean_root.HOME / "answered.png").is_file, WINDOW_S, lambda: "no picture")
    assert answer["then"]["fields"]["total_amount"]["value"] == "681.87"

    again = root.use(OPEN_AND_LOOK)
    assert again.returncode == 0, again.stdout + again.stderr
    assert states(root) == ["done"]
    assert stored_answer(root) == answer
    keep_pictures(root, ("welcome.png", "answered.png", "again.png"))

    removed = root.run("apt-get -q purge --yes deskhand-offline")
    assert removed.returncode == 0, removed.stderr
    assert root.run("dpkg-query --show 'deskhand*'").returncode != 0
    left = [name for name in root.files() - before if "deskhand" in name.lower()]
    assert left
    assert all(name.startswith("home/person/") for name in left), left
    assert states(root) == ["done"]


def test_each_flavour_takes_the_place_of_the_other(root, offline_package):
    small = find_package("deskhand")
    for number, package in enumerate((small, offline_package)):
        shutil.copyfile(package, root.path(f"tmp/{number}.deb"))
        done = root.run(f"apt-get -q install --yes --no-install-recommends /tmp/{number}.deb; deskhand --version")
        assert done.returncode == 0, done.stderr
    listed = root.run("dpkg-query --show --showformat '${Package} ${db:Status-Status}\\n' 'deskhand*'").stdout.split("\n")
    assert "deskhand-offline installed" in listed
    assert "deskhand installed" not in listed


OPEN = """
deskhand & program=$!
window=
for _ in $(seq 300); do
  window=$(xdotool search --onlyvisible --name Deskhand | tail -n 1) && [ -n "$window" ] && break
  sleep 0.2
done
[ -n "$window" ]
sleep 2
# A message that there will be no window is a window, too.
eval "$(xdotool getwindowgeometry --shell "$window")"
[ "$WIDTH" -ge 900 ]
"""
OPEN_AND_PASTE = (
    OPEN
    + """
scrot --overwrite ~/welcome.png
xdotool windowfocus "$window"
xdotool key ctrl+1
sleep 1
printf 'file://%s/invoice.pdf\\r\\n' "$HOME" | xclip -selection clipboard -t text/uri-list -i
xdotool key ctrl+v
sleep 3
while kill -0 "$program"; do scrot --overwrite ~/part.png; mv ~/part.png ~/answered.png; sleep 1; done
"""
)
OPEN_AND_LOOK = (
    OPEN
    + """
xdotool windowfocus "$window"
xdotool key ctrl+3
sleep 2
scrot --overwrite ~/again.png
kill "$program"
wait "$program" || true
"""
)


def ask_database(root, question: str) -> list[tuple]:
    """Asks a copy, since the program holds its database for itself."""
    with tempfile.TemporaryDirectory() as name:
        for file in root.path(clean_root.HOME / ".local/share/deskhand").glob("deskhand.sqlite*"):
            shutil.copyfile(file, Path(name) / file.name)
        try:
            return list(apsw.Connection(f"{name}/deskhand.sqlite").execute(question))
        except apsw.Error:
            return []


def states(root) -> list[str]:
    return [state for (state,) in ask_database(root, "SELECT state FROM jobs")]


def stored_answer(root) -> dict:
    ((text,),) = ask_database(root, "SELECT result FROM results")
    return json.loads(text)


def wait_for(condition, seconds: float, describe) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, describe()
        time.sleep(0.5)


def keep_pictures(root, names) -> None:
    """Pictures of the window for a person to look at; here only that they show something."""
    folder = ROOT / "tests" / "artifacts" / "bundle"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(root.path(clean_root.HOME / name), folder / name)
        with Image.open(folder / name) as picture:
            assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 50, name

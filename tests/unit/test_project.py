"""Rules of the project itself that no other tool holds."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "app").rglob("*.py"))
CONNECTING = {"socket", "httpx", "requests", "urllib.request", "http.client", "ftplib", "smtplib", "websockets", "aiohttp"}


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_only_the_gate_can_connect():
    found = {path.relative_to(ROOT).as_posix() for path in SOURCES if imports_of(path) & CONNECTING}
    assert found <= {"app/network/gate.py"}


def test_style_sheets_are_set_in_one_place():
    found = {path.name for path in SOURCES if "setStyleSheet(" in path.read_text(encoding="utf-8")}
    assert found <= {"theme.py"}


def test_no_name_that_says_nothing():
    banned = {"utils.py", "util.py", "misc.py", "common.py", "helpers.py"}
    assert [path for path in SOURCES if path.name in banned] == []


@pytest.mark.parametrize("folder", ["packaging", "resources"])
def test_folders_beside_the_package_are_not_packages(folder):
    assert list((ROOT / folder).rglob("__init__.py")) == []


def test_pypa_packaging_is_not_shadowed():
    found = subprocess.run(
        [sys.executable, "-c", "import packaging; print(packaging.__file__)"], cwd=ROOT, capture_output=True, text=True
    )
    assert "site-packages" in found.stdout


@pytest.mark.parametrize("name", ["", "-bench", "-build", "-dev", "-engine"])
def test_requirements_are_pinned_hashed_and_without_addresses(name):
    text = (ROOT / "packaging" / f"requirements{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", block), block
        assert "--hash=sha256:" in block, block
    assert not re.search(r"://|file:|--index|--find-links|@ ", text)


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = set()
    for path in (ROOT / "packaging").glob("requirements*.txt"):
        pinned |= {
            match.group(1).lower() for match in re.finditer(r"^([A-Za-z0-9._-]+)==", path.read_text(encoding="utf-8"), re.MULTILINE)
        }
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[<>=!\[ ]", requirement, maxsplit=1)[0].lower().replace("_", "-") for requirement in wanted}
    assert names - pinned == set()


def test_readme_names_only_commands_and_files_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    poe = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["poe"]["tasks"]
    assert set(re.findall(r"\bpoe ([a-z-]+)", readme)) <= poe.keys()
    for path in re.findall(r"`(?:\./)?((?:packaging|resources|app|tests)/[\w./-]+)`", readme):
        assert (ROOT / path).exists(), path


def test_every_sample_names_its_licence():
    folder = ROOT / "resources" / "samples"
    licences = (folder / "LICENSES.md").read_text(encoding="utf-8")
    for path in folder.iterdir():
        assert path.name == "LICENSES.md" or f"| {path.name} |" in licences, path.name
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2 * 2**20


def test_the_program_imports_each_of_its_dependencies():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    imported = {name.partition(".")[0] for path in SOURCES for name in imports_of(path)}
    brought = {_plain(name) for module, names in packages_distributions().items() if module in imported for name in names}
    assert {_plain(re.split(r"[<>=]", each)[0]) for each in declared} <= brought


def _plain(distribution: str) -> str:
    """As package indexes compare names."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_nothing_heavy_is_imported_to_build_the_program():
    heavy = "llama_cpp onnxruntime kreuzberg liteparse rapidocr scipy PySide6 httpx huggingface_hub"
    code = f"import app.bootstrap, app.cli.main, sys; print([n for n in {heavy.split()!r} if n in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr

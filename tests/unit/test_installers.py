"""The recipes for installers that can't be made here: what they name exists, and what of them can be run is run."""

from __future__ import annotations

import importlib.util
import os
import plistlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from PIL import Image

from app import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
FLATPAK = PACKAGING / "flatpak" / "org.deskhand.Deskhand.yaml"
SETUP = PACKAGING / "windows" / "deskhand.iss"
MADE_BY_BUILD = ROOT / "build" / "frozen" / "deskhand"
FIRST_WORD = "UNTESTED"


@pytest.mark.parametrize(
    "path",
    [FLATPAK, SETUP, PACKAGING / "windows" / "build.ps1", *(PACKAGING / "macos" / name for name in ("build", "Info.plist"))],
    ids=lambda path: path.name,
)
def test_recipe_says_at_its_top_that_it_was_never_tried(path):
    assert any(FIRST_WORD in line for line in path.read_text(encoding="utf-8").splitlines()[:4])


@pytest.fixture(scope="module")
def manifest():
    return yaml.safe_load(FLATPAK.read_text(encoding="utf-8"))


class TestFlatpak:
    def test_files_are_there(self, manifest):
        (module,) = manifest["modules"]
        for source in module["sources"]:
            path = (FLATPAK.parent / source["path"]).resolve()
            assert path == MADE_BY_BUILD or path.exists(), source

    def test_names_agree_with_the_desktops_description(self, manifest):
        metainfo = (PACKAGING / "linux" / "org.deskhand.Deskhand.metainfo.xml").read_text(encoding="utf-8")
        assert f"<id>{manifest['id']}</id>" in metainfo
        assert FLATPAK.stem == manifest["id"]

    def test_no_more_than_what_it_needs_is_open(self, manifest):
        folders = [arg for arg in manifest["finish-args"] if arg.startswith("--filesystem")]
        assert folders
        assert all(folder.endswith(":ro") for folder in folders)
        assert not [arg for arg in manifest["finish-args"] if arg in {"--socket=session-bus", "--share=all", "--device=all"}]

    def test_commands_lay_out_the_program(self, manifest, tmp_path):
        (module,) = manifest["modules"]
        for source in module["sources"]:
            path = (FLATPAK.parent / source["path"]).resolve()
            if path == MADE_BY_BUILD:
                (tmp_path / source["dest"]).mkdir()
                (tmp_path / source["dest"] / "deskhand").write_text("#!/bin/sh\necho deskhand\n")
                (tmp_path / source["dest"] / "deskhand").chmod(0o755)
            else:
                shutil.copy(path, tmp_path / source.get("dest-filename", path.name))
        app = tmp_path / "app"
        for command in module["build-commands"]:
            subprocess.run(["bash", "-euc", command.replace("/app/", f"{app}/")], cwd=tmp_path, check=True)
        ran = subprocess.run([str(app / "bin" / manifest["command"])], capture_output=True, text=True, check=True)
        assert ran.stdout == "deskhand\n"
        desktop = (app / "share/applications/org.deskhand.Deskhand.desktop").read_text(encoding="utf-8")
        assert "Icon=org.deskhand.Deskhand\n" in desktop
        assert (app / "share/icons/hicolor/scalable/apps/org.deskhand.Deskhand.svg").is_file()
        metainfo = app / "share/metainfo/org.deskhand.Deskhand.metainfo.xml"
        text = metainfo.read_text(encoding="utf-8")
        assert f'version="{__version__}"' in text
        assert ">org.deskhand.Deskhand.desktop<" in text
        assert "@" not in text
        if shutil.which("appstreamcli"):
            subprocess.run(["appstreamcli", "validate", "--no-net", "--no-color", str(metainfo)], check=True, capture_output=True)

    @pytest.mark.skipif(shutil.which("flatpak-builder") is None, reason="flatpak-builder is not here")
    def test_builder_reads_the_manifest(self, tmp_path):
        # It keeps a folder where it is run.
        subprocess.run(["flatpak-builder", "--show-manifest", str(FLATPAK)], check=True, capture_output=True, cwd=tmp_path)


class TestWindows:
    @pytest.fixture
    def script(self):
        return SETUP.read_text(encoding="utf-8")

    def test_sections_are_known_and_each_there_once(self, script):
        known = {"Setup", "Languages", "CustomMessages", "Tasks", "InstallDelete", "Files", "Icons", "Registry", "Run"}
        sections = re.findall(r"^\[(\w+)\]$", script, re.MULTILINE)
        assert sorted(sections) == sorted(known)

    def test_files_are_there(self, script):
        defined = {"Root": "..\\..", "Frozen": "..\\..\\build\\frozen\\deskhand"}
        named = re.findall(r'^(?:LicenseFile|SetupIconFile)=(.+)$|^Source: "([^"]+)"', script, re.MULTILINE)
        for pair in named:
            name = re.sub(r"\{#(\w+)\}", lambda match: defined[match[1]], pair[0] or pair[1]).removesuffix("\\*")
            path = (SETUP.parent / name.replace("\\", "/")).resolve()
            assert path == MADE_BY_BUILD or path.is_file(), name
        assert len(named) == 4

    def test_programs_are_those_that_are_frozen(self, script):
        spec = (PACKAGING / "deskhand.spec").read_text(encoding="utf-8")
        for name in set(re.findall(r"\{app\}\\([\w-]+)\.exe", script)) | set(re.findall(r"([\w-]+)\.exe\.$", script, re.MULTILINE)):
            assert f'"{name}"' in spec, name

    def test_messages_are_in_both_languages(self, script):
        english, turkish = (set(re.findall(rf"^{language}\.(\w+)=\S", script, re.MULTILINE)) for language in ("english", "turkish"))
        assert english == turkish == set(re.findall(r"\{cm:(\w+)\}", script))

    def test_conditions_are_closed_and_entries_have_their_parts(self, script):
        assert len(re.findall(r"^#if", script, re.MULTILINE)) == len(re.findall(r"^#endif", script, re.MULTILINE))
        for line in script.splitlines():
            if line.startswith(("Source:", "Name:", "Root:", "Type:", "Filename:")):
                assert line.count('"') % 2 == 0, line
                assert all(re.match(r'\s*\w+: ("[^"]*"|[\w ]+)$', part) for part in _parts(line)), line

    def test_what_a_person_made_is_left_alone(self, script):
        assert "[UninstallDelete]" not in script

    def test_scripts_name_files_that_are_there(self):
        script = (PACKAGING / "windows" / "build.ps1").read_text(encoding="utf-8")
        for name in re.findall(r"\$Packaging\\([\w.\\-]+)", script):
            assert (PACKAGING / name.replace("\\", "/")).is_file(), name


class TestMacos:
    def test_lists_are_sound(self):
        information = plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())
        assert set(information["CFBundleLocalizations"]) == {"en", "tr"}
        assert not {"CFBundleVersion", "CFBundleShortVersionString", "CFBundleIdentifier"} & set(information), "the build adds them"
        rights = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
        assert set(rights) == {"com.apple.security.cs.allow-unsigned-executable-memory"}

    def test_script_names_files_that_are_there(self):
        script = (PACKAGING / "macos" / "build").read_text(encoding="utf-8")
        named = re.findall(r"\bpackaging/[\w./-]+\w", "\n".join(line for line in script.splitlines() if not line.startswith("#")))
        assert len(named) >= 5
        assert all((ROOT / name).is_file() for name in named), named

    def test_script_is_valid(self):
        done = subprocess.run(["bash", "-n", str(PACKAGING / "macos" / "build")], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert os.access(PACKAGING / "macos" / "build", os.X_OK)

    def test_bundle_is_made_where_the_script_looks_for_it(self):
        spec = (PACKAGING / "deskhand.spec").read_text(encoding="utf-8")
        assert 'name="Deskhand.app"' in spec
        assert "app=build/frozen/Deskhand.app" in (PACKAGING / "macos" / "build").read_text(encoding="utf-8")


def test_icons_hold_the_sizes_that_systems_ask_for():
    module = importlib.util.spec_from_file_location("packaging_icons", PACKAGING / "icons.py")
    icons = importlib.util.module_from_spec(module)
    module.loader.exec_module(icons)
    with Image.open(icons.WINDOWS) as picture:
        assert {(size, size) for size in icons.WINDOWS_SIZES} == set(picture.info["sizes"])
    with Image.open(icons.MACOS) as picture:
        assert max(size[0] * size[2] for size in picture.info["sizes"]) >= icons.MACOS_PIXELS


def _parts(line: str) -> list[str]:
    """The parts of an entry; a semicolon within quotes parts nothing."""
    return re.findall(r'(?:[^;"]|"[^"]*")+', line)

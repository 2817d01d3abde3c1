"""The set-up scripts: what they would build, and that they refuse what they can't do."""

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
BASE = {"avx", "avx2", "fma", "f16c", "bmi2", "sse4_2"}
AVX512 = {"avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"}


def load(name: str):
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", PACKAGING / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def engine(monkeypatch):
    module = load("engine")
    monkeypatch.setattr(module.platform, "machine", lambda: "x86_64")
    return module


def switched_on(engine, features: set[str]) -> set[str]:
    return {option.removeprefix("-D").removesuffix("=ON") for option in engine.cmake_options(features) if option.endswith("=ON")}


def test_engine_is_built_for_the_features_there_are(engine):
    assert switched_on(engine, BASE) == {"GGML_AVX", "GGML_AVX2", "GGML_FMA", "GGML_F16C", "GGML_BMI2"}
    assert "GGML_AVX512_VNNI" in switched_on(engine, BASE | AVX512 | {"avx512_vnni"})
    assert switched_on(engine, {"sse4_2"}) == set()


def test_half_an_avx512_is_none(engine):
    assert "GGML_AVX512" not in switched_on(engine, BASE | {"avx512f", "avx512_vnni"})
    assert "GGML_AVX512_VNNI" not in switched_on(engine, BASE | {"avx512f", "avx512_vnni"})


def test_amx_is_never_used(engine):
    options = engine.cmake_options(BASE | AVX512 | {"amx_tile", "amx_int8", "amx_bf16"})
    assert options[0] == "-DGGML_NATIVE=OFF"
    assert not any("AMX" in option for option in options)


def test_every_feature_not_there_is_switched_off(engine):
    names = [option.partition("=")[0] for option in engine.cmake_options(BASE)]
    assert sorted(names) == sorted(set(names))
    assert "-DGGML_AVX512=OFF" in engine.cmake_options(BASE)


def test_other_options_are_another_build(engine):
    assert engine.build_key(engine.cmake_options(BASE)) != engine.build_key(engine.cmake_options(BASE | AVX512))
    assert engine.build_key(engine.cmake_options(BASE)) == engine.build_key(engine.cmake_options(set(BASE)))


def test_engine_is_taken_out_of_the_requirements(tmp_path, monkeypatch):
    split = load("split_requirements")
    compiled = tmp_path / "in"
    compiled.mkdir()
    line = "{}==1.0 \\\n    --hash=sha256:00\n"
    (compiled / "requirements.txt").write_text(line.format("a") + line.format("llama-cpp-python"))
    (compiled / "requirements-dev.txt").write_text(line.format("a") + line.format("llama-cpp-python") + line.format("tool"))
    (compiled / "requirements-bench.txt").write_text(line.format("a") + line.format("llama-cpp-python") + line.format("peer"))
    (compiled / "requirements-bundle.txt").write_text(line.format("a") + line.format("llama-cpp-python") + line.format("freezer"))
    (compiled / "requirements-build.txt").write_text("# a comment\n" + line.format("cmake"))
    monkeypatch.setattr("sys.argv", ["split", str(compiled), str(tmp_path)])
    split.main()
    names = {path.name: path.read_text() for path in tmp_path.glob("*.txt")}
    assert names["requirements.txt"] == line.format("a")
    assert names["requirements-engine.txt"] == line.format("llama-cpp-python")
    assert names["requirements-dev.txt"] == line.format("tool")
    assert names["requirements-bench.txt"] == line.format("peer")
    assert names["requirements-bundle.txt"] == line.format("freezer")


def test_requirement_with_an_address_is_refused(tmp_path):
    split = load("split_requirements")
    with pytest.raises(SystemExit, match="not pinned"):
        split.write(tmp_path / "r.txt", {"a": "a @ file:///somewhere/a.whl \\\n    --hash=sha256:00"})


@pytest.mark.parametrize("script", ["run", "test", "lock", "setup.sh"])
def test_scripts_are_valid(script):
    done = subprocess.run(["bash", "-n", str(PACKAGING / script)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert script == "setup.sh" or os.access(PACKAGING / script, os.X_OK)


def test_run_refuses_what_it_does_not_know():
    done = subprocess.run([str(PACKAGING / "run"), "--nonsense"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "usage" in done.stderr


def test_wrong_python_is_told(tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("dirname", "bash", "id"):
        (folder / name).symlink_to(f"/usr/bin/{name}")
    done = subprocess.run(
        ["bash", str(PACKAGING / "run")], capture_output=True, text=True, env={"PATH": str(folder), "HOME": "/nowhere"}
    )
    assert done.returncode == 1
    assert "Python 3.11, 3.12 or 3.13 is needed" in done.stderr

"""Builds the inference engine (llama-cpp-python) for this processor and installs it. The wheel is kept, so this is done once.

Needs nothing but the standard library. The build names the processor's features one by one: `GGML_NATIVE` would also switch on AMX,
in which this version of llama.cpp crashes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENGINE = HERE / "requirements-engine.txt"
BUILD = HERE / "requirements-build.txt"

# What /proc/cpuinfo calls a feature, and the option that uses it.
BASE_FEATURES = {"avx": "GGML_AVX", "avx2": "GGML_AVX2", "fma": "GGML_FMA", "f16c": "GGML_F16C", "bmi2": "GGML_BMI2"}
AVX512_NEEDS = {"avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"}
AVX512_FEATURES = {"avx512vbmi": "GGML_AVX512_VBMI", "avx512_vnni": "GGML_AVX512_VNNI", "avx512_bf16": "GGML_AVX512_BF16"}
LAST_FEATURES = {"avx_vnni": "GGML_AVX_VNNI"}
SWITCHED_OFF = ("LLAMA_BUILD_TESTS", "LLAMA_BUILD_EXAMPLES", "LLAMA_BUILD_SERVER")


def cmake_options(cpu_features: set[str]) -> list[str]:
    """The build's options for a processor's features."""
    options = [option for feature, option in BASE_FEATURES.items() if feature in cpu_features]
    if cpu_features >= AVX512_NEEDS:
        options.append("GGML_AVX512")
        options += [option for feature, option in AVX512_FEATURES.items() if feature in cpu_features]
    options += [option for feature, option in LAST_FEATURES.items() if feature in cpu_features]
    every = {"GGML_AVX512", *BASE_FEATURES.values(), *AVX512_FEATURES.values(), *LAST_FEATURES.values()}
    # An option left out would take the project's default, which may be on.
    off = sorted(every - set(options)) if platform.machine() in {"x86_64", "AMD64"} else []
    chosen = [f"-D{option}=ON" for option in options] + [f"-D{option}=OFF" for option in off]
    return ["-DGGML_NATIVE=OFF", *chosen, *(f"-D{option}=OFF" for option in SWITCHED_OFF)]


def read_cpu_features() -> set[str]:
    """The processor's feature flags as Linux tells them; none elsewhere, which gives a build for any processor."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return set()
    found = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    return set(found.group(1).split()) if found else set()


def build_key(options: list[str]) -> str:
    """Names a build: same key, same wheel."""
    source = "\n".join([ENGINE.read_text(encoding="utf-8"), *options, platform.system(), platform.machine(), *platform.libc_ver()])
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def run(name: str, command: list[str], log: Path, **environment: str) -> None:
    """Run a step into the log; show the log's end and stop if it fails."""
    with log.open("ab") as output:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=os.environ | environment, check=False
        )
    if result.returncode != 0:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]
        sys.exit("\n".join([f"deskhand: this step failed: {name}. Its log ({log}) ends:", *tail]))


def build_wheel(options: list[str], folder: Path) -> Path:
    """Build in a folder of its own and publish the wheel in one step, so that an interrupted build leaves nothing half done."""
    minutes = max(1, 12 // (os.cpu_count() or 1))
    say(f"Building the inference engine for this processor: about {minutes} minutes, once")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="build-") as name:
        work = Path(name)
        log = folder.parent / "build.log"
        log.unlink(missing_ok=True)
        python = work / "env" / "bin" / "python"
        run("environment for the build", [sys.executable, "-m", "venv", str(work / "env")], log)
        run("tools for the build", [str(python), "-m", "pip", "install", "--require-hashes", "--no-deps", "-r", str(BUILD)], log)
        run(
            "building the inference engine",
            # pip's own cache does not know with which options a wheel was built.
            [
                *(str(python), "-m", "pip", "wheel", "--no-cache-dir", "--no-build-isolation", "--no-deps", "--require-hashes"),
                *("--no-binary", "llama-cpp-python", "-r", str(ENGINE), "--wheel-dir", str(work / "wheel")),
            ],
            log,
            CMAKE_ARGS=" ".join(options),
            CMAKE_BUILD_PARALLEL_LEVEL=str(os.cpu_count() or 1),
            TMPDIR=str(work),
            PATH=os.pathsep.join([str(work / "env" / "bin"), os.environ.get("PATH", "")]),
        )
        shutil.rmtree(folder, ignore_errors=True)
        (work / "wheel").rename(folder)
    say(f"Built in {(time.monotonic() - started) / 60:.0f} minutes")
    return next(folder.glob("*.whl"))


def say(text: str) -> None:
    sys.stderr.write(text + "\n")


def install(wheel: Path, python: Path, key: str, cache: Path) -> None:
    """Put a wheel into an environment and note there which one it is."""
    log = cache / "install.log"
    log.unlink(missing_ok=True)
    command = [str(python), "-m", "pip", "install", "--no-deps", "--force-reinstall", str(wheel)]
    run("installing the inference engine", command, log)
    stamp_of(python).write_text(key + "\n", encoding="ascii")


def is_installed(python: Path, key: str) -> bool:
    stamp = stamp_of(python)
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == key


def stamp_of(python: Path) -> Path:
    return python.parent.parent / ".engine"


def read_arguments(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--into", type=Path, required=True, metavar="PYTHON", help="the environment's interpreter")
    parser.add_argument("--cache", type=Path, required=True, metavar="DIR", help="where built wheels are kept")
    return parser.parse_args()


def main() -> None:
    arguments = read_arguments(__doc__)
    options = cmake_options(read_cpu_features())
    key = build_key(options)
    if is_installed(arguments.into, key):
        return
    arguments.cache.mkdir(parents=True, exist_ok=True)
    wheel = next((arguments.cache / key).glob("*.whl"), None) or build_wheel(options, arguments.cache / key)
    install(wheel, arguments.into, key, arguments.cache)


if __name__ == "__main__":
    main()

"""Takes the engine out of the compiled requirements, since it is built here, and leaves the tools of developers, those that freeze
the program, and the programs that the benchmark compares with by themselves.

usage: split_requirements.py COMPILED_FOLDER TARGET_FOLDER
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ENGINE = "llama-cpp-python"


def read_blocks(path: Path) -> dict[str, str]:
    """The requirements of a compiled file by name, each with its hashes."""
    text = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#"))
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    return {re.split(r"[=\[ ]", block, maxsplit=1)[0]: block.rstrip() for block in blocks}


def write(path: Path, blocks: dict[str, str]) -> None:
    for name, block in blocks.items():
        if "--hash=sha256:" not in block or re.search(r"file:|://", block):
            sys.exit(f"{name} is not pinned by hash and name alone: {block.splitlines()[0]}")
    path.write_text("".join(f"{blocks[name]}\n" for name in sorted(blocks)), encoding="utf-8")


def main() -> None:
    compiled, target = Path(sys.argv[1]), Path(sys.argv[2])
    product = read_blocks(compiled / "requirements.txt")
    engine = {ENGINE: product.pop(ENGINE)}
    extras = {name: read_blocks(compiled / f"requirements-{name}.txt") for name in ("bench", "bundle", "dev")}
    write(target / "requirements.txt", product)
    write(target / "requirements-engine.txt", engine)
    for extra, blocks in extras.items():
        write(target / f"requirements-{extra}.txt", {name: blocks[name] for name in blocks.keys() - product.keys() - {ENGINE}})
    write(target / "requirements-build.txt", read_blocks(compiled / "requirements-build.txt"))


if __name__ == "__main__":
    main()

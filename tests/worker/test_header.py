"""Headers of model files are read in a locked child, and what they do to it is told as a fault of the file."""

import struct
import sys
import textwrap

import pytest

from app.catalog.gguf import parse_header
from app.errors import ModelFileError
from app.worker.header_service import HeaderService
from tests.helpers.catalogs import gguf_bytes


def test_child_tells_what_the_file_says(tmp_path):
    path = tmp_path / "a.gguf"
    path.write_bytes(gguf_bytes(architecture="qwen2"))
    assert HeaderService().read(path) == parse_header(path.read_bytes(), path.stat().st_size)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04", "does not begin"),
        (gguf_bytes()[:60], "ends within"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 1), "not plausible"),
    ],
)
def test_what_is_no_model_is_refused_with_the_files_name(tmp_path, data, told):
    path = tmp_path / "a.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match=told) as caught:
        HeaderService().read(path)
    assert "a.gguf" in caught.value.user_text


@pytest.mark.parametrize(
    "answer",
    [
        "import os; os.abort()",
        'send({"v": 1, "id": 1, "event": "result", "data": {}, "blob_bytes": 2}, b"{}")',
        'send({"v": 1, "id": 1, "event": "result", "data": {}, "blob_bytes": 7}, b"nothing")',
    ],
)
def test_child_that_breaks_is_a_fault_of_the_file(tmp_path, answer):
    path = tmp_path / "a.gguf"
    path.write_bytes(gguf_bytes())
    script = tmp_path / "child.py"
    script.write_text(
        textwrap.dedent(
            """
            import json, sys
            def send(header, blob=b""):
                sys.stdout.buffer.write(json.dumps(header).encode() + b"\\n" + blob)
                sys.stdout.buffer.flush()
            sys.stdin.buffer.readline()
            send({"v": 1, "id": 0, "event": "ready", "info": {"sandbox": {"active": [], "missing": []}}})
            sys.stdin.buffer.readline()
            """
        )
        + answer
        + "\nsys.stdin.buffer.read()\n"
    )
    with pytest.raises(ModelFileError, match="stops every attempt"):
        HeaderService(command=[sys.executable, str(script)]).read(path)

"""Headers of model files: what is read, and what is refused."""

import struct

import pytest

from app.catalog.gguf import read_header, require_gguf
from app.errors import ModelFileError
from tests.helpers.catalogs import gguf_bytes


def test_header_tells_shape_and_template(tmp_path):
    path = tmp_path / "a.gguf"
    path.write_bytes(gguf_bytes(architecture="qwen2", template="x<|im_start|>y"))
    header = read_header(path)
    assert (header.architecture, header.name) == ("qwen2", "Own Model")
    assert header.number("block_count") == 2
    assert header.number("attention.key_length") == 0
    assert "<|im_start|>" in str(header.values["tokenizer.chat_template"])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "does not begin"),
        (b"PK\x03\x04" + b"\0" * 40, "does not begin"),
        (b"GGUF", "ends within"),
        (b"GGUF" + struct.pack("<IQQ", 99, 0, 1), "version 99"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60), "not plausible"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**50), "not plausible"),
        (gguf_bytes()[:60], "ends within"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path, data, told):
    path = tmp_path / "a.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelFileError) as caught:
        read_header(path)
    assert told in caught.value.user_text
    assert "a.gguf" in caught.value.user_text


def test_missing_file_is_told(tmp_path):
    with pytest.raises(ModelFileError, match="No such file"):
        require_gguf(tmp_path / "none.gguf")

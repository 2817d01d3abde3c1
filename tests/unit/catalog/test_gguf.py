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


@pytest.mark.parametrize(("kind", "block_bytes", "per_block"), [(0, 4, 1), (2, 18, 32), (12, 144, 256)])
def test_a_file_without_its_end_is_refused(tmp_path, kind, block_bytes, per_block):
    head = gguf_bytes(padding=0)
    name = b"token_embd.weight"
    tensor = struct.pack("<Q", len(name)) + name + struct.pack("<IQQIQ", 2, 256, 4, kind, 64)
    head = head[:8] + struct.pack("<Q", 1) + head[16:] + tensor
    end = -(-len(head) // 32) * 32 + 64 + 1024 // per_block * block_bytes
    path = tmp_path / "a.gguf"
    path.write_bytes(head.ljust(end, b"\0"))
    assert read_header(path).n_tensors == 1
    path.write_bytes(head.ljust(end - 1, b"\0"))
    with pytest.raises(ModelFileError, match="its end is missing"):
        read_header(path)

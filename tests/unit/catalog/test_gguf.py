"""Headers of model files: what is read, and what is refused."""

import contextlib
import random
import struct

import pytest

from app.catalog.gguf import parse_header, read_header, require_gguf
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


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def tensor(name: str, *, shape: tuple[int, ...] = (256, 4), kind: int = 0, offset: int = 0) -> bytes:
    return string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def with_tensors(*tensors: bytes) -> bytes:
    head = gguf_bytes(padding=0)
    return (head[:8] + struct.pack("<Q", len(tensors)) + head[16:] + b"".join(tensors)).ljust(100_000, b"\0")


def entry(key: str, kind: int, data: bytes) -> bytes:
    return string(key) + struct.pack("<I", kind) + data


def of_entries(*entries: bytes) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries)


def test_several_tensors_one_after_the_other():
    assert parse_header(with_tensors(tensor("a"), tensor("b", offset=4096)), 100_000).n_tensors == 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (with_tensors(tensor("a"), tensor("b", offset=4064)), "not plausible"),
        (with_tensors(tensor("a"), tensor("a", offset=4096)), "not plausible"),
        (with_tensors(tensor("a", offset=1)), "not plausible"),
        (with_tensors(tensor("a", shape=(255,), kind=12)), "not plausible"),
        (with_tensors(tensor("a", shape=(0, 4))), "not plausible"),
        (with_tensors(tensor("a", shape=(2**40, 2**40))), "not plausible"),
        (with_tensors(tensor("a", shape=(1, 1, 1, 1, 1))), "not plausible"),
        (with_tensors(tensor("a", kind=99)), "form that is not known"),
        (with_tensors(tensor("a", offset=2**62)), "its end is missing"),
        (of_entries(entry("a", 4, struct.pack("<I", 1)), entry("a", 4, struct.pack("<I", 2))), "not plausible"),
        (of_entries(entry("a", 99, b"")), "not plausible"),
        (of_entries(entry("a", 9, struct.pack("<IQ", 9, 1))), "not plausible"),
        (of_entries(entry("a", 9, struct.pack("<IQ", 8, 2**60))), "not plausible"),
        (of_entries(entry("a", 9, struct.pack("<IQ", 4, 5))), "ends within"),
        (of_entries(entry("general.alignment", 4, struct.pack("<I", 3))), "not plausible"),
        (of_entries(entry("general.alignment", 4, struct.pack("<I", 0))), "not plausible"),
    ],
)
def test_header_that_lies_is_refused(data, told):
    with pytest.raises(ValueError, match=told):
        parse_header(data, len(data))


def test_short_tables_are_kept_and_long_ones_counted():
    short = entry("x.kv", 9, struct.pack("<IQ", 5, 3) + struct.pack("<3i", 1, -2, 3))
    long = entry("x.scores", 9, struct.pack("<IQ", 6, 5000) + bytes(20_000))
    data = of_entries(entry("general.architecture", 8, string("x")), short, long)
    header = parse_header(data, len(data))
    assert header.per_layer("kv", 3) == (1, -2, 3)
    assert header.lengths == {"x.kv": 3, "x.scores": 5000}
    assert "x.scores" not in header.lists


@pytest.mark.parametrize("seed", range(20))
def test_damaged_headers_are_refused_or_read_but_never_break_anything(seed):
    chance = random.Random(seed)
    sound = with_tensors(tensor("a"), tensor("b", offset=4096))
    for _ in range(60):
        data = bytearray(sound[: chance.choice([len(sound), chance.randrange(24, 2000)])])
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(min(len(data), 1200))
            data[at : at + chance.choice([1, 4, 8])] = chance.randbytes(chance.choice([1, 4, 8]))
        with contextlib.suppress(ValueError):
            parse_header(bytes(data), len(data))

"""A model's memory from its header, and what is refused as no model."""

import dataclasses

import pytest

from app.catalog.geometry import STATE_COPIES, memory_of, require_model
from app.catalog.gguf import GgufHeader, parse_header
from app.catalog.own_file import family_of
from tests.helpers.catalogs import gguf_bytes


def header(architecture: str, figures: dict, *, lists: dict | None = None, n_vocab: int = 1000, template: str = "") -> GgufHeader:
    values = {f"{architecture}.{key}": value for key, value in figures.items()}
    return GgufHeader(
        version=3,
        n_tensors=1,
        values={"general.architecture": architecture, "tokenizer.chat_template": template} | values,
        lists={f"{architecture}.{key}": tuple(value) for key, value in (lists or {}).items()},
        lengths={"tokenizer.ggml.tokens": n_vocab},
    )


def test_plain_transformer():
    figures = {"block_count": 28, "attention.head_count": 16, "attention.head_count_kv": 8, "attention.key_length": 128}
    memory = memory_of(header("qwen3", figures | {"attention.value_length": 128, "embedding_length": 2048}))
    assert (memory.kv_bytes_per_token, memory.swa_bytes_per_cell, memory.state_bytes) == (114_688, 0, 0)


def test_heads_share_nothing_where_the_file_does_not_say_so():
    memory = memory_of(header("gpt2", {"block_count": 2, "attention.head_count": 4, "embedding_length": 64}))
    assert memory.kv_bytes_per_token == 2 * 4 * 32 * 2


def test_one_attention_layer_in_four_and_a_state_in_the_others():
    figures = {
        "block_count": 24, "attention.head_count": 8, "attention.head_count_kv": 2, "attention.key_length": 256,
        "attention.value_length": 256, "embedding_length": 2048, "full_attention_interval": 4, "ssm.inner_size": 2048,
        "ssm.state_size": 128, "ssm.group_count": 16, "ssm.conv_kernel": 4,
    }  # fmt: skip
    memory = memory_of(header("qwen35", figures))
    assert memory.kv_bytes_per_token == 12_288
    assert memory.state_bytes == STATE_COPIES * 18 * (3 * (2048 + 2 * 16 * 128) + 128 * 2048) * 4


def test_windows_by_a_pattern_and_layers_that_borrow_their_cache():
    figures = {
        "block_count": 6, "attention.head_count": 8, "attention.head_count_kv": 1, "attention.key_length": 512,
        "attention.value_length": 512, "attention.key_length_swa": 256, "attention.value_length_swa": 256, "embedding_length": 1536,
        "attention.sliding_window": 512, "attention.shared_kv_layers": 2,
    }  # fmt: skip
    lists = {"attention.sliding_window_pattern": [True, True, False, True, True, False]}
    memory = memory_of(header("gemma4", figures, lists=lists))
    assert memory.kv_bytes_per_token == 1 * (512 + 512) * 2
    assert memory.swa_bytes_per_cell == 3 * (256 + 256) * 2
    assert memory.swa_window == 512


def test_windows_by_the_architectures_habit_and_none_where_it_is_unknown():
    figures = {"block_count": 12, "attention.head_count": 4, "attention.head_count_kv": 1, "attention.key_length": 256}
    figures |= {"attention.value_length": 256, "embedding_length": 640, "attention.sliding_window": 512}
    known = memory_of(header("gemma3", figures))
    assert (known.kv_bytes_per_token, known.swa_bytes_per_cell) == (2 * 1024, 10 * 1024)
    unknown = memory_of(header("newmodel", figures))
    assert (unknown.kv_bytes_per_token, unknown.swa_bytes_per_cell) == (12 * 1024, 0)


def test_heads_for_each_layer():
    figures = {"block_count": 4, "attention.head_count": 32, "embedding_length": 2048, "shortconv.l_cache": 3}
    memory = memory_of(header("lfm2", figures, lists={"attention.head_count_kv": [0, 8, 0, 8]}))
    assert memory.kv_bytes_per_token == 2 * 8 * 128 * 2
    assert memory.state_bytes == STATE_COPIES * 2 * 2 * 2048 * 4


SOUND = parse_header(gguf_bytes(), 10_000)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"general.architecture": "clip"}, "projector"),
        ({"general.type": "adapter"}, "adapter"),
        ({"general.type": "imatrix"}, "importance"),
        ({"split.count": 3}, "one part of several"),
        ({"general.architecture": "../x"}, "architecture"),
        ({"general.architecture": ""}, "architecture"),
        ({"llama.block_count": 0}, "block count"),
        ({"llama.context_length": -5}, "context length"),
        ({"llama.block_count": 10**9}, "not plausible"),
    ],
)
def test_what_is_no_whole_model_is_refused(change, told):
    require_model(SOUND)
    with pytest.raises(ValueError, match=told):
        require_model(dataclasses.replace(SOUND, values=SOUND.values | change))


def test_a_model_without_vocabulary_is_refused():
    with pytest.raises(ValueError, match="vocabulary"):
        require_model(dataclasses.replace(SOUND, lengths={}))


@pytest.mark.parametrize(
    ("architecture", "template", "family"),
    [
        ("qwen2", "<|im_start|>", "chatml"),
        ("qwen3", "<|im_start|> … <think></think>", "qwen3"),
        ("qwen35", "", "qwen3"),
        ("gemma3", "<start_of_turn>", "gemma"),
        ("gemma4", "<|turn>user", "gemma4"),
        ("lfm2", "<|startoftext|><|im_start|>", "lfm2"),
        ("granite", "<|start_of_role|> </think>", "granite"),
        ("llama", "<|start_header_id|>", "llama3"),
        ("llama", "<|im_start|>", "chatml"),
        ("llama", "", "llama3"),
        ("newmodel", "[INST]", "plain"),
    ],
)
def test_family_of_prompts_is_guessed(architecture, template, family):
    assert family_of(header(architecture, {}, template=template)) == family

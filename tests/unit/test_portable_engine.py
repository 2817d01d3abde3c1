"""Which variants of the engine installers hold."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
LIST = """
        ggml_add_cpu_backend_variant(x64)
        ggml_add_cpu_backend_variant(sse42              SSE42)
        ggml_add_cpu_backend_variant(haswell            SSE42 AVX F16C FMA AVX2 BMI2)
        ggml_add_cpu_backend_variant(skylakex           SSE42 AVX F16C FMA AVX2 BMI2 AVX512)
        ggml_add_cpu_backend_variant(cascadelake        SSE42 AVX F16C FMA AVX2 BMI2 AVX512 AVX512_VNNI)
        ggml_add_cpu_backend_variant(icelake            SSE42 AVX F16C FMA AVX2 BMI2 AVX512 AVX512_VBMI AVX512_VNNI)
            ggml_add_cpu_backend_variant(cooperlake     SSE42 AVX F16C FMA AVX2 BMI2 AVX512 AVX512_VNNI AVX512_BF16)
            ggml_add_cpu_backend_variant(zen4           SSE42 AVX F16C FMA AVX2 BMI2 AVX512 AVX512_VBMI AVX512_VNNI AVX512_BF16)
        ggml_add_cpu_backend_variant(alderlake          SSE42 AVX F16C FMA AVX2 BMI2 AVX_VNNI)
            ggml_add_cpu_backend_variant(sapphirerapids SSE42 AVX AVX512 AVX512_BF16 AMX_TILE AMX_INT8)
"""


@pytest.fixture
def portable_engine(monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGING))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield importlib.import_module("portable_engine")
    for name in ("portable_engine", "engine"):
        sys.modules.pop(name, None)


def test_variants_with_amx_and_for_old_processors_are_left_out(portable_engine):
    left = portable_engine.choose_variants(LIST)
    assert "AMX" not in left
    assert "sse42 " not in left
    assert left.count("ggml_add_cpu_backend_variant(") == len(portable_engine.VARIANTS)


def test_a_variant_that_llama_cpp_no_longer_knows_stops_the_build(portable_engine):
    with pytest.raises(SystemExit, match="haswell"):
        portable_engine.choose_variants(LIST.replace("haswell", "broadwell"))

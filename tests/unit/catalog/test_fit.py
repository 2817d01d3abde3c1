"""How well a model fits, how fast it would be, and which one to take."""

import dataclasses

import pytest

from app.catalog.catalog import load_catalog
from app.catalog.fit import Reason, Verdict, assess, estimate, need_bytes
from app.catalog.machine import GraphicsCard, Machine, MachineMemory, probe_machine
from app.catalog.offers import make_offers, recommend
from app.catalog.spec import Memory
from app.catalog.speed import MachineSpeed, Speeds, estimate_speed
from app.catalog.tuning import Tuning, remember_tuning
from app.paths import bundled_catalog
from tests.helpers.catalogs import gguf_bytes, install, make_catalog, make_spec

GIB = 2**30
MACHINE = Machine(
    kind="x86_64",
    processor="any",
    features=frozenset({"avx2", "fma"}),
    n_cores=4,
    n_threads=8,
    memory=MachineMemory(16 * GIB, 11 * GIB),
    disk_free_bytes=100 * GIB,
    on_battery=False,
)


class Always(Speeds):
    """The same for every model."""

    def __init__(self, flops: float, bytes_per_s: float) -> None:
        self._speed = MachineSpeed(flops, bytes_per_s, "measured")

    def of(self, _spec) -> MachineSpeed:
        return self._speed


FAST = Always(6e11, 20e9)


def model_of(need_gib: float):
    spec = make_spec(gguf_bytes())
    rest = need_bytes(spec, context_tokens=1024) - spec.memory.kv_bytes_per_token * 1024
    per_token = int((need_gib * GIB - rest) / 1024)
    return spec.model_copy(update={"memory": Memory(kv_bytes_per_token=per_token, n_vocab=1000, n_embd=64)})


@pytest.mark.parametrize(
    ("need_gib", "total_gib", "free_gib", "verdict", "reason"),
    [
        (2, 16, 11, Verdict.WELL, Reason.NONE),
        (8.8, 16, 11.1, Verdict.WELL, Reason.NONE),
        (9.5, 16, 11, Verdict.TIGHT, Reason.LITTLE_MEMORY),
        (11, 16, 11, Verdict.TIGHT, Reason.FREE_MEMORY),
        (3, 16, 2, Verdict.TIGHT, Reason.FREE_MEMORY),
        (15, 16, 15, Verdict.NO, Reason.TOTAL_MEMORY),
        (1, 4, 3, Verdict.WELL, Reason.NONE),
        (3, 4, 3.9, Verdict.NO, Reason.TOTAL_MEMORY),
    ],
)
def test_memory_decides_and_the_reason_is_told(need_gib, total_gib, free_gib, verdict, reason):
    fit = estimate(model_of(need_gib), MachineMemory(int(total_gib * GIB), int(free_gib * GIB)), context_tokens=1024)
    assert (fit.verdict, fit.reason) == (verdict, reason)
    assert fit.fits == (verdict is Verdict.WELL)
    assert fit.need_bytes == pytest.approx(need_gib * GIB, rel=0.01)


def test_disk_processor_and_graphics_count_too():
    spec = model_of(2)
    assert assess(spec, MACHINE, context_tokens=1024).verdict is Verdict.WELL
    full = dataclasses.replace(MACHINE, disk_free_bytes=GIB)
    assert assess(spec, full, context_tokens=1024, missing_bytes=2 * GIB).reason is Reason.DISK
    assert assess(spec, full, context_tokens=1024).verdict is Verdict.WELL
    old = dataclasses.replace(MACHINE, features=frozenset({"sse4_1"}))
    assert assess(spec, old, context_tokens=1024).reason is Reason.PROCESSOR
    unknown = dataclasses.replace(MACHINE, features=frozenset())
    assert assess(spec, unknown, context_tokens=1024).verdict is Verdict.WELL
    tight = dataclasses.replace(MACHINE, memory=MachineMemory(16 * GIB, GIB))
    assert assess(spec, tight, context_tokens=1024).verdict is Verdict.TIGHT
    card = dataclasses.replace(tight, graphics=(GraphicsCard("any", 4 * GIB, 4 * GIB),))
    assert assess(spec, card, context_tokens=1024).on_graphics


def test_figures_are_those_that_were_measured(tmp_path):
    """Cache and room to compute of the starter, as llama.cpp reports them, in MiB."""
    starter = load_catalog(bundled_catalog(), tmp_path).get("qwen2.5-coder-0.5b-instruct")
    around = starter.main_file.size_bytes + 150 * 2**20
    assert (need_bytes(starter, context_tokens=4096) - around) / 2**20 == pytest.approx(48 + 300, abs=3)
    assert (need_bytes(starter, context_tokens=16384) - around) / 2**20 == pytest.approx(192 + 300, abs=3)
    half = need_bytes(starter, context_tokens=8192, kv_bits=8) - around
    assert half / 2**20 == pytest.approx(51 + 300, abs=3)


def test_projector_needs_room_of_its_own(tmp_path):
    spec = load_catalog(bundled_catalog(), tmp_path).get("qwen3.5-2b")
    extra = need_bytes(spec, context_tokens=4096, with_projector=True) - need_bytes(spec, context_tokens=4096)
    assert extra > spec.projector.size_bytes


def test_this_computer_can_be_looked_at(tmp_path):
    machine = probe_machine(tmp_path / "not" / "there")
    assert machine.memory.total_bytes >= machine.memory.available_bytes > 0
    assert 0 < machine.n_cores <= machine.n_threads
    assert machine.disk_free_bytes
    assert machine.processor


def test_speed_is_estimated_until_a_model_has_run(tmp_path):
    spec = make_spec(gguf_bytes())
    larger = make_spec(gguf_bytes(padding=9), model_id="larger").model_copy(update={"parameters_b": 0.2})
    assert Speeds(tmp_path, [spec, larger], MACHINE).of(spec).source == "estimated"
    remember_tuning(tmp_path, spec.main_file.sha256, Tuning(threads=2, prompt_tokens_per_s=500, steps_per_s=50))
    speed = Speeds(tmp_path, [spec, larger], MACHINE).of(larger)
    assert speed.source == "measured"
    assert speed.prompt_tokens_per_s(spec) == pytest.approx(500)
    assert speed.steps_per_s(spec) == pytest.approx(50)
    assert speed.prompt_tokens_per_s(larger) == pytest.approx(250)
    assert speed.documents_per_minute(larger) < speed.documents_per_minute(spec)


def test_model_that_has_run_is_told_by_its_own_figures(tmp_path):
    specs = [make_spec(gguf_bytes(padding=n), model_id=f"m{n}").model_copy(update={"parameters_b": n}) for n in (1, 4, 8)]
    for spec, speed in zip(specs, (800, 200, 50), strict=True):
        remember_tuning(tmp_path, spec.main_file.sha256, Tuning(threads=2, prompt_tokens_per_s=speed, steps_per_s=5))
    speeds = Speeds(tmp_path, specs, MACHINE)
    assert [round(speeds.of(spec).prompt_tokens_per_s(spec)) for spec in specs] == [800, 200, 50]
    nearest = make_spec(gguf_bytes(padding=70), model_id="m7").model_copy(update={"parameters_b": 7})
    assert speeds.of(nearest).prompt_tokens_per_s(nearest) == pytest.approx(50 * 8 / 7)


def test_newer_processors_are_taken_to_be_faster():
    new = dataclasses.replace(MACHINE, features=frozenset({"avx2", "fma", "avx512_vnni"}))
    none = dataclasses.replace(MACHINE, features=frozenset())
    assert estimate_speed(new).flops > estimate_speed(MACHINE).flops > estimate_speed(none).flops


@pytest.mark.parametrize(
    ("total_gib", "extract", "classify"),
    [
        (4, {"qwen3.5-0.8b"}, {"qwen3.5-0.8b"}),
        (8, {"gemma-4-e2b", "nuextract3"}, {"gemma-4-e2b", "qwen3.5-2b", "qwen3.5-4b"}),
        (16, {"gemma-4-e4b"}, {"gemma-4-e4b", "gemma-4-e2b"}),
        (32, {"gemma-4-e4b"}, {"gemma-4-e4b", "gemma-4-e2b"}),
    ],
)
def test_shipped_models_are_recommended_by_memory(tmp_path, total_gib, extract, classify):
    machine = dataclasses.replace(MACHINE, memory=MachineMemory(total_gib * GIB, int(total_gib * GIB * 0.75)))
    offers = make_offers(load_catalog(bundled_catalog(), tmp_path), machine, FAST, context_tokens=4096)
    chosen = {choice.purpose: choice.offer.spec.id for choice in recommend(offers)}
    assert chosen["extract"] in extract
    assert chosen["classify"] in classify


def test_slow_computers_get_what_people_will_wait_for(tmp_path):
    catalog = load_catalog(bundled_catalog(), tmp_path)
    slow = Always(4e10, 5e9)
    chosen = {choice.purpose: choice for choice in recommend(make_offers(catalog, MACHINE, slow, context_tokens=4096))}
    assert chosen["extract"].why in {"fast_enough", "only_one_that_fits"}
    assert chosen["extract"].offer.spec.parameters_b < 1
    tiny = dataclasses.replace(MACHINE, memory=MachineMemory(GIB, GIB // 2))
    assert {choice.why for choice in recommend(make_offers(catalog, tiny, slow, context_tokens=4096))} == {"none_fits"}


def test_offers_tell_what_is_here_paused_or_linked(tmp_path):
    data = gguf_bytes()
    specs = [make_spec(data + bytes([number]), model_id=f"m{number}") for number in range(4)]
    catalog = make_catalog(tmp_path / "models", *specs)
    install(catalog, specs[0], data + bytes([0]))
    (tmp_path / "other.gguf").write_bytes(data + bytes([1]))
    catalog.link(specs[1], tmp_path / "other.gguf")
    part = tmp_path / "models" / "m2" / ".partial" / "m2.gguf.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(data[:100])
    offers = make_offers(catalog, MACHINE, FAST, context_tokens=1024)
    assert [(offer.state, offer.part_bytes) for offer in offers] == [
        ("installed", 0),
        ("linked", 0),
        ("paused", 100),
        ("absent", 0),
    ]

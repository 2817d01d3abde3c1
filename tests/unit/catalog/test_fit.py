"""How well a model fits, how fast it would be, and which one to take."""

import dataclasses

import pytest

from app.catalog.catalog import load_catalog
from app.catalog.fit import Reason, Verdict, assess, estimate, need_bytes
from app.catalog.machine import GraphicsCard, Machine, MachineMemory, probe_machine
from app.catalog.offers import make_offers, recommend
from app.catalog.spec import Memory
from app.catalog.speed import ENOUGH_DOCUMENTS, MachineSpeed, ModelSpeed, Speeds, estimate_speed
from app.catalog.tuning import Tuning, remember_tuning
from app.domain.pace import ModelPace
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
        self._speed = MachineSpeed(flops, bytes_per_s)

    def of(self, spec) -> ModelSpeed:
        return ModelSpeed(60 / self._speed.model_s(spec), "measured")


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


@pytest.mark.parametrize(
    ("listed_gb", "total_gib", "verdict"), [(0, 16, Verdict.WELL), (16, 15.4, Verdict.WELL), (32, 16, Verdict.TIGHT)]
)
def test_a_list_can_hold_a_model_back_on_small_computers(listed_gb, total_gib, verdict):
    spec = model_of(2).model_copy(update={"ram_min_gb": listed_gb})
    memory = MachineMemory(int(total_gib * GIB), int(total_gib * GIB))
    assert estimate(spec, memory, context_tokens=1024).verdict is verdict


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
    assert assess(spec, card, context_tokens=1024).verdict is Verdict.WELL
    small = dataclasses.replace(tight, graphics=(GraphicsCard("any", 4 * GIB, 2 * GIB),))
    assert assess(spec, small, context_tokens=1024).verdict is Verdict.TIGHT
    assert assess(spec, dataclasses.replace(card, features=old.features), context_tokens=1024).verdict is Verdict.WELL


def test_figures_are_those_that_were_measured(tmp_path):
    """Cache and room to compute of the starter, as llama.cpp reports them, in MiB."""
    starter = load_catalog(bundled_catalog(), tmp_path).get("qwen2.5-coder-0.5b-instruct")
    around = starter.main_file.size_bytes + 150 * 2**20
    assert (need_bytes(starter, context_tokens=4096) - around) / 2**20 == pytest.approx(48 + 300, abs=3)
    assert (need_bytes(starter, context_tokens=16384) - around) / 2**20 == pytest.approx(192 + 300, abs=3)


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


def models_of(*sizes: float):
    return [make_spec(gguf_bytes(padding=round(10 * n)), model_id=f"m{n}").model_copy(update={"parameters_b": n}) for n in sizes]


def note(folder, spec, tokens_per_s: float, steps_per_s: float = 50.0) -> None:
    tuning = Tuning(threads=2, prompt_tokens_per_s=tokens_per_s, steps_per_s=steps_per_s)
    remember_tuning(folder, spec.main_file.sha256, tuning)


def test_speed_is_estimated_until_a_model_has_run(tmp_path):
    spec, larger = models_of(0.1, 0.2)
    assert Speeds(tmp_path, [spec, larger], MACHINE).of(spec).source == "estimated"
    note(tmp_path, spec, 500)
    speeds = Speeds(tmp_path, [spec, larger], MACHINE)
    assert (speeds.of(spec).source, speeds.of(larger).source) == ("measured", "related")
    assert speeds.of(larger).documents_per_minute < speeds.of(spec).documents_per_minute


def test_measured_tokens_make_documents(tmp_path):
    """The starter on two cores reads 268 tokens a second, and 340 for a document."""
    (spec,) = models_of(0.5)
    note(tmp_path, spec, 268, 31)
    assert Speeds(tmp_path, [spec], MACHINE).of(spec).documents_per_minute == pytest.approx(37, rel=0.05)


def test_model_without_figures_is_told_by_the_one_nearest_in_size(tmp_path):
    specs = models_of(1, 4, 8)
    for spec, speed in zip(specs, (800, 200, 50), strict=True):
        note(tmp_path, spec, speed, 1000)
    (seven,) = models_of(7)
    speeds = Speeds(tmp_path, [*specs, seven], MACHINE)
    found = [speeds.of(spec).documents_per_minute for spec in (*specs, seven)]
    assert found == [*sorted(found, reverse=True)[:2], found[2], found[3]]
    assert found[2] < found[3] < 1.2 * found[2]


def test_own_documents_decide_once_there_are_enough(tmp_path):
    done, other = models_of(1, 2)
    note(tmp_path, done, 400)
    plain = Speeds(tmp_path, [done, other], MACHINE)
    few = {done.main_file.sha256: ModelPace(ENOUGH_DOCUMENTS - 1, 10.0)}
    assert Speeds(tmp_path, [done, other], MACHINE, few).of(done) == plain.of(done)
    many = Speeds(tmp_path, [done, other], MACHINE, {done.main_file.sha256: ModelPace(ENOUGH_DOCUMENTS, 5.0)})
    assert many.of(done) == ModelSpeed(12.0, "documents", ENOUGH_DOCUMENTS)
    assert many.of(other).source == "related"
    assert many.of(other).documents_per_minute == pytest.approx(6, rel=0.1), "long documents are long for every model"


def test_newer_processors_are_taken_to_be_faster(tmp_path):
    new = dataclasses.replace(MACHINE, features=frozenset({"avx2", "fma", "avx512_vnni"}))
    none = dataclasses.replace(MACHINE, features=frozenset())
    flops = [estimate_speed(machine, tmp_path).flops for machine in (new, MACHINE, none)]
    assert flops == sorted(flops, reverse=True)
    assert len(set(flops)) == 3


def test_a_busy_computer_is_not_taken_for_a_slow_one(tmp_path, monkeypatch):
    looks = iter((8e9, 2e9, 9e9))
    monkeypatch.setattr("app.catalog.speed._memory_bytes_per_s", lambda: next(looks))
    first, busy, better = (estimate_speed(MACHINE, tmp_path).bytes_per_s for _ in range(3))
    assert busy == first
    assert better == pytest.approx(first * 9 / 8)


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
    slow = Always(1.5e10, 2e9)
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


def test_an_offer_of_a_damaged_file_is_not_here_and_all_of_it_is_missing(tmp_path):
    data = gguf_bytes()
    spec = make_spec(data, model_id="small")
    catalog = make_catalog(tmp_path / "models", spec)
    path = install(catalog, spec, data[:-1] + b"!")
    catalog.hashes.hash_of(path)
    full = dataclasses.replace(MACHINE, disk_free_bytes=0)
    offer = make_offers(catalog, full, FAST, context_tokens=1024)[0]
    assert (offer.state, offer.is_damaged, offer.is_here, offer.fit.reason) == ("installed", True, False, Reason.DISK)

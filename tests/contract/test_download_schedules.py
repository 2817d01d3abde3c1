"""Downloads from a server that misbehaves on schedule: the right file or a typed error, and little fetched twice."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.catalog.download import fetch
from app.catalog.part import PartFile
from app.catalog.part_place import part_bytes
from app.catalog.spec import UrlSource
from app.errors import AppError, CancelledError, DownloadError
from app.network.gate import Gate
from app.network.stream import Patience
from tests.helpers.catalogs import gguf_bytes, make_catalog, make_spec
from tests.helpers.unruly_server import Act, Play, UnrulyServer, act_names, running_server

N_SCHEDULES = 320
N_GROUPS = 8
N_CALLS = 12
PATIENCE = Patience(
    connect_s=2, stall_s=0.25, least_bytes_per_s=4000, tries=4, first_wait_s=0.001, longest_wait_s=0.01, longest_asked_wait_s=1
)
SENT_AGAIN = {
    "whole_for_range",
    "cut_whole_for_range",
    "no_such_range",
    "too_early",
    "new_tag",
    "other_version",
    "cut_other_version",
}
"""Acts after which the server, not the client, sends bytes once more; a damaged answer costs the whole file."""
SPOILING = {"damaged", "other_version", "cut_other_version"}


@pytest.fixture(scope="module")
def server():
    with running_server() as running:
        yield running


class _Received:
    """Counts the bytes of the file that reach the disk's side, for one schedule at a time on one thread."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put = PartFile.put

        def counting(part: PartFile, position: int, data: bytes) -> int:
            self._of_thread.count = self.count + len(data)
            return put(part, position, data)

        monkeypatch.setattr(PartFile, "put", counting)

    @property
    def count(self) -> int:
        return getattr(self._of_thread, "count", 0)

    def reset(self) -> None:
        self._of_thread.count = 0


def make_play(seed: int) -> tuple[Play, list[float]]:
    """A file, how its requests are answered, and at which shares of the file the person pauses."""
    chance = random.Random(seed)
    data = gguf_bytes(padding=chance.choice([3_000, 40_000, 300_000])) + chance.randbytes(1000)
    names = act_names()
    slow = {"stall", "silence", "trickle"}
    acts: list[Act] = []
    for _ in range(chance.randint(1, 7)):
        name = chance.choice(names)
        if name in slow and any(act.name in slow for act in acts):
            name = "cut"
        acts.append(Act(name, chance.random()))
    pauses = [chance.random() for _ in range(chance.choice([0, 0, 1, 2]))]
    return Play(data, acts, stall_s=0.6), pauses


def run_schedule(seed: int, folder: Path, server: UnrulyServer, received: _Received) -> str:
    """Call until the file is there, as a person would; what went on, for the message of a failure."""
    play, pauses = make_play(seed)
    acts = list(play.acts)
    story = f"seed {seed}: {[(act.name, round(act.at, 2)) for act in acts]}, pauses {pauses}"
    server.plays[str(seed)] = play
    spec = make_spec(play.data, UrlSource(kind="url", url=server.url(str(seed))))
    catalog = make_catalog(folder / str(seed), spec)
    target = catalog.path_of(spec)
    received.reset()
    for _ in range(N_CALLS):
        cancel = threading.Event()
        pause_at = pauses.pop(0) * len(play.data) if pauses else None

        def tell(done: int, total: int, _source: str, cancel=cancel, pause_at=pause_at) -> None:
            assert 0 <= done <= total == len(play.data), story
            if pause_at is not None and done >= pause_at:
                cancel.set()

        before = part_bytes(spec, catalog)
        n_before = len(acts) - len(play.acts)
        try:
            assert fetch(spec, catalog, Gate(offline=False), progress=tell, cancel=cancel, patience=PATIENCE) == target, story
        except (DownloadError, CancelledError):
            assert not target.exists(), story
            met = {act.name for act in acts[n_before : len(acts) - len(play.acts)]}
            kept = part_bytes(spec, catalog)
            assert kept >= before or met & SPOILING or acts_spoiled_before(acts, play), f"{story}: lost {before - kept}"
        except AppError as error:
            pytest.fail(f"{story}: {error!r}")
        else:
            break
    else:
        pytest.fail(f"{story}: never done; {play.requests}")
    assert target.read_bytes() == play.data, story
    assert not (target.parent / ".partial").exists(), story
    size = len(play.data)
    allowed = size + sum(size for act in acts if act.name in SENT_AGAIN | SPOILING)
    allowed += sum(2 * size for act in acts if act.name in SPOILING)
    allowed += 800 * len([act for act in acts if act.name == "longer"])
    assert received.count <= allowed * 1.01, f"{story}: {received.count} of {size} bytes"
    return story


def acts_spoiled_before(acts: list[Act], play: Play) -> bool:
    """A wrong byte is found out when the file is complete, which may be several calls later."""
    return any(act.name in SPOILING for act in acts[: len(acts) - len(play.acts)])


@pytest.mark.network
@pytest.mark.parametrize("group", range(N_GROUPS))
def test_the_right_file_or_a_typed_error(group, tmp_path, server, monkeypatch):
    received = _Received()
    received.install(monkeypatch)
    seeds = range(group, N_SCHEDULES, N_GROUPS)
    # Most of a schedule is waiting for a server that stalls.
    with ThreadPoolExecutor(max_workers=8) as pool:
        told = list(pool.map(lambda seed: run_schedule(seed, tmp_path, server, received), seeds))
    assert len(told) == N_SCHEDULES // N_GROUPS


def test_schedules_know_every_act():
    used = {act.name for seed in range(N_SCHEDULES) for act in make_play(seed)[0].acts}
    assert used == set(act_names())

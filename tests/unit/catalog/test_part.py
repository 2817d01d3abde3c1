"""The part of a file that is on its way: what it keeps, what it replaces, and what it trusts after a power cut."""

import hashlib
import json
import random

import pytest

from app.catalog.part import PartFile

DATA = random.Random(1).randbytes(1_000_000)


def test_bytes_in_any_pieces_give_the_file_and_its_hash(tmp_path):
    chance = random.Random(2)
    with PartFile(tmp_path / "a.part", len(DATA)) as part:
        position = 0
        while position < len(DATA):
            begin = chance.randint(max(0, position - 5000), position)
            position = max(position, part.put(begin, DATA[begin : begin + chance.randint(1, 40_000)]))
        assert part.is_complete
        assert part.sha256 == hashlib.sha256(DATA).hexdigest()
    assert (tmp_path / "a.part").read_bytes() == DATA


def test_hash_goes_on_with_what_was_there(tmp_path):
    with PartFile(tmp_path / "a.part", len(DATA)) as part:
        part.put(0, DATA[:333_333])
    with PartFile(tmp_path / "a.part", len(DATA)) as part:
        assert part.done_bytes == 333_333
        part.put(333_333, DATA[333_333:])
        assert part.sha256 == hashlib.sha256(DATA).hexdigest()


def test_another_version_replaces_what_differs_and_no_more(tmp_path):
    other = DATA[:400_000] + bytes(byte ^ 1 for byte in DATA[400_000:600_000])
    with PartFile(tmp_path / "a.part", len(DATA)) as part:
        part.put(0, DATA[:500_000])
        assert part.put(0, other[:400_000]) == 400_000
        assert part.done_bytes == 500_000
        part.put(400_000, other[400_000:450_000])
        assert part.done_bytes == 450_000
        assert part.sha256 == hashlib.sha256(other[:450_000]).hexdigest()


def test_bytes_after_a_gap_are_refused_and_those_beyond_the_end_left_out(tmp_path):
    with PartFile(tmp_path / "a.part", 10) as part:
        with pytest.raises(ValueError, match="missing"):
            part.put(1, b"b")
        part.put(0, b"0123456789 and more")
        assert part.is_complete
    assert (tmp_path / "a.part").read_bytes() == b"0123456789"


def test_after_a_power_cut_only_what_was_surely_on_the_disk_is_kept(tmp_path):
    path = tmp_path / "a.part"
    with PartFile(path, len(DATA)) as part:
        part.begin_piece('"tag"')
        part.put(0, DATA[:500_000])
        part.sync()
        part.put(500_000, DATA[500_000:510_000])
    note = path.with_name("a.part.json")
    assert json.loads(note.read_text())["synced"] == 500_000
    with PartFile(path, len(DATA)) as part:
        assert (part.done_bytes, part.tag, part.n_pieces) == (510_000, '"tag"', 1)
    note.write_text(note.read_text().replace(json.loads(note.read_text())["boot"], "another start"))
    with PartFile(path, len(DATA)) as part:
        assert part.done_bytes == 500_000


def test_a_power_cut_costs_at_most_a_hundredth(tmp_path):
    size = 40_000_000
    with PartFile(tmp_path / "a.part", size) as part:
        part.begin_piece()
        position = 0
        for _ in range(100):
            position = part.put(position, b"x" * 64_000)
            synced = json.loads((tmp_path / "a.part.json").read_text())["synced"]
            assert position - synced < size / 100 + 64_000


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"tag": 1, "pieces": "x"}', "\x00\x00"])
def test_a_note_that_makes_no_sense_leaves_the_bytes_to_the_hash(tmp_path, note):
    path = tmp_path / "a.part"
    path.write_bytes(DATA[:1000])
    path.with_name("a.part.json").write_text(note)
    with PartFile(path, len(DATA)) as part:
        assert (part.done_bytes, part.n_pieces) == (1000, 1)


def test_a_restart_forgets_everything(tmp_path):
    with PartFile(tmp_path / "a.part", len(DATA)) as part:
        part.begin_piece('"tag"')
        part.put(0, DATA[:1000])
        part.restart()
        assert (part.done_bytes, part.tag, part.n_pieces) == (0, "", 0)
        part.put(0, DATA)
        assert part.sha256 == hashlib.sha256(DATA).hexdigest()

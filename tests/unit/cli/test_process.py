"""`deskhand process`: what is printed, in which form, with which exit code. Reader and model are fakes."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from app.bootstrap import Deskhand
from app.catalog.catalog import ChosenModel
from app.cli.main import run
from app.errors import ModelLoadError
from app.storage.store import Store
from app.tasks.library import TaskLibrary
from tests.helpers.catalogs import gguf_bytes, make_spec
from tests.helpers.fake_services import FakeModel, FakeReader

TASK = 'id = "first_word"\nkind = "extract"\nfields = [{ name = "first", required = true }, { name = "second" }]\n'


class Reader(FakeReader):
    def start(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def fakes(monkeypatch, tmp_path):
    """The program's parts with fakes for both workers; its folders lie in the test's."""
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "home"))
    spec = make_spec(gguf_bytes())
    reader, model = Reader(), FakeModel(spec.main_file.sha256)
    monkeypatch.setattr(Deskhand, "reader", reader)
    monkeypatch.setattr(Deskhand, "make_model", lambda self, task="": model)
    monkeypatch.setattr(Deskhand, "choose_model", lambda self, task="": ChosenModel(spec, tmp_path / "small.gguf"))
    monkeypatch.setattr(TaskLibrary, "followups", lambda self: {})
    (tmp_path / "task.toml").write_text(TASK)
    return reader, model


@pytest.fixture
def deskhand(tmp_path, capfd, fakes):
    """Run a command line; its exit code, stdout and stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments], lambda _options: 77)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


def process(deskhand, tmp_path, *arguments):
    return deskhand("process", *arguments, "--task", tmp_path / "task.toml")


def add(folder, **texts):
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def test_pipe_gets_one_object_a_document(deskhand, tmp_path):
    folder = add(tmp_path / "in", a="alpha one", b="beta two")
    code, out, err = process(deskhand, tmp_path, folder)
    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert {row["file"] for row in rows} == {str(folder / "a.txt"), str(folder / "b.txt")}
    assert {row["fields"]["first"]["value"] for row in rows} == {"alpha", "beta"}
    assert {(row["task"], row["status"], row["error"]) for row in rows} == {("first_word", "done", None)}


def test_faults_of_the_own_list_are_told_and_stop_nothing(deskhand, tmp_path):
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / "models.toml").write_text("schema_version = 1\n[[model]]\nid = 'mine'\n")
    code, out, err = process(deskhand, tmp_path, add(tmp_path / "in", a="alpha one"))
    assert (code, len(out.splitlines())) == (0, 1)
    assert "model 'mine'" in err


def test_failed_and_missing_files_are_rows_and_the_code_is_1(deskhand, tmp_path):
    folder = add(tmp_path / "in", a="alpha", locked="locked: x")
    code, out, _ = process(deskhand, tmp_path, folder, tmp_path / "none.pdf")
    rows = {row["file"]: row for row in map(json.loads, out.splitlines())}
    assert code == 1
    assert rows[str(folder / "a.txt")]["status"] == "done"
    assert rows[str(folder / "locked.txt")]["error"]["code"] == "password_needed"
    missing = rows[str(tmp_path / "none.pdf")]
    assert (missing["status"], missing["error"]["code"]) == ("failed", "file_access")
    assert missing["error"]["hint"]


def test_answer_to_check_is_no_failure(deskhand, tmp_path):
    folder = add(tmp_path / "in", a="? unsure")
    code, out, _ = process(deskhand, tmp_path, folder)
    assert (code, json.loads(out)["status"]) == (0, "review")


def test_password_opens_documents(deskhand, tmp_path):
    folder = add(tmp_path / "in", a="locked: secret")
    code, out, _ = process(deskhand, tmp_path, folder, "--password", "sesame")
    assert (code, json.loads(out)["fields"]["first"]["value"]) == (0, "locked:")


def test_same_content_twice_is_answered_for_both_and_worked_on_once(deskhand, tmp_path, fakes):
    folder = add(tmp_path / "in", a="alpha", b="alpha")
    code, out, _ = process(deskhand, tmp_path, folder)
    assert code == 0
    assert sorted(json.loads(line)["file"] for line in out.splitlines()) == [str(folder / "a.txt"), str(folder / "b.txt")]
    assert len(fakes[1].runs) == 1


def test_repeated_run_prints_again_and_keeps_nothing(deskhand, tmp_path, fakes):
    folder = add(tmp_path / "in", a="alpha")
    first = process(deskhand, tmp_path, folder)
    second = process(deskhand, tmp_path, folder)
    assert json.loads(first[1])["fields"] == json.loads(second[1])["fields"]
    assert len(fakes[1].runs) == 2
    assert not (tmp_path / "home" / "deskhand.sqlite").exists()


def test_data_folder_keeps_answers_for_the_next_run(deskhand, tmp_path, fakes):
    folder = add(tmp_path / "in", a="alpha")
    first = process(deskhand, tmp_path, folder, "--data-dir", tmp_path / "kept")
    add(tmp_path / "in", b="beta")
    code, out, _ = process(deskhand, tmp_path, folder, "--data-dir", tmp_path / "kept")
    assert (first[0], code) == (0, 0)
    assert sorted(json.loads(line)["fields"]["first"]["value"] for line in out.splitlines()) == ["alpha", "beta"]
    assert fakes[1].runs == ["a.txt", "b.txt"]


def test_data_folder_in_use_is_told_and_the_answers_printed(deskhand, tmp_path):
    folder = add(tmp_path / "in", a="alpha")
    with Store(tmp_path / "kept" / "deskhand.sqlite"):
        code, out, err = process(deskhand, tmp_path, folder, "--data-dir", tmp_path / "kept")
    assert code == 0
    assert json.loads(out)["fields"]["first"]["value"] == "alpha"
    assert "Another Deskhand" in err


def test_attachments_are_answered_for_on_request_only(deskhand, tmp_path):
    folder = add(tmp_path / "in", mail="mail: x\ngamma\ndelta")
    _, plain, _ = process(deskhand, tmp_path, folder)
    assert [json.loads(line)["file"] for line in plain.splitlines()] == [str(folder / "mail.txt")]
    code, out, _ = process(deskhand, tmp_path, folder, "--attachments")
    rows = {row["file"]: row["fields"]["first"]["value"] for row in map(json.loads, out.splitlines())}
    assert code == 0
    assert rows == {
        str(folder / "mail.txt"): "mail:",
        f"{folder / 'mail.txt'}/1:gamma.txt": "gamma",
        f"{folder / 'mail.txt'}/2:delta.txt": "delta",
    }


def test_model_that_does_not_load_stops_the_run_in_one_line(deskhand, tmp_path, fakes):
    folder = add(tmp_path / "in", a="alpha", b="beta")
    fakes[1].errors = {name: [ModelLoadError(model="small", detail="no")] * 9 for name in ("a.txt", "b.txt")}
    code, out, err = process(deskhand, tmp_path, folder)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "could not be loaded" in err


def test_what_was_finished_before_the_run_stopped_is_written(deskhand, tmp_path, fakes):
    folder = add(tmp_path / "in", a="alpha", b="beta")
    fakes[1].errors = {"b.txt": [ModelLoadError(model="small", detail="no")] * 9}
    code, out, err = process(deskhand, tmp_path, folder, "--output", tmp_path / "out.json")
    assert (code, out.strip()) == (1, str(tmp_path / "out.json"))
    assert [Path(row["file"]).name for row in json.loads((tmp_path / "out.json").read_text())] == ["a.txt"]
    assert "could not be loaded" in err


@pytest.mark.parametrize("form", ["json", "csv", "md", "table"])
def test_other_forms_hold_the_same_answers(deskhand, tmp_path, form):
    folder = add(tmp_path / "in", a="alpha one", b="beta two")
    code, out, _ = process(deskhand, tmp_path, folder, "--format", form)
    assert code == 0
    assert "alpha" in out
    assert "beta" in out
    if form == "json":
        assert len(json.loads(out)) == 2
    if form == "csv":
        assert {row["first"] for row in csv.DictReader(io.StringIO(out))} == {"alpha", "beta"}


def test_output_file_decides_the_form(deskhand, tmp_path):
    folder = add(tmp_path / "in", a="alpha")
    for suffix in ("jsonl", "json", "csv", "xlsx", "md"):
        target = tmp_path / f"out.{suffix}"
        code, out, _ = process(deskhand, tmp_path, folder, "--output", target)
        assert (code, out) == (0, f"{target}\n")
        assert target.stat().st_size > 0


def test_an_output_file_of_an_unknown_ending_needs_a_format(deskhand, tmp_path):
    folder = add(tmp_path / "in", a="alpha")
    target = tmp_path / "out.xls"
    code, out, errors = process(deskhand, tmp_path, folder, "--output", target)
    assert (code, out) == (2, "")
    assert ".xlsx" in errors
    assert ".jsonl" in errors
    assert process(deskhand, tmp_path, folder, "--output", target, "--format", "csv")[0] == 0
    assert target.read_bytes()


def test_a_long_name_stands_on_one_line_above_its_table(deskhand, tmp_path):
    folder = add(tmp_path / "in", **{"a name that is longer than the answers below it": "alpha"})
    out = process(deskhand, tmp_path, folder, "--format", "table")[1]
    assert out.splitlines()[0] == "a name that is longer than the answers below it.txt · first_word · done"


def test_names_of_files_cannot_steer_the_terminal(deskhand, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a\x1b[2Jb.txt").write_text("alpha \x1b[31mred")
    code, out, _ = process(deskhand, tmp_path, folder, "--format", "table")
    assert code == 0
    assert "\x1b" not in out


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "table"])
def test_name_that_is_no_text_fails_alone(deskhand, tmp_path, form):
    folder = add(tmp_path / "in", a="alpha")
    (folder / os.fsdecode(b"\xff\xfe.txt")).write_text("beta")
    code, out, err = process(deskhand, tmp_path, folder, "--format", form)
    assert (code, err) == (1, "")
    assert "alpha" in out
    assert "Rename it" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["process"],
        ["process", "x"],
        ["process", "", "--task", "first_word"],
        ["text", ""],
        ["process", "x", "--task", "unheard_of"],
        ["process", "x", "--task", "no_such_file.toml"],
        ["process", "x", "--task", "invoice", "--format", "pdf"],
        ["process", "x", "--task", "invoice", "--format", "xlsx"],
        ["process", "x", "--task", "invoice", "--format", "table", "--output", "y"],
        ["nonsense"],
        ["--offline", "models", "list"],
    ],
)
def test_wrong_usage_is_2_and_never_a_traceback(deskhand, arguments):
    code, out, err = deskhand(*arguments)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err


def test_interrupt_is_130_and_stops_the_work(deskhand, tmp_path, fakes, monkeypatch):
    folder = add(tmp_path / "in", a="alpha")

    def interrupt(*_arguments, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("app.cli.run.ProcessRun._items_as_they_finish", interrupt)
    code, _, err = process(deskhand, tmp_path, folder)
    assert (code, err) == (130, "deskhand: Stopped.\n")
    assert fakes[1].closed or fakes[1].runs == []


def test_no_command_opens_the_window(deskhand):
    assert deskhand()[0] == 77


@pytest.mark.parametrize("name", ["none/a.csv", "."])
def test_a_place_that_cannot_be_written_is_told_before_the_work(deskhand, tmp_path, fakes, name):
    folder = add(tmp_path / "in", a="one")
    code, out, errors = process(deskhand, tmp_path, folder, "--output", tmp_path / name)
    assert (code, out) == (2, "")
    assert "--output" in errors


def test_a_file_that_may_not_be_read_is_a_row_and_not_wrong_usage(deskhand, tmp_path, monkeypatch):
    folder = add(tmp_path / "in", a="one", b="two")

    def access(path, mode, **_options):
        return str(path) != str(folder / "b.txt")

    monkeypatch.setattr("os.access", access)
    code, out, _ = process(deskhand, tmp_path, folder / "a.txt", folder / "b.txt")
    assert code == 0
    assert len(out.splitlines()) == 2


def test_a_place_that_may_not_be_looked_at_is_wrong_usage(deskhand, tmp_path, monkeypatch):
    folder = add(tmp_path / "in", a="one")
    closed = tmp_path / "closed"
    is_dir = Path.is_dir

    def refuse(path):
        if closed in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", refuse)
    code, out, errors = process(deskhand, tmp_path, folder, "--output", closed / "a.csv")
    assert (code, out) == (2, "")
    assert "can't be written" in errors
    code, out, errors = process(deskhand, tmp_path, closed / "a.txt")
    assert json.loads(out)["error"]["code"] == "file_access"


@pytest.mark.parametrize(
    ("fault", "told"), [(RuntimeError("x"), "A fault in Deskhand"), (OSError(28, "No space left on device"), "No space left")]
)
def test_what_nobody_foresaw_is_one_sentence(deskhand, tmp_path, monkeypatch, caplog, fault, told):
    def fail(*_arguments, **_more):
        raise fault

    monkeypatch.setattr("app.cli.process.build", fail)
    code, out, errors = process(deskhand, tmp_path, add(tmp_path / "in", a="one"))
    assert (code, out) == (1, "")
    assert told in errors
    assert "Traceback" not in errors
    assert caplog.records[-1].exc_info


def test_a_terminal_without_the_letters_shows_others(deskhand, tmp_path, monkeypatch):
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", screen)
    code, _, errors = process(deskhand, tmp_path, add(tmp_path / "in", a="çay"), "--format", "table")
    screen.flush()
    assert (code, errors) == (0, "")
    assert b"?ay" in screen.buffer.getvalue()

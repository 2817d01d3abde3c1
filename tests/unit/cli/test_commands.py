"""The commands about tasks and models."""

import json

import pytest

from app.cli.main import run
from app.tasks.library import load_task
from tests.helpers.catalogs import gguf_bytes


@pytest.fixture
def deskhand(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DESKHAND_MODELS", str(tmp_path / "models"))

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments], lambda _options: 77)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


def test_tasks_are_listed_with_what_they_give(deskhand):
    code, out, _ = deskhand("tasks", "list", "--json")
    tasks = {task["id"]: task for task in json.loads(out)}
    assert code == 0
    assert "total_amount" in tasks["invoice"]["fields"]
    assert "receipt" in tasks["document_type"]["labels"]


def test_shown_task_is_a_file_that_works(deskhand, tmp_path):
    path = tmp_path / "invoice.toml"
    path.write_text(deskhand("tasks", "show", "invoice")[1], encoding="utf-8")
    assert load_task(path).id == "invoice"
    assert deskhand("tasks", "check", path)[:2] == (0, f"{path}: ok\n")


def test_new_extraction_task(deskhand, tmp_path):
    path = tmp_path / "t.toml"
    arguments = ["--field", "product", "--field", "until:date:Last day: of the guarantee", "--output", path]
    assert deskhand("tasks", "new", "guarantee", "--kind", "extract", *arguments)[:2] == (0, f"{path}\n")
    fields = load_task(path).fields
    assert [(field.name, field.type.value, field.description) for field in fields] == [
        ("product", "text", ""),
        ("until", "date", "Last day: of the guarantee"),
    ]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ('["a b", "c"]', ["a b", "c"]),
        ('{"a": "first", "b": {"description": "second", "examples": ["x"]}}', ["a", "b"]),
        ('[{"name": "a"}, {"name": "b"}]', ["a", "b"]),
    ],
)
def test_new_classification_task_from_a_file(deskhand, tmp_path, content, names):
    labels = tmp_path / "labels.json"
    labels.write_text(content)
    path = tmp_path / "t.toml"
    assert deskhand("tasks", "new", "kinds", "--kind", "classify", "--labels", labels, "--output", path)[0] == 0
    assert [label.name for label in load_task(path).labels] == names


def test_new_summary_task_goes_to_the_persons_folder(deskhand, tmp_path):
    code, out, _ = deskhand("tasks", "new", "short", "--kind", "summarize", "--style", "faq")
    assert (code, out.strip()) == (0, str(tmp_path / "data" / "tasks" / "short.toml"))
    assert "short" in deskhand("tasks", "list")[1]
    assert deskhand("tasks", "new", "short", "--kind", "summarize")[0] == 2
    assert deskhand("tasks", "new", "short", "--kind", "summarize", "--force")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["Wrong-Name", "--kind", "extract", "--field", "a"],
        ["t", "--kind", "extract"],
        ["t", "--kind", "classify"],
        ["t", "--kind", "classify", "--labels", "one"],
        ["t", "--kind", "summarize", "--style", "poem"],
        ["t", "--kind", "extract", "--field", "a:colour"],
        ["t", "--kind", "extract", "--field", "a", "--labels", "a,b"],
    ],
)
def test_impossible_tasks_are_refused_in_one_line(deskhand, tmp_path, arguments):
    code, _, err = deskhand("tasks", "new", *arguments, "--output", tmp_path / "t.toml")
    assert (code, err.count("\n")) == (2, 1)
    assert not (tmp_path / "t.toml").exists()


def test_faulty_task_file_is_told_by_line(deskhand, tmp_path):
    path = tmp_path / "t.toml"
    path.write_text('id = "t"\nkind = "extract"\ncolour = 3\n')
    code, out, _ = deskhand("tasks", "check", path)
    assert code == 1
    assert f"{path}:3:" in out


def test_models_are_listed_and_located(deskhand, tmp_path):
    rows = {row["id"]: row for row in json.loads(deskhand("models", "list", "--json")[1])}
    assert rows["qwen2.5-coder-0.5b-instruct"]["installed"] is False
    assert deskhand("models", "where")[1].strip() == str(tmp_path / "models")
    assert deskhand("models", "where", "smollm2-135m-instruct")[1].strip().endswith("SmolLM2-135M-Instruct.Q4_1.gguf")


def test_own_model_is_imported_verified_and_removed(deskhand, tmp_path):
    own = tmp_path / "own.gguf"
    own.write_bytes(gguf_bytes())
    assert deskhand("models", "import", own)[1] == f"own\t{tmp_path / 'models' / 'own' / 'own.gguf'}\n"
    assert deskhand("models", "verify")[1].startswith("own: ok ")
    copy = tmp_path / "models" / "own" / "own.gguf"
    copy.write_bytes(copy.read_bytes()[:-1] + b"\x00\x01"[:1])
    assert deskhand("models", "verify", "own")[0] == 1
    assert deskhand("models", "remove", "own")[0] == 0
    assert deskhand("models", "verify", "own")[0] == 2


def test_download_offline_is_refused(deskhand):
    code, _, err = deskhand("models", "download", "--offline")
    assert (code, err.count("\n")) == (1, 1)
    assert "offline" in err


def test_licence_must_be_accepted_first(deskhand):
    code, _, err = deskhand("models", "download", "lfm2.5-1.2b-instruct", "--offline")
    assert code == 2
    assert "--accept-license" in err


def test_new_task_does_not_take_the_place_of_a_built_in_one_unasked(deskhand, tmp_path):
    code, _, errors = deskhand("tasks", "new", "invoice", "--kind", "extract", "--field", "a")
    assert (code, "--force" in errors) == (2, True)
    assert deskhand("tasks", "new", "invoice", "--kind", "extract", "--field", "a", "--force")[0] == 0
    assert deskhand("tasks", "new", "receipt", "--kind", "extract", "--field", "a", "--output", tmp_path / "t.toml")[0] == 0


def test_faults_of_a_new_task_are_told_in_plain_words(deskhand):
    assert deskhand("tasks", "new", "t", "--kind", "classify", "--labels", "a")[2] == (
        "deskhand: A classification task needs at least two labels.\n"
    )


def test_an_own_task_with_a_fault_is_not_left_out_in_silence(deskhand, tmp_path):
    folder = tmp_path / "data" / "tasks"
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text('id = "broken"\nkind = "extrat"\n')
    code, out, errors = deskhand("tasks", "list", "--json")
    assert (code, "broken" in out) == (0, False)
    assert errors.startswith(f"deskhand: {folder / 'broken.toml'}:2: ")

"""The commands about tasks and models."""

import json
from pathlib import Path

import pytest

from app.catalog.places import Place
from app.cli.main import WindowOptions, run
from app.tasks.library import load_task
from tests.helpers.catalogs import gguf_bytes, install, make_catalog, make_spec, write_own_list


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
    assert deskhand("models", "verify")[0] == 1, "a file that is known to be damaged is still looked at"
    states = {row["id"]: (row["installed"], row["state"]) for row in json.loads(deskhand("models", "list", "--json")[1])}
    assert states["own"] == (False, "damaged")
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


def test_recommendations_name_a_model_for_each_purpose(deskhand):
    rows = json.loads(deskhand("models", "recommend", "--json")[1])
    assert [row["for"] for row in rows] == ["extract", "classify", "summarize", "vision"]
    for row in rows:
        assert row["id"] is None or (row["for"] in row["model"]["tasks"] and row["model"]["verdict"] != "does not fit")
    assert "docs/min" in deskhand("models", "recommend")[1]


def test_list_tells_how_each_model_fits(deskhand):
    for row in json.loads(deskhand("models", "list", "--json")[1]):
        assert row["verdict"] in {"fits well", "fits tightly", "does not fit"}
        assert row["documents_per_minute"] >= 0
        assert row["good_for"]
        assert row["state"] == "absent"
    assert "good for" in deskhand("models", "list")[1]


def test_own_list_adds_models_and_its_faults_are_told(deskhand, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models.toml").write_text("schema_version = 1\nmodel = []\n")
    code, out, err = deskhand("models", "list")
    assert code == 0
    assert "qwen2.5-coder-0.5b-instruct" in out
    assert "models.toml has a fault: model: " in err


def test_import_of_a_folder_in_place(deskhand, tmp_path):
    stick = tmp_path / "stick"
    (stick / "deep").mkdir(parents=True)
    (stick / "one.gguf").write_bytes(gguf_bytes(padding=2**20))
    (stick / "deep" / "two.gguf").write_bytes(gguf_bytes(padding=2**20 + 1))
    (stick / "bad.gguf").write_bytes(b"GGUF" + bytes(2**20))
    code, out, err = deskhand("models", "import", stick, "--link")
    assert code == 1
    assert sorted(out.splitlines()) == [f"one\t{stick / 'one.gguf'}", f"two\t{stick / 'deep' / 'two.gguf'}"]
    assert "bad.gguf is not a usable model file" in err
    assert "untested" in err
    rows = {row["id"]: row for row in json.loads(deskhand("models", "list", "--json")[1])}
    assert (rows["one"]["state"], rows["one"]["tested"], rows["one"]["prompt_family"]) == ("linked", None, "chatml")
    assert deskhand("models", "where", "two")[1].strip() == str(stick / "deep" / "two.gguf")
    assert "stays where it is" in deskhand("models", "remove", "one")[2]
    assert (stick / "one.gguf").exists()
    (tmp_path / "empty").mkdir()
    assert deskhand("models", "import", tmp_path / "empty")[0] == 2


def test_model_of_another_program_is_used_instead_of_a_download(deskhand, tmp_path, monkeypatch):
    folder = tmp_path / "jan"
    folder.mkdir()
    monkeypatch.setattr("app.catalog.discovery.usual_places", lambda: [Place("Jan", folder)])
    data = gguf_bytes(padding=2**20)
    (folder / "x.gguf").write_bytes(data)
    write_own_list(tmp_path / "data" / "models.toml", make_spec(data, model_id="mine"))
    assert deskhand("models", "found")[1].split("\t")[:3] == ["Jan", "x", "mine"]
    rows = {row["id"]: row for row in json.loads(deskhand("models", "list", "--json")[1])}
    assert rows["mine"]["found_in"] == "Jan"
    code, out, err = deskhand("models", "download", "mine", "--offline")
    assert (code, out.strip()) == (0, str(folder / "x.gguf"))
    assert "used where Jan keeps it" in err
    assert deskhand("models", "download", "mine")[1].strip() == str(folder / "x.gguf")
    assert deskhand("models", "download", "mine", "--offline", "--fresh")[0] == 1


def test_a_model_that_came_with_the_installation_is_listed(deskhand, tmp_path, monkeypatch):
    data = gguf_bytes(padding=2**20)
    spec = make_spec(data, model_id="mine")
    write_own_list(tmp_path / "data" / "models.toml", spec)
    monkeypatch.setattr("app.bootstrap.shared_models", lambda: (tmp_path / "usr",))
    install(make_catalog(tmp_path / "usr", spec), spec, data)
    lines = deskhand("models", "list")[1].splitlines()
    (line,) = [line for line in lines if line.startswith("mine ")]
    assert "for everyone" in line
    assert lines[-1] == f"0 MB in {tmp_path / 'models'}", "it takes no room of the person's own"
    assert "stays" in deskhand("models", "remove", "mine")[2]


def test_nothing_found_in_other_programs_is_told(deskhand, monkeypatch):
    monkeypatch.setattr("app.catalog.discovery.usual_places", list)
    assert deskhand("models", "found") == (0, "", "deskhand: No other program keeps a model file in its usual place.\n")


def test_the_model_in_use_is_chosen_and_given_back(deskhand, tmp_path):
    assert deskhand("models", "use", "nobody")[0] == 2
    assert deskhand("models", "use", "qwen2.5-coder-0.5b-instruct")[0] == 1, "it is not here"
    data = gguf_bytes(padding=2**20)
    (tmp_path / "mine.gguf").write_bytes(data)
    write_own_list(tmp_path / "data" / "models.toml", make_spec(data, model_id="mine"))
    assert deskhand("models", "import", tmp_path / "mine.gguf")[0] == 0
    assert deskhand("models", "use", "mine")[:2] == (0, "mine\n")
    assert json.loads((tmp_path / "data" / "settings.json").read_text())["model"] == "mine"
    assert deskhand("models", "use", "--best")[:2] == (0, "mine\n")
    assert json.loads((tmp_path / "data" / "settings.json").read_text())["model"] == ""
    assert deskhand("models", "use", "mine", "--best")[0] == 2


def test_a_model_is_chosen_for_one_task_and_given_back(deskhand, tmp_path):
    def chosen() -> dict[str, str]:
        return json.loads((tmp_path / "data" / "settings.json").read_text())["task_models"]

    (tmp_path / "data").mkdir(exist_ok=True)
    for name, size in (("mine", 2**20), ("other", 2**20 + 64)):
        (tmp_path / f"{name}.gguf").write_bytes(gguf_bytes(padding=size))
        assert deskhand("models", "import", tmp_path / f"{name}.gguf")[0] == 0
    assert deskhand("models", "use", "mine")[:2] == (0, "mine\n")
    assert deskhand("models", "use", "other", "--task", "invoice")[:2] == (0, "other\n")
    assert deskhand("models", "use", "--task", "invoice")[:2] == (0, "other\n")
    assert deskhand("models", "use", "--task", "receipt")[:2] == deskhand("models", "use")[:2] == (0, "mine\n")
    assert deskhand("models", "use", "other", "--task", "nothing_like_it")[0] == 2
    assert chosen() == {"invoice": "other"}
    assert deskhand("models", "use", "--task", "invoice", "--best")[:2] == (0, "mine\n")
    assert chosen() == {}
    assert deskhand("models", "use", "other", "--task", "receipt")[0] == 0
    assert "other was chosen for receipt: the model in use" in deskhand("models", "remove", "other")[2]
    assert chosen() == {}
    assert "mine was in use: another model takes over" in deskhand("models", "remove", "mine")[2]
    assert json.loads((tmp_path / "data" / "settings.json").read_text())["model"] == ""


def test_licences_are_shown_and_accepted_once(deskhand):
    model = "lfm2.5-1.2b-instruct"
    code, out, err = deskhand("models", "licence", model)
    assert (code, out.split("\t")[1:3]) == (0, ["LicenseRef-LFM1.0", "commercial use: limited"])
    assert "must be accepted" in err
    assert deskhand("models", "download", model, "--offline")[0] == 2
    assert "Accepted on" in deskhand("models", "licence", model, "--accept")[2]
    assert deskhand("models", "download", model, "--offline")[0] == 1, "offline, but no longer for want of a word"
    assert deskhand("models", "licence", "qwen3-1.7b")[2] == ""


@pytest.mark.parametrize("command", [["open"], ["open", "a.pdf", "b c.docx"]])
def test_documents_to_open_reach_the_window(tmp_path, command):
    started = []
    options = ["--data-dir", str(tmp_path), "--offline"]
    assert run([*command, *options], lambda given: started.append(given) or 0) == 0
    assert started == [WindowOptions(data_dir=tmp_path, offline=True, documents=tuple(Path(name) for name in command[1:]))]


def test_an_empty_name_opens_nothing(deskhand):
    assert deskhand("open", "")[0] == 2

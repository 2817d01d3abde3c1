"""The task library: built-in files are sound, the person's win, faults name their line."""

import tomllib
from pathlib import Path

import pytest

from app.domain.task import Task, TaskKind
from app.errors import TaskFileError, UnknownTaskError
from app.paths import resources
from app.tasks.library import TaskLibrary, check_file, load_task, to_toml

BUILTIN = resources() / "tasks"
REQUIRED_FIELDS = {
    "invoice": "seller_name seller_tax_id buyer_name invoice_number issue_date due_date purchase_order currency net_amount "
    "tax_amount total_amount iban line_items",
    "receipt": "merchant address date time currency tax_amount total_amount payment_method",
    "contract": "parties effective_date term governing_law",
    "resume": "name email phone location skills",
}


@pytest.fixture
def library(tmp_path: Path) -> TaskLibrary:
    return TaskLibrary(BUILTIN, tmp_path / "tasks")


def write(library_dir: Path, name: str, text: str) -> Path:
    library_dir.mkdir(parents=True, exist_ok=True)
    path = library_dir / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(BUILTIN.glob("*.toml")), ids=lambda path: path.stem)
def test_builtin_tasks_are_sound(path: Path):
    assert check_file(path) == []
    assert load_task(path).id == path.stem
    assert load_task(path).title.keys() >= {"en", "tr"}


@pytest.mark.parametrize("task_id", REQUIRED_FIELDS)
def test_builtin_extractions_have_the_agreed_names(library: TaskLibrary, task_id: str):
    task = library.get(task_id)
    names = {field.name for field in task.fields} | {rows.name for rows in task.rows}
    assert names >= set(REQUIRED_FIELDS[task_id].split())


def test_every_label_of_document_type_leads_to_a_known_task(library: TaskLibrary):
    assert set(library.followups()) <= {label.name for label in library.get("document_type").labels}
    assert all(task.kind is not TaskKind.AUTO for task in library.followups().values())


def test_auto_classifies_like_document_type(library: TaskLibrary):
    assert library.get("auto").labels == library.get("document_type").labels


def test_task_survives_being_written(library: TaskLibrary):
    for task in library.all():
        if task.kind is not TaskKind.AUTO:
            library.save(task)
            assert library.get(task.id) == task


def test_own_task_wins_until_it_is_deleted(library: TaskLibrary):
    own = library.get("receipt").model_copy(update={"version": 9})
    library.save(own)
    assert library.get("receipt").version == 9
    library.delete("receipt")
    assert library.get("receipt").version != 9


def test_unknown_task_names_the_known_ones(library: TaskLibrary):
    with pytest.raises(UnknownTaskError) as caught:
        library.get("../secrets")
    assert "invoice" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ('id = "a"\nkind = "extract"\n\n[[fields]]\nname = "x"\ntype = "dat"\n', 6, "type"),
        ('id = "a"\nkind = "extract"\n[[fields]]\nname = "x"\n[[fields]]\nname = "Y y"\n', 6, "name"),
        ('id = "a"\nkind = "extract"\ncolour = "red"\n[[fields]]\nname = "x"\n', 3, "colour"),
        ('id = "a"\nkind = "classify"\n[[labels]]\nname = "x"\n', 1, "two labels"),
        ('id = "a"\nkind = \n', 2, "Invalid value"),
        ('id = "a"\nkind = "extract"\n[[fields]]\nname = "x"\n[[checks]]\nexpression = "x > y"\n', 6, "'y'"),
        ('id = "a"\nkind = "extract"\n[[fields]]\nname = "x"\n[[checks]]\nexpression = "x.__class__"\n', 6, "not allowed"),
    ],
)
def test_faults_name_their_line(tmp_path: Path, text: str, line: int, part: str):
    faults = check_file(write(tmp_path, "a.toml", text))
    assert any(fault.line == line and part in fault.detail for fault in faults), faults


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ('labels = ["a", "b"]', "item 1 of 'labels' must be a table of keys and values, as below a line [[labels]]."),
        ('privacy = "never"', "'privacy' must be a table of keys and values, as below a line [privacy]."),
        ("version = 1.5", "'version' must be a whole number."),
        ("instructions = 3", "'instructions' must be text in quotes."),
        ('checks = "a"', "'checks' must be a list in square brackets."),
        ("max_points = 99", "'max_points' must be at most 50."),
        ('[[fields]]\nname = "Total"', "'name' must be lower case letters, digits and underscores, and begin with a letter."),
        ("a = " + "[" * 5000, "its lists are nested too deeply."),
        ('[routing]\nsend = "all"', "'send' must be 'fields' or 'document'."),
        ("[routing.escalate_if]\nconfidence_below = 85", "'confidence_below' must be at most 1.0."),
    ],
)
def test_faults_are_told_in_plain_words(tmp_path: Path, text: str, detail: str):
    faults = check_file(write(tmp_path, "a.toml", f'id = "a"\nkind = "extract"\n{text}\n'))
    assert detail in [fault.detail for fault in faults]


def test_what_is_no_file_is_refused(tmp_path: Path):
    with pytest.raises(TaskFileError, match="not a file"):
        load_task(tmp_path)


def test_faulty_file_is_refused_by_name(tmp_path: Path):
    path = write(tmp_path, "broken.toml", "id = 3\n")
    with pytest.raises(TaskFileError, match=r"broken\.toml, line 1"):
        load_task(path)


def test_faulty_own_task_is_left_out_and_reported(library: TaskLibrary, tmp_path: Path):
    path = write(tmp_path / "tasks", "invoice.toml", "kind = ")
    assert library.faults().keys() == {path}
    assert "invoice" in {task.id for task in library.all()}


def test_defaults_are_not_written():
    task = Task(id="sort", kind="classify", labels=({"name": "a"}, {"name": "b"}))
    assert "routing" not in to_toml(task)


def test_the_policy_of_a_task_survives_being_written(library: TaskLibrary):
    text = (
        'id = "own"\nkind = "extract"\n[[fields]]\nname = "x"\n[privacy]\nclass = "redacted"\n'
        '[routing]\nsend = "document"\n[routing.escalate_if]\nconfidence_below = 0.5\n'
    )
    task = Task.model_validate(tomllib.loads(text))
    library.save(task)
    assert library.get("own") == task
    assert (task.routing.send, task.routing.escalate_if.confidence_below, task.privacy.class_) == ("document", 0.5, "redacted")


def test_a_file_is_read_again_only_when_it_changed(library: TaskLibrary, tmp_path: Path):
    path = write(tmp_path, "a.toml", 'id = "a"\nkind = "extract"\n[[fields]]\nname = "x"\n')
    task = library.get(str(path))
    assert library.get(str(path)) is task
    path.write_text(path.read_text().replace('"x"', '"y"'))
    assert library.get(str(path)).fields[0].name == "y"
    path.unlink()
    with pytest.raises(TaskFileError):
        library.get(str(path))

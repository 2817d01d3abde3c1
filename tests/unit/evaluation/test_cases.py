"""Case files: what is read, and which line is to blame."""

import json

import pytest

from app.errors import CaseFileError
from app.evaluation.cases import cases_for, read_cases


def case_file(tmp_path, *lines):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_files_and_texts_are_cases(tmp_path):
    cases = read_cases(
        case_file(
            tmp_path,
            {"file": "docs/a.pdf", "task": "invoice", "expected": {"total_amount": "12.50"}, "source": "ignored"},
            "",
            {"text": "Win a prize now! Answer today and it is yours, all of it.", "expected": {"label": "spam"}},
        )
    )
    assert [case.shown for case in cases] == ["docs/a.pdf", "Win a prize now! Answer today and it is…"]
    assert cases[0].key == "docs/a.pdf"
    assert cases[1].key.startswith("text:")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not a JSON object"),
        ("[1]", "valid dictionary"),
        ({"file": "a", "text": "b", "expected": {"x": 1}}, 'either "file" or "text"'),
        ({"expected": {"x": 1}}, 'either "file" or "text"'),
        ({"file": "a"}, "expected: Field required"),
        ({"file": "a", "expected": {}}, "nothing is expected"),
        ({"file": 7, "expected": {"x": 1}}, "file: "),
        ('{"text": "\\ud800", "expected": {"x": 1}}', "half of a character"),
    ],
)
def test_faults_name_their_line(tmp_path, line, words):
    path = case_file(tmp_path, {"file": "a", "expected": {"x": 1}}, "", line)
    with pytest.raises(CaseFileError) as caught:
        read_cases(path)
    assert f"{path}, line 3: " in caught.value.user_text
    assert words in caught.value.user_text


def test_a_file_without_cases_is_refused(tmp_path):
    with pytest.raises(CaseFileError, match="no cases"):
        read_cases(case_file(tmp_path, ""))
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(CaseFileError) as caught:
            read_cases(path)
        assert "line" not in caught.value.user_text.removeprefix(str(path))
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe\xe4")
    with pytest.raises(CaseFileError, match="UTF-8"):
        read_cases(tmp_path / "latin.jsonl")


def test_cases_of_other_tasks_are_left_out(tmp_path):
    path = case_file(tmp_path, *({"file": name, "task": name, "expected": {"x": 1}} for name in ("invoice", "receipt", "")))
    cases = read_cases(path)
    assert [case.file for case in cases_for(cases, {"invoice"}, path)] == ["invoice", ""]
    with pytest.raises(CaseFileError, match="there are cases for: invoice, receipt"):
        cases_for(cases[:2], {"contract"}, path)


def test_a_variant_of_a_task_is_judged_by_the_cases_of_the_task(tmp_path):
    path = case_file(tmp_path, {"file": "a", "task": "invoice", "expected": {"x": 1}})
    assert len(cases_for(read_cases(path), {"my_invoice"}, path)) == 1

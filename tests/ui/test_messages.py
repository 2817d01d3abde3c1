"""Every sentence in the window has a Turkish one, with the same blanks to fill."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from app.errors import AppError, ModelFileError, ModelFolderError, NoSourceError, error_kinds
from app.settings import ReadLimits, Settings
from app.ui.messages import read_catalog, title_of, tr, tr_filled, tr_n, use_language
from app.ui.models.error_details import DETAILS
from app.ui.models.job_row import _SHORT_REASONS, error_sentence
from app.ui.views.settings_page import _OPTIONS, _SECTIONS

UI = Path(__file__).parents[2] / "app" / "ui"


def literals() -> set[str]:
    found: set[str] = set()
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"tr", "tr_n"}:
                texts = node.args[: 2 if node.func.id == "tr_n" else 1]
                found |= {text.value for text in texts if isinstance(text, ast.Constant)}
    return found


def spoken_by_other_means() -> set[str]:
    """Sentences that reach `tr` through a table or from below the window."""
    texts = {text for kind in error_kinds() for text in (kind.text, kind.hint_text)}
    for fields in (Settings.model_fields, ReadLimits.model_fields):
        for info in fields.values():
            texts |= {(info.title or "").replace("(bytes)", "(MB)"), info.description or ""}
    return {*texts, *DETAILS, *_SHORT_REASONS.values(), *_OPTIONS.values(), *(title for title, _ in _SECTIONS)} - {""}


def test_every_sentence_is_translated() -> None:
    catalog = read_catalog("tr")
    assert not sorted((literals() | spoken_by_other_means()) - catalog.keys())


def test_translations_fill_no_other_blanks() -> None:
    blanks = re.compile(r"\{(\w+)\}")
    differing = {
        source: translation
        for source, translation in read_catalog("tr").items()
        if not set(blanks.findall(translation)) <= set(blanks.findall(source))
    }
    assert not differing


def test_no_translation_stands_in_two_files() -> None:
    folder = Path(__file__).parents[2] / "resources" / "i18n" / "tr"
    names = [name for path in folder.glob("*.json") for name in json.loads(path.read_text(encoding="utf-8"))]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_counted_sentences_agree_with_their_number() -> None:
    assert tr_n("{n} file", "{n} files", 1) == "1 file"
    assert tr_n("{n} file", "{n} files", 2) == "2 files"


def test_a_param_may_be_called_anything() -> None:
    assert tr("{text} {self}", text="a", self="b") == "a b"


def test_braces_in_a_value_stay() -> None:
    assert tr("“{words}”", words="{x}") == "“{x}”"


def test_a_filled_sentence_is_translated_by_its_template() -> None:
    use_language("tr")
    assert tr_filled("a.pdf needs a password.", ["{file} needs a password."]) == "a.pdf parola istiyor."
    assert tr_filled("Nobody wrote this.", ["{file} needs a password."]) == "Nobody wrote this."


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelFileError(file="a.gguf", detail="its end is missing"), "a.gguf kullanılabilir bir model dosyası değil: sonu eksik."),
        (ModelFolderError(folder="/x", detail="you have no right to write there"), "oraya yazma izniniz yok."),
        (
            NoSourceError(model="m", detail="hub a/b: the server answered 404 Not Found; example.org did not answer within 5 s"),
            "hub a/b: sunucunun yanıtı: 404 Not Found; example.org 5 saniye içinde yanıt vermedi.",
        ),
        (
            NoSourceError(model="m", detail="c.org: its name can't be looked up; is there a connection?"),
            "bağlantı var mı?",
        ),
        (
            NoSourceError(model="m", detail="c.org: the file there is larger than the publisher's"),
            "c.org: oradaki dosya yayıncınınkinden daha büyük.",
        ),
    ],
)
def test_details_of_an_error_are_translated_with_it(error: AppError, told: str) -> None:
    use_language("tr")
    assert error_sentence(error.user_text, "").endswith(told)


def test_every_translated_detail_is_one_that_the_program_tells() -> None:
    of_the_system = {"No such file or directory", "Permission denied", "Is a directory"}
    sources = (path for path in UI.parent.rglob("*.py") if UI not in path.parents)
    told = "".join(path.read_text(encoding="utf-8") for path in sources)
    for detail in set(DETAILS) - of_the_system:
        for words in re.split(r"\{\w+\}", detail):
            assert words in told, detail


@pytest.mark.parametrize(("language", "title"), [("en", "Bill"), ("tr", "Fatura")])
def test_titles_of_tasks_follow_the_language(language: str, title: str) -> None:
    use_language(language)
    assert title_of({"en": "Bill", "tr": "Fatura"}, "bill") == title
    assert title_of({}, "due_date") == "Due date"


def test_counts_are_written_as_the_locale_writes_numbers() -> None:
    use_language("tr")
    try:
        assert tr_n("{n} document is finished.", "{n} documents are finished.", 2833).startswith("2.833 ")
    finally:
        use_language("en")

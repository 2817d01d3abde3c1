"""Lists, rows and points that a larger model was asked about: both readings side by side."""

from __future__ import annotations

import json

import pytest
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.result import Opinion, Point, Result
from app.domain.task import FieldType, Task
from app.ui.messages import use_language
from app.ui.views.entries import layout_of
from app.ui.views.group_readings import GroupReadings
from app.ui.views.readings import readings_of
from app.ui.views.summary_panel import SummaryPanel
from app.ui.widgets.plain_label import PlainLabel

COLUMNS = (("description", FieldType.TEXT), ("amount", FieldType.AMOUNT))
LOCAL = Opinion(
    source="local", value=json.dumps([{"description": "Desk", "amount": "200.00"}, {"description": "Lamp", "amount": "1250.50"}])
)
BIG = Opinion(
    source="big",
    value=json.dumps([{"description": "Desk", "amount": "200.00"}, {"description": "Chair", "amount": None}]),
    accepted=True,
    reason="The larger model read it, and it stands in the document.",
)


@pytest.mark.parametrize(("language", "amount"), [("en", "1,250.50"), ("tr", "1.250,50")])
def test_the_same_value_looks_the_same_and_what_one_has_alone_is_known(language: str, amount: str) -> None:
    use_language(language)
    printed = BIG.model_copy(update={"value": json.dumps([{"description": "Lamp", "amount": amount}])})
    local, big = readings_of((LOCAL, printed), COLUMNS)
    assert local.lines[1] == big.lines[0] == f"Lamp · {amount}"
    assert (local.only, big.only) == ((True, False), (False,))
    assert (local.is_taken, big.is_taken) == (False, True)


@pytest.mark.parametrize("said", ["", "null", "{", "7", '{"a": 1}', "[null, [], {}, true]", '[{"amount": {"a": 1}}]'])
def test_whatever_was_said_is_shown_or_left_out(said: str) -> None:
    _, big = readings_of((LOCAL, BIG.model_copy(update={"value": said})), COLUMNS)
    assert big.lines == ()


def test_without_a_larger_model_there_is_nothing_to_compare() -> None:
    assert readings_of((), COLUMNS) == readings_of((LOCAL,), COLUMNS) == ()


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(PlainLabel) if label.isVisibleTo(widget)]


def test_who_won_is_said_and_both_are_seen_when_unfolded(qtbot: QtBot) -> None:
    area = GroupReadings(None, lambda n: f"{n} rows")  # type: ignore[arg-type]
    qtbot.addWidget(area)
    area.show_readings(readings_of((LOCAL, BIG), COLUMNS))
    area.show()
    qtbot.waitUntil(lambda: texts(area) == ["This computer: 2 rows", "big: 2 rows  ✓"])
    fold = next(button for kind in (QToolButton, QPushButton) for button in area.findChildren(kind, "foldReadings"))
    fold.click()
    qtbot.waitUntil(lambda: {"Desk · 200.00", "Lamp · 1,250.50", "Chair"} <= set(texts(area)))
    alone = {label.text() for label in area.findChildren(PlainLabel) if "alone" in label.accessibleName()}
    assert alone == {"Lamp · 1,250.50", "Chair"}
    area.show_readings(())
    assert not area.isVisible()


def test_why_it_was_refused_is_said(qtbot: QtBot) -> None:
    area = GroupReadings(None, lambda n: f"{n} rows")  # type: ignore[arg-type]
    qtbot.addWidget(area)
    refused = BIG.model_copy(update={"accepted": False, "reason": "It does not stand in the document."})
    area.show_readings(readings_of((LOCAL.model_copy(update={"accepted": True}), refused), COLUMNS))
    area.show()
    qtbot.waitUntil(lambda: texts(area) == ["This computer: 2 rows  ✓", "big: 2 rows. It does not stand in the document."])


def test_of_many_lines_those_that_differ_are_shown(qtbot: QtBot) -> None:
    area = GroupReadings(None, lambda n: f"{n} values")  # type: ignore[arg-type]
    qtbot.addWidget(area)
    local, big = (
        Opinion(source=source, value=json.dumps([f"word {at}" for at in range(first, 30)]), accepted=source == "big")
        for source, first in (("local", 0), ("big", 1))
    )
    area.show_readings(readings_of((local, big), (("", FieldType.TEXT),)))
    area.show()
    next(button for kind in (QToolButton, QPushButton) for button in area.findChildren(kind, "foldReadings")).click()
    qtbot.waitUntil(lambda: {"word 0", "29 more"} <= set(texts(area)))
    assert "word 1" not in texts(area)


def test_rows_and_lists_carry_their_readings() -> None:
    task = Task.model_validate(
        {
            "id": "bill",
            "kind": "extract",
            "fields": [{"name": "mails", "type": "email", "many": True}],
            "rows": [{"name": "items", "fields": [{"name": "description"}, {"name": "amount", "type": "amount"}]}],
        }
    )
    mails = (Opinion(source="local", value="[]"), Opinion(source="big", value='["ada@example.org"]', accepted=True))
    layout = layout_of(task, Result(task="bill", opinions={"items": (LOCAL, BIG), "mails": mails}), review_below=0.5)
    assert [reading.lines for reading in layout.tables[0].readings][1] == ("Desk · 200.00", "Chair")
    assert [reading.lines for reading in layout.cards[0].readings] == [(), ("ada@example.org",)]


def test_points_of_a_summary_are_compared(qtbot: QtBot) -> None:
    said = [{"text": "Clara pays.", "question": "Who pays?"}, "Delivery is free."]
    opinions = (Opinion(source="local", value='["Clara pays."]'), Opinion(source="big", value=json.dumps(said), accepted=True))
    readings = readings_of(opinions, ())
    assert [reading.lines for reading in readings] == [("Clara pays.",), ("Clara pays.", "Delivery is free.")]
    panel = SummaryPanel()
    qtbot.addWidget(panel)
    panel.show_points((Point(text="Clara pays.", evidence=()),), (), readings=readings)
    panel.show()
    qtbot.waitUntil(lambda: "big: 2 points  ✓" in texts(panel))

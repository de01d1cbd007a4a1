"""One click of the mouse answers a warning on the data page, as one step of the history that is undone exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from designer.gui.data.notices import NoticeCard
from designer.gui.data.page import DataPage
from designer.project.model import Column, Project, TableData
from tests.helpers.data_page import open_page
from tests.helpers.graphs import chain
from tests.helpers.training import write_csv
from tests.helpers.window import until

ROWS = 240
LEFT = Qt.MouseButton.LeftButton


@dataclass(frozen=True)
class Case:
    """A column that is odd, what is offered, and what holds once it was clicked."""

    column: Column
    cell: Callable[[int, np.random.Generator], object]
    severity: str
    answer: str
    done: Callable[[TableData, Column], bool]


def town(row: int, chance: np.random.Generator) -> str:
    return f"town {chance.integers(70)}"


def sentence(row: int, chance: np.random.Generator) -> str:
    return f"this is what was said of thing {row} {chance.integers(99)}"


CASES = {
    "treat as category": Case(
        Column("region_code"),
        lambda row, chance: chance.integers(1, 6),
        "hint",
        "Treat as category",
        lambda data, column: (column.kind, column.role, column.scale) == ("category", "feature", "none"),
    ),
    "drop": Case(
        Column("gaps"),
        lambda row, chance: "" if row % 4 else round(chance.normal(), 3),
        "warning",
        "Leave it out",
        lambda data, column: column.role == "ignored",
    ),
    "fill": Case(
        Column("gaps"),
        lambda row, chance: "" if row % 4 else round(chance.normal(), 3),
        "warning",
        "Fill and note the gaps",
        lambda data, column: (column.role, column.missing, column.indicator) == ("feature", "median", True),
    ),
    "mark as id": Case(
        Column("patient_id"),
        lambda row, chance: 1000 + row * 7 % 1201,
        "error",
        "Mark as id and leave it out",
        lambda data, column: column.role == "ignored",
    ),
    "split by time": Case(
        Column("day", "date", "ignored"),
        lambda row, chance: date(2021, 3, 1) + timedelta(days=row),
        "error",
        "Split by time",
        lambda data, column: (data.split.by, column.role, data.samples) == ("time", "time", "rows"),
    ),
    "split by group": Case(
        Column("patient", "category", "ignored"),
        lambda row, chance: f"p{row // 6}",
        "error",
        "Split by group",
        lambda data, column: (data.split.by, column.role) == ("group", "group"),
    ),
    "parts of dates": Case(
        Column("day", "date", "ignored"),
        lambda row, chance: date(2021, 3, 1) + timedelta(days=int(chance.integers(900))),
        "hint",
        "Turn into",
        lambda data, column: column.role == "feature" and "month" in column.parts,
    ),
    "read as text": Case(
        Column("review", "text", "ignored"),
        sentence,
        "hint",
        "Read as text",
        lambda data, column: (column.kind, column.role) == ("text", "feature"),
    ),
    "through an Embedding": Case(
        Column("town", "category"),
        town,
        "warning",
        "Feed through an Embedding",
        lambda data, column: (column.role, column.encode) == ("feature", "codes"),
    ),
    "clip": Case(
        Column("size"),
        lambda row, chance: 5000 if row == 9 else round(chance.normal(), 3),
        "hint",
        "Clip to 1 % and 99 %",
        lambda data, column: column.clip == "percentile",
    ),
    "logarithm": Case(
        Column("income"),
        lambda row, chance: round(float(np.exp(chance.normal() * 1.5 + 8)), 2),
        "hint",
        "Scale by logarithm",
        lambda data, column: column.scale == "log",
    ),
}


def write_cases(folder: Path, case: Case) -> Project:
    """A table of chance with the odd column, and a network for it."""
    chance = np.random.default_rng(4)
    rows = [
        (case.cell(row, chance), round(chance.normal(), 4), "ab"[int(chance.random() < 0.4)]) for row in range(ROWS)
    ]
    write_csv(folder / "t.csv", (case.column.name, "noise", "kind"), rows)
    network = chain("table_input", ("linear", {"out_features": 1}), ("output", {"loss": "bce"}))
    columns = (case.column, Column("noise"), Column("kind", "category", "target"))
    return Project(network.graph, TableData("t.csv", columns=columns))


def offered(page: DataPage, case: Case) -> tuple[NoticeCard, QPushButton] | None:
    """The card of the odd column with the button of the answer."""
    for card in page.side.notices.cards:
        for button in card.buttons:
            if case.column.name in card.notice.columns and button.text().startswith(case.answer):
                return card, button
    return None


@pytest.mark.parametrize("name", CASES)
def test_a_click_answers_and_one_step_back_asks_again(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    page = open_page(qtbot, write_cases(tmp_path, case), tmp_path / "t.loom")
    before = page.session.project
    page.table.sides.choose("overview")
    # until all is looked at the cards may be made anew
    until(
        lambda: offered(page, case) is not None and not page.tasks.busy(),
        30,
        "nothing is said, or no such answer is offered",
    )
    found = offered(page, case)
    assert found is not None
    card, button = found
    assert f"“{case.column.name}”" in card.notice.sentence and card.notice.severity == case.severity
    page.side.area.ensureWidgetVisible(button)
    until(lambda: not button.visibleRegion().isEmpty(), 10, "the button is out of sight")
    QTest.mouseClick(button, LEFT)
    data = page.session.project.data
    assert isinstance(data, TableData)
    assert case.done(data, next(column for column in data.columns if column.name == case.column.name))
    assert len(page.session.history.steps) == 2
    assert page.session.history.undo_label.startswith(case.answer)
    until(lambda: offered(page, case) is None, 30, "what was answered is still asked")
    page.session.undo()
    assert page.session.project == before
    until(lambda: offered(page, case) is not None, 30, "it is not asked again")

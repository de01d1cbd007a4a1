"""On the data page, files as sequences are divided by group: by one click on a hint, or by the form of the split."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.data.page import DataPage
from designer.gui.data.series_reading import read_series
from designer.importing.new import draft_project
from designer.project.model import Split, TableData
from designer.training.prepare import facts_of
from tests.helpers.data_page import open_page
from tests.helpers.grouped_files import GROUPS, PERSONS, grouped_project, write_persons
from tests.helpers.series import write_sequences
from tests.helpers.window import until


def opened(qtbot, folder: Path) -> DataPage:
    made = draft_project(folder, None, folder.parent / "p.loom")
    return open_page(qtbot, made.project, folder.parent / "p.loom")


def group_of(page: DataPage) -> str:
    return next((column.name for column in page.session.project.data.columns if column.role == "group"), "")


def ways(page: DataPage) -> list[str]:
    box = page.side.split.way
    return [box.itemData(row) for row in range(box.count())]


@pytest.mark.parametrize("how", list(GROUPS))
def test_groups_are_chosen_in_the_form_by_the_keyboard(qtbot, tmp_path, how):
    page = opened(qtbot, write_persons(tmp_path / "steps", how))
    form = page.side.split
    assert ways(page) == ["share", "group", "folders"]
    form.way.setFocus()
    QTest.keyClick(form.way, Qt.Key.Key_Down)
    assert page.session.project.data.split.by == "group"
    names = [form.column.itemData(row) for row in range(form.column.count())]
    assert names == [GROUPS[how]]
    form.column.setFocus()
    QTest.keyClick(form.column, Qt.Key.Key_Down)
    assert group_of(page) == GROUPS[how]
    facts = facts_of(page.session.project, tmp_path)
    assert any(f"All files with the same {GROUPS[how]} are in one part" in note for note in facts.notes)


def test_one_click_on_the_hint_divides_by_the_name(qtbot, tmp_path):
    page = opened(qtbot, write_persons(tmp_path / "steps", "name"))
    before = page.session.project

    def told():
        cards = page.side.notices.cards
        return next((card for card in cards if card.notice.key == "group part 1 of the name"), None)

    until(lambda: told() is not None, 20, "the groups are not told")
    assert told().notice.severity == "hint"
    assert "The part 1 of the name is the same in several files, such as “" in told().notice.sentence
    QTest.mouseClick(told().buttons[0], Qt.MouseButton.LeftButton)
    assert page.session.project.data.split.by == "group"
    assert group_of(page) == "part 1 of the name"
    until(lambda: told() is None, 20)
    page.session.undo()
    assert page.session.project == before


@pytest.mark.parametrize("how", list(GROUPS))
def test_the_steps_of_all_files_are_rows_with_their_group(qtbot, tmp_path, how):
    page = opened(qtbot, write_persons(tmp_path / "steps", how))
    until(lambda: page.table.profile is not None, 20, "the files are not read")
    assert not page.side.trouble.text()
    profile, rows = page.table.profile, page.table.seen.rows
    names = [column.name for column in page.session.project.data.columns]
    assert [column.name for column in profile.columns] == names
    assert profile.column(GROUPS[how]).unique == len(PERSONS)
    assert rows.count == profile.rows == sum(len(path.read_text().splitlines()) - 1 for path in files_of(tmp_path))


def files_of(folder: Path) -> list[Path]:
    return [path for path in (folder / "steps").rglob("*.csv") if path.name != "labels.csv"]


def test_files_with_nothing_in_common_are_not_offered_groups(qtbot, tmp_path):
    page = opened(qtbot, write_sequences(tmp_path / "steps"))
    assert ways(page) == ["share", "folders"]


@pytest.mark.parametrize("how", list(GROUPS))
def test_the_series_of_a_person_have_one_colour(tmp_path, how):
    folder = write_persons(tmp_path / "steps", how)
    project = grouped_project(folder, how)
    seen = read_series(project, project.data, tmp_path)
    assert not seen.trouble
    assert len(seen.series) == 4 * len(PERSONS)
    parts = [int(each.parts[0]) for each in seen.series]
    assert sorted(parts) == [0] * 24 + [1] * 8 + [2] * 8


def test_without_a_group_the_series_are_shown_and_the_split_says_why(tmp_path):
    folder = write_persons(tmp_path / "steps", "name")
    project = grouped_project(folder, "name")
    data = project.data
    assert isinstance(data, TableData)
    columns = tuple(each for each in data.columns if each.role != "group")
    data = replace(data, columns=columns, split=Split("group"))
    seen = read_series(replace(project, data=data), data, tmp_path)
    assert len(seen.series) == 40
    assert "no column has the role group" in seen.trouble

"""The data page: shown from the project, changed in place by mouse and keyboard, one step of the history each time."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel

from designer.gui.data.page import DataPage
from designer.gui.panels.column_edits import ANOTHER, add_target, options, set_columns
from designer.gui.panels.columns import FIELDS
from designer.gui.theme import DARK, LIGHT
from designer.project.errors import EditError
from designer.project.facts import Facts
from designer.project.model import Column, Graph, ImageData, Node, Project, Split, TableData
from designer.workspace.session import Session

ROLE, KIND, FILL, SCALE = 1, 2, 4, 5
WORDS_OF_FORMS = ("Divide", "Column", "File", "Validation", "Test", "Seed", "Folds")
COLUMNS = (
    Column("size", "number"),
    Column("colour", "category", missing="most_frequent", scale="none"),
    Column("part", "category", "ignored", "most_frequent", "none"),
    Column("price", "number", "target"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = ["size,colour,part,price"]
    lines += [f"{row if row % 5 else ''},{'red' if row % 3 else 'blue'},{'test' if row % 4 == 0 else 'train'},{row * 2}"
              for row in range(40)]  # fmt: skip
    (tmp_path / "goods.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


@pytest.fixture
def session(folder: Path) -> Session:
    return Session.new(Project(data=TableData("goods.csv", columns=COLUMNS)), folder / "goods.loom")


def shown(qtbot, session: Session) -> DataPage:
    panel = DataPage(session, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(1200, 700)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def panel(qtbot, session: Session) -> DataPage:
    panel = shown(qtbot, session)
    qtbot.waitUntil(lambda: panel.rows.rows_model.rowCount() > 0, timeout=20_000)
    return panel


def click_cell(panel: DataPage, row: int, place: int) -> None:
    panel.table.views.choose("columns")
    view = panel.columns
    index = view.columns_model.index(row, place)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def choose(qtbot, panel: DataPage, row: int, place: int, word: str) -> None:
    """Click a cell, then the word in the list that opens."""
    click_cell(panel, row, place)
    qtbot.waitUntil(lambda: open_list(panel) is not None and open_list(panel).view().isVisible())
    combo = open_list(panel)
    entries = combo.view()
    index = combo.model().index(combo.findText(word), 0)
    entries.scrollTo(index)
    QTest.mouseMove(entries.viewport(), entries.visualRect(index).center())
    QTest.mouseClick(entries.viewport(), Qt.MouseButton.LeftButton, pos=entries.visualRect(index).center())
    qtbot.waitUntil(lambda: open_list(panel) is None)


def open_list(panel: DataPage) -> QComboBox | None:
    found = [box for box in panel.columns.viewport().findChildren(QComboBox) if box.isVisible()]
    return found[0] if found else None


def column(session: Session, name: str) -> Column:
    return next(column for column in session.project.data.columns if column.name == name)


def cell(panel: DataPage, row: int, place: int) -> str:
    return panel.columns.columns_model.index(row, place).data()


def test_without_data_the_panel_says_what_it_is_for_and_asks_for_some(qtbot):
    panel = shown(qtbot, Session())
    assert panel.empty.isVisible()
    with qtbot.waitSignal(panel.file_requested):
        QTest.mouseClick(panel.empty.file, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.folder_requested):
        panel.empty.folder.setFocus()
        QTest.keyClick(panel.empty.folder, Qt.Key.Key_Space)


def test_a_table_is_shown_with_its_format_columns_and_first_rows(panel):
    assert panel.side.name.text() == "goods.csv"
    assert panel.side.words.words["Separator"] == "Comma" and panel.side.words.words["Rows"] == "40"
    assert [cell(panel, row, 0) for row in range(4)] == ["size", "colour", "part", "price"]
    assert cell(panel, 0, 3) == "8" and cell(panel, 1, 6) == "blue, red"
    assert panel.rows.rows_model.index(1, 0).data() == "1"
    assert panel.rows.isVisible() and panel.rows.rows_model.card(3).is_target


def test_the_role_is_chosen_in_place_and_the_old_target_becomes_a_feature(panel, session, qtbot):
    choose(qtbot, panel, 1, ROLE, "Target")
    assert column(session, "colour").role == "target" and column(session, "price").role == "feature"
    assert session.history.undo_label == "Role of “colour”: Target"
    assert cell(panel, 1, ROLE) == "Target" and cell(panel, 3, ROLE) == "Feature"
    session.undo()
    assert session.project.data.columns == COLUMNS and cell(panel, 3, ROLE) == "Target"


def test_type_fill_and_scaling_are_chosen_in_place_and_fit_each_other(panel, session, qtbot):
    choose(qtbot, panel, 0, FILL, "Median")
    choose(qtbot, panel, 0, SCALE, "0 to 1")
    assert (column(session, "size").missing, column(session, "size").scale) == ("median", "minmax")
    choose(qtbot, panel, 0, KIND, "Category")
    assert (column(session, "size").kind, column(session, "size").missing) == ("category", "most_frequent")
    assert cell(panel, 0, SCALE) == "–"
    assert len(session.history.steps) == 4


def test_the_keyboard_opens_a_list_and_chooses(panel, session, qtbot):
    panel.table.views.choose("columns")
    view = panel.columns
    view.setFocus()
    view.setCurrentIndex(view.columns_model.index(0, ROLE))
    QTest.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: open_list(panel) is not None and open_list(panel).view().isVisible())
    assert open_list(panel).width() >= open_list(panel).sizeHint().width(), "the word that is chosen is cut off"
    entries = open_list(panel).view()
    QTest.keyClick(entries, Qt.Key.Key_End)
    QTest.keyClick(entries, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: column(session, "size").role == "ignored")


def test_several_columns_are_changed_together_as_one_step(panel, session):
    panel.table.views.choose("columns")
    view = panel.columns
    view.selectRow(0)
    rect = view.visualRect(view.columns_model.index(1, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, rect.center())
    assert view.selected_names() == ("size", "colour")
    menu = view.menu()
    roles = menu.actions()[0].menu()
    assert [action.text() for action in roles.actions()] == ["Feature", "Ignored"]
    roles.actions()[1].trigger()
    assert {column(session, name).role for name in ("size", "colour")} == {"ignored"}
    assert len(session.history.steps) == 2


def test_shares_are_set_and_steps_in_a_row_are_one(panel, session):
    box = panel.side.split.validation
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert session.project.data.split.validation == 0.25
    assert len(session.history.steps) == 2
    box = panel.side.split.seed
    box.selectAll()
    QTest.keyClicks(box, "7")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert session.project.data.split.seed == 7


def test_a_split_by_a_column_takes_the_one_that_names_the_parts(panel, session):
    split = panel.side.split
    split.way.setFocus()
    QTest.keyClick(split.way, Qt.Key.Key_Down)
    assert session.project.data.split == Split(by="column", column="part")
    assert column(session, "part").role == "split" and split.column.currentText() == "part"
    assert not split.validation.isVisible()
    QTest.keyClick(split.way, Qt.Key.Key_Up)
    assert session.project.data.split.by == "share" and column(session, "part").role == "ignored"


def test_a_column_marked_as_split_divides_the_rows(panel, session, qtbot):
    choose(qtbot, panel, 2, ROLE, "Split")
    assert (session.project.data.split.by, session.project.data.split.column) == ("column", "part")
    choose(qtbot, panel, 2, ROLE, "Feature")
    assert session.project.data.split.by == "share"


def test_an_output_that_names_its_target_follows(qtbot, folder):
    output = Node("n1", "output", "output", {"target": "price", "loss": "mse"})
    data = TableData("goods.csv", columns=COLUMNS)
    session = Session.new(Project(Graph({"n1": output}), data), folder / "goods.loom")
    panel = shown(qtbot, session)
    qtbot.waitUntil(lambda: panel.rows.rows_model.rowCount() > 0, timeout=20_000)
    choose(qtbot, panel, 0, ROLE, "Target")
    assert session.project.graph.nodes["n1"].fields["target"] == "size"
    assert len(session.history.steps) == 2


def test_facts_show_the_parts_and_a_message_shows_what_is_wrong(panel):
    panel.set_facts(Facts("number", rows={"train": 28, "validation": 6, "test": 6}, notes=("8 cells filled.",)), "")
    assert panel.side.parts.counts["train"].text() == "28" and panel.side.parts.shares["test"].text() == "15 %"
    assert "8 cells filled." in panel.side.notes.notes and not panel.side.trouble.isVisible()
    panel.set_facts(None, "goods.csv, line 7: “x” is no number")
    assert panel.side.trouble.text() == "goods.csv, line 7: “x” is no number."
    assert panel.side.trouble.isVisible() and panel.side.parts.counts["train"].text() == "–"


def test_a_file_that_is_gone_is_said_and_read_again_finds_it(qtbot, folder, session):
    (folder / "goods.csv").rename(folder / "away.csv")
    panel = shown(qtbot, session)
    qtbot.waitUntil(lambda: "goods.csv" in panel.side.trouble.text(), timeout=20_000)
    (folder / "away.csv").rename(folder / "goods.csv")
    with qtbot.waitSignal(panel.again_requested):
        QTest.mouseClick(panel.busy.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.rows.rows_model.rowCount() > 0, timeout=20_000)


def test_pictures_are_shown_with_their_classes_and_counts(qtbot, tmp_path):
    from PIL import Image

    for number, name in enumerate(("cat", "<b>dog</b>".replace("/", "∕"))):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for place in range(3):
            Image.new("RGB", (20, 30), (80 * place, 90, 100 * number)).save(tmp_path / "pets" / name / f"{place}.png")
    (tmp_path / "pets" / "cat" / "3.png").write_bytes(b"no picture")
    session = Session.new(Project(data=ImageData("pets")), tmp_path / "pets.loom")
    panel = shown(qtbot, session)
    gallery = panel.pictures.gallery
    qtbot.waitUntil(lambda: gallery.model.rowCount() == 7 and bool(panel.bars.rows.bars), timeout=20_000)
    assert dict(panel.bars.rows.bars)["cat"] == 4
    qtbot.waitUntil(lambda: panel.side.words.words.get("Size") == "20×30 pixels", timeout=20_000)
    gallery.choose_label("cat")
    assert gallery.model.rowCount() == 4
    tips = lambda: [gallery.model.said_of(number) for number in gallery.model.numbers]  # noqa: E731
    qtbot.waitUntil(lambda: any("known format" in tip or "cannot identify" in tip for tip in tips()), timeout=20_000)


def test_names_are_shown_letter_by_letter(qtbot, tmp_path):
    name = "<img src=x><b>bold</b>"
    (tmp_path / "odd.csv").write_text(f"{name},y\n1,2\n3,4\n")
    data = TableData("odd.csv", columns=(Column(name), Column("y", role="target")))
    panel = shown(qtbot, Session.new(Project(data=data), tmp_path / "odd.loom"))
    qtbot.waitUntil(lambda: panel.rows.rows_model.rowCount() > 0, timeout=20_000)
    assert cell(panel, 0, 0) == name
    labels = panel.findChildren(QLabel)
    written = [label for label in labels if label.text() and label.textFormat() != Qt.TextFormat.PlainText]
    assert all(label.text() in WORDS_OF_FORMS for label in written)
    assert "<img" not in panel.columns.columns_model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_only_what_changed_is_drawn_anew(panel, session, qtbot):
    resets, changes = [], []
    panel.columns.columns_model.modelReset.connect(lambda: resets.append(1))
    panel.columns.columns_model.dataChanged.connect(lambda first, last: changes.append((first.row(), last.row())))
    choose(qtbot, panel, 0, FILL, "Median")
    assert not resets and (0, 0) in changes and (1, 1) not in changes


def test_another_project_in_the_session_shows_its_own_data(panel, session, qtbot, tmp_path):
    session.restart(Project())
    assert panel.empty.isVisible() and panel.rows.rows_model.rowCount() == 0


def test_the_panel_follows_no_session_once_it_is_gone(qtbot, session):
    panel = DataPage(session, LIGHT)
    panel.set_theme(DARK)
    panel.deleteLater()
    QApplication.sendPostedEvents(None, 52)
    session.do("x", Project())
    assert set(FIELDS.values()) == {"role", "kind", "missing", "scale"}


def test_a_second_number_is_predicted_beside_the_first():
    columns = (Column("a"), Column("b"), Column("c", "category"), Column("y", role="target"))
    output = Node("n1", "output", "out", {"target": "y", "loss": "mse"})
    project = Project(Graph({"n1": output}), TableData("t.csv", columns=columns))
    both = set_columns(project, ["b"], "role", ANOTHER)
    assert [column.name for column in both.data.columns if column.role == "target"] == ["b", "y"]
    assert both.graph.nodes["n1"].fields["target"] == ""
    with pytest.raises(EditError, match="“c” holds no numbers"):
        add_target(project, "c")
    assert ANOTHER in options(columns[0], "role")
    assert ANOTHER not in options(columns[2], "role")
    assert ANOTHER not in options(columns[3], "role")


def test_data_that_is_not_there_any_more_is_said_with_the_ways_on(qtbot, session, folder):
    (folder / "goods.csv").rename(folder / "away.csv")
    panel = shown(qtbot, session)
    qtbot.waitUntil(lambda: panel.busy.other.isVisible(), timeout=20_000)
    assert panel.busy.words.text() == "goods.csv is not where it was" and str(folder) in panel.busy.left.text()
    assert not panel.busy.cancel.isVisible() and not panel.busy.bar.isVisible() and not panel.table.isVisible()
    with qtbot.waitSignal(panel.open_requested):
        QTest.mouseClick(panel.busy.other, Qt.MouseButton.LeftButton)
    # once it is back, it is read again
    (folder / "away.csv").rename(folder / "goods.csv")
    QTest.mouseClick(panel.busy.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.rows.rows_model.rowCount() > 0, timeout=20_000)
    assert panel.table.isVisible() and not panel.busy.other.isVisible()

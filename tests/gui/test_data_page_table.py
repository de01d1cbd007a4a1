"""A table on the data page: cards, details, warnings, recipe, before and after, by mouse and keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from designer.gui.data.page import DataPage
from designer.gui.panels.column_edits import options, words_for
from designer.gui.theme import LIGHT
from designer.layers.recipe import RecipeStep
from designer.project.model import Column, Project, TableData
from designer.workspace.session import Session
from tests.helpers.data_page import open_page
from tests.helpers.window import until

ROWS = 3_000
COLUMNS = (
    Column("size", "number"),
    Column("colour", "category", missing="most_frequent", scale="none"),
    Column("copy", "number"),
    Column("<img src=x>", "number", "ignored"),
    Column("price", "number", "target"),
)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    lines = ["size,colour,copy,<img src=x>,price"]
    for row in range(ROWS):
        size = "" if row % 10 == 3 else f"{row % 97}"
        lines.append(f"{size},{'red' if row % 3 else 'blue'},{2 * row + 1},{row % 7},{row * 2}")
    (tmp_path / "goods.csv").write_text("\n".join(lines) + "\n")
    return Session.new(Project(data=TableData("goods.csv", columns=COLUMNS)), tmp_path / "goods.loom")


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> DataPage:
    page = DataPage(session, LIGHT)
    qtbot.addWidget(page)
    page.resize(1280, 760)
    page.show()
    qtbot.waitExposed(page)
    qtbot.waitUntil(lambda: page.rows.rows_model.rowCount() == ROWS, timeout=30_000)
    qtbot.waitUntil(lambda: not page.tasks.busy(), timeout=30_000)
    return page


def column(session: Session, name: str) -> Column:
    assert session.project.data is not None
    return next(column for column in session.project.data.columns if column.name == name)


def click_card(page: DataPage, place: int, at: QPoint | None = None) -> None:
    cards = page.rows.cards
    box = cards.box_of(place)
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=at or QPoint(box.left() + 40, box.top() + 14))


def popup() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_every_row_is_there_and_only_those_on_the_screen_are_made_into_text(page: DataPage) -> None:
    rows = page.rows.rows_model.rows
    made = len(rows._blocks)  # type: ignore[attr-defined]
    page.rows.verticalScrollBar().setValue(page.rows.verticalScrollBar().maximum())
    page.rows.viewport().repaint()
    model = page.rows.rows_model
    assert model.index(ROWS - 1, 4).data() == str(2 * (ROWS - 1))
    assert model.index(3, 0).data() == "–"
    assert len(rows._blocks) <= made + 2  # type: ignore[attr-defined]


def test_a_card_says_type_role_gaps_and_relation(page: DataPage) -> None:
    card = page.rows.rows_model.card(0)
    assert card is not None and card.seen is not None
    assert (card.seen.missing, card.seen.unique, card.seen.rows) == (ROWS // 10, 97, ROWS)
    assert card.seen.strength is not None and card.seen.strength < 0.5
    said = page.rows.rows_model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("size, Number, Feature, 97 unique, 10 % empty")


def test_the_right_button_on_a_card_opens_the_menu_of_its_column(page: DataPage) -> None:
    cards = page.rows.cards
    at = cards.box_of(2).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, cards.viewport().mapToGlobal(at))
    QApplication.sendEvent(cards.viewport(), event)
    assert "Role" in [action.text() for action in popup().actions()] and page.table.chosen == "copy"
    popup().close()


def test_the_keyboard_that_comes_to_the_rows_chooses_no_column(page: DataPage) -> None:
    page.rows.setFocus(Qt.FocusReason.OtherFocusReason)
    assert page.table.chosen == "" and page.table.sides.key == "overview"
    QTest.keyClick(page.rows, Qt.Key.Key_Down)
    assert page.table.chosen == "size"


def test_the_keys_go_on_from_the_card_that_was_clicked(page: DataPage) -> None:
    click_card(page, 2)
    page.rows.setFocus(Qt.FocusReason.PopupFocusReason)
    assert page.table.chosen == "copy"
    QTest.keyClick(page.rows, Qt.Key.Key_Right)
    assert page.table.chosen == "<img src=x>"


def test_long_cells_take_the_room_that_is_left_unless_the_user_has_sized_them(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "said.csv").write_text("said,liked\n" + f"{'so it goes ' * 12},1\n" * 20)
    columns = (Column("said", "text"), Column("liked", "boolean", "target"))
    page = open_page(qtbot, Project(data=TableData("said.csv", columns=columns)), tmp_path / "said.loom")
    rows = page.rows
    until(lambda: rows.rows_model.rowCount() == 20)
    assert rows.columnWidth(0) > 400 and rows.cards.length() <= rows.viewport().width()
    page.resize(1100, 760)
    until(lambda: rows.cards.length() == rows.viewport().width(), 5, "the room is not shared")
    rows.setColumnWidth(0, 200)
    page.resize(1200, 760)
    assert rows.columnWidth(0) == 200


def test_a_click_on_a_card_shows_the_column_and_the_arrows_show_its_neighbours(page: DataPage, qtbot: QtBot) -> None:
    click_card(page, 0)
    assert page.table.sides.key == "column" and page.table.column.name.text() == "size"
    assert page.table.column.histogram.isVisible()
    qtbot.waitUntil(lambda: page.table.column.preparing.change is not None, timeout=20_000)
    QTest.mouseClick(page.table.column.later, Qt.MouseButton.LeftButton)
    assert page.table.column.name.text() == "colour"
    assert dict(page.table.column.bars.bars)["red"] == ROWS * 2 // 3
    QTest.mouseClick(page.table.column.earlier, Qt.MouseButton.LeftButton)
    assert page.table.column.name.text() == "size"


def test_the_role_on_a_card_opens_its_menu_and_undo_takes_it_back(page: DataPage, session: Session) -> None:
    cards = page.rows.cards
    part = [at for at in range(cards.box_of(0).left(), cards.box_of(0).right(), 4)
            if cards.part_at(QPoint(at, 34)) == (0, "role")]  # fmt: skip
    click_card(page, 0, QPoint(part[len(part) // 2], 34))
    menu = popup()
    ignored = next(action for action in menu.actions() if action.text() == "Ignored")
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(ignored).center())
    assert column(session, "size").role == "ignored"
    assert session.history.undo_label == "Role of “size”: Ignored"
    session.undo()
    assert column(session, "size").role == "feature"


def test_the_keyboard_walks_the_columns_and_opens_one(page: DataPage) -> None:
    page.take_keys()
    page.rows.setCurrentIndex(page.rows.rows_model.index(0, 0))
    QTest.keyClick(page.rows, Qt.Key.Key_Right)
    assert page.table.column.name.text() == "colour"
    QTest.keyClick(page.rows, Qt.Key.Key_Return)
    assert page.focusWidget() is page.table.column.form.boxes["role"]


def test_a_warning_is_answered_by_one_click_as_one_step(page: DataPage, session: Session, qtbot: QtBot) -> None:
    notices = page.side.notices
    qtbot.waitUntil(lambda: any("copy" in card.notice.columns for card in notices.cards), timeout=20_000)
    card = next(card for card in notices.cards if "copy" in card.notice.columns and card.buttons)
    assert "copy" in card.notice.sentence
    warned = page.rows.rows_model.card(2)
    assert warned is not None and warned.warnings
    before = session.project
    page.table.sides.choose("overview")
    QTest.mouseClick(card.buttons[0], Qt.MouseButton.LeftButton)
    assert column(session, "copy").role == "ignored" and len(session.history.steps) == 2
    key = card.notice.key
    qtbot.waitUntil(lambda: all(card.notice.key != key for card in notices.cards), timeout=20_000)
    session.undo()
    assert session.project is before


def test_a_warning_is_dismissed_and_shown_again(page: DataPage, qtbot: QtBot) -> None:
    notices = page.side.notices
    qtbot.waitUntil(lambda: any(not card.close_button.isHidden() for card in notices.cards), timeout=20_000)
    page.table.sides.choose("overview")
    count = len(notices.cards)
    card = next(card for card in notices.cards if not card.close_button.isHidden())
    QTest.mouseClick(card.close_button, Qt.MouseButton.LeftButton)
    assert len(notices.cards) == count - 1 and page.side.dismissed.isVisible()
    QTest.mouseClick(page.side.dismissed, Qt.MouseButton.LeftButton)
    assert len(notices.cards) == count and not page.side.dismissed.isVisible()


def row_of(page: DataPage, name: str, key: str) -> int:
    rows = page.table.recipe.model.rows
    return next(
        place for place, row in enumerate(rows) if isinstance(row, RecipeStep) and (row.column, row.key) == (name, key)
    )


def test_a_step_of_the_recipe_is_switched_off_and_on_and_seen_at_work(
    page: DataPage, session: Session, qtbot: QtBot
) -> None:
    page.table.sides.choose("recipe")
    recipe = page.table.recipe
    index = recipe.model.index(row_of(page, "size", "missing"))
    recipe.list.scrollTo(index)
    recipe.list.setFocus()
    recipe.list.setCurrentIndex(index)
    qtbot.waitUntil(lambda: recipe.preparing.change is not None, timeout=20_000)
    change = recipe.preparing.change
    assert change is not None
    assert (change.before.missing, change.after.missing) == (ROWS // 10, 0)
    assert recipe.preparing.isVisible() and ("–" in dict(change.examples))
    QTest.keyClick(recipe.list, Qt.Key.Key_Space)
    assert column(session, "size").off == ("missing",)
    QTest.keyClick(recipe.list, Qt.Key.Key_Space)
    assert column(session, "size").off == ()
    session.undo()
    assert column(session, "size").off == ("missing",)


def test_a_step_is_changed_in_place(page: DataPage, session: Session) -> None:
    page.table.sides.choose("recipe")
    recipe = page.table.recipe
    recipe.choose("size", "scale")
    recipe.way.setFocus()
    QTest.keyClick(recipe.way, Qt.Key.Key_Down)
    assert column(session, "size").scale == "minmax"
    assert "0 to 1" in recipe.title.text()


def test_the_form_sets_constant_indicator_and_order(page: DataPage, session: Session) -> None:
    form = page.table.column.form
    page.table.look_at("size")
    QTest.mouseClick(form.indicator, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    assert column(session, "size").indicator
    page.editing.set_columns(("size",), "missing", "constant")
    assert form.fill.isVisible()
    form.fill.setFocus()
    QTest.keyClicks(form.fill, "7")
    QTest.keyClick(form.fill, Qt.Key.Key_Return)
    assert column(session, "size").fill == "7"
    page.table.look_at("colour")
    page.editing.set_columns(("colour",), "encode", "ordinal")
    assert form.order.isVisible() and form.order.words() == ("blue", "red")
    form.order.setFocus()
    QTest.keyClick(form.order, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert column(session, "colour").order == ("red", "blue")


def test_the_form_of_a_date_says_whether_the_day_comes_first() -> None:
    assert list(options(Column("d", "date"), "day_first")) == ["auto", "yes", "no"]
    assert words_for(Column("d", "date", "time", day_first="yes"), "day_first") == "Day first"
    assert not options(Column("d", "date", "ignored"), "day_first") and not options(Column("x"), "day_first")


def test_a_group_column_divides_the_rows(page: DataPage, session: Session) -> None:
    assert session.project.data is not None
    page.editing.set_columns(("colour",), "role", "group")
    assert session.project.data is not None and session.project.data.split.by == "group"
    assert page.side.split.column.currentText() == "colour"
    page.editing.set_columns(("colour",), "role", "feature")
    assert session.project.data.split.by == "share"


def test_the_arrows_of_folds_and_seed_do_what_they_show(page: DataPage, session: Session) -> None:
    split = page.side.split
    for box, high, wanted in ((split.folds, 0.3, 2), (split.folds, 0.3, 3), (split.seed, 0.3, 1), (split.seed, 0.7, 0)):
        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(box.width() - 9, round(box.height() * high)))
        assert box.value() == wanted
    assert session.project.data is not None and session.project.data.split.folds == 3
    # a fold is the test part, whatever share was set before
    assert not split.test.isEnabled() and split.test.text() == "33.33 %"
    for _ in ("seed", "folds"):
        session.undo()
    assert split.test.isEnabled() and session.project.data.split.folds == 0


def test_folds_are_set_by_a_number(page: DataPage, session: Session) -> None:
    folds = page.side.split.folds
    page.table.sides.choose("overview")
    folds.setFocus()
    folds.selectAll()
    QTest.keyClicks(folds, "5")
    QTest.keyClick(folds, Qt.Key.Key_Return)
    assert session.project.data is not None and session.project.data.split.folds == 5


def test_names_are_shown_letter_by_letter(page: DataPage) -> None:
    page.table.look_at("<img src=x>")
    for label in page.table.findChildren(QLabel):
        if "<img" in label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText
        assert "<img" not in label.toolTip()


def test_long_reading_is_cancelled_and_begun_again(qtbot: QtBot, session: Session) -> None:
    page = DataPage(session, LIGHT)
    qtbot.addWidget(page)
    told: list[str] = []
    page.reading.connect(lambda words, share: told.append(words))
    page.show()
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    QTest.mouseClick(page.busy.cancel, Qt.MouseButton.LeftButton)
    assert not page.busy.isVisible() and "cancelled" in page.side.trouble.text()
    assert told[0].startswith("Reading goods.csv") and told[-1] == ""
    page.side.show_trouble("")
    QTest.mouseClick(page.side.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.rows.rows_model.rowCount() == ROWS, timeout=30_000)


def test_a_warning_leads_to_the_column_that_it_is_about(page: DataPage, qtbot: QtBot) -> None:
    notices = page.side.notices
    qtbot.waitUntil(lambda: any("copy" in card.notice.columns for card in notices.cards), timeout=20_000)
    card = next(card for card in notices.cards if card.notice.columns[:1] == ("copy",))
    (pointer,) = card.pointers
    assert "copy" in pointer.toolTip()
    QTest.mouseClick(pointer, Qt.MouseButton.LeftButton)
    assert page.table.sides.key == "column" and page.table.chosen == "copy"
    assert page.table.column.isVisible()
    # there it is seen already
    assert not any(card.pointers for card in page.table.column.notices.cards)


def test_the_name_of_a_target_is_written_as_it_is(page: DataPage) -> None:
    page.table.column.show_column(Column("size"), "Masse [g]", None, ())
    assert page.table.column._heads["RELATION"].text() == "WITH Masse [g]"

"""The dialog that predicts for new data: chosen, typed or dropped, looked at in a table, then saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from designer.gui.predict import answering
from designer.gui.predict.dialog import PredictDialog
from designer.gui.tasks import left_running
from designer.gui.theme import LIGHT
from designer.project.file import save_project
from designer.project.model import TableData, Windows
from designer.training.predict import predict_run
from designer.workspace import verbs
from tests.gui.test_plain_text import offenders
from tests.helpers.graphs import chain
from tests.helpers.predicting import MARK, animals, answered, column, drop, heads, opening, typed
from tests.helpers.training import class_project, class_rows, write_csv
from tests.helpers.window import FileDialogs, click, until


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., PredictDialog]]:
    yield from opening(qtbot, tmp_path)


def test_a_table_is_chosen_looked_at_and_saved(
    opened: Callable[..., PredictDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogs, dialog = FileDialogs(monkeypatch), opened(class_project(tmp_path))
    assert dialog.empty.title.text() == "A table"
    assert "x, y, colour" in dialog.empty.sentence.text() and "need not have “animal”" in dialog.empty.sentence.text()
    assert dialog.folder.isHidden() and not dialog.save.isEnabled()
    [default] = [button for button in dialog.findChildren(QPushButton) if button.isDefault()]
    assert default is dialog.empty.button
    data, out = animals(tmp_path), tmp_path / "out"
    dialogs.answers.append(str(data))
    click(default)
    answered(dialog)
    assert dialog.path.text() == str(data) and dialog.result.summary.text() == "30 rows"
    chances = [f"probability_{name}" for name in ("ant", "bee", "cat")]
    assert heads(dialog) == ["predicted_animal", *chances, "note", "x", "y", "colour"]
    assert column(dialog, "note")[4] == f"{MARK} 4" and set(column(dialog, "predicted_animal")) <= {"ant", "bee", "cat"}
    assert all(cell.endswith("%") for cell in column(dialog, "probability_ant"))
    model = dialog.result.table.rows_model
    assert model.data(model.index(0, 0), Qt.ItemDataRole.BackgroundRole).color() == QColor(LIGHT.soft_accent)
    assert model.data(model.index(0, 5), Qt.ItemDataRole.BackgroundRole) is None
    dialogs.answers.append(str(out))
    QTest.keyClick(dialog.result.table, Qt.Key.Key_Return)
    until(lambda: dialog.said.text() == f"Saved to {tmp_path / 'out.csv'}", what=dialog.said.text())
    predict_run(tmp_path / "run", data, tmp_path / "direct.csv")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "direct.csv").read_bytes()
    # the tool tip has all digits of what stands in the file
    first = (tmp_path / "out.csv").read_text().splitlines()[1].split(",")
    assert first[1] in model.data(model.index(0, 1), Qt.ItemDataRole.ToolTipRole)
    assert not offenders(dialog)
    click(dialog.leave)
    assert not dialog.isVisible()


def test_a_click_on_a_heading_sorts_and_the_third_gives_the_order_back(
    opened: Callable[..., PredictDialog], tmp_path: Path
) -> None:
    dialog = opened(class_project(tmp_path))
    typed(dialog, animals(tmp_path))
    answered(dialog)
    table = dialog.result.table
    before = column(dialog, "x")
    head = table.horizontalHeader()
    place = heads(dialog).index("x")
    for wanted in (sorted(before, key=number), sorted(before, key=number, reverse=True), before):
        at = QPoint(head.sectionViewportPosition(place) + 20, head.height() // 2)
        table.scrollTo(table.rows_model.index(0, place))
        at = QPoint(head.sectionViewportPosition(place) + 20, head.height() // 2)
        click(head.viewport(), at)
        until(lambda: not dialog.tasks.busy("sort predictions"))
        assert column(dialog, "x") == wanted
    # rows keep their numbers
    click(head.viewport(), at)
    until(lambda: not dialog.tasks.busy("sort predictions"))
    first = table.rows_model.headerData(0, Qt.Orientation.Vertical)
    assert before[int(first) - 1] == column(dialog, "x")[0] == min(before, key=number)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_what_is_dropped_is_predicted_for(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    dialog, data = opened(class_project(tmp_path)), animals(tmp_path, 12)
    assert not drop(dialog, data, data) and not dialog.predicting
    assert drop(dialog, data)
    answered(dialog)
    assert dialog.result.summary.text() == "12 rows"


def test_rows_without_an_answer_are_counted_and_told(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    project = class_project(tmp_path)
    data = project.data
    assert isinstance(data, TableData)
    columns = tuple(replace(each, missing="drop") if each.name == "x" else each for each in data.columns)
    dialog = opened(replace(project, data=replace(data, columns=columns)))
    rows = [list(row[:3]) for row in class_rows(9)]
    rows[2][0] = ""
    rows[3][2] = "purple"
    typed(dialog, write_csv(tmp_path / "gaps.csv", ("x", "y", "colour"), rows))
    answered(dialog)
    assert dialog.result.summary.text() == "9 rows, 1 without an answer"
    assert column(dialog, "predicted_animal")[2] == "–" and "–" not in column(dialog, "predicted_animal")[3:]
    assert "colour: 1 cell holds what no training row does (“purple”)" in dialog.result.notes.notes[0]
    assert dialog.result.told.isVisible()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("other.csv", "x,y\n1,2\n", "other.csv: there is no column “colour”; its columns are x, y"),
        ("words.csv", "x,y,colour\n1,2,red\nfar,2,red\n", "words.csv, line 3, column “x”: “far” is not a number"),
        ("none.csv", None, "There is no file or folder"),
        ("<b>.csv", "x,y,colour\n1,2\n", "<b>.csv: rows of unequal length"),
    ],
)
def test_data_that_will_not_do_is_refused_in_words(
    opened: Callable[..., PredictDialog], tmp_path: Path, name: str, content: str | None, said: str
) -> None:
    dialog = opened(class_project(tmp_path))
    if content is not None:
        (tmp_path / name).write_text(content)
    typed(dialog, tmp_path / name)
    answered(dialog)
    words = dialog.refused.words.text()
    assert said in words and "Expected: a table. It has the columns x, y, colour." in words
    assert not dialog.save.isEnabled() and dialog.path.hasFocus()
    # mended, it goes on from there
    (tmp_path / name).write_text("x,y,colour\n1,2,red\n")
    QTest.keyClick(dialog.path, Qt.Key.Key_Return)
    answered(dialog)
    assert dialog.result.summary.text() == "1 row" and dialog.save.isEnabled()
    assert not offenders(dialog)


def test_cancel_and_escape_give_up_what_goes_on_and_nothing_else(
    opened: Callable[..., PredictDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, data = opened(class_project(tmp_path)), animals(tmp_path)
    typed(dialog, data)
    answered(dialog)
    held, began = threading.Event(), threading.Event()
    real = answering.answers_for

    def slow(*arguments: object) -> object:
        began.set()
        held.wait(20)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("designer.gui.predict.dialog.answers_for", slow)
    for give_up in (lambda: click(dialog.leave), lambda: QTest.keyClick(dialog, Qt.Key.Key_Escape)):
        began.clear()
        typed(dialog, tmp_path / "other.csv")
        until(began.is_set)
        assert dialog.pages.currentWidget() is dialog.busy and dialog.leave.text() == "Cancel"
        assert not dialog.save.isEnabled()
        give_up()
        assert dialog.isVisible() and dialog.pages.currentWidget() is dialog.result
        assert dialog.path.text() == str(data) and dialog.save.isEnabled() and dialog.leave.text() == "Close"
        held.set()
        until(lambda: not dialog.tasks.busy())
        held.clear()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_closing_waits_for_no_thread_and_the_end_of_the_app_knows_of_it(
    opened: Callable[..., PredictDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, held, began = opened(class_project(tmp_path)), threading.Event(), threading.Event()

    def slow(*arguments: object) -> None:
        began.set()
        held.wait(20)

    monkeypatch.setattr("designer.gui.predict.dialog.answers_for", slow)
    joined: list[threading.Thread] = []
    with monkeypatch.context() as watched:
        watched.setattr(threading.Thread, "join", lambda thread, timeout=None: joined.append(thread))
        typed(dialog, tmp_path / "other.csv")
        until(began.is_set)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible() and not joined
    [left] = left_running()
    held.set()
    left.join(20)
    assert left_running() == []


def test_nothing_is_saved_over_the_data(
    opened: Callable[..., PredictDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogs, dialog, data = FileDialogs(monkeypatch), opened(class_project(tmp_path)), animals(tmp_path)
    before = data.read_bytes()
    typed(dialog, data)
    answered(dialog)
    dialogs.answers += [str(data), str(tmp_path / "nowhere" / "out.csv"), ""]
    click(dialog.save)
    assert "is the data itself" in dialog.said.text() and data.read_bytes() == before
    click(dialog.save)
    until(lambda: dialog.said.text().startswith("Not saved: ") and "nowhere" in dialog.said.text())
    until(dialog.save.isEnabled)
    click(dialog.save)
    assert not dialogs.answers and dialog.result.isVisible()


def test_a_series_says_which_window_each_answer_is_for(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    rows = [(f"2020-01-{1 + place // 24:02} {place % 24:02}:00", place % 7) for place in range(80)]
    write_csv(tmp_path / "series.csv", ("time", "level"), rows)
    made = verbs.new(tmp_path / "series.csv", "level", "", tmp_path / "p.loom")
    data = made.project.data
    assert isinstance(data, TableData) and data.samples == "windows"
    shorter = replace(made.project, data=replace(data, windows=Windows(6, 1)))
    dialog = opened(shorter)
    assert dialog.empty.title.text() == "A series" and "at least 6 rows" in dialog.empty.sentence.text()
    typed(dialog, tmp_path / "series.csv")
    answered(dialog)
    assert dialog.result.summary.text() == "75 windows"
    assert heads(dialog) == ["after_time", "predicted_level"]
    assert column(dialog, "after_time")[0] == rows[5][0]
    assert not dialog.result.looks.isVisible()


def test_the_middle_of_an_autoencoder_can_be_asked_for(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    rows = [tuple((n * (place + 3)) % 11 for place in range(9)) for n in range(60)]
    data = write_csv(tmp_path / "rows.csv", tuple("abcdefghi"), rows)
    made = verbs.new(data, None, "autoencoder", tmp_path / "p.loom")
    dialog = opened(made.project)
    typed(dialog, data)
    answered(dialog)
    assert heads(dialog)[:2] == ["restored_a", "restored_b"] and heads(dialog)[-9:] == list("abcdefghi")
    assert dialog.latent.isVisible()
    click(dialog.latent)
    answered(dialog)
    assert heads(dialog)[0] == "latent_1"
    # what is given up is as if it had not been asked for
    click(dialog.latent)
    assert dialog.predicting and not dialog.latent.isChecked()
    click(dialog.leave)
    assert dialog.latent.isChecked() and not dialog.predicting and heads(dialog)[0] == "latent_1"
    until(lambda: not dialog.tasks.busy())


def test_of_many_classes_the_likeliest_is_shown(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    rows = [(number % 9, number % 4, f"kind {number % 9}") for number in range(90)]
    data = write_csv(tmp_path / "many.csv", ("a", "b", "kind"), rows)
    dialog = opened(verbs.new(data, "kind", "", tmp_path / "p.loom").project)
    typed(dialog, data)
    answered(dialog)
    assert heads(dialog) == ["predicted_kind", "probability", "a", "b", "kind"]


def test_everything_in_it_has_a_name(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    dialog = opened(class_project(tmp_path))
    typed(dialog, animals(tmp_path))
    answered(dialog)
    wanted: list[QWidget] = [dialog.path, dialog.result.table, dialog.result.looks, dialog.result.told]
    assert all(widget.accessibleName() for widget in wanted)
    assert all(button.toolTip() for button in (dialog.file, dialog.folder, dialog.save, dialog.leave))
    assert dialog.result.accessibleDescription() == "30 rows"


def test_a_run_that_cannot_be_read_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = PredictDialog(tmp_path / "nothing", "nothing", LIGHT)
    qtbot.addWidget(dialog)
    dialog.show()
    until(lambda: dialog.pages.currentWidget() is dialog.refused)
    assert "is no run" in dialog.refused.words.text()
    dialog.close()


def test_a_network_without_data_has_nothing_to_read(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    project = class_project(tmp_path)
    dialog = opened(project)
    save_project(chain("table_input", ("linear", {"out_features": 3}), "output"), tmp_path / "run" / "project.loom")
    dialog.close()
    other = PredictDialog(tmp_path / "run", "bare", LIGHT)
    other.show()
    until(lambda: other.pages.currentWidget() is other.refused)
    assert "had no data" in other.refused.words.text()
    other.close()
    other.deleteLater()


def test_while_it_is_saved_nobody_leaves_and_nothing_else_is_predicted(
    opened: Callable[..., PredictDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, go_on, written = opened(class_project(tmp_path)), threading.Event(), verbs.save_predictions

    def slowly(found: object, out: Path) -> int:
        assert go_on.wait(60)
        return written(found, out)

    monkeypatch.setattr(verbs, "save_predictions", slowly)
    typed(dialog, animals(tmp_path))
    answered(dialog)
    dialogs = FileDialogs(monkeypatch)
    dialogs.answers.append(str(tmp_path / "out.csv"))
    dialog.choose_out()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    click(dialog.leave)
    assert dialog.isVisible() and dialog.said.text().startswith("Still saving")
    dialog.predict(tmp_path / "other.csv")
    assert not dialog.predicting and dialog.answers is not None
    go_on.set()
    until(lambda: dialog.said.text() == f"Saved to {tmp_path / 'out.csv'}", what=dialog.said.text())
    assert (tmp_path / "out.csv").exists()
    click(dialog.leave)
    assert not dialog.isVisible()


@pytest.mark.parametrize("choice", [0, 1])
def test_a_file_that_gets_its_ending_here_is_not_replaced_unasked(
    opened: Callable[..., PredictDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choice: int
) -> None:
    dialog, asked = opened(class_project(tmp_path)), []
    monkeypatch.setattr("designer.gui.predict.dialog.ask", lambda *words: asked.append(words) or choice)
    (tmp_path / "out.csv").write_text("mine")
    typed(dialog, animals(tmp_path))
    answered(dialog)
    FileDialogs(monkeypatch).answers.append(str(tmp_path / "out"))
    dialog.choose_out()
    assert len(asked) == 1
    until(lambda: not dialog.saving)
    assert ((tmp_path / "out.csv").read_text() == "mine") == (choice == 1)


def test_a_home_that_nobody_has_is_refused(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    dialog = opened(class_project(tmp_path))
    dialog.path.setText("~nobody-of-this-name/x.csv")
    QTest.keyClick(dialog.path, Qt.Key.Key_Return)
    assert dialog.pages.currentWidget() is dialog.refused and "nobody-of-this-name" in dialog.refused.words.text()

"""The results of a run: figures, a confusion matrix, predicted against actual values."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from designer.gui.numbers import tick_text
from designer.gui.panels.confusion import ConfusionMatrix
from designer.gui.panels.results import ResultsPanel
from designer.gui.panels.scatter import Scatter, nice_ticks
from designer.gui.panels.yardstick import yardstick
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.project.file import load_project, save_project
from designer.project.model import Project
from designer.workspace.folds import Folds, write_folds
from designer.workspace.session import Session
from designer.workspace.settings import set_settings
from tests.helpers.small import small_project


def made_run(project: Path, name: str, outcome: dict) -> Path:
    folder = project.with_suffix(".runs") / name
    folder.mkdir(parents=True)
    (folder / "project.loom").write_bytes(project.read_bytes())
    (folder / "history.jsonl").write_text("")
    (folder / "preprocessing.json").write_text(json.dumps({"target": {"name": "y", "kind": "number"}}))
    metrics = {"epochs": 5, "seconds": 0.5, "train": {"loss": 0.25}, "validation": {"loss": 0.5}, "test": {"loss": 1.0}}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "results.json").write_text(json.dumps(outcome))
    return folder


@pytest.fixture
def panel(qtbot, tmp_path):
    tasks, asked = Tasks(), []
    session = Session.open(small_project(tmp_path))
    made = ResultsPanel(session, tasks, LIGHT, lambda: asked.append("train"), lambda: asked.append("export"))
    made.asked = asked
    qtbot.addWidget(made)
    made.resize(1200, 320)
    made.show()
    qtbot.waitExposed(made)
    yield made
    tasks.close()
    session.close()


def test_without_a_run_the_panel_leads_to_training(panel, qtbot) -> None:
    panel.refresh()
    qtbot.waitUntil(lambda: not panel.tasks.busy())
    assert panel._stack.currentIndex() == 0
    button = panel._stack.widget(0).button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.asked == ["train"]


def test_runs_can_be_chosen(panel, qtbot) -> None:
    first = made_run(panel.session.path, "2026-01-01-001", {"part": "test", "predicted": [1, 2], "actual": [1, 3]})
    counts = {"classes": ["no", "yes"], "counts": [[5, 1], [0, 4]]}
    second = made_run(panel.session.path, "2026-01-01-002", {"part": "validation", "confusion": counts})
    panel.refresh()
    qtbot.waitUntil(lambda: panel.run == second and not panel.tasks.busy(), timeout=20_000)
    assert panel.pictures.currentWidget() is panel.matrix
    assert panel.caption.text().endswith("validation part")
    assert panel.figures.cells["test", "loss"].text() == "1.000"
    panel.choice.setCurrentIndex(1)
    panel.choice.activated.emit(1)
    qtbot.waitUntil(lambda: panel.run == first and not panel.tasks.busy())
    assert panel.pictures.currentWidget() is panel.scatter
    assert panel.scatter.points == [(1.0, 1.0), (3.0, 2.0)]
    QTest.mouseClick(panel.export_button, Qt.MouseButton.LeftButton)
    assert panel.asked == ["export"]
    panel.set_theme(DARK)


@pytest.mark.parametrize("reading", [False, True])
def test_what_was_being_read_of_a_project_that_is_closed_comes_no_more(
    panel, qtbot, monkeypatch: pytest.MonkeyPatch, reading: bool
) -> None:
    made_run(panel.session.path, "2026-01-01-001", {"part": "test", "predicted": [1, 2], "actual": [1, 3]})
    begun = panel.tasks.run
    if reading:
        # it is closed between the run's being found and its having been read
        monkeypatch.setattr(panel, "_read", lambda run, read=panel._read: (read(run), panel.session.restart(Project())))
    panel.refresh()
    if not reading:
        panel.session.restart(Project())
    qtbot.waitUntil(lambda: panel.session.path is None and not panel.tasks._running, timeout=20_000)
    assert begun == panel.tasks.run and panel.runs == [] and panel.run is None
    assert panel._stack.currentIndex() == 0 and not panel.figures.cells


def test_a_fold_says_what_all_folds_say_together(panel, qtbot) -> None:
    shown = {"part": "test", "predicted": [1, 2], "actual": [1, 3]}
    runs = [made_run(panel.session.path, f"2026-01-01-00{number}", shown) for number in (1, 2, 3)]
    tested = [{"test": {"loss": 0.08, "accuracy": 0.95}}, {"test": {"loss": 0.1, "accuracy": 0.97}}]
    for fold, run in enumerate(runs[:2], start=1):
        asked = set_settings(load_project(run / "project.loom"), ["data.split.folds=2", f"data.split.fold={fold}"])
        save_project(asked, run / "project.loom")
    write_folds(Folds(2, tuple(runs[:2])), tested, whole=True)
    panel.refresh()
    qtbot.waitUntil(lambda: panel.run == runs[2] and not panel.tasks.busy(), timeout=20_000)
    assert not panel.folds.isVisible() and not panel.folds_head.isVisible()
    panel.choice.setFocus()
    QTest.keyClick(panel.choice, Qt.Key.Key_Down)
    panel.choice.activated.emit(panel.choice.currentIndex())
    qtbot.waitUntil(lambda: panel.run == runs[1] and not panel.tasks.busy(), timeout=20_000)
    assert panel.said.text().startswith("Fold 2 of 2. 5 epochs")
    assert panel.folds_head.isVisible() and panel.folds_head.text() == "ALL 2 FOLDS, TESTED"
    assert panel.folds.words == {"Loss": "0.090 ± 0.014", "Accuracy": "0.960 ± 0.014"}


def test_a_spoiled_run_is_said(panel, qtbot) -> None:
    run = made_run(panel.session.path, "2026-01-01-001", {})
    (run / "metrics.json").write_text("{")
    panel.refresh()
    qtbot.waitUntil(lambda: "spoiled" in panel.said.text(), timeout=20_000)


@pytest.mark.parametrize("size", [(200, 160), (700, 300), (60, 40)])
def test_a_matrix_of_any_size_is_painted(qtbot, size) -> None:
    matrix = ConfusionMatrix(LIGHT)
    qtbot.addWidget(matrix)
    matrix.resize(*size)
    for count in (2, 10, 40):
        names = [f"<b>class {place}</b>" for place in range(count)]
        matrix.show_counts(names, [[place * row for place in range(count)] for row in range(count)])
        assert not matrix.grab().isNull()


def test_a_cell_in_words(qtbot) -> None:
    matrix = ConfusionMatrix(LIGHT)
    qtbot.addWidget(matrix)
    matrix.resize(400, 300)
    matrix.show_counts(["cat", "dog"], [[3, 1], [0, 6]])
    left, top, width, height = matrix._layout()
    cell = matrix.cell_at(QPoint(left + width + 5, top + 5))
    assert cell == (0, 1)
    assert matrix.words(*cell) == "1 sample of cat taken for dog (25 %)"
    assert matrix.cell_at(QPoint(1, 1)) is None


def test_the_axis_of_a_matrix_names_the_target_as_far_as_there_is_room(qtbot) -> None:
    matrix = ConfusionMatrix(LIGHT)
    qtbot.addWidget(matrix)
    matrix.resize(400, 300)
    matrix.show_counts(["0", "1"], [[3, 1], [0, 6]], "survived")
    metrics = matrix.fontMetrics()
    assert matrix.axis_words(metrics, QRect(0, 0, 240, 20)) == "predicted survived →"
    short = matrix.axis_words(metrics, QRect(0, 0, metrics.horizontalAdvance("predicted survi… →"), 20))
    assert short.startswith("predicted s") and short.endswith("… →")
    assert matrix.axis_words(metrics, QRect(0, 0, 40, 20)) == "predicted →"
    assert matrix.words(0, 1) == "1 sample of survived 0 taken for 1 (25 %)"


def test_points_of_any_range_are_painted(qtbot) -> None:
    scatter = Scatter(DARK)
    qtbot.addWidget(scatter)
    scatter.resize(400, 300)
    for actual in ([1.0, 1.0], [1e-9, 2e-9], [-5e8, 3e8], [float("nan"), 1.0]):
        scatter.show_points(actual, [value * 0.9 for value in actual])
        assert not scatter.grab().isNull()
    assert nice_ticks(0, 10) == [0, 2, 4, 6, 8, 10]
    assert tick_text(4.0) == "4"


def test_texts_stand_beside_what_is_read_the_wrong_ones_first(panel, qtbot) -> None:
    texts = {"actual": ["ab", "<b>c</b>", "d"], "read": ["ab", "<b>e</b>", ""]}
    made = made_run(panel.session.path, "2026-01-01-001", {"part": "test", "texts": texts})
    panel.refresh()
    qtbot.waitUntil(lambda: panel.run == made and not panel.tasks.busy(), timeout=20_000)
    assert panel.pictures.currentWidget() is panel.texts and panel.caption.text() == "What is read, test part"
    shown = [[panel.texts.item(row, column).text() for column in (0, 1)] for row in range(panel.texts.rowCount())]
    assert shown == [["<b>c</b>", "<b>e</b>"], ["d", ""], ["ab", "ab"]]
    assert [panel.texts.item(row, 1).font().bold() for row in range(3)] == [True, True, False]
    assert "units" not in panel.said.text()


def test_each_of_several_outputs_has_its_picture(panel, qtbot) -> None:
    counts = {"classes": ["no", "yes"], "counts": [[5, 1], [0, 4]]}
    outputs = {"kind": {"confusion": counts}, "box": {"predicted": [1, 2], "actual": [1, 3]}}
    made = made_run(panel.session.path, "2026-01-01-001", {"part": "test", "confusion": counts, "outputs": outputs})
    learned = {"kind": {"name": "k", "kind": "binary"}, "box": {"name": "x", "kind": "number"}}
    (made / "preprocessing.json").write_text(json.dumps({"target": learned["kind"], "targets": learned}))
    figures = {"loss": 1.5, "kind.accuracy": 0.75, "box.mae": 2.0}
    (made / "metrics.json").write_text(json.dumps({"epochs": 5, "seconds": 0.5, "train": figures, "test": figures}))
    panel.refresh()
    qtbot.waitUntil(lambda: panel.run == made and not panel.tasks.busy(), timeout=20_000)
    assert panel.figures.cells["test", "kind.accuracy"].text() == "0.7500"
    assert [panel.output.itemText(place) for place in range(panel.output.count())] == ["kind", "box"]
    assert panel.output.isVisible()
    assert panel.pictures.currentWidget() is panel.matrix
    panel.output.setFocus()
    QTest.keyClick(panel.output, Qt.Key.Key_Down)
    panel.output.activated.emit(panel.output.currentIndex())
    assert panel.pictures.currentWidget() is panel.scatter
    assert panel.scatter.points == [(1.0, 1.0), (3.0, 2.0)]


def test_numbers_along_the_lower_axis_find_room_beside_each_other(qtbot) -> None:
    scatter = Scatter(LIGHT)
    qtbot.addWidget(scatter)
    scatter.resize(340, 220)
    scatter.show_points([1_500.0, 29_000.0], [1_600.0, 2_500.0])
    ticks = nice_ticks(*scatter._range())
    named, at = scatter.named_across(ticks), scatter.placing()
    assert 2 <= len(named) < len(ticks)
    metrics = scatter.fontMetrics()
    for one, other in itertools.pairwise(named):
        wide = (metrics.horizontalAdvance(tick_text(one)) + metrics.horizontalAdvance(tick_text(other))) / 2
        assert at(other, 0).x() - at(one, 0).x() > wide
    scatter.resize(900, 600)
    assert scatter.named_across(ticks) == ticks


def test_a_point_that_is_pointed_at_says_its_values(qtbot) -> None:
    scatter = Scatter(LIGHT)
    qtbot.addWidget(scatter)
    scatter.resize(400, 300)
    assert scatter.words_at(QPointF(50, 50)) == ""
    scatter.show_points([1.0, 2.0, 10.0], [1.5, 2.0, 4.0])
    place = scatter.placing()(10.0, 4.0)
    assert scatter.words_at(place + QPointF(3, 2)) == "actual 10.00, predicted 4.000: 6.000 too low"
    assert "too high" in scatter.words_at(scatter.placing()(1.0, 1.5))
    assert "very value" in scatter.words_at(scatter.placing()(2.0, 2.0))
    assert scatter.words_at(QPointF(place.x(), 20)) == ""
    scatter.show()
    QApplication.sendEvent(scatter, QHelpEvent(QEvent.Type.ToolTip, place.toPoint(), QPoint(5, 5)))
    assert "6.000 too low" in QToolTip.text()


@pytest.mark.parametrize(
    ("outcome", "metrics", "said"),
    [
        (
            {"part": "test", "confusion": {"classes": ["no", "yes"], "counts": [[5, 1], [0, 4]]}},
            {},
            "Always answering “no” has an accuracy of 0.6000.",
        ),
        (
            {"part": "test", "actual": [1, 3], "predicted": [1, 2]},
            {},
            "Always answering the mean has an RMSE of 1.000.",
        ),
        (
            {"part": "test", "actual": [1, 3], "predicted": [1, 2]},
            {"repeat_last_rmse": {"train": 5.0, "test": 2.5}},
            "Repeating the last value has an RMSE of 2.500.",
        ),
        ({"part": "test"}, {}, ""),
    ],
)
def test_beside_the_figures_stands_what_answering_always_the_same_achieves(
    panel, qtbot, outcome: dict, metrics: dict, said: str
) -> None:
    made = made_run(panel.session.path, "2026-01-01-001", outcome)
    found = json.loads((made / "metrics.json").read_text())
    (made / "metrics.json").write_text(json.dumps({**found, **metrics}))
    panel.refresh()
    qtbot.waitUntil(lambda: panel.run == made and not panel.tasks.busy(), timeout=20_000)
    assert panel.compared.text() == said


def test_several_columns_have_no_mean_in_common() -> None:
    assert yardstick({"actual": [1.0, 5.0]}, {"names": ["x", "y"]}, None) == ""
    assert yardstick({"actual": [float("nan"), 5.0]}, {"name": "x"}, None) == ""


def test_a_folder_that_no_file_manager_shows_is_named(panel, qtbot, monkeypatch) -> None:
    made = made_run(panel.session.path, "2026-01-01-001", {"part": "test"})
    panel.refresh()
    qtbot.waitUntil(lambda: panel.run == made and not panel.tasks.busy(), timeout=20_000)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    QTest.mouseClick(panel.folder_button, Qt.MouseButton.LeftButton)
    assert str(made) in panel.said.text() and "clipboard" in panel.said.text()
    assert QGuiApplication.clipboard().text() == str(made)
    before = panel.said.text()
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    QTest.mouseClick(panel.folder_button, Qt.MouseButton.LeftButton)
    assert panel.said.text() == before

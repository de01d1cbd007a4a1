"""The list of runs says which is best, by what, and is sorted by a click on its head, which is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from designer.gui.panels.run_list import RunList
from designer.gui.panels.run_rows import BEST, INFO, ROW
from designer.gui.theme import DARK, LIGHT
from designer.workspace.preferences import change_preferences, load_preferences
from designer.workspace.run_list import rename_run
from designer.workspace.runs import list_runs
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.run_bench import Bench, run_bench
from tests.helpers.small import small_project
from tests.helpers.window import click, keys, open_window, until


@pytest.fixture(autouse=True)
def _by_date_again() -> Iterator[None]:
    yield
    change_preferences(runs_by="date", runs_turned=False)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with run_bench(tmp_path) as made:
        yield made


def names(bench: Bench) -> list[str]:
    """The last digits of the runs' names, from above."""
    return [run.name[-3:] for run in bench.rows.runs]


def figures(bench: Bench) -> list[float]:
    """What the runs were judged by, from above."""
    return [run.best for run in bench.rows.runs]


def test_the_best_is_marked_and_its_tooltip_says_by_what(bench: Bench) -> None:
    (folder,) = bench.rows.best
    best = min(bench.rows.runs, key=lambda run: run.best)
    assert best.folder == folder
    index = bench.rows.row_of(folder)
    said = index.data(Qt.ItemDataRole.ToolTipRole).replace("\u200b", "")
    assert "The best of 3 runs by validation loss. The test part has no say." in " ".join(said.split("\n"))
    assert "The best of 3 runs" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    others = [bench.rows.index(row) for row in range(3) if row != index.row()]
    assert not any("The best of" in other.data(Qt.ItemDataRole.ToolTipRole) for other in others)
    assert not any("test part" in other.data(Qt.ItemDataRole.AccessibleTextRole) for other in others)


def test_the_word_is_painted_in_the_row_of_the_best_alone(bench: Bench) -> None:
    for theme in (LIGHT, DARK):
        bench.panel.set_theme(theme)
        seen = bench.list.list.viewport().grab().toImage()
        for row in range(3):
            index = bench.rows.index(row)
            box = bench.list.list.visualRect(index)
            colours = {
                seen.pixelColor(x, y).name()
                for x in range(box.width() // 2, box.width())
                for y in range(box.top(), box.top() + ROW // 2)
            }
            assert (theme.success.lower() in colours) == (index.data(INFO).folder in bench.rows.best), BEST


def test_a_click_on_the_head_sorts_another_turns_it_round_and_that_is_remembered(bench: Bench) -> None:
    heads = bench.list.order_bar.buttons
    assert heads["date"].text() == "Date ↓" and heads["figure"].text() == "Validation loss"
    assert names(bench) == ["003", "002", "001"]
    bench.click_row("002")
    click(heads["figure"])
    assert figures(bench) == sorted(figures(bench))
    assert heads["figure"].text() == "Validation loss ↑" and heads["date"].text() == "Date"
    assert "the best first; once more for the worst first" in heads["figure"].toolTip()
    # what was chosen is still chosen
    assert [folder.name[-3:] for folder in bench.list.chosen()] == ["002"]
    click(heads["figure"])
    assert figures(bench) == sorted(figures(bench), reverse=True)
    click(heads["name"])
    assert names(bench) == ["001", "002", "003"]
    heads["date"].setFocus()
    keys(heads["date"], Qt.Key.Key_Space)
    keys(heads["date"], Qt.Key.Key_Space)
    assert names(bench) == ["001", "002", "003"]
    assert (load_preferences().runs_by, load_preferences().runs_turned) == ("date", True)
    later = RunList(LIGHT)
    assert (later.rows.by, later.rows.turned) == ("date", True)
    later.deleteLater()


def test_the_head_is_there_where_there_is_something_to_sort(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    with open_window(path, FakeTrainer) as window:
        window.show_panel("training")
        bench = Bench(window, FakeTrainer(), path)
        bench.panel.show_page("runs")
        assert not bench.list.order_bar.isVisible()


def test_names_are_sorted_as_people_read_them(bench: Bench) -> None:
    for folder, name in zip(list_runs(bench.path), ("rate 10", "rate 9", "Rate 0.5"), strict=True):
        rename_run(folder, name)
    bench.window.runs.look()
    until(lambda: {run.name for run in bench.rows.runs} == {"rate 10", "rate 9", "Rate 0.5"})
    click(bench.list.order_bar.buttons["name"])
    assert [run.name for run in bench.rows.runs] == ["Rate 0.5", "rate 9", "rate 10"]


def test_what_sets_runs_apart_is_told_first_and_whole(bench: Bench) -> None:
    lines = {run.name[-3:]: bench.rows.line(run) for run in bench.rows.runs}
    assert lines["003"].startswith("SGD, ")
    assert lines["002"].startswith("Adam, learning rate 0.001")
    assert all(" of 8" in line for line in lines.values())

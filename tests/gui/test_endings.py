"""How the window says that a run ended: its sentence, the ring on the curve, and numbers that are never cut."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF

from designer.gui.ended import ending
from designer.gui.job import Job
from designer.gui.numbers import figure, with_spread
from designer.gui.panels.curve_words import LINE, Key
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.figures import FigureTable
from designer.gui.panels.results import ResultsPanel
from designer.gui.panels.training_controls import EDGE, WIDTH
from designer.gui.past_run import past_run
from designer.gui.run_curves import Curves
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.gui.theme import LIGHT
from designer.project.file import load_project
from designer.project.model import Training
from designer.training.run import train
from designer.workspace.following import Follower
from designer.workspace.run_list import read_info
from designer.workspace.session import Session
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.training import history
from tests.helpers.window import until

TRAINING = Training(epochs=100, patience=20, monitor="accuracy")


def trained(folder: Path, **training: object) -> Path:
    """The folder of a run that is over."""
    path = small_project(folder, epochs=300, patience=3, learning_rate=0.5, **training)
    run = folder / "line.runs" / "2026-01-01-001"
    run.mkdir(parents=True)
    for _ in train(load_project(path), folder, run):
        pass
    return run


@pytest.mark.parametrize(
    ("epochs", "stopped", "words"),
    [
        (100, False, "Finished after 100 epochs, 3.1 s."),
        (45, True, "Stopped after 45 epochs, 3.1 s."),
        (
            45,
            False,
            "Stopped early after 45 epochs, 3.1 s, since validation accuracy no longer got better for 20 epochs.",
        ),
    ],
)
def test_the_end_says_how_and_why(epochs: int, stopped: bool, words: str) -> None:
    assert ending({"epochs": epochs, "seconds": 3.1}, TRAINING, stopped, {}) == words
    kept = " The weights of epoch 25, the best by validation accuracy, are kept."
    assert ending({"epochs": epochs, "seconds": 3.1}, TRAINING, stopped, {"kept_epoch": 25}) == words + kept


def test_a_loss_that_blew_up_is_said_in_the_digits_of_the_window() -> None:
    rose = {"loss_rose": {"from": 1.626e7, "to": 7.92e23, "of": "guess"}}
    assert ending({"epochs": 100, "seconds": 1.0}, TRAINING, False, rose).endswith(
        "The loss rose from 16.3 M, that of the plainest guess, to 7.92e23: most often the learning rate is too large."
    )


def test_a_past_run_and_the_results_page_say_the_same_of_the_weights(qtbot, tmp_path: Path) -> None:
    run = trained(tmp_path)
    losses = [line["validation"]["loss"] for line in history(run)]
    best = 1 + losses.index(min(losses))
    kept = f"The weights of epoch {best}, the best by validation loss, are kept."
    past = past_run(read_info(run))
    assert best < len(losses) and past.curves.kept == best
    assert past.message.startswith(f"Stopped early after {len(losses)} epochs") and past.message.endswith(kept)
    session = Session.open(tmp_path / "line.loom")
    tasks = Tasks()
    panel = ResultsPanel(session, tasks, LIGHT, lambda: None, lambda: None)
    qtbot.addWidget(panel)
    panel.refresh()
    until(lambda: panel.said.text().endswith(kept), what="the results do not say which weights are kept")
    tasks.close()
    session.close()


def test_the_window_hears_of_the_end_from_the_trainer_and_from_the_run_s_folder(qtbot, tmp_path: Path) -> None:
    folder = trained(tmp_path)
    told = list(Follower(folder).events())[-1]
    assert told["event"] == "finished" and "ending" not in told["metrics"]
    trainers: list[FakeTrainer] = []

    def make() -> FakeTrainer:
        trainers.append(FakeTrainer())
        return trainers[-1]

    tasks, job = Tasks(), Job(make)
    run = RunModel(job, tasks)
    project = load_project(tmp_path / "line.loom")
    run.start(project, tmp_path, tmp_path / "line.loom")
    until(lambda: bool(trainers) and "train" in trainers[-1].asked and not tasks.busy())
    trainers[-1].say("started", epochs=300, done=0, rows={}, device="cpu", facts={})
    trainers[-1].say("changed", epoch=1, step=0, settings={"patience": 5})
    trainers[-1].say(**told)
    until(lambda: run.state == "idle")
    best = told["ending"]["kept_epoch"]
    assert best > 0 and run.curves.kept == best
    assert "since validation loss no longer got better for 5 epochs. " in run.message
    assert run.message.endswith(f"The weights of epoch {best}, the best by validation loss, are kept.")
    job.close()
    tasks.close()


def test_a_ring_stands_at_the_kept_epoch_and_says_so(qtbot) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(500, 260)
    curves = Curves()
    for epoch in range(1, 11):
        curves.add({"epoch": epoch, "train": {"loss": 1.0}, "validation": {"loss": 1 + abs(epoch - 4) / 10}})
    plot.show()
    plot.show_curves(curves, "loss")
    until(lambda: plot.plane.lines["validation"].count == 10)
    until(lambda: plot.plane.frame.place(4.0, 1.0) is not None)
    plot.end()
    until(lambda: plot.plane.frame.across.high == 10)
    before, place = plot.plane.grab().toImage(), plot.plane.frame.place(4.0, 1.0)
    assert place is not None and plot.plane.kept.words_at(place, plot.plane.frame) == ""
    curves.kept = 4
    plot.refresh()
    until(lambda: plot.plane.kept.shown == (4.0, 1.0))
    assert plot.plane.grab().toImage() != before
    words = plot.plane.kept.words_at(place + QPointF(3, 3), plot.plane.frame)
    assert words == "The weights of epoch 4 are kept"
    assert plot.plane.kept.words_at(place + QPointF(30, 0), plot.plane.frame) == ""
    plot.show_curves(Curves(), "loss")
    until(lambda: not plot.plane.isVisible())
    curves.kept = 0
    plot.show_curves(curves, "loss")
    until(lambda: plot.plane.isVisible() and plot.plane.kept.shown is None)


@pytest.mark.parametrize("part", ["train", "validation"])
def test_every_figure_has_room_above_its_plot(qtbot, part: str) -> None:
    key = Key(part, LIGHT)
    qtbot.addWidget(key)
    chance = random.Random(3)
    values = [struct.unpack("f", chance.randbytes(4))[0] for _ in range(4000)]
    values += [7.92e23, -2.04e24, 3.4e38, -1.4e-45, 999.4e12, -999.4e12, 99_999.4, -99_999.4]
    for value in values:
        words = figure(value)
        wide = LINE + key.fontMetrics().horizontalAdvance(f"{part} ") + key.fontMetrics().horizontalAdvance(words)
        assert wide <= key.sizeHint().width(), words


def test_a_table_of_enormous_figures_stays_in_its_panel(qtbot) -> None:
    table = FigureTable()
    qtbot.addWidget(table)
    names = ("loss", "mse", "rmse", "mae", "r2")
    table.show_figures({part: dict.fromkeys(names, -2.04e24) for part in ("train", "validation", "test")})
    assert table.cells["test", "r2"].text() == "−2.04e24"
    assert table.minimumSizeHint().width() <= WIDTH - 2 * EDGE


def test_averages_of_enormous_figures_are_not_written_out() -> None:
    assert with_spread(7.92e23, 1.5e22) == "7.92e23 ± 1.50e22"
    assert with_spread(2.0, 7e20) == "2.000 ± 7.00e20"

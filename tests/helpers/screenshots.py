"""The pictures of the README, taken anew: ``QT_QPA_PLATFORM=offscreen python -m tests.helpers.screenshots FOLDER``."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from designer.gui import app
from designer.gui.window import MainWindow
from designer.project import edits, frames
from designer.project.file import load_project, save_project
from designer.project.model import Frame, Note
from designer.workspace import verbs
from designer.workspace.forks import forked_training, prepare_fork
from designer.workspace.runs import list_runs
from designer.workspace.samples import copy_sample
from tests.helpers.window import checked, click, open_window, rest, until

THEMES = ("light", "dark")
SIZE = (1280, 800)


def main() -> None:
    """Take them all."""
    out = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        os.environ["LAYERLOOM_HOME"] = str(home / "home")
        app.prepare_process()
        app.import_heavy()
        # else it goes with the last window
        keep = app.make_app()
        take(out, "welcome", None, lambda _: None)
        take(out, "data", copied("titanic", home), look_at_data)
        take(out, "editing", copied("fashion_mnist", home), edit)
        take(out, "canvas", explained(copied("residual_cnn", home)), look_at_blocks)
        take(out, "training", long_one(copied("titanic", home)), train)
        take(out, "runs", forked(copied("titanic", home)), look_at_runs)
        take(out, "results", trained(copied("fashion_mnist", home)), look_at_results)
        keep.quit()


def copied(name: str, home: Path) -> Path:
    """A copy of a sample, in a folder of its own."""
    return copy_sample(name, Path(tempfile.mkdtemp(dir=home)) / name)


def take(out: Path, name: str, path: Path | None, act: Callable[[MainWindow], None]) -> None:
    """Show a project, do something with it, and keep a picture in each theme."""
    with open_window(path) as window:
        window.resize(*SIZE)
        act(window)
        for theme in THEMES:
            window.appearance.choose(theme)
            rest(0.8)
            window.grab().save(str(out / f"{name}-{theme}.png"))
        if window.run.running:
            window.run.abandon()
        window.appearance.choose(THEMES[0])
    print(name, flush=True)


def look_at_data(window: MainWindow) -> None:
    """The page of the data, at a column of which something can be said."""
    bench = window.build()
    window.pages.show("data")
    until(lambda: bench.data.table.profile is not None, what="the data was not read")
    bench.data.table.open_column("pclass")
    rest(0.5)


def edit(window: MainWindow) -> None:
    """A layer that is edited, and its code."""
    window.show_panel("code")
    select(window, "conv1")


def look_at_blocks(window: MainWindow) -> None:
    """Blocks in frames, and what is known of one."""
    window.show_panel("code")
    window.build().canvas.zoom_to_fit()
    select(window, "stage1")


def explained(path: Path) -> Path:
    """The same network, with frames and a note on it."""
    project = load_project(path)
    for place, (title, colour) in enumerate((("Stem", "grey"), ("Residual stages", "blue"), ("Classifier", "green"))):
        box = {"x": -24.0, "y": 170.0 * place - 48, "width": 1100.0, "height": 150.0}
        project = frames.add_frame(project, Frame(f"frame{place}", title, colour, **box))
    text = "A residual block learns what to add to its input."
    project = frames.add_note(project, Note("note", text, x=880.0, y=345.0, width=180.0, height=72.0))
    save_project(project, path)
    return path


def select(window: MainWindow, name: str) -> None:
    checked(window)
    nodes = window.session.project.graph.nodes.values()
    window.build().canvas.select([node.id for node in nodes if node.name == name])
    window.show_panel("inspector")
    rest(0.5)


def long_one(path: Path) -> Path:
    project = load_project(path)
    save_project(edits.set_training(project, replace(project.training, epochs=300, patience=0)), path)
    return path


def train(window: MainWindow) -> None:
    """A training that is half-way, held."""
    checked(window)
    window.show_panel("training")
    click(window.build().training.controls.start)
    until(lambda: window.run.progress.epoch >= 60, 120, "the training did not get there")
    click(window.build().training.controls.pause)
    until(lambda: window.run.state == "paused", 30, "the training was not held")


def trained(path: Path) -> Path:
    list(verbs.train(verbs.prepare_run(path)))
    return path


def forked(path: Path) -> Path:
    """A run, one forked from its 16th epoch, and one at another rate."""
    long = replace(load_project(path).training, epochs=60, patience=0, learning_rate=0.0005)
    save_project(edits.set_training(load_project(path), long), path)
    trained(path)
    (run,) = list_runs(path)
    training = forked_training(load_project(path), ["training.learning_rate=0.005"])
    list(verbs.train(prepare_fork(run, 16, training)))
    save_project(edits.set_training(load_project(path), replace(long, learning_rate=0.005)), path)
    return trained(path)


def look_at_runs(window: MainWindow) -> None:
    """The list of runs, all of them on the plots."""
    checked(window)
    window.show_panel("training")
    panel = window.build().training
    panel.show_page("runs")
    until(lambda: len(panel.run_list.rows.runs) == 3, what="the runs were not listed")
    panel.run_list.rows.check([run.folder for run in panel.run_list.rows.runs], True)
    rest(1.0)


def look_at_results(window: MainWindow) -> None:
    """How a network did that is trained to its end."""
    checked(window)
    window.show_panel("results")
    rest(2.0)


if __name__ == "__main__":
    main()

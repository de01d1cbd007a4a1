"""What a window offers after a training that failed: to go on only where that can help."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog

from designer.gui.fork_dialog import ForkDialog
from designer.gui.runs import FORK_IT, GO_ON
from designer.gui.window import MainWindow
from designer.project.errors import LayerloomError
from designer.training.steered import fails_again
from designer.workspace import verbs
from designer.workspace.forks import fork_places
from designer.workspace.runs import list_runs
from tests.helpers.small import small_project
from tests.helpers.window import click, during_dialog, open_window, until


def diverging(folder: Path, rate: float, batch_size: int = 0) -> Path:
    """A project whose loss grows until it is no number any more, the sooner the larger the rate."""
    return small_project(folder, epochs=400, optimizer="sgd", learning_rate=rate, batch_size=batch_size)


def fail(path: Path) -> Path:
    """Train a project that cannot be trained; its run."""
    try:
        list(verbs.train(verbs.prepare_run(path)))
    except LayerloomError as error:
        assert "learning rate is too large" in str(error)
    [run] = list_runs(path)
    assert fails_again(run)
    return run


def looked(window: MainWindow, run: Path) -> None:
    """Wait until the window knows its runs and what can be done with the last one."""
    until(lambda: bool(window.runs.listed.found) and not window.tasks.busy("interrupted"))
    window.show_panel("training")
    window.workbench.training.show_page("runs")
    assert window.runs.listed.found[-1].folder == run


def test_a_run_that_diverged_is_offered_to_be_forked_and_not_to_go_on(tmp_path: Path) -> None:
    path = diverging(tmp_path, 2.0)
    run = fail(path)
    assert fork_places(run), "it broke off before its first checkpoint"
    with open_window(path) as window:
        looked(window, run)
        controls = window.workbench.training.controls
        until(lambda: controls.hint.text() == FORK_IT, what=controls.hint.text())
        assert window.runs.interrupted is None
        seen: list[str] = []

        def look(dialog: QDialog) -> None:
            assert isinstance(dialog, ForkDialog)
            seen.append(dialog.windowTitle())
            dialog.reject()

        during_dialog(look)
        click(controls.hint)
        until(lambda: bool(seen))
        assert run.name in seen[0]
        assert list_runs(path) == [run], "it went on"
        panel = window.workbench.training.run_list
        panel.list.setCurrentIndex(panel.list.model().index(0, 0))
        until(lambda: panel.chosen() == [run])
        assert not panel.able("resume")
        assert panel.able("fork")


def test_a_run_that_diverged_at_once_offers_nothing(tmp_path: Path) -> None:
    path = diverging(tmp_path, 1e6, batch_size=4)
    run = fail(path)
    assert fork_places(run) == []
    with open_window(path) as window:
        looked(window, run)
        assert window.workbench.training.controls.hint.text() == ""
        assert not window.actions_by_name["resume"].isEnabled()


def test_what_only_lacked_its_file_may_go_on(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=400)
    events = verbs.train(verbs.prepare_run(path))
    next(event for event in events if getattr(event, "epoch", 0) == 3)
    events.close()
    [run] = list_runs(path)
    data = path.with_suffix(".csv")
    data.rename(tmp_path / "away")
    try:
        list(verbs.train(verbs.prepare_run(path, (), True)))
    except LayerloomError as error:
        assert data.name in str(error)
    (tmp_path / "away").rename(data)
    assert not fails_again(run)
    with open_window(path) as window:
        looked(window, run)
        until(lambda: window.workbench.training.controls.hint.text() == GO_ON)

"""The project's runs in the window: found again when it opens, followed while they train, and what is done to them."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QObject, Qt, QTimer
from shiboken6 import isValid

from designer.gui.dialogs import ask
from designer.gui.file_manager import show_folder
from designer.gui.may_train import may_lead
from designer.gui.numbers import plural
from designer.gui.tasks import PATIENCE_MS, Bell
from designer.layers.catalog import predicts
from designer.training.run_files import COPY_NAME
from designer.workspace import queue
from designer.workspace.runs import is_run_of

if TYPE_CHECKING:
    from designer.gui.panels.run_list import RunList
    from designer.gui.runs import Runs
    from designer.workspace.forks import ForkPlace
    from designer.workspace.run_list import RunInfo
    from designer.workspace.run_order import Best

    # the runs, what sets each apart, which are the best, those that wait, and the seconds that looking took
    Seen: TypeAlias = tuple[list[RunInfo], dict[Path, str], dict[Path, Best], list[Path], float]
    # whose runs, those that are known so far, what sets each apart, those that wait, and how many are left to be read
    Came: TypeAlias = tuple[Path, list[RunInfo], dict[Path, str], list[Path], int]

LANE = "runs"
LOOK_MS = 1500
SOON_MS = 200
# looking may take this share of the time
LOOKING_SHARE = 0.05
# how often it is told what came meanwhile; behind one that takes long at once
TELL_SECONDS, LONG_SECONDS = 0.25, 0.05


class ListedRuns(QObject):
    """Keeps the list of runs up to date, and does what is asked of the runs in it."""

    def __init__(self, runs: Runs) -> None:
        super().__init__(runs)
        self.runs, self.window = runs, runs.window
        self.found: list[RunInfo] = []
        self._path: Path | None = None
        self._opened = False
        self._over = 0
        # what was read of the project's runs, whether all were once, and how many are left
        self._known: list[RunInfo] = []
        self._whole, self._left = True, 0
        self._bell = Bell()
        self._bell.rung.connect(self._came, Qt.ConnectionType.QueuedConnection)
        self._again = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._again.timeout.connect(self.refresh)
        # what takes no longer needs no word
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._tell_left)
        runs.model.state_changed.connect(self.refresh)
        runs.queue.changed.connect(self.refresh)
        runs.queue.ended.connect(self._queue_ended)

    def serve(self, panel: RunList) -> None:
        """Do what is asked in the list."""
        panel.asked.connect(self.do)
        panel.renamed.connect(self._rename)
        panel.queue_wanted.connect(self.runs.queue.hold)
        panel.at_once_wanted.connect(self.runs.queue.set_at_once)

    def name_of(self, folder: Path) -> str:
        """What the list calls a run, which is what it is called everywhere."""
        return next((info.name for info in self.found if info.folder == folder), folder.name)

    def refresh(self) -> None:
        """Find the project's runs, and read those that have changed."""
        path = self.window.session.path if self.window.editing else None
        if path != self._path:
            self._path, self.found, self._opened = path, [], path is not None
            self._known, self._whole = [], path is None
            self._say_left(0)
        if path is None:
            self._show(([], {}, {}, [], 0.0))
            return
        self._show_hand()
        if not self._whole and not self._patience.isActive():
            self._patience.start()
        known, bell = self._known, self._bell

        def read() -> Seen:
            from designer.workspace.run_list import differences, read_runs
            from designer.workspace.run_order import best_runs

            began, told, asked = time.thread_time(), -math.inf, time.monotonic()
            in_line: list[Path] | None = None

            def came(found: list[RunInfo], left: int) -> None:
                nonlocal told, asked, in_line
                # what was read stays read where another look breaks this one off
                known[:] = found
                before, asked = asked, time.monotonic()
                # the next may take as long as the last
                if (asked - told >= TELL_SECONDS or asked - before >= LONG_SECONDS) and isValid(bell):
                    told, in_line = asked, queue.waiting(path) if in_line is None else in_line
                    bell.rung.emit((path, found, differences(found), in_line, left))

            found = read_runs(path, list(known), came)
            return found, differences(found), best_runs(found), queue.waiting(path), time.thread_time() - began

        self.window.tasks.run("", read, self._show, self._failed, LANE)

    def _failed(self, sentence: str) -> None:
        self._whole = True
        self._say_left(0)
        self.window.status.say(sentence)

    def _came(self, news: Came) -> None:
        """Show what is read so far of runs of which nothing was known."""
        path, found, apart, waiting, left = news
        if path != self._path or self._whole:
            return
        self._left = left
        if not self._patience.isActive():
            self._say_left(left)
        if found and self.window.workbench is not None:
            self.found = found
            self._show_list(apart, self.runs.queue.note(waiting), {})

    def _tell_left(self) -> None:
        if not self._whole:
            self._say_left(self._left)

    def _say_left(self, left: int) -> None:
        self._left = left
        if self.window.workbench is not None:
            self.window.workbench.training.run_list.show_reading(left)

    def _in_hand(self) -> Path | None:
        model = self.runs.model
        return model.folder if model.running or model.curves.count else None

    def _show_hand(self) -> None:
        """Another run in hand is shown so at once; what is new in the runs follows, once it is read."""
        if self.window.workbench is not None:
            panel = self.window.workbench.training.run_list
            panel.busy = self.runs.model.running
            panel.show_current(self._in_hand())
            panel.rows.show_held(self._held())

    def _show(self, answer: Seen) -> None:
        self.found, apart, best, waiting, seconds = answer
        runs, model = self.runs, self.runs.model
        living = any(info.state == "running" for info in self.found)
        if self._opened and self.found and not living:
            from designer.gui.past_run import newest_past

            # as if the window had never been closed
            past = newest_past(self.found)
            if past is not None:
                model.show_past(past)
        # one that was interrupted a moment ago takes another to end
        self._opened = self._opened and living
        self._whole = True
        self._patience.stop()
        waiting = runs.queue.note(waiting)
        self._say_best(best)
        if self.window.workbench is not None:
            self._show_list(apart, waiting, best)
            self.window.workbench.training.run_list.show_queue(len(waiting), runs.queue.on)
        self._say_left(0)
        if model.running or living:
            # a run that is about to start gets its folder in an instant
            least = SOON_MS if model.state == "starting" else LOOK_MS
            self._again.start(max(least, round(1000 * seconds / LOOKING_SHARE)))

    def _show_list(self, apart: dict[Path, str], waiting: list[Path], best: dict[Path, Best]) -> None:
        panel, model = self.window.build().training.run_list, self.runs.model
        panel.busy = model.running
        panel.rows.held, panel.rows.whole = self._held(), self._whole
        # what a trainer was given waits no longer
        given = [info.state == "waiting" and info.folder not in waiting for info in self.found]
        shown = [replace(info, state="empty") if its else info for info, its in zip(self.found, given, strict=True)]
        panel.show_runs(shown, apart, waiting, self._in_hand(), best)

    def _held(self) -> Path | None:
        return self.runs.model.folder if self.runs.model.state == "paused" else None

    def _queue_ended(self, count: int) -> None:
        """All runs of the queue are over: which is best is told once their figures are read."""
        self._over = count
        self.refresh()

    def _say_best(self, best: dict[Path, Best]) -> None:
        if self._over:
            words = f"The {self._over} runs of the queue are over."
            if len(best) == 1:
                ((folder, found),) = best.items()
                words += f" Best is {self.name_of(folder)}: {found.words[:1].lower()}{found.words[1:]}"
            self.window.status.say(words)
        self._over = 0

    def do(self, deed: str, folders: list[Path]) -> None:
        """Do what is asked for runs: one of the deeds of the list."""
        path = self.window.session.path
        folders = [folder for folder in folders if is_run_of(folder, path)]
        if path is None or not folders:
            # those of another project are seen until the runs of this one are read
            return
        first = folders[0]
        match deed:
            case "results":
                self.window.show_panel("results")
                self.window.build().results.refresh(first)
            case "folder":
                self.window.status.say(show_folder(first))
            case "predict":
                self.predict(first)
            case "fork":
                self.fork(first)
            case "resume":
                self.runs.go_on_with(first)
            case "up" | "down":
                self._change(lambda: queue.move(path, first, -1 if deed == "up" else 1))
            case "unqueue":
                self._change(lambda: [queue.remove(folder) for folder in folders])
            case "delete":
                self._delete(folders)

    def show(self) -> None:
        """Show the list of runs, and let the keyboard go on there."""
        window = self.window
        if window.workbench is None:
            return
        window.show_panel("training")
        panel = window.workbench.training
        panel.show_page("runs")
        panel.run_list.take_keyboard()

    def predict(self, run: Path) -> None:
        """Predict for new data with a run."""
        from designer.gui.predict.opening import predict_with

        predict_with(self.window, run, self.name_of(run))

    def predict_chosen(self) -> None:
        """Predict with the run that is chosen in the list, else with the newest one that can."""
        bench = self.window.workbench
        panel = bench.training.run_list if bench is not None else None
        if panel is not None and panel.able("predict"):
            self.predict(panel.chosen()[0])
            return
        able = [info for info in self.found if info.state in ("finished", "stopped") and predicts(info.project)]
        if able:
            self.predict(able[-1].folder)
        else:
            self.window.status.say("There is no run yet that could predict: train first.")

    def fork_chosen(self) -> None:
        """Fork the run that is chosen in the list, else the newest one that can be forked."""
        bench = self.window.workbench
        chosen = bench.training.run_list.chosen() if bench is not None else []
        run = next((info for info in reversed(self.found) if info.epochs and info.state != "waiting"), None)
        if len(chosen) == 1:
            self.fork(chosen[0])
        elif run is not None:
            self.fork(run.folder)
        else:
            self.window.status.say("There is no run yet that could be forked: train first.")

    def fork(self, run: Path) -> None:
        """Ask how a run shall be forked, and begin the fork or let it wait."""
        window, path = self.window, self.window.session.path
        if not may_lead(window):
            return

        def read() -> tuple[Any, list[ForkPlace]]:
            from designer.project.file import load_project
            from designer.workspace.forks import fork_places

            return load_project(run / COPY_NAME), fork_places(run)

        def ask_how(answer: tuple[Any, list[ForkPlace]]) -> None:
            from designer.gui.fork_dialog import ForkDialog

            project, places = answer
            if window.session.path != path:
                return
            if not places:
                window.status.say(f"{self.name_of(run)} has no checkpoint yet, so that nothing can be forked from it.")
                return
            dialog = ForkDialog(run, project, places, window, busy=self.runs.model.running)
            dialog.setWindowTitle(f"Fork {self.name_of(run)}")
            dialog.forked.connect(lambda folder: self._forked(run, folder))
            dialog.exec()
            dialog.deleteLater()

        window.tasks.run("Reading the run", read, ask_how, window.status.say)

    def _forked(self, run: Path, folder: Path) -> None:
        """Begin a fork, or let it wait, and show the curves of both."""
        panel = self.window.build().training
        panel.run_list.rows.check([run], True)
        panel.show_page("runs")
        self.runs.begin.fork(folder)

    def _delete(self, folders: list[Path]) -> None:
        what = self.name_of(folders[0]) if len(folders) == 1 else plural(len(folders), "run")
        sentence = "Its weights, curves and results are removed from the disk for good."
        if len(folders) > 1:
            sentence = "Their weights, curves and results are removed from the disk for good."
        if ask(self.window, f"Delete {what}?", sentence, ["Delete", "Cancel"], default=1) != 0:
            return
        model = self.runs.model
        if model.folder in folders and not model.running:
            model.forget()

        def delete() -> None:
            from designer.workspace.run_list import delete_run

            for folder in folders:
                delete_run(folder)

        self._change(delete)

    def _rename(self, folder: Path, name: str) -> None:
        def rename() -> None:
            from designer.workspace.run_list import rename_run

            rename_run(folder, name)

        self._change(rename)

    def _change(self, work: Any) -> None:
        """Change runs off the window's thread, then show what there is."""

        def done(_: object) -> None:
            self.runs.look()
            if self.window.workbench is not None:
                self.window.workbench.results.refresh(self.window.workbench.results.run)

        def failed(sentence: str) -> None:
            self.window.status.say(sentence)
            self.runs.look()

        self.window.tasks.run("", work, done, failed)

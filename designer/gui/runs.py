"""Runs: starting, pausing and going on with trainings of the project that is shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from designer.gui.begin_runs import BeginRuns
from designer.gui.dialogs import ask, tell
from designer.gui.documents import SAVE_FIRST
from designer.gui.fold_runs import FoldRuns
from designer.gui.job import Job
from designer.gui.leaving import NOTHING, TRAINS, WAITS
from designer.gui.listed_runs import ListedRuns
from designer.gui.may_train import may_lead, may_train
from designer.gui.pages import START_WORDS
from designer.gui.queue_runs import QueueRuns
from designer.gui.run_model import RunModel
from designer.gui.steering_runs import SteeringRuns
from designer.project.folding import folds_of
from designer.workspace.jobs import Trainer, make_trainer
from designer.workspace.preferences import change_preferences, load_preferences
from designer.workspace.runs import is_run_of

if TYPE_CHECKING:
    from designer.gui.window import MainWindow
    from designer.workspace.folds import Folds

GO_ON = "Go on with the interrupted run"
FORK_IT = "Fork the run with other settings"


class Runs(QObject):
    """Owns the trainer and the run in hand. ``interrupted`` is the project's last run where it can go on.

    ``failed`` is that run where going on would only fail again, but a fork of it with other settings need not.
    ``left`` are the folds that the last run belongs to, where they were left half-way.
    """

    def __init__(self, window: MainWindow, trainer: Callable[[], Trainer] | None) -> None:
        super().__init__(window)
        self.window = window
        self.interrupted: Path | None = None
        self.failed: Path | None = None
        self.left: Folds | None = None
        self._wording = ""
        self.job = Job(trainer or preferred_trainer, self)
        self.model = RunModel(self.job, window.tasks, self)
        self.model.state_changed.connect(self.show)
        self.model.finished.connect(self._finished)
        self.model.failed.connect(self._failed)
        self.folds = FoldRuns(self.model, window.tasks, self)
        self.folds.said.connect(self._say_folds)
        self.begin = BeginRuns(self)
        self.steering = SteeringRuns(self)
        self.queue = QueueRuns(self, trainer or preferred_trainer)
        self.listed = ListedRuns(self)
        self._path: Path | None = None
        self.folds.over.connect(self.look)
        self.folds.over.connect(self.queue.look_again)
        # the folds that follow belong to the project that was shown
        window.documents.opened.connect(self.folds.leave)
        window.documents.saved.connect(self._saved)
        leaving = window.documents.leaving
        leaving.ask_of_run, leaving.still, leaving.stake = self.ask_to_leave, self._still, lambda: self.stake

    def start(self) -> None:
        """Train the project as its forms say, as soon as the run that is on has ended."""
        from designer.gui.unfinished import settled

        window, session = self.window, self.window.session
        if not window.editing or not settled(window) or not may_train(window):
            return
        if session.path is None and not window.documents.save_as(title=SAVE_FIRST):
            return
        # a cross-validation cannot wait in the queue
        project = session.project
        later = None if folds_of(project) else partial(self.queue.add, project)
        self.begin.take(partial(self.begin.new, project), later, what=project)

    def go_on_with(self, run: Path) -> None:
        """Go on with a run of the project, or begin one that waits."""
        if may_lead(self.window):
            self.begin.go_on_with(run)

    def resume(self) -> None:
        """Go on with the run that was interrupted, or with the folds that were left half-way; fork one that failed."""
        if not may_lead(self.window):
            return
        if self.left is not None:
            self.begin.go_on_with_folds(self.left)
        elif self.interrupted is not None:
            self.begin.go_on_with(self.interrupted)
        elif self.failed is not None:
            self.listed.fork(self.failed)

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.window.workbench is not None:
            self.window.workbench.training.controls.toggle_pause()

    def set_inside(self, inside: bool) -> None:
        """Whether training runs inside this process from now on."""
        change_preferences(train_inside=inside)
        if not self.model.running:
            self.job.abandon()

    def show(self) -> None:
        """Offer in the menus what can be done now."""
        window, state = self.window, self.model.state
        bench = window.workbench
        ready = window.editing and window.session.project.data is not None
        sound = bench is not None and bench.checker.analysis.ok
        actions = window.actions_by_name
        actions["start"].setEnabled(ready and sound and state != "stopping")
        actions["start"].setText("&Start training" if state == "idle" else "Add to the &queue")
        actions["start"].setIconText(START_WORDS[state != "idle"])
        actions["forecast"].setEnabled(ready and sound and state == "idle")
        actions["overfit"].setEnabled(ready and sound)
        actions["find_rate"].setEnabled(ready and sound)
        actions["sweep"].setEnabled(ready and sound)
        actions["pause"].setEnabled(state in ("running", "paused") and not self.model.waits_for_room)
        actions["pause"].setText("&Go on" if state == "paused" else "&Pause")
        actions["stop"].setEnabled(state in ("starting", "running", "paused"))
        actions["resume"].setEnabled(window.editing and state == "idle" and bool(self._wording))
        actions["resume"].setText(f"&{self._wording or GO_ON}")
        for name in ("results", "predict", "runs", "fork"):
            actions[name].setEnabled(window.editing)
        self.steering.show()

    def look(self) -> None:
        """Find out whether the project's last run was interrupted, or its folds left half-way."""
        path, in_hand = self.window.session.path, self.model.folder
        if path != self._path:
            self._path = path
            # what was found of another project is nothing of this one, and what waits here begins when somebody says so
            self._found(None, None, "")
            self.steering.forget()
            self.queue.on = False

        def read() -> tuple[Path | None, Folds | None, str]:
            return _interrupted(path, in_hand)

        self.window.tasks.run("", read, lambda found: self._found(*found), lane="interrupted")
        self.listed.refresh()
        self.steering.look()

    def _saved(self) -> None:
        """The project may be saved under another name: it has other runs then."""
        if self.window.session.path != self._path:
            self.look()

    @property
    def stake(self) -> int:
        """What leaving the project would end, or hold: what trains, or only what is about to."""
        if self._trains or self._follows or self.folds.on:
            return TRAINS
        return WAITS if self.queue.due else NOTHING

    @property
    def _trains(self) -> bool:
        return (self.model.running and not self.model.following) or bool(self.queue.beside)

    @property
    def _follows(self) -> bool:
        # to a person it is no other training than one that began here, unless it is another window's or project's
        model, session = self.model, self.window.session
        ours = not session.read_only and is_run_of(model.folder, session.path)
        return model.running and model.following and ours

    def ask_to_leave(self) -> Callable[[], None] | None:
        """Ask whether a training goes on alone or is interrupted, where one is on; None where it is not to be left.

        What is answered happens when the answer is called: there may be more to ask.
        """
        if self.stake == NOTHING:
            return self._leave_alone
        due = self.queue.due
        if self.stake == WAITS:
            return self._ask_of_queue(due)
        # a run may end, and the next begin, while that is asked: the answer holds for either
        if not self._follows and not (self.lasting and self._trains):
            sentence = "It can be interrupted here and gone on with later, from its last checkpoint."
            choices, default = ["Interrupt the training", "Cancel"], 1
        else:
            sentence = (
                "It can train on without the window, and is found again when the project is next opened. Or it can be"
                " interrupted here and gone on with later."
            )
            if self.folds.on:
                sentence += " The folds that follow are trained once you go on with them."
            choices, default = ["Let it train on", "Interrupt the training", "Cancel"], 0
        if due:
            sentence += f" {waiting_words(due)}"
        chosen = choices[ask(self.window, "A training is running", sentence, choices, default)]
        if chosen == "Cancel":
            return None
        return partial(self._leave, chosen == "Let it train on")

    def _ask_of_queue(self, due: int) -> Callable[[], None] | None:
        """Ask the same between two runs of the queue."""
        first = self.queue.waits_for
        when = f"once {self.listed.name_of(first)} is over" if first is not None else "in a moment"
        sentence = f"The next run of the queue begins by itself {when}. {waiting_words(due)}"
        answer = ask(self.window, "Runs are waiting", sentence, ["Leave them waiting", "Cancel"], 1)
        return partial(self._leave, False) if answer == 0 else None

    def _still(self) -> AbstractContextManager[None]:
        """Between two runs of the queue it begins none within, until all is answered."""
        return self.queue.stopped() if self.stake == WAITS else nullcontext()

    def _leave_alone(self) -> None:
        """Follow nothing any more, and let runs and folds that are just being read not begin."""
        self.queue.leave()
        self.model.abandon()
        self.folds.leave()

    def _leave(self, on: bool) -> None:
        """Let what trains go ``on`` alone, or interrupt it."""
        interrupts, folder = not on and self._follows, self.model.folder
        self.queue.leave(on)
        released = on and self.model.release()
        refused = self.model.abandon(interrupt=interrupts) if not released else ""
        # what goes on alone may still be reading its data
        self.folds.leave(forget=not released)
        if refused and folder is not None:
            words = f"{self.listed.name_of(folder)} could not be interrupted, and trains on by itself. {refused}"
            tell(self.window, "The training goes on", words)

    @property
    def lasting(self) -> bool:
        """Whether a training can go on without the window: one in a process of its own."""
        return not load_preferences().train_inside

    def _finished(self, folder: str) -> None:
        message = self.model.message
        self.window.status.say(f"{self.listed.name_of(Path(folder))}: {message[:1].lower()}{message[1:]}")
        if self.window.workbench is not None:
            self.window.workbench.results.refresh(Path(folder))
        self.look()

    def _say_folds(self, words: str) -> None:
        """Which fold is on, or what all of them said: beside the figures of the run, and below."""
        self.model.folds = words
        self.model.progressed.emit()
        if not self.folds.on:
            self.window.status.say(words)
            if self.window.workbench is not None and self.model.folder is not None:
                self.window.workbench.results.refresh(self.model.folder)

    def _failed(self, sentence: str) -> None:
        self.window.status.say(sentence)
        session = self.window.session
        data = session.project.data
        if data is not None and not (session.base / data.path).exists():
            # what stands in the way is then told, and mended, where all problems are
            self.window.read_data_again()
        self.look()

    def _found(self, run: Path | None, folds: Folds | None, wording: str) -> None:
        self.failed = run if wording == FORK_IT else None
        self.interrupted, self.left, self._wording = None if self.failed else run, folds, wording
        if self.window.workbench is not None:
            self.window.workbench.training.set_resumable(wording)
        self.show()


def waiting_words(count: int) -> str:
    """What becomes of the runs that wait where the project is left, in a sentence."""
    if count == 1:
        return "1 run that waits goes on waiting, and is trained once you start the queue again."
    return f"{count} runs that wait go on waiting, and are trained once you start the queue again."


def preferred_trainer() -> Trainer:
    """A trainer of the kind that the user prefers."""
    return make_trainer(load_preferences().train_inside)


def _interrupted(path: Path | None, in_hand: Path | None) -> tuple[Path | None, Folds | None, str]:
    """A run that can go on, the folds that the project left half-way, and what is offered, in words.

    What failed of itself would only fail again: of a run with a checkpoint a fork is offered.
    """
    from designer.training.steered import fails_again
    from designer.workspace.folds import begun_run, being_folded, left_folds, next_fold, trained_figures
    from designer.workspace.following import interrupted_run
    from designer.workspace.forks import fork_places

    if path is None:
        return None, None, ""
    run, folds = interrupted_run(path, in_hand), left_folds(path)
    if folds is None and run is not None and fails_again(run):
        return (run, None, FORK_IT) if fork_places(run) else (None, None, "")
    if folds is None:
        return run, None, GO_ON if run is not None else ""
    if being_folded(folds):
        return None, None, ""
    fold = next_fold(folds, trained_figures(folds))
    begun = begun_run(folds, fold) if fold is not None else None
    if begun is not None and fails_again(begun):
        return None, None, ""
    return run, folds, f"Sum up the {folds.count} folds" if fold is None else f"Go on with fold {fold} of {folds.count}"

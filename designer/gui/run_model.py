"""The run in hand: what the window knows of the training that goes on, from the trainer's events alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from designer.gui.ended import ending
from designer.gui.job import MANY, Job
from designer.gui.run_curves import PARTS, Curves, Progress, Standing, epochs_done
from designer.gui.run_start import Known, Noted, Start, new_curves
from designer.gui.tasks import Tasks
from designer.project.model import Project
from designer.training.events import RATE
from designer.workspace.asked import Asked
from designer.workspace.pace import Pace, Watch
from designer.workspace.run_words import WAITS_FOR_ROOM, saved_words, unsaved_words

if TYPE_CHECKING:
    from designer.gui.run_start import Followed
    from designer.workspace.run_list import RunInfo

State: TypeAlias = Literal["idle", "starting", "running", "paused", "stopping"]


class RunModel(QObject):
    """One training at a time.

    ``state_changed`` says that a button may do something else now, ``progressed`` that figures changed, ``restarted``
    that the curves are new ones, ``under_way`` that the trainer has the run, ``finished`` carries the run's folder,
    ``failed`` a sentence, ``told`` one that is no end. ``unsaved`` says why the run cannot be saved now, which
    ``unsaved_changed`` carries, ``waits_for_room`` that it is over but for that. ``resumed`` is the folder that was
    named for the run, ``going_on`` says that it was shown before; ``following`` that another process owns it;
    ``settings`` can be changed on the way; ``asked`` says what was asked for and is not in force yet.
    """

    state_changed = Signal()
    progressed = Signal()
    restarted = Signal()
    under_way = Signal()
    finished = Signal(str)
    failed = Signal(str)
    told = Signal(str)
    unsaved_changed = Signal(str)

    def __init__(self, job: Job, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job, self._tasks = job, tasks
        self.state: State = "idle"
        self.progress = Progress()
        self.curves = Curves()
        self.latest: dict[str, dict[str, float | None]] = {}
        self.device = ""
        self.folder: Path | None = None
        self.resumed: Path | None = None
        self.message = self.unsaved = self.folds = ""
        self.asked = Asked()
        self.waits_for_room = self.broken = self.stopped = False
        self.project: Project | None = None
        self.following = self.going_on = False
        self.settings: dict[str, Any] = {}
        self._watch, self._pace = Watch(), Pace(0)
        self._early: list[dict[str, Any]] = []
        # who follows the figures is told in a turn of its own, and shows them in others
        self.turns = job.turns
        job.happened.connect(self._happened)

    @property
    def running(self) -> bool:
        """Whether a run is on, be it paused."""
        return self.state != "idle"

    @property
    def standing(self) -> Standing | None:
        """Where the run that is on stands by all that it was heard of; None without one, or before its first epoch."""
        if not self.running or self.folder is None or self.project is None or not self.curves.count:
            return None
        keeps = bool(self.settings.get("keep_best", self.project.training.keep_best))
        return Standing(self.folder, self.curves.last, *self.curves.judged.standing(keeps))

    def start(
        self,
        project: Project,
        base: Path,
        project_path: Path,
        resume: Path | None = None,
        noted: Noted | None = None,
    ) -> None:
        """Begin a run of ``project`` beside ``project_path``, or go on with the run in the folder ``resume``.

        ``noted`` is told the folder of a new run before anything is in it, off the window's thread.
        """
        if self.running:
            return
        self._show_new(project, resume)
        # what comes of a start that was left meanwhile is no news of the run that was begun then
        begun, not_begun = partial(self._begun, self.curves), partial(self._not_begun, self.curves)
        start = Start(self._job.warm_up(), project, base, project_path, resume, noted)
        self._tasks.run("", start.begin, begun, not_begun)

    def follow(self, folder: Path, read: Followed) -> None:
        """Show the run in ``folder`` that another process trains, as if begun here, by what ``read_followed`` read."""
        if self.running:
            return
        project, tail, known = read
        self._show_new(project)
        self.following, self.folder = True, folder
        self._take_over(known)
        self._job.follow(folder, tail)

    def _show_new(self, project: Project, resume: Path | None = None) -> None:
        """Show a run of ``project`` of which nothing is known yet, or that in ``resume`` which goes on."""
        from designer.training.changes import changeable_settings

        self.project = project
        self.settings, self.following = changeable_settings(project), False
        self.progress = Progress(epochs=project.training.epochs)
        # the run that was shown before is not in hand any more, and a new one has its folder in a moment
        self.going_on = resume is not None and resume == self.folder and self.curves.count > 0
        self.latest = self.latest if self.going_on else {}
        self.folder, self.resumed, self._early = None, resume, []
        self.curves = new_curves(project)
        self.message, self.device, self.broken, self.stopped = "", "", False, False
        self.folds = ""
        self._set("starting")
        self.restarted.emit()

    def _begun(self, curves: Curves, answer: tuple[Path, Known]) -> None:
        if curves is not self.curves or not self.running:
            return
        self.folder = answer[0]
        self._take_over(answer[1])
        early, self._early = self._early, []
        self._happened(early)

    def _take_over(self, known: Known) -> None:
        """Show all at once what was trained so far; what is heard from now on comes behind it."""
        if known.curves.count:
            self.curves, self.latest = known.curves, known.latest
            self.restarted.emit()

    def pause(self) -> None:
        """Hold the run before its next step; there is none in one that waits for room."""
        if self.state == "running" and not self.waits_for_room:
            self._job.pause()

    def go_on(self) -> None:
        """Let a paused run go on."""
        if self.state == "paused":
            self._job.go_on()

    def stop(self) -> None:
        """End the run early; what was learned so far is kept."""
        if self.state in ("running", "paused", "starting"):
            self._set("stopping")
            self._job.stop()

    def order(self, word: str, values: Mapping[str, Any] | None = None) -> None:
        """Ask something else of the run, see ``Steering.order``; one that waits for room takes more epochs alone."""
        if self.waits_for_room and word != "extend":
            self.told.emit(WAITS_FOR_ROOM)
        elif self.state in ("running", "paused"):
            self._job.order(word, values)
            self.asked.ask(word, values or {})
            self.state_changed.emit()

    def abandon(self, interrupt: bool = False) -> str:
        """Leave the run where it is, to be gone on with another time.

        One that is only followed goes on by itself, unless it is to be interrupted too: answers why that cannot be.
        """
        refused = ""
        if self.running:
            if interrupt and self.following and self.folder is not None:
                from designer.workspace.following import quit_run

                refused = quit_run(self.folder)
            self._job.abandon()
            self.message, self.broken = "Interrupted; the run can go on later.", False
            if self.following and (refused or not interrupt):
                self.message = "The run goes on by itself."
            self._set("idle")
        return refused

    def release(self) -> bool:
        """Let the run go on without this window, which hears no more of it; whether it does."""
        if not self.running:
            return False
        self.go_on()
        if not self._job.release():
            return False
        self.under_way.emit()
        self.message, self.broken = "The run goes on by itself.", False
        self._set("idle")
        return True

    def show_past(self, run: RunInfo) -> None:
        """Show a run that is over as it stood in its end, where no other one is shown."""
        from designer.gui.past_run import PastRun, past_run
        from designer.training.changes import changeable_settings

        def show(past: PastRun) -> None:
            if self.running or self.folder is not None:
                return
            self.project, self.folder = run.project, run.folder
            self.settings = changeable_settings(run.project)
            self.curves, self.latest, self.progress = past.curves, past.latest, past.progress
            self.message, self.broken, self.stopped = past.message, past.broken, past.stopped
            self.restarted.emit()
            self.state_changed.emit()

        self._tasks.run("", lambda: past_run(run), show, self.told.emit, "past run")

    def forget(self) -> None:
        """Show no run any more: another project is open."""
        if not self.running:
            self._tasks.cancel("past run")
            self.curves, self.progress = Curves(), Progress()
            self.latest, self.message, self.folder, self.broken = {}, "", None, False
            self.restarted.emit()
            self.state_changed.emit()

    def _happened(self, events: list[dict[str, Any]]) -> None:
        if not self.running:
            return
        if self.folder is None:
            # the trainer was quicker than the news which run it is, and what that has behind it
            self._early += events
            return
        for many, some in groupby(events, lambda event: event["event"] in MANY):
            if many:
                # hundreds of them may come at once
                self._on_figures(list(some))
                continue
            for event in some:
                getattr(self, f"_on_{event['event']}", self._ignore)(event)
        self.turns.ask(self._tell_progress)

    def _tell_progress(self) -> None:
        self.progressed.emit()

    def _ignore(self, event: Mapping[str, Any]) -> None:
        """Words of the protocol that the window has no use for, such as ``ready``."""

    def _on_started(self, event: Mapping[str, Any]) -> None:
        done = int(event.get("done", 0))
        self.device, self._watch, self._pace = str(event["device"]), Watch(), Pace(done)
        if done:
            # what was trained before is taken over first
            self._pace.go_on()
        self.progress = Progress(epoch=done, epochs=int(event["epochs"]), reached=done)
        self.curves.planned = self.progress.epochs
        if "changes" in event and not self.following:
            self.curves.marks.clear()
            self.curves.mark(event["changes"])
        self.under_way.emit()
        if self.state == "starting":
            self._set("running")
        elif self.state == "stopping":
            # the wish to stop came before the trainer had the run
            self._job.stop()

    def _on_figures(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Take over the figures of steps and epochs in the order in which they came; how far it is, the last says."""
        steps = [event for event in events if event["event"] == "step"]
        epochs = [event for event in events if event["event"] == "epoch"]
        told = [(epochs_done(event), float(event["loss"])) for event in steps if event["loss"] is not None]
        self.curves.steps.extend([at for at, _ in told], [loss for _, loss in told])
        if epochs:
            self.curves.add(*epochs)
            self.latest = {part: dict(epochs[-1].get(part, {})) for part in PARTS}
            self.progress.rate = float(epochs[-1].get(RATE, math.nan))
        if steps:
            self.progress.step, self.progress.steps = int(steps[-1]["step"]), int(steps[-1]["steps"])
            self.progress.memory = int(steps[-1].get("memory", 0))
            self.progress.note_losses(steps[-1])
        last = events[-1]
        if last["event"] == "epoch":
            self.progress.step = 0
        self._advance(epochs_done(last), int(last["epoch"]), int(last["epochs"]))

    def _on_changed(self, event: Mapping[str, Any]) -> None:
        self.settings |= event["settings"]
        if "learning_rate" in event["settings"]:
            # until the next epoch has ended with it
            self.progress.rate = math.nan
        self.progress.epochs = int(event["settings"].get("epochs", self.progress.epochs))
        self.curves.planned = self.progress.epochs
        self.curves.mark([event], self.progress.steps)
        # it is left where it is, and goes on from there with the new ones
        self._pace.go_on()
        self.progress.left = self._pace.left(self.progress.epochs)
        self.asked.take(held=self.state == "paused")

    def _on_refused(self, event: Mapping[str, Any]) -> None:
        self.asked.forget()
        self.told.emit(str(event["message"]))

    def _on_warned(self, event: Mapping[str, Any]) -> None:
        self.told.emit(str(event["message"]))

    def _advance(self, done: float, epoch: int, epochs: int) -> None:
        # a run that is followed may make a step without a word of going on
        self.progress.seconds = self._watch.seconds
        self._pace.note(done, self.progress.seconds)
        self.progress.epoch, self.progress.epochs = epoch, epochs
        self.curves.planned = epochs
        self.progress.reached = done
        self.progress.left = self._pace.left(epochs)
        self.asked.go_on(self.progress.seconds)

    def _on_paused(self, event: Mapping[str, Any]) -> None:
        # it is said again and again for as long as the run is held
        self._watch.pause()
        if event.get("step"):
            # steps that come too soon after another are not told by themselves
            self.progress.epoch, self.progress.step = int(event["epoch"]), int(event["step"])
            self.progress.steps = int(event["steps"])
            self.progress.note_losses(event)
        if self.state == "running":
            self._set("paused")

    def _on_resumed(self, event: Mapping[str, Any]) -> None:
        self._watch.go_on()
        if self.state == "paused":
            self._set("running")

    def _on_unsaved(self, event: Mapping[str, Any]) -> None:
        if event["waiting"] and self.state == "stopping":
            # it has ended, as it was asked to; another stop gives up what cannot be saved
            self._set("running")
        give_up = ""
        if event["waiting"]:
            self.progress.left = math.nan
            give_up = " Stop gives up what is not saved."
        self._wait_for_room(bool(event["waiting"]))
        self._say_unsaved(unsaved_words(event) + give_up)

    def _on_saved(self, event: Mapping[str, Any]) -> None:
        self._wait_for_room(False)
        self._say_unsaved("")
        self.told.emit(saved_words(event))

    def _wait_for_room(self, waits: bool) -> None:
        if waits != self.waits_for_room:
            self.waits_for_room = waits
            self.state_changed.emit()

    def _say_unsaved(self, words: str) -> None:
        if words != self.unsaved:
            self.unsaved = words
            self.unsaved_changed.emit(words)

    def _on_finished(self, event: Mapping[str, Any]) -> None:
        metrics = event["metrics"]
        self.latest = {part: dict(metrics.get(part, {})) for part in (*PARTS, "test")}
        self.folder, self.stopped = Path(event["run"]), bool(event["stopped"])
        training = replace((self.project or Project()).training, **self.settings)
        told = event.get("ending", {})
        self.progress.left, self.curves.kept = 0.0, int(told.get("kept_epoch", 0))
        self.message = ending({"epochs": self.progress.epoch, **metrics}, training, self.stopped, told)
        self._set("idle")
        self.finished.emit(str(self.folder))

    def _on_failed(self, event: Mapping[str, Any]) -> None:
        self._fail(str(event["message"]))

    def _not_begun(self, curves: Curves, sentence: str) -> None:
        if curves is self.curves and self.running:
            self._fail(sentence)

    def _fail(self, sentence: str) -> None:
        # said below a window a sentence begins and ends as one
        whole = sentence[:1].upper() + sentence[1:] + ("." if sentence[-1:].isalnum() else "")
        self.message, self.broken = whole, True
        self.progress.left = math.nan
        self._set("idle")
        self.failed.emit(whole)

    def _set(self, state: State) -> None:
        if state != self.state:
            self.state = state
            if state == "idle":
                self.waits_for_room = False
                self.asked.forget()
                self._say_unsaved("")
            self.state_changed.emit()

"""Leading the run in hand: single steps, more epochs, other settings, and following one that trains elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from designer.gui.begin_runs import nothing
from designer.gui.dialogs import tell
from designer.gui.may_train import may_lead
from designer.gui.run_start import read_followed
from designer.project.model import Project
from designer.workspace.run_words import WAITS_FOR_ROOM
from designer.workspace.runs import is_run_of

if TYPE_CHECKING:
    from designer.gui.actions import Actions
    from designer.gui.panels.orders_row import OrdersRow
    from designer.gui.panels.training_controls import TrainingControls
    from designer.gui.run_start import Followed
    from designer.gui.runs import Runs

LOOK_MS = 2000
OVER, CANNOT = "The run is over", "The run cannot be extended"
# name, words in the menu, keys, what it does
ACTIONS = (
    ("step", "Train one &batch", "F11", "Make one step of the run, then wait."),
    ("step_epoch", "Train one &epoch", "F12", "Go on to the end of the epoch, then wait."),
    ("extend", "E&xtend by more epochs…", "Ctrl+Shift+F5", "Let the run go on longer, also one that is over."),
    ("change", "Change settings &while it runs…", "Shift+F6", "Learning rate and others, from the next step on."),
    ("follow", "Follow the &training that is running", "Alt+F5", "Show a run of this project that trains by itself."),
)
NAMES = tuple(name for name, *_ in ACTIONS)


class SteeringRuns(QObject):
    """Asks the run in hand for single steps, more epochs and other settings.

    ``living`` is a run of the project that some other process trains, ``far`` how far it is, in words, ``over`` its
    last one where that can be extended, and ``why`` not otherwise; ``found`` says that these are others now.
    """

    found = Signal()

    def __init__(self, runs: Runs) -> None:
        super().__init__(runs)
        self._runs = runs
        self.living: Path | None = None
        self.far = ""
        self.over: Path | None = None
        self.why = ""
        self._again = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._again.timeout.connect(self.look)
        runs.model.told.connect(lambda words: runs.window.status.say(words))
        runs.model.unsaved_changed.connect(lambda words: runs.window.status.warn(words))

    def add_actions(self, actions: Actions) -> None:
        """Put what can be asked among the window's actions."""
        does = {"step": self.step, "step_epoch": self.step_epoch, "extend": self.extend, "change": self.change,
                "follow": lambda: self.follow()}  # fmt: skip
        for name, words, keys, tip in ACTIONS:
            actions.add(name, words, does[name], keys).setToolTip(tip)
        actions.enable(NAMES, False)

    def serve(self, row: OrdersRow) -> None:
        """Do what the buttons of the training panel ask for."""
        for name, button in row.buttons.items():
            button.clicked.connect(self._runs.window.actions_by_name[name].trigger)
        self.found.connect(lambda: self._show_row(row))
        self._runs.model.state_changed.connect(lambda: self._show_row(row))
        self._show_row(row)

    def tell(self, controls: TrainingControls) -> None:
        """Say beside the buttons of the training panel what trains by itself, and follow it when that is wanted."""
        controls.follow_wanted.connect(lambda: self.follow())
        self.found.connect(lambda: controls.show_living(self.living_words))

    @property
    def living_name(self) -> str:
        """What the list of runs calls the one that trains by itself; empty where none does."""
        return self._runs.listed.name_of(self.living) if self.living is not None else ""

    @property
    def living_words(self) -> str:
        """That a run trains by itself, which and how far; empty where none does."""
        if self.living is None:
            return ""
        return f"{self.living_name} is training" + (f": {self.far}." if self.far else ".")

    def _show_row(self, row: OrdersRow) -> None:
        for name, button in row.buttons.items():
            button.setEnabled(self.can(name))
            row.say_why(name, self._why_not(name))

    def can(self, name: str) -> bool:
        """Whether the action ``name`` would do anything now."""
        state, editing = self._runs.model.state, self._runs.window.editing
        led = state in ("running", "paused")
        if name == "follow":
            return editing and state == "idle" and self.living is not None
        if name == "extend":
            return led or (editing and state == "idle" and self.over is not None)
        return led and not self._runs.model.waits_for_room

    def _why_not(self, name: str) -> str:
        """Why the action ``name`` would do nothing, where that is to be said; empty where it would do something."""
        if self.can(name):
            return ""
        if name == "extend":
            return self.why
        return WAITS_FOR_ROOM if self._runs.model.waits_for_room and name != "follow" else ""

    def show(self) -> None:
        """Offer in the menus what can be done now."""
        for name, _, _, tip in ACTIONS:
            action = self._runs.window.actions_by_name[name]
            action.setEnabled(self.can(name))
            action.setToolTip(self._why_not(name) or tip)

    def forget(self) -> None:
        """The runs that were found are those of another project."""
        self._found((None, "", None, ""))

    def look(self) -> None:
        """Find out whether a run of the project trains elsewhere, and which is over."""
        path, window = self._runs.window.session.path, self._runs.window
        if not window.editing:
            path = None
        window.tasks.run("", lambda: _seen(path), self._found, lane="living runs")

    def living_of(self, project_path: Path | None) -> Path | None:
        """``living`` where it is a run of this project: a copy that was just saved has none."""
        return self.living if is_run_of(self.living, project_path) else None

    def _found(self, answer: tuple[Path | None, str, Path | None, str]) -> None:
        living, far, self.over, self.why = answer
        # the window's own runs are no others'
        ended = living is not None and self._runs.begin.has_ended(living)
        own = ended or self._runs.model.running or living in self._runs.queue.beside
        self.living, self.far = (None, "") if own else (living, far)
        self.found.emit()
        self.show()
        if ended or self.living is not None:
            self._again.start()

    def step(self) -> None:
        """Make one step, then wait."""
        self._runs.model.order("step")

    def step_epoch(self) -> None:
        """Go on to the end of the epoch, then wait."""
        self._runs.model.order("step-epoch")

    def follow(self, run: Path | None = None, then: Callable[[], object] = nothing) -> None:
        """Show ``run``, else that which trains elsewhere, as if it had been begun here, and ``then`` do that.

        ``then`` is done whatever becomes of the run, also where it has ended or cannot be read.
        """
        window, model = self._runs.window, self._runs.model
        path = window.session.path
        run = run or self.living_of(path)
        if run is None or model.running:
            then()
            return

        def begin(read: Followed | None, sentence: str = "") -> None:
            if window.session.path != path:
                # another project was opened while the run was read
                return
            if read is not None:
                model.follow(run, read)
            else:
                window.status.say(sentence)
            then()

        window.show_panel("training")
        window.tasks.run("Reading the run", partial(read_followed, run), begin, lambda words: begin(None, words))

    def change(self) -> None:
        """Ask for other settings of the run in hand."""
        from designer.gui.order_dialog import OrderDialog
        from designer.training.changes import changeable_fields

        model = self._runs.model
        if not self.can("change"):
            return
        sentence = "From the next step on, and recorded with the run. The settings of the project stay as they are."
        words = ("Change settings while the run trains", sentence, "Change")
        dialog = OrderDialog(words, changeable_fields(), model.settings, self._runs.window)
        hand = model.folder
        dialog.chosen.connect(lambda settings: self._change(hand, settings))
        dialog.open()

    def _change(self, hand: Path | None, settings: Mapping[str, Any]) -> None:
        """Change settings of the run in ``hand`` then, which may have ended while they were chosen."""
        if self._led == hand:
            self._runs.model.order("set", {"settings": settings})
        elif hand is not None:
            words = "so that nothing of it is changed. Fork it in the list of runs to go on with other settings."
            self._tell_over(hand, words)

    @property
    def _led(self) -> Path | None:
        """The run in hand that takes orders now."""
        return self._runs.model.folder if self._runs.model.state in ("running", "paused") else None

    def _tell_over(self, run: Path, words: str) -> None:
        name = self._runs.listed.name_of(run)
        tell(self._runs.window, OVER, f"{name} came to its end while this was chosen, {words}")

    def extend(self) -> None:
        """Ask for more epochs: of the run in hand, else of the last one, which then goes on."""
        from designer.gui.extend_dialog import ExtendDialog, standing_reader

        model, window = self._runs.model, self._runs.window
        if not self.can("extend"):
            return
        run = None if model.running else self.over
        if run is not None and not may_lead(window):
            return
        stands = "The run goes on from where it stands"
        stands += " once you press Go on: it stays paused." if model.state == "paused" else "."
        where = stands if run is None else f"The run {self._runs.listed.name_of(run)} goes on from its end."
        facts = window.workbench.training.facts if window.workbench is not None else None
        dialog = ExtendDialog((where, model.progress.epochs), standing_reader(model, run), facts, window.theme, window)
        hand, planned = model.folder, model.progress.epochs
        dialog.chosen.connect(
            lambda values: (
                self._extend(run, values["epochs"])
                if run is not None
                else self._extend_led(hand, values["epochs"], planned)
            )
        )
        dialog.open()

    def _extend_led(self, hand: Path | None, more: int, planned: int) -> None:
        """Let the run in ``hand`` then go on longer; one that ended meanwhile where that comes to what was shown."""
        if self._led == hand:
            self._runs.model.order("extend", {"epochs": more})
        elif hand is not None and self._runs.begin.on:
            words = "so that it was not extended. Once nothing else trains, extend it or fork it with more epochs."
            self._tell_over(hand, words)
        elif hand is not None and may_lead(self._runs.window):
            self._extend(hand, more, planned + more)

    def _extend(self, run: Path, more: int, wanted: int = 0) -> None:
        """Let a run that is over go on for ``more`` epochs, where that comes to those ``wanted`` in all, if any are."""
        if self._runs.begin.is_own(run):
            self._runs.begin.take(lambda: self._go_on(run, more, wanted), None, run)

    def _go_on(self, run: Path, more: int, wanted: int) -> None:
        model, window = self._runs.model, self._runs.window
        path = window.session.path
        if path is None:
            return

        def read() -> Project:
            from designer.workspace.orders import extended

            return extended(run, more)

        def begin(project: Project) -> None:
            total = project.training.epochs
            if window.session.path != path:
                # another project was opened while the run was read
                return
            if self._runs.begin.on:
                name = self._runs.listed.name_of(run)
                tell(window, CANNOT, f"Another run began before {name} was read. Extend it once that is over.")
            elif wanted and total != wanted:
                words = f"after {total - more:,} epochs: {more:,} more make {total:,}, not {wanted:,}."
                self._tell_over(run, f"{words} Extend it again for that many.")
            else:
                model.start(project, run, path, run)

        window.show_panel("training")
        window.tasks.run("Reading the run", read, begin, lambda sentence: tell(window, CANNOT, sentence))


def _seen(path: Path | None) -> tuple[Path | None, str, Path | None, str]:
    """The run of the project that some process trains, how far, the last one if it can be extended, and why not."""
    from designer.training.alive import read_status
    from designer.workspace.following import living_run
    from designer.workspace.orders import extendable_run

    if path is None:
        return None, "", None, ""
    living = living_run(path)
    far = far_words(read_status(living)) if living is not None else ""
    return living, far, *extendable_run(path)


def far_words(status: Mapping[str, Any]) -> str:
    """How far a training is by what it says of itself, as ``epoch 3 of 20``; empty before its first word."""
    started, epoch = status.get("started"), status.get("epoch")
    epochs = started.get("epochs") if isinstance(started, dict) else None
    if not isinstance(epoch, int) or not isinstance(epochs, int) or not epoch:
        return ""
    return f"{'held at ' if status.get('paused') else ''}epoch {epoch:,} of {epochs:,}"

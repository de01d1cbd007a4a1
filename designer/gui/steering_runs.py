"""Leading the run in hand: single steps, more epochs, other settings, and following one that trains elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from designer.gui.dialogs import tell
from designer.project.model import Project
from designer.workspace.run_words import WAITS_FOR_ROOM

if TYPE_CHECKING:
    from designer.gui.actions import Actions
    from designer.gui.panels.orders_row import OrdersRow
    from designer.gui.runs import Runs

LOOK_MS = 2000
MOST_MORE = 1_000_000
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

    ``living`` is a run of the project that some other process trains, ``over`` its last one where that can be extended,
    and ``why`` not otherwise; ``found`` says that these are others now.
    """

    found = Signal()

    def __init__(self, runs: Runs) -> None:
        super().__init__(runs)
        self._runs = runs
        self.living: Path | None = None
        self.over: Path | None = None
        self.why = ""
        self._again = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._again.timeout.connect(self.look)
        runs.model.told.connect(lambda words: runs.window.status.say(words))
        runs.model.unsaved_changed.connect(lambda words: runs.window.status.warn(words))

    def add_actions(self, actions: Actions) -> None:
        """Put what can be asked among the window's actions."""
        does = {"step": self.step, "step_epoch": self.step_epoch, "extend": self.extend, "change": self.change,
                "follow": self.follow}  # fmt: skip
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

    def look(self) -> None:
        """Find out whether a run of the project trains elsewhere, and which is over."""
        path, window = self._runs.window.session.path, self._runs.window
        if not window.editing:
            path = None
        window.tasks.run("", lambda: _seen(path), self._found, lane="living runs")

    def _found(self, answer: tuple[Path | None, Path | None, str]) -> None:
        living, self.over, self.why = answer
        # the window's own run is no other's
        self.living = None if self._runs.model.running else living
        self.found.emit()
        self.show()
        if self.living is not None:
            self._again.start()

    def step(self) -> None:
        """Make one step, then wait."""
        self._runs.model.order("step")

    def step_epoch(self) -> None:
        """Go on to the end of the epoch, then wait."""
        self._runs.model.order("step-epoch")

    def follow(self) -> None:
        """Show the run that trains elsewhere, as if it had been begun here."""
        if self.living is not None and not self._runs.model.running:
            self._runs.window.show_panel("training")
            self._runs.model.follow(self.living)

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
        dialog.chosen.connect(lambda settings: model.order("set", {"settings": settings}))
        dialog.open()

    def extend(self) -> None:
        """Ask for more epochs: of the run in hand, else of the last one, which then goes on."""
        from designer.gui.order_dialog import OrderDialog
        from designer.layers.fields import Int

        model = self._runs.model
        if not self.can("extend"):
            return
        run = None if model.running else self.over
        planned = model.progress.epochs or 10
        field = Int(max(1, planned // 2), maximum=MOST_MORE, label="more epochs", help="How many epochs to add.")
        where = "The run goes on from where it stands." if run is None else f"The run {run.name} goes on from its end."
        dialog = OrderDialog(("Extend the run", where, "Extend"), {"epochs": field}, {}, self._runs.window)
        dialog.chosen.connect(lambda values: self._extend(run, values["epochs"]))
        dialog.open()

    def _extend(self, run: Path | None, more: int) -> None:
        model, window = self._runs.model, self._runs.window
        if run is None:
            model.order("extend", {"epochs": more})
            return
        path = window.session.path
        if path is None or model.running:
            return

        def read() -> Project:
            from designer.workspace.orders import extended

            return extended(run, more)

        window.show_panel("training")
        window.tasks.run(
            "Reading the run",
            read,
            lambda project: model.start(project, run, path, run),
            lambda sentence: tell(window, "The run cannot be extended", sentence),
        )


def _seen(path: Path | None) -> tuple[Path | None, Path | None, str]:
    """The run of the project that some process trains, the last one if it can be extended, and why it cannot."""
    from designer.workspace.following import living_run
    from designer.workspace.orders import extendable_run

    return (living_run(path), *extendable_run(path)) if path is not None else (None, None, "")

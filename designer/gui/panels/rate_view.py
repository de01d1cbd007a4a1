"""The learning rate over the epochs, drawn before a run starts, and where on its course the run in hand is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from designer.gui.labels import plain_label
from designer.gui.numbers import exact, tick_text
from designer.gui.run_model import RunModel
from designer.gui.small_plot import SmallPlot
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.catalog import SCHEDULES
from designer.project.facts import Facts
from designer.project.model import Project
from designer.workspace.rates import planned

if TYPE_CHECKING:
    from designer.training.schedules import Planned

LANE = "rates"
REST_MS = 120
HEIGHT = 116
# from this ratio of the highest rate to the lowest on, the rate is drawn on a logarithmic scale
WIDE = 20.0
NONE = "The learning rate stays as it is set. Schedules change it over the epochs; each begins at the learning rate."


class HasProject(Protocol):
    """What has a project that changes."""

    @property
    def project(self) -> Project:
        """The project as it is now."""


class RateView(QWidget):
    """Follows project and run while it is seen; what is to be drawn is worked out in the background.

    ``run`` is None where none goes this way yet; ``begins`` is the epoch that a training then begins with, 0 for the
    first.
    """

    def __init__(self, session: HasProject, run: RunModel | None, theme: Theme) -> None:
        super().__init__()
        self.session, self.run, self.theme = session, run, theme
        self.begins = 0
        self.plan: Planned | None = None
        self._facts: Facts | None = None
        self._asked: object = None
        self.tasks = Tasks(self)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._work_out)
        self.plot = SmallPlot(theme, "Learning rate over the epochs", axes=("epoch", "rate"))
        self.plot.setFixedHeight(HEIGHT)
        self.plot.hide()
        self.readout = plain_label(NONE, "small", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.plot)
        layout.addWidget(self.readout)
        if run is not None:
            run.progressed.connect(self._follow)
            run.restarted.connect(self._follow)
            run.state_changed.connect(self._follow)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = self.plot.theme = theme
        self._draw()

    def refresh(self, facts: Facts | None) -> None:
        """Draw the rates of the project as it is now; of its data ``facts`` are known."""
        self._facts = facts
        self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        """What was not drawn while nobody looked is drawn now."""
        super().showEvent(event)
        self._follow()

    def _follow(self) -> None:
        if self.isVisible():
            self._ask()
            self._read()

    def _ask(self) -> None:
        """Have the rates worked out anew where they are others now, and somebody looks."""
        if not self.isVisible():
            return
        facts = self._facts
        rows = facts.rows.get("train", 0) if facts is not None else 0
        asked = (course_of(self.session.project), rows, len(self._losses()))
        if asked != self._asked:
            self._asked = asked
            self._rest.start()

    def _work_out(self) -> None:
        project, facts, losses = self.session.project, self._facts, self._losses()
        if project.training.schedules:
            # a problem with them is said elsewhere
            self.tasks.run(
                "", lambda: planned(project, facts, losses), self._show_plan, lambda _: self._show_plan(None), lane=LANE
            )
        else:
            self.tasks.cancel(LANE)
            self._show_plan(None)

    def _show_plan(self, plan: Planned | None) -> None:
        self.plan = plan
        self._draw()
        self._read()

    def _draw(self) -> None:
        plan = self.plan
        self.plot.setVisible(plan is not None)
        if plan is None:
            return
        points = list(plan.points)
        if len(points) == 1:
            points.append((points[0][0] + 1, points[0][1]))
        rates = [rate for _, rate in points]
        log = min(rates) > 0 and max(rates) / min(rates) >= WIDE
        self.plot.show_curves([(points, self.theme.train_curve)], up_log=log)

    def _read(self) -> None:
        """Say what the rate is now, or where no run is on how it goes."""
        plan, mark, words = self.plan, None, NONE
        if plan is not None and plan.points:
            words = plan_words(plan)
            if self.begins:
                mark = float(self.begins)
                words = f"Begins with epoch {exact(self.begins)} at {rate_words(_rate_at(plan, mark))}. {words}"
            elif self.run is not None and self._on_its_way():
                progress = self.run.progress
                within = (progress.step - 1) / progress.steps if progress.steps else 0.0
                mark = progress.epoch + max(0.0, within)
                words = f"Epoch {exact(progress.epoch)}: learning rate {rate_words(_rate_at(plan, mark))}"
        elif self.session.project.training.schedules:
            words = "Working out the rates…" if self._rest.isActive() or self.tasks.busy(LANE) else ""
        self.plot.show_mark(mark)
        self.plot.setAccessibleDescription(words)
        if words != self.readout.text():
            self.readout.setText(words)

    def _on_its_way(self) -> bool:
        """Whether a run is on that goes the way which is drawn."""
        if self.run is None:
            return False
        run = self.run.project
        return (
            self.run.running
            and self.run.progress.epoch > 0
            and run is not None
            and course_of(run) == course_of(self.session.project)
        )

    def _losses(self) -> list[float]:
        """The losses of the epochs that are over, where they decide of the rates to come."""
        schedules = self.session.project.training.schedules
        judged = any(each.key in SCHEDULES and SCHEDULES[each.key].judged for each in schedules)
        if not judged or self.run is None or not self._on_its_way():
            return []
        parts = self.run.curves.parts
        series = parts["validation"].get("loss") or parts["train"].get("loss")
        points = list(series) if series is not None else []
        # in very long runs several epochs share a point
        return [value for _, value in points] if points and points[-1][0] == len(points) else []


def plan_words(plan: Planned) -> str:
    """How the rate goes, in a sentence or two."""
    rates = [rate for _, rate in plan.points]
    first, last, low, high = (rate_words(rate) for rate in (rates[0], rates[-1], min(rates), max(rates)))
    words = f"From {first} to {last}"
    words += f", at most {high}" if high not in (first, last) else ""
    words += f", at least {low}" if low not in (first, last) else ""
    words += f"; from epoch {plan.judged} on it falls when the loss stands still" if plan.judged else ""
    words += f"; the first {exact(plan.counted)} epochs" if plan.counted < plan.epochs else ""
    return f"{words}."


def _rate_at(plan: Planned, epoch: float) -> float:
    """The rate where so many epochs have begun; the first one before them all."""
    passed = [rate for at, rate in plan.points if at <= epoch + 1e-9]
    return passed[-1] if passed else plan.points[0][1]


def rate_words(rate: float) -> str:
    """A learning rate as people write one: ``0.01``, ``0.0038``, ``1e−5``."""
    return tick_text(float(f"{rate:.2g}"))


def course_of(project: Project) -> object:
    """All that the rates follow from, but for the number of rows."""
    training = project.training
    schedules = tuple((each.key, each.epochs, tuple(sorted(each.fields.items()))) for each in training.schedules)
    return schedules, training.epochs, training.learning_rate, training.batch_size

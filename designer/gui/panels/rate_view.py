"""The learning rate over the epochs, drawn before a run starts, and where on its course the run in hand is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from designer.gui.controls import CheckBox
from designer.gui.labels import plain_label
from designer.gui.numbers import exact, tick_text
from designer.gui.run_model import RunModel
from designer.gui.small_plot import SmallPlot
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.catalog import SCHEDULES
from designer.project.facts import Facts
from designer.project.model import Project
from designer.training.events import RATE
from designer.workspace.rates import planned

if TYPE_CHECKING:
    from designer.training.schedules import Planned

LANE = "rates"
REST_MS = 120
HEIGHT = 128
# of the rates that a run has told of, so many are drawn
MOST_TOLD = 480
NONE = "The learning rate stays as it is set. Schedules change it over the epochs; each begins at the learning rate."
OTHER = "Since then the run has other settings than are drawn here."


class HasProject(Protocol):
    """What has a project that changes."""

    @property
    def project(self) -> Project:
        """The project as it is now."""


class RateView(QWidget):
    """Follows project and run while it is seen; what is to be drawn is worked out in the background.

    ``run`` is None where none goes this way yet; ``begins`` is the epoch that a training then begins with, 0 for the
    first, and ``before`` are epochs and rates of the run that it goes on from, where they are known.
    """

    def __init__(self, session: HasProject, run: RunModel | None, theme: Theme) -> None:
        super().__init__()
        self.session, self.run, self.theme = session, run, theme
        self.begins = 0
        self.before: Sequence[tuple[float, float]] = ()
        self.plan: Planned | None = None
        self._facts: Facts | None = None
        self._asked: object = None
        self._drawn_to = 0.0
        self.tasks = Tasks(self)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._work_out)
        self.plot = SmallPlot(theme, "Learning rate over the epochs", axes=("epoch", ""), whole=True)
        self.plot.setFixedHeight(HEIGHT)
        self.plot.hide()
        self.log = CheckBox("Log scale")
        self.log.setAccessibleDescription("Draw the learning rates on a logarithmic scale")
        self.log.toggled.connect(self._draw)
        self.log.hide()
        self.readout = plain_label(NONE, "small", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.readout, 1)
        row.addWidget(self.log, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.plot)
        layout.addLayout(row)
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
        # while a run is on there is never a rest from news
        if not self._rest.isActive() and (self._wanted(), self._told_to()) != (self._asked, self._drawn_to):
            self._rest.start()

    def _wanted(self) -> object:
        """All that the plan follows from."""
        rows = self._facts.rows.get("train", 0) if self._facts is not None else 0
        return course_of(self.session.project), rows, len(self._losses())

    def _work_out(self) -> None:
        wanted = self._wanted()
        if wanted == self._asked:
            self._draw()
            return
        self._asked = wanted
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
        self.log.setVisible(plan is not None)
        if plan is None:
            return
        self._drawn_to = self._told_to()
        points = drawn_points(plan, self._told())
        if len(points) == 1:
            points.append((points[0][0] + 1, points[0][1]))
        log = self.log.isChecked()
        # on a logarithmic scale there is no 0
        shown = [each for each in points if each[1] > 0] if log else points
        self.plot.show_curves([(shown, self.theme.train_curve)], up_log=log, floor=None if log else 0.0)

    def _read(self) -> None:
        """Say what the rate is now, or where no run is on how it goes."""
        plan, mark, words = self.plan, None, NONE
        if plan is not None and plan.points:
            words = plan_words(plan)
            if self.begins:
                mark = float(self.begins)
                words = f"Begins with epoch {exact(self.begins)}{self._begins_at(plan)}. {words}"
            elif self.run is not None and self._on_its_way():
                mark = self._place()
                words = f"Epoch {exact(self.run.progress.epoch)}: learning rate {rate_words(self._rate_now(plan))}"
            elif self.run is not None and self._on_its_way(as_begun=True) and math.isfinite(self.run.progress.rate):
                epoch, rate = exact(self.run.progress.epoch), rate_words(self.run.progress.rate)
                words = f"Epoch {epoch}: learning rate {rate}. {OTHER}"
        elif self.session.project.training.schedules:
            words = "Working out the rates…" if self._rest.isActive() or self.tasks.busy(LANE) else ""
        self.plot.show_mark(mark)
        self.plot.setAccessibleDescription(words)
        if words != self.readout.text():
            self.readout.setText(words)

    def _begins_at(self, plan: Planned) -> str:
        """At which rate a training goes on, in words; where losses decided of it, as far as it is known."""
        if not plan.judged or plan.judged >= self.begins:
            return f" at {rate_words(plan.at(self.begins))}"
        return f" at {rate_words(self.before[-1][1])}" if self.before else " at the rate that the losses have left"

    def _place(self) -> float:
        """The epoch in which the run is, and how far in it."""
        assert self.run is not None
        progress = self.run.progress
        within = (progress.step - 1) / progress.steps if progress.steps else 0.0
        return progress.epoch + max(0.0, within)

    def _rate_now(self, plan: Planned) -> float:
        """The rate in force: the one that the run told of with the epoch, in the middle of another one the planned."""
        assert self.run is not None
        progress = self.run.progress
        told = math.isfinite(progress.rate) and (not progress.step or bool(plan.judged))
        return progress.rate if told else plan.at(self._place())

    def _on_its_way(self, as_begun: bool = False) -> bool:
        """Whether a run is on that goes the way which is drawn, or only was to when it was begun."""
        if self.run is None:
            return False
        run, training = self.run.project, self.session.project.training
        same = run is not None and course_of(run) == course_of(self.session.project)
        own = {"learning_rate": training.learning_rate, "epochs": training.epochs}
        still = all(self.run.settings.get(name, value) == value for name, value in own.items())
        return self.run.running and self.run.progress.epoch > 0 and same and (still or as_begun)

    def _judged(self) -> bool:
        """Whether losses decide of the rates to come, of a run that is on."""
        schedules = self.session.project.training.schedules
        return any(each.key in SCHEDULES and SCHEDULES[each.key].judged for each in schedules) and self._on_its_way()

    def _told(self) -> list[tuple[float, float]]:
        """The epochs and rates that the run has told of where losses decide, or the one before it; some of many."""
        series = self.run.curves.parts["train"].get(RATE) if self.run is not None and self._judged() else None
        points = list(series) if series is not None else list(self.before)
        return [*points[: -1 : max(1, len(points) // MOST_TOLD)], *points[-1:]]

    def _told_to(self) -> float:
        """The epoch up to which the run has told of its rates, where losses decide; 0 for none."""
        series = self.run.curves.parts["train"].get(RATE) if self.run is not None and self._judged() else None
        latest = series.latest if series is not None else None
        return latest[0] if latest is not None else 0.0

    def _losses(self) -> list[float]:
        """The losses of the epochs that are over, where they decide of the rates to come and none were told of."""
        if self.run is None or not self._judged() or self._told_to():
            return []
        parts = self.run.curves.parts
        series = parts["validation"].get("loss") or parts["train"].get("loss")
        points = list(series) if series is not None else []
        # in very long runs several epochs share a point
        return [value for _, value in points] if points and points[-1][0] == len(points) else []


def drawn_points(plan: Planned, told: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points of a plan; those that were ``told`` instead of the first, and while it is judged it stays there."""
    if not told:
        return list(plan.points)
    last, rate = told[-1]
    unjudged = plan.at(last) if plan.judged and last >= plan.judged else None
    later = [each for each in plan.points if each[0] > last]
    return [*told, *((epoch, rate if way == unjudged else way) for epoch, way in later)]


def plan_words(plan: Planned) -> str:
    """How the rate goes, in a sentence or two."""
    rates = [rate for _, rate in plan.points]
    first, last, low, high = (rate_words(rate) for rate in (rates[0], rates[-1], min(rates), max(rates)))
    # nobody knows where losses will have brought it
    open_ = bool(plan.judged) and plan.rates[-1] == plan.at(plan.judged)
    if open_ and plan.judged == 1:
        return f"From {first} it falls when the loss stands still."
    told = (first,) if open_ else (first, last)
    words = f"From {' to '.join(told)}"
    words += f", at most {high}" if high not in told else ""
    words += f", at least {low}" if low not in told else ""
    words += f"; from epoch {exact(plan.judged)} on it falls when the loss stands still" if plan.judged else ""
    return f"{words}."


def rate_words(rate: float) -> str:
    """A learning rate as people write one: ``0.01``, ``0.0038``, ``1e−5``."""
    return tick_text(float(f"{rate:.2g}"))


def course_of(project: Project) -> object:
    """All that the rates follow from, but for the number of rows."""
    training = project.training
    schedules = tuple((each.key, each.epochs, tuple(sorted(each.fields.items()))) for each in training.schedules)
    return schedules, training.epochs, training.learning_rate, training.batch_size

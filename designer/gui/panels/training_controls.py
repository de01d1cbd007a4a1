"""Start, pause and stop of a training, how far it is, what it will take, and its latest figures."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.icons import icon
from designer.gui.labels import Ground, plain_label, say_role
from designer.gui.numbers import exact, figure, time_left
from designer.gui.one_click import press_once
from designer.gui.panels.figures import FigureTable
from designer.gui.panels.forecast_line import ForecastLine
from designer.gui.panels.inspector import scrolling
from designer.gui.panels.orders_row import OrdersRow
from designer.gui.panels.rate_view import rate_words
from designer.gui.run_model import RunModel
from designer.gui.slim_bar import SlimBar
from designer.gui.theme import Theme
from designer.gui.turns import OneByOne
from designer.training.memory_words import memory_words
from designer.workspace.run_words import WAITS_FOR_ROOM, held_words
from designer.workspace.session import Session

WIDTH, EDGE = 304, 12
# as wide as for their longest words, so that no button moves
START_WIDTH, PAUSE_WIDTH = 116, 78
# a sentence and a link, or two lines of a sentence
WORDS_HEIGHT = 40
STOP = "End the run early; what was learned so far is kept (Shift+F5)"
GIVE_UP = "Wait no longer; what is not saved is given up (Shift+F5)"


class TrainingControls(QWidget):
    """``start_wanted``, ``resume_wanted`` ask for a run, ``problems_wanted`` for the list of what stands in the way.

    ``results_wanted`` asks for the results of the run that has just ended, ``follow_wanted`` for the ``living`` run,
    which trains by itself: that it does, in words.
    """

    start_wanted = Signal()
    resume_wanted = Signal()
    problems_wanted = Signal()
    results_wanted = Signal()
    follow_wanted = Signal()

    def __init__(self, session: Session, run: RunModel, theme: Theme) -> None:
        super().__init__()
        self.session, self.run, self.theme = session, run, theme
        self.errors = 0
        self._latest = run.latest
        self.resumable = self.living = ""
        self.setFixedWidth(WIDTH)
        self._make_buttons()
        self.bar = SlimBar(theme)
        self.bar.setAccessibleName("Progress of the training")
        self.status = plain_label("", wrap=True)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.orders = OrdersRow()
        self.forecast = ForecastLine(session)
        self.figures = FigureTable()
        self._lay_out()
        self.set_theme(theme)

    def _make_buttons(self) -> None:
        self.start = QPushButton("Train")
        self.start.setProperty("primary", True)
        self.start.setFixedWidth(START_WIDTH)
        self.start.clicked.connect(self.start_wanted)
        press_once(self.start)
        self.pause = QPushButton("Pause")
        self.pause.setFixedWidth(PAUSE_WIDTH)
        self.pause.clicked.connect(self.toggle_pause)
        self.stop = QPushButton("Stop")
        self.stop.clicked.connect(self.run.stop)
        self.hint = QPushButton()
        self.hint.setProperty("link", True)
        self.hint.clicked.connect(self._follow_hint)
        self.hint.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.start, self.pause, self.stop):
            button.setProperty("big", True)
            button.setIconSize(QSize(14, 14))
            buttons.addWidget(button)
        head = QVBoxLayout()
        head.setContentsMargins(EDGE, 8, EDGE, 4)
        head.setSpacing(8)
        head.addLayout(buttons)
        head.addWidget(self.orders)
        head.addWidget(self.bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._said(), 1)

    def _said(self) -> QWidget:
        """What is said of the run: it scrolls, so that no figure that comes or goes moves the rest of the window."""
        words = QWidget()
        words.setMinimumHeight(WORDS_HEIGHT)
        upper = QVBoxLayout(words)
        upper.setContentsMargins(0, 0, 0, 0)
        # an answer that is not there yet takes no room
        upper.setSpacing(0)
        upper.addWidget(self.status)
        upper.addLayout(self._make_links())
        upper.addWidget(self.forecast)
        upper.addStretch(1)
        self._page = page = Ground(self.theme)
        column = QVBoxLayout(page)
        column.setContentsMargins(EDGE, 4, EDGE, 4)
        column.setSpacing(4)
        column.addWidget(words)
        column.addWidget(self.figures)
        self.area = scrolling(page, "State of the training")
        self.area.setMinimumHeight(WORDS_HEIGHT)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # the figures of the last run may have all the room; the words get theirs only later
        show = partial(self.area.ensureWidgetVisible, self.forecast, 0, 0)
        self.forecast.said.connect(lambda: QTimer.singleShot(0, self.forecast, show))
        return self.area

    def _make_links(self) -> QBoxLayout:
        """What can be done next, and beside it the question what that will take: above the figures, however many."""
        self.links = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.links.setSpacing(4)
        self.links.setContentsMargins(0, 4, 0, 0)
        for link in (self.hint, self.forecast.ask):
            self.links.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.links.addStretch(1)
        return self.links

    def _place_links(self) -> None:
        """Side by side where there is room for both, else one beneath the other."""
        for link in (self.hint, self.forecast.ask):
            # in the font that it is shown in
            link.ensurePolished()
        wide = self.hint.sizeHint().width() + self.links.spacing() + self.forecast.ask.sizeHint().width()
        beside = self.hint.isHidden() or wide <= WIDTH - 2 * EDGE
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self.links.setDirection(across if beside else down)

    @property
    def ready(self) -> bool:
        """Whether nothing that is known stands in the way of a training."""
        return self.session.project.data is not None and not self.errors

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.bar.set_theme(theme)
        self._page.theme = theme
        self.stop.setIcon(icon("stop", theme.text, theme.faint))
        self.show_state()

    def show_living(self, words: str) -> None:
        """Say in these ``words`` that a run trains by itself; empty where none does."""
        if words != self.living:
            self.living = words
            self.show_state()

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.run.state == "paused":
            self.run.go_on()
        else:
            self.run.pause()

    def show_state(self) -> None:
        """Offer what can be done now."""
        state = self.run.state
        idle, paused = state == "idle", state == "paused"
        self.start.setEnabled(state != "stopping" and self.ready)
        self.start.setText("Train" if idle else "Add to queue")
        # what trains already comes first
        first = idle and not self.living
        self._stand_out(first)
        ink = self.theme.on_accent if first else self.theme.text
        self.start.setIcon(icon("play", ink, self.theme.faint) if idle else QIcon())
        self.start.setToolTip(
            "Train the network from the start (F5)"
            if idle
            else "Train the network as it is now once this run has ended (F5)"
        )
        waits = self.run.waits_for_room
        self.pause.setEnabled(state in ("running", "paused") and not waits)
        self.pause.setText("Go on" if paused else "Pause")
        self.pause.setIcon(icon("play" if paused else "pause", self.theme.text, self.theme.faint))
        does = "Let the run go on (F6)" if paused else "Hold the run (F6)"
        self.pause.setToolTip(WAITS_FOR_ROOM if waits else does)
        self.stop.setToolTip(GIVE_UP if waits else STOP)
        self.stop.setEnabled(state in ("running", "paused", "starting"))
        hint = self._hint() if idle else ""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.forecast.offer(idle and self.ready)
        self._place_links()
        self.show_progress()

    def _stand_out(self, first: bool) -> None:
        """While a run is on, what holds, stops and follows it is not to be outshone."""
        if self.start.property("primary") != first:
            self.start.setProperty("primary", first)
            self.start.style().unpolish(self.start)
            self.start.style().polish(self.start)

    def _hint(self) -> str:
        """What can be done next while nothing is trained from here."""
        if self.living:
            return "Follow it"
        if self.session.project.data is None:
            return "Open data to train with"
        if self.errors:
            return "1 problem stands in the way" if self.errors == 1 else f"{self.errors} problems stand in the way"
        if self.resumable:
            return self.resumable
        return "See the results" if self.run.latest.get("test") is not None else ""

    def _follow_hint(self) -> None:
        if self.living:
            self.follow_wanted.emit()
        elif not self.ready:
            self.problems_wanted.emit()
        elif self.resumable:
            self.resume_wanted.emit()
        else:
            self.results_wanted.emit()

    def show_progress(self, turns: OneByOne | None = None) -> None:
        """Show how far the run is, and its latest figures, each in one of the ``turns`` if there are."""
        progress = self.run.progress
        self.bar.setRange(0, 0 if self.run.state == "starting" else 1000)
        self.bar.setValue(round(1000 * progress.done) if self.run.state != "idle" or progress.done else 0)
        living = self.living if self.run.state == "idle" else ""
        state = living or words_for(self.run) or self._idle_words()
        text = "\n".join(part for part in (state, self.run.unsaved) if part)
        if text != self.status.text():
            self.status.setText(text)
            say_role(self.status, "error" if self.run.broken else "warning" if self.run.unsaved else "")
        # of the epoch that was just told, also where another one ends before their turn comes
        self._latest = self.run.latest
        if turns is None:
            self.figures.show_figures(self._latest)
        else:
            turns.ask(self._show_latest)

    def _idle_words(self) -> str:
        """Whether the project can be trained here, where nothing else is to be said."""
        if self.session.read_only:
            return "Read only here: train in the other window, or save a copy."
        return "Ready to train." if self.ready else "Not ready to train yet."

    def _show_latest(self) -> None:
        self.figures.show_figures(self._latest, self.run.turns)


def words_for(run: RunModel) -> str:
    """Where the run stands, in a line or two; nothing where there is none."""
    progress = run.progress
    if run.state == "starting":
        return "Going on…" if run.going_on or run.curves.count else "Getting ready…"
    if run.state == "idle":
        return " ".join(part for part in (run.message, run.folds) if part)
    folds = f"{run.folds} · " if run.folds else ""
    if run.state == "paused":
        held = f"{folds}Paused {held_words(vars(progress), figure)}".rstrip()
        return f"{held} · {run.asked.words}" if run.asked.words else held
    where = f"{folds}Epoch {exact(progress.epoch)} of {exact(progress.epochs)}"
    if run.state == "stopping":
        return f"Stopping… {where}"
    left = run.asked.words or time_left(progress.left)
    device = "" if run.device in ("", "cpu") else f" on {run.device}"
    # no line ends between a number and its unit
    memory = memory_words(progress.memory).replace(" ", "\u00a0") if progress.memory else ""
    return " · ".join(part for part in (f"{where}{device}", left, _other_rate(run), memory) if part)


def _other_rate(run: RunModel) -> str:
    """The learning rate in force where a schedule has made it another one than is set."""
    own, rate = float(run.settings.get("learning_rate", math.nan)), run.progress.rate
    return "" if math.isnan(rate) or math.isclose(rate, own, rel_tol=1e-4) else f"learning rate\u00a0{rate_words(rate)}"

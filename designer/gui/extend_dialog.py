"""The dialog that asks for how many more epochs a run shall go on, and says first what these make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from designer.gui.labels import plain_label
from designer.gui.order_dialog import OrderDialog
from designer.gui.panels.rate_view import RateView, rate_words
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.fields import Int
from designer.project.facts import Facts
from designer.project.model import Project
from designer.training.events import RATE
from designer.workspace.extending import Standing, extension_words, standing_of, total_words

MOST_MORE = 1_000_000
USUAL = 5
LANE = "extension"
REST_MS = 150
WIDTH = 460


class Longer:
    """The project of the run with its further epochs, as a plot of its rates wants it."""

    def __init__(self, project: Project) -> None:
        self.project = project


class ExtendDialog(OrderDialog):
    """``where`` says from where the run goes on, and of how many epochs, as far as is known.

    ``read`` finds out where the run stands, in the background; ``facts`` are what is known of its data.
    """

    def __init__(
        self,
        where: tuple[str, int],
        read: Callable[[], Standing],
        facts: Facts | None,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        sentence, planned = where
        more = max(1, planned // 2) if planned else USUAL
        field = Int(more, maximum=MOST_MORE, label="more epochs", help="How many epochs to add.")
        super().__init__(("Extend the run", sentence, "Extend"), {"epochs": field}, {}, parent)
        self._facts, self._more = facts, more
        self.standing: Standing | None = None
        self.total = plain_label("", wrap=True)
        self.course = plain_label("", "muted", wrap=True)
        self.course.hide()
        self._longer = Longer(Project())
        self.rates = RateView(self._longer, None, theme)
        self.rates.hide()
        for part in (self.total, self.course, self.rates):
            self.room.addWidget(part)
        self.setMinimumWidth(WIDTH)
        self.tasks = Tasks(self)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._work_out)
        for line in self.form.editors["epochs"].findChildren(QLineEdit):
            # what is typed is said at once: Return takes it
            line.textChanged.connect(self._typed)
        self.finished.connect(self.rates.tasks.leave)
        self.finished.connect(self.tasks.leave)
        self.tasks.run("", read, self._stands, self._unread)

    def _typed(self, text: str) -> None:
        number = text.replace(",", "").strip()
        if number.isascii() and number.isdigit() and 1 <= int(number) <= MOST_MORE:
            self._more = int(number)
            self._say()

    def _unread(self, sentence: str) -> None:
        self.total.setText(sentence)

    def _stands(self, standing: Standing) -> None:
        self.standing = standing
        self.rates.before = standing.told
        self._say()

    def _say(self) -> None:
        """Say how many epochs there are then, and draw the rates; what becomes of schedules is worked out."""
        standing = self.standing
        if standing is None:
            return
        self.total.setText(f"{total_words(standing.epochs, self._more)}.")
        scheduled = bool(standing.project.training.schedules)
        self.rates.setVisible(scheduled)
        if not scheduled:
            return
        self._longer.project = standing.longer(self._more)
        self.rates.begins = standing.done + 1
        self.rates.refresh(self._facts)
        self._rest.start()

    def _work_out(self) -> None:
        standing, more, facts = self.standing, self._more, self._facts
        if standing is not None:
            self.tasks.run("", lambda: extension_words(standing, more, rate_words, facts), self._say_course, lane=LANE)

    def _say_course(self, words: str) -> None:
        self.course.setText(words)
        self.course.setVisible(bool(words))
        self.setAccessibleDescription(f"{self.total.text()} {words}")
        # taller by what is said, and never smaller while somebody types
        QTimer.singleShot(0, self, lambda: self.resize(self.size().expandedTo(self.sizeHint())))


def standing_reader(model: RunModel, run: Path | None) -> Callable[[], Standing]:
    """What answers where a run stands that is over, or without one, that in hand."""
    if run is not None:
        return lambda: standing_of(run)
    project = model.project or Project()
    now = replace(project, training=replace(project.training, **model.settings))
    rates = model.curves.parts["train"].get(RATE)
    standing = Standing(now, model.progress.epochs, model.progress.epoch, tuple(rates) if rates is not None else ())
    return lambda: standing

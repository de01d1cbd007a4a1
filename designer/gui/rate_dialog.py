"""The learning-rate finder: a range test in the background, its curve, and the rate that a person takes from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from designer.gui.asking import Asking
from designer.gui.labels import plain_label
from designer.gui.layout_memory import keep_size
from designer.gui.numbers import figure
from designer.gui.small_plot import SmallPlot
from designer.gui.theme import Theme
from designer.layers.catalog import training_fields
from designer.project.edits import set_training
from designer.workspace.session import Session

TITLE = "Learning-rate finder"
WHAT = (
    "A copy of the network is trained for a moment while the learning rate grows with each step. Good rates lie where"
    " the loss falls most steeply, well before it rises again. Project and runs stay as they are."
)
# the curve is cut where the loss has become this many times what it began with
CUT = 2.0


class RateDialog(QDialog):
    """Begins at once; ``ended`` once there is an answer, or what went wrong. Closing it ends the search."""

    ended = Signal()

    def __init__(self, parent: QWidget, theme: Theme, session: Session) -> None:
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        self.session, self.theme = session, theme
        self.asking = Asking(self, "find-lr", session.project, session.base)
        self._field = training_fields()["learning_rate"]
        self._raw: list[tuple[float, float]] = []
        self._build()
        self.asking.begun.connect(self._begin)
        self.asking.heard.connect(self._hear)
        self.asking.answered.connect(self._answered)
        self.asking.failed.connect(self._show)
        self.asking.start()

    def _build(self) -> None:
        self.plot = SmallPlot(self.theme, "Loss by learning rate", movable=True, axes=("learning rate", "loss"))
        self.plot.setToolTip("Click or drag to choose a rate; the arrow keys move it")
        self.plot.marked.connect(self._marked)
        self.plot.names = ("each step", "smoothed")
        self.plot.show_known(self.session.project.training.learning_rate, "now")
        self.bar = QProgressBar(maximum=1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName("Progress of the search")
        self.sentence = plain_label("", wrap=True, selectable=True)
        self.line = QLineEdit()
        self.line.setFixedWidth(110)
        self.line.setAccessibleName("Chosen learning rate")
        self.line.textEdited.connect(self._typed)
        self.use = QPushButton("Use this rate")
        self.use.setProperty("primary", True)
        self.use.clicked.connect(self._use)
        self.use.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(plain_label("Learning rate"))
        row.addWidget(self.line)
        row.addStretch(1)
        for button in (self.asking.again, self.asking.leave, self.use):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(plain_label(WHAT, "muted", wrap=True))
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.sentence)
        layout.addLayout(row)
        keep_size(self, "rate", QSize(640, 460))

    def _begin(self) -> None:
        self._raw = []
        self.plot.show_curves([])
        self.plot.show_mark(None)
        self.bar.setRange(0, 0)
        self.bar.show()
        self._say("Getting ready…")
        self.asking.leave.setFocus(Qt.FocusReason.OtherFocusReason)
        self._choose(None)

    def _hear(self, event: Mapping[str, Any]) -> None:
        if "share" not in event:
            return
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * float(event["share"])))
        self._say("Training a copy at growing rates…")
        if event["loss"] is not None:
            self._raw.append((float(event["rate"]), float(event["loss"])))
            self._draw([])

    def _answered(self, answer: Mapping[str, Any]) -> None:
        rates, losses, curve = (list(map(float, answer.get(name, ()))) for name in ("rates", "losses", "smoothed"))
        self._raw = list(zip(rates, losses, strict=True))
        self._draw(list(zip(rates, curve, strict=True)))
        suggestion = float(answer.get("suggestion", 0.0))
        self._show(str(answer.get("note", "")) or "There is no answer.")
        if suggestion > 0:
            self.plot.show_mark(suggestion)
            self._choose(suggestion)
            self.plot.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw(self, smooth: list[tuple[float, float]]) -> None:
        first = self._raw[0][1] if self._raw else math.inf
        most = first + (CUT - 1) * abs(first)
        curves = [(self._raw, self.theme.faint), (smooth, self.theme.train_curve)]
        self.plot.show_curves(curves, across_log=True, most=most)

    def _show(self, sentence: str) -> None:
        self.bar.hide()
        self._say(sentence)
        self.ended.emit()

    def _say(self, sentence: str) -> None:
        self.sentence.setText(sentence)
        self.setAccessibleDescription(sentence)

    def _marked(self, rate: float) -> None:
        self._choose(float(f"{rate:.1e}"))

    def _choose(self, rate: float | None) -> None:
        self.line.setText("" if rate is None else f"{rate:g}")
        self.line.setEnabled(rate is not None)
        self.use.setEnabled(rate is not None)

    def _chosen(self) -> float | None:
        """The rate that stands in the line; None where it is not sound."""
        try:
            return float(str(self._field.parse(self.line.text())))
        except ValueError:
            return None

    def _typed(self) -> None:
        rate = self._chosen()
        self.use.setEnabled(rate is not None)
        if rate is not None:
            self.plot.show_mark(rate)

    def _use(self) -> None:
        """Take the rate over into the project, in one step of its history."""
        rate = self._chosen()
        if rate is not None:
            project = self.session.project
            changed = set_training(project, replace(project.training, learning_rate=rate))
            self.session.do(f"Set learning rate to {figure(rate)}", changed)
            self.close()

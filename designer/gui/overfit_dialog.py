"""The dialog that lets a copy of the network learn one batch by heart, and says what that tells of the network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.asking import Asking
from designer.gui.labels import plain_label
from designer.gui.layout_memory import keep_size
from designer.gui.numbers import figure
from designer.gui.theme import Theme
from designer.project.model import Project

STEPS = 300
LOWEST = 1e-12
TITLE = "Overfit one batch"
WHAT = (
    "A copy of the network is trained on one batch, over and over. A network that can learn at all soon knows it by"
    " heart; one that cannot has something wrong with it. Project and runs stay as they are."
)


class OverfitDialog(QDialog):
    """Begins at once; ``ended`` once there is a verdict, or what went wrong. Closing it ends the attempt."""

    ended = Signal()

    def __init__(self, parent: QWidget, theme: Theme, project: Project, base: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        self.asking = Asking(self, "overfit", project, base)
        self.curve = LossCurve(theme)
        self.verdict = plain_label("Getting ready…", "heading", wrap=True, selectable=True)
        self.reasons = plain_label("", wrap=True, selectable=True)
        self._build()
        self.asking.begun.connect(self._begin)
        self.asking.heard.connect(self._hear)
        self.asking.answered.connect(self._answered)
        self.asking.failed.connect(self._failed)
        self.asking.start()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.asking.again)
        buttons.addWidget(self.asking.leave)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(plain_label(WHAT, "muted", wrap=True))
        layout.addWidget(self.curve, 1)
        layout.addWidget(self.verdict)
        layout.addWidget(self.reasons)
        layout.addLayout(buttons)
        self.reasons.hide()
        keep_size(self, "overfit", QSize(620, 460))

    def _begin(self) -> None:
        self.asking.leave.setDefault(False)
        self.curve.clear()
        self.reasons.hide()
        self.verdict.setText("Getting ready…")

    def _hear(self, event: Mapping[str, Any]) -> None:
        if "losses" not in event:
            return
        self.curve.add([math.nan if loss is None else float(loss) for loss in event["losses"]])
        count = len(self.curve.losses)
        self.verdict.setText(f"Step {count} of {STEPS}, loss {figure(self.curve.losses[-1])}")

    def _answered(self, answer: Mapping[str, Any]) -> None:
        found = answer.get("verdict", {})
        reasons = [str(reason) for reason in found.get("reasons", ())]
        self._show(str(found.get("sentence", "There is no verdict.")), reasons, bool(found.get("learned")))

    def _failed(self, sentence: str) -> None:
        self._show(sentence, [], False)

    def _show(self, sentence: str, reasons: list[str], learned: bool) -> None:
        self.curve.end()
        self.verdict.setText(sentence)
        few = "Likely reason: " if len(reasons) == 1 else "Likely reasons:\n"
        self.reasons.setText(few + "\n".join(reasons if len(reasons) == 1 else [f"• {each}" for each in reasons]))
        self.reasons.setVisible(bool(reasons))
        self.asking.leave.setDefault(True)
        self.asking.leave.setFocus()
        self.setAccessibleDescription(sentence)
        self.ended.emit()


class LossCurve(QWidget):
    """The loss of each step on a scale of powers of ten, for learning by heart takes it through many of them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.losses: list[float] = []
        self.most = STEPS
        self.setMinimumHeight(160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Loss by step")

    def clear(self) -> None:
        """Forget what was."""
        self.losses, self.most = [], STEPS
        self.update()

    def end(self) -> None:
        """No more losses will come: the curve takes all of the width."""
        self.most = max(2, len(self.losses))
        self.update()

    def add(self, losses: list[float]) -> None:
        """Show more losses."""
        self.losses += losses
        self.setAccessibleDescription(f"From {figure(self.losses[0])} to {figure(self.losses[-1])}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the scale and the curve."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        finite = [loss for loss in self.losses if math.isfinite(loss)]
        positive = [loss for loss in finite if loss > 0]
        log = len(positive) == len(finite)
        heights = [math.log10(max(loss, LOWEST)) if log else loss for loss in finite]
        box = QRectF(self.rect()).adjusted(64, 8, -12, -24)
        top, bottom = self._range(heights, log)
        self._scale(painter, box, top, bottom, log)
        if len(heights) > 1:
            across = box.width() / max(self.most - 1, len(heights) - 1)
            points = [
                QPointF(box.left() + across * place, box.top() + box.height() * (top - height) / (top - bottom))
                for place, height in enumerate(heights)
            ]
            painter.setPen(QPen(QColor(self.theme.train_curve), 1.6))
            painter.drawPolyline(QPolygonF(points))
        painter.end()

    def _range(self, heights: list[float], log: bool) -> tuple[float, float]:
        if not heights:
            return (0.0, -3.0)
        top, bottom = max(heights), min(heights)
        top, bottom = (math.ceil(top), math.floor(bottom)) if log else (top, bottom)
        return (top, bottom) if top > bottom else (top + 1, bottom - 1)

    def _scale(self, painter: QPainter, box: QRectF, top: float, bottom: float, log: bool) -> None:
        lines = 4
        heights = [top - (top - bottom) * place / lines for place in range(lines + 1)]
        if log:
            every = max(1, math.ceil((top - bottom) / lines))
            heights = [float(height) for height in range(int(top), int(bottom) - 1, -every)]
        for height in heights:
            level = box.top() + box.height() * (top - height) / (top - bottom)
            painter.setPen(QPen(QColor(self.theme.line), 1))
            painter.drawLine(QPointF(box.left(), level), QPointF(box.right(), level))
            painter.setPen(QColor(self.theme.muted))
            place = QRectF(0, level - 10, box.left() - 8, 20)
            words = f"{10**height:g}" if log else figure(height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        below = QRectF(box.left(), box.bottom() + 4, box.width(), 20)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "step 1")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, str(max(self.most, len(self.losses))))
        turned = painter.worldTransform()
        painter.translate(14, box.center().y())
        painter.rotate(-90)
        side = QRectF(-box.height() / 2, -10, box.height(), 20)
        painter.drawText(side, Qt.AlignmentFlag.AlignCenter, "loss")
        painter.setWorldTransform(turned)

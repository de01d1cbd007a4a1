"""Paints boxes and key points over pictures, true and predicted ones apart by colour and by their strokes."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.controls import CheckBox
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.layers.places import PlacedColumns
    from designer.training.outlines import Outlines

KEYS = "Ctrl+Shift+B"
# blue and orange stay apart for every common kind of colour blindness; pictures are the same under every theme
TRUE, PREDICTED = "#4FB3FF", "#FFA62B"
EDGING = "#12161C"
DASHES = (4.0, 3.0)
MARK, GAP = 26, 14


class Said(Enum):
    """Who says where something is: the data, or the network."""

    TRUE = "True"
    PREDICTED = "Predicted"


def paint_outlines(painter: QPainter, area: QRectF, outlines: Outlines, said: Said = Said.TRUE) -> None:
    """Paint what lies in a picture that fills ``area``, as wide as strokes always are, cut at the picture's edges."""
    small = min(area.width(), area.height()) < 120
    wide, dot = (1.5, 2.5) if small else (2.0, 4.0)
    painter.save()
    painter.setClipRect(area.adjusted(-wide, -wide, wide, wide), Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for left, top, right, bottom in outlines.boxes:
        across, down = area.left() + left * area.width(), area.top() + top * area.height()
        size = QSizeF((right - left) * area.width(), (bottom - top) * area.height())
        _paint_box(painter, QRectF(QPointF(across, down), size).normalized(), wide, said)
    for across, down in outlines.points:
        _paint_point(painter, area.topLeft() + QPointF(across * area.width(), down * area.height()), dot, said)
    painter.restore()


def _paint_box(painter: QPainter, box: QRectF, wide: float, said: Said) -> None:
    """A dark edging on both sides of the stroke keeps it seen on any picture."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in pens(wide, said):
        painter.setPen(pen)
        painter.drawRect(box)


def _paint_point(painter: QPainter, at: QPointF, dot: float, said: Said) -> None:
    """A disc for what is true, a ring for what is predicted."""
    painter.setPen(QPen(QColor(EDGING), 1.0))
    if said is Said.TRUE:
        painter.setBrush(QColor(TRUE))
        painter.drawEllipse(at, dot, dot)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, wide in ((EDGING, 3.5), (PREDICTED, 2.0)):
        painter.setPen(QPen(QColor(colour), wide))
        painter.drawEllipse(at, dot + 1.5, dot + 1.5)


def pens(wide: float, said: Said) -> list[QPen]:
    """The pens of a line, the edging first: of what is predicted in dashes."""
    found = []
    for colour, width in ((EDGING, wide * 1.75), (TRUE if said is Said.TRUE else PREDICTED, wide)):
        pen = QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
        if said is Said.PREDICTED:
            # dashes are measured in widths of the pen: those of both pens shall lie on one another
            pen.setDashPattern([dash * wide / width for dash in DASHES])
        found.append(pen)
    return found


class OutlineLegend(QWidget):
    """Which line is true and which is predicted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")
        self.setAccessibleDescription("Solid blue lines and discs are true, dashed orange lines and rings predicted")

    def sizeHint(self) -> QSize:
        """Room for both."""
        metrics = QFontMetrics(self.font())
        words = sum(metrics.horizontalAdvance(said.value) + MARK + 6 for said in Said)
        return QSize(words + GAP, max(18, metrics.height() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a piece of each line, and its word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = 0.0, self.height() / 2
        for said in Said:
            for pen in pens(2.0, said):
                painter.setPen(pen)
                painter.drawLine(QPointF(left, middle), QPointF(left + MARK - 2, middle))
            painter.setPen(QColor(self.theme.text))
            wide = painter.fontMetrics().horizontalAdvance(said.value)
            painter.drawText(
                QRectF(left + MARK + 4, 0, wide + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, said.value
            )
            left += MARK + 6 + wide + GAP
        painter.end()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()


class OutlineSwitch(CheckBox):
    """Shows and hides boxes and key points; its key is given by the page that it stands on."""

    def __init__(self) -> None:
        super().__init__("Boxes")
        self.setToolTip(f"Show where the targets say that something is ({KEYS})")
        self.setChecked(True)

    def show_for(self, placed: PlacedColumns | None) -> None:
        """Offer to show these; with none of them there is nothing to switch."""
        boxes, points = (bool(placed.boxes), bool(placed.points)) if placed is not None else (False, False)
        self.setText("Boxes and key points" if boxes and points else "Boxes" if boxes else "Key points")
        self.setVisible(boxes or points)


def fitted(area: QRectF, size: QSize) -> QRectF:
    """The largest box of these proportions in the middle of ``area``."""
    wanted = QRectF(QPointF(0, 0), QSizeF(size).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio))
    wanted.moveCenter(area.center())
    return wanted

"""Line forms: how curves of several runs are told apart, by colours for every common kind of sight and by the line."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from designer.gui.theme import Theme

# far, for every common kind of sight, from the blue and the orange of the run in hand, and then from each other
LIGHT_COLOURS = ("#A01010", "#3A5252", "#8C3C8C", "#2E1090", "#8C8CB4", "#50143C")
DARK_COLOURS = ("#ECEC3C", "#F0347C", "#28ECEC", "#B236F0", "#7C7C10", "#108E8E")
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
SAMPLE = 22


def colour_of(form: int, theme: Theme) -> str:
    """The colour of a line form; forms are counted from 0 and come again after 24."""
    colours = DARK_COLOURS if theme.dark else LIGHT_COLOURS
    return colours[form % len(colours)]


def style_of(form: int) -> Qt.PenStyle:
    """How the line of a form is broken."""
    return STYLES[(form // len(LIGHT_COLOURS)) % len(STYLES)]


def paint_sample(painter: QPainter, at: QPointF, form: int, theme: Theme) -> None:
    """Paint a short piece of the line, from ``at`` to the right."""
    painter.setPen(QPen(QColor(colour_of(form, theme)), 2, style_of(form)))
    painter.drawLine(at, at + QPointF(SAMPLE, 0))


def paint_own_sample(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """Paint short pieces of the two lines of the run in hand, that of training above that of validation."""
    for colour, down in ((theme.train_curve, -3), (theme.validation_curve, 3)):
        painter.setPen(QPen(QColor(colour), 2))
        painter.drawLine(at + QPointF(0, down), at + QPointF(SAMPLE, down))


def sample_box(at: QPointF) -> QRectF:
    """The room that a sample takes."""
    return QRectF(at.x(), at.y() - 5, SAMPLE, 10)

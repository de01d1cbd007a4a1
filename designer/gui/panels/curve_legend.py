"""The legend of curves of other runs: it stands above the plane, so that it hides none of them, and never moves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from designer.gui.numbers import figure
from designer.gui.panels.guests import Guest
from designer.gui.panels.line_forms import SAMPLE, paint_sample
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

ROW = 18
# pixels: left and right of all, between an entry and the next, between a line and its name
LEFT, RIGHT, BETWEEN, BESIDE = 8, 12, 14, 6
# pixels for a name at most, and whether the value stands behind it: what has room for all entries first
FORMS = ((150, True), (84, True), (84, False), (44, False), (0, False))
VALUE_WIDTH = 64


class Legend(QWidget):
    """Names curves of other runs, each with a piece of its line and the value that is read, in ``most`` lines.

    Where that is too little room, names are cut and values left out, in the end names too; pointing tells them.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self.most = theme, 1
        self._rows: list[tuple[int, str, str]] = []
        self._names: list[str] = []
        self._form, self._across = FORMS[0], 1
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.hide()

    def show_guests(self, guests: Sequence[Guest], epoch: float | None) -> None:
        """Show an entry for each of the curves, with its value at ``epoch``."""
        named = [guest for guest in guests if guest.form >= 0]
        names = short_names([guest.name for guest in named])
        rows = [(guest.form, name, figure(guest.value_at(epoch))) for guest, name in zip(named, names, strict=True)]
        if rows == self._rows:
            return
        others = [row[:2] for row in rows] != [row[:2] for row in self._rows]
        self._rows, self._names = rows, [guest.name for guest in named]
        self.setAccessibleName("; ".join(f"{name} {value}" for _, name, value in rows))
        if others:
            self.arrange()
            self.setVisible(bool(rows))
        self.update()

    def set_most(self, most: int) -> None:
        """Take so many lines at most."""
        if most != self.most:
            self.most = most
            self.arrange()

    def arrange(self) -> None:
        """Give the entries the form in which all of them have room."""
        room = self.width() - LEFT - RIGHT
        for form in FORMS:
            self._form = form
            self._across = max(1, int((room + BETWEEN) // (self._wide() + BETWEEN)))
            if self._wide() <= room and math.ceil(len(self._rows) / self._across) <= self.most:
                break
        self.setFixedHeight(ROW * max(1, min(self.most, math.ceil(len(self._rows) / self._across))))
        self.update()

    def sizeHint(self) -> QSize:
        """All the room across; as many lines as it takes."""
        return QSize(LEFT + self._wide() + RIGHT, self.height())

    def _wide(self) -> int:
        """How wide an entry is."""
        return SAMPLE + (BESIDE + self._name_width() if self._form[0] else 0) + (VALUE_WIDTH if self._form[1] else 0)

    def _name_width(self) -> int:
        """Room for the longest of the names, up to a point."""
        metrics = self.fontMetrics()
        return min(self._form[0], max((metrics.horizontalAdvance(name) + 2 for _, name, _ in self._rows), default=0))

    @property
    def shown(self) -> int:
        """How many of the curves have an entry; the last place may say how many more there are."""
        places = self._across * self.most
        return len(self._rows) if len(self._rows) <= places else places - 1

    def _place(self, entry: int) -> QPointF:
        """The upper left corner of an entry."""
        down, across = divmod(entry, self._across)
        return QPointF(LEFT + across * (self._wide() + BETWEEN), down * ROW)

    def words_at(self, point: QPoint) -> str:
        """The whole name of the curve whose entry is there, with its value; those of all that have none at the last."""
        across = int((point.x() - LEFT) // (self._wide() + BETWEEN))
        entry = point.y() // ROW * self._across + across
        if not 0 <= across < self._across or entry > self.shown or entry < 0:
            return ""
        told = [f"{name} {value}" for name, (_, _, value) in zip(self._names, self._rows, strict=True)]
        return told[entry] if entry < self.shown else "\n".join(told[self.shown :])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer entries have room."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.arrange()

    def event(self, event: QEvent) -> bool:
        """Say all of what is cut or left out."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.words_at(event.pos())), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint lines, names and values."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self.theme.surface))
        for entry, row in enumerate(self._rows[: self.shown]):
            self._paint_entry(painter, self._place(entry), row)
        left = len(self._rows) - self.shown
        if left:
            painter.setPen(QColor(self.theme.muted))
            room = QRectF(self._place(self.shown), QSize(max(self._wide(), SAMPLE + BETWEEN), ROW))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, f"+{left}")
        painter.end()

    def _paint_entry(self, painter: QPainter, at: QPointF, row: tuple[int, str, str]) -> None:
        form, name, value = row
        middle, left, wide = Qt.AlignmentFlag.AlignVCenter, at.x() + SAMPLE + BESIDE, self._name_width()
        paint_sample(painter, QPointF(at.x(), at.y() + ROW / 2), form, self.theme)
        painter.setPen(QColor(self.theme.muted))
        if self._form[0]:
            cut = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, wide)
            painter.drawText(QRectF(left, at.y(), wide, ROW), middle, cut)
        if self._form[1]:
            painter.setPen(QColor(self.theme.text))
            room = QRectF(left + wide, at.y(), VALUE_WIDTH - BESIDE, ROW)
            painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, value)


def short_names(names: Sequence[str]) -> list[str]:
    """The names without the day that all of them begin with: ``005`` for ``2026-01-31-005``."""
    days = {name[:10] for name in names}
    dated = all(len(name) > 11 and name[:10].count("-") == 2 and name[10] == "-" for name in names)
    return [name[11:] for name in names] if dated and len(days) == 1 else list(names)

"""The item of one note: a card with a few lines of plain text."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyle, QStyleOptionGraphicsItem, QWidget

from designer.gui.canvas.ink import Ink
from designer.gui.canvas.thing_ink import NAMES, thing_ink
from designer.project.model import Note

CORNER = 4.0
NOTE_MARGIN = 10.0
FOLD = 12.0
LONGEST_SHOWN = 20_000
LONGEST_SPOKEN = 200
EMPTY = "Double-click to write"


class NoteItem(QGraphicsItem):
    """Shows one note. While it is dragged its place and size are those of the gesture, else those of the project."""

    def __init__(self, note: Note, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self.note = note
        self.hovered = False
        self.writing = False
        self._lines: QTextLayout | None = None
        self.size = (note.width, note.height)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptHoverEvents(True)
        self.setZValue(0.5)
        self.set_note(note)

    @property
    def key(self) -> str:
        """The note's id."""
        return self.note.id

    @property
    def spoken(self) -> str:
        """The note in one line, as it is read aloud."""
        text = " ".join(self.note.text[:LONGEST_SPOKEN].split())
        return f"Note, {NAMES[self.note.colour].lower()}: {text}" if text else "Empty note"

    @property
    def tip(self) -> str:
        """What the tool tip says, as plain text: what does not fit on the card."""
        return self.note.text[:1000] if self._overflows() else ""

    def set_note(self, note: Note) -> None:
        """Show the note as it is now."""
        self.note, self._lines = note, None
        self.set_box(QRectF(note.x, note.y, note.width, note.height))

    def set_box(self, box: QRectF) -> None:
        """Take this place and size (of the scene) for the while."""
        self.prepareGeometryChange()
        if (box.width(), box.height()) != self.size:
            self.size, self._lines = (box.width(), box.height()), None
        self.setPos(box.topLeft())
        self.update()

    def set_ink(self, ink: Ink) -> None:
        """Draw under another theme."""
        self.ink, self._lines = ink, None
        self.update()

    def set_writing(self, writing: bool) -> None:
        """Whether the text is being edited on top of the card, which then shows none."""
        self.writing = writing
        self.update()

    def rect(self) -> QRectF:
        """The card in the scene."""
        return QRectF(self.pos(), self.pos() + QPointF(*self.size))

    def boundingRect(self) -> QRectF:
        """The card with its outline."""
        return QRectF(-2, -2, self.size[0] + 4, self.size[1] + 4)

    def shape(self) -> QPainterPath:
        """The card."""
        path = QPainterPath()
        path.addRect(QRectF(0, 0, *self.size))
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the card and its text; from afar the overview does it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, 0, *self.size)
        painter.setPen(self._outline(bool(option.state & QStyle.StateFlag.State_Selected)))
        painter.setBrush(thing_ink(self.ink.theme, self.note.colour).card)
        painter.drawPath(_card(box))
        if self.writing:
            return
        painter.setPen(self.ink.text if self.note.text.strip() else self.ink.muted)
        layout, room = self._laid_out(), self.text_box()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            if line.y() + line.height() <= room.height():
                line.draw(painter, room.topLeft())
        if self._overflows():
            painter.setFont(self.ink.note_font)
            corner = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.drawText(box.adjusted(0, 0, -6, -2), corner, "…")

    def paint_far(self, painter: QPainter) -> None:
        """Paint the card, of the scene, as a mere box."""
        colours = thing_ink(self.ink.theme, self.note.colour)
        pen = QPen(self._outline(self.isSelected()))
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(colours.bar)
        painter.drawRect(self.rect())

    def text_box(self) -> QRectF:
        """Where the text lies on the card."""
        return QRectF(0, 0, *self.size).adjusted(NOTE_MARGIN, NOTE_MARGIN - 2, -NOTE_MARGIN, -4)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """Outline the card under the cursor a little stronger."""
        self.hovered = True
        self.update()

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """The cursor has gone."""
        self.hovered = False
        self.update()

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        """A selected note lies above the others."""
        if change == QGraphicsItem.GraphicsItemChange.ItemSelectedHasChanged:
            self.setZValue(0.6 if self.isSelected() else 0.5)
        return value

    def _outline(self, selected: bool) -> QPen:
        if selected:
            return self.ink.selected_outline
        pen = QPen(thing_ink(self.ink.theme, self.note.colour).outline)
        pen.setWidthF(2.0 if self.hovered else 1.0)
        return pen

    def _overflows(self) -> bool:
        layout = self._laid_out()
        last = layout.lineAt(layout.lineCount() - 1)
        return layout.lineCount() > 0 and last.y() + last.height() > self.text_box().height()

    def _laid_out(self) -> QTextLayout:
        """The text in lines as wide as the card, broken between words where it can be."""
        if self._lines is None:
            text = self.note.text[:LONGEST_SHOWN] if self.note.text.strip() else EMPTY
            layout = QTextLayout(text.replace("\n", "\u2028"), self.ink.note_font)
            option = QTextOption()
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            layout.setTextOption(option)
            width, top = max(1.0, self.text_box().width()), 0.0
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(width)
                line.setPosition(QPointF(0, top))
                top += line.height()
            layout.endLayout()
            self._lines = layout
        return self._lines


def _card(box: QRectF) -> QPainterPath:
    """A sheet with its upper right corner cut, so that it is no node."""
    path = QPainterPath(box.topLeft())
    path.lineTo(box.right() - FOLD, box.top())
    path.lineTo(box.right(), box.top() + FOLD)
    path.lineTo(box.bottomRight())
    path.lineTo(box.bottomLeft())
    path.closeSubpath()
    return path

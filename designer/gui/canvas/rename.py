"""Renaming in place: a line over the name on the node itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.node_paint import MIDDLE, MIDDLE_NAME, MIDDLE_WIDTH
from designer.gui.canvas.node_writing import TEXT_LEFT, TEXT_WIDTH
from designer.gui.canvas.overview import FAR
from designer.gui.theme import SMALL_PIXELS, TEXT_PIXELS
from designer.project import edits
from designer.project.errors import LayerloomError
from designer.project.model import Project

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

LEAST_WIDTH = 128
PADDING = 3
MOST_PIXELS = 36
_KEPT_OPEN = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
_COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def begin_rename(view: CanvasView, key: str) -> NameEditor | None:
    """Open a line over the name of the node ``key``; None where there is no such node."""
    if key not in view.canvas.nodes:
        return None
    for other in view.viewport().findChildren(NameEditor):
        other.leave()
    view.cancel_gesture()
    view.unsay()
    return NameEditor(view, key)


def on_name(view: CanvasView, item: NodeItem, point: QPointF) -> bool:
    """Whether a point of the scene lies on the name that is written on the node."""
    return view.zoom >= FAR and _name_box(view, item).contains(point)


class NameEditor(QLineEdit):
    """Edits one node's name. Enter or leaving applies it, Escape does not; a name that is refused stays to be mended.

    It stays with its node however the view is moved.
    """

    def __init__(self, view: CanvasView, key: str) -> None:
        super().__init__(view.viewport())
        self._view, self._key, self._open = view, key, True
        node = view.session.project.graph.nodes[key]
        self.setText(node.name)
        self.setAccessibleName(f"Name of {node.name[:80]}")
        self.setProperty("bad", False)
        self.textEdited.connect(lambda: self._mark(False))
        view.zoomed.connect(self._place)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self._place)
        self._unsubscribe = view.session.subscribe(self._project_changed)
        self._place()
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def apply(self) -> bool:
        """Rename the node and go; whether the name was taken."""
        name = self._view.session.project.graph.nodes[self._key].name
        try:
            project = edits.rename(self._view.session.project, self._key, self.text())
            self._view.session.do(f"Rename {name[:40]}", project)
        except LayerloomError as error:
            self._mark(True)
            self._view.refuse(str(error), self.geometry().bottomLeft() + QPoint(0, 2))
            return False
        self.leave()
        return True

    def leave(self) -> None:
        """Go, with the name as it is in the project."""
        if not self._open:
            return
        self._open = False
        self._unsubscribe()
        had_focus = self.hasFocus()
        self.hide()
        self._view.unsay()
        if had_focus:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()

    def event(self, event: QEvent) -> bool:
        """Plain keys are typed here, whatever they mean on the canvas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not event.modifiers() & _COMMANDING:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter applies, Escape does not."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apply()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Going on elsewhere applies the name; where it is refused, the node keeps its old one."""
        super().focusOutEvent(event)
        if not self._open or event.reason() in _KEPT_OPEN:
            return
        if not self.apply():
            said = self._view.canvas.label.text
            self.leave()
            self._view.refuse(said)

    def _mark(self, bad: bool) -> None:
        if self.property("bad") != bad:
            self.setProperty("bad", bad)
            self.style().unpolish(self)
            self.style().polish(self)
            self._size_letters()

    def _project_changed(self, old: Project, new: Project) -> None:
        if self._key not in new.graph.nodes:
            self.leave()
        elif self._open:
            self._place()

    def _place(self) -> None:
        item = self._view.canvas.nodes.get(self._key)
        if item is None or not self._open:
            return
        box = self._view.mapFromScene(_name_box(self._view, item)).boundingRect()
        self._size_letters()
        height = max(box.height() + 2 * PADDING, self.fontMetrics().height() + 2 * PADDING)
        wide = max(LEAST_WIDTH, box.width() + 2 * PADDING)
        self.setGeometry(QRect(box.left() - PADDING - 3, box.center().y() - height // 2 + 1, wide, height))

    def _size_letters(self) -> None:
        zoom = self._view.zoom
        written = TEXT_PIXELS * zoom if zoom >= MIDDLE else TEXT_PIXELS
        font = QFont(self.font())
        font.setPixelSize(max(SMALL_PIXELS, min(MOST_PIXELS, round(written))))
        font.setWeight(QFont.Weight.DemiBold)
        self.setFont(font)
        self.setStyleSheet(f"QLineEdit {{ padding: 0 3px; font-size: {font.pixelSize()}px; }}")


def _name_box(view: CanvasView, item: NodeItem) -> QRectF:
    if view.zoom >= MIDDLE:
        return QRectF(item.pos() + QPointF(TEXT_LEFT, 6), item.pos() + QPointF(TEXT_LEFT + TEXT_WIDTH, 24))
    rest = (item.rect().height() - MIDDLE_NAME.bottom() - MIDDLE_NAME.top()) / 2 if view.zoom < FAR else 0.0
    top = item.pos() + MIDDLE_NAME.topLeft() + QPointF(0, rest)
    return QRectF(top, top + QPointF(MIDDLE_WIDTH, MIDDLE_NAME.height()))

"""Typing while the keyboard is on a port: the letters begin a search for the layer that is to be linked with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from designer.gui.canvas.bringing import LinkEnd
from designer.gui.canvas.geometry import WIDTH
from designer.gui.canvas.placing import GAP, after, beside
from designer.gui.canvas.search_box import open_search

if TYPE_CHECKING:
    from designer.gui.canvas.port_focus import End
    from designer.gui.canvas.view import CanvasView

_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def is_typing(event: QKeyEvent) -> bool:
    """Whether a key is a letter or digit of a name that somebody types."""
    return event.text().isalnum() and not event.modifiers() & _HELD


def type_ahead(view: CanvasView, text: str) -> None:
    """Search for ``text`` what is to be linked with the port that the keyboard is on, or with the node's output."""
    end = view.port_focus.end
    if end is None:
        return
    meant = _meant(view, end)
    scene, box = view.canvas, view.canvas.nodes[end.node].rect()
    half = box.center() - box.topLeft()
    if meant is not None and not meant.output:
        corner = beside(scene, QPointF(box.left() - GAP - WIDTH / 2, box.center().y()))
    else:
        corner = after(scene, end.node)
    view.port_focus.cancel()
    view.port_focus.leave()
    open_search(view, view.mapFromScene(corner + half), meant).field.setText(text)


def _meant(view: CanvasView, end: End) -> LinkEnd | None:
    """The port itself while it is free, or an output; behind an input that is fed, what the node gives."""
    item = view.canvas.nodes[end.node]
    if end.output or (end.name, False) not in item.linked:
        return LinkEnd(end.node, end.name, end.output)
    return LinkEnd(end.node, item.outputs[0].name, True) if item.outputs else None

"""Acting on a canvas as a person does: with the mouse, the keyboard and drops."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.node_paint import paint_node
from designer.gui.canvas.view import CanvasView
from designer.gui.layer_drag import layer_mime
from designer.gui.theme import LIGHT
from designer.layers.catalog import new_node, ports_of
from designer.project import edits
from designer.project.model import Link, Project
from designer.workspace.session import Session

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def chain(*types: str, gap: float = 260.0) -> Project:
    """A project of layers one after the other, each linked to the next, with the ids n1, n2, …"""
    project = Project()
    before = ""
    for place, type_key in enumerate(types):
        node = new_node(project.graph, type_key, place * gap, 0.0)
        project = edits.add_node(project, node)
        if before and ports_of(node).inputs:
            name = "x1" if ports_of(node).inputs[0].many else "x"
            project = edits.connect(project, Link(before, "out", node.id, name), ports_of)
        before = node.id
    return project


def at_node(view: CanvasView, key: str) -> QPoint:
    """The middle of a node's name, in the view."""
    return view.mapFromScene(view.canvas.nodes[key].rect().topLeft() + QPointF(90, 14))


def at_port(view: CanvasView, key: str, name: str, output: bool) -> QPoint:
    """A port, in the view."""
    return view.mapFromScene(view.canvas.nodes[key].anchor(name, output))


def drag(
    view: CanvasView,
    start: QPoint,
    end: QPoint,
    button: Qt.MouseButton = LEFT,
    modifiers: Qt.KeyboardModifier = NONE,
    release: bool = True,
) -> None:
    """Press, move in steps and release."""
    port = view.viewport()
    QTest.mousePress(port, button, modifiers, start)
    for step in range(1, 9):
        QTest.mouseMove(port, start + (end - start) * (step / 8))
    if release:
        QTest.mouseRelease(port, button, modifiers, end)


def click(view: CanvasView, at: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Click there."""
    QTest.mouseMove(view.viewport(), at)
    QTest.mouseClick(view.viewport(), LEFT, modifiers, at)


def hover_drop(view: CanvasView, type_key: str, at: QPoint) -> QMimeData:
    """Drag a layer from the palette over the canvas, without letting go; the load must be kept."""
    load = layer_mime(type_key)
    copy, port = Qt.DropAction.CopyAction, view.viewport()
    QApplication.sendEvent(port, QDragEnterEvent(at, copy, load, LEFT, NONE))
    QApplication.sendEvent(port, QDragMoveEvent(at, copy, load, LEFT, NONE))
    return load


def drop(view: CanvasView, type_key: str, at: QPoint) -> bool:
    """Drag a layer from the palette to the canvas and let go; whether the canvas took it."""
    load = hover_drop(view, type_key, at)
    event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, load, LEFT, NONE)
    QApplication.sendEvent(view.viewport(), event)
    return event.isAccepted()


def shown(qtbot: QtBot, project: Project) -> CanvasView:
    """A canvas on this project, in a window of 1,000 by 700 with the keyboard's focus."""
    view = CanvasView(Session(project), LIGHT)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    qtbot.waitExposed(view)
    view.setFocus()
    return view


def node_picture(item: NodeItem, scale: float = 1.0) -> QImage:
    """A node as it is painted at a zoom, 20 pixels from the left and from the top."""
    image = QImage(240, 200, QImage.Format.Format_RGB32)
    image.fill(QColor(item.ink.theme.canvas))
    painter = QPainter(image)
    painter.translate(20, 20)
    paint_node(painter, item, False, scale)
    painter.end()
    return image


def painted(view: CanvasView) -> bytes:
    """The pixels that the canvas shows."""
    image = view.viewport().grab().toImage()
    return bytes(image.constBits())

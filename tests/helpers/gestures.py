"""Random gestures on a canvas, with mouse and keyboard, for fuzzing: every command, and what opens is answered too."""

from __future__ import annotations

import random
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from designer.gui.canvas.commands.catalog import COMMANDS
from designer.gui.canvas.view import CanvasView
from designer.layers.catalog import LAYERS
from tests.helpers.canvas import LEFT, click, drag, drop

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
WORDS = ("", "conv", "relu", "linear", "residual", "add", "Stem", "<b>x</b>", "n2", "zzz", "problem")
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
MOST_NODES = 40

Gesture = Callable[[CanvasView, random.Random], None]


def spot(view: CanvasView, chance: random.Random) -> QPoint:
    """Any place that is seen."""
    return QPoint(
        chance.randrange(10, view.viewport().width() - 10), chance.randrange(10, view.viewport().height() - 10)
    )


def drop_layer(view: CanvasView, chance: random.Random) -> None:
    """Drop any layer from the palette."""
    drop(view, chance.choice(list(LAYERS)), spot(view, chance))


def draw_link(view: CanvasView, chance: random.Random) -> None:
    """Drag from any port to any other, or to the ground."""
    ports = [(item, place) for item in view.canvas.nodes.values() for place in (*item.inputs, *item.outputs)]
    if len(ports) < 2:
        return
    (item, place), (other, end) = chance.choice(ports), chance.choice(ports)
    goal = view.mapFromScene(other.pos() + end.at) if chance.random() < 0.85 else spot(view, chance)
    drag(view, view.mapFromScene(item.pos() + place.at), goal)


def drag_node(view: CanvasView, chance: random.Random) -> None:
    """Drag a node somewhere, now and then broken off."""
    if not view.canvas.nodes:
        return
    item = chance.choice(list(view.canvas.nodes.values()))
    goal, broken = spot(view, chance), chance.random() < 0.15
    drag(view, view.mapFromScene(item.rect().center()), goal, release=not broken)
    if broken:
        QTest.keyClick(view, Qt.Key.Key_Escape)
        QTest.mouseRelease(view.viewport(), LEFT, pos=goal)


def drag_anywhere(view: CanvasView, chance: random.Random) -> None:
    """Drag with any button and keys held, from any place: bands, cuts, bends, frames, pans."""
    keys = chance.choice((Qt.KeyboardModifier.NoModifier, CTRL, SHIFT, ALT))
    button = chance.choice((LEFT, LEFT, LEFT, Qt.MouseButton.MiddleButton))
    drag(view, spot(view, chance), spot(view, chance), button, keys)


def drag_link(view: CanvasView, chance: random.Random) -> None:
    """Drag a link at its middle, or double-click it."""
    if not view.canvas.links:
        return
    link = chance.choice(list(view.canvas.links.values()))
    middle = view.mapFromScene(link.line.pointAt(0.5) if hasattr(link, "line") else link.boundingRect().center())
    if chance.random() < 0.3:
        QTest.mouseDClick(view.viewport(), LEFT, pos=middle)
    else:
        drag(view, middle, spot(view, chance))


def click_somewhere(view: CanvasView, chance: random.Random) -> None:
    """Click or double-click on a node or anywhere."""
    at = spot(view, chance)
    if view.canvas.nodes and chance.random() < 0.7:
        at = view.mapFromScene(chance.choice(list(view.canvas.nodes.values())).rect().center())
    if chance.random() < 0.25:
        QTest.mouseDClick(view.viewport(), LEFT, pos=at)
    else:
        click(view, at, chance.choice((Qt.KeyboardModifier.NoModifier, CTRL, SHIFT)))


def command(view: CanvasView, chance: random.Random) -> None:
    """The keys of any command."""
    chosen = chance.choice(COMMANDS)
    if chosen.keys:
        press(view, chance.choice(chosen.keys.split("; ")))
    else:
        chosen.run(view)


def walk(view: CanvasView, chance: random.Random) -> None:
    """Arrows, Tab, Enter and Escape, with and without keys held."""
    keys = (*ARROWS, *ARROWS, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape)
    held = chance.choice((Qt.KeyboardModifier.NoModifier, CTRL, SHIFT, CTRL | SHIFT))
    QTest.keyClick(view, chance.choice(keys), held)


def undo_or_redo(view: CanvasView, chance: random.Random) -> None:
    """Some steps back, or on."""
    for _ in range(chance.randrange(1, 5)):
        press(view, chance.choice(("Ctrl+Z", "Ctrl+Z", "Ctrl+Shift+Z")))


def select_some(view: CanvasView, chance: random.Random) -> None:
    """Select a few nodes, links or other things."""
    keys = [*view.canvas.nodes, *view.session.project.graph.frames, *view.session.project.graph.notes]
    view.canvas.select(
        chance.sample(keys, min(len(keys), chance.randrange(5))),
        [link.link for link in view.canvas.links.values() if chance.random() < 0.1],
    )


GESTURES: tuple[tuple[Gesture, float], ...] = (
    (drop_layer, 0.16),
    (draw_link, 0.2),
    (drag_node, 0.1),
    (drag_anywhere, 0.08),
    (drag_link, 0.06),
    (click_somewhere, 0.07),
    (select_some, 0.08),
    (command, 0.13),
    (walk, 0.05),
    (undo_or_redo, 0.07),
)


def press(widget: QWidget, keys: str) -> None:
    """Press a combination of keys, as menus write it."""
    combination = QKeySequence(keys)[0]
    QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())


def break_off_dialogs(view: CanvasView) -> None:
    """From now on close every dialog that waits for an answer, soon after it has opened."""
    timer = QTimer(view, interval=20)

    def look() -> None:
        modal = QApplication.activeModalWidget()
        if modal is not None:
            modal.close()

    timer.timeout.connect(look)
    timer.start()


def act(view: CanvasView, chance: random.Random) -> str:
    """One gesture, and an answer to whatever it opened; the gesture's name."""
    if len(view.canvas.nodes) > MOST_NODES:
        view.select_all()
        press(view, "Del")
        return "delete all"
    gesture = chance.choices([gesture for gesture, _ in GESTURES], [weight for _, weight in GESTURES])[0]
    gesture(view, chance)
    answer(view, chance)
    return gesture.__name__


def answer(view: CanvasView, chance: random.Random) -> None:
    """Type into what has opened, and accept or break off; then the canvas has the focus again."""
    for _ in range(6):
        QApplication.processEvents()
        modal = QApplication.activeModalWidget()
        popup = QApplication.activePopupWidget()
        focus = QApplication.focusWidget()
        if modal is not None:
            QTest.keyClick(modal, Qt.Key.Key_Escape)
        elif popup is not None or (
            focus is not None and focus not in (view, view.viewport()) and view.isAncestorOf(focus)
        ):
            target = focus if focus is not None else popup
            assert target is not None
            if isinstance(target, QLineEdit | QTextEdit | QPlainTextEdit) and chance.random() < 0.8:
                QTest.keyClicks(target, chance.choice(WORDS))
            QTest.keyClick(target, Qt.Key.Key_Return if chance.random() < 0.5 else Qt.Key.Key_Escape)
        else:
            break
    left = QApplication.activePopupWidget()
    if left is not None:
        left.close()
    view.setFocus()


def _inside(view: CanvasView, focus: QWidget | None) -> bool:
    return focus is not None and focus not in (view, view.viewport()) and view.isAncestorOf(focus)

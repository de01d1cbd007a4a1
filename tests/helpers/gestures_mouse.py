"""Random gestures with the mouse, the wheel and two fingers, on everything that lies on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QInputDevice,
    QNativeGestureEvent,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui.canvas.node_marks import BADGE_AT
from designer.layers.catalog import LAYERS
from designer.layers.ready_blocks import READY_BLOCKS
from tests.helpers.canvas import LEFT, click, drag, drop, hover_drop
from tests.helpers.hand import ALT, CTRL, NONE, SHIFT, Hand

BUTTONS = (LEFT, LEFT, LEFT, Qt.MouseButton.MiddleButton)
PAD = QPointingDevice(
    "pad",
    77,
    QInputDevice.DeviceType.TouchPad,
    QPointingDevice.PointerType.Finger,
    QInputDevice.Capability.PixelScroll | QInputDevice.Capability.Position,
    5,
    3,
    "",
    QPointingDeviceUniqueId(),
)


def drop_layer(hand: Hand) -> None:
    """Drop any layer from the palette, now and then on a link."""
    drop(hand.view, hand.chance.choice(list(LAYERS)), _spot_or_link(hand))


def drop_block(hand: Hand) -> None:
    """Drop a block of the project, a ready one, one of the library, or what is none."""
    whole = hand.view.session.whole
    own = [f"block:{key}" for key in whole.blocks]
    keys = [
        *own,
        *own,
        *(f"ready:{key}" for key in READY_BLOCKS),
        "library:Kept",
        "block:gone",
        "block_input",
        "nonsense",
    ]
    key = hand.chance.choice(keys)
    if hand.chance.random() < 0.15:
        load = hover_drop(hand.view, key, hand.spot())
        QApplication.sendEvent(hand.view.viewport(), _leave())
        del load
    else:
        drop(hand.view, key, _spot_or_link(hand))


def draw_link(hand: Hand) -> None:
    """Drag from any port to any other, or to the ground, now and then broken off."""
    view, chance = hand.view, hand.chance
    item, other = hand.node(), hand.node()
    if item is None or other is None:
        return
    if chance.random() < 0.7:
        free = [place for place in other.inputs if (place.name, False) not in other.linked]
        place, end = hand.one_of([*item.outputs]), hand.one_of(free or [*other.inputs])
    else:
        place, end = hand.one_of([*item.inputs, *item.outputs]), hand.one_of([*other.inputs, *other.outputs])
    if place is None or end is None:
        return
    goal = view.mapFromScene(other.pos() + end.at) if chance.random() < 0.85 else hand.spot()
    _drag(hand, view.mapFromScene(item.pos() + place.at), goal, chance.choice((NONE, NONE, NONE, SHIFT, CTRL, ALT)))


def drag_node(hand: Hand) -> None:
    """Drag a node somewhere, with what is selected with it, now and then broken off or with undo on the way."""
    item = hand.node()
    if item is not None:
        start = hand.view.mapFromScene(item.rect().center())
        _drag(hand, start, hand.spot(), hand.chance.choice((NONE, NONE, NONE, ALT, SHIFT)))


def drag_anywhere(hand: Hand) -> None:
    """Drag with any button and keys held, from any place: bands, cuts, bends, frames, pans."""
    held = hand.chance.choice((NONE, CTRL, SHIFT, ALT, CTRL | SHIFT))
    _drag(hand, hand.spot(), hand.spot(), held, hand.chance.choice(BUTTONS))


def drag_link(hand: Hand) -> None:
    """Drag a link anywhere along it, or double-click it, or click it."""
    view, chance = hand.view, hand.chance
    link = hand.one_of(list(view.canvas.links.values()))
    if link is None:
        return
    at = view.mapFromScene(link.trace.at(link.trace.length * chance.random()))
    kind = chance.random()
    if kind < 0.2:
        QTest.mouseDClick(view.viewport(), LEFT, pos=at)
        QTest.mouseRelease(view.viewport(), LEFT, pos=at)
    elif kind < 0.35:
        click(view, at, chance.choice((NONE, CTRL, SHIFT)))
    else:
        _drag(hand, at, hand.spot(), chance.choice((NONE, NONE, ALT, CTRL)))


def drag_bend(hand: Hand) -> None:
    """Drag, click or double-click a bend of a link; then perhaps delete it."""
    view, chance = hand.view, hand.chance
    bent = hand.one_of([link for link in view.canvas.links.values() if link.bends])
    if bent is None:
        drag_link(hand)
        return
    at = view.mapFromScene(chance.choice(list(bent.bends)))
    kind = chance.random()
    if kind < 0.3:
        click(view, at)
        hand.press(chance.choice(("Del", "Backspace", "Esc")))
    elif kind < 0.5:
        QTest.mouseDClick(view.viewport(), LEFT, pos=at)
        QTest.mouseRelease(view.viewport(), LEFT, pos=at)
    else:
        _drag(hand, at, hand.spot())


def drag_thing(hand: Hand) -> None:
    """Drag a frame by its title or a note by its middle, or either by an edge; or open it."""
    view, chance = hand.view, hand.chance
    item = hand.one_of(list(view.canvas.things))
    if item is None:
        return
    box = item.rect()
    places = (box.topLeft() + QPointF(30, 10), box.center(), box.bottomRight(), box.topLeft(),
              QPointF(box.right(), box.center().y()), QPointF(box.center().x(), box.bottom()))  # fmt: skip
    at = view.mapFromScene(chance.choice(places))
    if chance.random() < 0.2:
        QTest.mouseDClick(view.viewport(), LEFT, pos=at)
        QTest.mouseRelease(view.viewport(), LEFT, pos=at)
    else:
        _drag(hand, at, hand.spot(), chance.choice((NONE, NONE, ALT, SHIFT)))


def click_somewhere(hand: Hand) -> None:
    """Click or double-click on a node or anywhere, with any button."""
    view, chance = hand.view, hand.chance
    item = hand.node() if chance.random() < 0.7 else None
    at = hand.spot() if item is None else view.mapFromScene(hand.chance.choice((
        item.rect().center(), item.rect().topLeft() + QPointF(90, 14))))  # fmt: skip
    if chance.random() < 0.25:
        QTest.mouseDClick(view.viewport(), LEFT, pos=at)
        QTest.mouseRelease(view.viewport(), LEFT, pos=at)
    elif chance.random() < 0.1:
        side = chance.choice((Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton, Qt.MouseButton.RightButton))
        QTest.mouseClick(view.viewport(), side, pos=at)
    else:
        click(view, at, chance.choice((NONE, CTRL, SHIFT)))


def click_badge(hand: Hand) -> None:
    """Click the sign of a problem."""
    view = hand.view
    item = hand.one_of([item for item in view.canvas.nodes.values() if item.problems])
    if item is not None:
        click(view, view.mapFromScene(item.pos() + BADGE_AT))


def hover(hand: Hand) -> None:
    """Move about without a button, rest, and ask for the tool tip."""
    view = hand.view
    for _ in range(3):
        at = _spot_or_link(hand)
        QTest.mouseMove(view.viewport(), at)
        QApplication.processEvents()
    tip = QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at))
    QApplication.sendEvent(view.viewport(), tip)
    if hand.chance.random() < 0.3:
        QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))


def context_menu(hand: Hand) -> None:
    """Ask for the menu under the cursor, or by the key."""
    view = hand.view
    item = hand.node() if hand.chance.random() < 0.6 else None
    at = _spot_or_link(hand) if item is None else view.mapFromScene(item.rect().center())
    by_key = hand.chance.random() < 0.25
    reason = QContextMenuEvent.Reason.Keyboard if by_key else QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, at, view.viewport().mapToGlobal(at)))


def wheel_or_fingers(hand: Hand) -> None:
    """Turn the wheel, pan with two fingers, or pinch; also in the midst of a drag."""
    view, chance, at = hand.view, hand.chance, QPointF(hand.spot())
    port = view.viewport()
    everywhere = QPointF(port.mapToGlobal(at.toPoint()))
    if chance.random() < 0.3:
        kind, none = Qt.NativeGestureType.ZoomNativeGesture, QPointF()
        pinch = QNativeGestureEvent(kind, PAD, 2, at, at, everywhere, chance.uniform(-0.4, 0.4), none)
        QApplication.sendEvent(port, pinch)
        return
    by, held = (
        QPoint(chance.randrange(-240, 240), chance.randrange(-480, 480)),
        chance.choice((NONE, NONE, CTRL, SHIFT)),
    )
    source = PAD if chance.random() < 0.4 else QPointingDevice.primaryPointingDevice()
    event = QWheelEvent(at, everywhere, by / 3, by, Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False,
                        Qt.MouseEventSource.MouseEventNotSynthesized, source)  # fmt: skip
    QApplication.sendEvent(port, event)


def drag_minimap(hand: Hand) -> None:
    """Drag what is seen about on the minimap, where it is shown."""
    view = hand.view
    small = view.lookout.minimap
    if not small.isVisible():
        hand.press("M")
        return
    start, end = hand.inside(small.rect()), hand.inside(small.rect())
    QTest.mousePress(small, LEFT, pos=start)
    QTest.mouseMove(small, end)
    QTest.mouseRelease(small, LEFT, pos=end)


def click_crumb(hand: Hand) -> None:
    """Go outside by the breadcrumb."""
    crumb = hand.one_of(hand.view.breadcrumb.crumbs) if hand.view.breadcrumb.isVisible() else None
    if crumb is not None:
        QTest.mouseClick(crumb, LEFT)


def _drag(
    hand: Hand, start: QPoint, goal: QPoint, held: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
) -> None:
    """Drag to the goal; a few times something else comes between, which must leave no trace either."""
    view, chance = hand.view, hand.chance
    between = chance.choice(("Esc", "Esc", "Ctrl+Z", "Ctrl+Shift+Z", "Del", "Ctrl+A")) if chance.random() < 0.12 else ""
    drag(view, start, goal, button, held, release=not between)
    if chance.random() < 0.05:
        wheel_or_fingers(hand)
    if between:
        QApplication.processEvents()
        hand.press(between)
        QTest.mouseMove(view.viewport(), hand.spot())
        QTest.mouseRelease(view.viewport(), button, held, goal)


def _spot_or_link(hand: Hand) -> QPoint:
    link = hand.one_of(list(hand.view.canvas.links.values())) if hand.chance.random() < 0.3 else None
    return hand.spot() if link is None else hand.view.mapFromScene(link.trace.at(link.trace.length / 2))


def _leave() -> QEvent:
    from PySide6.QtGui import QDragLeaveEvent

    return QDragLeaveEvent()

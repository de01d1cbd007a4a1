"""The canvas view: what the mouse, the keyboard and drops do to the graph."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QToolTip

from designer.gui.canvas.accessible import Reader
from designer.gui.canvas.arranging import use_grid
from designer.gui.canvas.bending import LinkPress, remove_bend_at
from designer.gui.canvas.context_menu import show_context_menu, show_menu_by_key
from designer.gui.canvas.cut import Cut
from designer.gui.canvas.fix_popup import badge_at, open_fix_popup
from designer.gui.canvas.frame_gestures import grip_at, open_thing, press_thing, thing_cursor
from designer.gui.canvas.geometry import Place
from designer.gui.canvas.gestures import BandSelection, Gesture, NodeMove, Pan
from designer.gui.canvas.graph_view import GraphView
from designer.gui.canvas.hit import link_hit, port_hit
from designer.gui.canvas.keys import claims_key, handle_key, pass_by
from designer.gui.canvas.layer_drop import LayerDrop
from designer.gui.canvas.link_drag import port_drag
from designer.gui.canvas.link_hover import LinkHover
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.port_fade import PortFade
from designer.gui.canvas.port_focus import PortFocus
from designer.gui.canvas.port_words import port_tip
from designer.gui.canvas.rename import begin_rename, on_name
from designer.gui.canvas.search_box import open_search, place_to_add
from designer.gui.canvas.walking import Walker
from designer.gui.layer_drag import dragged_layer
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.workspace.preferences import load_preferences
from designer.workspace.session import Session

RING = 2
EDGE = 24
EDGE_STEP = 12
# how the keyboard comes by a key, and how it leaves to come back by itself
BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
BY_KEY = (*BY_TAB, Qt.FocusReason.ShortcutFocusReason)
FOR_A_WHILE = (
    Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason, Qt.FocusReason.ActiveWindowFocusReason,
)  # fmt: skip


class CanvasView(GraphView):
    """The graph, edited by gestures, keys and drops. ``node_activated`` carries the id of a double-clicked node.

    ``hinted`` carries what one may want to know while a gesture goes on, and nothing once it is over. ``ringed`` is
    whether a frame says that the keyboard came here by a key, ``passing`` whether it came by Tab and did nothing yet.
    """

    node_activated = Signal(str)
    hinted = Signal(str)

    def __init__(self, session: Session, theme: Theme) -> None:
        self.gesture: Gesture | None = None
        self.hand = False
        self.space_held = False
        self.space_used = False
        self.coarse_grid = False
        self.modifiers = Qt.KeyboardModifier.NoModifier
        self._chosen_at_press: tuple[str, ...] = ()
        self._hot: NodeItem | None = None
        self._hinted = ""
        self.ringed = self.passing = False
        super().__init__(session, theme)
        # beside what scrolls: a frame over it would scroll with it, or be drawn anew with all of it
        self.setViewportMargins(RING, RING, RING, RING)
        self._drop = LayerDrop(self)
        self.walker = Walker(self)
        self.port_focus = PortFocus(self)
        self.link_hover = LinkHover(self)
        self.port_fade = PortFade(self)
        self.reader = Reader(self)
        self.canvas.selection_changed.connect(self.port_focus.show)
        self.destroyed.connect(self.session.subscribe(lambda old, new: self.port_focus.show()))
        self._edge_timer = QTimer(self, interval=16)
        self._edge_timer.timeout.connect(self._pan_at_edge)
        use_grid(self, load_preferences().coarse_grid)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_hand(self, hand: bool) -> None:
        """Whether dragging with the left button moves what is seen instead of what is drawn."""
        self.hand = hand
        self.show_cursor()

    def cancel_gesture(self) -> bool:
        """Break off the gesture in hand; whether there was one."""
        gesture, self.gesture = self.gesture, None
        if gesture is None:
            return False
        self._edge_timer.stop()
        self._hint("")
        gesture.cancelled()
        self.show_cursor()
        return True

    def show_cursor(self) -> None:
        """The cursor that says what pressing the button would do."""
        if self.hand or self.space_held:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._hot is not None:
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        elif (shape := self.link_hover.cursor or thing_cursor(self)) is not None:
            self.viewport().setCursor(shape)
        else:
            self.viewport().unsetCursor()

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin the gesture that belongs to what is under the cursor."""
        event.accept()
        self._ring(False)
        if self.gesture is not None:
            return
        self.unsay()
        self.port_focus.leave()
        self.link_hover.leave()
        self.modifiers = event.modifiers()
        at, left = event.position().toPoint(), event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and (self.hand or self.space_held)):
            self.gesture = Pan(self, at, event.button())
            self.space_used = True
        elif event.button() == Qt.MouseButton.BackButton:
            self.lookout.places.back()
        elif event.button() == Qt.MouseButton.ForwardButton:
            self.lookout.places.forward()
        elif left:
            self._chosen_at_press = self.selected()
            adding = bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
            self.gesture = self._begin(at, adding)
        if self.gesture is not None and self.gesture.pans_at_edge:
            self._edge_timer.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what is under the cursor."""
        self.cursor_at, self.modifiers = event.position().toPoint(), event.modifiers()
        if self.gesture is None:
            super().mouseMoveEvent(event)
            self._show_port(self.cursor_at)
        elif not event.buttons() & self.gesture.button:
            self.cancel_gesture()
        else:
            self._hint(self.gesture.hint)
            self.gesture.moved(self.cursor_at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        event.accept()
        if self.gesture is None or event.button() != self.gesture.button:
            return
        gesture, self.gesture = self.gesture, None
        self._edge_timer.stop()
        self._hint("")
        gesture.released(event.position().toPoint())
        self.show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double-click on a node asks for its details, on a block leads into it, on bare ground asks what to add."""
        point = self.mapToScene(event.position().toPoint())
        node = self.canvas.node_at(point)
        if event.button() == Qt.MouseButton.LeftButton and node is not None and self._port(point) is None:
            self.canvas.select([node.node.id])
            if not node.is_block and on_name(self, node, point):
                begin_rename(self, node.node.id)
            elif not self.session.enter(node.node.id):
                self.node_activated.emit(node.node.id)
            event.accept()
        elif event.button() == Qt.MouseButton.LeftButton and (remove_bend_at(self, point) or open_thing(self, point)):
            event.accept()
        elif event.button() == Qt.MouseButton.LeftButton and self._is_bare(point) and not self.hand:
            # the first of the two clicks let the selection go
            self.canvas.select(self._chosen_at_press)
            open_search(self, event.position().toPoint(), exactly=True)
            event.accept()
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with what is under the cursor."""
        self.cancel_gesture()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            point = self.mapToScene(event.pos())
            item = self.canvas.node_at(point) or link_hit(self, point)
            if item is not None and not item.isSelected():
                nodes, links = ([item.node.id], []) if isinstance(item, NodeItem) else ([], [item.link])
                self.canvas.select(nodes, links)
            elif item is None and (grip := grip_at(self, point)) is not None and not grip.item.isSelected():
                self.canvas.select((), (), [grip.item.key])
            show_context_menu(self, event.pos(), event.globalPos())
        else:
            show_menu_by_key(self)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keys whose meaning depends on where the keyboard is come here before the menus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and claims_key(self, event):
            event.accept()
            return True
        if event.type() == QEvent.Type.Paint:
            self._paint_ring()
            return True
        return super().event(event)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab walks ports and asks what to add; Ctrl+F6 leads out of the canvas."""
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the canvas; those of the window's menus never arrive here."""
        if self.passing and pass_by(self, event):
            return
        self.passing = False
        if not handle_key(self, event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Letting Space go ends panning by it; where nothing was panned it asks what to add."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            tapped = self.space_held and not self.space_used
            self.space_held = False
            self.show_cursor()
            if tapped and self.gesture is None:
                open_search(self, place_to_add(self))
            return
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What the keyboard is on here is read aloud again."""
        super().focusInEvent(event)
        if event.reason() in BY_KEY:
            self._ring(True, event.reason() in BY_TAB)
        self.reader.come_back()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys held down are forgotten."""
        self.space_held = False
        self.show_cursor()
        if event.reason() not in FOR_A_WHILE:
            self._ring(False)
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The cursor is no longer over the canvas."""
        self.cursor_at = None
        self._show_port(None)
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips as plain text."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.tip_at(event.pos())), self.viewport())
            return True
        if event.type() == QEvent.Type.Leave:
            self.link_hover.leave()
        return super().viewportEvent(event)

    def tip_at(self, at: QPoint) -> str:
        """What is under a point of the view, in plain words; empty over the bare ground."""
        point = self.mapToScene(at)
        near = self._port(point)
        if near is not None:
            return port_tip(self.canvas, *near)
        found = self.canvas.node_at(point) or link_hit(self, point)
        if found is None and (grip := grip_at(self, point)) is not None:
            return grip.item.tip
        return found.tip if found is not None else ""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Layers may be dropped here."""
        if self._drop.enter(dragged_layer(event.mimeData())):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the layer would land, and what it would be linked with."""
        if self._drop.aim(dragged_layer(event.mimeData()), event.position().toPoint()):
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The layer went elsewhere."""
        self._drop.end()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the layer, into the link under it or linked with the free ports near it."""
        key = dragged_layer(event.mimeData())
        self._drop.end()
        if key:
            self.cursor_at = event.position().toPoint()
            self._drop.land(key, self.cursor_at)
            self.setFocus()
            event.acceptProposedAction()

    # inner workings

    def _ring(self, wanted: bool, passing: bool = False) -> None:
        self.ringed, self.passing = wanted, passing
        self.update()

    def _paint_ring(self) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self.theme.accent if self.ringed else self.theme.canvas), 2 * RING))
        painter.drawRect(self.rect())
        painter.end()

    def _hint(self, words: str) -> None:
        if words != self._hinted:
            self._hinted = words
            self.hinted.emit(words)

    def _begin(self, at: QPoint, adding: bool) -> Gesture | None:
        point = self.mapToScene(at)
        troubled = badge_at(self, point)
        if troubled is not None:
            self.canvas.select([troubled.node.id])
            open_fix_popup(self, troubled)
            return None
        near = self._port(point)
        if near is not None:
            return port_drag(self, at, *near)
        node = self.canvas.node_at(point)
        if node is not None:
            return self._press_node(at, node, adding)
        note = grip_at(self, point, frames=False)
        if note is not None:
            return press_thing(self, at, note, adding)
        link, frame = link_hit(self, point), grip_at(self, point, notes=False)
        if self.modifiers & Qt.KeyboardModifier.ControlModifier and (link is not None or frame is None):
            return Cut(self, at, link)
        if link is not None:
            return LinkPress(self, at, link, adding)
        if frame is not None:
            return press_thing(self, at, frame, adding)
        return BandSelection(self, at, adding)

    def _press_node(self, at: QPoint, node: NodeItem, adding: bool) -> Gesture | None:
        was = node.isSelected()
        if adding:
            self.canvas.picked.append(node.node.id)
            node.setSelected(not was)
            return None
        if not was:
            self.canvas.select([node.node.id])
        return NodeMove(self, at, node, alone=was)

    def _is_bare(self, point: QPointF) -> bool:
        return self._port(point) is None and link_hit(self, point) is None

    def _port(self, point: QPointF) -> tuple[NodeItem, Place] | None:
        return port_hit(self, point)

    def _show_port(self, at: QPoint | None) -> None:
        near = None if at is None or self.hand or self.space_held else self._port(self.mapToScene(at))
        if self._hot is not None and (near is None or near[0] is not self._hot):
            self._hot.set_hot_place(None)
        self._hot = near[0] if near else None
        if near:
            near[0].set_hot_place(near[1])
        self.link_hover.show(None if near or at is None or self.hand or self.space_held else self.mapToScene(at))
        self.show_cursor()

    def _pan_at_edge(self) -> None:
        if self.gesture is None or self.cursor_at is None or not self.gesture.pans_at_edge:
            return
        if (self.cursor_at - self.gesture.start).manhattanLength() < EDGE:
            return
        room, at = self.viewport().rect(), self.cursor_at
        across = (at.x() < EDGE) - (at.x() > room.width() - EDGE)
        down = (at.y() < EDGE) - (at.y() > room.height() - EDGE)
        if across or down:
            self.pan_by(QPoint(across * EDGE_STEP, down * EDGE_STEP))
            self.gesture.moved(at)

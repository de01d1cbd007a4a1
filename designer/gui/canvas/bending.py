"""Taking hold of a link: at an end it is moved to another port, in between it is bent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication

from designer.gui.canvas.commands.mouse import WHILE_HOLDING_A_LINK
from designer.gui.canvas.geometry import snapped
from designer.gui.canvas.gestures import Gesture
from designer.gui.canvas.hit import link_hit
from designer.gui.canvas.link_drag import LinkDrag
from designer.gui.canvas.link_grip import Grip, Trace, grip_at
from designer.gui.canvas.link_item import LinkItem
from designer.gui.canvas.link_route import route
from designer.project.bends import clear_bends, set_bends

if TYPE_CHECKING:
    from designer.gui.canvas.graph_view import GraphView
    from designer.gui.canvas.view import CanvasView

# a bend that lies this near to where the link runs anyway goes
NO_BEND = 4.0


class LinkPress(Gesture):
    """A link is pressed: a drag moves the end or the bend near by, or bends it; a click selects it."""

    pans_at_edge = True
    hint = WHILE_HOLDING_A_LINK

    def __init__(self, view: CanvasView, start: QPoint, item: LinkItem, adding: bool) -> None:
        super().__init__(view, start)
        self._item, self._adding = item, adding
        self._grip = grip_at(item, view.mapToScene(start), view.pixel)
        self._drag: Gesture | None = None

    def moved(self, at: QPoint) -> None:
        """Go on with the drag, once it is one."""
        if self._drag is None:
            if (at - self.start).manhattanLength() < QApplication.startDragDistance():
                return
            self._drag = self._end_drag() or BendDrag(self.view, self.start, self._item, self._grip)
        self._drag.moved(at)

    def released(self, at: QPoint) -> None:
        """End the drag; a click selects the link, and the bend under the cursor for Delete."""
        item = self._item
        if self._drag is not None:
            self._drag.released(at)
        elif self._adding:
            item.setSelected(not item.isSelected())
        else:
            self.view.canvas.select((), [item.link])
            item.choose_bend(self._grip.place if self._grip.part == "bend" else None)

    def cancelled(self) -> None:
        """Leave the link as it was."""
        if self._drag is not None:
            self._drag.cancelled()

    def _end_drag(self) -> LinkDrag | None:
        item, link = self._item, self._item.link
        if self._grip.part == "target":
            fixed, place = item.source, item.source.place(link.source_port, True)
        elif self._grip.part == "source":
            fixed, place = item.target, item.target.place(link.target_port, False)
        else:
            return None
        return LinkDrag(self.view, self.start, fixed, place, link) if place is not None else None


class BendDrag(Gesture):
    """Moves a bend of a link, or a new one; the project hears of it once, at the release."""

    def __init__(self, view: CanvasView, start: QPoint, item: LinkItem, grip: Grip) -> None:
        super().__init__(view, start)
        self._item = item
        point = view.mapToScene(start)
        self._place = min(grip.place, len(item.bends))
        self._others = list(item.bends)
        self._offset = QPointF()
        if grip.part == "bend":
            self._offset = self._others.pop(grip.place) - point
        self._new = grip.part != "bend"
        view.canvas.select((), [item.link])

    def moved(self, at: QPoint) -> None:
        """Let the link run through where the cursor is."""
        self._item.try_bends(self._bends(at))

    def released(self, at: QPoint) -> None:
        """Bend the link; a bend that changes nothing goes."""
        item, bends = self._item, self._bends(at)
        kept = not self._is_idle(bends[self._place])
        bends = bends if kept else self._others
        label = "Bend link" if kept else "Straighten link"
        points = [(point.x(), point.y()) for point in bends]
        if self.view.editor.do(label, lambda project: set_bends(project, item.link, points)):
            item.choose_bend(self._place if kept else None)
        item.try_bends(None)

    def cancelled(self) -> None:
        """Let the link run as it did."""
        self._item.try_bends(None)

    def _bends(self, at: QPoint) -> list[QPointF]:
        point = snapped(self.view.mapToScene(at) + self._offset)
        return [*self._others[: self._place], point, *self._others[self._place :]]

    def _is_idle(self, point: QPointF) -> bool:
        item = self._item
        without = route(item.line.p1(), item.line.p2(), self._others, item.source.rect, item.target.rect, item.outlines)
        return Trace(without.path, self._others).hold(point).away <= NO_BEND * self.view.pixel


def remove_bend_at(view: CanvasView, point: QPointF) -> bool:
    """Take away the bend under a point of the scene; whether there was one."""
    item = link_hit(view, point)
    grip = grip_at(item, point, view.pixel) if item is not None else None
    if item is None or grip is None or grip.part != "bend":
        return False
    return _remove_bend(view, item, grip.place)


def remove_chosen_bend(view: GraphView) -> bool:
    """Take away the bend that was clicked last on the one selected link; whether there was one."""
    links = view.canvas.selected_links()
    if len(links) != 1 or view.selected():
        return False
    item = view.canvas.links[links[0].ends]
    return item.chosen_bend is not None and _remove_bend(view, item, item.chosen_bend)


def straighten(view: CanvasView) -> None:
    """Take all bends of the selected links away, or of all links where none is selected."""
    links = view.canvas.selected_links()
    bent = [link for link in links or view.session.project.graph.links if link.bends]
    if not bent:
        view.refuse("These links have no bends." if links else "No link has a bend.")
        return
    label = "Straighten link" if len(bent) == 1 else f"Straighten {len(bent)} links"
    view.editor.do(label, lambda project: clear_bends(project, bent))


def _remove_bend(view: GraphView, item: LinkItem, place: int) -> bool:
    bends = [point for number, point in enumerate(item.link.bends) if number != place]
    item.choose_bend(None)
    return view.editor.do("Remove bend", lambda project: set_bends(project, item.link, bends))

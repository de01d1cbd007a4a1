"""The canvas for those who have it read aloud: its nodes, frames and notes as parts, and what happens in words.

A ``QGraphicsView`` shows assistive technology nothing of its scene. So the canvas answers for itself, with one
interface for each thing drawn. Qt owns interfaces once they are registered; the references kept here make sure that
Python's half of each lives as long as Qt's.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

from designer.gui.announce import announce, heard, tell_focus
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.things import ThingItem
from designer.project.history import History
from designer.project.model import Graph, Project
from designer.project.order import running_order

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

CLASS = "CanvasView"
MOST_NAMED = 6
MOST_KEPT = 100
_interfaces: dict[int, CanvasInterface] = {}


class CanvasInterface(QAccessibleWidget):
    """The canvas as a list of what is drawn: the nodes in running order, then frames and notes."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view, QAccessible.Role.List, view.accessibleName())
        self.view = view
        self._parts: dict[str, Part] = {}
        self._graph: Graph | None = None
        self._keys: list[str] = []
        self._places: dict[str, int] = {}

    def keys(self) -> list[str]:
        """The ids of all parts in their order."""
        graph = self.view.session.project.graph
        if graph is not self._graph:
            self._graph = graph
            order = [key for key in running_order(graph) if key in self.view.canvas.nodes]
            self._keys = [*order, *(item.key for item in self.view.canvas.things)]
            self._places = {key: place for place, key in enumerate(self._keys)}
            for key in [key for key in self._parts if key not in self._places]:
                self._drop(key)
        return self._keys

    def part(self, key: str) -> Part | None:
        """The interface of the node, frame or note of that id."""
        canvas = self.view.canvas
        if key not in canvas.nodes and canvas.things.get(key) is None:
            return None
        if key not in self._parts:
            if len(self._parts) > 2 * len(canvas.nodes) + MOST_KEPT:
                # those of things that are gone go when the order is worked out anew
                self.keys()
            self._parts[key] = Part(self.view, key)
            QAccessible.registerAccessibleInterface(self._parts[key])
        return self._parts[key]

    def forget(self) -> None:
        """Let all parts go."""
        for key in list(self._parts):
            self._drop(key)

    def childCount(self) -> int:
        """How many things are drawn."""
        return len(self.keys())

    def child(self, index: int) -> QAccessibleInterface | None:
        """The part at a place."""
        keys = self.keys()
        return self.part(keys[index]) if 0 <= index < len(keys) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The place of a part; -1 for what is none."""
        self.keys()
        return self._places.get(child.key, -1) if isinstance(child, Part) else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        """The part at a point of the screen."""
        point = self.view.mapToScene(self.view.viewport().mapFromGlobal(QPoint(x, y)))
        item = self.view.canvas.node_at(point)
        return self.part(item.node.id) if item is not None else None

    def focusChild(self) -> QAccessibleInterface | None:
        """The part that the keyboard is on."""
        return self.part(self.view.walker.at)

    def _drop(self, key: str) -> None:
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(self._parts[key]))
        del self._parts[key]


class Part(QAccessibleInterface):
    """One node, frame or note: what it is, where it is, and where its links lead."""

    def __init__(self, view: CanvasView, key: str) -> None:
        super().__init__()
        self.view = view
        self.key = key

    @property
    def item(self) -> NodeItem | ThingItem | None:
        """What is drawn of it, while there is anything."""
        if not isValid(self.view):
            return None
        return self.view.canvas.nodes.get(self.key) or self.view.canvas.things.get(self.key)

    def isValid(self) -> bool:
        """Whether it is still drawn."""
        return self.item is not None

    def object(self) -> QObject | None:
        """It is no object of Qt's own."""
        return None

    def parent(self) -> QAccessibleInterface | None:
        """The canvas."""
        return QAccessible.queryAccessibleInterface(self.view) if isValid(self.view) else None

    def window(self) -> object:
        """The window that the canvas is in."""
        canvas = self.parent()
        return canvas.window() if canvas is not None else None

    def child(self, index: int) -> QAccessibleInterface | None:
        """It has no parts of its own."""
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        """It has no parts of its own."""
        return None

    def childCount(self) -> int:
        """It has no parts of its own."""
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """It has no parts of its own."""
        return -1

    def role(self) -> QAccessible.Role:
        """An item of the list, a group or a note."""
        if isinstance(self.item, NodeItem) or self.item is None:
            return QAccessible.Role.ListItem
        return QAccessible.Role.Grouping if self.key in self.view.canvas.things.frames else QAccessible.Role.Note

    def text(self, kind: QAccessible.Text) -> str:
        """What it is, and what it is linked with."""
        item = self.item
        if item is None:
            return ""
        if kind == QAccessible.Text.Name:
            return spoken_node(item) if isinstance(item, NodeItem) else item.spoken
        if kind == QAccessible.Text.Description and isinstance(item, NodeItem):
            return spoken_links(self.view, self.key)
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Names are changed where they are written."""

    def rect(self) -> QRect:
        """Where it is on the screen."""
        if self.item is None:
            return QRect()
        box = self.view.mapFromScene(self.item.sceneBoundingRect()).boundingRect()
        return QRect(self.view.viewport().mapToGlobal(box.topLeft()), box.size())

    def state(self) -> QAccessible.State:
        """Whether it is selected, has the keyboard and can be seen."""
        state = QAccessible.State()
        item = self.item
        if item is None:
            state.invalid = True
            return state
        state.selectable = state.focusable = state.multiSelectable = True
        state.selected = item.isSelected()
        state.focused = self.view.hasFocus() and self.view.walker.at == self.key
        state.offscreen = not self.view.visible_rect().intersects(item.sceneBoundingRect())
        return state

    def foregroundColor(self) -> QColor:
        """The colour of its words."""
        return QColor(self.view.theme.text)

    def backgroundColor(self) -> QColor:
        """The colour behind its words."""
        return QColor(self.view.theme.raised)


class Reader:
    """Says what happens on ``view``: what is selected, what was changed, undone or refused, which graph one is in."""

    def __init__(self, view: CanvasView) -> None:
        _install()
        self._view = view
        self._selected: tuple[object, ...] = ()
        self._history = view.session.history
        view.canvas.selection_changed.connect(self._selection_changed)
        view.refused.connect(self.say)
        view.destroyed.connect(view.session.session.subscribe(self._project_changed))
        view.destroyed.connect(view.session.on_move(self._moved))
        view.destroyed.connect(partial(_view_destroyed, id(view)))

    def say(self, text: str) -> None:
        """Have a sentence read aloud."""
        announce(self._view, text)

    def name_of(self, key: str) -> str:
        """A node as it is read aloud."""
        return spoken_node(self._view.canvas.nodes[key])

    def come_back(self) -> None:
        """The keyboard has come back from elsewhere: say what it is on."""
        if len(self._view.selected()) == 1:
            self._tell_node(self._view.walker.at)

    def _tell_node(self, key: str) -> None:
        canvas = QAccessible.queryAccessibleInterface(self._view)
        part = canvas.part(key) if isinstance(canvas, CanvasInterface) else None
        if part is not None:
            tell_focus(part)

    def _selection_changed(self) -> None:
        view = self._view
        if not heard():
            self._selected = ()
            return
        chosen, links, things = view.selected(), view.canvas.selected_links(), view.canvas.things.selected()
        before, self._selected = self._selected, (*chosen, *links, *things)
        # while the band is drawn the selection changes many times a second; what came of it is said at the end
        if self._selected == before or view.gesture is not None or not view.hasFocus():
            return
        here = view.walker.at
        if len(chosen) == 1 and not links and not things:
            self._tell_node(here)
        elif chosen:
            last = f", last {view.canvas.nodes[here].node.name[:80]}" if here else ""
            self.say(f"{len(chosen)} layers selected{last}")
        elif links or things:
            items = [
                *(view.canvas.links[link.ends] for link in links),
                *filter(None, map(view.canvas.things.get, things)),
            ]
            self.say(", ".join(item.spoken for item in items[:MOST_NAMED]))
        else:
            self.say("Nothing selected")

    def _project_changed(self, old: Project, new: Project) -> None:
        before, self._history = self._history, self._view.session.history
        if not heard():
            return
        history = self._history
        self._tell_of_parts()
        if history.steps is before.steps:
            forth = history.index > before.index
            step = before.steps[history.index] if forth else before.steps[min(history.index + 1, before.index)]
            far = abs(history.index - before.index) > 1
            word = f"{'Forward' if forth else 'Back'} to" if far else "Redone:" if forth else "Undone:"
            self.say(f"{word} {(history.steps[history.index] if far else step).label or 'the start'}")
        elif history.index and self._view.hasFocus() and not _merged(before, history):
            self.say(history.undo_label)

    def _tell_of_parts(self) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self._view, QAccessible.Event.ObjectReorder))

    def _moved(self) -> None:
        names = self._view.session.names
        graph = self._view.session.project.graph
        where = f"In block {', in '.join(reversed(names))}" if names else "In the whole network"
        self.say(f"{where}: {len(graph.nodes)} layers, {len(graph.links)} links")


def spoken_node(item: NodeItem) -> str:
    """A node as it is read aloud, with what is wrong with it."""
    count = len(item.problems)
    if not count:
        return item.spoken
    words = "1 problem" if count == 1 else f"{count} problems"
    return f"{item.spoken}, {words}: {' '.join(problem.sentence for problem in item.problems[:3])}"


def spoken_links(view: CanvasView, key: str) -> str:
    """Where a node's links lead: ``fed by image; feeds relu1``; of several inputs each by its name."""
    item = view.canvas.nodes[key]
    nodes = view.session.project.graph.nodes
    links = [found.link for found in view.canvas.links_of(key)]
    parts: list[str] = []
    for place in item.inputs:
        source = next((link.source for link in links if link.ends[2:] == (key, place.name)), None)
        by = nodes[source].name[:80] if source in nodes else None
        if len(item.inputs) == 1:
            parts.append(f"fed by {by}" if by else "its input is free")
        elif by or not place.many:
            parts.append(f"input {place.name} {f'fed by {by}' if by else 'is free'}")
    for place in item.outputs:
        fed = [nodes[link.target].name[:80] for link in links if link.ends[:2] == (key, place.name)]
        more = f" and {len(fed) - MOST_NAMED} more" if len(fed) > MOST_NAMED else ""
        name = f"output {place.name} " if len(item.outputs) > 1 else ""
        parts.append(f"{name}feeds {', '.join(fed[:MOST_NAMED])}{more}" if fed else f"{name}feeds nothing")
    return "; ".join(parts)


def _merged(before: History, after: History) -> bool:
    """Whether the last step took the place of the one before, as each of many nudges does."""
    last = after.steps[-1].merge
    return after.index == before.index and bool(last) and before.steps[before.index].merge == last


def _make_interface(class_name: str, thing: QObject | None) -> QAccessibleInterface | None:
    if class_name != CLASS or thing is None:
        return None
    key = id(thing)
    if key not in _interfaces:
        _interfaces[key] = CanvasInterface(thing)  # type: ignore[arg-type]
    return _interfaces[key]


def _view_destroyed(key: int) -> None:
    interface = _interfaces.pop(key, None)
    if interface is not None:
        interface.forget()


def _install() -> None:
    if not _installed:
        _installed.append(True)
        QAccessible.installFactory(_make_interface)


_installed: list[bool] = []

"""A person who has a mouse alone: clicks, drags, drops, turns the wheel on what is seen, and types into fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLineEdit, QMenu, QSpinBox

from designer.gui import palette as palette_module
from designer.gui.canvas.block_naming import RepeatBox
from designer.gui.canvas.search_box import SearchBox
from designer.gui.form import FieldForm
from designer.gui.panels.expose_button import NewField
from tests.helpers.pointer import EDGE, LEFT, NONE, STEPS, Pointer, laid_out
from tests.helpers.window import until

if TYPE_CHECKING:
    from designer.gui.window import MainWindow
    from designer.project.model import Node

NODE = QPointF(192, 72)


class Mouse(Pointer):
    """Builds networks with the mouse; what is typed goes into fields and search boxes alone."""

    def __init__(self, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(window)
        self._dropped_at: QPoint | None = None
        monkeypatch.setattr(palette_module, "QDrag", self._drag_class())

    def nodes(self) -> dict[str, Node]:
        """The nodes of the graph that is looked at, by name."""
        return {node.name: node for node in self.bench.scope.project.graph.nodes.values()}

    def id(self, name: str) -> str:
        """The id of a node of the graph that is looked at."""
        return self.nodes()[name].id

    # fields in the inspector

    def number(self, form: FieldForm, name: str, value: int) -> None:
        """Type a number into a field; it is taken once something else is clicked."""
        spin = form.editors[name].findChild(QSpinBox)
        assert spin is not None
        self.write(spin.lineEdit(), str(value))

    def text(self, form: FieldForm, name: str, value: str) -> None:
        """Type into a field; it is taken once something else is clicked."""
        line = form.editors[name].findChild(QLineEdit)
        assert line is not None
        self.write(line, value)

    def tick(self, form: FieldForm, name: str) -> None:
        """Click a field of yes or no."""
        box = form.editors[name].findChild(QAbstractButton)
        assert box is not None
        laid_out(box)
        self.click(box, QPoint(8, box.height() // 2), f"tick {name}")

    def option(self, form: FieldForm, name: str, title: str) -> None:
        """Choose one of a few words."""
        box = form.editors[name].findChild(QComboBox)
        assert box is not None
        self.click(box)
        rows = box.view()
        until(rows.isVisible, 5, "the options do not open")
        index = _row_called(rows, title)
        QTest.mouseMove(rows.viewport(), rows.visualRect(index).center())
        QTest.mouseClick(rows.viewport(), LEFT, NONE, rows.visualRect(index).center())
        until(lambda: not rows.isVisible(), 5, "the options do not close")
        self.acts.append(f"choose {title}")

    def inspect(self, name: str, **fields: int | str | bool) -> None:
        """Click a node and set some of its fields in the inspector; then let the last one be taken."""
        self.press(name)
        page = self.bench.inspector.node_page
        until(lambda: page.isVisible() and page.node_id == self.id(name), 5, f"{name} is not shown in the inspector")
        for field, value in fields.items():
            if isinstance(value, bool):
                self.tick(page.form, field)
            elif isinstance(value, int):
                self.number(page.form, field, value)
            elif page.form.editors[field].findChild(QComboBox):
                self.option(page.form, field, value)
            else:
                self.text(page.form, field, value)
        if fields:
            self.press(name)

    def rename(self, old: str, new: str) -> None:
        """Double-click a node's name, or for a block choose Rename, and type another."""
        view, item = self.view, self.view.canvas.nodes[self.id(old)]
        if item.is_block:
            self.on_node(old, "Rename")
        else:
            self.reach(self.at(old))
            self.double_click(view.viewport(), view.mapFromScene(item.pos() + QPointF(64, 15)), f"name of {old}")
        self.answer(new)
        assert new in self.nodes(), f"{old} is not called {new}"

    def answer(self, text: str) -> None:
        """Type into the line that has opened on the canvas, and click elsewhere so that it is taken."""
        until(self._is_asked, 5, "nothing asks for a name")
        QTest.keyClicks(QApplication.focusWidget(), text)
        self.acts.append(f"write {text}")
        self.press_ground()

    # the canvas

    def at(self, name: str) -> QPointF:
        """Where one presses a node: in the middle, beneath its name."""
        return self.view.canvas.nodes[self.id(name)].pos() + QPointF(100, 56)

    def anchor(self, name: str, port: str, output: bool) -> QPointF:
        """A port of a node, by its name or what is written at it, in the scene."""
        item = self.view.canvas.nodes[self.id(name)]
        shown = {one.shown: one.name for one in (item.ports.outputs if output else item.ports.inputs)}
        return item.anchor(shown.get(port, port), output)

    def beside(self, name: str, gap: float = 64.0, down: float = 0.0) -> QPointF:
        """A place to the right of a node, in the scene."""
        box = self.view.canvas.nodes[self.id(name)].rect()
        return QPointF(box.right() + gap, box.center().y() + down)

    def press(self, name: str) -> None:
        """Click on a node."""
        self.reach(self.at(name))
        self.click(self.view.viewport(), self.view.mapFromScene(self.at(name)), f"select {name}")

    def press_ground(self) -> None:
        """Click where nothing is drawn."""
        self.click(self.view.viewport(), self._free_spot(), "click the ground")

    def drag(self, start: QPointF, end: QPointF, what: str, near: bool = False) -> None:
        """Drag with the left button between two points of the scene, which are brought into sight first."""
        self.reach(start, end, near=near)
        first, last = self.view.mapFromScene(start), self.view.mapFromScene(end)
        self._drag(first, last, LEFT)
        self.acts.append(what)

    def move(self, name: str, to: QPointF) -> None:
        """Drag a node to where its corner lies at ``to``."""
        at = self.at(name)
        corner = self.view.canvas.nodes[self.id(name)].pos()
        self.drag(at, at + to - corner, f"move {name}")

    def move_frame(self, title: str, by: QPointF) -> None:
        """Drag a frame by its title."""
        item = next(one for one in self.view.canvas.things.frames.values() if one.frame.title == title)
        at = item.pos() + QPointF(60, 12)
        self.drag(at, at + by, f"move the frame {title}")

    def link(self, source: str, target: str, into: str = "x", out: str = "out") -> None:
        """Draw a link from an output to an input."""
        before = len(self.bench.scope.project.graph.links)
        self.drag(
            self.anchor(source, out, True), self.anchor(target, into, False), f"link {source} to {target}", near=True
        )
        found = [link.ends[::2] for link in self.bench.scope.project.graph.links]
        assert (self.id(source), self.id(target)) in found, f"{source} is not linked to {target}"
        assert len(found) >= before

    def follow(self, source: str, words: str, title: str, at: QPointF, out: str = "out") -> str:
        """Drop a link from an output on the bare ground and choose what it is to feed; the name of the new node."""
        self.drag(self.anchor(source, out, True), at, f"drop a link of {source}", near=True)
        return self.find(words, title)

    def add_at(self, at: QPointF, words: str, title: str) -> str:
        """Double-click the ground and choose what is to stand there; its name."""
        self.reach(at)
        self.double_click(self.view.viewport(), self.view.mapFromScene(at), "double-click the ground")
        return self.find(words, title)

    def find(self, words: str, title: str) -> str:
        """In the open search box type some letters and click what is called ``title``; the name of the new node."""
        before = set(self.nodes())
        boxes = [box for box in self.window.findChildren(SearchBox) if box.isVisible()]
        assert len(boxes) == 1, "the search box is not open"
        (box,) = boxes
        QTest.keyClicks(box.field, words)
        index = _row_called(box.list, title)
        self.click(box.list.viewport(), box.list.visualRect(index).center(), f"choose {title}")
        return self._new(before)

    def take(self, words: str, title: str, at: QPointF) -> str:
        """Drag a layer from the palette, where it is searched for, to a point of the scene; the name of the node."""
        before, palette = set(self.nodes()), self.bench.palette
        self.reach(at - NODE / 2, at + NODE / 2, near=True)
        if palette.search.text():
            clear = palette.search.findChild(QAbstractButton)
            assert clear is not None
            self.click(clear, what="clear the search")
        self.click(palette.search)
        QTest.keyClicks(palette.search, words)
        row = palette.tree.visualRect(_row_called(palette.tree, title)).center()
        port = palette.tree.viewport()
        self._dropped_at = self.view.mapFromScene(at)
        self._bare(self._dropped_at)
        QTest.mousePress(port, LEFT, NONE, row)
        for step in range(1, STEPS):
            QTest.mouseMove(port, row + QPoint(6 * step, 2 * step))
            if self._dropped_at is None:
                break
        QTest.mouseRelease(port, LEFT, NONE, row + QPoint(6 * STEPS, 2 * STEPS))
        assert self._dropped_at is None, f"{title} could not be dragged from the palette"
        self.acts.append(f"drag {title} from the palette")
        return self._new(before)

    def onto_link(self, source: str, target: str, words: str, title: str) -> str:
        """Drag a layer from the palette onto the link between two nodes; the name of the node."""
        return self.take(words, title, self.middle(source, target))

    def middle(self, source: str, target: str) -> QPointF:
        """The middle of the link between two nodes, in the scene."""
        ends = self.id(source), self.id(target)
        (item,) = [item for key, item in self.view.canvas.links.items() if (key[0], key[2]) == ends]
        return item.trace.at(item.trace.length / 2)

    def band(self, *names: str) -> None:
        """Draw the rubber band round these nodes."""
        boxes = [self.view.canvas.nodes[self.id(name)].rect() for name in names]
        whole = QRectF()
        for box in boxes:
            whole = whole.united(box)
        whole.adjust(-18, -18, 18, 18)
        self.drag(whole.bottomRight(), whole.topLeft(), f"band round {len(names)} layers")
        chosen = {self.bench.scope.project.graph.nodes[key].name for key in self.view.selected()}
        assert chosen == set(names), f"the band selects {sorted(chosen)}"

    def on_node(self, name: str, *words: str) -> None:
        """Choose from the context menu of a node."""
        self.reach(self.at(name))
        self.context(self.view.mapFromScene(self.at(name)), *words)

    def enter(self, name: str) -> None:
        """Double-click a block."""
        key = self.id(name)
        self.reach(self.at(name))
        self.double_click(self.view.viewport(), self.view.mapFromScene(self.at(name)), f"enter {name}")
        assert self.bench.scope.path[-1:] == (key,), f"{name} is not entered"

    def make_block(self, name: str, *names: str) -> str:
        """Make these layers a block by the menu under the right button, called ``name``; the name of its use."""
        self.band(*names)
        self.on_node(names[0], "Make block")
        (key,) = self.view.selected()
        self.answer(name)
        return self.bench.scope.project.graph.nodes[key].name

    def expose(self, node: str, field: str, name: str, joins: bool = False) -> None:
        """Inside a block let each use set a field for itself, as a field of its own or together with another."""
        self.inspect(node)
        button = self.bench.inspector.node_page.form.beside_widgets[field]

        def act(menu: QMenu) -> None:
            if joins:
                self._pick(f"Together with “{name}”")
                return
            entry = menu.actions()[0]
            assert isinstance(entry, NewField)
            self.write(entry.line, name)
            self.click(entry.button, what="OK")

        self.in_popup(lambda: self.click(button, what=f"the arrow beside {field}"), act)

    def repeat(self, name: str, times: int) -> None:
        """Let a block run several times in a row, by the menu under the right button."""
        self.on_node(name, "Repeat…")
        (box,) = [box for box in self.view.viewport().findChildren(RepeatBox) if box.isVisible()]
        self.write(box.spin.lineEdit(), str(times))
        self.click(box.button, what="OK")

    def leave(self, depth: int = 0) -> None:
        """Click a step of the breadcrumb."""
        self.click(self.view.breadcrumb.crumbs[depth], what="click the breadcrumb")
        assert len(self.bench.scope.path) == depth

    def tool(self, name: str) -> None:
        """Click a button of the tool bar."""
        button = self.window.tools.widgetForAction(self.window.actions_by_name[name])
        self.click(button, what=f"tool {name}")

    # inner workings

    def _is_asked(self) -> bool:
        line = QApplication.focusWidget()
        return isinstance(line, QLineEdit) and self.view.isAncestorOf(line)

    def _new(self, before: set[str]) -> str:
        (name,) = set(self.nodes()) - before
        return name

    def _free_spot(self) -> QPoint:
        view, room = self.view, self.view.viewport().rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        for y in range(room.bottom(), room.top(), -24):
            for x in range(room.left(), room.right(), 24):
                at = QPoint(x, y)
                around = [at + QPoint(across, down) for across in (-12, 0, 12) for down in (-12, 0, 12)]
                if not any(view.tip_at(place) or self._covering(place) for place in around):
                    return at
        raise AssertionError("there is no bare ground")

    def _drag_class(self) -> type[QDrag]:
        mouse = self

        class HandDrag(QDrag):
            """A drag that a hand leads to where it wants to drop; without a screen Qt's own does nothing."""

            def exec(self, *actions: object) -> Qt.DropAction:
                port, at = mouse.view.viewport(), mouse._dropped_at
                assert at is not None
                mouse._dropped_at = None
                copy, load = Qt.DropAction.CopyAction, self.mimeData()
                QApplication.sendEvent(port, QDragEnterEvent(QPoint(0, at.y()), copy, load, LEFT, NONE))
                for step in range(1, STEPS + 1):
                    place = QPoint(at.x() * step // STEPS, at.y())
                    QApplication.sendEvent(port, QDragMoveEvent(place, copy, load, LEFT, NONE))
                drop = QDropEvent(QPointF(at), copy, load, LEFT, NONE)
                QApplication.sendEvent(port, drop)
                assert drop.isAccepted()
                return copy

        return HandDrag


def _row_called(rows: QAbstractItemView, title: str) -> QModelIndex:
    model = rows.model()
    found = [model.index(row, 0) for row in range(model.rowCount()) if model.index(row, 0).data() == title]
    titles = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert found, f"{title} is not among {titles[:12]}"
    return found[0]

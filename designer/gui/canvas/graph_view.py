"""The graph in a view: it follows the session's project, and does what menus and other panels ask of the canvas."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPixmapCache, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGraphicsView

from designer.compiler.report import Analysis
from designer.gui.canvas.editor import Editor
from designer.gui.canvas.empty import EmptyState
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.navigation import NavigableView
from designer.gui.canvas.overview import FAR
from designer.gui.canvas.scene import CanvasScene
from designer.gui.theme import Theme
from designer.project.model import Project
from designer.workspace.scope import Scope, scope_of
from designer.workspace.session import Session

REFUSAL_SHOWN_MS = 4000
PICTURES_KB = 65_536
READABLE = 0.5
TIDY_MARGIN = 40


class GraphView(NavigableView):
    """Shows the session's graph.

    ``selection_changed`` carries the ids of the selected nodes as a tuple, ``refused`` the sentence that says why
    nothing came of an edit.
    """

    selection_changed = Signal(tuple)
    refused = Signal(str)

    def __init__(self, session: Session | Scope, theme: Theme) -> None:
        self.canvas = CanvasScene(Ink(theme, QGuiApplication.font()))
        super().__init__(self.canvas)
        self.session = scope_of(session)
        self.theme = theme
        self.editor = Editor(self.session, self.canvas, self.refuse)
        self.cursor_at: QPoint | None = None
        self._shown_once = False
        self._empty = EmptyState(self)
        self._unsay = QTimer(self, singleShot=True, interval=REFUSAL_SHOWN_MS)
        self._unsay.timeout.connect(self.canvas.label.hide)
        # nodes are kept as pictures; the default room is less than one screen of them
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), PICTURES_KB))
        self.setDragMode(QGraphicsView.DragMode.NoDrag)
        self.setAccessibleName("Canvas")
        self.canvas.selection_changed.connect(self._selection_changed)
        self.zoomed.connect(lambda zoom: self.canvas.overview.show(zoom < FAR))
        self.destroyed.connect(self.session.subscribe(self._project_changed))
        self.destroyed.connect(self.session.on_move(self._moved_into_graph))
        self.set_theme(theme)
        self._project_changed(Project(), self.session.project)
        self._describe()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.canvas.set_ink(Ink(theme, QGuiApplication.font()))
        self.set_ground(theme.canvas, theme.dots)
        self._empty.set_theme(theme)

    def set_analysis(self, analysis: Analysis) -> None:
        """Show what the compiler says on the nodes and links that it is about."""
        self.canvas.set_analysis(analysis)
        self._describe()

    def selected(self) -> tuple[str, ...]:
        """The ids of the selected nodes."""
        return self.canvas.selected_nodes()

    def select(self, ids: Iterable[str]) -> None:
        """Select these nodes and nothing else."""
        self.canvas.select(ids)

    def show_node(self, node_id: str) -> None:
        """Select a node and bring it to the middle, near enough to read."""
        if node_id not in self.canvas.nodes:
            return
        self.canvas.select([node_id])
        if self.zoom < FAR:
            self.set_zoom(1.0)
        self.centerOn(self.canvas.nodes[node_id].rect().center())

    def zoom_to_fit(self) -> None:
        """Show the whole graph."""
        self.fit(self.canvas.nodes_rect())

    def add_at_centre(self, type_key: str) -> str:
        """Add a layer in the middle of what is seen, clear of other nodes; its id, empty where it was refused."""
        key = self.editor.add_near(type_key, self.visible_rect().center())
        self._reveal([key] if key else [])
        return key

    def delete_selection(self) -> None:
        """Delete the selected nodes and links."""
        self.editor.delete(self.selected(), self.canvas.selected_links())

    def copy(self) -> None:
        """Put the selected nodes on the clipboard, as text."""
        self.editor.copy(self.selected())

    def cut(self) -> None:
        """Copy the selected nodes, then delete them."""
        if self.editor.copy(self.selected()):
            self.editor.delete(self.selected(), (), "Cut")

    def paste(self) -> None:
        """Paste nodes from the clipboard: about the cursor where it is over the canvas, else beside the original."""
        self.paste_at(self.cursor_at)

    def paste_at(self, at: QPoint | None) -> None:
        """Paste nodes from the clipboard about a point of the view."""
        self._reveal(self.editor.paste(None if at is None else self.mapToScene(at)))

    def duplicate(self) -> None:
        """Copy the selected nodes beside themselves."""
        self.editor.duplicate(self.selected())

    def select_all(self) -> None:
        """Select every node."""
        self.canvas.select(self.canvas.nodes)

    def tidy_up(self) -> None:
        """Lay out the graph in layers from left to right and show it all, or its beginning as small as can be read."""
        if not self.editor.tidy_up():
            return
        self.zoom_to_fit()
        if self.zoom < READABLE:
            self.set_zoom(READABLE)
            seen, nodes = self.visible_rect(), self.canvas.nodes_rect()
            self.centerOn(nodes.left() + seen.width() / 2 - TIDY_MARGIN, nodes.center().y())

    def reach(self, pixels: float) -> float:
        """``pixels`` of the scene, or more of them where the scene is seen small."""
        return pixels / max(0.5, min(1.0, self.zoom))

    def say(self, sentence: str, at: QPoint) -> None:
        """Show a sentence under the cursor."""
        self._unsay.stop()
        self.canvas.label.say(sentence, self.mapToScene(at), self.visible_rect(), self.zoom)

    def refuse(self, sentence: str, at: QPoint | None = None) -> None:
        """Say for a while why nothing came of a gesture."""
        where = at or self.cursor_at or self.viewport().rect().center()
        self.say(sentence, where)
        self._unsay.start()
        self.refused.emit(sentence)

    def unsay(self) -> None:
        """Take the sentence away."""
        self._unsay.stop()
        self.canvas.label.hide()

    def show_empty_state(self, wanted: bool) -> None:
        """Show what to do first where there is nothing yet, or make room for a drag."""
        self._empty.setVisible(wanted and not self.session.project.graph.nodes)

    def cancel_gesture(self) -> bool:
        """Break off the gesture in hand; whether there was one."""
        return False

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """From afar the whole graph is part of the ground."""
        super().drawBackground(painter, rect)
        if self.canvas.overview.shown:
            self.canvas.overview.paint(painter, QRectF(rect), self.zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle in the middle."""
        super().resizeEvent(event)
        grown = event.size() - event.oldSize()
        if event.oldSize().isValid():
            self.pan_by(QPoint(grown.width() // 2, grown.height() // 2))
        self._empty.centre_in(self.viewport().rect())

    def showEvent(self, event: QShowEvent) -> None:
        """The first sight is of the whole graph."""
        super().showEvent(event)
        if not self._shown_once:
            self._shown_once = True
            self.centerOn(0, 0)
            self.zoom_to_fit()

    def _project_changed(self, old: Project, new: Project) -> None:
        self.cancel_gesture()
        before = self.selected()
        self.canvas.reconcile(old, new)
        self.show_empty_state(True)
        if self.selected() != before:
            self._selection_changed()

    def _moved_into_graph(self) -> None:
        """Another graph is looked at now: nothing of it is selected, and all of it is shown."""
        self.canvas.select(())
        self.zoom_to_fit()

    def _selection_changed(self) -> None:
        self._describe()
        self.selection_changed.emit(self.selected())

    def _describe(self) -> None:
        chosen, links = self.selected(), self.canvas.selected_links()
        if len(chosen) == 1:
            text = self.canvas.nodes[chosen[0]].spoken
        elif chosen:
            text = f"{len(chosen)} layers selected"
        elif links:
            text = ", ".join(self.canvas.links[link.ends].spoken for link in links[:5])
        else:
            text = f"{len(self.canvas.nodes)} layers, {len(self.canvas.links)} links, nothing selected"
        self.setAccessibleDescription(text)

    def _reveal(self, keys: Iterable[str]) -> None:
        box = self.canvas.nodes_rect(keys)
        if not box.isNull() and not self.visible_rect().contains(box):
            self.centerOn(box.center())

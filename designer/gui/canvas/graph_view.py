"""The graph in a view: it follows the session's project, and does what menus and other panels ask of the canvas."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPixmapCache, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGraphicsView

from designer.compiler.report import Analysis
from designer.gui.canvas.arranging import tidy_all
from designer.gui.canvas.bending import remove_chosen_bend
from designer.gui.canvas.breadcrumb import Breadcrumb
from designer.gui.canvas.bringing import bring
from designer.gui.canvas.editor import Editor
from designer.gui.canvas.empty import EmptyState
from designer.gui.canvas.gestures import carried_by
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.lookout import Lookout
from designer.gui.canvas.navigation import NavigableView
from designer.gui.canvas.overview import FAR
from designer.gui.canvas.placing import beside
from designer.gui.canvas.recent_layers import remember_layer
from designer.gui.canvas.scene import CanvasScene
from designer.gui.canvas.sights import Sights
from designer.gui.theme import Theme
from designer.project.model import Project
from designer.workspace.scope import Scope, scope_of
from designer.workspace.session import Session

REFUSAL_SHOWN_MS = 4000
PICTURES_KB = 65_536


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
        # zoom and place where the whole graph is seen: while nobody moves away it stays so, whatever room there is
        self._whole: tuple[float, int, int] | None = None
        self._empty = EmptyState(self)
        self.breadcrumb = Breadcrumb(self)
        self.lookout = Lookout(self)
        self._sights = Sights(self)
        self._unsay = QTimer(self, singleShot=True, interval=REFUSAL_SHOWN_MS)
        self._unsay.timeout.connect(self.canvas.label.hide)
        # nodes are kept as pictures; the default room is less than one screen of them
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), PICTURES_KB))
        self.setDragMode(QGraphicsView.DragMode.NoDrag)
        self.setAccessibleName("Canvas")
        # each new description goes to whoever reads the screen aloud: once for all that happens in a moment
        self._describing = QTimer(self, singleShot=True, interval=0)
        self._describing.timeout.connect(self._describe)
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
        self.breadcrumb.set_theme(theme)
        self.lookout.restyle()

    def set_analysis(self, analysis: Analysis) -> None:
        """Show what the compiler says on the nodes and links that it is about."""
        self.canvas.set_analysis(analysis)
        self._describing.start()

    def selected(self) -> tuple[str, ...]:
        """The ids of the selected nodes."""
        return self.canvas.selected_nodes()

    def chosen(self) -> tuple[str, ...]:
        """The ids of the selected nodes, frames and notes."""
        return (*self.selected(), *self.canvas.selected_things())

    def select(self, ids: Iterable[str]) -> None:
        """Select these nodes and nothing else."""
        self.canvas.select(ids)

    def show_node(self, node_id: str) -> None:
        """Select a node and bring it to the middle, near enough to read."""
        if node_id not in self.canvas.nodes:
            return
        self.lookout.start_from_here()
        self.canvas.select([node_id])
        if self.zoom < FAR:
            self.set_zoom(1.0)
        self.centerOn(self.canvas.nodes[node_id].rect().center())

    def zoom_to_fit(self) -> None:
        """Show the whole graph, with frames and notes."""
        self.fit(self.canvas.nodes_rect().united(self.canvas.things.rect()))
        self._whole = self._place()

    def _place(self) -> tuple[float, int, int]:
        """Zoom and place of what is seen."""
        return self.zoom, self.horizontalScrollBar().value(), self.verticalScrollBar().value()

    def add_at_centre(self, type_key: str) -> str:
        """Add a layer in the middle of what is seen, clear of other nodes; its id, empty where it was refused."""
        key = bring(self, type_key, beside(self.canvas, self.visible_rect().center()))
        if key:
            remember_layer(self, type_key)
        self.reveal([key] if key else [])
        return key

    def delete_selection(self) -> None:
        """Delete the selected nodes, links, frames and notes, or of a link the bend clicked last.

        What lies on a frame stays.
        """
        if remove_chosen_bend(self):
            return
        self.editor.delete(self.selected(), self.canvas.selected_links(), things=self.canvas.selected_things())

    def copy(self) -> None:
        """Put the selected nodes, frames with all that lies on them and notes on the clipboard, as text."""
        self.editor.copy(tuple(carried_by(self)))

    def cut(self) -> None:
        """Copy what is selected, then delete all that was copied."""
        keys = tuple(carried_by(self))
        if self.editor.copy(keys):
            nodes = [key for key in keys if key in self.canvas.nodes]
            self.editor.delete(nodes, (), "Cut", [key for key in keys if key not in self.canvas.nodes])

    def paste(self) -> None:
        """Paste nodes from the clipboard: about the cursor where it is over the canvas, else beside the original."""
        self.paste_at(self.cursor_at)

    def paste_at(self, at: QPoint | None) -> None:
        """Paste nodes from the clipboard about a point of the view."""
        self.reveal(self.editor.paste(None if at is None else self.mapToScene(at)))

    def duplicate(self) -> None:
        """Copy the selected nodes, frames with all that lies on them and notes beside themselves."""
        self.editor.duplicate(tuple(carried_by(self)))

    def select_all(self) -> None:
        """Select every node, frame and note."""
        self.canvas.select(self.canvas.nodes, (), self.canvas.things.boxes())

    def tidy_up(self) -> None:
        """Lay out the graph in layers from left to right and show it all, or its beginning as small as can be read."""
        tidy_all(self)

    def reach(self, pixels: float) -> float:
        """``pixels`` of the scene, or more of them where the scene is seen small."""
        return pixels / max(0.5, min(1.0, self.zoom))

    @property
    def pixel(self) -> float:
        """How much of the scene a pixel of the screen shows, but at least a pixel of the scene."""
        return max(1.0, 1 / self.zoom)

    def say(self, sentence: str, at: QPoint, refusal: bool = True) -> None:
        """Show a sentence under the cursor, with the sign for "no" where it refuses something."""
        self._unsay.stop()
        room = self.lookout.minimap.room_beside(at, self.visible_rect())
        self.canvas.label.say(sentence, self.mapToScene(at), room, self.zoom, refusal)

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
        """Keep the middle in the middle, or the whole graph in sight where it was."""
        whole = self._place() == self._whole
        super().resizeEvent(event)
        grown = event.size() - event.oldSize()
        if whole:
            self.zoom_to_fit()
        elif event.oldSize().isValid():
            self.pan_by(QPoint(grown.width() // 2, grown.height() // 2))
        self._empty.centre_in(self.viewport().rect())
        self.lookout.resized()

    def showEvent(self, event: QShowEvent) -> None:
        """The first sight is of the whole graph."""
        super().showEvent(event)
        if not self._shown_once:
            self._shown_once = True
            self.centerOn(0, 0)
            self.zoom_to_fit()

    def _project_changed(self, old: Project, new: Project) -> None:
        self.cancel_gesture()
        self.canvas.reconcile(old, new)
        self.lookout.edited()
        self.show_empty_state(True)

    def _moved_into_graph(self) -> None:
        """Another graph is looked at now."""
        self.lookout.moved_into_graph()
        self._sights.moved()

    def _selection_changed(self) -> None:
        if not self._describing.isActive():
            self._describing.start()
        self.selection_changed.emit(self.selected())

    def _describe(self) -> None:
        chosen, links = self.selected(), self.canvas.selected_links()
        if len(chosen) == 1:
            text = self.canvas.nodes[chosen[0]].spoken
        elif chosen:
            text = f"{len(chosen)} layers selected"
        elif things := [item.spoken for item in self.canvas.things if item.isSelected()]:
            text = ", ".join(things[:5]) + (f" and {len(things) - 5} more" if len(things) > 5 else "")
        elif links:
            text = ", ".join(self.canvas.links[link.ends].spoken for link in links[:5])
        else:
            text = f"{len(self.canvas.nodes)} layers, {len(self.canvas.links)} links, nothing selected"
        self.setAccessibleDescription(text)

    def reveal(self, keys: Iterable[str]) -> None:
        """Bring these nodes into view where they are not."""
        box = self.canvas.nodes_rect(keys)
        if not box.isNull() and not self.visible_rect().contains(box):
            self.centerOn(box.center())

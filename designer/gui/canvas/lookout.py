"""The lookout: minimap, places, flights, traced paths and the finder of one view, brought together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from designer.gui.canvas.flight import Flight
from designer.gui.canvas.minimap import Minimap
from designer.gui.canvas.navigation import FIT_MARGIN
from designer.gui.canvas.overview import FAR
from designer.gui.canvas.places import Places
from designer.gui.canvas.trace import Trace
from designer.project.errors import LayerloomError
from designer.workspace.preferences import change_preferences, load_preferences

if TYPE_CHECKING:
    from designer.compiler.report import Analysis
    from designer.gui.canvas.finder import Finder
    from designer.gui.canvas.graph_view import GraphView


class Lookout(QObject):
    """All of it for one ``view``."""

    def __init__(self, view: GraphView) -> None:
        super().__init__(view)
        self._view = view
        self.flight = Flight(view)
        self.places = Places(view, self.flight)
        self.minimap = Minimap(view, load_preferences().minimap)
        self.trace = Trace(view)
        self._finder: Finder | None = None
        self._analysis: Analysis | None = None

    @property
    def finder(self) -> Finder:
        """The bar that searches in the graph, made when it is first wanted."""
        if self._finder is None:
            from designer.gui.canvas.finder import Finder

            self._finder = Finder(self._view)
            if self._analysis is not None:
                self._finder.set_analysis(self._analysis)
        return self._finder

    def set_analysis(self, analysis: Analysis) -> None:
        """What the compiler says of the whole project, its blocks included."""
        self._analysis = analysis
        if self._finder is not None:
            self._finder.set_analysis(analysis)

    def edited(self) -> None:
        """The graph has changed."""
        self.trace.refresh()
        if self._finder is not None:
            self._finder.edited()

    def moved_into_graph(self) -> None:
        """Another graph is about to be shown."""
        self.trace.end()
        self.places.moved_into_graph()
        self.minimap.changed()

    def resized(self) -> None:
        """The view has another size."""
        self.trace.place_chip()
        if self._finder is not None:
            self._finder.place()

    def restyle(self) -> None:
        """Draw under another theme."""
        self.minimap.restyle()
        self.trace.restyle()
        if self._finder is not None:
            self._finder.restyle()

    def start_from_here(self) -> None:
        """Somebody goes elsewhere: this is a place to come back to."""
        self.flight.stop()
        self.places.settle()

    def fly_to(self, node: str) -> None:
        """Bring a node of this graph to the middle, near enough to read."""
        view = self._view
        if node in view.canvas.nodes:
            self.start_from_here()
            self.flight.fly(view.canvas.nodes[node].rect().center(), view.zoom if view.zoom >= FAR else 1.0)

    def bring_into_sight(self, node: str) -> None:
        """Fly to a node of this graph unless it can be seen and read from here."""
        view = self._view
        if node not in view.canvas.nodes:
            return
        box = view.mapFromScene(view.canvas.nodes[node].rect()).boundingRect()
        hidden = self.minimap.isVisible() and self.minimap.geometry().intersects(box)
        if view.zoom < FAR or hidden or not view.viewport().rect().adjusted(8, 56, -8, -8).contains(box):
            self.fly_to(node)

    def zoom_to_selection(self) -> None:
        """Show what is selected, as large as it goes up to 100 %."""
        view = self._view
        box = view.canvas.nodes_rect(view.selected()).united(view.canvas.things.rect(view.canvas.selected_things()))
        if box.isNull():
            view.refuse("Select layers to zoom to them.")
            return
        self.start_from_here()
        room = view.viewport().size()
        across = max(1, room.width() - 2 * FIT_MARGIN) / box.width()
        down = max(1, room.height() - 2 * FIT_MARGIN) / box.height()
        self.flight.fly(box.center(), min(across, down, 1.0))

    def toggle_minimap(self) -> None:
        """Show the minimap where it is of use, or never; remembered."""
        wanted = not self.minimap.wanted
        self.minimap.set_wanted(wanted)
        if wanted and not self.minimap.isVisible():
            self._view.refused.emit("The minimap is shown when some of the graph is out of sight.")
        try:
            change_preferences(minimap=wanted)
        except (LayerloomError, OSError) as error:
            self._view.refused.emit(str(error))

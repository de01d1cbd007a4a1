"""Dropping a layer from the palette: where it would land, what it would be linked with, and the edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from designer.gui.canvas.bringing import LinkEnd, axes_at, bring, port_for
from designer.gui.canvas.geometry import HEIGHT, WIDTH, Place, link_path, snapped
from designer.gui.canvas.link_item import LinkItem
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.offers import offered
from designer.gui.canvas.recent_layers import remember_layer
from designer.layers.catalog import Catalog
from designer.layers.declaration import LayerType
from designer.project.rules import find_path

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

REACH = 16.0
# how far from one of its ports a free port of another node is still meant, in scene pixels
LINK_REACH = 120.0


@dataclass(frozen=True)
class Landing:
    """Where a layer would land: its corner, and the link that it would go into or the ports it would be linked with."""

    corner: QPointF
    onto: LinkItem | None = None
    ends: tuple[LinkEnd, ...] = ()


class LayerDrop:
    """The layer type that is being dragged over ``view``."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._offers: Mapping[str, LayerType] = {}

    def enter(self, type_key: str) -> bool:
        """A layer is dragged onto the view; whether it can be added to the graph that is looked at."""
        self._offers = offered(self._view.session)
        return type_key in self._offers

    def aim(self, type_key: str, at: QPoint) -> bool:
        """Show where the layer would land, the link that it would go into or those it would get; whether it can."""
        layer = self._offers.get(type_key)
        if layer is None:
            return False
        scene = self._view.canvas
        landing = self._landing(layer, at)
        catalog = self._view.session.catalog
        if type_key not in catalog.layers:
            catalog = Catalog({**catalog.layers, type_key: layer})
        node = catalog.new_node(self._view.session.project.graph, type_key, landing.corner.x(), landing.corner.y())
        ghost = scene.show_ghost(node, catalog)
        scene.highlight(landing.onto)
        path = QPainterPath()
        for end in landing.ends:
            path.addPath(self._draft(layer, ghost, end))
        if path.isEmpty():
            scene.draft.hide()
        else:
            scene.draft.draw(path, refused=False)
        self._view.show_empty_state(False)
        return True

    def land(self, type_key: str, at: QPoint) -> bool:
        """Add the layer, into the link under it or linked with the ports near it; whether it was added."""
        layer = self._offers.get(type_key) or offered(self._view.session).get(type_key)
        if layer is None:
            return False
        landing = self._landing(layer, at)
        onto = landing.onto.link if landing.onto else None
        added = bring(self._view, type_key, landing.corner, landing.ends, onto)
        if added:
            remember_layer(self._view, type_key)
        return bool(added)

    def end(self) -> None:
        """Show nothing any more."""
        scene = self._view.canvas
        scene.hide_ghost()
        scene.highlight(None)
        scene.draft.hide()
        self._view.show_empty_state(True)

    def _landing(self, layer: LayerType, at: QPoint) -> Landing:
        view = self._view
        corner = snapped(view.mapToScene(at) - QPointF(WIDTH / 2, HEIGHT / 2))
        if layer.inputs and layer.outputs:
            onto = view.canvas.link_at(view.mapToScene(at), view.reach(REACH))
            if onto is not None:
                return Landing(corner, onto)
        middle = corner.y() + HEIGHT / 2
        sides = (QPointF(corner.x(), middle), True), (QPointF(corner.x() + WIDTH, middle), False)
        ends = tuple(end for port, output in sides if (end := self._near(layer, port, output)) is not None)
        if len(ends) == 2 and find_path(view.session.project.graph.links, ends[1].node, ends[0].node) is not None:
            # both links would close a circle
            ends = ends[:1]
        return Landing(corner, ends=ends)

    def _near(self, layer: LayerType, port: QPointF, output: bool) -> LinkEnd | None:
        """The free port of another node, an output or an input, that lies nearest to this one of the layer."""
        scene = self._view.canvas
        area = QRectF(port.x() - LINK_REACH, port.y() - LINK_REACH, 2 * LINK_REACH, 2 * LINK_REACH)
        best, nearest = None, LINK_REACH
        for key in scene.nodes_in(area):
            item = scene.nodes[key]
            for place in item.outputs if output else item.inputs:
                way = item.pos() + place.at - port
                away = (way.x() ** 2 + way.y() ** 2) ** 0.5
                # it must lie on the side that the data comes from or goes to
                ahead = way.x() <= 0 if output else way.x() >= 0
                end = LinkEnd(key, place.name, output)
                if away < nearest and ahead and _free(item, place) and port_for(layer, end, axes_at(self._view, end)):
                    best, nearest = end, away
        return best

    def _draft(self, layer: LayerType, ghost: NodeItem, end: LinkEnd) -> QPainterPath:
        port = port_for(layer, end, axes_at(self._view, end))
        item = self._view.canvas.nodes[end.node]
        if end.output:
            name = (f"{port.name}1" if port.many else port.name) if port else ""
            return link_path(item.anchor(end.port, True), ghost.anchor(name, False))
        return link_path(ghost.anchor(port.name if port else "", True), item.anchor(end.port, False))


def _free(item: NodeItem, place: Place) -> bool:
    return (place.name, place.output) not in item.linked

"""The swap box: the search box over a node, in which one picks what the node is to become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from designer.gui.canvas.offers import HEADINGS, brought, heading_of
from designer.gui.canvas.search_box import SearchBox
from designer.gui.canvas.search_rows import Row, rows_for
from designer.layers.catalog import catalog_of
from designer.layers.declaration import LayerType
from designer.layers.search import Found
from designer.layers.swapping import may_become, swap
from designer.project.model import Project

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def open_swap_box(view: CanvasView) -> SwapBox | None:
    """Open the box over the first of the selected nodes; None, with the reason said, where nothing could come of it."""
    chosen = view.selected()
    if not chosen:
        view.refuse("Select the layers that are to become of another type.")
        return None
    for box in view.window().findChildren(SearchBox):
        box.close_box()
    box = SwapBox(view, chosen)
    if not box.possible:
        box.close_box()
        only = "This is the only layer type of its kind." if len(chosen) == 1 else "No layer type fits all of these."
        view.refuse(only)
        return None
    view.unsay()
    at = view.mapFromScene(view.canvas.nodes[chosen[0]].rect().bottomLeft())
    room = view.viewport().rect()
    box.show_at(QPoint(max(0, min(at.x() + 24, room.right())), max(0, min(at.y() + 24, room.bottom()))))
    return box


class SwapBox(SearchBox):
    """Lists the layer types that the nodes ``keys`` could become, those of the same category first."""

    def __init__(self, view: CanvasView, keys: tuple[str, ...]) -> None:
        nodes = view.session.project.graph.nodes
        self._nodes = [nodes[key] for key in keys]
        self._chosen_keys = keys
        known = (view.session.catalog.layer(node.type) for node in self._nodes)
        self._kindred = list(dict.fromkeys(layer.category for layer in known if layer is not None))
        super().__init__(view, QPoint(), None, None, False)
        self.setAccessibleName("Swap the layer type")
        self.field.setAccessibleName("Search layer types to swap with")
        self.field.setPlaceholderText(f"Swap {self._called()} with …")

    @property
    def possible(self) -> bool:
        """Whether there is anything to pick."""
        return bool(self._offers)

    def choose(self, follow: bool = False) -> None:
        """Make the nodes what is highlighted."""
        layer = self.layer
        if layer is None:
            return
        self.close_box()
        view, keys = self._view, self._chosen_keys

        def edit(project: Project) -> Project:
            project, type_key = brought(project, layer.key)
            return swap(project, keys, type_key, catalog_of(project))

        view.editor.do(f"Swap {self._called()} with {layer.title[:40]}", edit)
        view.setFocus()

    def _called(self) -> str:
        return self._nodes[0].name[:40] if len(self._nodes) == 1 else f"{len(self._nodes)} layers"

    def _fitting(self, offers: dict[str, LayerType]) -> dict[str, LayerType]:
        catalog = self._view.session.catalog
        return {key: layer for key, layer in offers.items() if may_become(self._nodes, layer, catalog)}

    def _search(self, text: str) -> None:
        rows = rows_for(text, self._offers, ()) if text.strip() else self._by_kinship()
        self.rows.show(rows)
        first = next((place for place, row in enumerate(rows) if row.layer is not None), None)
        if first is not None:
            self._highlight(first)
        self._tell()

    def _by_kinship(self) -> list[Row]:
        rows: list[Row] = []
        for heading in dict.fromkeys((*self._kindred, *HEADINGS)):
            layers = [layer for layer in self._offers.values() if heading_of(layer) == heading]
            rows += [Row(heading), *(Row(found=Found(layer)) for layer in layers)] if layers else []
        return rows

    def _key_words(self, layer: LayerType) -> str:
        return "Enter: swap, keeping the links and fields that apply"

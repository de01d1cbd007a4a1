"""The scene: the items of the graph, kept in step with the project by what differs."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene
from shiboken6 import isValid

from designer.compiler.problems import LinkPlace, NodePlace, Problem
from designer.compiler.report import Analysis
from designer.gui.canvas.geometry import PORT_REACH, Place
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.link_item import LinkItem
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.outlines import NodeOutlines
from designer.gui.canvas.overlay import BandItem, CursorLabel, DraftLinkItem
from designer.gui.canvas.overview import Overview
from designer.gui.canvas.things import Things
from designer.layers.catalog import BUILT_IN, Catalog, catalog_of
from designer.project.diff import Difference, diff
from designer.project.graph_forms import block_key
from designer.project.model import Link, Node, Project

Ends = tuple[str, str, str, str]


class CanvasScene(QGraphicsScene):
    """One item a node and one a link, found by dictionaries. Selection lives here; the graph does not."""

    selection_changed = Signal()

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self.catalog: Catalog = BUILT_IN
        self.nodes: dict[str, NodeItem] = {}
        self.links: dict[Ends, LinkItem] = {}
        self._touching: dict[str, dict[Ends, LinkItem]] = {}
        self._reports = Analysis().reports
        self._node_problems: dict[str, tuple[Problem, ...]] = {}
        self._link_problems: dict[Ends, tuple[Problem, ...]] = {}
        self.band = BandItem(ink)
        self.draft = DraftLinkItem(ink)
        self.label = CursorLabel(ink)
        self.ghost: NodeItem | None = None
        self._lit: LinkItem | None = None
        # the nodes that were selected one by one, in that order
        self.picked: list[str] = []
        self.overview = Overview(self)
        self.outlines = NodeOutlines(self)
        self.things = Things(self)
        self.selectionChanged.connect(self._tell)
        for item in (self.band, self.draft, self.label):
            self.addItem(item)

    def reconcile(self, old: Project, new: Project) -> None:
        """Bring the items from ``old`` to ``new``, touching only what differs; a changed selection is told once."""
        difference = diff(old, new)
        # the selection changes only by what goes, and each such item would tell of one that is half there
        before = self._chosen() if _takes_away(difference) else None
        quiet = self.blockSignals(True)
        try:
            self._reconcile(difference, new)
        finally:
            self.blockSignals(quiet)
        if before is not None and self._chosen() != before:
            self._tell()

    def _chosen(self) -> set[object]:
        return {
            item.node.id if isinstance(item, NodeItem) else item.link.ends if isinstance(item, LinkItem) else id(item)
            for item in self.selectedItems()
        }

    def _reconcile(self, difference: Difference, new: Project) -> None:
        self.things.reconcile(difference, new.graph)
        before, self.catalog = self.catalog, catalog_of(new)
        disturbed: set[str] = set()
        redrawn = self._redrawn(difference) if difference.links_removed else set()
        for link in difference.links_removed:
            if link.ends not in redrawn:
                self._drop_link(link.ends)
                disturbed.update((link.source, link.target))
        selected = {key for key in difference.removed if self.nodes[key].isSelected()}
        for key in difference.removed:
            self.removeItem(self.nodes.pop(key))
            del self._touching[key]
        for key in difference.added:
            self._add_node(new.graph.nodes[key])
            if key in selected:
                self.nodes[key].setSelected(True)
        changed = dict.fromkeys(difference.changed)
        if before is not self.catalog:
            # a block that was edited looks different on all its uses, an output by the way of training
            uses = (key for key, node in new.graph.nodes.items() if block_key(node.type) or node.type == "output")
            added = {*difference.added}
            changed.update(dict.fromkeys(key for key in uses if key not in added))
        for key in changed:
            self._change_node(new.graph.nodes[key])
        for link in difference.links_added:
            if link.ends in redrawn:
                self.links[link.ends].set_link(link)
            else:
                self._add_link(link)
                disturbed.update((link.source, link.target))
        self._lay_out_ports(disturbed)
        self.outlines.changed()
        self.outlines.settle()
        if difference.added or difference.links_added or _takes_away(difference):
            self.overview.changed()
        else:
            self.overview.moved(changed)

    def _redrawn(self, difference: Difference) -> set[Ends]:
        """The links of which only the bends are other ones: they stay, and stay selected."""
        afresh = {*difference.added} & {*difference.removed}
        return {
            link.ends
            for link in difference.links_added
            if link.ends in self.links and link.source not in afresh and link.target not in afresh
        }

    def set_analysis(self, analysis: Analysis) -> None:
        """Show reports and problems on the nodes and links that they are about."""
        by_node: dict[str, list[Problem]] = {}
        by_link: dict[Ends, list[Problem]] = {}
        for problem in analysis.problems:
            if isinstance(problem.place, NodePlace):
                by_node.setdefault(problem.place.node, []).append(problem)
            elif isinstance(problem.place, LinkPlace):
                by_link.setdefault(problem.place.link.ends, []).append(problem)
        self._reports = analysis.reports
        self._node_problems = {key: tuple(found) for key, found in by_node.items()}
        self._link_problems = {key: tuple(found) for key, found in by_link.items()}
        louder = False
        for key, node in self.nodes.items():
            louder |= bool(node.problems) or key in self._node_problems
            node.set_analysis(self._reports.get(key), self._node_problems.get(key, ()))
        for ends, link in self.links.items():
            louder |= bool(link.problems or ends in self._link_problems)
            link.set_problems(self._link_problems.get(ends, ()))
        if louder:
            # from afar a report is not seen, a problem is
            self.overview.changed()

    def set_ink(self, ink: Ink) -> None:
        """Draw everything under another theme."""
        self.ink = ink
        for node in self.nodes.values():
            node.set_ink(ink)
        for link in self.links.values():
            link.ink = ink
        self.things.set_ink(ink)
        for overlay in (self.band, self.draft, self.label):
            overlay.set_ink(ink)
        self.overview.changed()
        self.update()

    def links_of(self, key: str) -> Iterable[LinkItem]:
        """The links that begin or end at a node."""
        return self._touching.get(key, {}).values()

    def follow(self, keys: Iterable[str]) -> None:
        """Let the links of these nodes run to where the nodes now are."""
        moved = tuple(keys)
        for key in moved:
            self._run_links(key)
        self.overview.moved(moved)

    def selected_nodes(self) -> tuple[str, ...]:
        """The ids of the selected nodes, in the graph's order."""
        chosen = {item.node.id for item in self.selectedItems() if isinstance(item, NodeItem)}
        return tuple(key for key in self.nodes if key in chosen) if len(chosen) > 1 else tuple(chosen)

    def selected_links(self) -> tuple[Link, ...]:
        """The selected links."""
        return tuple(item.link for item in self.selectedItems() if isinstance(item, LinkItem))

    def selected_things(self) -> tuple[str, ...]:
        """The ids of the selected frames and notes."""
        return self.things.selected()

    def select(self, nodes: Iterable[str], links: Iterable[Link] = (), things: Iterable[str] = ()) -> None:
        """Select these and nothing else; told once. ``things`` are frames and notes."""
        wanted, wanted_things = set(nodes), set(things)
        wanted_links = {link.ends for link in links}
        before = set(self.selectedItems())
        self.picked = list(wanted) if len(wanted) == 1 else []
        after: set[QGraphicsItem] = {self.nodes[key] for key in wanted if key in self.nodes}
        after.update(self.links[ends] for ends in wanted_links if ends in self.links)
        after.update(filter(None, map(self.things.get, wanted_things)))
        if after == before:
            return
        quiet = self.blockSignals(True)
        for item in before - after:
            item.setSelected(False)
        for item in after - before:
            item.setSelected(True)
        self.blockSignals(quiet)
        if not quiet:
            self._tell()

    def clearSelection(self) -> None:
        """Select nothing."""
        self.select(())

    def highlight(self, link: LinkItem | None) -> None:
        """Let this link, and no other, stand out as the one that a layer would go into."""
        if link is not self._lit:
            for item, hovered in ((self._lit, False), (link, True)):
                if item is not None:
                    item.set_hovered(hovered)
            self._lit = link
            self.overview.changed()

    def node_at(self, point: QPointF) -> NodeItem | None:
        """The topmost node there."""
        return next((item for item in self.items(point) if self._is_node(item)), None)  # type: ignore[return-value]

    def link_at(self, point: QPointF, reach: float = 2.0) -> LinkItem | None:
        """The nearest link within about ``reach`` of there."""
        box = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        found = [item for item in self.items(box) if isinstance(item, LinkItem)]
        return min(found, key=lambda item: item.trace.hold(point).away) if len(found) > 1 else next(iter(found), None)

    def port_at(self, point: QPointF, reach: float = PORT_REACH) -> tuple[NodeItem, Place] | None:
        """The nearest port within ``reach``, and its node."""
        found = min(self.ports_near(point, reach), key=lambda near: near[2], default=None)
        return found[:2] if found else None

    def ports_near(self, point: QPointF, reach: float) -> list[tuple[NodeItem, Place, float]]:
        """The ports within ``reach``, with their nodes and how far off they lie."""
        box = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        items = self.items(box, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return [
            (item, place, away)
            for item in items
            if isinstance(item, NodeItem) and self._is_node(item)
            for place, away in item.places_near(point, reach)
        ]

    def nodes_in(self, box: QRectF) -> set[str]:
        """The ids of the nodes that ``box`` touches."""
        found = self.items(box, Qt.ItemSelectionMode.IntersectsItemShape)
        return {item.node.id for item in found if isinstance(item, NodeItem) and self._is_node(item)}

    def nodes_rect(self, keys: Iterable[str] | None = None) -> QRectF:
        """The rectangle around these nodes, or around all of them; null where there are none."""
        box = QRectF()
        for key in self.nodes if keys is None else keys:
            if key in self.nodes:
                box = box.united(self.nodes[key].rect())
        return box

    def sizes(self) -> dict[str, tuple[float, float]]:
        """How wide and high each node is."""
        return {key: (item.rect().width(), item.rect().height()) for key, item in self.nodes.items()}

    def show_ghost(self, node: Node, catalog: Catalog | None = None) -> NodeItem:
        """Show where ``node`` would land; ``catalog`` knows its type where the project's own does not."""
        if self.ghost is None or self.ghost.node.type != node.type:
            self.hide_ghost()
            self.ghost = NodeItem(node, catalog or self.catalog, self.ink)
            self.ghost.setFlag(NodeItem.GraphicsItemFlag.ItemIsSelectable, False)
            self.ghost.setZValue(3)
            self.ghost.setOpacity(0.7)
            self.addItem(self.ghost)
        self.ghost.setPos(node.x, node.y)
        return self.ghost

    def hide_ghost(self) -> None:
        """Show it no more."""
        if self.ghost is not None:
            self.removeItem(self.ghost)
            self.ghost = None

    def _tell(self) -> None:
        # Qt's own signal also comes while the scene is being destroyed
        if isValid(self):
            self.overview.changed()
            self.selection_changed.emit()

    def _is_node(self, item: object) -> bool:
        return isinstance(item, NodeItem) and item is not self.ghost

    def _add_node(self, node: Node) -> None:
        item = NodeItem(node, self.catalog, self.ink)
        item.setZValue(1)
        item.set_analysis(self._reports.get(node.id), self._node_problems.get(node.id, ()))
        self.nodes[node.id] = item
        self._touching[node.id] = {}
        self.overview.adopt(item)
        self.addItem(item)

    def _change_node(self, node: Node) -> None:
        item = self.nodes[node.id]
        ports = item.ports
        item.set_node(node, self.catalog)
        if ports != item.ports:
            self._lay_out_ports([node.id])
        self.follow([node.id])

    def _add_link(self, link: Link) -> None:
        source, target, ends = self.nodes[link.source], self.nodes[link.target], link.ends
        item = LinkItem(link, source, target, self.ink, self.outlines.all)
        item.set_problems(self._link_problems.get(ends, ()))
        self.links[ends] = self._touching[link.source][ends] = self._touching[link.target][ends] = item
        self.overview.adopt(item)
        self.addItem(item)

    def _run_links(self, key: str) -> None:
        self.outlines.moved(key)
        for link in self.links_of(key):
            link.follow()

    def _drop_link(self, ends: Ends) -> None:
        item = self.links.pop(ends)
        if item is self._lit:
            self._lit = None
        self._touching[item.link.source].pop(ends, None)
        self._touching[item.link.target].pop(ends, None)
        self.removeItem(item)

    def _lay_out_ports(self, keys: Iterable[str]) -> None:
        for key in keys:
            if key in self.nodes:
                links = [item.link for item in self.links_of(key)]
                if self.nodes[key].set_links(links):
                    self._run_links(key)


def _takes_away(difference: Difference) -> bool:
    gone = difference.removed or difference.links_removed
    return bool(gone or difference.frames_removed or difference.notes_removed)

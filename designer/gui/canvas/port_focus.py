"""Port focus: the port that the keyboard is on, and linking from it to another by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from designer.gui.canvas.geometry import Place, link_path
from designer.gui.canvas.overview import FAR
from designer.gui.canvas.port_ring import PortRing
from designer.gui.canvas.walking import Direction, distance, nearest_towards, reveal
from designer.project.model import Graph, Link
from designer.project.rules import free_place, refuse_link

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem
    from designer.gui.canvas.view import CanvasView

CONNECTS, LINKS = "Enter: connect", "Enter: link"


@dataclass(frozen=True)
class End:
    """One port of one node."""

    node: str
    name: str
    output: bool


class PortFocus:
    """Walks the ports of the one selected node of ``view``, and from one of them to those that it can be linked with.

    ``end`` is the port that the keyboard is on. While ``connecting``, ``aim`` is the one that a link from it would
    reach.
    """

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._ring = PortRing()
        view.canvas.addItem(self._ring)
        self.end: End | None = None
        self.aim: End | None = None
        self.connecting = False

    def step(self, by: int) -> None:
        """Go to the next port of the selected node, inputs first; after the last one back to the node itself."""
        chosen = self._view.selected()
        if len(chosen) != 1:
            return
        item = self._view.canvas.nodes[chosen[0]]
        ends = [None, *(End(chosen[0], place.name, place.output) for place in (*item.inputs, *item.outputs))]
        here = ends.index(self.end) if self.end in ends else 0
        self.end = ends[(here + by) % len(ends)]
        if self._view.zoom < FAR:
            self._view.set_zoom(1.0)
        self.show()
        self._view.reader.say(self._words(self.end) if self.end else self._view.reader.name_of(chosen[0]))

    def begin(self) -> None:
        """Look for a port to link with: the nearest that fits, or else the nearest, with the reason why not."""
        if self.end is None:
            return
        self.connecting = True
        aim = next(self._fitting(None, 1), None) or next(iter(self._others()), None)
        if aim is None:
            side = "input" if self.end.output else "output"
            self._refuse(f"There is no {side} of another layer to link with.")
            self.connecting = False
            return
        self._aim_at(aim, first=True)

    def step_aim(self, by: int) -> None:
        """Aim at the next port that fits, the nearest first; before the first come the farthest again."""
        aim = next(self._fitting(self.aim, by), None)
        if aim is None or aim == self.aim:
            self._refuse("No other port fits.")
        else:
            self._aim_at(aim)

    def turn_aim(self, direction: Direction) -> None:
        """Aim at the nearest port in that direction, whether it fits or not."""
        here = self._at(self.aim or self.end)
        others = [end for end in self._others() if end != self.aim]
        aim = nearest_towards(here, others, self._at, direction)
        if aim is not None:
            self._aim_at(aim)

    def accept(self) -> None:
        """Draw the link, or say why not."""
        if self.end is None or self.aim is None:
            return
        link, reason = self._proposed(self.aim)
        if reason is not None:
            self._refuse(reason)
            return
        lifted = self._lifted()
        self._leave_aim()
        self._view.editor.link(link, lifted)
        self.show()

    def delete(self) -> None:
        """Take the links of the port away."""
        if self.end is None:
            return
        links = self._links()
        if links:
            self._view.editor.unlink(links)
        else:
            self._refuse("No link ends here.")

    def cancel(self) -> bool:
        """End what was begun last: looking for a port, or being on one; whether there was anything."""
        if self.connecting:
            self._leave_aim()
            self.show()
            self._view.reader.say(f"Not linked. {self._words(self.end)}" if self.end else "Not linked")
            return True
        was = self.end is not None
        if self.end is not None:
            self._view.reader.say(self._view.reader.name_of(self.end.node))
        self.leave()
        return was

    def leave(self) -> None:
        """Be on no port any more."""
        if self.connecting:
            self._leave_aim()
        self.end = None
        self._ring.hide()

    def show(self) -> None:
        """Show where the keyboard is, now that selection or graph are other ones."""
        if self.end is None:
            return
        if self._view.selected() != (self.end.node,) or self._place(self.end) is None:
            self.leave()
            return
        if self.connecting and (self.aim is None or self._place(self.aim) is None):
            self._leave_aim()
        if self.connecting and self.aim is not None:
            self._draw(self.aim)
            return
        at = self._at(self.end)
        self._ring.mark(at, not self.end.output, self._label(self.end), CONNECTS)
        reveal(self._view, self._item(self.end).rect())

    # inner workings

    def _item(self, end: End) -> NodeItem:
        return self._view.canvas.nodes[end.node]

    def _place(self, end: End) -> Place | None:
        item = self._view.canvas.nodes.get(end.node)
        return item.place(end.name, end.output) if item else None

    def _at(self, end: End | None) -> QPointF:
        return self._item(end).anchor(end.name, end.output) if end else QPointF()

    def _links(self) -> list[Link]:
        """The links at the port that the keyboard is on."""
        end = self.end
        if end is None:
            return []
        found = [item.link for item in self._view.canvas.links_of(end.node)]
        if end.output:
            return [link for link in found if (link.source, link.source_port) == (end.node, end.name)]
        return [link for link in found if (link.target, link.target_port) == (end.node, end.name)]

    def _lifted(self) -> Link | None:
        """The link that a new one takes the place of: an input takes one alone."""
        links = self._links()
        return links[0] if self.end is not None and not self.end.output and links else None

    def _others(self) -> list[End]:
        """The ports of other nodes on the other side, the nearest first; of one that takes many, the free place."""
        assert self.end is not None
        here, output = self._at(self.end), not self.end.output
        found = [
            End(key, place.name, output)
            for key, item in self._view.canvas.nodes.items()
            if key != self.end.node
            for place in (item.outputs if output else item.inputs)
            if not (place.many and (place.name, False) in item.linked)
        ]
        return sorted(found, key=lambda end: distance(self._at(end) - here))

    def _fitting(self, after: End | None, by: int) -> Iterator[End]:
        """The ports that fit, beginning after one, once round."""
        others = self._others()[::by]
        start = others.index(after) + 1 if after in others else 0
        for end in (*others[start:], *others[:start]):
            if self._proposed(end)[1] is None:
                yield end

    def _proposed(self, other: End) -> tuple[Link, str | None]:
        """The link to that port, and why it is refused."""
        assert self.end is not None
        lifted = self._lifted()
        whole = self._view.session.project.graph
        kept = whole.links if lifted is None else tuple(link for link in whole.links if link.ends != lifted.ends)
        graph = Graph(whole.nodes, kept)
        source, target = (self.end, other) if self.end.output else (other, self.end)
        link = Link(source.node, source.name, target.node, target.name)
        ports_of = self._view.session.catalog.ports_of
        port = ports_of(whole.nodes[target.node]).input(target.name)
        if port is not None and port.many and any(old.ends[2:] == link.ends[2:] for old in kept):
            link = replace(link, target_port=free_place(graph, target.node, port))
        return link, refuse_link(graph, link, ports_of)

    def _aim_at(self, aim: End, first: bool = False) -> None:
        before, self.aim = self.aim, aim
        if before is not None and before.node != aim.node and before.node in self._view.canvas.nodes:
            self._item(before).set_hot_place(None)
        reason = self._draw(aim)
        item = self._item(aim)
        reveal(self._view, item.rect())
        name = f"{item.node.name[:80]}, {self._label(aim).lower()}"
        said = name if reason is None else f"{name} does not fit: {reason}"
        self._view.reader.say(f"Link to {said}" if first else said)

    def _draw(self, aim: End) -> str | None:
        """Show the link that would be drawn; why it is refused."""
        view, item = self._view, self._item(aim)
        reason = self._proposed(aim)[1]
        start, end = self._at(self.end), self._at(aim)
        path = link_path(end, start) if aim.output else link_path(start, end)
        view.canvas.draft.draw(path, reason is not None)
        item.set_hot_place(self._place(aim) if reason is None else None)
        words = f"{item.node.name[:24]} · {aim.name}"
        self._ring.mark(end, not aim.output, "" if reason else words, LINKS)
        if reason:
            view.say(reason, view.mapFromScene(end))
        else:
            view.unsay()
        return reason

    def _leave_aim(self) -> None:
        scene = self._view.canvas
        if self.aim is not None and self.aim.node in scene.nodes:
            scene.nodes[self.aim.node].set_hot_place(None)
        scene.draft.hide()
        self._view.unsay()
        self.connecting, self.aim = False, None

    def _refuse(self, sentence: str) -> None:
        # what is refused is read aloud by whoever follows the view
        self._view.refuse(sentence, self._view.mapFromScene(self._at(self.aim or self.end)))

    def _label(self, end: End) -> str:
        item = self._item(end)
        port = item.ports.output(end.name) if end.output else item.ports.input(end.name)
        name = port.shown if port is not None and not port.many else end.name
        return f"{'Output' if end.output else 'Input'} {name[:40]}"

    def _words(self, end: End) -> str:
        """The port in words: which one, of what, and where its links lead."""
        nodes = self._view.session.project.graph.nodes
        links = self._links()
        far = [nodes[link.target if end.output else link.source].name[:40] for link in links]
        verb = "feeds" if end.output else "fed by"
        return f"{self._label(end)} of {nodes[end.node].name[:80]}, {verb + ' ' + ', '.join(far) if far else 'free'}"

"""Walking: where an arrow key leads from the selected node, along links or through space."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt

from designer.project.order import running_order

if TYPE_CHECKING:
    from designer.gui.canvas.scene import CanvasScene
    from designer.gui.canvas.view import CanvasView

Direction = tuple[int, int]
Thing = TypeVar("Thing")
ARROWS: Mapping[Qt.Key, Direction] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
ASKEW = 2.0
MARGIN = 24.0


class Walker:
    """Moves the selection of ``view`` from node to node. ``at`` is the node where the last step ended."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._at = ""

    @property
    def at(self) -> str:
        """The node that the keyboard is on: where the last step ended, or the only one that is selected."""
        chosen = self._view.selected()
        return self._at if self._at in chosen else chosen[-1] if chosen else ""

    def step(self, direction: Direction, extend: bool = False) -> None:
        """Select the node in that direction; with ``extend`` along with what is selected."""
        view, chosen = self._view, self._view.selected()
        start = self.at
        key = next_node(view.canvas, start, direction) if start else self._first()
        if not key:
            view.reader.say(f"No layer {_WORDS[direction]}" if start else "No layers yet")
            return
        self._at = key
        view.canvas.select({*chosen, key} if extend else [key])
        reveal(view, view.canvas.nodes[key].rect())

    def _first(self) -> str:
        """Where walking begins: the first node that runs and is seen, or the first of all."""
        view = self._view
        order = running_order(view.session.project.graph)
        seen = view.visible_rect()
        return next((key for key in order if seen.intersects(view.canvas.nodes[key].rect())), order[0] if order else "")


_WORDS: Mapping[Direction, str] = {(-1, 0): "to the left", (1, 0): "to the right", (0, -1): "above", (0, 1): "below"}


def next_node(scene: CanvasScene, key: str, direction: Direction) -> str:
    """The node that an arrow leads to; empty where there is none.

    Right leads to what the node feeds, left to what feeds it, the nearest first; up and down to its siblings, which
    are fed by the same node or feed the same. Where no link leads on, it is the nearest node in that direction.
    """
    here = scene.nodes[key].rect().center()
    at = _middle(scene)
    across, down = direction
    if across:
        linked = fed_by(scene, key) if across > 0 else feeding(scene, key)
        found = nearest(here, linked, at)
    else:
        kin = (sibling for sibling in siblings(scene, key) if _side(scene, sibling, here, down))
        found = nearest(here, kin, at)
    return found or nearest_towards(here, (other for other in scene.nodes if other != key), at, direction) or ""


def fed_by(scene: CanvasScene, key: str) -> list[str]:
    """The nodes that this one feeds, in the order of its outputs."""
    places = [place.name for place in scene.nodes[key].outputs]
    links = [item.link for item in scene.links_of(key) if item.link.source == key]
    links.sort(key=lambda link: places.index(link.source_port) if link.source_port in places else len(places))
    return list(dict.fromkeys(link.target for link in links))


def feeding(scene: CanvasScene, key: str) -> list[str]:
    """The nodes that feed this one, in the order of its inputs."""
    places = [place.name for place in scene.nodes[key].inputs]
    links = [item.link for item in scene.links_of(key) if item.link.target == key]
    links.sort(key=lambda link: places.index(link.target_port) if link.target_port in places else len(places))
    return list(dict.fromkeys(link.source for link in links))


def siblings(scene: CanvasScene, key: str) -> list[str]:
    """The other nodes that are fed by the same nodes as this one, or feed the same."""
    kin = [other for source in feeding(scene, key) for other in fed_by(scene, source)]
    kin += [other for target in fed_by(scene, key) for other in feeding(scene, target)]
    return [other for other in dict.fromkeys(kin) if other != key]


def nearest(here: QPointF, things: Iterable[Thing], at: Callable[[Thing], QPointF]) -> Thing | None:
    """The nearest of these; of equals the first."""
    return min(things, key=lambda thing: distance(at(thing) - here), default=None)


def nearest_towards(
    here: QPointF, things: Iterable[Thing], at: Callable[[Thing], QPointF], direction: Direction
) -> Thing | None:
    """The nearest of those that lie rather in that direction than in another; None where none does."""
    best, least = None, float("inf")
    for thing in things:
        along, aside = _along(at(thing) - here, direction)
        # what lies aside counts as farther away, so that a row is walked to its end
        if along > 0 and aside <= ASKEW * along and (far := along + ASKEW * aside) < least:
            best, least = thing, far
    return best


def reveal(view: CanvasView, box: QRectF) -> None:
    """Move what is seen as little as needed to show ``box`` of the scene."""
    view.ensureVisible(box, round(MARGIN), round(MARGIN))


def _middle(scene: CanvasScene) -> Callable[[str], QPointF]:
    return lambda key: scene.nodes[key].rect().center()


def _side(scene: CanvasScene, key: str, here: QPointF, down: int) -> bool:
    return (scene.nodes[key].rect().center().y() - here.y()) * down > 0


def _along(way: QPointF, direction: Direction) -> tuple[float, float]:
    across, down = direction
    return way.x() * across + way.y() * down, abs(way.x() * down) + abs(way.y() * across)


def distance(way: QPointF) -> float:
    """The square of how far it is."""
    return way.x() ** 2 + way.y() ** 2

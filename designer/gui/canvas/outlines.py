"""Where all nodes of a scene lie, for the links that run back round them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas.link_route import Box

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem
    from designer.gui.canvas.scene import CanvasScene


class NodeOutlines:
    """Left, top, right and bottom of each node of ``scene``; gathered after each edit, when it is asked for."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._boxes: dict[str, Box] | None = None
        self._known: tuple[Box, ...] | None = None
        self._before: tuple[Box, ...] = ()

    def all(self) -> tuple[Box, ...]:
        """The outlines as they are now."""
        if self._known is None:
            if self._boxes is None:
                self._boxes = {key: _box(item) for key, item in self._scene.nodes.items()}
            found = tuple(self._boxes.values())
            # the same outlines are the same object, so that links are soon asked whether they know them
            self._known = self._before = self._before if found == self._before else found
        return self._known

    def moved(self, key: str) -> None:
        """One node lies elsewhere, as many times a second while it is dragged."""
        if self._boxes is not None and key in self._boxes:
            self._boxes[key] = _box(self._scene.nodes[key])
            self._known = None

    def changed(self) -> None:
        """Nodes have come, gone, or lie elsewhere."""
        self._boxes = self._known = None

    def settle(self) -> None:
        """After an edit: where the nodes lie otherwise, the links that run back find their way anew."""
        back = [link for link in self._scene.links.values() if link.runs_back]
        for link in back:
            if link.passed is not self.all():
                link.follow()


def _box(item: NodeItem) -> Box:
    box = item.rect()
    return box.left(), box.top(), box.right(), box.bottom()

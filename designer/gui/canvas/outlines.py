"""Where all nodes of a scene lie, for the links that run back round them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas.link_route import Box

if TYPE_CHECKING:
    from designer.gui.canvas.scene import CanvasScene


class NodeOutlines:
    """Left, top, right and bottom of each node of ``scene``; gathered once after each change, when it is asked for."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._known: tuple[Box, ...] | None = None
        self._before: tuple[Box, ...] = ()

    def all(self) -> tuple[Box, ...]:
        """The outlines as they are now."""
        if self._known is None:
            boxes = [item.rect() for item in self._scene.nodes.values()]
            found = tuple((box.left(), box.top(), box.right(), box.bottom()) for box in boxes)
            # the same outlines are the same object, so that links are soon asked whether they know them
            self._known = self._before = self._before if found == self._before else found
        return self._known

    def changed(self) -> None:
        """A node has come, gone, or lies elsewhere."""
        self._known = None

    def settle(self) -> None:
        """After an edit: where the nodes lie otherwise, the links that run back find their way anew."""
        back = [link for link in self._scene.links.values() if link.runs_back]
        for link in back:
            if link.passed is not self.all():
                link.follow()

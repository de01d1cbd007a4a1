"""Edits from the canvas: each gesture becomes one edit of the session's project, or a sentence that says why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import QElapsedTimer, QPointF
from PySide6.QtGui import QGuiApplication

from designer.gui.canvas.placing import beside, clear_below, with_room
from designer.gui.canvas.scene import CanvasScene
from designer.gui.canvas.thing_words import extent, fragment_words, thing_words
from designer.layers.catalog import Catalog
from designer.project import edits
from designer.project.errors import LayerloomError
from designer.project.fragment import Fragment, copy_fragment, fragment_from_text, fragment_to_text
from designer.project.frames import box_of, move_together, remove_things
from designer.project.model import Link, Project
from designer.workspace.scope import Scope

Refuse = Callable[[str], None]
NUDGE_PAUSE_MS = 1000


class Editor:
    """Makes the canvas's edits in ``session`` and selects in ``scene`` what came of them.

    ``refuse`` is told, as a sentence, why an edit was not made.
    """

    def __init__(self, session: Scope, scene: CanvasScene, refuse: Refuse) -> None:
        self._session = session
        self._scene = scene
        self._refuse = refuse
        self._nudged: tuple[str, ...] = ()
        self._nudges = 0
        self._since_nudge = QElapsedTimer()

    @property
    def catalog(self) -> Catalog:
        """The layer types of the project, its blocks among them."""
        return self._session.catalog

    def do(self, label: str, edit: Callable[[Project], Project], merge: str = "") -> bool:
        """Make one edit; whether it was made."""
        try:
            self._session.do(label, edit(self._session.project), merge)
        except LayerloomError as error:
            self._refuse(str(error))
            return False
        return True

    def named(self, keys: Collection[str]) -> str:
        """What to call these nodes in the name of a step."""
        graph = self._session.project.graph
        things = tuple(key for key in keys if key not in graph.nodes)
        if things and len(things) == len(keys):
            return thing_words(graph, things)
        if len(keys) == 1:
            return graph.nodes[next(iter(keys))].name[:40]
        return f"{len(keys)} items" if things else f"{len(keys)} layers"

    def move(self, positions: Mapping[str, tuple[float, float]], onto: Link | None = None) -> bool:
        """Move nodes, frames and notes, a single node into the link ``onto`` if given."""
        name = self.named(positions)
        if onto is None:
            return self.do(f"Move {name}", lambda project: move_together(project, positions))
        key = next(iter(positions))
        return self.do(f"Insert {name}", lambda project: self._insert(edits.move(project, positions), key, onto))

    def nudge(self, keys: tuple[str, ...], across: float, down: float) -> bool:
        """Move nodes, frames and notes a little; nudges of the same ones in quick succession are one step."""
        graph = self._session.project.graph
        if keys != self._nudged or not self._since_nudge.isValid() or self._since_nudge.elapsed() > NUDGE_PAUSE_MS:
            self._nudges += 1
        self._nudged = keys
        self._since_nudge.start()
        corners = {key: box_of(graph, key, {})[:2] for key in keys}
        positions = {key: (x + across, y + down) for key, (x, y) in corners.items()}
        return self.do(
            f"Move {self.named(keys)}", lambda project: move_together(project, positions), f"nudge {self._nudges}"
        )

    def link(self, link: Link, instead_of: Link | None = None) -> bool:
        """Draw a link, in place of another one if given."""
        nodes = self._session.project.graph.nodes
        label = f"Link {nodes[link.source].name[:40]} to {nodes[link.target].name[:40]}"

        def edit(project: Project) -> Project:
            freed = edits.disconnect(project, [instead_of]) if instead_of else project
            return edits.connect(freed, link, self.catalog.ports_of)

        return self.do(label, edit)

    def unlink(self, links: Collection[Link], verb: str = "Delete", merge: str = "") -> bool:
        """Take links away; a step that follows with the same ``merge`` becomes one with it."""
        label = f"{verb} link" if len(links) == 1 else f"{verb} {len(links)} links"
        return self.do(label, lambda project: edits.disconnect(project, links), merge)

    def delete(
        self, keys: Collection[str], links: Collection[Link], verb: str = "Delete", things: Collection[str] = ()
    ) -> bool:
        """Take nodes, links, and of frames and notes the ``things`` away in one step."""
        gone = set(keys)
        loose = [link for link in links if link.source not in gone and link.target not in gone]
        if not gone and not things:
            return self.unlink(loose) if loose else False
        return self.do(
            f"{verb} {self.named((*keys, *things))}",
            lambda project: remove_things(edits.disconnect(edits.remove(project, gone), loose), things),
        )

    def copy(self, keys: Collection[str]) -> bool:
        """Put nodes and the links among them on the clipboard, as text."""
        if not keys:
            return False
        QGuiApplication.clipboard().setText(fragment_to_text(copy_fragment(self._session.project, keys)))
        return True

    def paste(self, middle: QPointF | None) -> tuple[str, ...]:
        """Paste what the clipboard holds about ``middle``, or beside where it was copied; the new ids."""
        added: tuple[str, ...] = ()
        try:
            fragment = fragment_from_text(QGuiApplication.clipboard().text())
        except LayerloomError as error:
            text = str(error)
            self._refuse(text[:1].upper() + text[1:])
            return added
        at = self._place_for(fragment, middle)

        def edit(project: Project) -> Project:
            nonlocal added
            project, added = edits.paste(project, fragment, (at.x(), at.y()) if at else None)
            return project

        if self.do(f"Paste {fragment_words(fragment)}", edit):
            self._select(added)
        return added

    def duplicate(self, keys: Collection[str]) -> tuple[str, ...]:
        """Copy nodes and the links among them, frames and notes beside themselves; the new ids."""
        added: tuple[str, ...] = ()
        fragment = copy_fragment(self._session.project, keys)
        at, (left, top) = self._place_for(fragment, None), fragment.corner

        def edit(project: Project) -> Project:
            nonlocal added
            step = (at.x() - left, at.y() - top) if at else (edits.PASTE_STEP, edits.PASTE_STEP)
            project, added = edits.duplicate(project, keys, step)
            return project

        if keys and self.do(f"Duplicate {self.named(keys)}", edit):
            self._select(added)
        return added

    def _place_for(self, fragment: Fragment, middle: QPointF | None) -> QPointF | None:
        """The corner of what is copied: about ``middle``, and with frames clear of all; None is beside the original."""
        if not fragment or (middle is None and not fragment.frames):
            return None
        width, height = extent(fragment)
        corner = QPointF(*fragment.corner) if middle is None else beside(self._scene, middle, width, height)
        return clear_below(self._scene, corner, width, height) if fragment.frames else corner

    def _select(self, keys: Collection[str]) -> None:
        self._scene.select(keys, (), keys)

    def _insert(self, project: Project, key: str, onto: Link) -> Project:
        project = edits.insert_on_link(project, project.graph.nodes[key], onto, self.catalog.ports_of)
        return with_room(project, key, onto, self._scene.sizes())

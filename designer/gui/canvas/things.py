"""Frames and notes of a scene: their items, kept in step by what differs, and what of them lies under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from designer.gui.canvas.frame_item import FrameItem
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.note_item import NoteItem
from designer.project.model import Graph

if TYPE_CHECKING:
    from designer.gui.canvas.scene import CanvasScene
    from designer.project.diff import Difference

ThingItem: TypeAlias = FrameItem | NoteItem
GRIP = 8.0
LEAST_GRIPPED = 40.0


@dataclass(frozen=True)
class Grip:
    """What of a frame or note is under the cursor: an edge or corner (-1, 0 or 1 across and down), else its body."""

    item: ThingItem
    across: int = 0
    down: int = 0

    @property
    def resizes(self) -> bool:
        """Whether dragging here changes the size."""
        return bool(self.across or self.down)

    @property
    def cursor(self) -> Qt.CursorShape:
        """The cursor that says what dragging here would do."""
        if not self.resizes:
            return Qt.CursorShape.SizeAllCursor if isinstance(self.item, FrameItem) else Qt.CursorShape.ArrowCursor
        if self.across and self.down:
            falling = self.across == self.down
            return Qt.CursorShape.SizeFDiagCursor if falling else Qt.CursorShape.SizeBDiagCursor
        return Qt.CursorShape.SizeHorCursor if self.across else Qt.CursorShape.SizeVerCursor


class Things:
    """The items of ``scene`` that are no part of the network: ``frames`` and ``notes`` by id."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.frames: dict[str, FrameItem] = {}
        self.notes: dict[str, NoteItem] = {}

    def __iter__(self) -> Iterator[ThingItem]:
        yield from self.frames.values()
        yield from self.notes.values()

    def __bool__(self) -> bool:
        return bool(self.frames or self.notes)

    def get(self, key: str) -> ThingItem | None:
        """The frame or note of that id."""
        return self.frames.get(key) or self.notes.get(key)

    def reconcile(self, difference: Difference, graph: Graph) -> None:
        """Bring the items to ``graph``, touching only what differs."""
        for key in difference.frames_removed:
            self._scene.removeItem(self.frames.pop(key))
        for key in difference.notes_removed:
            self._scene.removeItem(self.notes.pop(key))
        for key in difference.frames_added:
            self.frames[key] = FrameItem(graph.frames[key], self._scene.ink)
            self._adopt(self.frames[key])
        for key in difference.notes_added:
            self.notes[key] = NoteItem(graph.notes[key], self._scene.ink)
            self._adopt(self.notes[key])
        for key in difference.frames_changed:
            self.frames[key].set_frame(graph.frames[key])
        for key in difference.notes_changed:
            self.notes[key].set_note(graph.notes[key])

    def set_ink(self, ink: Ink) -> None:
        """Draw under another theme."""
        for item in self:
            item.set_ink(ink)

    def selected(self) -> tuple[str, ...]:
        """The ids of the selected frames and notes."""
        return tuple(item.key for item in self if item.isSelected())

    def within(self, box: QRectF) -> set[str]:
        """The ids of the frames that lie wholly in ``box`` and of the notes that it touches."""
        frames = {key for key, item in self.frames.items() if box.contains(item.rect())}
        return frames | {key for key, item in self.notes.items() if box.intersects(item.rect())}

    def rect(self, keys: Iterable[str] | None = None) -> QRectF:
        """The rectangle around these, or around all; null where there are none."""
        box = QRectF()
        wanted = None if keys is None else set(keys)
        for item in self:
            if wanted is None or item.key in wanted:
                box = box.united(item.rect())
        return box

    def note_at(self, point: QPointF, zoom: float) -> Grip | None:
        """The topmost note there; its edges where it is large enough on the screen to have any."""
        found = [item for item in self.notes.values() if _grown(item.rect(), GRIP / 2 / zoom).contains(point)]
        return _grip(max(found, key=lambda item: item.zValue()), point, zoom) if found else None

    def frame_at(self, point: QPointF, zoom: float) -> Grip | None:
        """The smallest frame whose title or edge is there."""
        for item in sorted(self.frames.values(), key=lambda item: -item.zValue()):
            room = item.rect().united(item.title_box(zoom))
            if _grown(room, GRIP / 2 / zoom).contains(point):
                grip = _grip(item, point, zoom)
                if grip.resizes or item.title_box(zoom).contains(point):
                    return grip
        return None

    def paint_far(self, painter: QPainter, scale: float) -> None:
        """Paint the frames' areas and the notes as the overview shows them, behind the graph."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for item in sorted(self.frames.values(), key=lambda item: item.zValue()):
            item.paint_far(painter, scale)
        for note in self.notes.values():
            note.paint_far(painter)

    def paint_far_titles(self, painter: QPainter, exposed: QRectF, scale: float) -> None:
        """Paint the frames' titles, on top of the graph."""
        for item in self.frames.values():
            if item.rect().intersects(exposed):
                item.paint_far_title(painter, scale)

    def boxes(self) -> Mapping[str, QRectF]:
        """The rectangle of each."""
        return {item.key: item.rect() for item in self}

    def _adopt(self, item: ThingItem) -> None:
        self._scene.overview.adopt(item)
        self._scene.addItem(item)


def _grip(item: ThingItem, point: QPointF, zoom: float) -> Grip:
    box, reach = item.rect(), GRIP / 2 / zoom
    if min(box.width(), box.height()) * zoom < LEAST_GRIPPED:
        return Grip(item)
    corner = 1.5 * reach
    left, right = abs(point.x() - box.left()), abs(point.x() - box.right())
    top, bottom = abs(point.y() - box.top()), abs(point.y() - box.bottom())
    near = reach if min(left, right) > corner or min(top, bottom) > corner else corner
    across = -1 if left <= near else 1 if right <= near else 0
    down = -1 if top <= near else 1 if bottom <= near else 0
    return Grip(item, across, down)


def _grown(box: QRectF, by: float) -> QRectF:
    return box.adjusted(-by, -by, by, by)

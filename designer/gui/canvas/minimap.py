"""The minimap: the whole graph in a corner of the canvas, with the part that is seen to be dragged about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QWidget

from designer.gui.canvas.geometry import WIDTH
from designer.gui.canvas.thing_ink import hue_of

if TYPE_CHECKING:
    from designer.gui.canvas.graph_view import GraphView

LEAST, LARGEST = QSize(132, 88), QSize(216, 144)
# of the canvas's width
SHARE = 0.2
EDGE, INSET = 12, 6
# canvases smaller than this have no room for it
LEAST_ROOM = QSize(420, 260)
AGAIN_MS = 120
MOST_LINES = 1500
NAME = "Minimap: the whole graph, with the part that is seen"


class Minimap(QWidget):
    """Lies over a corner of ``view`` and draws its graph from the places of nodes alone, once after each change.

    It is shown while something of the graph is out of sight, unless the person wants none.
    """

    def __init__(self, view: GraphView, wanted: bool) -> None:
        super().__init__(view)
        self.wanted = wanted
        self._view = view
        self._picture: QPixmap | None = None
        self._bounds = QRectF()
        self._grabbed: QPointF | None = None
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._draw_when_free)
        self.setFixedSize(LARGEST)
        self.setAccessibleName(NAME)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()
        view.canvas.overview.told.append(self.changed)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self.follow)
        view.zoomed.connect(self.follow)
        view.viewport().installEventFilter(self)

    def set_wanted(self, wanted: bool) -> None:
        """Whether it is shown while it is of use."""
        self.wanted = wanted
        self._draw_again()

    def changed(self) -> None:
        """Something in the graph is not as it was: draw it anew in a moment."""
        if self.wanted and not self._again.isActive():
            self._again.start()

    def follow(self) -> None:
        """Another part of the graph is seen."""
        if not self.wanted:
            return
        useful = self._grabbed is not None or self._is_useful()
        if useful != self.isVisible():
            self.setVisible(useful)
            if useful:
                self.raise_()
        if useful:
            self.update()

    def restyle(self) -> None:
        """Draw under another theme."""
        self._picture = None
        self.update()

    def room_beside(self, at: QPoint, room: QRectF) -> QRectF:
        """The part of ``room`` (of the scene) in which a sentence at ``at`` (of the view) does not lie beneath this."""
        box = self.geometry()
        if not self.isVisible() or at.y() < box.top() - 100 or at.x() >= box.left():
            return room
        right = self._view.mapToScene(QPoint(box.left() - EDGE, 0)).x()
        return QRectF(room.topLeft(), QPointF(min(room.right(), right), room.bottom()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner when the canvas changes its size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            room = self._view.viewport().geometry()
            width = max(LEAST.width(), min(LARGEST.width(), round(room.width() * SHARE)))
            if width != self.width():
                self.setFixedSize(width, width * LARGEST.height() // LARGEST.width())
                self._picture = None
            self.move(room.right() + 1 - EDGE - self.width(), room.bottom() + 1 - EDGE - self.height())
            self.follow()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, and round what is seen a frame."""
        if self._picture is None:
            self._draw()
        painter = QPainter(self)
        if self._picture is not None:
            painter.drawPixmap(0, 0, self._picture)
        theme = self._view.theme
        seen = self._to_map(self._view.visible_rect()).intersected(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5))
        fill = QColor(theme.accent)
        fill.setAlpha(36)
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        painter.setBrush(fill)
        painter.drawRect(seen)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of what is seen, or go to where one clicked."""
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = self._to_scene(event.position())
        seen = self._view.visible_rect()
        self._view.lookout.start_from_here()
        self._grabbed = seen.center() - point if seen.contains(point) else QPointF()
        self._go(point)
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is seen along."""
        event.accept()
        if self._grabbed is not None:
            self._go(self._to_scene(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        event.accept()
        self._grabbed = None
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.follow()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the middle of what is seen."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        self._view.set_zoom(self._view.zoom * 1.2 ** (turned / 120))
        event.accept()

    def _is_useful(self) -> bool:
        view = self._view
        room = view.viewport().size()
        if not view.canvas.nodes or room.width() < LEAST_ROOM.width() or room.height() < LEAST_ROOM.height():
            return False
        if self._bounds.isNull():
            self._measure()
        return not view.visible_rect().contains(self._bounds)

    def _go(self, point: QPointF) -> None:
        if self._grabbed is not None:
            self._view.centerOn(point + self._grabbed)

    def _draw_when_free(self) -> None:
        """Draw anew, but not while somebody drags something: that is to be smooth."""
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._again.start()
        else:
            self._draw_again()

    def _draw_again(self) -> None:
        self._again.stop()
        self._picture = None
        self._bounds = QRectF()
        if not self.wanted:
            self.hide()
            return
        self.follow()

    def _measure(self) -> None:
        """How far the graph reaches."""
        items = list(self._view.canvas.nodes.values())
        places = [item.pos() for item in items]
        across, down = [place.x() for place in places], [place.y() for place in places]
        bottoms = [y + item.height for y, item in zip(down, items, strict=True)]
        box = QRectF(QPointF(min(across), min(down)), QPointF(max(across) + WIDTH, max(bottoms))) if items else QRectF()
        self._bounds = box.united(self._view.canvas.things.rect())

    def _scale(self) -> float:
        room, bounds = self.size() - QSize(2 * INSET, 2 * INSET), self._bounds
        return min(room.width() / max(1.0, bounds.width()), room.height() / max(1.0, bounds.height()), 0.2)

    def _corner(self) -> QPointF:
        """Where the origin of the scene lies on the map."""
        return QPointF(self.width() / 2, self.height() / 2) - self._bounds.center() * self._scale()

    def _to_map(self, box: QRectF) -> QRectF:
        scale, corner = self._scale(), self._corner()
        return QRectF(box.topLeft() * scale + corner, box.size() * scale)

    def _to_scene(self, at: QPointF) -> QPointF:
        return (at - self._corner()) / self._scale()

    def _draw(self) -> None:
        if self._bounds.isNull():
            self._measure()
        ratio, theme = self.devicePixelRatioF(), self._view.theme
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.strong_line), 1))
        painter.setBrush(QColor(theme.surface))
        painter.drawRoundedRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1), 6, 6)
        painter.setClipRect(QRect(1, 1, self.width() - 2, self.height() - 2))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._scale() > 0.04)
        painter.translate(self._corner())
        painter.scale(self._scale(), self._scale())
        self._draw_frames(painter)
        self._draw_graph(painter)
        painter.end()
        self._picture = picture

    def _draw_frames(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for item in self._view.canvas.things.frames.values():
            hue = QColor(hue_of(self._view.theme, item.frame.colour))
            hue.setAlpha(70)
            painter.setBrush(hue)
            painter.drawRect(item.rect())

    def _draw_graph(self, painter: QPainter) -> None:
        scene = self._view.canvas
        if len(scene.links) <= MOST_LINES:
            painter.setPen(scene.ink.far_link)
            lines: list[QLineF] = [link.line for link in scene.links.values()]
            painter.drawLines(lines)
        painter.setPen(Qt.PenStyle.NoPen)
        least = 2.0 / self._scale()
        boxes: dict[str, list[QRectF]] = {}
        for item in scene.nodes.values():
            at = item.pos()
            box = QRectF(at.x(), at.y(), max(WIDTH, least), max(item.height, least))
            boxes.setdefault(item.category, []).append(box)
        for category, found in boxes.items():
            painter.setBrush(scene.ink.hue(category))
            painter.drawRects(found)

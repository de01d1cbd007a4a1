"""Navigation: a view that pans, zooms about the cursor, fits what is there and lies on a dotted ground."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QInputDevice, QNativeGestureEvent, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGestureEvent, QGraphicsScene, QGraphicsView, QPinchGesture

LEAST_ZOOM = 0.05
MOST_ZOOM = 4.0
ZOOM_STEP = 1.2
FIT_MARGIN = 40
DOT_SPACING = 24.0
LEAST_DOT_SPACING = 16.0
REACH = 1_200_000.0


class NavigableView(QGraphicsView):
    """A view of a scene without edges."""

    zoomed = Signal(float)

    def __init__(self, scene: QGraphicsScene) -> None:
        super().__init__(scene)
        self._ground = QColor("#FFFFFF")
        self._dot = QColor("#D0D0D0")
        self._dots: QPixmap | None = None
        self.dot_spacing = DOT_SPACING
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSceneRect(-REACH, -REACH, 2 * REACH, 2 * REACH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    @property
    def zoom(self) -> float:
        """Screen pixels for one pixel of the scene."""
        return self.transform().m11()

    def set_zoom(self, zoom: float, about: QPoint | None = None) -> None:
        """Zoom so that what lies at ``about`` (the middle where None) stays where it is."""
        zoom = max(LEAST_ZOOM, min(MOST_ZOOM, zoom))
        if zoom == self.zoom:
            return
        fixed = self.viewport().rect().center() if about is None else about
        point = self.mapToScene(fixed)
        self.resetTransform()
        self.scale(zoom, zoom)
        moved = self.mapFromScene(point) - fixed
        self.pan_by(QPoint(-moved.x(), -moved.y()))
        self._dots = None
        self.viewport().update()
        self.zoomed.emit(zoom)

    def zoom_in(self) -> None:
        """One step nearer."""
        self.set_zoom(self.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """One step away."""
        self.set_zoom(self.zoom / ZOOM_STEP)

    def zoom_to_actual_size(self) -> None:
        """100 %."""
        self.set_zoom(1.0)

    def pan_by(self, delta: QPoint) -> None:
        """Move what is seen by ``delta`` pixels of the screen."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - delta.x())
        down.setValue(down.value() - delta.y())

    def fit(self, box: QRectF, largest: float = 1.0) -> None:
        """Show all of ``box``, no larger than ``largest``."""
        if box.isNull():
            return
        room = self.viewport().size()
        across = max(1, room.width() - 2 * FIT_MARGIN) / max(1.0, box.width())
        down = max(1, room.height() - 2 * FIT_MARGIN) / max(1.0, box.height())
        self.set_zoom(min(across, down, largest))
        self.centerOn(box.center())

    def visible_rect(self) -> QRectF:
        """The part of the scene that is seen."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def set_ground(self, ground: str, dot: str) -> None:
        """The colours of the ground and its dots."""
        self._ground, self._dot = QColor(ground), QColor(dot)
        self._dots = None
        self.viewport().update()

    def set_dot_spacing(self, spacing: float = DOT_SPACING) -> None:
        """How far apart the dots of the ground lie, in the scene."""
        self.dot_spacing = spacing
        self._dots = None
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel zooms about the cursor, with Shift it pans; two fingers on a touchpad pan, with Ctrl they zoom."""
        touchpad = event.device() is not None and event.device().type() == QInputDevice.DeviceType.TouchPad
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        turned, exact = event.angleDelta(), event.pixelDelta()
        if touchpad and not control:
            self.pan_by(exact if not exact.isNull() else turned / 4)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            amount = turned.y() or turned.x()
            self.pan_by(QPoint(amount // 2, 0))
        else:
            amount = turned.y() or turned.x()
            self.set_zoom(self.zoom * math.pow(ZOOM_STEP, amount / 120), event.position().toPoint())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Pinching zooms about the fingers."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.set_zoom(self.zoom * (1 + event.value()), event.position().toPoint())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.set_zoom(self.zoom * pinch.scaleFactor(), self.viewport().mapFromGlobal(pinch.hotSpot().toPoint()))
                event.accept(pinch)
                return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The dots reach as far as the view."""
        self._dots = None
        super().resizeEvent(event)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The ground and its dots, which are drawn once for each scale and then only copied."""
        painter.save()
        transform = painter.worldTransform()
        painter.resetTransform()
        exposed = transform.mapRect(QRectF(rect)).toAlignedRect()
        painter.fillRect(exposed, self._ground)
        spacing = self._dot_spacing()
        origin = transform.map(QPointF(0, 0))
        if self._dots is None:
            self._dots = self._draw_dots(spacing)
        shift = QPointF(round(-origin.x() % spacing), round(-origin.y() % spacing))
        painter.drawPixmap(QRectF(exposed), self._dots, self._on_pixmap(QRectF(exposed).translated(shift)))
        painter.restore()

    def _dot_spacing(self) -> float:
        spacing = self.dot_spacing * self.zoom
        while spacing < LEAST_DOT_SPACING:
            spacing *= 2
        return spacing

    def _on_pixmap(self, box: QRectF) -> QRectF:
        ratio = self.devicePixelRatioF()
        return QRectF(box.x() * ratio, box.y() * ratio, box.width() * ratio, box.height() * ratio)

    def _draw_dots(self, spacing: float) -> QPixmap:
        ratio, size = self.devicePixelRatioF(), self.viewport().size()
        width, height = size.width() + 2 * spacing + 2, size.height() + 2 * spacing + 2
        picture = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._ground)
        painter = QPainter(picture)
        columns, rows = math.ceil(width / spacing) + 1, math.ceil(height / spacing) + 1
        dot = 2 if self.zoom > 0.7 else 1
        across = [round(column * spacing) for column in range(columns)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._dot)
        for row in range(rows):
            y = round(row * spacing)
            painter.drawRects([QRect(x, y, dot, dot) for x in across])
        painter.end()
        return picture

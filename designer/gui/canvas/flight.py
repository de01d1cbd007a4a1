"""Flights: the way from one place of the graph to another, short and smooth, or at once where nothing is animated."""

from __future__ import annotations

import math

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPointF, QVariantAnimation
from PySide6.QtWidgets import QStyle

from designer.gui.canvas.navigation import LEAST_ZOOM, MOST_ZOOM, NavigableView

LONGEST_MS = 150
# in widths of what is seen: from here on the way would only be a blur
TOO_FAR = 12.0
_HANDS_ON = (QEvent.Type.Wheel, QEvent.Type.MouseButtonPress, QEvent.Type.NativeGesture)


class Flight(QObject):
    """Takes ``view`` to a place and a scale. What the person does meanwhile ends it."""

    def __init__(self, view: NavigableView) -> None:
        super().__init__(view)
        self._view = view
        self._from = self._to = (QPointF(), 1.0)
        self._way = QVariantAnimation(self)
        self._way.setStartValue(0.0)
        self._way.setEndValue(1.0)
        self._way.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._way.valueChanged.connect(self._go)
        view.viewport().installEventFilter(self)

    @property
    def flying(self) -> bool:
        """Whether one is under way."""
        return self._way.state() == QVariantAnimation.State.Running

    def fly(self, centre: QPointF, zoom: float) -> None:
        """Show ``centre`` (of the scene) in the middle at this scale."""
        self.stop()
        view = self._view
        zoom = max(LEAST_ZOOM, min(MOST_ZOOM, zoom))
        self._from, self._to = (view.visible_rect().center(), view.zoom), (centre, zoom)
        style = view.style()
        lasts = min(LONGEST_MS, style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, view))
        if lasts <= 0 or not view.isVisible() or self._far():
            self._go(1.0)
            return
        self._way.setDuration(lasts)
        self._way.start()

    def stop(self) -> None:
        """Stay where one is."""
        self._way.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whoever takes the view in hand ends it."""
        if self.flying and event.type() in _HANDS_ON:
            self.stop()
        return False

    def _far(self) -> bool:
        way = self._to[0] - self._from[0]
        seen = self._view.visible_rect().width() * max(1.0, self._from[1] / self._to[1])
        return math.hypot(way.x(), way.y()) > TOO_FAR * seen

    def _go(self, share: object) -> None:
        part = float(share)  # type: ignore[arg-type]
        (start, near), (end, far) = self._from, self._to
        if part >= 1.0:
            self._view.set_zoom(far)
            self._view.centerOn(end)
            return
        self._view.set_zoom(near * math.pow(far / near, part))
        self._view.centerOn(start + (end - start) * part)

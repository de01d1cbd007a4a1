"""What canvases that are a QGraphicsView have in common: painting, panning, zooming."""

from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QGraphicsView

from tests.benchmarks.canvases.work import SIZE, Canvas


class ViewCanvas(Canvas):
    """A canvas whose ``view`` is a QGraphicsView, made by ``open``."""

    view: QGraphicsView

    def show(self) -> None:
        """Show the view."""
        self.view.resize(*SIZE)
        self.view.show()
        self.settle()
        size = self.view.viewport().size()
        self._picture = QImage(size.width(), size.height(), QImage.Format.Format_RGB32)
        self._picture.fill(0)

    def settle(self) -> None:
        """Let Qt do what is waiting."""
        for _ in range(3):
            QApplication.processEvents()

    def paint(self) -> None:
        """Paint a full frame into a picture."""
        self.view.viewport().render(self._picture)

    def pan(self, across: int, down: int) -> None:
        """Move the scroll bars."""
        for bar, step in ((self.view.horizontalScrollBar(), across), (self.view.verticalScrollBar(), down)):
            bar.setValue(bar.value() + step)

    def look_at(self, x: float, y: float) -> None:
        """Show this place at 100 %."""
        self.view.resetTransform()
        self.view.centerOn(x, y)

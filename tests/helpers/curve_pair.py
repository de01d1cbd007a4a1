"""The two plots of a training as they stand beside each other, and a hand that acts on them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from designer.gui.panels.curves import CurvePlot
from designer.gui.run_curves import Curves
from designer.gui.theme import LIGHT
from tests.helpers.window import rest, until

LEFT, SHIFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


class Pair:
    """The two plots of a run, beside each other, which share what is in sight."""

    def __init__(self, wide: int = 900) -> None:
        self.page, self.curves = QWidget(), Curves()
        row = QHBoxLayout(self.page)
        self.loss = CurvePlot(LIGHT)
        self.figure = CurvePlot(LIGHT, "accuracy", sight=self.loss.sight)
        self.sight = self.loss.sight
        for plot in self.plots:
            row.addWidget(plot)
        self.page.resize(wide, 300)

    @property
    def plots(self) -> tuple[CurvePlot, CurvePlot]:
        return self.loss, self.figure

    def show(self, curves: Curves) -> None:
        self.curves = curves
        self.loss.show_curves(curves, "loss")
        self.figure.show_curves(curves, "accuracy")
        self.page.show()
        self.page.activateWindow()
        self.settle()

    def train(self, last: int) -> None:
        add_epochs(self.curves, self.curves.last + 1, last)
        for plot in self.plots:
            plot.refresh()
        self.settle()

    def end(self) -> None:
        self.sight.end()
        self.settle()

    def settle(self) -> None:
        """All that was asked for is drawn."""
        until(lambda: all(is_drawn(plot) for plot in self.plots))

    def seen(self) -> tuple[float, float]:
        """The epochs in sight, which are the same on both."""
        self.settle()
        across = [plot.plane.frame.across for plot in self.plots if plot.plane.isVisible()]
        assert all(each == across[0] for each in across)
        return across[0].low, across[0].high


def is_drawn(plot: CurvePlot) -> bool:
    """Whether all that is in sight is on the picture, and nothing is put off."""
    rest()
    if plot._drawing._timer.isActive() or plot._turns._waiting:
        return False
    plane, sight = plot.plane, plot.sight
    across = plane.frame.across.low, plane.frame.across.high
    waiting = any(line.waiting for line in plane.lines.values())
    return not plane.isVisible() or (across == (sight.low, sight.high) and not plane._left and not waiting)


def add_epochs(curves: Curves, first: int, last: int) -> None:
    for epoch in range(first, last + 1):
        figures = {"loss": 100.0 / epoch, "accuracy": 1 - 1 / epoch}
        curves.add({"epoch": epoch, "train": figures, "validation": {"loss": 101.0 / epoch}})


def run_of(last: int) -> Curves:
    curves = Curves()
    add_epochs(curves, 1, last)
    return curves


def point_of(plot: CurvePlot, epoch: float, high: float = 0.5) -> QPointF:
    frame = plot.plane.frame
    return QPointF(frame.x_of(epoch), frame.box.bottom() - high * frame.box.height())


def wheel(plot: CurvePlot, epoch: float, turn: int, keys=NONE, across: int = 0, high: float = 0.5) -> None:
    at = point_of(plot, epoch, high)
    event = QWheelEvent(
        at, plot.plane.mapToGlobal(at), QPoint(), QPoint(across, turn), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.plane, event)
    assert event.isAccepted()


def drag(
    plot: CurvePlot, first: QPointF, last: QPointF, keys=NONE, before_release: Callable[[], object] = rest
) -> None:
    plane = plot.plane
    QTest.mousePress(plane, LEFT, keys, first.toPoint())
    for share in (0.5, 1.0):
        at = first + (last - first) * share
        held = QMouseEvent(QEvent.Type.MouseMove, at, plane.mapToGlobal(at), LEFT, LEFT, keys)
        QApplication.sendEvent(plane, held)
    before_release()
    QTest.mouseRelease(plane, LEFT, keys, last.toPoint())


def strike(plot: CurvePlot, key: Qt.Key, keys=NONE) -> None:
    plot.plane.setFocus()
    QTest.keyClick(plot.plane, key, keys)

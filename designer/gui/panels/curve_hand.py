"""What a hand does on a plot of curves, with the mouse or the keys: it zooms, moves what is seen, and reads."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from designer.gui.panels.curve_frame import Frame
from designer.gui.panels.curve_sight import Sight
from designer.gui.theme import Theme

WHEEL_STEP, PER_STEP = 120, 1.25
# of what is in sight
MOVE, PAGE = 0.15, 0.5
BAND_ALPHA = 48
# what is read with keys, by how many points from the one that is read
READS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
ENDS = {Qt.Key.Key_Home: -1, Qt.Key.Key_End: 1}
PAGES = {Qt.Key.Key_PageUp: -PAGE, Qt.Key.Key_PageDown: PAGE}
UP = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
ZOOMS = {Qt.Key.Key_Plus: PER_STEP, Qt.Key.Key_Equal: PER_STEP, Qt.Key.Key_Minus: 1 / PER_STEP}

# what is done, and how
HANDS = (
    ("Zoom the epochs", "Wheel, or + and −"),
    ("Zoom to some epochs", "Drag across them; once zoomed Shift + drag"),
    ("Move what is seen, once zoomed", "Drag, Shift + wheel, or Shift + arrows"),
    ("Zoom the values", "Ctrl + wheel, or Ctrl + Up and Down"),
    ("Show all again", "Double-click, or 0"),
    ("Read another epoch", "Point at it, or arrows, Page Up and Down, Home, End"),
)
HOW = "\n".join(f"{how}: {does[0].lower()}{does[1:]}" for does, how in HANDS)


class _Grip(NamedTuple):
    """Where the mouse was pressed, and what was seen then; ``marks`` where it marks epochs and does not move them."""

    at: QPointF
    low: float
    width: float
    marks: bool


class Hand(QObject):
    """Does in a ``sight`` what the mouse and the keys ask for; what concerns values and reading is asked in signals.

    ``values_zoomed`` carries a factor and the share of the height that stays in place, ``values_moved`` a share of the
    height, ``read_on`` by how many points to go on, ``read_at`` an epoch, ``marked`` that the marked epochs are others.
    """

    values_zoomed = Signal(float, float)
    values_moved = Signal(float)
    read_on = Signal(int)
    read_at = Signal(float)
    all_wanted = Signal()
    let_go = Signal()
    marked = Signal()

    def __init__(self, sight: Sight, parent: QObject) -> None:
        super().__init__(parent)
        self.sight = sight
        # whether values were zoomed to, so that they can be moved
        self.holds_values = False
        self.reading: float | None = None
        self._grip: _Grip | None = None
        self._at = QPointF()

    @property
    def busy(self) -> bool:
        """Whether the mouse holds something."""
        return self._grip is not None

    @property
    def shape(self) -> Qt.CursorShape:
        """How the pointer looks."""
        if self._grip is not None and not self._grip.marks:
            return Qt.CursorShape.ClosedHandCursor
        moves = self.sight.zoomed or self.holds_values
        return Qt.CursorShape.OpenHandCursor if moves and self._grip is None else Qt.CursorShape.CrossCursor

    def turn(self, event: QWheelEvent, frame: Frame) -> None:
        """The wheel zooms about the pointer: epochs, with Ctrl values; with Shift, or across, it moves the epochs."""
        event.accept()
        across, up = (each / WHEEL_STEP for each in event.angleDelta().toTuple())
        at, keys = event.position(), event.modifiers()
        if keys & Qt.KeyboardModifier.ControlModifier:
            share = (frame.box.bottom() - at.y()) / max(1.0, frame.box.height())
            self.values_zoomed.emit(PER_STEP**up, max(0.0, min(1.0, share)))
        elif keys & Qt.KeyboardModifier.ShiftModifier or abs(across) > abs(up):
            self.sight.move(-MOVE * (across or up))
        elif up:
            share = (at.x() - frame.box.left()) / max(1.0, frame.box.width())
            around = self.sight.low + share * (self.sight.high - self.sight.low)
            self.sight.zoom(PER_STEP**up, around)

    def press(self, event: QMouseEvent) -> None:
        """Take hold of what is seen, or begin to mark epochs."""
        if event.button() == Qt.MouseButton.LeftButton:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            moves = (self.sight.zoomed or self.holds_values) and not shift
            self._at = event.position()
            self._grip = _Grip(self._at, self.sight.low, self.sight.high - self.sight.low, not moves)

    def drag(self, event: QMouseEvent, frame: Frame) -> None:
        """Move what is seen along, or mark epochs up to here."""
        grip, before, self._at = self._grip, self._at, event.position()
        if grip is None:
            return
        if grip.marks:
            self.marked.emit()
            return
        if self.sight.zoomed:
            across = (self._at.x() - grip.at.x()) / max(1.0, frame.box.width())
            self.sight.look_at(grip.low - across * grip.width, grip.width)
        if self.holds_values:
            self.values_moved.emit((self._at.y() - before.y()) / max(1.0, frame.box.height()))

    def release(self, frame: Frame) -> None:
        """Look at the epochs that are marked."""
        grip, self._grip = self._grip, None
        if grip is None:
            return
        if not grip.marks:
            self.let_go.emit()
            return
        self.marked.emit()
        first, last = sorted(max(frame.box.left(), min(each.x(), frame.box.right())) for each in (grip.at, self._at))
        if last - first >= QApplication.startDragDistance():
            self.sight.look_at(frame.epoch_at(first), frame.epoch_at(last) - frame.epoch_at(first))

    def drop(self) -> None:
        """Let go of what is held: it is of curves that are shown no longer."""
        if self.busy:
            self._grip = None
            self.marked.emit()

    def leave(self) -> bool:
        """Let go of what is held, and leave it as it was; answers whether something was."""
        grip, self._grip = self._grip, None
        if grip is None:
            return False
        if grip.marks:
            self.marked.emit()
        else:
            self.sight.look_at(grip.low, grip.width)
        return True

    def strike(self, event: QKeyEvent) -> bool:
        """Do what a key means; answers whether it means anything here."""
        key, keys = Qt.Key(event.key()), event.modifiers()
        control = bool(keys & Qt.KeyboardModifier.ControlModifier)
        if keys & Qt.KeyboardModifier.AltModifier or (control and key not in UP):
            return False
        if key in UP:
            if control:
                self.values_zoomed.emit(PER_STEP ** UP[key], 0.5)
            elif self.holds_values:
                self.values_moved.emit(MOVE * UP[key])
            else:
                return False
        elif key in READS and keys & Qt.KeyboardModifier.ShiftModifier:
            self.sight.move(MOVE * READS[key])
        elif key in ZOOMS:
            self.sight.zoom(ZOOMS[key], self.reading if self.reading is not None else self.sight.newest)
        elif key == Qt.Key.Key_0:
            self.all_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            return self.leave()
        else:
            return self._read(key)
        return True

    def _read(self, key: Qt.Key) -> bool:
        low, high = self.sight.low, self.sight.high
        if key in READS:
            self.read_on.emit(READS[key])
        elif key in ENDS:
            self.read_at.emit(ENDS[key] * float("inf"))
        elif key in PAGES:
            here = self.reading if self.reading is not None else low
            self.read_at.emit(here + PAGES[key] * (high - low))
        else:
            return False
        return True

    def paint(self, painter: QPainter, frame: Frame, theme: Theme) -> None:
        """Paint over what is marked."""
        if self._grip is None or not self._grip.marks:
            return
        first, last = sorted(
            max(frame.box.left(), min(each.x(), frame.box.right())) for each in (self._grip.at, self._at)
        )
        ground = QColor(theme.accent)
        painter.setPen(ground)
        ground.setAlpha(BAND_ALPHA)
        painter.setBrush(ground)
        painter.drawRect(QRectF(first, frame.box.top(), last - first, frame.box.height()))
        painter.setBrush(Qt.BrushStyle.NoBrush)

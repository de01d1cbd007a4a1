"""The finder: a bar at the top of the canvas that searches in the graph and flies to what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStyleOptionGraphicsItem,
    QToolButton,
    QWidget,
)

from designer.compiler.report import Analysis
from designer.gui.announce import announce
from designer.gui.canvas.finding import Entry, Hit, entries_of, find_nodes
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.overlay import ABOVE_ALL
from designer.gui.canvas.places import Viewpoint
from designer.gui.icons import icon
from designer.gui.theme import SMALL_PIXELS

if TYPE_CHECKING:
    from designer.gui.canvas.graph_view import GraphView

WIDEST, TOP = 470, 8
TYPING_MS = 120
PLACEHOLDER = "Find in the graph: name, type, value, problem"
RING = 5.0


class Ring(QGraphicsItem):
    """Goes round the node that was found, of one width on the screen."""

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self._box = QRectF()
        self.setZValue(ABOVE_ALL - 5)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.hide()

    def put_round(self, box: QRectF) -> None:
        """Go round this box of the scene."""
        self.prepareGeometryChange()
        self._box = box
        self.show()

    def boundingRect(self) -> QRectF:
        """The box and the ring about it at any scale."""
        return self._box.adjusted(-100, -100, 100, 100)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A strong line and a soft one."""
        scale = painter.worldTransform().m11()
        room = RING / scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        soft = QColor(self.ink.accent.color())
        soft.setAlpha(70)
        for colour, width in ((soft, 8.0), (self.ink.accent.color(), 2.5)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRoundedRect(self._box.adjusted(-room, -room, room, room), 8 + room, 8 + room)


class Finder(QFrame):
    """The bar over ``view``. It shows what it found; Enter chooses it, Escape goes back where one was."""

    def __init__(self, view: GraphView) -> None:
        super().__init__(view, objectName="finder")
        self._view = view
        self._analysis = Analysis()
        self._entries: list[Entry] | None = None
        self._hits: list[Hit] = []
        self._at = -1
        self._chosen = False
        self._start: Viewpoint | None = None
        self._ring = Ring(view.canvas.ink)
        view.canvas.addItem(self._ring)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._preview)
        self.setAccessibleName("Find in the graph")
        self.field = QLineEdit(placeholderText=PLACEHOLDER)
        self.field.setAccessibleName("Find in the graph")
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.count = QLabel()
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.problems = self._button("warning", "List the layers with problems", self._search)
        self.problems.setCheckable(True)
        self.previous = self._button("up", "Previous (Shift+Enter)", lambda: self.step(-1))
        self.next = self._button("down", "Next (Enter)", lambda: self.step(1))
        self.done = self._button("close", "Close (Esc)", self.finish)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(2)
        layout.addWidget(self.field, 1)
        for widget in (self.count, self.problems, self.previous, self.next, self.done):
            layout.addWidget(widget)
        self.restyle()
        self.hide()

    @property
    def hits(self) -> list[Hit]:
        """What was found."""
        return self._hits

    def set_analysis(self, analysis: Analysis) -> None:
        """What the compiler says of the whole project."""
        self._analysis = analysis
        self.edited()

    def edited(self) -> None:
        """The project has changed: look again, and stay at what was found if it is still there."""
        self._entries = None
        if not self.isVisible():
            return
        here = self._hits[self._at] if 0 <= self._at < len(self._hits) else None
        self._look()
        self._at = self._hits.index(here) if here in self._hits else min(0, len(self._hits) - 1)
        self._tell()
        self._mark()

    def open(self) -> None:
        """Show the bar and take the keyboard; what was typed last is ready to be typed over."""
        if not self.isVisible():
            self._view.lookout.start_from_here()
            self._start, self._chosen, self._entries = self._view.lookout.places.here, False, None
            self.place()
            self.show()
            self.raise_()
            self._search()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def finish(self) -> None:
        """Close; where nothing was chosen, go back to where one was."""
        if not self.isVisible():
            return
        self._typing.stop()
        self._ring.hide()
        self.hide()
        if not self._chosen and self._start is not None and self._view.lookout.places.here != self._start:
            self._view.lookout.places.visit(self._start)
        self._view.setFocus()

    def step(self, by: int) -> None:
        """Choose what is shown; if it was chosen already the next one, or the one before."""
        if not self.isVisible():
            self.open()
        self._typing.stop()
        if not self._hits:
            return
        if self._chosen or by < 0:
            self._at = (self._at + by) % len(self._hits)
        self._chosen = True
        hit = self._hits[self._at]
        view = self._view
        if hit.path != view.session.path:
            view.lookout.start_from_here()
            view.session.look_at(hit.path)
        view.select([hit.node])
        view.lookout.bring_into_sight(hit.node)
        self._tell()
        self._read_aloud()
        self._mark()

    def place(self) -> None:
        """Lie in the middle at the top of the canvas."""
        room = self._view.viewport().geometry()
        width = min(WIDEST, room.width() - 16)
        self.setFixedSize(width, 38)
        self.move(room.left() + (room.width() - width) // 2, room.top() + TOP)

    def restyle(self) -> None:
        """Draw under another theme."""
        theme = self._view.theme
        self._ring.ink = self._view.canvas.ink
        self.setStyleSheet(f"""
#finder {{ background: {theme.surface}; border: 1px solid {theme.strong_line}; border-radius: 8px; }}
#finder QLineEdit {{ border: none; background: transparent; color: {theme.text}; }}
#finder QLabel {{ color: {theme.muted}; font-size: {SMALL_PIXELS}px; padding: 0 6px; }}""")
        for button in (self.problems, self.previous, self.next, self.done):
            button.setIcon(icon(str(button.property("sign")), theme.muted, theme.faint))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the field Enter goes on, Escape closes; keys of the canvas are for typing here."""
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and self._is_of_canvas(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up):
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.step(-1 if shift or event.key() == Qt.Key.Key_Up else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.finish()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys on the bar's buttons do nothing on the canvas; Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.finish()
        event.accept()

    def _is_of_canvas(self, event: QKeyEvent) -> bool:
        from designer.gui.canvas.commands.catalog import COMMANDS

        pressed = QKeySequence(event.keyCombination())
        return any(
            QKeySequence(keys) == pressed
            for command in COMMANDS
            if not command.anywhere
            for keys in command.keys.split("; ")
        )

    def _search(self) -> None:
        """Look for what is typed now, and show the first of it in a moment."""
        self._look()
        self._at = 0 if self._hits else -1
        self._chosen = False
        self._tell()
        self._typing.start()

    def _look(self) -> None:
        scope = self._view.session
        if self._entries is None:
            self._entries = entries_of(scope.whole, scope.path, self._analysis)
        self._hits = find_nodes(self._entries, self.field.text(), self.problems.isChecked())

    def _preview(self) -> None:
        if self._hits and self._shows(self._hits[self._at]):
            self._view.lookout.bring_into_sight(self._hits[self._at].node)
        self._mark()
        self._read_aloud()

    def _read_aloud(self) -> None:
        """The keyboard stays in the field: what is found is announced."""
        node = self._view.canvas.nodes.get(self._hits[self._at].node) if self._hits else None
        named = f", {node.spoken}" if node is not None and self._shows(self._hits[self._at]) else ""
        announce(self, f"{self.count.text()}{named}")

    def _shows(self, hit: Hit) -> bool:
        return hit.path == self._view.session.path

    def _mark(self) -> None:
        hit = self._hits[self._at] if 0 <= self._at < len(self._hits) else None
        if hit is None or not self._shows(hit) or hit.node not in self._view.canvas.nodes or not self.isVisible():
            self._ring.hide()
            return
        self._ring.put_round(self._view.canvas.nodes[hit.node].rect())

    def _tell(self) -> None:
        if self._hits:
            hit = self._hits[self._at]
            inside = "" if self._shows(hit) else " in another graph" if not hit.path else " in a block"
            self.count.setText(f"{self._at + 1} of {len(self._hits)}{inside}")
        else:
            asked = self.field.text().strip() or self.problems.isChecked()
            self.count.setText("None" if asked else "")
        for button in (self.previous, self.next):
            button.setEnabled(bool(self._hits))
        self.setAccessibleDescription(self.count.text())

    def _button(self, sign: str, words: str, do: object) -> QToolButton:
        button = QToolButton()
        button.setProperty("sign", sign)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setAutoRaise(True)
        button.setIconSize(QSize(16, 16))
        button.clicked.connect(lambda: do())  # type: ignore[operator]
        return button

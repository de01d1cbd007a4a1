"""Labels: every text is shown just as it is, whatever it looks like, in one of the app's few sizes and weights."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip


def plain_label(text: str = "", role: str = "", wrap: bool = False, selectable: bool = False) -> QLabel:
    """A label of plain text. ``role`` is ``muted``, ``small``, ``heading``, ``title``, ``figure`` or ``error``."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def say_role(label: QLabel, role: str) -> None:
    """Give a label another role; one that it has already costs nothing."""
    if (label.property("role") or "") != role:
        label.setProperty("role", role)
        label.style().unpolish(label)
        label.style().polish(label)


class Ground(QWidget):
    """A page that paints its own ground, so that what changes on it costs nothing below it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self.theme.surface))
        painter.end()


class SteadyLabel(QLabel):
    """One line of plain text whose room only grows: another text that fits moves nothing, and nothing is laid out.

    The mouse can choose in it. Qt makes a document of such a text, which costs ten times as much as to show it: that is
    done once somebody presses on it, until there is another text.
    """

    def __init__(self, role: str = "") -> None:
        super().__init__()
        self._fits = -1
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        if role:
            self.setProperty("role", role)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose from here on."""
        self._let_choose()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose all: a figure without its k is another one."""
        self._let_choose()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.setSelection(0, len(self.text()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy what is chosen, or to choose all."""
        self._let_choose()
        super().contextMenuEvent(event)

    def _let_choose(self) -> None:
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def setText(self, text: str) -> None:
        """Show another text."""
        # one that could have the keyboard would be a document all the same
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        super().setText(text)
        self.ensurePolished()
        wide = self.fontMetrics().horizontalAdvance(text)
        if wide > self._fits:
            self._fits = wide
            self.setFixedSize(self.sizeHint())


class ElidedLabel(QLabel):
    """One line of plain text that is cut where there is no room for it; the tool tip has all of it."""

    def __init__(self, text: str = "", role: str = "", middle: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text."""
        line = " ".join(text.split())
        super().setText(line)
        self.setToolTip(plain_tooltip(line))

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        box = self.contentsRect()
        shown = QFontMetrics(self.font()).elidedText(self.text(), self._mode, box.width())
        self.style().drawItemText(
            painter, box, int(self.alignment()), self.palette(), self.isEnabled(), shown, self.foregroundRole()
        )


class EmptyState(QWidget):
    """What a panel shows while it has nothing to show: what it is for, and the first step as a button."""

    def __init__(self, title: str, sentence: str, step: str = "", do: Callable[[], object] | None = None) -> None:
        super().__init__()
        self.button: QPushButton | None = None
        self.title = plain_label(title, "heading", wrap=True)
        self.sentence = plain_label(sentence, "muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(8)
        layout.addStretch(1)
        for label in (self.title, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setMaximumWidth(440)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, 8)
            row.addStretch(1)
            layout.addLayout(row)
        if step and do is not None:
            self.button = QPushButton(step)
            self.button.setProperty("primary", True)
            self.button.clicked.connect(lambda: do())
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(self.button)
            row.addStretch(1)
            layout.addSpacing(4)
            layout.addLayout(row)
        layout.addStretch(2)


def rule() -> QFrame:
    """A thin line across."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line


def lay_between_rules(page: QWidget, head: QLayout, body: QWidget, foot: QLayout) -> None:
    """Fill a page from above: its head, a line, the body, which takes what room there is, a line, and its foot."""
    head.setContentsMargins(20, 16, 20, 12)
    foot.setContentsMargins(20, 12, 20, 16)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(head)
    column.addWidget(rule())
    column.addWidget(body, 1)
    column.addWidget(rule())
    column.addLayout(foot)


def clear_layout(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear_layout(inner)
            inner.deleteLater()

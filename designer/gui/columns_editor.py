"""An editor for fields that name columns of the data: a list to tick, closed to one line."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QMenu, QSizePolicy, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton

from designer.gui.controls import ARROW_ROOM, paint_chevron
from designer.gui.editors import SEVERAL, Editor
from designer.gui.wording import plain_tooltip
from designer.layers.fields import Field
from designer.project.model import FieldValue

ALL = "all that suit"
MARGIN = 9


class ColumnsEditor(Editor):
    """Names of columns, or other words, ticked in a menu that stays open; ``none`` says what none of them means."""

    def __init__(self, field: Field, columns: Mapping[str, tuple[str, str]], none: str = ALL) -> None:
        super().__init__(field)
        self._none = none
        self.button = ColumnsButton()
        self.menu = QMenu(self.button)
        self.menu.setToolTipsVisible(True)
        self.menu.installEventFilter(self)
        self.button.setMenu(self.menu)
        self._columns = dict(columns)
        self._value: tuple[str, ...] = ()
        self._put(self.button)

    def show_value(self, value: FieldValue) -> None:
        """Show which columns are named; one that is not there is shown too, so that it can be taken out."""
        self._value = tuple(str(name) for name in value) if isinstance(value, tuple) else (str(value),) if value else ()
        titles = [self._columns.get(name, (name, ""))[0] for name in self._value]
        words = ", ".join(" ".join(title.split()) for title in titles) or " ".join(self._none.split())
        self.button.setText(words.replace("&", "&&"))
        self.button.setToolTip(plain_tooltip(f"{words}\n{self.field.help}"))
        self._fill()
        self.refused.emit(self.field.refuse(value) or "")

    def show_several(self, value: FieldValue) -> None:
        """Show that several lists are chosen."""
        self.show_value(value)
        self.button.setText(SEVERAL)

    def _fill(self) -> None:
        names = [*self._columns, *(name for name in self._value if name not in self._columns)]
        if names == [action.data() for action in self.menu.actions()]:
            for action in self.menu.actions():
                action.setChecked(action.data() in self._value)
            return
        self.menu.clear()
        for name in names:
            title, why = self._columns.get(name, (name, ""))
            action = self.menu.addAction(" ".join(title.split()).replace("&", "&&"))
            action.setToolTip(plain_tooltip(why))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name in self._value)
            action.triggered.connect(self._ticked)
        if not names:
            self.menu.addAction("The data has no features").setEnabled(False)

    def _ticked(self) -> None:
        ticked = tuple(action.data() for action in self.menu.actions() if action.isChecked())
        self.edited.emit(ticked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ticking leaves the menu open, so that several columns are chosen in one go."""
        chosen = self._chosen(event)
        if watched is self.menu and chosen is not None and chosen.isCheckable():
            chosen.trigger()
            return True
        return super().eventFilter(watched, event)

    def _chosen(self, event: QEvent) -> QAction | None:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            return self.menu.actionAt(event.position().toPoint())
        ticks = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in ticks:
            return self.menu.activeAction()
        return None


class ColumnsButton(QToolButton):
    """A button as wide as its form that opens the menu at once; it looks like the lists to choose from beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("list", True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame is the style sheet's; the words begin at the left, and the arrow is drawn like all others."""
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        room = QRect(MARGIN, 0, self.width() - MARGIN - ARROW_ROOM - 2, self.height())
        words = self.fontMetrics().elidedText(self.text().replace("&&", "&"), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(QPalette.ColorRole.ButtonText))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        middle = QPointF(self.width() - ARROW_ROOM / 2 - 2, self.height() / 2)
        paint_chevron(painter, middle, self.palette(), self.isEnabled(), up=False)
        painter.end()

    def minimumSizeHint(self) -> QSize:
        """Long lists of names are cut off rather than widening the form."""
        return QSize(64, super().minimumSizeHint().height())

"""Controls: spin boxes, lists and check boxes that leave the wheel alone, drawn like all other signs of the app."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
)

from designer.gui.theme import SMALL_PIXELS

EXPLANATION = Qt.ItemDataRole.UserRole + 1
POPUP_WIDTH = 380
ARROW_ROOM = 18
BOX = 16
AnyIndex = QModelIndex | QPersistentModelIndex


class CheckBox(QCheckBox):
    """A check box whose outline is seen on dark ground as well."""

    def sizeHint(self) -> QSize:
        """Room for box and words."""
        words = self.fontMetrics().horizontalAdvance(self.text()) + 8 if self.text() else 0
        return QSize(BOX + 4 + words, max(BOX + 4, self.fontMetrics().height() + 4))

    def minimumSizeHint(self) -> QSize:
        """As much as is wanted."""
        return self.sizeHint()

    def hitButton(self, at: QPoint) -> bool:
        """All of it can be clicked."""
        return self.rect().contains(at)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint box, tick and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, area = self.palette(), QRectF(self.rect())
        _paint_box(painter, area, palette, self.checkState(), self.hasFocus())
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(area.adjusted(BOX + 10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


def _paint_box(painter: QPainter, area: QRectF, palette: QPalette, state: Qt.CheckState, focused: bool = False) -> None:
    """Paint the box of something that can be ticked at the left of its area."""
    role = QPalette.ColorRole
    box = QRectF(area.left() + 2.5, area.center().y() - BOX / 2 + 0.5, BOX - 1, BOX - 1)
    on = state != Qt.CheckState.Unchecked
    painter.setPen(QPen(palette.color(role.Highlight if on or focused else role.Dark), 1))
    painter.setBrush(palette.color(role.Highlight if on else role.Base))
    painter.drawRoundedRect(box, 3, 3)
    if on:
        painter.setPen(QPen(palette.color(role.HighlightedText), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    if state == Qt.CheckState.PartiallyChecked:
        painter.drawLine(box.topLeft() + QPointF(4, 7.5), box.topLeft() + QPointF(11, 7.5))
    elif on:
        painter.drawPolyline([box.topLeft() + QPointF(x, y) for x, y in ((3.5, 7.8), (6.3, 10.6), (11.5, 4.6))])


class TickDelegate(QStyledItemDelegate):
    """Paints the ticks of a list like all other check boxes; all of a row can be clicked."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint ground, box and words."""
        area, palette = QRectF(option.rect), option.palette
        current = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_box(painter, area, palette, Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)), current)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        words = area.adjusted(BOX + 10, 0, 0, 0)
        shown = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, round(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        """A click anywhere on the row ticks it, as Space does."""
        if event.type() not in (QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick):
            return super().editorEvent(event, model, option, index)
        if event.type() == QEvent.Type.MouseButtonRelease:
            on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
            wanted = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
            return model.setData(index, wanted.value, Qt.ItemDataRole.CheckStateRole)
        return True


class CalmSpinBox(QSpinBox):
    """A spin box that the wheel turns only while it has the focus, so that scrolling past changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        self.setMinimumWidth(72)
        # the style sheet's padding does not reach the line within
        self.lineEdit().setTextMargins(6, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style sheet leaves the arrows out; they are drawn like all other signs."""
        super().paintEvent(event)
        painter = QPainter(self)
        right = self.width() - ARROW_ROOM / 2 - 2
        for middle, up in ((self.height() * 0.33, True), (self.height() * 0.67, False)):
            paint_chevron(painter, QPointF(right, middle), self.palette(), self.isEnabled(), up)
        painter.end()


class CalmComboBox(QComboBox):
    """A combo box that ignores the wheel and explains its options in the list."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        # made when the list is opened: a closed one is laid out again and again too
        self._delegate: ExplainedDelegate | None = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style sheet leaves the arrow out; it is drawn like all other signs, and a long text is cut."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        room = field.width() - 4
        if self.currentIndex() < 0 and self.placeholderText():
            option.currentText = self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        middle = QPointF(self.width() - ARROW_ROOM / 2 - 2, self.height() / 2)
        paint_chevron(painter, middle, self.palette(), self.isEnabled(), up=False)
        painter.end()

    def showPopup(self) -> None:
        """Open the list, wide enough for the explanations."""
        if self._delegate is None:
            self._delegate = ExplainedDelegate(self)
            self.setItemDelegate(self._delegate)
        explained = any(self.itemData(row, EXPLANATION) for row in range(self.count()))
        if explained:
            self.view().setMinimumWidth(max(self.width(), POPUP_WIDTH))
        super().showPopup()
        list_window, screen = self.view().window(), self.screen().availableGeometry()
        if list_window.geometry().right() > screen.right():
            list_window.move(screen.right() - list_window.width(), list_window.y())


class ExplainedDelegate(QStyledItemDelegate):
    """Paints an option with its explanation in small letters beneath."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Two lines where there is an explanation."""
        hint = super().sizeHint(option, index)
        lines = self._lines(option, index)
        return QSize(hint.width(), 28 if not lines else 30 + len(lines) * (SMALL_PIXELS + 4))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint title and explanation."""
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(option.rect, option.palette.color(QPalette.ColorRole.Midlight if chosen else
                                                           QPalette.ColorRole.Base))  # fmt: skip
        box = option.rect.adjusted(10, 5, -10, -4)
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        title = str(index.data() or "")
        painter.drawText(box, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(_small(option.font))
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        for place, line in enumerate(self._lines(option, index)):
            top = box.top() + 19 + place * (SMALL_PIXELS + 4)
            painter.drawText(box.left(), top + SMALL_PIXELS, line)
        painter.restore()

    def _lines(self, option: QStyleOptionViewItem, index: AnyIndex) -> list[str]:
        text = str(index.data(EXPLANATION) or "")
        metrics = QFontMetrics(_small(option.font))
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and metrics.horizontalAdvance(longer) <= POPUP_WIDTH - 40:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines


def paint_chevron(painter: QPainter, middle: QPointF, palette: QPalette, enabled: bool, up: bool) -> None:
    """Paint a small arrow head, upwards or downwards, in the colour of secondary text."""
    group = QPalette.ColorGroup.Active if enabled else QPalette.ColorGroup.Disabled
    role = QPalette.ColorRole.PlaceholderText if enabled else QPalette.ColorRole.Text
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(palette.color(group, role), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    tip = -2.0 if up else 2.0
    points = [middle + QPointF(-3.5, -tip / 2), middle + QPointF(0, tip - tip / 2 + tip / 4)]
    painter.drawLine(points[0], points[1])
    painter.drawLine(points[1], middle + QPointF(3.5, -tip / 2))


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(SMALL_PIXELS)
    return small

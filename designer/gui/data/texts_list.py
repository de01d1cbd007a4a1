"""A list of texts as their tokens: a chip each, those that are not in the vocabulary marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from designer.gui.numbers import plural
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

if TYPE_CHECKING:
    from designer.training.tokens import TokenReport

AnyIndex = QModelIndex | QPersistentModelIndex
CHIP, GAP, PAD, EDGE = 22, 4, 6, 12
MOST_LINES, MOST_CHIPS = 6, 400
LONGEST = 40
BLANK = "␣"


class TextsModel(QAbstractListModel):
    """The first texts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: tuple[tuple[str, ...], ...] = ()
        self.known: tuple[tuple[bool, ...], ...] = ()

    def show_report(self, report: TokenReport | None) -> None:
        """Show the examples of a report."""
        self.beginResetModel()
        self.texts, self.known = (report.examples, report.known) if report is not None else ((), ())
        self.endResetModel()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Texts."""
        return 0 if parent is not None and parent.isValid() else len(self.texts)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A text as its tokens, set apart by blanks."""
        if not index.isValid() or index.row() >= len(self.texts):
            return None
        tokens, known = self.texts[index.row()], self.known[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(tokens)
        unknown = [token for token, there in zip(tokens, known, strict=True) if not there]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            said = plural(len(tokens), "token")
            said += f", unknown: {', '.join(dict.fromkeys(unknown))}" if unknown else ", all known"
            words = f"{' '.join(tokens)}\n{said}"
            return plain_tooltip(words) if role == Qt.ItemDataRole.ToolTipRole else words
        return None


class ChipsDelegate(QStyledItemDelegate):
    """Paints tokens as chips, in as many lines as they need, up to six."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.width = 400

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """As high as the lines."""
        boxes, _ = self._boxes(index, option.fontMetrics)
        lines = boxes[-1].top() // (CHIP + GAP) + 1 if boxes else 1
        return QSize(self.width, lines * (CHIP + GAP) + 2 * PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint the chips of one text."""
        model = index.model()
        if not isinstance(model, TextsModel):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.fillRect(option.rect, QColor(self.theme.soft_accent if chosen else self.theme.window))
        tokens, known = model.texts[index.row()], model.known[index.row()]
        boxes, cut = self._boxes(index, option.fontMetrics)
        for token, there, box in zip(tokens, known, boxes, strict=False):
            place = box.translated(option.rect.left() + EDGE, option.rect.top() + PAD)
            self._paint_chip(painter, place, shown(token), there)
        if cut and boxes:
            painter.setPen(QColor(self.theme.muted))
            end = boxes[-1].translated(option.rect.left() + EDGE, option.rect.top() + PAD)
            painter.drawText(QRect(end.right() + 6, end.top(), 24, CHIP), Qt.AlignmentFlag.AlignVCenter, "…")
        if not tokens:
            painter.setPen(QColor(self.theme.muted))
            box = option.rect.adjusted(EDGE, 0, 0, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, "An empty text")
        painter.setPen(QColor(self.theme.line))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.restore()

    def _paint_chip(self, painter: QPainter, box: QRect, token: str, known: bool) -> None:
        theme = self.theme
        pen = QPen(QColor(theme.line if known else theme.error), 1)
        if not known:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.window if known else theme.soft_error))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(QColor(theme.text if known else theme.error))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, token)

    def _boxes(self, index: AnyIndex, metrics: QFontMetrics) -> tuple[list[QRect], bool]:
        """Where each chip stands, from the corner of the row; whether there is no room for all."""
        model = index.model()
        tokens = model.texts[index.row()] if isinstance(model, TextsModel) else ()
        room = self.width - 2 * EDGE - 24
        left = top = 0
        boxes: list[QRect] = []
        for token in tokens[:MOST_CHIPS]:
            wide = min(room, metrics.horizontalAdvance(shown(token)) + 2 * PAD)
            if left and left + wide > room:
                left, top = 0, top + CHIP + GAP
                if top >= MOST_LINES * (CHIP + GAP):
                    return boxes, True
            boxes.append(QRect(left, top, wide, CHIP))
            left += wide + GAP
        return boxes, len(tokens) > MOST_CHIPS


class TextsList(QListView):
    """The first texts as tokens."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.texts = TextsModel()
        self.chips = ChipsDelegate(theme, self)
        self.setModel(self.texts)
        self.setItemDelegate(self.chips)
        self.setAccessibleName("First texts as tokens")
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.chips.theme = theme
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break elsewhere."""
        super().resizeEvent(event)
        if self.chips.width != self.viewport().width():
            self.chips.width = self.viewport().width()
            self.scheduleDelayedItemsLayout()


def shown(token: str) -> str:
    """A token for the eye: a blank is a sign of its own, a very long one is cut."""
    text = token.replace(" ", BLANK).replace("\n", "⏎").replace("\t", "⇥")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

"""The rows of the search box: what was found under its headings, and how a row is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from designer.gui.canvas.offers import HEADINGS, heading_of
from designer.gui.categories import category_tile
from designer.gui.theme import SMALL_PIXELS, TEXT_PIXELS, Theme
from designer.layers.declaration import LayerType
from designer.layers.search import Found, find

ROW, HEADING = 28, 24
TILE = 20
RECENT = "Recently used"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


@dataclass(frozen=True)
class Row:
    """A heading, or something that was found."""

    heading: str = ""
    found: Found | None = None
    at_right: str = ""

    @property
    def layer(self) -> LayerType | None:
        """What would be added; None for a heading."""
        return self.found.layer if self.found else None


def rows_for(text: str, offers: Mapping[str, LayerType], recent: Sequence[str]) -> list[Row]:
    """The rows for what was typed, best first; while nothing was, what was used last and then all by heading."""
    if text.strip():
        return [Row("", found, found.word or heading_of(found.layer)) for found in find(text, offers.values())]
    known = [offers[key] for key in recent if key in offers]
    rows = _under(RECENT, known) if known else []
    for heading in HEADINGS:
        layers = [layer for layer in offers.values() if heading_of(layer) == heading]
        rows += _under(heading, layers) if layers else []
    return rows


def _under(heading: str, layers: Iterable[LayerType]) -> list[Row]:
    return [Row(heading), *(Row("", Found(layer), layer.module) for layer in layers)]


class SearchRows(QAbstractListModel):
    """The rows as a list that can be read aloud; headings cannot be chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    def show(self, rows: list[Row]) -> None:
        """List these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a row."""
        row = self.rows[index.row()]
        layer = row.layer
        if layer is None:
            return row.heading if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return layer.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{layer.title}, {heading_of(layer)}"
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return layer.summary
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Layers can be chosen."""
        if self.rows[index.row()].layer is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class RowPainter(QStyledItemDelegate):
    """Draws a row: tile, title with the letters that matched, and at the right where it belongs."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        super().__init__()
        self._theme = theme
        self._plain, self._small = _sized(font, TEXT_PIXELS), _sized(font, SMALL_PIXELS)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Rows are of one height, headings a little lower."""
        model = index.model()
        assert isinstance(model, SearchRows)
        return QSize(0, HEADING if model.rows[index.row()].layer is None else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        model, theme = index.model(), self._theme
        assert isinstance(model, SearchRows)
        row, box = model.rows[index.row()], QRectF(option.rect)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.found is None:
            painter.setFont(_strong(self._small))
            painter.setPen(QColor(theme.muted))
            painter.drawText(box.adjusted(12, 4, -12, 0), _LEFT, row.heading)
        else:
            self._paint_background(painter, option, box)
            self._paint_found(painter, row.found, row.at_right, box)
        painter.restore()

    def _paint_background(self, painter: QPainter, option: QStyleOptionViewItem, box: QRectF) -> None:
        state = option.state  # type: ignore[attr-defined]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.soft_accent if chosen else self._theme.hovered))
            painter.drawRoundedRect(box.adjusted(4, 1, -4, -1), 4, 4)

    def _paint_found(self, painter: QPainter, found: Found, at_right: str, box: QRectF) -> None:
        theme, title = self._theme, found.layer.title
        tile = category_tile(theme, found.layer.category, TILE)
        painter.drawPixmap(QPointF(box.left() + 12, box.center().y() - TILE / 2), tile)
        in_title, at_word = (), found.letters
        if not found.word:
            in_title, at_word = found.letters, ()
        width = _width(at_right, at_word, self._small)
        line = box.adjusted(12 + TILE + 8, 0, -width - 24, 0)
        if _width(title, in_title, self._plain) > line.width():
            title = QFontMetricsF(_strong(self._plain)).elidedText(title, Qt.TextElideMode.ElideRight, line.width())
        self._letters(painter, line, title, in_title, self._plain, theme.text)
        end = QRectF(box.right() - 12 - width, box.top(), width + 4, box.height())
        self._letters(painter, end, at_right, at_word, self._small, theme.muted)

    def _letters(
        self, painter: QPainter, box: QRectF, text: str, letters: Sequence[int], font: QFont, colour: str
    ) -> None:
        """Draw a line of text, the letters at these places strong, in the accent colour and underlined."""
        at = box.left()
        for hit, part in _parts(text, letters):
            shown = _marked(font) if hit else font
            painter.setFont(shown)
            painter.setPen(QColor(self._theme.accent if hit else colour))
            painter.drawText(QRectF(at, box.top(), box.right() - at, box.height()), _LEFT, part)
            at += QFontMetricsF(shown).horizontalAdvance(part)


def _width(text: str, letters: Sequence[int], font: QFont) -> float:
    return sum(
        QFontMetricsF(_marked(font) if hit else font).horizontalAdvance(part) for hit, part in _parts(text, letters)
    )


def _parts(text: str, letters: Sequence[int]) -> list[tuple[bool, str]]:
    """The text cut where letters that matched begin and end, each part with whether it did."""
    marked = set(letters)
    parts: list[tuple[bool, str]] = []
    for place, sign in enumerate(text):
        hit = place in marked
        if parts and parts[-1][0] == hit:
            parts[-1] = (hit, parts[-1][1] + sign)
        else:
            parts.append((hit, sign))
    return parts


def _sized(font: QFont, pixels: int) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(pixels)
    return sized


def _strong(font: QFont) -> QFont:
    strong = QFont(font)
    strong.setWeight(QFont.Weight.DemiBold)
    return strong


def _marked(font: QFont) -> QFont:
    marked = _strong(font)
    marked.setUnderline(True)
    return marked

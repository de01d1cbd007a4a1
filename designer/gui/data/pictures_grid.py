"""The grid of pictures: as many as there are, of which only those that are seen are decoded, and not by this thread."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from designer.gui.data.pictures_drawing import Drawn, draw, guessed, layers_of
from designer.gui.icons import picture as icon_picture
from designer.gui.mask_paint import BOTH, paint_mask
from designer.gui.outline_paint import paint_outlines
from designer.gui.panels.split import PARTS, part_colour
from designer.gui.tasks import Tasks
from designer.gui.theme import SMALL_PIXELS, Theme
from designer.gui.wording import plain_tooltip

if TYPE_CHECKING:
    import numpy as np

    from designer.gui.data.pictures_listing import PictureSet

AnyIndex = QModelIndex | QPersistentModelIndex
SIDE = 96
TILE = QSize(116, 128)
# with the true mask at the left, and the predicted one at the right
PAIR, BETWEEN = QSize(216, 128), 4
DOT = 6
EDGE = 8
AT_ONCE = 24
KEPT = 1500
LANE = "thumbnails"


class PicturesModel(QAbstractListModel):
    """Some of the pictures, each kept once it is drawn. ``refused`` carries a number and why there is none."""

    refused = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.pictures: PictureSet | None = None
        self.numbers: np.ndarray | tuple[int, ...] = ()
        self._drawn: OrderedDict[int, tuple[QPixmap | None, Drawn]] = OrderedDict()

    def show_pictures(self, pictures: PictureSet | None, numbers: np.ndarray | tuple[int, ...]) -> None:
        """Show some pictures of a set, by their numbers; what was drawn of the same set is kept."""
        self.beginResetModel()
        if pictures is not self.pictures:
            self._drawn.clear()
        self.pictures, self.numbers = pictures, numbers
        self.endResetModel()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """The pictures that are shown."""
        return 0 if parent is not None and parent.isValid() else len(self.numbers)

    def missing(self, rows: range) -> list[int]:
        """The numbers of the pictures in these rows that are not drawn yet."""
        return [number for row in rows if (number := int(self.numbers[row])) not in self._drawn]

    def take(self, pictures: PictureSet, found: dict[int, Drawn]) -> None:
        """Keep what was drawn, and forget what was seen longest ago."""
        if pictures is not self.pictures:
            return
        for number, drawn in found.items():
            pixmap = QPixmap.fromImage(drawn.image) if drawn.image is not None else None
            self._drawn[number] = (pixmap, drawn)
            if drawn.trouble:
                self.refused.emit(number, drawn.trouble)
        while len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)

    def forget(self) -> None:
        """Draw everything anew, as under another theme."""
        self._drawn.clear()

    def look(self, number: int) -> tuple[QPixmap | None, Drawn] | None:
        """What was drawn of a picture; None where it was not yet."""
        found = self._drawn.get(number)
        if found is not None:
            self._drawn.move_to_end(number)
        return found

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The label of a picture, and in words what it is."""
        pictures = self.pictures
        if pictures is None or not index.isValid() or index.row() >= len(self.numbers):
            return None
        number = int(self.numbers[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(pictures.label(number).split())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(self.said_of(number))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.said_of(number).replace("\n", ", ")
        return self.tile if role == Qt.ItemDataRole.SizeHintRole else None

    @property
    def tile(self) -> QSize:
        """The room of each picture."""
        return PAIR if self.pictures is not None and self.pictures.guesses is not None else TILE

    def said_of(self, number: int) -> str:
        """Label or numbers, part, name and size of a picture, or why it cannot be read: a line each."""
        pictures = self.pictures
        if pictures is None:
            return ""
        found = self._drawn.get(number)
        size = "" if found is None else found[1].trouble or f"{found[1].size[0]}×{found[1].size[1]} pixels"
        words = [pictures.label(number)]
        if pictures.numbers is not None:
            said = _numbers_of(pictures, number)
            words = [*words, *said] if pictures.has_class(number) or pictures.titles else said
        words += [PARTS.get(pictures.part(number), ""), pictures.name(number), pictures.repeats(number), size]
        return "\n".join(dict.fromkeys(word for word in words if word))


def _numbers_of(pictures: PictureSet, number: int) -> list[str]:
    """The numbers of a picture, each with what is predicted of it: a line each."""
    if pictures.numbers is None:
        return []
    row = zip(pictures.numbered, pictures.numbers[number].tolist(), strict=True)
    said = [f"{name}: {value:g}" for name, value in row]
    if pictures.predicted is None:
        return said
    return [f"{word}, predicted {value:.4g}" for word, value in zip(said, pictures.predicted[number], strict=True)]


class TileDelegate(QStyledItemDelegate):
    """Paints a picture with its label, a dot in the colour of its part, and ``outlines`` where targets give such.

    ``mask_way`` is what is shown of a picture and its mask.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme, self.outlines, self.mask_way = theme, True, BOTH

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """All tiles are alike."""
        model = index.model()
        return model.tile if isinstance(model, PicturesModel) else TILE

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one tile."""
        model = index.model()
        if not isinstance(model, PicturesModel) or model.pictures is None:
            return
        number = int(model.numbers[index.row()])
        box = option.rect.adjusted(3, 3, -3, -3)
        frame = QRect(box.center().x() - SIDE // 2 + 1, box.top() + 5, SIDE, SIDE)
        found = model.look(number)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, box, option.state)
        if found is not None and found[1].guess is not None:
            aside = (SIDE + BETWEEN) // 2
            self._paint_picture(painter, frame.translated(-aside, 0), found)
            self._paint_picture(painter, frame.translated(aside, 0), (found[0], guessed(found[1])))
        else:
            self._paint_picture(painter, frame, found)
        words = QRect(box.left() + 6, frame.bottom() + 2, box.width() - 12, box.bottom() - frame.bottom() - 3)
        self._paint_words(painter, words, str(index.data()), model.pictures.part(number), option.font)
        painter.restore()

    def _paint_ground(self, painter: QPainter, box: QRect, state: QStyle.StateFlag) -> None:
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if not chosen and not state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setPen(QColor(self.theme.accent) if chosen else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.soft_accent if chosen else self.theme.hovered))
        painter.drawRoundedRect(box, 6, 6)

    def _paint_picture(self, painter: QPainter, frame: QRect, found: tuple[QPixmap | None, Drawn] | None) -> None:
        if found is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.hovered))
            painter.drawRoundedRect(frame.adjusted(12, 12, -12, -12), 4, 4)
            return
        pixmap = found[0] if found[0] is not None else icon_picture("error", self.theme.error, 32)
        size = pixmap.deviceIndependentSize().toSize()
        box = QRect(frame.center() - QPoint(size.width() // 2, size.height() // 2), size)
        painter.drawPixmap(box, pixmap)
        paint_mask(painter, QRectF(box), found[1].mask, self.mask_way)
        for outlines, said in layers_of(found[1]) if self.outlines else ():
            paint_outlines(painter, QRectF(box), outlines, said)

    def _paint_words(self, painter: QPainter, words: QRect, label: str, part: str, font: QFont) -> None:
        small = QFont(font)
        small.setPixelSize(SMALL_PIXELS)
        painter.setFont(small)
        room = words.width() - (DOT + 5 if part else 0)
        shown = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, room)
        left = words.left() + (room - painter.fontMetrics().horizontalAdvance(shown)) // 2
        if part:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(part_colour(self.theme, part)))
            painter.drawEllipse(left, words.center().y() - DOT // 2 + 1, DOT, DOT)
            left += DOT + 5
        painter.setPen(QColor(self.theme.text))
        box = QRect(left, words.top(), room, words.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class PictureGrid(QListView):
    """The pictures in rows."""

    def __init__(self, theme: Theme, tasks: Tasks) -> None:
        super().__init__()
        self.theme, self._tasks = theme, tasks
        # another grid may draw at the same time
        self._lane = f"{LANE} {id(self)}"
        self.pictures = PicturesModel()
        self.tiles = TileDelegate(theme, self)
        self.setModel(self.pictures)
        self.setItemDelegate(self.tiles)
        self.setAccessibleName("Pictures")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(TILE)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().setSingleStep(TILE.height() // 4)
        self._soon = QTimer(self, singleShot=True, interval=10)
        self._soon.timeout.connect(self._draw)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._soon.start())
        self.pictures.modelReset.connect(self._share_room)
        self.pictures.modelReset.connect(self._soon.start)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = self.tiles.theme = theme
        self.setStyleSheet(f"QListView {{ background: {theme.surface}; padding: {EDGE}px 0 0 {EDGE}px; }}")
        self.pictures.forget()
        self._soon.start()
        self.viewport().update()

    def seen(self) -> range:
        """The rows of the list that are on the screen, and a few more."""
        count = self.pictures.rowCount()
        # all tiles are alike, so that nobody has to be asked where one lies
        across = self._across()
        first = self.verticalScrollBar().value() // TILE.height() * across
        lines = self.viewport().height() // TILE.height() + 2
        return range(min(first, count), min(first + lines * across, count))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Others may be seen now."""
        self._share_room()
        super().resizeEvent(event)
        self._soon.start()

    def _share_room(self) -> None:
        """Let the tiles fill each line."""
        room, tile = self.width() - 2 * EDGE - self.verticalScrollBar().sizeHint().width(), self.pictures.tile
        self.setGridSize(QSize(room // max(1, room // tile.width()), tile.height()))

    def _across(self) -> int:
        return max(1, self.viewport().width() // max(1, self.gridSize().width()))

    def showEvent(self, event: QShowEvent) -> None:
        """What nobody looked at was not drawn."""
        super().showEvent(event)
        self._soon.start()

    def _draw(self) -> None:
        """Draw some of what is seen and not there yet; the rest follows when these are done."""
        pictures = self.pictures.pictures
        if pictures is None or not self.isVisible() or self._tasks.busy(self._lane):
            return
        wanted = self.pictures.missing(self.seen())[:AT_ONCE]
        if wanted:
            work = partial(_draw_all, pictures, wanted, SIDE)
            self._tasks.run("", work, partial(self._take, pictures), lane=self._lane)

    def _take(self, pictures: PictureSet, found: dict[int, Drawn]) -> None:
        self.pictures.take(pictures, found)
        self.viewport().update()
        self._soon.start()


def _draw_all(pictures: PictureSet, numbers: list[int], side: int) -> dict[int, Drawn]:
    return {number: draw(pictures, number, side) for number in numbers}

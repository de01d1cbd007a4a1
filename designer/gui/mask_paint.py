"""Masks over pictures: the colour of each class, which of both is shown, and the legend that says which is which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from designer.gui.data.mask_classes import OTHER, MaskClasses
from designer.gui.data.view_switch import ViewSwitch
from designer.gui.labels import plain_label
from designer.gui.theme import Theme

if TYPE_CHECKING:
    import numpy as np

KEYS = "Ctrl+Shift+M"
PICTURE, MASK, BOTH = "picture", "mask", "both"
WAYS = {PICTURE: "Picture", MASK: "Mask", BOTH: "Both"}
STRENGTH = 0.5
# apart for every common kind of colour blindness (Okabe and Ito, 2008); pictures are the same under every theme
COLOURS = ("#E69F00", "#56B4E9", "#CC79A7", "#009E73", "#F0E442", "#0072B2", "#D55E00")
# what is rare, and what no class is painted on
RARE, GROUND = "#9AA0A6", "#1B1F24"
SWATCH, GAP, BETWEEN = 10, 6, 14
LIGHTER = 40


def colour_of(code: int, clear: bool) -> QColor | None:
    """The colour of a class code; None for the first where it is ``clear``. After seven they come again, lighter."""
    if code == OTHER:
        return QColor(RARE)
    if clear and not code:
        return None
    place = code - 1 if clear else code
    colour = QColor(COLOURS[place % len(COLOURS)])
    again = place // len(COLOURS)
    if not again:
        return colour
    by = 100 + LIGHTER * ((again + 1) // 2)
    return colour.lighter(by) if again % 2 else colour.darker(by)


def mask_image(codes: np.ndarray, clear: bool) -> QImage:
    """The class codes (height, width) in their colours; what is clear is transparent."""
    import numpy as np

    height, width = codes.shape
    table = np.zeros((256, 4), dtype=np.uint8)
    for code in np.unique(codes).tolist():
        colour = colour_of(code, clear)
        if colour is not None:
            table[code] = (colour.red(), colour.green(), colour.blue(), 255)
    layer = np.ascontiguousarray(table[codes])
    return QImage(layer.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).convertToFormat(
        QImage.Format.Format_ARGB32_Premultiplied
    )


def paint_mask(painter: QPainter, area: QRectF, mask: QImage | None, way: str) -> None:
    """Paint a mask over a picture that fills ``area``: alone, half transparent, or not at all."""
    if mask is None or way == PICTURE:
        return
    painter.save()
    if way == MASK:
        painter.fillRect(area, QColor(GROUND))
    else:
        painter.setOpacity(STRENGTH)
    # a class has no shades
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(area, mask)
    painter.restore()


class MaskLegend(QWidget):
    """Which colour is which class; those for which there is no room are counted, and named in the tooltip."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.entries: tuple[tuple[str, QColor | None], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend of the masks")

    def show_classes(self, classes: MaskClasses) -> None:
        """Show these."""
        words = [(str(value), colour_of(code, classes.clear)) for code, value in enumerate(classes.values)]
        words += [("other", colour_of(OTHER, classes.clear))] if classes.more and words else []
        self.entries = tuple(words)
        said = "Values of the masks, each a class of its own: "
        said += ", ".join(f"{word} (not painted)" if colour is None else word for word, colour in words)
        self.setToolTip(said if words else "")
        self.setAccessibleDescription(said if words else "")
        self.update()

    def sizeHint(self) -> QSize:
        """A line."""
        return QSize(160, max(18, QFontMetrics(self.font()).height() + 4))

    def shown(self) -> int:
        """How many entries there is room for."""
        metrics, left = QFontMetrics(self.font()), 0
        rest = metrics.horizontalAdvance(f"+{len(self.entries)}")
        for place, (word, _) in enumerate(self.entries):
            left += SWATCH + GAP + metrics.horizontalAdvance(word)
            last = place == len(self.entries) - 1
            if left + (0 if last else BETWEEN + rest) > self.width():
                return place
            left += BETWEEN
        return len(self.entries)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a patch of each colour, and its word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, shown = 0.0, self.shown()
        for word, colour in self.entries[:shown]:
            patch = QRectF(left + 0.5, (self.height() - SWATCH) / 2 + 0.5, SWATCH - 1, SWATCH - 1)
            painter.setPen(QPen(QColor(self.theme.muted), 1.0) if colour is None else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if colour is None else colour)
            painter.drawRoundedRect(patch, 2, 2)
            left = self._paint_word(painter, left + SWATCH + GAP, word, self.theme.text) + BETWEEN
        if shown < len(self.entries):
            self._paint_word(painter, left, f"+{len(self.entries) - shown}", self.theme.muted)
        painter.end()

    def _paint_word(self, painter: QPainter, left: float, word: str, colour: str) -> float:
        """Paint a word; where it ends."""
        wide = painter.fontMetrics().horizontalAdvance(word)
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(left, 0, wide + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, word)
        return left + wide


class MaskBar(QWidget):
    """Chooses what is shown of a picture and its mask, beside the legend. ``chosen`` carries the way."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.ways, self.legend = ViewSwitch("What is shown of pictures with masks", WAYS), MaskLegend(theme)
        self.ways.setToolTip(f"Show the picture, its mask, or both ({KEYS} goes from one to the next)")
        self.ways.choose(BOTH)
        self.ways.chosen.connect(self._tell)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 4)
        row.setSpacing(12)
        row.addWidget(plain_label("Show", "muted"))
        row.addWidget(self.ways)
        row.addWidget(self.legend, 1)
        self.hide()

    @property
    def way(self) -> str:
        """What is shown."""
        return self.ways.key

    def step(self) -> None:
        """Go to the next way, if there is anything to choose."""
        keys: Sequence[str] = self.ways.keys
        if not self.isHidden():
            self.ways.choose(keys[(keys.index(self.way) + 1) % len(keys)])

    def show_for(self, classes: MaskClasses | None) -> None:
        """Offer the choice for masks of these classes; with none of them there is nothing to choose."""
        self.legend.show_classes(classes or MaskClasses())
        self.setVisible(classes is not None)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.legend.theme = theme
        self.legend.update()

    def _tell(self, way: str) -> None:
        self.legend.setVisible(way != PICTURE)
        self.chosen.emit(way)

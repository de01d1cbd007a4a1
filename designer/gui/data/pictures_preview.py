"""Before and after: real pictures as the network gets them, and rows of the same changed by chance."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.data.pictures_sampling import Sampling
from designer.gui.labels import EmptyState, plain_label, rule
from designer.gui.mask_paint import BOTH, MaskBar, paint_mask
from designer.gui.outline_paint import OutlineSwitch, fitted, paint_outlines
from designer.gui.theme import SMALL_PIXELS, Theme

GAP, MARGIN, CAPTION = 10, 16, 18
SMALLEST, LARGEST = 56, 168
MOST_ACROSS = 8
_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class BeforeAfter(QWidget):
    """Paints the pictures: a row before, and rows after. ``fitted`` carries how many fit side by side."""

    fitted = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.sampling = Sampling()
        self.outlines, self.mask_way = True, BOTH
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Pictures before and after")

    def show_sampling(self, sampling: Sampling) -> None:
        """Show these."""
        self.sampling = sampling
        rows = len(sampling.after)
        said = f"{len(sampling.before)} pictures before, and {rows} rows of them after" if rows else ""
        self.setAccessibleDescription(f"{said}: {', '.join(sampling.names)}" if said else "")
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Room for a few small ones."""
        return QSize(260, 240)

    def side(self) -> int:
        """How large a picture is drawn: as large as all rows and a few columns have room for."""
        rows = 1 + max(1, len(self.sampling.after) or 3)
        high = (self.height() - 2 * MARGIN - 2 * CAPTION - (rows + 1) * GAP) // rows
        wide = (self.width() - 2 * MARGIN - 3 * GAP) // 4
        return max(SMALLEST, min(LARGEST, high, wide))

    def across(self) -> int:
        """How many pictures fit side by side."""
        return max(1, min(MOST_ACROSS, (self.width() - 2 * MARGIN + GAP) // (self.side() + GAP)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer may fit now."""
        super().resizeEvent(event)
        self.fitted.emit(self.across())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint captions and pictures."""
        painter = QPainter(self)
        font = painter.font()
        font.setPixelSize(SMALL_PIXELS)
        painter.setFont(font)
        top, side, across = MARGIN, self.side(), self.across()
        rows = [("Before", (self.sampling.before,)), ("After", self.sampling.after)]
        outlines = iter(self.sampling.outlines if self.outlines else ())
        masks = iter(self.sampling.masks)
        for word, lines in rows if self.sampling.before else []:
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QRect(MARGIN, top, self.width(), CAPTION), _LINE, word)
            top += CAPTION + 2
            for line in lines:
                found, over = next(outlines, ()), next(masks, ())
                for place, image in enumerate(line[:across]):
                    area = self._paint_one(painter, QRectF(MARGIN + place * (side + GAP), top, side, side), image)
                    paint_mask(painter, area, over[place] if over else None, self.mask_way)
                    if found:
                        paint_outlines(painter, area, found[place])
                top += side + GAP
            top += GAP
        painter.end()

    def _paint_one(self, painter: QPainter, box: QRectF, image: QImage) -> QRectF:
        """A small picture is drawn larger with its pixels sharp, as the network has no finer ones; where it is."""
        area = fitted(box, image.size())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, area.width() < image.width())
        painter.drawImage(area, image)
        return area


class PreviewPage(QWidget):
    """The pictures with buttons for another try. ``again_wanted``: by another chance; ``others_wanted``: others."""

    again_wanted = Signal()
    others_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.pictures = BeforeAfter(theme)
        self.again, self.others = QPushButton("Again"), QPushButton("Other pictures")
        self.outlines, self.masks = OutlineSwitch(), MaskBar(theme)
        self.masks.chosen.connect(self._show_masks)
        self.outlines.toggled.connect(self._show_outlines)
        self.again.setToolTip("Change the pictures by chance once more (Ctrl+R)")
        self.others.setToolTip("Try it on other pictures of the training part")
        self.again.clicked.connect(lambda: self.again_wanted.emit())
        self.others.clicked.connect(lambda: self.others_wanted.emit())
        self.title = plain_label("What training sees", "heading")
        self.trouble = plain_label("", "error", wrap=True, selectable=True)
        self.trouble.setContentsMargins(MARGIN, 8, MARGIN, 0)
        self.trouble.hide()
        self.nothing = EmptyState(
            "Pictures stay as they are",
            "Add ways of changing them by chance, such as a small turn or other light: what becomes of your own "
            "pictures is shown here at once.",
        )
        row = QHBoxLayout()
        row.setContentsMargins(MARGIN, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.title)
        row.addStretch(1)
        row.addWidget(self.outlines)
        row.addWidget(self.others)
        row.addWidget(self.again)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(self.pictures)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.masks)
        column.addWidget(rule())
        column.addWidget(self.trouble)
        column.addWidget(self._stack, 1)
        self.keys = QShortcut(QKeySequence("Ctrl+R"), self)
        self.keys.activated.connect(lambda: self.again_wanted.emit())

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.pictures.theme = theme
        self.pictures.update()
        self.masks.set_theme(theme)

    def show_sampling(self, sampling: Sampling | None) -> None:
        """Show what becomes of the pictures; None where nothing is done to them."""
        shown = sampling or Sampling()
        self.trouble.setText(shown.trouble)
        self.trouble.setVisible(bool(shown.trouble))
        self.pictures.show_sampling(shown)
        self._stack.setCurrentWidget(self.nothing if sampling is None else self.pictures)
        self.outlines.show_for(shown.placed)
        self.masks.show_for(shown.mask_classes)
        for button in (self.again, self.others):
            button.setEnabled(bool(shown.before))
        self.keys.setEnabled(bool(shown.before))

    def _show_masks(self, way: str) -> None:
        self.pictures.mask_way = way
        self.pictures.update()

    def _show_outlines(self, on: bool) -> None:
        self.pictures.outlines = on
        self.pictures.update()

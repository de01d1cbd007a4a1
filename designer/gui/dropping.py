"""Dropping files and folders on the window: what will happen is said while they are still in the hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from designer.gui.announce import announce
from designer.gui.icons import paint_icon
from designer.workspace.session import SUFFIX

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

OPEN, NEW, USE, NOTHING = "open", "new", "use", ""
MARGIN, GAP = 32, 16
WIDEST, TALLEST = 460, 280
SIGN = 32


@dataclass(frozen=True)
class Offer:
    """One thing that a drop would do."""

    what: str
    title: str
    sentence: str
    icon: str


def offers_for(path: Path | None, filled: bool, title: str) -> tuple[Offer, ...]:
    """What a drop of ``path`` (None: several files) may do; ``filled`` where the project shown has a network."""
    if path is None:
        return (Offer(NOTHING, "One at a time", "Drop one file or one folder.", "error"),)
    name = path.name if len(path.name) <= 40 else f"{path.name[:24]}…{path.name[-14:]}"
    if path.suffix == SUFFIX:
        return (Offer(OPEN, f"Open {name}", "The project is shown as it was left.", "open"),)
    icon = "image" if path.is_dir() else "table"
    found = "Columns, types and a network that suits them are found for you."
    if path.is_dir():
        found = "What is in the folder, and a network that suits it, is found for you."
    new = Offer(NEW, f"New project from {name}", found, icon)
    if not filled:
        return (new,)
    kept = f"“{title}” keeps its network and learns from this data."
    return new, Offer(USE, "Use it in this project", kept, "network")


class DropOverlay(QWidget):
    """Lies over the window while something is dragged over it; the half under the pointer is what will be done."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.path: Path | None = None
        self.offers: tuple[Offer, ...] = ()
        self.hot = -1
        self.setAcceptDrops(True)
        self.setAccessibleName("Drop to begin")
        self.hide()

    def show_offers(self, path: Path | None, at: QPoint) -> None:
        """Appear, with what a drop of ``path`` would do."""
        session = self._window.session
        self.path = path
        filled = self._window.editing and bool(session.project.graph.nodes)
        self.offers = offers_for(path, filled, session.title)
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()
        self.point_at(at)

    def point_at(self, at: QPoint) -> None:
        """Mark what is under the pointer."""
        hot = next((place for place, box in enumerate(self.boxes()) if box.contains(at)), -1)
        if len(self.offers) == 1:
            hot = 0
        if hot != self.hot:
            self.hot = hot
            self.update()
            if hot >= 0:
                announce(self, f"{self.offers[hot].title}. {self.offers[hot].sentence}")

    def boxes(self) -> list[QRectF]:
        """Where each offer is drawn; with two of them each has its half of the window to be dropped on."""
        count = max(1, len(self.offers))
        wide = self.width() / count
        return [QRectF(place * wide, 0, wide, self.height()) for place in range(count)]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """The drag goes on here."""
        self._follow(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Mark what is under the pointer."""
        self._follow(event)

    def _follow(self, event: QDragMoveEvent) -> None:
        self.point_at(event.position().toPoint())
        if self.chosen() is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def chosen(self) -> Offer | None:
        """What a drop here and now would do."""
        offer = self.offers[self.hot] if 0 <= self.hot < len(self.offers) else None
        return offer if offer is not None and offer.what else None

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing is dropped."""
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Do what was promised, once the drag is over."""
        self.point_at(event.position().toPoint())
        offer, path = self.chosen(), self.path
        self.hide()
        if offer is not None and path is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, self._window, lambda: self._do(offer.what, path))

    def _do(self, what: str, path: Path) -> None:
        documents = self._window.documents
        if what == OPEN:
            documents.open(path)
        elif what == NEW:
            documents.begin(path)
        else:
            documents.open_data(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a veil over the window and a card for each offer."""
        theme, painter = self._window.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(theme.window)
        veil.setAlphaF(0.88)
        painter.fillRect(self.rect(), veil)
        for place, (offer, box) in enumerate(zip(self.offers, self.boxes(), strict=True)):
            self._paint_offer(painter, offer, box, place == self.hot)
        painter.end()

    def _paint_offer(self, painter: QPainter, offer: Offer, half: QRectF, hot: bool) -> None:
        theme = self._window.theme
        wide, tall = min(WIDEST, half.width() - 2 * GAP), min(TALLEST, half.height() - 2 * MARGIN)
        card = QRectF(half.center().x() - wide / 2, half.center().y() - tall / 2, wide, tall)
        pen = QPen(QColor(theme.accent if hot else theme.strong_line), 2 if hot else 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.soft_accent if hot else theme.surface))
        painter.drawRoundedRect(card, 12, 12)
        middle = card.center()
        sign = QRectF(middle.x() - SIGN / 2, middle.y() - 62, SIGN, SIGN)
        colour = theme.error if not offer.what else theme.accent if hot else theme.muted
        paint_icon(painter, sign, offer.icon, colour)
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        bold.setPixelSize(bold.pixelSize() + 3 if bold.pixelSize() > 0 else 16)
        painter.setFont(bold)
        painter.setPen(QColor(theme.text))
        line = QRectF(card.left() + 16, middle.y() - 16, card.width() - 32, 28)
        title = painter.fontMetrics().elidedText(offer.title, Qt.TextElideMode.ElideMiddle, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, title)
        painter.setFont(self.font())
        painter.setPen(QColor(theme.muted))
        words = QRectF(card.left() + 24, middle.y() + 18, card.width() - 48, 60)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap), offer.sentence)


class Dropping(QObject):
    """Lets files and folders be dropped anywhere on the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.overlay = DropOverlay(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A drag that nothing else in the window has a use for."""
        if isinstance(event, QDropEvent) and event.type() in (QEvent.Type.DragEnter, QEvent.Type.DragMove):
            if has_files(event):
                self.overlay.show_offers(dropped_path(event), event.position().toPoint())
                event.acceptProposedAction()
                return True
        elif isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop and has_files(event):
            self.overlay.show_offers(dropped_path(event), event.position().toPoint())
            self.overlay.dropEvent(event)
            return True
        elif event.type() == QEvent.Type.Resize and self.overlay.isVisible():
            self.overlay.setGeometry(self.window.rect())
        return False


def has_files(event: QDropEvent) -> bool:
    """Whether a drag brings local files."""
    urls = event.mimeData().urls()
    return bool(urls) and all(url.isLocalFile() for url in urls)


def dropped_path(event: QDropEvent) -> Path | None:
    """The one local file or folder that a drag brings."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None

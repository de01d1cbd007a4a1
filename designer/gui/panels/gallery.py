"""The gallery: what a network that learns the data's looks makes of them, epoch by epoch, while it trains and after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPlainTextEdit,
    QSlider,
    QStackedLayout,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.gui.labels import EmptyState, plain_label
from designer.gui.numbers import exact, figure
from designer.gui.panels.gallery_views import PictureWall, Plane, Wall
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    import numpy as np

    from designer.workspace.gallery import Gallery

LANE = "gallery"
LOOK_MS = 250
TITLES = {"samples": "Made of noise", "original": "As they are", "restored": "As given back", "weights": "Hidden units"}
EXPLAINED = (
    "What the network makes after each epoch: new samples of a GAN, what an autoencoder or a restricted Boltzmann "
    "machine gives back, what its hidden units look at, and what a network writes. It appears here while one of them "
    "trains."
)
WALL, PLANE, ROWS, SENTENCE, TEXT = range(5)


class GalleryPanel(QWidget):
    """Shows the gallery of one run: of the one in hand, newest epoch first, else of the one whose results are shown."""

    def __init__(self, tasks: Tasks, run: RunModel, theme: Theme, train: Callable[[], object]) -> None:
        super().__init__()
        self.tasks, self.run_model = tasks, run
        self.run: Path | None = None
        self.epochs: list[int] = []
        self._asked: int | None = None
        self._behind = False
        self.setAccessibleName("Gallery")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState("Gallery", EXPLAINED, "Go to training", train))
        self._stack.addWidget(self._page(theme))
        self._soon = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._soon.timeout.connect(self._look)
        run.progressed.connect(self._follow)

    def _page(self, theme: Theme) -> QWidget:
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Epoch")
        self.slider.setToolTip("The epoch after which the network made this")
        self.slider.valueChanged.connect(self._slid)
        self.said = plain_label("", "heading")
        self.said.setMinimumWidth(120)
        self.wall, self.plane, self.rows = PictureWall(theme), Plane(theme), QTableWidget()
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.setAccessibleName("Samples")
        self.trouble = plain_label("", "muted", wrap=True)
        self.views = QStackedWidget()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Written after this epoch")
        for widget in (self.wall, self.plane, self.rows, self.trouble, self.text):
            self.views.addWidget(widget)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.said)
        head.addWidget(self.slider, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.views, 1)
        return page

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.wall.set_theme(theme)
        self.plane.set_theme(theme)

    def show_run(self, run: Path | None) -> None:
        """Show the gallery of another run, at its end; of none the way to one."""
        if self.run_model.running and self.run_model.folder is not None:
            run = self.run_model.folder
        self.run, self.epochs, self._asked = run, [], None
        self._look()

    def _follow(self) -> None:
        """Take over what the run in hand has made meanwhile."""
        folder = self.run_model.folder
        if folder is None:
            return
        if folder != self.run:
            self.show_run(folder)
        elif self._asked is None and self.run_model.progress.epoch != (self.epochs[-1] if self.epochs else 0):
            # progress is told many times a second, which are too many looks at the disk
            self._behind = not self.isVisible() or self.visibleRegion().isEmpty()
            if not self._behind and not self._soon.isActive():
                self._soon.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """What was made while it lay behind another panel is looked for once it is seen."""
        super().paintEvent(event)
        if self._behind:
            self._behind = False
            self._soon.start()

    def _look(self) -> None:
        """Find the epochs there are, and show the last where the one before it was shown."""
        run = self.run
        if run is None:
            self._stack.setCurrentIndex(0)
            return

        def find() -> list[int]:
            from designer.workspace.gallery import epochs_in

            return epochs_in(run)

        self.tasks.run("", find, lambda epochs: self._found(run, epochs), lane=f"{LANE} list")

    def _found(self, run: Path, epochs: list[int]) -> None:
        if run != self.run:
            return
        at_end = not self.epochs or self.slider.value() == len(self.epochs) - 1
        fresh = epochs != self.epochs
        self.epochs = epochs
        self._stack.setCurrentIndex(1 if epochs else 0)
        if not epochs or not fresh:
            return
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(epochs) - 1)
        if at_end:
            self.slider.setValue(len(epochs) - 1)
        self.slider.blockSignals(False)
        self._slid()

    def _slid(self) -> None:
        """Read the epoch that the slider stands at, once what is being read has come."""
        run, place = self.run, self.slider.value()
        if run is None or not 0 <= place < len(self.epochs):
            return
        epoch = self.epochs[place]
        self.said.setText(f"Epoch {exact(epoch)}")
        self.slider.setAccessibleDescription(f"epoch {epoch:,}")
        if self._asked is not None:
            return

        def read() -> Gallery:
            from designer.workspace.gallery import read_gallery

            return read_gallery(run, epoch)

        self._asked = epoch
        self.tasks.run("", read, lambda gallery: self._came(run, gallery), lambda said: self._refused(run, said), LANE)

    def _came(self, run: Path, gallery: Gallery) -> None:
        self._asked = None
        if run != self.run:
            self._slid()
            return
        self._show(gallery)
        if self.epochs[self.slider.value()] != gallery.epoch:
            self._slid()

    def _refused(self, run: Path, sentence: str) -> None:
        self._asked = None
        self.trouble.setText(sentence)
        self.views.setCurrentIndex(SENTENCE)

    def _show(self, gallery: Gallery) -> None:
        if gallery.text:
            self.text.setPlainText(gallery.text)
            self.views.setCurrentIndex(TEXT)
            return
        views = gallery.views
        samples, real = views.get("samples"), views.get("real")
        if samples is not None and real is not None and samples.ndim == 2 and samples.shape[1] == real.shape[1] == 2:
            names = gallery.columns if len(gallery.columns) == 2 else ("", "")
            self.plane.show_points(real, samples, (names[0], names[1]))
            self.views.setCurrentIndex(PLANE)
            return
        walls = [Wall(title, views[name]) for name, title in TITLES.items() if _is_tiles(name, views.get(name))]
        if walls:
            self.wall.show_walls(walls)
            self.views.setCurrentIndex(WALL)
            return
        self._show_rows(gallery)
        self.views.setCurrentIndex(ROWS)

    def _show_rows(self, gallery: Gallery) -> None:
        """Samples as rows, or what was given back beside what it was."""
        views = gallery.views
        names = list(gallery.columns)
        tables = [(TITLES[name], views[name]) for name in ("samples", "original", "restored") if name in views]
        wide = max((rows.shape[1] for _, rows in tables), default=0)
        names = names if len(names) == wide else [f"value {place + 1}" for place in range(wide)]
        several = len(tables) > 1
        heads = [f"{name} ({title.lower()})" if several else name for name in names for title, _ in tables]
        self.rows.setColumnCount(len(heads))
        self.rows.setHorizontalHeaderLabels(heads)
        self.rows.setRowCount(max((len(rows) for _, rows in tables), default=0))
        for column in range(len(heads)):
            rows = tables[column % len(tables)][1]
            for number, value in enumerate(rows[:, column // len(tables)].tolist()):
                self.rows.setItem(number, column, QTableWidgetItem(figure(value)))


def _is_tiles(name: str, values: np.ndarray | None) -> bool:
    """Whether this is shown as tiles: pictures, and weights in any case."""
    return values is not None and (values.ndim == 4 or name == "weights")

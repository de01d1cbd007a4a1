"""The welcome page: own data or a sample to begin with, and the projects that were open lately."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from designer.gui.card_button import ActionCard
from designer.gui.labels import plain_label
from designer.gui.miniature import Miniature, draw_small, in_one_row
from designer.gui.recent_list import RecentList
from designer.gui.sample_card import CardGrid
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.workspace.recent import forget_project, recent_projects, training_now
from designer.workspace.samples import Sample, samples

WIDEST = 1400
NARROW = 860
TINY = 440
SIDE = 244
PROMISE = "Draw a neural network, train it on your own data, and take away its weights and its Python code."
# whether what trains still does
LOOK_MS = 3000
NO_SAMPLES = "No samples are installed with Layerloom. Begin with your own data above."


class WelcomePage(QWidget):
    """What is seen before a project is open; every signal is a wish of the user."""

    sample_chosen = Signal(str)
    new_table_requested = Signal()
    new_images_requested = Signal()
    open_requested = Signal()
    recent_chosen = Signal(str)
    new_empty_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tasks = Tasks(self)
        self.setAccessibleName("Welcome")
        self.table = ActionCard(theme, "table", "New from a table", "CSV, Excel, Parquet … or drop it here", True)
        self.images = ActionCard(theme, "image", "New from a folder", "Pictures, texts or sequences")
        self.open = ActionCard(theme, "open", "Open a project", "A .loom file")
        self.blank = ActionCard(theme, "new", "Empty project", "Draw first, data later")
        self.samples, self.recent = CardGrid(theme), RecentList(theme)
        self.trouble = plain_label("", "muted", wrap=True)
        self._build()
        self.table.clicked.connect(lambda: self.new_table_requested.emit())
        self.images.clicked.connect(lambda: self.new_images_requested.emit())
        self.open.clicked.connect(lambda: self.open_requested.emit())
        self.blank.clicked.connect(lambda: self.new_empty_requested.emit())
        self.samples.chosen.connect(self.sample_chosen)
        self.recent.chosen.connect(self.recent_chosen)
        self.recent.forgotten.connect(self._forget)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read_more)
        self._again = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._again.timeout.connect(self._look_for_runs)
        self.setFocusProxy(self.table)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        for part in (*self._actions, self.samples, self.recent):
            part.set_theme(theme)

    def refresh(self) -> None:
        """Look again which samples and recent projects there are."""
        try:
            found = samples()
            self.trouble.setText("" if found else NO_SAMPLES)
        except ProjectError as error:
            found = []
            self.trouble.setText(str(error))
        self.trouble.setVisible(not found)
        self.samples.show_samples(found)
        if self.isVisible():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What has to be read from files comes right after the page itself is to be seen."""
        super().showEvent(event)
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._soon.stop()
        self._again.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the recent projects stand beneath the samples, and the first steps in two rows."""
        super().resizeEvent(event)
        beside = self.width() >= NARROW
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._recent_side.setFixedWidth(SIDE) if beside else self._recent_side.setMaximumWidth(WIDEST)
        if not beside:
            self._recent_side.setMinimumWidth(0)
        columns = 4 if beside else 2 if self.width() >= TINY else 1
        if columns != self._across:
            self._across = columns
            for place, card in enumerate(self._actions):
                self._steps.addWidget(card, place // columns, place % columns)

    def _build(self) -> None:
        self._actions = (self.table, self.images, self.open, self.blank)
        self._across = 4
        self._steps = QGridLayout()
        self._steps.setSpacing(12)
        for place, card in enumerate(self._actions):
            self._steps.addWidget(card, 0, place)
            card.moved.connect(lambda across, down, place=place: self._move(place + across + down * self._across))
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(plain_label("Samples", "heading"))
        left.addWidget(self.trouble)
        left.addWidget(self.samples)
        left.addStretch(1)
        self._recent_side = QWidget()
        right = QVBoxLayout(self._recent_side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(8)
        right.addWidget(plain_label("Recent projects", "heading"))
        right.addWidget(self.recent, 1)
        self._halves = QHBoxLayout()
        self._halves.setSpacing(24)
        self._halves.addLayout(left, 1)
        self._halves.addWidget(self._recent_side)
        middle = QWidget()
        middle.setMaximumWidth(WIDEST)
        column = QVBoxLayout(middle)
        column.setContentsMargins(32, 28, 32, 24)
        column.setSpacing(0)
        column.addWidget(plain_label("Layerloom", "title"))
        column.addSpacing(4)
        column.addWidget(plain_label(PROMISE, "muted", wrap=True))
        column.addSpacing(20)
        column.addLayout(self._steps)
        column.addSpacing(28)
        column.addLayout(self._halves, 1)
        self._scroll(middle)

    def _scroll(self, middle: QWidget) -> None:
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(middle, 1000)
        row.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _read_more(self) -> None:
        wanted = [card.sample for card in self.samples.cards if card.miniature is None]
        if wanted:
            self.tasks.run("", lambda: _miniatures(wanted), self._show_miniatures, lane="miniatures")
        self.tasks.run("", recent_projects, self._show_recent, lane="recent")

    def _show_recent(self, paths: list[Path]) -> None:
        self.recent.show_paths(paths)
        self._look_for_runs()

    def _look_for_runs(self) -> None:
        """Find out which of the projects that are listed is being trained, after all else has been seen."""
        paths = [row.path for row in self.recent.rows]
        if paths:
            self.tasks.run("", lambda: training_now(paths), self._show_training, lane="training now")

    def _show_training(self, paths: set[Path]) -> None:
        self.recent.show_training(paths)
        if paths and self.isVisible():
            self._again.start()

    def _show_miniatures(self, drawn: dict[str, Miniature]) -> None:
        for card in self.samples.cards:
            if card.sample.name in drawn:
                card.show_miniature(drawn[card.sample.name])

    def _forget(self, path: str) -> None:
        def work() -> list[Path]:
            forget_project(Path(path))
            return recent_projects()

        self.tasks.run("", work, self._show_recent, lane="recent")

    def _move(self, place: int) -> None:
        if 0 <= place < len(self._actions):
            self._actions[place].setFocus(Qt.FocusReason.TabFocusReason)


def _miniatures(wanted: list[Sample]) -> dict[str, Miniature]:
    """How the samples' networks are drawn; one that cannot be read keeps an empty picture, and opening it says why."""
    drawn = {}
    for sample in wanted:
        try:
            drawn[sample.name] = draw_small(in_one_row(load_project(sample.project_path)))
        except ProjectError:
            continue
    return drawn

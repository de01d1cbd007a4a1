"""What frames the pages of data: the name of the data above, and the page that suits it below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.data.pictures_page import PicturesPage
from designer.gui.labels import ElidedLabel, rule
from designer.gui.numbers import plural
from designer.gui.panels.data_side import DataSide
from designer.project.model import TableData

HEAD = 44
MOST_CLASSES = 60


class DataBody(QWidget):
    """The name of the data, its size, and one of several pages, each with the switch between its views beside the name.

    Before there is a page, ``busy`` is shown.
    """

    def __init__(self, busy: QWidget) -> None:
        super().__init__()
        self.name, self.size = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self._views: dict[QWidget, QWidget] = {}
        head = QWidget()
        head.setFixedHeight(HEAD)
        self._row = row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(12)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self.name)
        names.addWidget(self.size)
        names.addStretch(1)
        row.addLayout(names, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(busy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(rule())
        column.addWidget(self._pages, 1)

    def describe_table(self, side: DataSide, data: TableData, rows: int) -> None:
        """Say how large a table is, here and at the side; it has no ``rows`` while it is not read."""
        side.show_table(data, rows or None)
        counted = f"{data.sheet} · " * bool(data.sheet) + (f"{plural(rows, 'row')} × " if rows else "")
        self.size.setText(f"{counted}{plural(len(data.columns), 'column')}")
        side.bars.show_bars("", ())
        side.show_copies(None)

    def describe_pictures(self, side: DataSide, pictures: PicturesPage) -> None:
        """Say how many pictures there are, here and at the side."""
        side.words.show_words(pictures.words())
        side.written.hide()
        side.show_copies(pictures.leaves_copies_out)
        self.size.setText(pictures.summary())
        side.bars.show_bars("PICTURES OF EACH CLASS", tuple(pictures.counts().items())[:MOST_CLASSES])
        side.show_unreadable(pictures.unreadable())

    def add_page(self, page: QWidget, views: QWidget) -> None:
        """Take in a page with the switch between its views, which is hidden at first."""
        views.hide()
        self._views[page] = views
        self._row.addWidget(views, 0, Qt.AlignmentFlag.AlignBottom)
        self._pages.addWidget(page)

    def show_views(self, page: QWidget | None) -> None:
        """Show the switch of one page alone, or of none."""
        for other, views in self._views.items():
            views.setVisible(other is page)

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self._pages.setCurrentWidget(page)

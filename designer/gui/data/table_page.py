"""A table on the data page: its rows under the cards of its columns, and at the side what is found and set."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.data.column_menu import column_menu, role_menu
from designer.gui.data.column_page import ColumnPage
from designer.gui.data.notices import Notice
from designer.gui.data.recipe_page import RecipePage
from designer.gui.data.rows_view import RowsView
from designer.gui.data.seen import TableSeen
from designer.gui.data.view_switch import ViewSwitch
from designer.gui.numbers import exact
from designer.gui.panels.columns import ColumnsView
from designer.gui.panels.data_side import DataSide
from designer.gui.theme import Theme
from designer.layers.recipe import recipe_of
from designer.project.model import Column, TableData

if TYPE_CHECKING:
    from designer.gui.data.body import DataBody
    from designer.importing.profiles import TableProfile

SIDE = 344
SIDES = {"overview": "Overview", "column": "Column", "recipe": "Recipe"}
VIEWS = {"rows": "Rows", "columns": "Columns"}
# for such data as they suit
MORE = {"series": "Series", "texts": "Texts"}


class TablePage(QWidget):
    """Shows a table.

    ``changed`` carries names of columns, a field and its new value; ``column_seen`` the column that is looked at now,
    ``side_shown`` what stands at the side.
    """

    changed = Signal(object, str, object)
    column_seen = Signal(str)
    side_shown = Signal(str)

    def __init__(self, theme: Theme, side: DataSide, body: DataBody, column: ColumnPage, recipe: RecipePage) -> None:
        super().__init__()
        self.theme = theme
        self.side = side
        self.data: TableData | None = None
        self.target = ""
        self.chosen = ""
        self.seen = TableSeen()
        self.notices: tuple[Notice, ...] = ()
        self.rows, self.columns = RowsView(theme), ColumnsView(theme)
        self.column, self.recipe = column, recipe
        self.views = ViewSwitch("How to look at the data", VIEWS)
        self.more: dict[str, QWidget] = {}
        self.sides = ViewSwitch("About the data", SIDES)
        self._middle, self._side_pages = QStackedWidget(), QStackedWidget()
        body.add_page(self, self.views)
        self._build()
        self.views.chosen.connect(self._show_view)
        self.sides.chosen.connect(self._show_side)
        self.rows.column_shown.connect(self.look_at)
        self.rows.column_opened.connect(self.open_column)
        self.rows.menu_wanted.connect(self._open_menu)
        self.rows.cards.role_wanted.connect(self._open_role_menu)
        self.rows.cards.warning_wanted.connect(self._show_warnings)
        self.columns.column_shown.connect(self.look_at)
        self.columns.columns_model.chosen.connect(lambda *chosen: self.changed.emit(*chosen))
        self.column.changed.connect(lambda name, field, value: self.changed.emit((name,), field, value))
        self.column.stepped.connect(self._step)
        self.recipe.changed.connect(lambda name, field, value: self.changed.emit((name,), field, value))
        self.recipe.column_wanted.connect(self.open_column)
        side.notices.pointing = True
        side.notices.pointed.connect(self.open_column)

    def _build(self) -> None:
        # from the outside to the inside: what holds much takes long to be moved into something else
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        whole.addWidget(self.splitter)
        self.splitter.addWidget(self._middle)
        for view in (self.rows, self.columns):
            self._middle.addWidget(view)
        right = QWidget()
        right.setProperty("role", "panel")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        right.setMinimumWidth(280)
        self.splitter.addWidget(right)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([1000, SIDE])
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.sides)
        column.addWidget(self._side_pages, 1)
        for page in (self.column, self.recipe):
            self._side_pages.addWidget(page)
        self.put_overview(self.side)

    @property
    def profile(self) -> TableProfile | None:
        """What was found out about the table, once it is read."""
        return self.seen.profile

    def put_overview(self, overview: QWidget) -> None:
        """Let this stand at the side; it is shared with pictures."""
        if self._side_pages.indexOf(overview) < 0:
            self._side_pages.addWidget(overview)
        self._show_side(self.sides.key)

    def add_view(self, key: str, view: QWidget) -> None:
        """Another way to look at the data, one of ``MORE``."""
        self.more[key] = view
        self._middle.addWidget(view)

    def offer_views(self, keys: Collection[str]) -> None:
        """Offer the views that suit the data beside rows and columns."""
        self.views.offer({**VIEWS, **{key: word for key, word in MORE.items() if key in keys}})
        self._show_view(self.views.key)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for part in (self.rows, self.columns, self.column, self.recipe):
            part.set_theme(theme)

    def begin(self) -> None:
        """Other data is shown: its rows first, and what is found in it."""
        self.chosen = ""
        self.rows.show_chosen("")
        self.views.choose("rows")
        self.sides.choose("overview")

    def column_of(self, name: str) -> Column | None:
        """The column called ``name``, as it is set."""
        columns = self.data.columns if self.data is not None else ()
        return next((column for column in columns if column.name == name), None)

    def take_keys(self) -> None:
        """Bring the keyboard to the rows or the columns."""
        self._middle.currentWidget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_data(self, data: TableData, target: str) -> None:
        """Show the settings of a table."""
        self.data, self.target = data, target
        series = data.samples == "windows"
        self.columns.columns_model.series = self.column.form.series = series
        self.columns.columns_model.show_columns(data.columns, target)
        self.rows.rows_model.show_columns(data.columns, target)
        self.recipe.show_steps(recipe_of(data))
        self._show_column()

    def show_seen(self, seen: TableSeen) -> None:
        """Show what was read."""
        if seen.rows is not self.seen.rows:
            self.rows.show_rows(seen.rows)
        self.seen = seen
        self.columns.columns_model.show_reports(seen.seen)
        self._show_found()

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Show what is striking."""
        self.notices = tuple(notices)
        count = len(self.notices)
        self.sides.offer({**SIDES, "overview": f"Overview ({exact(count)})" if count else "Overview"})
        self._show_found()

    def _show_found(self) -> None:
        warned: dict[str, int] = {}
        for notice in self.notices:
            if notice.severity != "hint":
                for name in notice.columns:
                    warned[name] = warned.get(name, 0) + 1
        self.rows.rows_model.show_seen(self.seen.seen, warned)
        self._show_column()

    def look_at(self, name: str) -> None:
        """Show a column in detail."""
        self.chosen = name
        self.rows.show_chosen(name)
        if self.sides.key != "recipe":
            self.sides.choose("column")
        else:
            self.recipe.choose(name)
        self._show_column()
        self.column_seen.emit(name)

    def open_column(self, name: str) -> None:
        """Show a column and bring the keyboard to its settings."""
        self.sides.choose("column")
        self.look_at(name)
        self.column.form.boxes["role"].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_column(self) -> None:
        column = self.column_of(self.chosen)
        if column is None:
            self.column.clear()
            return
        notices = [notice for notice in self.notices if self.chosen in notice.columns]
        self.column.show_column(column, self.target, self.seen.seen.get(self.chosen), notices)

    def _step(self, by: int) -> None:
        names = [column.name for column in self.data.columns] if self.data is not None else []
        if self.chosen in names:
            name = names[(names.index(self.chosen) + by) % len(names)]
            self.look_at(name)
            self.rows.reveal(name)

    def _show_view(self, key: str) -> None:
        views = {"columns": self.columns, **self.more}
        self._middle.setCurrentWidget(views.get(key, self.rows))

    def _show_side(self, key: str) -> None:
        pages = {"column": self.column, "recipe": self.recipe}
        self._side_pages.setCurrentWidget(pages.get(key, self.side))
        if key == "recipe" and self.chosen:
            self.recipe.choose(self.chosen)
        self.side_shown.emit(key)

    def _show_warnings(self, name: str) -> None:
        self.sides.choose("overview")
        self.side.reveal_notice(name)

    def _open_role_menu(self, name: str, at: QPoint) -> None:
        column = self.column_of(name)
        if column is None or self.data is None:
            return
        menu = role_menu(self, column, self._choose, self.data.samples == "windows")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _open_menu(self, name: str, at: QPoint) -> None:
        column = self.column_of(name)
        if column is None or self.data is None:
            return
        self.look_at(name)
        menu = column_menu(self, column, self._choose, self.data.samples == "windows")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _choose(self, names: Collection[str], field: str, value: object) -> None:
        self.changed.emit(tuple(names), field, value)

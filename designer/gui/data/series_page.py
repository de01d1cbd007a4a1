"""The data page for series: the values over time, the parts, and the windows that the network sees."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.gui.controls import TickDelegate
from designer.gui.data.column_page import scrolled
from designer.gui.data.read_page import ReadPage
from designer.gui.data.series_curve import moment_text
from designer.gui.data.series_plot import PART_NAMES, SeriesPlot
from designer.gui.data.series_reading import OneSeries, SeriesSeen, read_series
from designer.gui.form import Burst, FieldForm
from designer.gui.labels import ElidedLabel, plain_label, rule
from designer.gui.numbers import datum, exact, plural
from designer.gui.panels.column_edits import target_name
from designer.gui.panels.data_side import NotesList
from designer.gui.panels.split import PARTS
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.data_edits import WINDOW_FIELDS, set_window
from designer.project.model import Project, TableData

LANE = "read series"
SETTINGS = 224
ROW = 21
SWATCH = 8
MOST_SHOWN, MOST_ROWS = 6, 12
HOW = "Point at the line, or use the arrow keys, to see what the network sees; the wheel zooms."


class SeriesPage(ReadPage):
    """Shows series."""

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        super().__init__(tasks, (LANE,), "The series cannot be shown")
        self.seen = SeriesSeen()
        self._project: Project | None = None
        self._base = Path()
        self._burst = Burst()
        self.plot, self.form, self.notes = SeriesPlot(theme), FieldForm(64), NotesList()
        self.columns, self.groups = QListWidget(), QListWidget()
        self.columns.setItemDelegate(TickDelegate(self.columns))
        self.readout = ElidedLabel("", "muted")
        self.trouble = plain_label("", "error", wrap=True)
        self._build()
        self.due.connect(self._read)
        self.form.changed.connect(self._set)
        self.columns.itemChanged.connect(lambda _: self._show(True))
        self.groups.itemSelectionChanged.connect(lambda: self._show(False))
        self.plot.pointed.connect(self._read_out)

    def _build(self) -> None:
        for box, name in ((self.columns, "Columns that are drawn"), (self.groups, "Series that are drawn")):
            box.setAccessibleName(name)
            box.setFrameShape(QListWidget.Shape.NoFrame)
            box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            box.setTextElideMode(Qt.TextElideMode.ElideRight)
            box.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.groups.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.groups.setIconSize(QSize(SWATCH, SWATCH))
        self.groups.setToolTip("Several at once with Ctrl or Shift")
        self.columns.setToolTip("What is drawn. What the network sees of a column is its role, under “Columns”.")
        self._heads = {name: plain_label(name, "section") for name in ("WINDOW", "COLUMNS", "SERIES", "NOTES")}
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        parts = (("WINDOW", self.form), ("COLUMNS", self.columns), ("SERIES", self.groups), ("NOTES", self.notes))
        for name, widget in parts:
            column.addWidget(self._heads[name])
            column.addWidget(widget)
            column.addSpacing(4)
        column.addStretch(1)
        settings = scrolled(inside, "How the series is cut")
        settings.setFixedWidth(SETTINGS)
        head = QHBoxLayout()
        head.setContentsMargins(16, 6, 12, 6)
        head.addWidget(self.readout, 1)
        drawn = QWidget()
        right = QVBoxLayout(drawn)
        right.setContentsMargins(0, 0, 0, 8)
        right.setSpacing(0)
        right.addLayout(head)
        right.addWidget(rule())
        self.trouble.setContentsMargins(16, 6, 16, 0)
        right.addWidget(self.trouble)
        right.addWidget(self.plot, 1)
        self.lay_out(settings, drawn)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.plot.set_theme(theme)
        self._mark(sorted(self.groups.row(item) for item in self.groups.selectedItems()))

    def show_project(self, project: Project, base: Path) -> None:
        """Show the settings of a project with a series; what they mean for its rows is read when it is seen."""
        self._project, self._base = project, base
        data = project.data
        if not isinstance(data, TableData):
            return
        windows = data.windows
        values = {"length": windows.length, "horizon": windows.horizon, "stride": windows.stride}
        files = data.samples == "files"
        fields = {"length": WINDOW_FIELDS["length"]} if files else WINDOW_FIELDS
        self.form.show_fields(fields, values)
        self.plot.show_windows(windows)
        self._read_out(self.plot.step)
        self._soon.start()

    def _read(self) -> None:
        project = self._project
        data = project.data if project is not None else None
        if project is None or not isinstance(data, TableData) or not self.isVisible():
            return
        columns = tuple((column.name, column.kind, column.role) for column in data.columns)
        source = (
            str(self._base),
            data.path,
            data.sheet,
            data.samples,
            data.format,
            columns,
            data.split,
            target_name(project),
        )
        if source == self._source:
            return
        self._begin(source, Path(data.path).name)
        self.tasks.run("", partial(read_series, project, data, self._base), self._show_seen, self._say_failed, LANE)

    def _show_seen(self, seen: SeriesSeen) -> None:
        self._end()
        self.nothing.title.setText("No numbers over time")
        self.nothing.sentence.setText("No column of numbers is a feature or the target.")
        keep = [each.name for each in seen.series] == [each.name for each in self.seen.series]
        chosen = {item.data(Qt.ItemDataRole.UserRole) for item in self.groups.selectedItems()} if keep else set()
        drawn = set(self._checked()) & set(seen.columns) or {seen.target}
        self.seen = seen
        self._stack.setCurrentWidget(self._whole if seen.columns and seen.series else self.nothing)
        self._fill(self.columns, seen.columns)
        for row, name in enumerate(seen.columns):
            self.columns.item(row).setCheckState(Qt.CheckState.Checked if name in drawn else Qt.CheckState.Unchecked)
        self.columns.blockSignals(False)
        self._fill(self.groups, tuple(each.name for each in seen.series))
        for row, each in enumerate(seen.series):
            item, part = self.groups.item(row), whole_part(each)
            item.setSelected(each.name in chosen or (not chosen and not row))
            if part and self._divided_whole(seen):
                item.setText(f"{item.text()} · {part}")
                item.setToolTip(f"All of its steps are in one part: {part}.")
        self.groups.blockSignals(False)
        self.notes.show_notes(seen.notes)
        self.trouble.setText(seen.trouble)
        for widget, shown in (
            (self.columns, len(seen.columns) > 1),
            (self.groups, len(seen.series) > 1),
            (self.notes, bool(seen.notes)),
            (self.trouble, bool(seen.trouble)),
        ):
            widget.setVisible(shown)
        for name, widget in (("COLUMNS", self.columns), ("SERIES", self.groups), ("NOTES", self.notes)):
            self._heads[name].setVisible(not widget.isHidden())
        self._heads["SERIES"].setText(f"{exact(len(seen.series))} SERIES")
        self._show(keep)

    def _divided_whole(self, seen: SeriesSeen) -> bool:
        """Whether whole series went to one part each, which is then said of each."""
        data = self._project.data if self._project is not None else None
        return isinstance(data, TableData) and data.split.by == "group" and not seen.trouble

    def _fill(self, box: QListWidget, names: tuple[str, ...]) -> None:
        """Put names into a list, whose signals stay blocked until it is told otherwise."""
        box.blockSignals(True)
        box.clear()
        for name in names:
            item = QListWidgetItem(" ".join(name.split()) or "–")
            item.setData(Qt.ItemDataRole.UserRole, name)
            box.addItem(item)
        box.setFixedHeight(ROW * min(MOST_ROWS, len(names)) + 4)

    def _checked(self) -> list[str]:
        items = [self.columns.item(row) for row in range(self.columns.count())]
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _show(self, keep: bool) -> None:
        rows = sorted(self.groups.row(item) for item in self.groups.selectedItems())
        chosen = [self.seen.series[row] for row in rows[: 2 * MOST_SHOWN]] or list(self.seen.series[:1])
        names = self._checked()[:MOST_SHOWN]
        if not names and self.seen.columns:
            # one is always drawn
            names = [name for name in self.plot.columns if name in self.seen.columns][:1] or [self.seen.columns[0]]
            self.columns.item(self.seen.columns.index(names[0])).setCheckState(Qt.CheckState.Checked)
        self.plot.show_series(chosen, tuple(names), self.seen.dates, keep)
        self._mark(rows)
        self._read_out(self.plot.step)

    def _mark(self, rows: list[int]) -> None:
        """Give the series that are drawn a patch of their colour."""
        for row in range(self.groups.count()):
            patch = QPixmap(SWATCH, SWATCH)
            place = rows.index(row) if row in rows else -1
            drawn = 0 <= place < len(self.plot.series)
            patch.fill(self.plot.colour_of(place) if drawn else Qt.GlobalColor.transparent)
            self.groups.item(row).setIcon(QIcon(patch))

    def _read_out(self, step: int) -> None:
        """Say where the window lies and to which part it belongs."""
        series = self.plot.series[0] if self.plot.series else None
        windows = self.plot.windows
        if series is None:
            self.readout.setText("")
            return
        if step < 0 or step >= len(series):
            self.readout.setText(f"{plural(self.seen.whole, 'row')}. {HOW}")
            return
        ahead = min(len(series) - 1, step + 1)
        seen, following = plural(min(step + 1, windows.length), "step"), plural(windows.horizon, "step")
        words = [self._moment(series.x, step), f"sees {seen} up to here, predicts {following}"]
        part = int(series.parts[ahead])
        words += [PARTS[PART_NAMES[part]]] if part >= 0 else []
        # the lines show the values too: they come last, where a narrow window cuts
        words += [f"{name} {datum(float(series.values[name][step]), 5)}" for name in self.plot.columns[:3]]
        self.readout.setText(" · ".join(words))

    def _moment(self, x: object, step: int) -> str:
        import numpy as np

        times = np.asarray(x)
        if not self.seen.time:
            return f"step {step + 1}"
        if not self.seen.dates:
            return f"{self.seen.time} {datum(float(times[step]), 6)}"
        return moment_text(float(times[step]), float(np.median(np.diff(times[:1000]))) if len(times) > 1 else 0.0)

    def _set(self, name: str, value: object) -> None:
        edit = partial(set_window, name=name, value=int(str(value)))
        self.edited.emit(f"Set the {name} of windows: {value}", edit, self._burst.key(("window", name)))


def whole_part(series: OneSeries) -> str:
    """The word for the part in which all steps of a series lie; empty where they lie in several, or in none."""
    first = int(series.parts[0]) if len(series) else -1
    return PARTS[PART_NAMES[first]] if first >= 0 and bool((series.parts == first).all()) else ""

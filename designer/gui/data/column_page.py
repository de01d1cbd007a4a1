"""One column in detail: histogram, figures, relation to the target, and how it is prepared, before and after."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from designer.gui.data.column_form import ColumnForm
from designer.gui.data.notices import Notice, NoticeList
from designer.gui.data.plots import Histogram, RelationPlot
from designer.gui.data.preparing import Preparing
from designer.gui.data.seen import ColumnSeen
from designer.gui.data.words import kind_word, relation_words, role_word
from designer.gui.icons import icon
from designer.gui.labels import ElidedLabel, EmptyState, plain_label, rule
from designer.gui.numbers import exact
from designer.gui.panels.bars import BarRows
from designer.gui.panels.data_side import WordsGrid
from designer.gui.theme import Theme
from designer.project.model import Column

MOST_BARS = 12


class ColumnPage(QWidget):
    """Shows one column. ``changed`` carries its name, a field and the new value, ``stepped`` -1 or 1: the column
    before or after it is wanted.
    """

    changed = Signal(str, str, object)
    stepped = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.column: Column | None = None
        self.name, self.what = ElidedLabel("", "heading"), ElidedLabel("", "small")
        self.earlier, self.later = QToolButton(), QToolButton()
        self.histogram, self.bars, self.more = Histogram(theme), BarRows(theme), plain_label("", "small")
        self.bars.margin = 0
        self.figures = WordsGrid(pairs=2)
        self.relation, self.plot = plain_label("", wrap=True), RelationPlot(theme)
        self.notices, self.form, self.preparing = NoticeList(theme), ColumnForm(), Preparing(theme)
        self.trouble = plain_label("", "error", wrap=True, selectable=True)
        self._heads = {word: plain_label(word, "section") for word in ("RELATION", "PREPARATION")}
        self._build()
        self.form.changed.connect(self._tell)
        self.earlier.clicked.connect(lambda: self.stepped.emit(-1))
        self.later.clicked.connect(lambda: self.stepped.emit(1))
        self.set_theme(theme)
        self.clear()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.what)
        head.addLayout(names, 1)
        for button, tip in ((self.earlier, "The column before"), (self.later, "The column after")):
            button.setAutoRaise(True)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 16)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.trouble)
        column.addWidget(self.notices)
        for widget in (self.histogram, self.bars, self.more, self.figures):
            column.addWidget(widget)
        for widget in (rule(), self._heads["RELATION"], self.relation, self.plot):
            column.addWidget(widget)
        for widget in (rule(), self._heads["PREPARATION"], self.form, self.preparing):
            column.addWidget(widget)
        column.addStretch(1)
        self._area = scrolled(inside, "The column in detail")
        self.empty = EmptyState("No column chosen", "Click on a column to see what it holds, how it goes with "
                                "the target and how it is prepared.")  # fmt: skip
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)
        outer.addWidget(self.empty)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.bars.theme = theme
        self.bars.update()
        for part in (self.histogram, self.plot, self.notices, self.preparing):
            part.set_theme(theme)
        self.earlier.setIcon(icon("left", theme.muted))
        self.later.setIcon(icon("right", theme.muted))

    def clear(self) -> None:
        """No column is chosen."""
        self.column = None
        self._area.hide()
        self.empty.show()

    def show_column(self, column: Column, target: str, seen: ColumnSeen | None, notices: Sequence[Notice]) -> None:
        """Show a column."""
        other = self.column is None or self.column.name != column.name
        self.column = column
        self.empty.hide()
        self._area.show()
        self.name.setText(column.name)
        self.what.setText(f"{kind_word(column)} · {role_word(column, target)}")
        self.notices.show_notices(notices)
        self.notices.setVisible(bool(notices))
        self._show_values(seen or ColumnSeen())
        self._show_relation(column, target, seen)
        words = tuple(sorted(name for name, _ in seen.bars)) if seen is not None and not seen.edges else ()
        self.form.show_column(column, target, words if seen is not None and not seen.more else column.order)
        if other:
            self._area.verticalScrollBar().setValue(0)

    def _show_values(self, seen: ColumnSeen) -> None:
        self.trouble.setText(seen.trouble)
        self.trouble.setVisible(bool(seen.trouble))
        self.histogram.show_seen(seen)
        self.histogram.setVisible(bool(seen.edges))
        shown = () if seen.edges else seen.bars[:MOST_BARS]
        self.bars.show_bars(shown)
        self.bars.setVisible(bool(shown))
        more = seen.more + max(0, len(seen.bars) - MOST_BARS) if not seen.edges else 0
        self.more.setText(f"and {exact(more)} more" if more else "")
        self.more.setVisible(bool(more))
        counted = {"Rows": exact(seen.rows), "Empty": exact(seen.missing), "Unique": exact(seen.unique)}
        self.figures.show_words({**counted, **seen.statistics})

    def _show_relation(self, column: Column, target: str, seen: ColumnSeen | None) -> None:
        self._heads["RELATION"].setText(f"WITH {' '.join(target.split())[:32]}" if target else "RELATION")
        if column.name == target:
            self.relation.setText("This is what the network predicts.")
        elif not target:
            self.relation.setText("Choose a target to see how this column goes with it.")
        else:
            said = relation_words(seen, target) if seen is not None else ""
            self.relation.setText(said or "Nothing can be said of how the two go together.")
        self.plot.show_plot(seen.plot if seen is not None and column.name != target else None)

    def _tell(self, field: str, value: object) -> None:
        if self.column is not None:
            self.changed.emit(self.column.name, field, value)


def scrolled(inside: QWidget, name: str) -> QScrollArea:
    """``inside`` in an area that scrolls up and down."""
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area

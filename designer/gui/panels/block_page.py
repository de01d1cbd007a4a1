"""The page of the block that is looked into: its name, what it is for, what each use sets for itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from designer.compiler.report import Analysis
from designer.gui.canvas.breadcrumb import uses_in_words
from designer.gui.categories import category_tile
from designer.gui.editors import leave_undo_to_window
from designer.gui.icons import icon
from designer.gui.labels import ElidedLabel, clear_layout, plain_label, rule
from designer.gui.numbers import exact, plural
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.layers.blocks import CATEGORY
from designer.project import exposing
from designer.project.block_edits import describe, uses_of
from designer.project.errors import EditError
from designer.project.model import Block, Exposed, Project
from designer.workspace.scope import Scope

NO_FIELDS = (
    "All uses of this block are alike. To let each use set a field for itself, select a layer here and press the"
    " arrow beside the field."
)
Row = tuple[str, str]


class BlockPage(QWidget):
    """Shows and edits the block of the scope. ``refused`` carries why an edit was not made."""

    refused = Signal(str)

    def __init__(self, session: Scope, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = session, theme
        self.analysis = Analysis()
        self._rows: tuple[Row, ...] | None = None
        self._tile_of = ""
        self.names: dict[str, QLineEdit] = {}
        self.removers: dict[str, QToolButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(12)
        layout.addLayout(self._header())
        self.summary = SummaryEdit()
        self.summary.left.connect(self._describe)
        layout.addWidget(self.summary)
        self.figures = plain_label("", "muted", wrap=True)
        layout.addWidget(self.figures)
        layout.addWidget(rule())
        layout.addWidget(plain_label("Fields that each use sets for itself", "heading", wrap=True))
        self.hint = plain_label(NO_FIELDS, "muted", wrap=True)
        layout.addWidget(self.hint)
        self._fields = QVBoxLayout()
        self._fields.setSpacing(10)
        layout.addLayout(self._fields)

    def _header(self) -> QHBoxLayout:
        self._tile = QLabel()
        self._tile.setFixedSize(28, 28)
        self.name = QLineEdit()
        self.name.setProperty("quiet", True)
        self.name.setAccessibleName("Name of the block")
        self.name.setToolTip("Name of the block, also of its class in the code")
        self.name.editingFinished.connect(self._rename)
        leave_undo_to_window(self.name)
        self.uses = ElidedLabel("", "small")
        self.uses.setContentsMargins(5, 0, 0, 0)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.uses)
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignVCenter)
        header.addLayout(names, 1)
        return header

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme, self._tile_of, self._rows = theme, "", None
        self.refresh()

    def set_analysis(self, analysis: Analysis) -> None:
        """Take over what an analysis says of the graph that is looked at."""
        self.analysis = analysis

    @property
    def block(self) -> Block | None:
        """The block that is looked into."""
        return self.session.whole.blocks.get(self.session.block_key)

    def refresh(self) -> None:
        """Show the block as it is now."""
        block = self.block
        if block is None:
            return
        if self._tile_of != self.theme.name:
            self._tile_of = self.theme.name
            self._tile.setPixmap(category_tile(self.theme, CATEGORY, 28))
        if not self.name.isModified() and self.name.text() != block.name:
            self.name.setText(block.name)
            self.name.setCursorPosition(0)
        if not self.summary.hasFocus() and self.summary.toPlainText() != block.summary:
            self.summary.setPlainText(block.summary)
        self.uses.setText(f"Block · {uses_in_words(uses_of(self.session.whole, self.session.block_key))}")
        layers = sum(not node.type.startswith("block_") for node in block.graph.nodes.values())
        reports = self.analysis.reports.values()
        known = bool(reports) and all(report.shape is not None for report in reports)
        kept = f" and {exact(self.analysis.frozen)} frozen" if self.analysis.frozen else ""
        counted = f", {plural(self.analysis.parameters, 'parameter')}{kept} in each use" if known else ""
        self.figures.setText(plural(layers, "layer") + counted)
        self.figures.setToolTip(exact(self.analysis.parameters) if known else "")
        self._show_fields(block)

    def _show_fields(self, block: Block) -> None:
        rows = tuple((exposed.name, _targets_in_words(block, exposed)) for exposed in block.fields)
        if rows == self._rows:
            return
        self._rows = rows
        clear_layout(self._fields)
        self.names, self.removers = {}, {}
        self.hint.setVisible(not rows)
        for name, targets in rows:
            self._fields.addLayout(self._row(name, targets))

    def _row(self, name: str, targets: str) -> QVBoxLayout:
        line = QLineEdit(name)
        line.setAccessibleName(f"Name of the field {name}")
        line.setToolTip("Name of the field: every use keeps its value when it is called otherwise")
        line.editingFinished.connect(lambda: self._rename_field(name))
        leave_undo_to_window(line)
        remove = QToolButton()
        remove.setIcon(icon("close", self.theme.muted))
        remove.setAutoRaise(True)
        remove.setAccessibleName(f"Remove the field {name}")
        remove.setToolTip("Set inside again, the same for all uses")
        remove.clicked.connect(lambda: self._remove_field(name))
        self.names[name], self.removers[name] = line, remove
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(line, 1)
        top.addWidget(remove)
        row = QVBoxLayout()
        row.setSpacing(2)
        row.addLayout(top)
        sets = ElidedLabel(f"sets {targets}", "small")
        sets.setContentsMargins(5, 0, 0, 0)
        sets.setToolTip(plain_tooltip(targets))
        row.addWidget(sets)
        return row

    def _rename(self) -> None:
        block, key = self.block, self.session.block_key
        if block is None or not self.name.isModified():
            return
        self.name.setModified(False)
        name = self.name.text()
        if not self._do(f"Rename block {block.name[:40]}", lambda whole: describe(whole, key, name=name)):
            self.name.setText(block.name)

    def _describe(self) -> None:
        block, key, text = self.block, self.session.block_key, self.summary.toPlainText()
        if block is not None and text.strip() != block.summary:
            self._do(f"Describe block {block.name[:40]}", lambda whole: describe(whole, key, summary=text))

    def _rename_field(self, name: str) -> None:
        line, key = self.names.get(name), self.session.block_key
        if line is None or not line.isModified():
            return
        line.setModified(False)
        new = line.text()
        edit = self._do(f"Rename field {name[:40]}", lambda whole: exposing.rename_exposed(whole, key, name, new))
        if not edit:
            line.setText(name)

    def _remove_field(self, name: str) -> None:
        key = self.session.block_key
        self._do(f"Remove field {name[:40]}", lambda whole: exposing.remove_exposed(whole, key, name))

    def _do(self, label: str, edit: Callable[[Project], Project]) -> bool:
        try:
            self.session.do_whole(label, edit)
        except EditError as error:
            self.refused.emit(str(error))
            return False
        return True


class SummaryEdit(QPlainTextEdit):
    """What the block is for, in a few words. ``left`` says that one has gone on elsewhere."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("What this block is for")
        self.setAccessibleName("What the block is for")
        self.setTabChangesFocus(True)
        self.setFixedHeight(60)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Going elsewhere takes what was written."""
        super().focusOutEvent(event)
        self.left.emit()


def _targets_in_words(block: Block, exposed: Exposed) -> str:
    nodes = block.graph.nodes
    found = [f"{field.replace('_', ' ')} of {nodes[node].name}" for node, field in exposed.targets if node in nodes]
    return ", ".join(found) or "nothing any more"

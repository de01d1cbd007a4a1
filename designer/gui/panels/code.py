"""The code panel: the source of the model as it is now, and the whole script, with the way between lines and layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QStackedLayout,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from designer.compiler.report import Analysis, ModelSource, Span
from designer.gui.labels import ElidedLabel, EmptyState
from designer.gui.panels.highlight import PythonHighlighter
from designer.gui.tasks import Tasks
from designer.gui.theme import TEXT_PIXELS, Theme
from designer.project.facts import Facts
from designer.workspace.session import Session

MODEL, SCRIPT = 0, 1
LANE = "script"


class CodePanel(QWidget):
    """Shows the source. A click on a line chooses its node: ``node_chosen`` carries its id in the graph looked at.

    ``place_chosen`` is for the lines of other graphs: the key of the block, empty outside all, and the node's id.
    """

    node_chosen = Signal(str)
    place_chosen = Signal(str, str)

    def __init__(self, session: Session, tasks: Tasks, theme: Theme, export: Callable[[], object]) -> None:
        super().__init__()
        self.session, self.tasks, self.theme = session, tasks, theme
        self._source: ModelSource | None = None
        self._trouble = ""
        self._script_of: object = None
        self.facts: Facts | None = None
        self._selected: tuple[str, ...] = ()
        self._block = ""
        self.setAccessibleName("Code")
        self.views = [CodeView(theme, "Source of the model"), CodeView(theme, "Training script")]
        for view in self.views:
            view.setParent(self)
        self.views[MODEL].line_clicked.connect(self._line_clicked)
        self._empty = EmptyState("No code yet", "The Python source of the network appears here once it is whole.")
        self._stack = QStackedLayout()
        for page in (*self.views, self._empty):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._bar(export))
        layout.addLayout(self._stack, 1)
        self._show_page(MODEL)

    def _bar(self, export: Callable[[], object]) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(4)
        group = QButtonGroup(self)
        self.switches = [QPushButton("Model"), QPushButton("Whole script")]
        for page, button in enumerate(self.switches):
            button.setCheckable(True)
            button.setProperty("segment", True)
            group.addButton(button, page)
            bar.addWidget(button)
        self.switches[MODEL].setChecked(True)
        group.idClicked.connect(self._show_page)
        self.note = ElidedLabel("", "muted")
        bar.addSpacing(8)
        bar.addWidget(self.note, 1)
        self.copy_button = QPushButton("Copy")
        self.copy_button.clicked.connect(self._copy)
        self.export_button = QPushButton("Export script…")
        self.export_button.clicked.connect(lambda: export())
        bar.addWidget(self.copy_button)
        bar.addWidget(self.export_button)
        return bar

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for view in self.views:
            view.set_theme(theme)

    def set_analysis(self, analysis: Analysis) -> None:
        """Show the source of an analysis."""
        self._source = analysis.source
        self._script_of = None
        errors = sum(problem.severity == "error" for problem in analysis.problems)
        self._trouble = f"{errors} problem{'s' if errors != 1 else ''} to mend first" if errors else ""
        if analysis.source is not None:
            self.views[MODEL].show_text(analysis.source.text)
        self._refresh()

    def select(self, nodes: Sequence[str]) -> None:
        """Mark the lines of these nodes, and bring the first of them into sight."""
        self._selected = tuple(nodes)
        if not self.isVisible():
            # they are marked once somebody looks
            return
        spans = [span for node in nodes for span in self._spans(node)]
        self.views[MODEL].mark(spans)

    def look_into(self, block: str) -> None:
        """Selected nodes are from now on those of the block with this key; of the graph itself where it is empty."""
        if block != self._block:
            self._block, self._selected = block, ()
            self.select(())

    def showEvent(self, event: object) -> None:
        """The script is made only when somebody looks."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._refresh()

    def _spans(self, node: str) -> Sequence[Span]:
        return self._source.spans_in(self._block).get(node, ()) if self._source is not None else ()

    @property
    def page(self) -> int:
        """Which of the two texts is asked for."""
        return SCRIPT if self.switches[SCRIPT].isChecked() else MODEL

    def _show_page(self, page: int) -> None:
        self._refresh()

    def _refresh(self) -> None:
        there = self._source is not None
        self._stack.setCurrentIndex(self.page if there else 2)
        self.copy_button.setEnabled(there)
        self.export_button.setEnabled(there and not self._trouble)
        self.note.setText(self._trouble if there else "")
        if there and self.page == SCRIPT and self.isVisible():
            self._write_script()
        self.select(self._selected)

    def _write_script(self) -> None:
        project, base = self.session.project, self.session.base
        if self._script_of is project:
            return
        self._script_of = project
        if self._trouble:
            self.views[SCRIPT].show_text(f"# The script cannot be written yet: {self._trouble}.\n")
            self._script_of = None
            return
        facts = self.facts

        def work() -> str:
            from designer.exporting.script import script_text

            return script_text(project, base, None, facts)

        def refused(sentence: str) -> None:
            lines = "\n".join(f"# {line}" for line in sentence.split("\n"))
            self.views[SCRIPT].show_text(f"# The script cannot be written yet.\n{lines}\n")

        self.tasks.run("Writing the script", work, self.views[SCRIPT].show_text, refused, LANE)

    def _line_clicked(self, line: int) -> None:
        place = self._source.place_at(line) if self._source is not None else None
        if place is None:
            return
        if place[0] == self._block:
            self.node_chosen.emit(place[1])
        else:
            self.place_chosen.emit(*place)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.views[self.page].toPlainText())
        self.note.setText("Copied")


class CodeView(QPlainTextEdit):
    """Source text with line numbers. ``line_clicked`` carries the number of a line, counted from 1."""

    line_clicked = Signal(int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.theme = theme
        self._marked: Sequence[Span] = ()
        self.setProperty("role", "code")
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        self.setStyleSheet(f"font-family: '{family}', monospace; font-size: {TEXT_PIXELS}px;")
        self.document().setDocumentMargin(4)
        self._numbers = LineNumbers(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._follow)
        self.highlighter = PythonHighlighter(self.document(), theme)
        self._make_room()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.highlighter.set_theme(theme)
        self.mark(self._marked)

    def show_text(self, text: str) -> None:
        """Show a text; where one looks stays where it is."""
        if text == self.toPlainText():
            return
        at = self.verticalScrollBar().value()
        # each mark would be moved along with every change of the text
        self.setExtraSelections([])
        self.setPlainText(text)
        self.verticalScrollBar().setValue(at)
        self.mark(self._marked)

    def mark(self, spans: Sequence[Span]) -> None:
        """Mark lines; the first of them is brought into sight where others were marked before."""
        fresh, self._marked = spans != self._marked, spans
        marks: list[QTextEdit.ExtraSelection] = []
        lines = {line for span in spans for line in range(span.first, span.last + 1)}
        # lines in a row are few marks, since thousands of them take long
        first = 0
        for line in sorted(lines):
            first = line if line - 1 not in lines else first
            if line + 1 not in lines:
                marks += self._marks_of(first, line)
        self.setExtraSelections(marks)
        if spans and fresh and self.isVisible():
            self._reveal(spans[0])

    def _marks_of(self, first: int, last: int) -> list[QTextEdit.ExtraSelection]:
        """Marks of the lines from ``first`` to ``last``; what is selected fills all lines but that where it ends."""
        end = QTextCursor(self.document().findBlockByNumber(last - 1))
        cursors = [end]
        if first < last:
            above = QTextCursor(self.document().findBlockByNumber(first - 1))
            above.setPosition(end.position(), QTextCursor.MoveMode.KeepAnchor)
            cursors.append(above)
        marks = []
        for cursor in cursors:
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(QColor(self.theme.soft_accent))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.cursor = cursor
            marks.append(mark)
        return marks

    def _reveal(self, span: Span) -> None:
        first = self.firstVisibleBlock().blockNumber() + 1
        rows = max(1, self.viewport().height() // self.fontMetrics().lineSpacing())
        if not first <= span.first < first + rows - 1:
            self.verticalScrollBar().setValue(max(0, span.first - rows // 2))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that selects no text chooses the line."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.line_clicked.emit(self.cursorForPosition(event.position().toPoint()).blockNumber() + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The numbers are as high as the text."""
        super().resizeEvent(event)
        box = self.contentsRect()
        self._numbers.setGeometry(QRect(box.left(), box.top(), self.number_width(), box.height()))

    def number_width(self) -> int:
        """How much room the numbers take."""
        digits = max(2, len(str(self.blockCount())))
        return 20 + digits * self.fontMetrics().horizontalAdvance("0")

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines that are seen."""
        painter = QPainter(self._numbers)
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        painter.setPen(QColor(self.theme.faint))
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            box = QRect(0, round(top), self._numbers.width() - 10, round(height))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            top += height
            block = block.next()

    def _make_room(self) -> None:
        self.setViewportMargins(self.number_width(), 0, 0, 0)

    def _follow(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(QRect(QPoint(0, rect.y()), QSize(self._numbers.width(), rect.height())))


class LineNumbers(QWidget):
    """The strip with the numbers."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers."""
        self._view.paint_numbers(event)

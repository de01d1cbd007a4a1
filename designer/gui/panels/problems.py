"""The problems panel: what stands in the way of training, where, and the fix as a button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from designer.compiler.problems import Fix, NodePlace, Place, Problem
from designer.compiler.report import Analysis
from designer.gui.icons import paint_icon
from designer.gui.labels import EmptyState, clear_layout, plain_label
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.project.errors import EditError
from designer.workspace.session import Session

MOST_SHOWN = 100


class ProblemsPanel(QWidget):
    """Lists the problems. ``place_chosen`` carries the place of one that was clicked, ``refused`` a sentence.

    ``code_wanted`` says that code which waits to be allowed shall be shown.
    """

    place_chosen = Signal(object)
    code_wanted = Signal()
    refused = Signal(str)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = session, theme
        self._problems: Sequence[Problem] = ()
        self.rows: list[ProblemRow] = []
        self.setAccessibleName("Problems")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState("No problems", "The network is whole and fits its data. It can be trained."))
        inner = QWidget()
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(8, 8, 8, 8)
        self._list.setSpacing(4)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(inner)
        scroll.setAccessibleName("List of problems")
        self._stack.addWidget(scroll)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for row in self.rows:
            row.set_theme(theme)

    def set_analysis(self, analysis: Analysis) -> None:
        """Show the problems of an analysis; nothing is touched where they are the same."""
        if same_problems(self._problems, analysis.problems):
            self._problems = analysis.problems
            for row, problem in zip(self.rows, analysis.problems, strict=False):
                row.problem = problem
            return
        self._problems = analysis.problems
        clear_layout(self._list)
        self.rows = []
        for problem in analysis.problems[:MOST_SHOWN]:
            row = ProblemRow(problem, self.theme)
            row.chosen.connect(self.place_chosen)
            row.mended.connect(self.mend)
            row.code_wanted.connect(self.code_wanted)
            self.rows.append(row)
            self._list.addWidget(row)
        more = len(analysis.problems) - MOST_SHOWN
        if more > 0:
            self._list.addWidget(plain_label(f"And {more} more.", "muted"))
        self._list.addStretch(1)
        self._stack.setCurrentIndex(1 if analysis.problems else 0)

    def mend(self, fix: Fix) -> None:
        """Do a fix, as one step of the history."""
        try:
            project = fix.edit(self.session.project)
        except EditError as error:
            self.refused.emit(str(error))
            return
        self.session.do(fix.label, project)


class ProblemRow(QFrame):
    """One problem. ``chosen`` carries its place, ``mended`` the fix whose button was pressed.

    ``code_wanted`` stands in for a fix where the problem is code that waits to be allowed.
    """

    chosen = Signal(object)
    mended = Signal(object)
    code_wanted = Signal()

    def __init__(self, problem: Problem, theme: Theme) -> None:
        super().__init__()
        self.problem = problem
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{'Error' if problem.severity == 'error' else 'Warning'}: {problem.sentence}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(12)
        self._mark = Mark(problem.severity, theme)
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self.sentence = plain_label(problem.sentence, wrap=True)
        layout.addWidget(self.sentence, 1)
        self.button: QPushButton | None = None
        if problem.fix is not None:
            self.button = QPushButton(problem.fix.label.replace("&", "&&")[:60])
            self.button.setToolTip(plain_tooltip(f"{problem.fix.label}. The change can be undone."))
            self.button.clicked.connect(self._mend)
            layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        elif problem.code == "untrusted-code":
            self.button = QPushButton("Show the code…")
            self.button.setToolTip(plain_tooltip("Look at the code of this project, and allow it if you trust it."))
            self.button.clicked.connect(self.code_wanted)
            layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        if isinstance(problem.place, NodePlace):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._mark.theme = theme
        self._mark.update()
        self.setStyleSheet(
            f"ProblemRow {{ border: 1px solid transparent; border-radius: 4px; }}"
            f"ProblemRow:hover {{ background: {theme.hovered}; }} ProblemRow:focus {{ border-color: {theme.accent}; }}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show where the problem is."""
        super().mousePressEvent(event)
        self.chosen.emit(self.problem.place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows where the problem is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.problem.place)
            return
        super().keyPressEvent(event)

    def _mend(self) -> None:
        self.mended.emit(self.problem.fix)


class Mark(QWidget):
    """The sign of an error, a warning or a success, apart by form as well as by colour."""

    def __init__(self, kind: str, theme: Theme) -> None:
        super().__init__()
        self.kind, self.theme = kind, theme
        self.setFixedSize(18, 18)

    def sizeHint(self) -> QSize:
        """The size of the sign."""
        return QSize(18, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign."""
        colours = {"error": self.theme.error, "warning": self.theme.warning, "ok": self.theme.success}
        painter = QPainter(self)
        paint_icon(painter, QRectF(1, 1, 16, 16), self.kind, colours.get(self.kind, self.theme.muted))
        painter.end()


def same_problems(one: Sequence[Problem], other: Sequence[Problem]) -> bool:
    """Whether two lists say the same, so that the rows that show them can stay."""
    return [words(problem) for problem in one] == [words(problem) for problem in other]


def words(problem: Problem) -> tuple[str, Place, str, str]:
    """What of a problem is seen; fixes are new functions each time."""
    return problem.severity, problem.place, problem.sentence, problem.fix.label if problem.fix else ""

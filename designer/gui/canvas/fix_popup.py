"""The fix popup: what is wrong with a node in plain words, and the buttons that mend it, right beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from designer.compiler.problems import Fix, Problem
from designer.gui.announce import announce
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.node_marks import BADGE_AT, BADGE_REACH
from designer.gui.canvas.overview import BADGE_SCALE, FAR, FARTHEST
from designer.gui.panels.node_page import NodeProblem
from designer.project.errors import LayerloomError

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

WIDTH = 320
MOST_SHOWN = 6


def badge_at(view: CanvasView, point: QPointF) -> NodeItem | None:
    """The node whose sign of a problem lies at a point of the scene."""
    reach = BADGE_REACH if view.zoom >= FAR else BADGE_REACH * BADGE_SCALE
    if view.zoom < FARTHEST:
        return None
    for item in view.canvas.nodes.values():
        if item.problems:
            away = item.pos() + BADGE_AT - point
            if away.x() ** 2 + away.y() ** 2 <= reach * reach:
                return item
    return None


def problems_about(view: CanvasView, item: NodeItem) -> list[Problem]:
    """The problems of a node and of the links that feed it, errors first."""
    found = list(item.problems)
    for link in view.canvas.links_of(item.node.id):
        if link.link.target == item.node.id:
            found += link.problems
    return sorted(found, key=lambda problem: problem.severity != "error")


def open_fix_popup(view: CanvasView, item: NodeItem) -> FixPopup | None:
    """Say what is wrong with a node and offer to mend it; None where nothing is."""
    problems = problems_about(view, item)
    if not problems:
        return None
    view.unsay()
    popup = FixPopup(view, problems)
    popup.open_at(view.viewport().mapToGlobal(view.mapFromScene(item.pos() + BADGE_AT)))
    announce(popup, " ".join(problem.sentence for problem in problems[:MOST_SHOWN]))
    return popup


class FixPopup(QFrame):
    """Some problems with their fixes. A fix is one step of the history; Escape or a click elsewhere closes."""

    def __init__(self, view: CanvasView, problems: list[Problem]) -> None:
        super().__init__(view, Qt.WindowType.Popup)
        self._view = view
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Problems")
        theme = view.theme
        self.setObjectName("fixes")
        self.setStyleSheet(f"#fixes {{ background: {theme.raised}; border: 1px solid {theme.strong_line}; }}")
        self.setFixedWidth(WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        self.rows: list[NodeProblem] = []
        for problem in problems[:MOST_SHOWN]:
            row = NodeProblem(problem, theme)
            row.mended.connect(self.mend)
            row.setFocusPolicy(Qt.FocusPolicy.NoFocus if row.button else Qt.FocusPolicy.StrongFocus)
            self.rows.append(row)
            layout.addWidget(row)
        buttons = [row.button for row in self.rows if row.button is not None]
        for button in buttons:
            # Enter presses it although this is no dialog
            button.setAutoDefault(True)
        first: QWidget = buttons[0] if buttons else self.rows[0]
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_at(self, at: QPoint) -> None:
        """Show beneath a point of the screen, or above it where there is no room."""
        self.ensurePolished()
        height = self.layout().totalHeightForWidth(WIDTH)
        self.resize(WIDTH, max(height, self.sizeHint().height()))
        screen = QGuiApplication.screenAt(at) or self.screen()
        room = screen.availableGeometry()
        left = min(at.x() - 12, room.right() - WIDTH)
        below = at.y() + 16
        top = below if below + self.height() <= room.bottom() else at.y() - 16 - self.height()
        self.move(max(room.left(), left), max(room.top(), top))
        self.show()

    def mend(self, fix: Fix) -> None:
        """Do a fix, wherever in the project it acts."""
        self.close()
        try:
            self._view.session.do_whole(fix.label, fix.edit)
        except LayerloomError as error:
            self._view.refuse(str(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows go to the next button, Escape closes."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

"""The rows of the list of runs: what each says, whether its curve is shown, and how they are painted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from designer.gui.numbers import exact, figure, plural
from designer.gui.panels.line_forms import SAMPLE, paint_own_sample, paint_sample
from designer.gui.theme import SMALL_PIXELS, Theme
from designer.gui.wording import plain_tooltip

if TYPE_CHECKING:
    from designer.gui.run_curves import Standing
    from designer.workspace.preferences import RunOrder
    from designer.workspace.run_list import RunInfo
    from designer.workspace.run_order import Best

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
ROW = 46
BOX = 16
GAP = 6
# of a row for a figure with the words for it
FIGURE_SHARE = 0.6
BEST = "best"
FORM = Qt.ItemDataRole.UserRole
INFO = Qt.ItemDataRole.UserRole + 1
OWN = -1


class RunRows(QAbstractListModel):
    """The runs of a project: those that wait in the order of the queue, then all others, ``by`` what is chosen.

    ``best`` has the best runs, ``common`` the words for the figure of all of them, where it is one and the same.
    ``checks_changed`` says that other curves shall be shown, ``renamed`` carries a folder and its new name.
    """

    checks_changed = Signal()
    renamed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[RunInfo] = []
        self.apart: dict[Path, str] = {}
        self.current: Path | None = None
        self.held: Path | None = None
        self._standing: Standing | None = None
        self.forms: dict[Path, int] = {}
        # the form that a curve had when it was last shown, which it has again
        self._had: dict[Path, int] = {}
        # whether all runs that there are have been read
        self.whole = True
        self.best: dict[Path, Best] = {}
        self.by: RunOrder = "date"
        self.turned = False
        self.common, self.higher = "", False

    def show_runs(
        self,
        runs: Sequence[RunInfo],
        apart: dict[Path, str],
        waiting: Sequence[Path],
        current: Path | None,
        best: dict[Path, Best],
    ) -> None:
        """Show these runs, given the oldest first; ``current`` is the one in hand, whose curves are always shown."""
        from designer.workspace.run_order import common_figure, in_order

        order = {folder: place for place, folder in enumerate(waiting)}
        first = sorted((run for run in runs if run.folder in order), key=lambda run: order[run.folder])
        rows = first + in_order([run for run in runs if run.folder not in order], self.by, self.turned)
        self.best, (self.common, self.higher) = best, common_figure(runs)
        present = {run.folder for run in rows}
        same = [run.folder for run in rows] == [run.folder for run in self.runs]
        if not same:
            self.beginResetModel()
        self.runs, self.apart, self.current = [self._as_it_stands(run) for run in rows], dict(apart), current
        gone = [folder for folder in self._had if folder not in present] if self.whole else []
        for folder in gone:
            self.forms.pop(folder, None)
            del self._had[folder]
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def show_current(self, current: Path | None) -> None:
        """Another run is in hand; curves that are to be shown of runs that are not listed yet are not forgotten."""
        self.current = current
        if self.runs:
            self.dataChanged.emit(self.index(0), self.index(len(self.runs) - 1))

    def show_held(self, held: Path | None) -> None:
        """Say of this run that it is paused, and of no other."""
        if held != self.held:
            before, self.held = self.held, held
            for folder in (before, held):
                self._changed(folder)

    def show_standing(self, standing: Standing | None) -> None:
        """Show the run in hand as far as it is; without one all stay as they were read."""
        if standing == self._standing:
            return
        self._standing = standing
        for row, run in enumerate(self.runs):
            if standing is not None and run.folder == standing.folder:
                self.runs[row] = self._as_it_stands(run)
                self._changed(run.folder)

    def _as_it_stands(self, run: RunInfo) -> RunInfo:
        at = self._standing
        if at is None or at.folder != run.folder:
            return run
        return replace(run, epochs=at.epochs, part=at.part, judged=at.judged, best=at.best, best_epoch=at.best_epoch)

    def _changed(self, folder: Path | None) -> None:
        index = self.row_of(folder) if folder is not None else QModelIndex()
        if index.isValid():
            self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many runs there are."""
        return 0 if parent.isValid() else len(self.runs)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every run can be chosen and renamed; its curve shown or not, but for that in hand."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
        return flags if self.runs[index.row()].folder == self.current else flags | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a row says."""
        run = self.runs[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return run.name
            case Qt.ItemDataRole.CheckStateRole:
                shown = run.folder == self.current or run.folder in self.forms
                return Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip("\n".join(part for part in self._told(run) if part))
            case Qt.ItemDataRole.AccessibleTextRole:
                shown = "shown" if index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked else ""
                best = self.best[run.folder].words if run.folder in self.best else ""
                told = (run.name, shown, self.state(run), self.figure(run), best, self.line(run))
                return ", ".join(part for part in told if part)
        if role == FORM:
            return OWN if run.folder == self.current else self.forms.get(run.folder)
        return run if role == INFO else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rename a run, or show its curve or not."""
        run = self.runs[index.row()]
        if role == Qt.ItemDataRole.EditRole:
            if str(value).strip() != run.name:
                self.renamed.emit(run.folder, str(value))
            return True
        if role != Qt.ItemDataRole.CheckStateRole or run.folder == self.current:
            return False
        self.check([run.folder], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def check(self, folders: Sequence[Path], on: bool) -> None:
        """Show the curves of runs, each in a line form of its own, or show them no longer."""
        for folder in folders:
            if not on:
                self.forms.pop(folder, None)
            elif folder not in self.forms:
                # the run in hand too: its curves stay once another one is
                taken = set(self.forms.values())
                free = next(form for form in range(len(taken) + 1) if form not in taken)
                before = self._had.get(folder, free)
                self.forms[folder] = self._had[folder] = free if before in taken else before
        if self.runs:
            self.dataChanged.emit(self.index(0), self.index(len(self.runs) - 1))
        self.checks_changed.emit()

    def checked(self) -> list[RunInfo]:
        """The runs whose curves are shown beside the one in hand."""
        return [run for run in self.runs if run.folder in self.forms and run.folder != self.current]

    def row_of(self, folder: Path) -> QModelIndex:
        """Where a run stands; an invalid index where it does not."""
        rows = [row for row, run in enumerate(self.runs) if run.folder == folder]
        return self.index(rows[0]) if rows else QModelIndex()

    def state(self, run: RunInfo) -> str:
        """The state of a run as a word; of one that waits its place."""
        from designer.workspace.run_list import STATE_WORDS

        if run.state == "waiting":
            place = 1 + self.runs.index(run)
            return "next in the queue" if place == 1 else f"number {place} in the queue"
        if run.folder == self.held and run.state == "running":
            return "paused"
        return STATE_WORDS[run.state]

    def figure(self, run: RunInfo, short: bool = False) -> str:
        """The figure that the run is judged by; with what it is where the head of the list does not say that.

        That is its part and its name, or of ``short`` ones the name.
        """
        if not math.isfinite(run.best):
            return ""
        from designer.workspace.run_order import figure_words

        number = figure(run.best)
        if self.common and len(self.runs) > 1:
            return number
        return f"{run.judged.replace('_', ' ') if short else figure_words(run.part, run.judged)} {number}"

    def line(self, run: RunInfo) -> str:
        """What sets the run apart, where it was forked, and the epoch of the figure or why it failed."""
        return " · ".join(part for part in (*self._origin(run), run.failure or _done(run)) if part)

    def _origin(self, run: RunInfo) -> tuple[str, str]:
        return self.apart.get(run.folder, ""), f"forked at {run.forked_at}" if run.parent else ""

    def _told(self, run: RunInfo) -> tuple[str, ...]:
        """All that is known of a run, in lines."""
        from designer.workspace.run_order import figure_words

        origin = ", ".join(part for part in self._origin(run) if part)
        value = f"{figure_words(run.part, run.judged)} {figure(run.best)} " if math.isfinite(run.best) else ""
        stands = ", ".join(part for part in (f"{value}{_done(run)}", self.state(run)) if part)
        best = self.best[run.folder].words if run.folder in self.best else ""
        return run.name, origin, stands[:1].upper() + stands[1:], run.failure, best, str(run.folder)


class RunDelegate(QStyledItemDelegate):
    """Paints a run in two lines, with a box for its curve and a piece of that."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for two lines."""
        return QSize(160, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint ground, box, piece of the curve and words."""
        box, theme = QRect(option.rect), self.theme
        run: RunInfo = index.data(INFO)
        rows: RunRows = index.model()  # type: ignore[assignment]
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, QColor(theme.soft_accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(theme.hovered))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(theme.accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        self._paint_check(painter, option, index)
        form = index.data(FORM)
        at = QPointF(box.left() + 32, box.top() + 14)
        if form == OWN:
            paint_own_sample(painter, at, theme)
        elif form is not None:
            paint_sample(painter, at, form, theme)
        left = box.left() + 32 + (SAMPLE + 8 if form is not None else 0)
        self._paint_words(painter, option, run, rows, left)
        painter.restore()

    def _paint_check(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        fixed = not index.flags() & Qt.ItemFlag.ItemIsUserCheckable
        palette, role = option.palette, QPalette.ColorRole
        fill = QColor(self.theme.faint) if fixed else palette.color(role.Highlight)
        box = QRectF(option.rect.left() + 8.5, option.rect.top() + 6.5, BOX - 1, BOX - 1)
        painter.setPen(QPen(fill if on else QColor(self.theme.strong_line), 1))
        painter.setBrush(fill if on else QColor(self.theme.surface))
        painter.drawRoundedRect(box, 3, 3)
        if on:
            painter.setPen(QPen(QColor(self.theme.on_accent), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPolyline([box.topLeft() + QPointF(x, y) for x, y in ((3.5, 7.8), (6.3, 10.6), (11.5, 4.6))])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_words(
        self, painter: QPainter, option: QStyleOptionViewItem, run: RunInfo, rows: RunRows, left: int
    ) -> None:
        theme, box = self.theme, option.rect
        small = QFont(option.font)
        small.setPixelSize(SMALL_PIXELS)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        best = run.folder in rows.best
        top = QRect(left, box.top() + 4, box.right() - 8 - left, 20)
        bottom = QRect(box.left() + 32, box.top() + 24, box.right() - 8 - box.left() - 32, 16)
        painter.setFont(bold if best else option.font)
        words = rows.figure(run)
        if painter.fontMetrics().horizontalAdvance(words) > FIGURE_SHARE * top.width():
            # the name of the run needs some room too
            words = rows.figure(run, short=True)
        top = _write(painter, painter.font(), theme.text, top, words, right=True)
        if best:
            top = _write(painter, small, theme.success, top, BEST, right=True)
        if run.state != "finished":
            # what is usual needs no word
            colours = {"failed": theme.error, "interrupted": theme.warning, "running": theme.accent}
            colour = colours.get(run.state, theme.muted)
            bottom = _write(painter, small, colour, bottom, rows.state(run), right=True)
        _write(painter, option.font, theme.text, top, run.name, Qt.TextElideMode.ElideMiddle)
        painter.setFont(small)
        line = rows.line(run)
        if painter.fontMetrics().horizontalAdvance(line) > bottom.width():
            # rather what tells runs apart alone than a piece of what follows
            line = rows.apart.get(run.folder, "") or line
        _write(painter, small, theme.muted, bottom, line)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """A click into the box, or Space, shows the curve or not."""
        if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        pressed = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select)
        if isinstance(event, QMouseEvent):
            inside = QRect(option.rect.left(), option.rect.top(), 30, ROW).contains(event.position().toPoint())
            if not inside or event.button() != Qt.MouseButton.LeftButton:
                return False
            if event.type() != QEvent.Type.MouseButtonRelease:
                # neither a second click in a row nor the press before opens an editor or starts a drag
                return True
            pressed = True
        if not pressed:
            return False
        on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        return model.setData(
            index, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
        )

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line for the name."""
        line = QLineEdit(parent)
        line.setAccessibleName("Name of the run")
        line.setMaxLength(80)
        return line

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """The line covers the name."""
        box = option.rect
        editor.setGeometry(QRect(box.left() + 28, box.top() + 2, box.width() - 36, 24))


def _done(run: RunInfo) -> str:
    """How many epochs the run has, and after which it was at its figure."""
    if math.isfinite(run.best):
        # the weights of a fork are those that it took over until it has better ones
        taken = ", before the fork" if run.parent and run.best_epoch <= run.forked_at else ""
        return f"after epoch {exact(run.best_epoch)} of {exact(run.epochs)}{taken}"
    return plural(run.epochs, "epoch") if run.epochs else ""


def _write(
    painter: QPainter,
    font: QFont,
    colour: str,
    box: QRect,
    text: str,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    right: bool = False,
) -> QRect:
    """Write a line of text into ``box``, at its ``right`` or left; answers the room that is left beside it."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = painter.fontMetrics()
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(text, elide, box.width()))
    wide = metrics.horizontalAdvance(text) + GAP if text else 0
    return box.adjusted(0, 0, -wide, 0) if right else box.adjusted(wide, 0, 0, 0)

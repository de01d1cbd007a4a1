"""The list of a project's runs: whose curves are shown together, what is asked of them, and which wait in the queue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from designer.gui.controls import CalmSpinBox
from designer.gui.labels import EmptyState, plain_label, rule
from designer.gui.numbers import plural
from designer.gui.panels.guests import Guest
from designer.gui.panels.run_order_bar import RunOrderBar
from designer.gui.panels.run_rows import OWN, RunDelegate, RunRows
from designer.gui.theme import Theme
from designer.layers.catalog import predicts
from designer.workspace.pool import MOST_AT_ONCE
from designer.workspace.preferences import RunOrder, change_preferences, load_preferences

if TYPE_CHECKING:
    from designer.gui.run_curves import Standing
    from designer.workspace.run_list import RunInfo
    from designer.workspace.run_order import Best

    Given: TypeAlias = tuple[Sequence[RunInfo], dict[Path, str], Sequence[Path], Path | None, dict[Path, Best]]

# what can be asked of the chosen runs: word, its words in the menu, its key, and whether it is for one run alone
DEEDS = (
    ("results", "Show &results", "Return", True),
    ("predict", "&Predict…", "P", True),
    ("fork", "&Fork…", "F", True),
    ("resume", "&Go on with it", "G", True),
    ("", "", "", False),
    ("up", "Wait &before the one above", "Alt+Up", True),
    ("down", "Wait b&ehind the one below", "Alt+Down", True),
    ("unqueue", "&Take out of the queue", "", False),
    ("", "", "", False),
    ("rename", "Re&name", "F2", True),
    ("folder", "&Open the folder", "", True),
    ("delete", "&Delete…", "Del", False),
)


class RunList(QWidget):
    """``shown_changed`` says that other curves are shown; ``asked`` carries a deed and the folders it is asked for.

    ``renamed`` carries a folder and a name, ``queue_wanted`` whether the queue shall go on, ``at_once_wanted`` how many
    runs shall train side by side.
    """

    shown_changed = Signal()
    asked = Signal(str, object)
    renamed = Signal(object, str)
    queue_wanted = Signal(bool)
    at_once_wanted = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Runs")
        self.busy = False
        self._on = False
        self._left = self._waiting = 0
        self.rows = RunRows()
        self.rows.checks_changed.connect(self.shown_changed)
        self.rows.renamed.connect(self.renamed)
        stored = load_preferences()
        self.rows.by, self.rows.turned = stored.runs_by, stored.runs_turned
        self._given: Given = ((), {}, (), None, {})
        self.order_bar = RunOrderBar()
        self.order_bar.chosen.connect(self.sort)
        self.order_bar.hide()
        self.list = QListView()
        self.list.setModel(self.rows)
        self._delegate = RunDelegate(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.setAccessibleName("Runs of the project")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet("QListView { background: transparent; } QListView::item { padding: 0; }")
        self.list.installEventFilter(self)
        self.list.doubleClicked.connect(lambda index: self.ask("results"))
        empty = EmptyState("Runs", "Every training is kept here, with its curves, to be compared and gone on with.")
        reading = EmptyState("Reading the runs…", "Each is shown as soon as it is read, the newest first.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        # a stack without a parent would show its first page as a window of its own
        self._stack = QStackedLayout()
        layout.addWidget(self.order_bar)
        layout.addLayout(self._stack, 1)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.list)
        self._stack.addWidget(reading)
        layout.addWidget(rule())
        layout.addWidget(self._queue_bar())

    def _queue_bar(self) -> QWidget:
        self.at_once = CalmSpinBox()
        self.at_once.setRange(1, MOST_AT_ONCE)
        self.at_once.setValue(load_preferences().at_once)
        self.at_once.setAccessibleName("Runs at once")
        self.at_once.setToolTip("How many runs of the queue train side by side, each in a process of its own")
        self.at_once.setMinimumWidth(48)
        self.at_once.setMaximumWidth(56)
        self.at_once.valueChanged.connect(self.at_once_wanted)
        self.said = plain_label("", "muted")
        self.go = QPushButton("Start")
        self.go.setProperty("compact", True)
        # until it is known what waits
        self.go.setEnabled(False)
        self.go.clicked.connect(lambda: self.queue_wanted.emit(not self._on))
        bar = QWidget()
        bar.setFixedHeight(40)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(8)
        row.addWidget(self.said, 1)
        label = plain_label("at once", "muted")
        label.setBuddy(self.at_once)
        row.addWidget(self.at_once)
        row.addWidget(label)
        row.addWidget(self.go)
        return bar

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._delegate.theme = theme
        self.list.viewport().update()

    def show_runs(
        self,
        runs: Sequence[RunInfo],
        apart: dict[Path, str],
        waiting: Sequence[Path],
        current: Path | None,
        best: dict[Path, Best],
    ) -> None:
        """Show the runs of the project, the oldest first; what is chosen stays chosen where it is still there."""
        self._given = (runs, apart, waiting, current, best)
        if self.list.state() == QAbstractItemView.State.EditingState:
            return
        chosen, here = self.chosen(), self.list.currentIndex().row()
        seen = self.list.verticalScrollBar().value()
        self.rows.show_runs(runs, apart, waiting, current, best)
        self.order_bar.setVisible(len(runs) > 1)
        self.order_bar.show_order(self.rows.by, self.rows.turned, self.rows.common, self.rows.higher)
        if chosen and not self.list.selectionModel().hasSelection():
            for folder in chosen:
                index = self.rows.row_of(folder)
                if index.isValid():
                    self.list.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
            left = self.rows.row_of(chosen[0])
            place = left if left.isValid() else self.rows.index(min(max(here, 0), len(self.rows.runs) - 1))
            self.list.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.list.verticalScrollBar().setValue(seen)
        self._show_page()
        self.shown_changed.emit()

    def show_reading(self, left: int) -> None:
        """Say how many runs are still being read; 0 where that is done."""
        if left != self._left:
            self._left = left
            self._show_page()
            self._say()

    def show_standing(self, standing: Standing | None) -> None:
        """Show the run in hand as far as it is, before the runs are read again."""
        self.rows.show_standing(standing)

    def _show_page(self) -> None:
        self._stack.setCurrentIndex(1 if self.rows.runs else 2 if self._left else 0)

    def show_current(self, current: Path | None) -> None:
        """Show another run as the one in hand, whose curves are always shown, before the runs are read again."""
        runs, apart, waiting, _, best = self._given
        self._given = (runs, apart, waiting, current, best)
        if current != self.rows.current and self.list.state() != QAbstractItemView.State.EditingState:
            self.rows.show_current(current)
            self.shown_changed.emit()

    def sort(self, by: RunOrder) -> None:
        """Sort the runs by something else, or the other way round; remembered from then on."""
        turned = by == self.rows.by and not self.rows.turned
        self.rows.by, self.rows.turned = by, turned
        change_preferences(runs_by=by, runs_turned=turned)
        self.show_runs(*self._given)
        self.list.scrollToTop()

    def show_queue(self, waiting: int, on: bool) -> None:
        """Say how many runs wait, and whether their turn comes by itself."""
        self._on, self._waiting = on, waiting
        self._say()
        self.go.setText("Hold" if on and waiting else "Start")
        self.go.setEnabled(bool(waiting))
        self.go.setToolTip("Begin no other run" if on else "Train the runs that wait, one after the other")

    def _say(self) -> None:
        words = f"{plural(self._waiting, 'run')} waiting" if self._waiting else "Nothing waits"
        # which of them wait is known in the end
        self.said.setText(f"{plural(self._left, 'run')} to read" if self._left else words)

    def take_keyboard(self) -> None:
        """Let the keyboard go on in the list, at the run that is chosen or the first."""
        if self.rows.runs and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.rows.index(0))
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def chosen(self) -> list[Path]:
        """The folders of the chosen runs, from above."""
        rows = sorted(index.row() for index in self.list.selectionModel().selectedIndexes())
        return [self.rows.runs[row].folder for row in rows if row < len(self.rows.runs)]

    def able(self, deed: str) -> bool:
        """Whether a deed makes sense for what is chosen."""
        chosen = [run for run in self.rows.runs if run.folder in set(self.chosen())]
        alone = next((each[3] for each in DEEDS if each[0] == deed), False)
        if not chosen or (alone and len(chosen) > 1):
            return False
        states = {run.state for run in chosen}
        match deed:
            case "results":
                return states <= {"finished", "stopped"}
            case "predict":
                return chosen[0].epochs > 0 and not states & {"waiting", "running"} and predicts(chosen[0].project)
            case "fork":
                return chosen[0].epochs > 0 and "waiting" not in states
            case "resume":
                waits = states <= {"interrupted", "failed", "waiting"} and not self.busy
                return waits and not any(run.fails_again for run in chosen)
            case "up" | "down" | "unqueue":
                return states == {"waiting"}
            case "delete":
                return "running" not in states and not (self.busy and self.rows.current in self.chosen())
        return True

    def menu(self) -> QMenu:
        """What can be done with the chosen runs."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for deed, words, keys, _ in DEEDS:
            if not deed:
                menu.addSeparator()
                continue
            if deed in ("up", "down", "unqueue") and not self.able(deed):
                continue
            action = menu.addAction(words)
            action.setShortcut(QKeySequence(keys))
            action.setEnabled(self.able(deed))
            action.triggered.connect(lambda _=False, deed=deed: self.ask(deed))
        menu.addSeparator()
        on = [folder for folder in self.chosen() if folder in self.rows.forms]
        shown = menu.addAction("Show the &curve" if len(self.chosen()) < 2 else "Show the &curves")
        shown.setCheckable(True)
        shown.setChecked(bool(on) and len(on) == len(self.chosen()))
        shown.setEnabled(any(folder != self.rows.current for folder in self.chosen()))
        shown.triggered.connect(lambda on: self.rows.check(self.chosen(), on))
        menu.addAction("Show &no other curves", lambda: self.rows.check(list(self.rows.forms), False)).setEnabled(
            bool(self.rows.forms)
        )
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done, by mouse or key."""
        if not self.chosen():
            return
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            box = self.list.visualRect(self.list.currentIndex())
            at = self.list.viewport().mapToGlobal(QPoint(box.left() + 40, box.bottom() - 8))
        menu = self.menu()
        menu.exec(at)
        menu.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the deeds, while the list has the keyboard."""
        if not isinstance(event, QKeyEvent) or event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        if self.list.state() == QAbstractItemView.State.EditingState:
            # Return ends the name, and must not open the results as well
            return False
        pressed = QKeySequence(event.keyCombination()).toString().replace("Enter", "Return")
        deed = next((deed for deed, _, keys, _ in DEEDS if keys and keys == pressed), "")
        if event.type() == QEvent.Type.ShortcutOverride:
            # here these keys mean the chosen runs, whatever they mean in the menus
            event.setAccepted(bool(deed) or event.isAccepted())
            return bool(deed)
        if deed:
            self.ask(deed)
            return True
        if event.key() == Qt.Key.Key_Space and len(self.chosen()) > 1:
            off = any(folder not in self.rows.forms for folder in self.chosen() if folder != self.rows.current)
            self.rows.check(self.chosen(), off)
            return True
        return False

    def ask(self, deed: str) -> None:
        """Ask for a deed for the chosen runs, where it makes sense."""
        if not self.able(deed):
            return
        if deed == "rename":
            self.list.edit(self.rows.row_of(self.chosen()[0]))
        else:
            self.asked.emit(deed, self.chosen())

    def metrics(self) -> list[str]:
        """The names of all that is measured in the runs whose curves are shown."""
        found = {name: None for run in self.rows.checked() for part in run.curves.values() for name in part}
        return list(found)

    def guests(self, metric: str) -> list[Guest]:
        """The curves of the runs shown beside the one in hand: of validation, where there is none of training."""
        names = {run.folder.name for run in self.rows.checked()}
        names |= {self.rows.current.name} if self.rows.current is not None else set()
        found = [
            guest
            for run in self.rows.checked()
            if (guest := _guest(run, metric, self.rows.forms[run.folder], run.parent in names)) is not None
        ]
        own = next((run for run in self.rows.runs if run.folder == self.rows.current), None)
        if own is not None and own.parent and (mark := _guest(own, metric, OWN, True)) is not None:
            found.append(Guest(own.name, OWN, (), (), mark.fork))
        return found


def _guest(run: RunInfo, metric: str, form: int, with_parent: bool) -> Guest | None:
    """The curve of a run; where that which it was forked from is shown ``with_parent``, from the fork on."""
    values = run.curves.get("validation", {}).get(metric) or run.curves.get("train", {}).get(metric)
    if not values:
        return None
    fork, first = None, 0
    if run.parent and run.forked_at in run.at:
        place = run.at.index(run.forked_at)
        fork = (float(run.forked_at), values[place]) if math.isfinite(values[place]) else None
        first = place if with_parent else 0
    return Guest(run.name, form, run.at[first:], values[first:], fork)

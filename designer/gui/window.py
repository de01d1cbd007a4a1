"""The main window: seen at once, furnished right after, then welcome page or workbench and what lies between them.

Only what the first sight needs is imported with this module; the rest comes with ``furnish``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QToolBar

from designer.gui import layout_memory
from designer.gui import theme as themes
from designer.gui.theme import Theme
from designer.workspace.preferences import load_preferences

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu

    from designer.compiler.report import Analysis
    from designer.gui.actions import Actions
    from designer.gui.canvas.commands.declaration import Command
    from designer.gui.data.progress import Progress, ReadingPane
    from designer.gui.documents import Documents
    from designer.gui.exports import Exports
    from designer.gui.job import Job
    from designer.gui.pages import Pages
    from designer.gui.run_model import RunModel
    from designer.gui.runs import Runs
    from designer.gui.status import StatusBar
    from designer.gui.tasks import Tasks
    from designer.gui.welcome import WelcomePage
    from designer.gui.workbench import Workbench
    from designer.project.model import Project
    from designer.workspace.jobs import Trainer
    from designer.workspace.session import Session

SMALLEST = QSize(960, 600)
FIRST = QSize(1280, 800)
TOOLS = ("undo", "redo", "", "start", "", "fit", "tidy")


class MainWindow(QMainWindow):
    """The window on one session, empty until ``furnish``. ``painted`` says that it has been seen for the first time."""

    painted = Signal()

    session: Session
    tasks: Tasks
    runs: Runs
    pages: Pages
    documents: Documents
    exports: Exports
    status: StatusBar
    welcome: WelcomePage
    opening: ReadingPane
    actions_by_name: Actions
    panels_menu: QMenu
    add_menu: QMenu

    def __init__(self, session: Session | None = None, trainer: Callable[[], Trainer] | None = None) -> None:
        super().__init__()
        self.preferences = load_preferences()
        self.theme: Theme = themes.LIGHT
        self.theme_actions: dict[str, QAction] = {}
        self.workbench: Workbench | None = None
        self.editing = False
        self.furnished = False
        self._was_painted = False
        self._ended = False
        self.dock_state = self.preferences.window.get("docks", "")
        self.setWindowTitle("Layerloom")
        self.setMinimumSize(SMALLEST)
        self.resize(FIRST)
        layout_memory.restore_geometry(self, self.preferences.window)
        self._tint()
        if session is not None:
            self.furnish(session, trainer)

    def _tint(self) -> None:
        """An empty window in the theme's colours, so that nothing flashes."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        named = {"light": themes.LIGHT, "dark": themes.DARK}
        self.theme = named.get(self.preferences.theme) or themes.system_theme(app)
        app.setPalette(themes.palette_of(self.theme))

    def furnish(self, session: Session, trainer: Callable[[], Trainer] | None = None) -> None:
        """Put in menus, welcome page and status bar, and connect them with the session."""
        from PySide6.QtCore import Qt

        from designer.gui.appearance import Appearance
        from designer.gui.data.progress import ReadingPane
        from designer.gui.documents import Documents
        from designer.gui.dropping import Dropping
        from designer.gui.exports import Exports
        from designer.gui.menus import make_actions
        from designer.gui.pages import Pages
        from designer.gui.read_only_bar import with_read_only_bar
        from designer.gui.recovery import Recovery
        from designer.gui.runs import Runs
        from designer.gui.status import StatusBar
        from designer.gui.tasks import Tasks
        from designer.gui.welcome import WelcomePage

        self.session, self.tasks = session, Tasks(self)
        self.documents = Documents(self, session, self.tasks, lambda: self.theme)
        self.exports = Exports(self, session, self.tasks)
        self.runs = Runs(self, trainer)
        self.pages = Pages(self)
        self.status = StatusBar(self.theme)
        self.recovery = Recovery(self)
        self.actions_by_name = make_actions(self)
        self.welcome = WelcomePage(self.theme)
        self.stack = QStackedWidget()
        self.opening = ReadingPane()
        self.stack.addWidget(self.welcome)
        self.stack.addWidget(self.opening)
        self._make_toolbar(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._connect()
        self.appearance = Appearance(self)
        self.appearance.choose(self.preferences.theme, store=False)
        self.dropping = Dropping(self)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.setStatusBar(self.status)
        self.setCentralWidget(with_read_only_bar(self, self.stack))
        self.furnished = True
        self._show_title()

    @property
    def job(self) -> Job:
        """What owns the trainer."""
        return self.runs.job

    @property
    def run(self) -> RunModel:
        """The run in hand."""
        return self.runs.model

    def _make_toolbar(self, style: Qt.ToolButtonStyle) -> None:
        self.tools = QToolBar("Tools")
        self.tools.setObjectName("tools")
        self.tools.setMovable(False)
        self.tools.setIconSize(QSize(18, 18))
        self.tools.setToolButtonStyle(style)
        self.tools.addWidget(self.pages.switch)
        self.tools.addSeparator()
        for name in TOOLS:
            if name:
                self.tools.addAction(self.actions_by_name[name])
            else:
                self.tools.addSeparator()
        self.tools.toggleViewAction().setVisible(False)
        self.addToolBar(self.tools)
        self.tools.hide()

    def _connect(self) -> None:
        welcome, documents = self.welcome, self.documents
        welcome.sample_chosen.connect(documents.open_sample)
        welcome.recent_chosen.connect(lambda path: documents.open(Path(path)))
        welcome.new_table_requested.connect(documents.choose_table)
        welcome.new_images_requested.connect(documents.choose_folder)
        welcome.open_requested.connect(documents.choose_project)
        welcome.new_empty_requested.connect(documents.new_empty)
        documents.opened.connect(self._opened)
        documents.saved.connect(self._saved)
        documents.busy.connect(welcome.setDisabled)
        documents.begun.connect(self._begin_reading)
        documents.ended.connect(self._end_reading)
        self.opening.cancelled.connect(self._cancel)
        self.opening.told.connect(self.status.show_reading)
        documents.data_shown.connect(lambda: self.pages.show("data"))
        documents.network_shown.connect(self.pages.show_all_of_network)
        self.exports.written.connect(self.status.say)
        self.tasks.changed.connect(self.status.show_task)
        self.status.cancelled.connect(self._cancel)
        self.status.problems_wanted.connect(lambda: self.show_panel("problems"))
        self._unsubscribe = self.session.subscribe(self._project_changed)

    # what is shown

    def build(self) -> Workbench:
        """Canvas and panels, made the first time they are needed."""
        if self.workbench is None:
            from designer.gui.workbench import Workbench

            self.workbench = Workbench(self, self.theme)
            self.stack.addWidget(self.workbench.canvas)
            self.stack.addWidget(self.workbench.data)
            for action in self.actions_by_name.on_canvas:
                self.workbench.canvas.addAction(action)
            self.workbench.hide_docks()
        return self.workbench

    def show_project(self, page: str = "network") -> None:
        """Show the network with its panels, or the data, instead of the welcome page."""
        bench = self.build()
        if self.editing:
            self.pages.show(page)
            QTimer.singleShot(0, bench.canvas, bench.canvas.zoom_to_fit)
        else:
            self.editing = True
            self.tools.show()
            self.actions_by_name.enable_editing(True)
            self.pages.begin(page)
            bench.checker.start()
        bench.canvas.lookout.places.forget()
        bench.results.refresh()
        self.runs.look()
        self.runs.show()
        self._show_title()

    def close_project(self) -> None:
        """Go back to the welcome page."""
        if not self.editing or (let_go := self.documents.ask_to_leave()) is None:
            return
        bench = self.build()
        let_go()
        self.documents.show_nothing()
        self.dock_state = self.pages.leave()
        self.editing = False
        self.run.forget()
        bench.hide_docks()
        self.tools.hide()
        self.stack.setCurrentWidget(self.welcome)
        self.actions_by_name.enable_editing(False)
        self.status.clear_analysis()
        self.welcome.refresh()
        self.runs.show()
        self._show_title()

    def show_panel(self, name: str) -> None:
        """Bring a panel of the network to the front, or the data."""
        if self.workbench is not None and self.editing:
            self.pages.show("data" if name == "data" else "network")
            if name == "data":
                return
            dock = self.workbench.docks[name]
            dock.show()
            dock.raise_()

    def show_analysis(self, analysis: Analysis) -> None:
        """Show in status bar and menus what the compiler says."""
        self.status.show_analysis(analysis, bool(self.session.project.graph.nodes))
        self.runs.show()

    def choose_theme(self, choice: str) -> None:
        """Use the light or the dark theme, or what the desktop uses."""
        self.appearance.choose(choice)

    def _show_title(self) -> None:
        # a place holder in a name would be taken for Qt's own
        name = self.session.title.replace("[*]", "[*][*]")
        only = " (read only)" if self.session.read_only else ""
        self.setWindowTitle(f"{name}{only}[*] – Layerloom" if self.editing else "Layerloom")
        self.setWindowModified(self.editing and not self.session.saved)
        self.actions_by_name.show_history(self.session.history, self.editing)

    def _opened(self) -> None:
        self.run.forget()
        self.show_project("data" if self.documents.begins_with_data else "network")
        self.build().explanation.show_for_project(beside_network=not self.documents.begins_with_data)
        if self.documents.notes:
            self.status.say(" ".join(note[:1].upper() + note[1:] + "." for note in self.documents.notes[:2]))

    def _saved(self) -> None:
        self._show_title()
        self.status.say(f"Saved {self.session.path}")

    def _project_changed(self, old: Project, new: Project) -> None:
        self._show_title()
        self.runs.show()

    def _begin_reading(self, name: str, progress: Progress) -> None:
        """Show how far the reading of new data is, in place of what was seen before."""
        self.opening.follow(name, progress)
        if not self.editing:
            self.stack.setCurrentWidget(self.opening)

    def _end_reading(self) -> None:
        self.opening.end()
        if self.stack.currentWidget() is self.opening and not self.editing:
            self.stack.setCurrentWidget(self.welcome)

    def _cancel(self) -> None:
        self.tasks.cancel()
        self.documents.stop_reading()
        if self.workbench is not None:
            self.workbench.data.cancel_reading()
        self.welcome.setDisabled(False)
        self.status.say("Cancelled")

    # menus

    def undo(self) -> None:
        """Take the last step back, and say which it was: it may have been made out of sight."""
        label = self.session.history.undo_label
        self.session.undo()
        if label:
            self.status.say(f"Undone: {label}")

    def redo(self) -> None:
        """Make the step again that was taken back last, and say which it is."""
        label = self.session.history.redo_label
        self.session.redo()
        if label:
            self.status.say(f"Redone: {label}")

    def do_on_canvas(self, command: Command) -> None:
        """Do something on the canvas."""
        if self.workbench is not None and self.editing:
            command.run(self.workbench.canvas)

    def find_layer(self) -> None:
        """Let the keyboard search for a layer."""
        if self.workbench is not None and self.editing:
            self.workbench.focus_palette()

    def add_layer(self, key: str) -> None:
        """Add a layer in the middle of the canvas."""
        if self.workbench is not None and self.editing:
            self.workbench.canvas.add_at_centre(key)

    def read_data_again(self) -> None:
        """Read the data anew."""
        if self.workbench is not None:
            self.workbench.data.read_again()

    def reset_layout(self) -> None:
        """Put every panel where it was at first."""
        if self.workbench is not None:
            self.pages.forget_panels()
            self.pages.show("network")
            self.workbench.place_docks()
            self.workbench.training.edge.reset()

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab passes over the panels that lie behind others, where nobody would see the keyboard."""
        from designer.gui.areas import step_stop

        return step_stop(self, following)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first time, say so."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def open_path(self, path: Path) -> None:
        """Open a project, or make use of a table or a folder of pictures."""
        self.documents.open_any(path, self.editing)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work and a running training, then end everything in order."""
        if self._ended or not self.furnished:
            event.accept()
            return
        if (let_go := self.documents.ask_to_leave()) is None:
            event.ignore()
            return
        let_go()
        self.recovery.leave()
        self.hide()
        self.remember_layout()
        self.shut_down()
        event.accept()

    def remember_layout(self) -> None:
        """Keep size, place and panels for the next start."""
        layout_memory.remember(self, self.pages.network_docks if self.editing else self.dock_state)

    def shut_down(self) -> None:
        """End the trainer and all work; nothing of this window runs afterwards."""
        if self._ended:
            return
        self._ended = True
        if not self.furnished:
            return
        from designer.gui.tasks import Tasks

        self.recovery.close()
        self._unsubscribe()
        if self.workbench is not None:
            self.workbench.close()
        self.runs.folds.leave()
        self.runs.queue.close()
        self.job.close()
        for tasks in self.findChildren(Tasks):
            tasks.close()
        self.session.close()

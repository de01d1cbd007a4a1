"""The main window: welcome page or workbench, the menus, and what happens between them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QStackedWidget, QToolBar

from designer.compiler.report import Analysis
from designer.gui import layout_memory
from designer.gui import theme as themes
from designer.gui.actions import plain
from designer.gui.dialogs import ask, tell
from designer.gui.documents import Documents
from designer.gui.exports import Exports
from designer.gui.icons import icon
from designer.gui.job import Job
from designer.gui.menus import EDITING, make_actions
from designer.gui.run_model import RunModel
from designer.gui.status import StatusBar
from designer.gui.style import shell_style
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.gui.welcome import WelcomePage
from designer.project.model import Project
from designer.workspace.jobs import Trainer, make_trainer
from designer.workspace.preferences import change_preferences, load_preferences
from designer.workspace.session import SUFFIX, Session

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from designer.gui.workbench import Workbench

SMALLEST = QSize(960, 600)
FIRST = QSize(1280, 800)
TOOLS = ("undo", "redo", "", "fit", "tidy", "", "start")


class MainWindow(QMainWindow):
    """The window on one session. ``painted`` says that it has been seen for the first time."""

    painted = Signal()

    def __init__(self, session: Session, trainer: Callable[[], Trainer] | None = None) -> None:
        super().__init__()
        self.session = session
        self.preferences = load_preferences()
        self.theme: Theme = themes.LIGHT
        self.panels_menu: QMenu
        self.theme_actions: dict[str, QAction] = {}
        self.workbench: Workbench | None = None
        self.editing = False
        self._was_painted = False
        self._dock_state = self.preferences.window.get("docks", "")
        self._interrupted: Path | None = None
        self.tasks = Tasks(self)
        self.job = Job(trainer or self._make_trainer, self)
        self.run = RunModel(self.job, self.tasks, self)
        self.documents = Documents(self, session, self.tasks, lambda: self.theme)
        self.documents.may_leave_run = self._may_leave_run
        self.exports = Exports(self, session, self.tasks)
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.setMinimumSize(SMALLEST)
        self.status = StatusBar(self.theme)
        self.setStatusBar(self.status)
        self.actions_by_name = make_actions(self)
        self.welcome = WelcomePage(self.theme)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        self.setCentralWidget(self.stack)
        self._make_toolbar()
        self._connect()
        self.choose_theme(self.preferences.theme, store=False)
        self.resize(FIRST)
        layout_memory.restore_geometry(self, self.preferences.window)
        self._show_title()

    def _make_trainer(self) -> Trainer:
        return make_trainer(load_preferences().train_inside)

    def _make_toolbar(self) -> None:
        self.tools = QToolBar("Tools")
        self.tools.setObjectName("tools")
        self.tools.setMovable(False)
        self.tools.setIconSize(QSize(18, 18))
        self.tools.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
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
        self.exports.written.connect(self.status.say)
        self.tasks.changed.connect(self.status.show_task)
        self.status.cancelled.connect(self._cancel)
        self.status.problems_wanted.connect(lambda: self.show_panel("problems"))
        self.run.state_changed.connect(self._show_run)
        self.run.finished.connect(self._run_finished)
        self.run.failed.connect(self._run_failed)
        self._unsubscribe = self.session.subscribe(self._project_changed)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._scheme_changed)

    # what is shown

    def build(self) -> Workbench:
        """Canvas and panels, made the first time they are needed."""
        if self.workbench is None:
            from designer.gui.workbench import Workbench

            self.workbench = Workbench(self, self.theme)
            self.stack.addWidget(self.workbench.canvas)
            for action in self.actions_by_name.on_canvas:
                self.workbench.canvas.addAction(action)
            self._hide_docks()
        return self.workbench

    def show_project(self) -> None:
        """Show canvas and panels instead of the welcome page."""
        bench = self.build()
        if not self.editing:
            self.editing = True
            self.stack.setCurrentWidget(bench.canvas)
            self.tools.show()
            bench.place_docks()
            layout_memory.restore_docks(self, self._dock_state)
            self.actions_by_name.enable(EDITING, True)
            bench.checker.start()
        bench.canvas.setFocus()
        QTimer.singleShot(0, bench.canvas.zoom_to_fit)
        bench.results.refresh()
        self._find_interrupted()
        self._show_run()
        self._show_title()

    def close_project(self) -> None:
        """Go back to the welcome page."""
        if not self.editing or not self.documents.may_leave():
            return
        self.session.restart(Project())
        self._dock_state = layout_memory.docks_of(self)
        self.editing = False
        self.run.forget()
        self._hide_docks()
        self.tools.hide()
        self.stack.setCurrentWidget(self.welcome)
        self.actions_by_name.enable(EDITING, False)
        self.status.clear_analysis()
        self.welcome.refresh()
        self._show_run()
        self._show_title()

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front."""
        if self.workbench is not None and self.editing:
            dock = self.workbench.docks[name]
            dock.show()
            dock.raise_()

    def show_analysis(self, analysis: Analysis) -> None:
        """Show in status bar and menus what the compiler says."""
        self.status.show_analysis(analysis, bool(self.session.project.graph.nodes))
        self._show_run()

    def _hide_docks(self) -> None:
        if self.workbench is not None:
            for dock in self.workbench.docks.values():
                dock.hide()

    def _show_title(self) -> None:
        # a place holder in a name would be taken for Qt's own
        name = self.session.title.replace("[*]", "[*][*]")
        only = " (read only)" if self.session.read_only else ""
        self.setWindowTitle(f"{name}{only}[*] – Layerloom" if self.editing else "Layerloom")
        self.setWindowModified(self.editing and not self.session.saved)
        self._show_history()

    def _show_history(self) -> None:
        history = self.session.history
        for name, words, can, label in (
            ("undo", "Undo", history.can_undo, history.undo_label),
            ("redo", "Redo", history.can_redo, history.redo_label),
        ):
            action = self.actions_by_name[name]
            action.setEnabled(can and self.editing)
            action.setText(f"&{words} {plain(label)}".rstrip())
            action.setIconText(words)
            action.setToolTip(f"{words} {label[:80]}".rstrip())

    # theme

    def choose_theme(self, choice: str, store: bool = True) -> None:
        """Use the light or the dark theme, or what the desktop uses."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        chosen = {"light": themes.LIGHT, "dark": themes.DARK}.get(choice) or themes.system_theme(app)
        self._choice = choice
        for name, action in self.theme_actions.items():
            action.setChecked(name == choice)
        if store:
            change_preferences(theme=choice)
        self._use_theme(chosen)

    def _use_theme(self, theme: Theme) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.theme = theme
        themes.apply(app, theme)
        self.setStyleSheet(shell_style(theme))
        for name in ("undo", "redo", "fit", "tidy"):
            self.actions_by_name[name].setIcon(icon(name, theme.muted, theme.faint, 18))
        self.actions_by_name["start"].setIcon(icon("play", theme.accent, theme.faint, 18))
        self.actions_by_name["fit"].setIconText("Fit")
        self.actions_by_name["tidy"].setIconText("Tidy up")
        self.actions_by_name["start"].setIconText("Train")
        self.welcome.set_theme(theme)
        self.status.set_theme(theme)
        if self.workbench is not None:
            self.workbench.set_theme(theme)

    def _scheme_changed(self) -> None:
        if self._choice == "system":
            self.choose_theme("system", store=False)

    # documents

    def _opened(self) -> None:
        self.run.forget()
        self.show_project()
        if self.documents.notes:
            self.status.say(" ".join(note[:1].upper() + note[1:] + "." for note in self.documents.notes[:2]))

    def _saved(self) -> None:
        self._show_title()
        self.status.say(f"Saved {self.session.path}")

    def _project_changed(self, old: Project, new: Project) -> None:
        self._show_title()
        self._show_run()

    def _cancel(self) -> None:
        self.tasks.cancel()
        self.welcome.setDisabled(False)
        self.status.say("Cancelled")

    # runs

    def start_run(self) -> None:
        """Train the project from the start."""
        self._train(None)

    def resume_run(self) -> None:
        """Go on with the run that was interrupted."""
        if self._interrupted is not None:
            self._train(self._interrupted)

    def _train(self, resume: Path | None) -> None:
        if self.run.running or not self.editing:
            return
        if self.session.path is None:
            tell(self, "Save the project first", "The record of a training is kept in a folder beside the project.")
            if not self.documents.save_as():
                return
        path = self.session.path
        assert path is not None
        self.show_panel("training")
        if resume is None:
            self.run.start(self.session.project, self.session.base, path)
            return

        def read() -> Project:
            from designer.project.file import load_project

            return load_project(resume / "project.loom")

        self.tasks.run("Reading the run", read, lambda project: self.run.start(project, resume, path, resume),
                       lambda sentence: tell(self, "The run cannot go on", sentence))  # fmt: skip

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.workbench is not None:
            self.workbench.training.toggle_pause()

    def set_inside(self, inside: bool) -> None:
        """Whether training runs inside this process from now on."""
        change_preferences(train_inside=inside)
        if not self.run.running:
            self.job.abandon()

    def _show_run(self) -> None:
        bench, state = self.workbench, self.run.state
        ready = self.editing and self.session.project.data is not None
        sound = bench is not None and bench.checker.analysis.ok
        actions = self.actions_by_name
        actions["start"].setEnabled(ready and sound and state == "idle")
        actions["pause"].setEnabled(state in ("running", "paused"))
        actions["pause"].setText("&Go on" if state == "paused" else "&Pause")
        actions["stop"].setEnabled(state in ("starting", "running", "paused"))
        actions["resume"].setEnabled(self.editing and state == "idle" and self._interrupted is not None)
        actions["results"].setEnabled(self.editing)

    def _run_finished(self, folder: str) -> None:
        self.status.say(self.run.message)
        if self.workbench is not None:
            self.workbench.results.refresh(Path(folder))
        self._find_interrupted()

    def _run_failed(self, sentence: str) -> None:
        self.status.say(sentence)
        self._find_interrupted()

    def _find_interrupted(self) -> None:
        path = self.session.path

        def find() -> Path | None:
            from designer.workspace.runs import has_begun, is_finished, list_runs

            runs = list_runs(path) if path is not None else []
            last = runs[-1] if runs else None
            return last if last is not None and has_begun(last) and not is_finished(last) else None

        self.tasks.run("", find, self._interrupted_found, lane="interrupted")

    def _interrupted_found(self, run: Path | None) -> None:
        self._interrupted = run
        if self.workbench is not None:
            self.workbench.training.set_resumable(run is not None)
        self._show_run()

    def _may_leave_run(self) -> bool:
        if not self.run.running:
            return True
        sentence = "It can be interrupted here and gone on with later, from its last checkpoint."
        answer = ask(self, "A training is running", sentence, ["Interrupt the training", "Cancel"], default=1)
        if answer != 0:
            return False
        self.run.abandon()
        return True

    # menus

    def on_canvas(self, method: str) -> None:
        """Do something with the canvas."""
        if self.workbench is not None and self.editing:
            getattr(self.workbench.canvas, method)()

    def find_layer(self) -> None:
        """Let the keyboard search for a layer."""
        if self.workbench is not None and self.editing:
            self.workbench.focus_palette()

    def add_layer(self, key: str) -> None:
        """Add a layer in the middle of the canvas."""
        if self.workbench is not None and self.editing:
            self.workbench.canvas.add_at_centre(key)

    def rename_layer(self) -> None:
        """Edit the name of the selected layer."""
        bench = self.workbench
        if bench is None or len(bench.canvas.selected()) != 1:
            self.status.say("Select one layer to rename it.")
            return
        self.show_panel("inspector")
        bench.inspector.node_page.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        bench.inspector.node_page.name.selectAll()

    def read_data_again(self) -> None:
        """Read the data anew."""
        if self.workbench is not None:
            self.workbench.data.read_again()

    def reset_layout(self) -> None:
        """Put every panel where it was at first."""
        if self.workbench is not None:
            self.workbench.place_docks()

    def show_shortcuts(self) -> None:
        """List all keys."""
        from designer.gui.help import ShortcutsDialog

        dialog = ShortcutsDialog(self.actions_by_name.shortcuts(), self)
        dialog.exec()
        dialog.deleteLater()

    def show_about(self) -> None:
        """Say what this is."""
        from designer.gui.help import about_words

        tell(self, "Layerloom", about_words())

    # events

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first time, say so."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Projects, tables and folders may be dropped."""
        if dropped_path(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, once the drag is over."""
        path = dropped_path(event)
        if path is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, lambda: self.open_path(path))

    def open_path(self, path: Path) -> None:
        """Open a project, or make use of a table or a folder of pictures."""
        if path.suffix == SUFFIX:
            self.documents.open(path)
        elif self.editing and self.session.project.graph.nodes:
            choices = ["Use it in this project", "New project", "Cancel"]
            answer = ask(self, "Use this data?", f"{path.name} can become the data of this project.", choices)
            if answer == 0:
                self.documents.open_data(path)
            elif answer == 1:
                self.documents.new_from(path)
        else:
            self.documents.new_from(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work and a running training, then end everything in order."""
        if not self.documents.may_leave():
            event.ignore()
            return
        self.hide()
        self.remember_layout()
        self.shut_down()
        event.accept()

    def remember_layout(self) -> None:
        """Keep size, place and panels for the next start."""
        docks = layout_memory.docks_of(self) if self.editing else self._dock_state
        change_preferences(window={**layout_memory.geometry_of(self), "docks": docks})

    def shut_down(self) -> None:
        """End the trainer and all work; nothing of this window runs afterwards."""
        self._unsubscribe()
        if self.workbench is not None:
            self.workbench.close()
        self.job.close()
        for tasks in self.findChildren(Tasks):
            tasks.close()
        self.session.close()


def dropped_path(event: QDragEnterEvent | QDropEvent) -> Path | None:
    """The one local file or folder that a drag brings."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())

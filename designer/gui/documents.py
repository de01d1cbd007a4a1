"""Documents: opening, making and saving projects, with nothing lost unasked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from designer.gui.data.progress import Progress
from designer.gui.dialogs import ask, tell
from designer.gui.folders import copy_out, remember_folder, start_folder
from designer.gui.leaving import DISCARD, SAVE, Leaving, LetGo
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.project.errors import LayerloomError
from designer.project.model import Project
from designer.project.paths import resolve_from, with_paths
from designer.workspace.session import SUFFIX, Session
from designer.workspace.turns import one_reading

if TYPE_CHECKING:
    from designer.importing.new import NewProject

ENDINGS = "*.csv *.tsv *.txt *.tab *.csv.gz *.tsv.gz *.parquet *.pq *.xlsx *.xlsm *.sqlite *.sqlite3 *.db"
TABLES = f"Tables ({ENDINGS});;All files (*)"
SAVE_FIRST = "Save the project first: its runs are kept beside it"
PROJECTS = f"Layerloom projects (*{SUFFIX})"


class Documents(QObject):
    """Acts on the session for the menus File and Data.

    ``opened`` says that another project is shown now, ``begins_with_data`` which page of it is first; ``saved`` that
    it was written, ``busy`` whether one waits, ``data_shown`` that the project has other data, to be looked at,
    ``data_taken`` the same with the step's label, project and key for merging, ``network_shown`` that it has another
    network;
    ``expected`` says that data is looked into which will be shown, and whether it is a table, ``noted`` carries what
    there is to say of how the data that is shown now was read;
    ``begun`` carries the name of data that is being read for a new project and its progress, until ``ended``.
    """

    opened = Signal()
    saved = Signal()
    busy = Signal(bool)
    data_shown = Signal()
    data_taken = Signal(str, object, str)
    network_shown = Signal()
    expected = Signal(bool)
    noted = Signal(object)
    begun = Signal(str, object)
    ended = Signal()

    def __init__(self, window: QWidget, session: Session, tasks: Tasks, theme: Callable[[], Theme]) -> None:
        super().__init__(window)
        self.window, self.session, self.tasks, self._theme = window, session, tasks, theme
        self.leaving = Leaving(self)
        self.notes: list[str] = []
        self.begins_with_data = False
        self._reading = Progress()

    def ask_to_leave(self) -> LetGo | None:
        """Ask what becomes of a training and unsaved work: see ``Leaving.ask``."""
        return self.leaving.ask()

    def new_empty(self) -> None:
        """Show an empty project."""
        let_go = self.ask_to_leave()
        if let_go is not None:
            self.drop_reading()
            self.notes = []
            self.session.restart(Project())
            let_go()
            self._tell_opened(False)

    def show_nothing(self) -> None:
        """Let the project go."""
        self.drop_reading()
        self.session.restart(Project())

    def open_any(self, path: Path, editing: bool) -> None:
        """Open a project, or make use of a table or a folder of pictures."""
        if path.suffix == SUFFIX:
            self.open(path)
        elif editing and self.session.project.graph.nodes:
            choices = ["Use it in this project", "New project", "Cancel"]
            answer = ask(self.window, "Use this data?", f"{path.name} can become the data of this project.", choices)
            if answer == 0:
                self.open_data(path)
            elif answer == 1:
                self.new_from(path)
        else:
            self.new_from(path)

    def new_from(self, data: Path) -> None:
        """Ask what to make of a table or a folder of pictures, make it and show it."""
        leave = self.leaving.ask_ahead()
        if leave is None:
            return
        from designer.gui.new_dialog import NewProjectDialog

        dialog = NewProjectDialog(data, self._theme(), self.window)
        # once the dialog is seen: it may be the very first that the window shows
        QTimer.singleShot(0, self, lambda: self.expected.emit(not data.is_dir()))
        accepted = dialog.exec()
        made, notes = dialog.project_path, list(dialog.notes)
        dialog.deleteLater()
        if accepted and made is not None and (let_go := leave()) is not None:
            self.notes = notes
            self._show(made, let_go, with_data=True)

    def begin(self, data: Path) -> None:
        """Make a project of a table or a folder without asking anything but what becomes of unsaved work."""
        leave = self.leaving.ask_ahead()
        if leave is None:
            return
        data = data.resolve()
        self._reading.stop()
        self._reading = progress = Progress()
        self.busy.emit(True)
        self.begun.emit(data.name, progress)
        self.expected.emit(not data.is_dir())

        def draft() -> NewProject:
            from designer.importing.new import draft_project

            with one_reading():
                return draft_project(data, None, data.parent / f"untitled{SUFFIX}", progress=progress)

        def drafted(made: NewProject) -> None:
            self._end_reading()
            let_go = leave()
            if let_go is None:
                return
            self.notes = list(made.notes)
            self.session.restart(rebased_whole(made.project, data.parent))
            self.leaving.made = self.session.project
            let_go()
            self._tell_opened(True)

        self.tasks.run(f"Reading {data.name}", draft, drafted, self._failed, "document")

    def stop_reading(self) -> None:
        """The data that is being read for a new project is wanted no longer."""
        self._reading.stop()
        self._end_reading()

    def drop_reading(self) -> None:
        """Another project is shown: what was being read for the one before, or for a new one, would take its place."""
        if self.tasks.busy("document"):
            self.tasks.cancel("document")
            self.stop_reading()

    def _end_reading(self) -> None:
        self.busy.emit(False)
        self.ended.emit()

    def choose_table(self) -> None:
        """Let the user pick a table for a new project."""
        path, _ = QFileDialog.getOpenFileName(self.window, "New project from a table", start_folder(), TABLES)
        if path:
            remember_folder(Path(path).parent)
            self.new_from(Path(path))

    def choose_folder(self) -> None:
        """Let the user pick a folder of pictures for a new project."""
        path = QFileDialog.getExistingDirectory(self.window, "New project from a folder", start_folder())
        if path:
            remember_folder(Path(path).parent)
            self.new_from(Path(path))

    def choose_project(self) -> None:
        """Let the user pick a project to open."""
        path, _ = QFileDialog.getOpenFileName(self.window, "Open project", start_folder(), PROJECTS)
        if path:
            remember_folder(Path(path).parent)
            self.open(Path(path))

    def open(self, path: Path) -> bool:
        """Show a project file; whether it is shown."""
        let_go = self.ask_to_leave()
        if let_go is None:
            return False
        self.notes = []
        return self._show(path, let_go)

    def open_sample(self, name: str) -> None:
        """Copy a sample to the user's own folder and show it there."""
        leave = self.leaving.ask_ahead()
        if leave is None:
            return
        self.busy.emit(True)

        def copied(path: Path) -> None:
            self.busy.emit(False)
            let_go = leave()
            if let_go is not None:
                self.notes = []
                self._show(path, let_go)

        self.tasks.run(f"Copying the sample {name}", lambda: copy_out(name), copied, self._failed, "document")

    def open_data(self, path: Path, sheet: str = "") -> None:
        """Use other data in this project, or another ``sheet``; an empty project gets a network that suits it."""
        session = self.session
        base = session.path or path.resolve().parent / f"untitled{SUFFIX}"
        self.expected.emit(not path.is_dir())

        def draft() -> NewProject:
            from designer.importing.new import draft_project

            with one_reading():
                return draft_project(path, None, base, sheet=sheet)

        def drafted(made: NewProject) -> None:
            from designer.project import edits

            project = session.project
            drawn = made.project if session.path is not None else rebased_whole(made.project, base.parent)
            gone = project.data is not None and not resolve_from(session.base, project.data.path).exists()
            moved = edits.relocate_data(project, drawn.data) if gone else None
            self.notes = [] if moved is not None else list(made.notes)
            changed = moved or (edits.set_data(project, drawn.data) if project.graph.nodes else drawn)
            label, merge = f"Open {(sheet or path.name)[:40]}", f"open {path} {sheet}"
            session.do(label, changed, merge)
            self.data_taken.emit(label, changed, merge)
            self.data_shown.emit()
            self.noted.emit(tuple(self.notes))

        self.tasks.run(f"Reading {path.name}", draft, drafted, self._failed, "document")

    def open_sheet(self, sheet: str) -> None:
        """Use another sheet of the workbook, or table of the database, that this project reads."""
        data = self.session.project.data
        if data is not None:
            self.open_data(resolve_from(self.session.base, data.path), sheet)

    def start_from_template(self) -> None:
        """Let the user replace the network by one of a template; the data stays, and one step takes it back."""
        from designer.gui.templates.dialog import TemplateDialog

        session = self.session
        dialog = TemplateDialog(session.project, session.base, self._theme(), self.window)
        accepted = dialog.exec()
        made, title = dialog.made, dialog.title
        dialog.deleteLater()
        if accepted and made is not None:
            session.do(f"Start from the template {title}", made)
            self.network_shown.emit()

    def choose_data(self, folder: bool) -> None:
        """Let the user pick other data for this project."""
        if folder:
            path = QFileDialog.getExistingDirectory(self.window, "Open a folder", start_folder())
        else:
            path, _ = QFileDialog.getOpenFileName(self.window, "Open a table", start_folder(), TABLES)
        if path:
            remember_folder(Path(path).parent)
            self.open_data(Path(path))

    def save(self) -> bool:
        """Write the project to its file; whether it is written."""
        return self.save_as() if self.session.path is None else self._save(None)

    def save_as(self, *, title: str = "Save project as") -> bool:
        """Write the project to another file, which becomes its own; whether it is written."""
        start = self.session.path or self._first_path()
        name, _ = QFileDialog.getSaveFileName(self.window, title, str(start), PROJECTS)
        if not name:
            return False
        path = Path(name)
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
            if path.exists() and ask(self.window, "Replace the file?", f"{path} exists already.",
                                     ["Replace", "Cancel"]) != 0:  # fmt: skip
                return False
        return self._save(path)

    def _first_path(self) -> Path:
        """A file name for a project that has none yet: that of its data, beside it."""
        data = self.session.project.data
        if data is None:
            return Path(start_folder()) / f"{self.session.title.lower()}{SUFFIX}"
        from designer.gui.new_dialog import free_project_path

        return free_project_path(resolve_from(self.session.base, data.path))

    def _save(self, path: Path | None) -> bool:
        from designer.workspace.guard import ChangedOutside, OpenElsewhere

        try:
            self.session.save(path)
        except OpenElsewhere as error:
            if ask(self.window, "Open in another window", str(error), ["Save a copy…", "Cancel"]) == 0:
                return self.save_as()
            return False
        except ChangedOutside as error:
            answer = ask(self.window, "The file has changed", str(error), ["Save a copy…", "Overwrite", "Cancel"])
            if answer == SAVE:
                return self.save_as()
            if answer != DISCARD or not self._overwrite(path):
                return False
        except LayerloomError as error:
            tell(self.window, "The project could not be saved", str(error))
            return False
        self._remember()
        self.saved.emit()
        return True

    def _overwrite(self, path: Path | None) -> bool:
        try:
            self.session.save(path, overwrite=True)
        except LayerloomError as error:
            tell(self.window, "The project could not be saved", str(error))
            return False
        return True

    def _show(self, path: Path, let_go: LetGo, with_data: bool = False) -> bool:
        try:
            self.session.reopen(path)
        except LayerloomError as error:
            tell(self.window, "The project could not be opened", f"{error}{previous_hint(path)}")
            return False
        let_go()
        self.drop_reading()
        self._remember()
        self._tell_opened(with_data)
        if self.session.read_only:
            tell(self.window, "Open in another window",
                 f"{path.name} is open in another Layerloom window, so it is opened read only here. You can change it"
                 " and save a copy under another name. To work on the file itself, close it there first and open it"
                 " here again.")  # fmt: skip
        return True

    def _tell_opened(self, with_data: bool) -> None:
        self.begins_with_data = with_data
        self.opened.emit()
        self.noted.emit(tuple(self.notes))

    def _failed(self, sentence: str) -> None:
        self._end_reading()
        tell(self.window, "This did not work", sentence[:1].upper() + sentence[1:])

    def _remember(self) -> None:
        from designer.workspace.recent import remember_project

        path = self.session.path
        if path is not None:
            self.tasks.run("", lambda: remember_project(path))


def rebased_whole(project: Project, base: Path) -> Project:
    """The project with whole data paths, since it lies in no folder yet from which they could start."""
    if project.data is None:
        return project
    return replace(project, data=with_paths(project.data, lambda path: resolve_from(base, path).as_posix()))


def previous_hint(path: Path) -> str:
    """Where the save before the last one is, as a sentence to follow another; empty where there is none."""
    from designer.workspace.recovery import previous_save

    previous = previous_save(path)
    if previous is None:
        return ""
    return f"\n\nWhat was saved before it is in {previous.name}. Copy that to a name ending in {SUFFIX}."

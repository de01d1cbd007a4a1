"""Documents: opening, making and saving projects, with nothing lost unasked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from designer.gui.dialogs import ask, tell
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.project.errors import LayerloomError
from designer.project.model import Project
from designer.workspace.session import SUFFIX, Session

if TYPE_CHECKING:
    from designer.importing.new import NewProject

TABLES = "Tables (*.csv *.tsv *.txt *.csv.gz *.tsv.gz);;All files (*)"
PROJECTS = f"Layerloom projects (*{SUFFIX})"
SAVE, DISCARD, CANCEL = range(3)


class Documents(QObject):
    """Acts on the session for the menus File and Data.

    ``opened`` says that another project is shown now, ``saved`` that it was written, ``busy`` whether one waits.
    """

    opened = Signal()
    saved = Signal()
    busy = Signal(bool)

    def __init__(self, window: QWidget, session: Session, tasks: Tasks, theme: Callable[[], Theme]) -> None:
        super().__init__(window)
        self.window, self.session, self.tasks, self._theme = window, session, tasks, theme
        self.may_leave_run: Callable[[], bool] = lambda: True
        self.notes: list[str] = []

    def may_leave(self) -> bool:
        """Whether the project may be left: nothing is unsaved, or it was saved, or the user lets it go."""
        if not self.may_leave_run():
            return False
        if self.session.saved:
            return True
        answer = ask(
            self.window,
            "Save changes?",
            f"“{self.session.title}” has changes that are not saved yet.",
            ["Save", "Don’t save", "Cancel"],
        )
        return self.save() if answer == SAVE else answer == DISCARD

    def new_empty(self) -> None:
        """Show an empty project."""
        if self.may_leave():
            self.session.restart(Project())
            self.opened.emit()

    def show_nothing(self) -> None:
        """Let the project go."""
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
        if not self.may_leave():
            return
        from designer.gui.new_dialog import NewProjectDialog

        dialog = NewProjectDialog(data, self._theme(), self.window)
        accepted = dialog.exec()
        made, notes = dialog.project_path, list(dialog.notes)
        dialog.deleteLater()
        if accepted and made is not None:
            self.notes = notes
            self._show(made)

    def choose_table(self) -> None:
        """Let the user pick a table for a new project."""
        path, _ = QFileDialog.getOpenFileName(self.window, "New project from a table", start_folder(), TABLES)
        if path:
            remember_folder(Path(path).parent)
            self.new_from(Path(path))

    def choose_folder(self) -> None:
        """Let the user pick a folder of pictures for a new project."""
        path = QFileDialog.getExistingDirectory(self.window, "New project from a folder of images", start_folder())
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
        if not self.may_leave():
            return False
        self.notes = []
        return self._show(path)

    def open_sample(self, name: str) -> None:
        """Copy a sample to the user's own folder and show it there."""
        if not self.may_leave():
            return
        self.busy.emit(True)

        def copied(path: Path) -> None:
            self.busy.emit(False)
            self.notes = []
            self._show(path)

        self.tasks.run(f"Copying the sample {name}", lambda: copy_out(name), copied, self._failed, "document")

    def open_data(self, path: Path) -> None:
        """Use other data in this project; an empty project gets a network that suits it."""
        session = self.session
        base = session.path or session.base / f"untitled{SUFFIX}"

        def draft() -> NewProject:
            from designer.importing.new import draft_project

            return draft_project(path, None, base)

        def drafted(made: NewProject) -> None:
            from designer.project import edits

            project = session.project
            self.notes = list(made.notes)
            changed = edits.set_data(project, made.project.data) if project.graph.nodes else made.project
            session.do(f"Open {path.name[:40]}", changed)

        self.tasks.run(f"Reading {path.name}", draft, drafted, self._failed, "document")

    def choose_data(self, folder: bool) -> None:
        """Let the user pick other data for this project."""
        if folder:
            path = QFileDialog.getExistingDirectory(self.window, "Open a folder of images", start_folder())
        else:
            path, _ = QFileDialog.getOpenFileName(self.window, "Open a table", start_folder(), TABLES)
        if path:
            remember_folder(Path(path).parent)
            self.open_data(Path(path))

    def save(self) -> bool:
        """Write the project to its file; whether it is written."""
        return self.save_as() if self.session.path is None else self._save(None)

    def save_as(self) -> bool:
        """Write the project to another file, which becomes its own; whether it is written."""
        start = self.session.path or Path(start_folder()) / f"{self.session.title.lower()}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self.window, "Save project as", str(start), PROJECTS)
        if not name:
            return False
        path = Path(name)
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
            if path.exists() and ask(self.window, "Replace the file?", f"{path} exists already.",
                                     ["Replace", "Cancel"]) != 0:  # fmt: skip
                return False
        return self._save(path)

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

    def _show(self, path: Path) -> bool:
        try:
            self.session.reopen(path)
        except LayerloomError as error:
            tell(self.window, "The project could not be opened", f"{error}{previous_hint(path)}")
            return False
        self._remember()
        self.opened.emit()
        if self.session.read_only:
            tell(self.window, "Open in another window",
                 f"{path.name} is open in another Layerloom window, so it is opened read only here. You can change it"
                 " and save a copy under another name. To work on the file itself, close it there first and open it"
                 " here again.")  # fmt: skip
        return True

    def _failed(self, sentence: str) -> None:
        self.busy.emit(False)
        tell(self.window, "This did not work", sentence[:1].upper() + sentence[1:])

    def _remember(self) -> None:
        from designer.workspace.recent import remember_project

        path = self.session.path
        if path is not None:
            self.tasks.run("", lambda: remember_project(path))


def previous_hint(path: Path) -> str:
    """Where the save before the last one is, as a sentence to follow another; empty where there is none."""
    from designer.workspace.recovery import previous_save

    previous = previous_save(path)
    if previous is None:
        return ""
    return f"\n\nWhat was saved before it is in {previous.name}. Copy that to a name ending in {SUFFIX}."


def copy_out(name: str) -> Path:
    """Copy a sample to a folder of its own that holds no other work; answers the project there."""
    from designer.workspace.samples import copy_sample

    folder, number = projects_folder() / name, 2
    while folder.exists():
        folder, number = projects_folder() / f"{name}-{number}", number + 1
    return copy_sample(name, folder)


def projects_folder() -> Path:
    """Where samples are copied to: ``Layerloom`` among the user's documents."""
    from designer.workspace.places import HOME_VARIABLE, memory_folder

    if os.environ.get(HOME_VARIABLE):
        return memory_folder() / "projects"
    import platformdirs

    return Path(platformdirs.user_documents_dir()) / "Layerloom"


def start_folder() -> str:
    """Where file dialogs begin."""
    from designer.workspace.preferences import load_preferences

    last = load_preferences().last_folder
    return last if last and Path(last).is_dir() else str(Path.home())


def remember_folder(folder: Path) -> None:
    """Let the next file dialog begin here."""
    from designer.workspace.preferences import change_preferences

    change_preferences(last_folder=str(folder))

"""Recovery in the window: unsaved work is kept safe while one edits, and offered when it was left behind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialog

from designer.gui.dialogs import tell
from designer.gui.tasks import Done
from designer.project.errors import LayerloomError
from designer.workspace.autosave import Autosave

if TYPE_CHECKING:
    from designer.gui.window import MainWindow
    from designer.workspace.comparison import Comparison
    from designer.workspace.recovery import Recoverable

BUSY_MS = 150
WRITE_SECONDS = 2.0
TITLE = "The unsaved work could not be recovered"


class Recovery(QObject):
    """Keeps the session's unsaved work on the disk, and lets the person choose what to do with what is found there."""

    _told = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window, self.session = window, window.session
        self._note = ""
        self._taking = False
        self._told.connect(lambda sentence: window.status.say(sentence))
        # called in the thread that writes; the signal takes it over to this one
        self.autosave = Autosave(self.session, self._told.emit)
        window.documents.opened.connect(self._project_opened)

    def begin(self, path: Path | None, note: str) -> None:
        """The app has started, with a project or data at ``path`` if there is one; offer what was left behind.

        ``note`` says how it ended the last time. What belongs to ``path`` is offered as that is opened; of other work
        only a sentence tells then, for somebody wants to do something else now.
        """
        self._note = note

        def found(works: tuple[Recoverable, ...]) -> None:
            wanted = [work for work in works if not work.declined]
            if path is None:
                self._offer(wanted)
            elif others := [work for work in wanted if work.project != path.resolve()]:
                count = "Another project has" if len(others) == 1 else f"{len(others)} other projects have"
                self.window.status.say(f"{count} unsaved work: File, Recover unsaved work. {note}".strip())

        self._look(found)

    def show_all(self) -> None:
        """List all unsaved work, also what was declined."""

        def found(works: tuple[Recoverable, ...]) -> None:
            if works:
                self._list(works)
            else:
                self.window.status.say("There is no unsaved work to recover. What you edit is kept safe by itself.")

        self._look(found)

    def leave(self) -> None:
        """The session ends, and the person has said what is to become of it."""
        self.autosave.close()

    def close(self) -> None:
        """The session ends; unless the person was asked, unsaved work is kept for the next start."""
        self.autosave.close(keep=True)

    def _look(self, found: Done) -> None:
        from designer.workspace.recovery import list_recoverable

        self.window.tasks.run("", list_recoverable, found)

    def _project_opened(self) -> None:
        path = self.session.path
        if path is None or self._taking:
            return

        def found(works: tuple[Recoverable, ...]) -> None:
            if self.session.path == path:
                self._offer([work for work in works if work.project == path and not work.declined])

        self._look(found)

    def _offer(self, works: Sequence[Recoverable]) -> None:
        if not works or not self.window.isVisible():
            return
        if QApplication.activeModalWidget() is not None:
            # another question comes first
            QTimer.singleShot(BUSY_MS, self, lambda: self._offer(works))
        elif len(works) == 1:
            self._compare(works[0])
        else:
            self._list(works)

    def _list(self, works: Sequence[Recoverable]) -> None:
        from designer.gui.recovery_list import RecoveryList

        dialog = RecoveryList(works, lambda: self.window.theme, self.window, self._said())

        def finished(_: int) -> None:
            dialog.deleteLater()
            if dialog.chosen is not None:
                self._compare(dialog.chosen, works)

        dialog.finished.connect(finished)
        dialog.open()

    def _compare(self, work: Recoverable, among: Sequence[Recoverable] = ()) -> None:
        """Show a piece of work beside what was saved; those ``among`` which it was chosen follow."""
        from designer.workspace.comparison import compare

        def failed(sentence: str) -> None:
            tell(self.window, TITLE, sentence)

        self.window.tasks.run("", lambda: compare(work), lambda found: self._show(found, among), failed)

    def _show(self, found: Comparison, among: Sequence[Recoverable]) -> None:
        from designer.gui.recovery_dialog import RECOVERED, SAVED, RecoveryDialog

        dialog: QDialog = RecoveryDialog(found, lambda: self.window.theme, self.window, self._said())

        def finished(answer: int) -> None:
            dialog.deleteLater()
            if answer == RECOVERED:
                self._use_recovered(found.work)
                return
            rest = list(among)
            if answer == SAVED:
                rest = [] if self._use_saved(found.work) else [other for other in rest if other != found.work]
            if rest:
                self._list(rest)

        dialog.finished.connect(finished)
        dialog.open()

    def _said(self) -> str:
        """How the last session ended is said once."""
        note, self._note = self._note, ""
        return note

    def _is_shown(self, work: Recoverable) -> bool:
        return self.window.editing and work.project is not None and work.project == self.session.path

    def _use_recovered(self, work: Recoverable) -> None:
        from designer.workspace.recovery import recover

        shown, documents = self._is_shown(work), self.window.documents
        let_go = (lambda: None) if shown else documents.ask_to_leave()
        if let_go is None:
            return
        try:
            recover(work, self.session, lambda: self.autosave.flush(WRITE_SECONDS))
        except LayerloomError as error:
            tell(self.window, TITLE, str(error))
            return
        let_go()
        if not shown:
            self._taking = True
            documents.drop_reading()
            documents.notes = []
            documents.opened.emit()
            self._taking = False
        self.window.status.say("The unsaved work is back. Save the project to keep it.")

    def _use_saved(self, work: Recoverable) -> bool:
        """Go on with what was saved; whether another project is shown for it."""
        from designer.workspace.recovery import decline

        try:
            decline(work)
        except LayerloomError as error:
            tell(self.window, "This could not be noted down", str(error))
        if work.project is None or self._is_shown(work):
            return False
        return self.window.documents.open(work.project)

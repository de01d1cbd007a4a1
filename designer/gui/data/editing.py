"""Edits of the data, each a step of the history that the network follows."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from designer.gui.data.adapting import Following
from designer.gui.data.splitting import chosen_test_file
from designer.gui.panels.column_edits import label_of, set_columns, set_split
from designer.layers.recipe import RecipeStep, switch_step
from designer.project.errors import EditError
from designer.project.model import Split
from designer.workspace.session import Session


class Editing(QObject):
    """Makes edits of the session's data. ``refused`` says why one was not made, or nothing where it was given up."""

    refused = Signal(str)

    def __init__(self, page: QWidget, session: Session) -> None:
        super().__init__(page)
        self.following = Following(session)
        self._page, self._session = page, session
        self._count = 0

    def do(self, label: str, edit: object, *arguments: object, merge: str = "") -> None:
        """Make an edit of the project with these arguments a step of the history; ``merge`` is its key for merging."""
        session = self._session
        try:
            project = edit(session.project, *arguments)  # type: ignore[operator]
        except EditError as error:
            self.refused.emit(str(error))
            return
        if project is not session.project:
            self._count += 1
            merge = merge or f"data edit {self._count}"
            session.do(label, project, merge)
            self.following.did(label, project, merge)

    def do_merged(self, label: str, edit: object, merge: str) -> None:
        """Make an edit that takes no arguments."""
        self.do(label, edit, merge=merge)

    def set_columns(self, names: Collection[str], field: str, value: object) -> None:
        """Give a field of some columns a value."""
        data = self._session.project.data
        label = label_of(data.columns if data is not None else (), names, field, value)
        self.do(label, set_columns, names, field, value)

    def set_split(self, split: Split, label: str, merge: str) -> None:
        """Divide the rows in another way."""
        self.do(label, set_split, split, merge=merge)

    def choose_test_file(self) -> None:
        """Let the user choose the file of the test rows."""
        chosen = chosen_test_file(self._page, self._session)
        if chosen is not None:
            self.set_split(*chosen, "")
        else:
            self.refused.emit("")

    def switch_step(self, step: RecipeStep, on: bool) -> None:
        """Switch a step of the recipe on or off."""
        what = f" of “{step.column}”" if step.column else ""
        self.do(f"Switch {'on' if on else 'off'}{what}: {step.text}", switch_step, step.column, step.key, on)

"""Leaving a project: training and unsaved work are asked about first, and let go only once another one can be shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TypeAlias

from designer.gui.dialogs import ask

if TYPE_CHECKING:
    from designer.gui.documents import Documents
    from designer.project.model import Project

LetGo: TypeAlias = Callable[[], object]
SAVE, DISCARD, CANCEL = range(3)
# what leaving would hold or end, each of them more than the one before
NOTHING, WAITS, TRAINS = range(3)


class Leaving:
    """What stands between a project and the next one.

    ``ask_of_run`` asks what becomes of a training: an answer lets it go, None stands for a project that is not to be
    left. ``stake`` is what would be asked about, and nothing that waits begins within ``still``.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.ask_of_run: Callable[[], LetGo | None] = lambda: lambda: None
        self.stake: Callable[[], int] = lambda: NOTHING
        self.still: Callable[[], AbstractContextManager[object]] = nullcontext
        self.made: Project | None = None

    def ask(self) -> LetGo | None:
        """Ask about a training and unsaved work; the answer lets the training go, None where the project stays.

        Until it is called all is as it was, so that whoever cancels later, or fails, finds it so.
        """
        with self.still():
            return self._ask()

    def _ask(self) -> LetGo | None:
        session = self._documents.session
        let_go = self.ask_of_run()
        if let_go is None or session.saved or self._untouched:
            return let_go
        answer = ask(
            self._documents.window,
            "Save changes?",
            f"“{session.title}” has changes that are not saved yet.",
            ["Save", "Don’t save", "Cancel"],
        )
        leaves = self._documents.save() if answer == SAVE else answer == DISCARD
        return let_go if leaves else None

    def ask_ahead(self) -> Callable[[], LetGo | None] | None:
        """Ask now for what is shown later, once it is read; None where the project stays.

        The answer is called then and gives what ``ask`` gives: what was answered, or where something was edited or
        began meanwhile that nobody was asked about, what is answered now.
        """
        stake, let_go, project = self.stake(), self.ask(), self._documents.session.project
        if let_go is None:
            return None

        def then() -> LetGo | None:
            same = self._documents.session.project is project and self.stake() <= stake
            return let_go if same else self.ask()

        return then

    @property
    def _untouched(self) -> bool:
        """Whether the project was made of data by itself and nobody has done anything to it since."""
        session = self._documents.session
        return session.path is None and self.made is session.project and not session.history.can_redo

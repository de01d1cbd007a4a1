"""What a project for new data would be, found out in the background while a person still looks at the data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from designer.gui.data.progress import Progress
from designer.gui.numbers import plural
from designer.gui.tasks import Tasks

if TYPE_CHECKING:
    from designer.importing.brief import Brief
    from designer.importing.new import NewProject

DRAFT = "draft project"
# what a sample is, as the end of a sentence
OUT_OF = {
    "rows": "the rows of a table",
    "pictures": "pictures",
    "masks": "pictures",
    "windows": "the values before it",
    "files": "sequences",
    "texts": "texts",
    "tokens": "the text before them",
}


@dataclass(frozen=True)
class Draft:
    """A project that could be made, what its network is called, and what it does in a few words."""

    made: NewProject
    title: str
    task: str


class Drafting(QObject):
    """``drafted`` once there is a ``draft`` of what was asked for last, ``failed`` with the reason where none can be.

    A draft hangs on the column to predict, on the ``sheet`` that is read and on the folder that the project is to lie
    in, not on its name.
    """

    drafted = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject, data: Path, tasks: Tasks) -> None:
        super().__init__(parent)
        self.data, self.tasks = data, tasks
        self.progress = Progress()
        self.draft: Draft | None = None
        self.trouble = self.sheet = ""
        self._asked: tuple[str | None, str, Path] | None = None

    def ask(self, target: str | None, path: Path, again: bool = False) -> None:
        """Draft a project at ``path`` that predicts ``target``; once more where it failed and ``again`` is wanted."""
        key = (target, self.sheet, path.parent)
        if key == self._asked and not (again and self.trouble):
            return
        self.stop()
        self._asked, self.draft, self.trouble = key, None, ""
        self.progress = progress = Progress()
        data, sheet = self.data, self.sheet

        def work() -> Draft:
            from designer.importing.architectures import architecture
            from designer.importing.new import draft_project

            made = draft_project(data, target, path, progress=progress, sheet=sheet)
            return Draft(made, architecture("", made.brief).title, task_words(made.brief))

        self.tasks.run("", work, self._came, self._not_made, DRAFT, reading=True)

    def known(self, target: str | None, path: Path) -> Draft | None:
        """The draft for these, if there is one."""
        return self.draft if (target, self.sheet, path.parent) == self._asked else None

    def stop(self) -> None:
        """Nobody wants to know any more."""
        self.tasks.cancel(DRAFT)
        self.progress.stop()
        self._asked = None

    def _came(self, draft: Draft) -> None:
        self.draft = draft
        self.drafted.emit()

    def _not_made(self, sentence: str) -> None:
        self.trouble = sentence
        self.failed.emit(sentence)


def task_words(brief: Brief) -> str:
    """What a network for such data does, in a few words."""
    out_of = OUT_OF[brief.form]
    if brief.form == "tokens":
        return f"Goes on with a text: each token out of {out_of}"
    if brief.form == "masks":
        return f"Tells {plural(brief.answers, 'class', 'classes')} of pixels apart"
    if brief.kind == "number":
        wanted = "a number" if brief.answers == 1 else f"{brief.answers} numbers"
        wanted = "the next value" if brief.form == "windows" and brief.answers == 1 else wanted
        return f"Predicts {wanted} out of {out_of}"
    if brief.kind == "text":
        return f"Predicts a text out of {out_of}"
    return f"Tells {plural(brief.answers, 'class', 'classes')} apart by {out_of}"

"""The dialog for a new project: what was found out about the data, what to predict, and where to save the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.labels import ElidedLabel, plain_label, rule
from designer.gui.new_pages import BusyPage, FoundPage, RefusedPage
from designer.gui.panels.data_side import sentence
from designer.gui.panels.reading import (
    ImagesReport,
    Picture,
    TableReport,
    read_images_report,
    read_pictures,
    read_table_report,
)
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.workspace.session import SUFFIX

if TYPE_CHECKING:
    from designer.importing.new import NewProject

READ, PICTURES, CREATE = "read new data", "read new pictures", "create project"
Report = TableReport | ImagesReport
TABLE_SUFFIXES = (".gz", ".csv", ".tsv", ".txt", ".tab", ".parquet", ".pq", ".xlsx", ".xlsm", ".sqlite", ".sqlite3",
                  ".db")  # fmt: skip


class NewProjectDialog(QDialog):
    """Makes a project for a table or a folder of pictures.

    Once accepted, ``project_path`` is the file that was made and ``notes`` what was decided, a sentence each.
    """

    def __init__(self, data: Path, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = Path(data)
        self.project_path: Path | None = None
        self.notes: tuple[str, ...] = ()
        self.report: Report | None = None
        self.tasks = Tasks(self)
        self._creating = False
        self.setWindowTitle("New project")
        self.setModal(True)
        self.busy, self.refused, self.found = BusyPage(), RefusedPage(), FoundPage(theme, self.data.is_dir())
        self.trouble = plain_label("", "error", wrap=True, selectable=True)
        self.create_button, self.cancel_button = QPushButton("Create project"), QPushButton("Cancel")
        self._build()
        self.found.browse_requested.connect(self._browse)
        self.found.edited.connect(self._check)
        self.create_button.clicked.connect(self._create)
        self.cancel_button.clicked.connect(self.reject)
        self._confirmed: Path | None = None
        self.found.set_path(free_project_path(self.data))
        self._read()

    def sizeHint(self) -> QSize:
        """Room for the preview."""
        return QSize(960, 600)

    def reject(self) -> None:
        """Leave; whatever is being read or made is let go."""
        self.tasks.cancel(READ)
        self.tasks.cancel(PICTURES)
        if self._creating:
            # a project that is made all the same is not opened, and does nobody harm
            self.tasks.cancel(CREATE)
        super().reject()

    def done(self, result: int) -> None:
        """Leave no work behind."""
        self.tasks.close()
        super().done(result)

    def _build(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(20, 16, 20, 12)
        head.setSpacing(2)
        what = "images" if self.data.is_dir() else "a table"
        head.addWidget(plain_label(f"New project from {what}", "heading"))
        head.addWidget(ElidedLabel(str(self.data), "small", middle=True))
        self.pages = QStackedWidget()
        self.pages.addWidget(self.busy)
        self.pages.addWidget(self.found)
        self.pages.addWidget(self.refused)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 12, 20, 16)
        foot.setSpacing(8)
        foot.addWidget(self.trouble, 1)
        foot.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self.create_button, 0, Qt.AlignmentFlag.AlignBottom)
        self.create_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule())
        column.addWidget(self.pages, 1)
        column.addWidget(rule())
        column.addLayout(foot)

    def _read(self) -> None:
        self._wait(f"Reading {self.data.name}…")
        data = self.data
        if data.is_dir():
            self.tasks.run("", lambda: read_pictures(data), self._show_pictures, lane=PICTURES)
            self.tasks.run("", lambda: read_images_report(data), self._show, self._refuse, READ)
        else:
            self.tasks.run("", lambda: read_table_report(data), self._show, self._refuse, READ)

    def _wait(self, words: str) -> None:
        self.busy.say(words)
        self.pages.setCurrentWidget(self.busy)
        self.create_button.setEnabled(False)
        self._say("")

    def _show(self, report: Report) -> None:
        self.report = report
        self.found.show_report(report)
        self._show_found()

    def _show_pictures(self, pictures: list[Picture]) -> None:
        self.found.thumbnails.show_pictures(pictures)

    def _show_found(self) -> None:
        self.pages.setCurrentWidget(self.found)
        self._check()
        (self.found.path if self.data.is_dir() else self.found.target).setFocus(Qt.FocusReason.OtherFocusReason)

    def _refuse(self, message: str) -> None:
        """The data cannot be read: there is nothing to choose, only a reason."""
        self.tasks.cancel(PICTURES)
        self.refused.say(sentence(message))
        self.pages.setCurrentWidget(self.refused)
        self.create_button.hide()
        self.cancel_button.setText("Close")
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _check(self) -> None:
        """Say what is wrong with the choices, as soon as it is."""
        self._say(self._fault())

    def _fault(self) -> str:
        path = self.found.chosen_path()
        if path is None:
            return "Name a file to save the project in."
        if not path.parent.is_dir():
            return f"There is no folder {path.parent}."
        if path.is_dir():
            return f"{path.name} is a folder. Choose another name."
        if path.exists() and path != self._confirmed:
            return f"{path.name} exists already. Choose another name."
        return ""

    def _say(self, message: str) -> None:
        self.trouble.setText(sentence(message))
        self.create_button.setEnabled(not message and self.report is not None and not self._creating)

    def _browse(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        start = str(self.found.chosen_path() or free_project_path(self.data))
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the project as", start, f"Projects (*{SUFFIX})")
        if chosen:
            # the file dialog has asked whether what is there may go
            self._confirmed = with_suffix(Path(chosen)) if chosen.endswith(SUFFIX) else None
            self.found.set_path(with_suffix(Path(chosen)))
            self._check()

    def _create(self) -> None:
        path, target, template = self.found.chosen_path(), self.found.chosen_target(), self.found.chosen_template()
        if path is None or self._fault() or self.report is None:
            self._check()
            return
        data, overwrite = self.data, path == self._confirmed
        self._creating = True
        self._wait("Finding a sound starting network…")

        def work() -> NewProject:
            from designer.workspace.verbs import new

            return new(data, target, template, path, overwrite=overwrite)

        self.tasks.run("", work, lambda made: self._made(path, made), self._not_made, CREATE)

    def _made(self, path: Path, made: NewProject) -> None:
        self.project_path, self.notes = path, made.notes
        self.accept()

    def _not_made(self, message: str) -> None:
        self._creating = False
        self._show_found()
        self._say(message)
        # another choice may do: the button waits for it
        self.create_button.setEnabled(True)


def with_suffix(path: Path) -> Path:
    """The path with the suffix of projects."""
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def free_project_path(data: Path) -> Path:
    """A file name beside the data that is not taken: ``iris.loom``, ``iris-2.loom``."""
    stem = data.name
    while not data.is_dir() and Path(stem).suffix.lower() in TABLE_SUFFIXES:
        stem = Path(stem).stem
    stem = stem or "project"
    wanted, number = data.resolve().parent / f"{stem}{SUFFIX}", 1
    while wanted.exists():
        number += 1
        wanted = wanted.with_name(f"{stem}-{number}{SUFFIX}")
    return wanted

"""The dialog for a new project: what was found out about the data, what to predict, and where to save the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from designer.gui.templates.page import TemplatePage
from designer.gui.theme import Theme
from designer.project.model import FieldValue
from designer.workspace.session import SUFFIX

if TYPE_CHECKING:
    from designer.importing.new import NewProject

READ, PICTURES, DRAFT, CREATE = "read new data", "read new pictures", "draft project", "create project"
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
        self.network = TemplatePage(theme, self.tasks)
        self.trouble = plain_label("", "error", wrap=True, selectable=True)
        self.create_button, self.cancel_button = QPushButton("Create project"), QPushButton("Cancel")
        self.next_button, self.back_button = QPushButton("Choose the network…"), QPushButton("Back")
        self._drafted: tuple[str | None, Path, NewProject] | None = None
        self._build()
        self.resize(self.sizeHint())
        self.found.browse_requested.connect(self._browse)
        self.found.edited.connect(self._check)
        self.create_button.clicked.connect(self._create)
        self.cancel_button.clicked.connect(self.reject)
        self.next_button.clicked.connect(self._choose_network)
        self.back_button.clicked.connect(self._go_back)
        self.network.changed.connect(self._check)
        self.network.wanted.connect(self._create)
        self._confirmed: Path | None = None
        self.found.set_path(free_project_path(self.data))
        self._read()

    def sizeHint(self) -> QSize:
        """Room for the preview."""
        return QSize(1080, 640)

    def reject(self) -> None:
        """Leave; whatever is being read or made is let go."""
        self.tasks.cancel(READ)
        self.tasks.cancel(PICTURES)
        self.tasks.cancel(DRAFT)
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
        self.pages.addWidget(self.network)
        self.pages.addWidget(self.refused)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 12, 20, 16)
        foot.setSpacing(8)
        foot.addWidget(self.trouble, 1)
        for button in (self.cancel_button, self.back_button, self.next_button, self.create_button):
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        for button in (self.cancel_button, self.back_button, self.next_button):
            button.setAutoDefault(False)
        self.next_button.setToolTip("Pick the kind of network and the few numbers that matter, and see it drawn.")
        self.back_button.hide()
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
            self.tasks.run("", lambda: read_pictures(data), self._show_pictures, lane=PICTURES, reading=True)
            self.tasks.run("", lambda: read_images_report(data), self._show, self._refuse, READ, reading=True)
        else:
            self.tasks.run("", lambda: read_table_report(data), self._show, self._refuse, READ, reading=True)

    def _wait(self, words: str) -> None:
        self.busy.say(words)
        self.pages.setCurrentWidget(self.busy)
        self._say("")
        self._show_buttons()

    def _show(self, report: Report) -> None:
        self.report = report
        self.found.show_report(report)
        self._show_found()

    def _show_pictures(self, pictures: list[Picture]) -> None:
        self.found.thumbnails.show_pictures(pictures)

    def _show_found(self) -> None:
        self.pages.setCurrentWidget(self.found)
        self._show_buttons()
        self._check()
        (self.found.path if self.data.is_dir() else self.found.target).setFocus(Qt.FocusReason.OtherFocusReason)

    def _refuse(self, message: str) -> None:
        """The data cannot be read: there is nothing to choose, only a reason."""
        self.tasks.cancel(PICTURES)
        self.refused.say(sentence(message))
        self.pages.setCurrentWidget(self.refused)
        for button in (self.create_button, self.next_button, self.back_button):
            button.hide()
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
        self._show_buttons()

    def _browse(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        start = str(self.found.chosen_path() or free_project_path(self.data))
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the project as", start, f"Projects (*{SUFFIX})")
        if chosen:
            # the file dialog has asked whether what is there may go
            self._confirmed = with_suffix(Path(chosen)) if chosen.endswith(SUFFIX) else None
            self.found.set_path(with_suffix(Path(chosen)))
            self._check()

    def _show_buttons(self) -> None:
        """Which steps can be gone from where one is."""
        page, ready = self.pages.currentWidget(), self.report is not None and not self._creating
        on_network, busy = page is self.network, page is self.busy
        sound = not on_network or (self.network.shown is not None and not self.network.shown.trouble)
        self.create_button.setEnabled(ready and not busy and sound and not self.trouble.text())
        self.next_button.setEnabled(ready and not busy and not self.trouble.text())
        self.next_button.setVisible(page is not self.refused and not on_network)
        self.back_button.setVisible(on_network)

    def _choose_network(self) -> None:
        """Go on to the kinds of networks; what they suit is found out first."""
        path, target, data = self.found.chosen_path(), self.found.chosen_target(), self.data
        if path is None or self._fault() or self.report is None:
            self._check()
            return
        if self._drafted is not None and self._drafted[:2] == (target, path):
            self._show_network()
            return
        self._wait("Finding out which networks suit…")

        def work() -> NewProject:
            from designer.importing.new import draft_project

            return draft_project(data, target, path)

        def came(made: NewProject) -> None:
            self._draft_came(target, path, made)

        self.tasks.run("", work, came, self._not_made, DRAFT, reading=True)

    def _draft_came(self, target: str | None, path: Path, made: NewProject) -> None:
        self._drafted = (target, path, made)
        self.network.offer(made.project, made.brief, self._show_network)

    def _show_network(self) -> None:
        self.pages.setCurrentWidget(self.network)
        self._check()
        self.network.take_keys()

    def _go_back(self) -> None:
        self.found.show_template(self.network.title.text())
        self._show_found()

    def _create(self) -> None:
        path, target = self.found.chosen_path(), self.found.chosen_target()
        if path is None or self._fault() or self.report is None or not self.create_button.isEnabled():
            self._check()
            return
        data, overwrite, drafted = self.data, path == self._confirmed, self._drafted
        known = drafted[2] if drafted is not None and drafted[:2] == (target, path) else None
        key, values = self.network.key, self.network.values
        self._creating = True
        self._wait("Finding a sound starting network…" if known is None else "Saving the project…")

        def work() -> NewProject:
            return _made_project(data, target, path, overwrite, known, key, values)

        self.tasks.run("", work, lambda made: self._made(path, made), self._not_made, CREATE, known is None)

    def _made(self, path: Path, made: NewProject) -> None:
        self.project_path, self.notes = path, made.notes
        self.network.remember()
        self.accept()

    def _not_made(self, message: str) -> None:
        self._creating = False
        self._show_found()
        self._say(message)
        # another choice may do: the buttons wait for it
        for button in (self.create_button, self.next_button):
            button.setEnabled(True)


def _made_project(
    data: Path,
    target: str | None,
    path: Path,
    overwrite: bool,
    known: NewProject | None,
    template: str,
    values: Mapping[str, FieldValue],
) -> NewProject:
    """The project, saved as ``path``; ``known`` is what was found out about the data before, if it was."""
    from designer.importing.architectures import started_on
    from designer.importing.new import draft_project
    from designer.workspace.verbs import refuse_to_save, save_new

    refuse_to_save(path, overwrite)
    made = known or draft_project(data, target, path)
    return save_new(replace(made, project=started_on(made.project, made.brief, template, values)), path)


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

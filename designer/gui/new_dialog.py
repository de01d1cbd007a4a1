"""The dialog for a new project: what was found out about the data, what to predict, and where to save the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.data.progress import Progress
from designer.gui.drafting import Drafting
from designer.gui.labels import ElidedLabel, lay_between_rules, plain_label
from designer.gui.layout_memory import keep_size
from designer.gui.new_pages import BusyPage, FoundPage, RefusedPage
from designer.gui.panels.data_side import sentence
from designer.gui.panels.reading import (
    ImagesReport,
    Picture,
    TableReport,
    read_pictures,
    read_table_report,
)
from designer.gui.panels.reading_folders import read_folder_report
from designer.gui.tasks import Tasks
from designer.gui.templates.page import TemplatePage
from designer.gui.theme import Theme
from designer.project.model import FieldValue
from designer.workspace.session import SUFFIX

if TYPE_CHECKING:
    from designer.importing.new import NewProject

READ, PICTURES, CREATE = "read new data", "read new pictures", "create project"
# what a project is made from, by the form of its data
FROM = {"pictures": "images", "masks": "images with masks", "idx": "images", "texts": "texts", "files": "sequences",
        "windows": "a series", "tokens": "a text"}  # fmt: skip
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
        self._filled = QTimer(self, singleShot=True, interval=0)
        self._filled.timeout.connect(self._show_found)
        self._creating = False
        self.setWindowTitle("New project")
        self.setModal(True)
        self.busy, self.refused, self.found = BusyPage(), RefusedPage(), FoundPage(theme, self.data)
        self.network = TemplatePage(theme, self.tasks)
        self.trouble = plain_label("", "error", wrap=True, selectable=True)
        self.create_button, self.cancel_button = QPushButton("Create project"), QPushButton("Cancel")
        self.next_button, self.back_button = QPushButton("Choose the network…"), QPushButton("Back")
        self.drafting = Drafting(self, self.data, self.tasks)
        self._then: Callable[[], None] | None = None
        self._offered: NewProject | None = None
        self._build()
        keep_size(self, "new", self.sizeHint())
        self.found.browse_requested.connect(self._browse)
        self.found.edited.connect(self._check)
        self.found.sheets.chosen.connect(self._read)
        self.create_button.clicked.connect(self._create)
        self.cancel_button.clicked.connect(self.reject)
        self.next_button.clicked.connect(self._choose_network)
        self.back_button.clicked.connect(self._go_back)
        self.network.changed.connect(self._check)
        self.network.wanted.connect(self._create)
        self.drafting.drafted.connect(self._drafted)
        self.drafting.failed.connect(self._not_drafted)
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
        self.drafting.stop()
        if self._creating:
            # a project that is made all the same is not opened, and does nobody harm
            self.tasks.cancel(CREATE)
        super().reject()

    def done(self, result: int) -> None:
        """Leave no work behind."""
        self.tasks.leave()
        super().done(result)

    def _build(self) -> None:
        head, foot = QVBoxLayout(), QHBoxLayout()
        head.setSpacing(2)
        foot.setSpacing(8)
        self.title = plain_label("New project", "heading")
        head.addWidget(self.title)
        head.addWidget(ElidedLabel(str(self.data), "small", middle=True))
        self.pages = QStackedWidget()
        # before they hold much: that takes long to be moved into something else
        lay_between_rules(self, head, self.pages, foot)
        self.pages.addWidget(self.busy)
        self.pages.addWidget(self.found)
        self.pages.addWidget(self.network)
        self.pages.addWidget(self.refused)
        foot.addWidget(self.trouble, 1)
        for button in (self.cancel_button, self.back_button, self.next_button, self.create_button):
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        for button in (self.cancel_button, self.back_button, self.next_button):
            button.setAutoDefault(False)
        self.next_button.setToolTip("Pick the kind of network and the few numbers that matter, and see it drawn.")
        self.back_button.hide()
        self.create_button.setDefault(True)

    def _read(self, sheet: str = "") -> None:
        self._wait(f"Reading {sheet or self.data.name}…")
        self.drafting.stop()
        self.drafting.sheet = sheet
        data = self.data
        if data.is_dir():
            self.tasks.run("", lambda: read_pictures(data), self._show_pictures, lane=PICTURES, reading=True)
            self.tasks.run("", lambda: read_folder_report(data), self._show, self._refuse, READ, reading=True)
        else:
            self.tasks.run("", lambda: read_table_report(data, sheet), self._show, self._refuse, READ, reading=True)

    def _wait(self, words: str, progress: Progress | None = None) -> None:
        self._filled.stop()
        self.busy.say(words, progress)
        self.pages.setCurrentWidget(self.busy)
        self._say("")
        self._show_buttons()

    def _show(self, report: Report) -> None:
        self.report = report
        self._say_from(report.form)
        self.found.show_report(report)
        # the page is laid out and painted in a turn of its own: both together hold the window for too long
        self._filled.start()

    def _show_pictures(self, pictures: list[Picture]) -> None:
        self.found.thumbnails.show_pictures(pictures)

    def _show_found(self) -> None:
        self.pages.setCurrentWidget(self.found)
        self._show_buttons()
        self._check()
        (self.found.path if self.data.is_dir() else self.found.target).setFocus(Qt.FocusReason.OtherFocusReason)

    def _refuse(self, message: str) -> None:
        """The data cannot be read: there is nothing to choose but another sheet, only a reason."""
        self.tasks.cancel(PICTURES)
        if isinstance(self.report, TableReport):
            # another sheet was asked for: what was found before stays
            self.drafting.sheet = self.report.sheet
            self._show_found()
            self._say(message)
            for button in (self.create_button, self.next_button):
                button.setEnabled(True)
            return
        self.refused.say(sentence(message))
        self.pages.setCurrentWidget(self.refused)
        for button in (self.create_button, self.next_button, self.back_button):
            button.hide()
        self.cancel_button.setText("Close")
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _check(self) -> None:
        """Say what is wrong with the choices, as soon as it is, and find out what would be made of them."""
        fault, path = self._fault(), self.found.chosen_path()
        self._say(fault)
        if self.report is not None and path is not None and not fault and not self._creating:
            before = self.drafting.draft
            self.drafting.ask(self.found.chosen_target(), path)
            if before is not None and self.drafting.draft is None:
                self.found.show_draft(None)

    def _say_from(self, form: str) -> None:
        usual = "images" if self.data.is_dir() else "a table"
        self.title.setText(f"New project from {FROM.get(form, usual)}")

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
        path, target = self.found.chosen_path(), self.found.chosen_target()
        if path is None or self._fault() or self.report is None:
            self._check()
            return
        draft = self.drafting.known(target, path)
        if draft is None:
            self._once_drafted(self._choose_network, "Finding out which networks suit…")
        elif draft.made is self._offered:
            self._show_network()
        else:
            self._offered = draft.made
            self._wait("Finding out which networks suit…")
            self.network.offer(draft.made.project, draft.made.brief, self._show_network)

    def _once_drafted(self, then: Callable[[], None], words: str) -> None:
        """Go on once it is known what would be made of the data."""
        path = self.found.chosen_path()
        assert path is not None
        self._then = then
        self.drafting.ask(self.found.chosen_target(), path, again=True)
        self._wait(words, self.drafting.progress)

    def _drafted(self) -> None:
        draft, then = self.drafting.draft, self._then
        assert draft is not None
        self._then = None
        self._say_from(draft.made.brief.form)
        self.found.show_draft(draft)
        if then is not None:
            self._show_found()
            then()

    def _not_drafted(self, message: str) -> None:
        self._then = None
        self.found.show_draft(None, message)
        if self.pages.currentWidget() is self.busy:
            self._show_found()
        self._say(self._fault() or message)
        # another choice may do: the buttons wait for it
        for button in (self.create_button, self.next_button):
            button.setEnabled(True)

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
        draft, overwrite = self.drafting.known(target, path), path == self._confirmed
        if draft is None:
            self._once_drafted(self._create, "Finding a sound starting network…")
            return
        made, key, values = draft.made, self.network.key, self.network.values
        self._creating = True
        self._wait("Saving the project…")

        def work() -> NewProject:
            return _made_project(path, overwrite, made, key, values)

        self.tasks.run("", work, lambda made: self._made(path, made), self._not_made, CREATE)

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
    path: Path, overwrite: bool, made: NewProject, template: str, values: Mapping[str, FieldValue]
) -> NewProject:
    """The project with the chosen network, saved as ``path``."""
    from designer.importing.architectures import started_on
    from designer.workspace.verbs import refuse_to_save, save_new

    refuse_to_save(path, overwrite)
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

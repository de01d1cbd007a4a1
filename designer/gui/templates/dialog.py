"""The dialog that replaces the network of an open project by one from a template; its data stays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.labels import lay_between_rules, plain_label
from designer.gui.layout_memory import keep_size
from designer.gui.new_pages import BusyPage, RefusedPage
from designer.gui.tasks import Tasks
from designer.gui.templates.page import TemplatePage
from designer.gui.theme import Theme
from designer.project.model import Project

if TYPE_CHECKING:
    from designer.importing.brief import Brief

BRIEF = "template brief"
REPLACED = "The network that is there now is replaced, in one step that can be undone. The data stays."


class TemplateDialog(QDialog):
    """Once accepted, ``made`` is the project with the new network and ``title`` what the template is called."""

    def __init__(self, project: Project, base: Path, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.project, self.base = project, base
        self.made: Project | None = None
        self.title = ""
        self.tasks = Tasks(self)
        self.setWindowTitle("Start network from template")
        self.setModal(True)
        self.busy, self.refused, self.page = BusyPage(), RefusedPage(), TemplatePage(theme, self.tasks)
        self.use_button, self.cancel_button = QPushButton("Use this network"), QPushButton("Cancel")
        self._build()
        keep_size(self, "template", self.sizeHint())
        self.page.changed.connect(self._changed)
        self.page.wanted.connect(self._use)
        self.use_button.clicked.connect(self._use)
        self.cancel_button.clicked.connect(self.reject)
        self.busy.say("Reading the data…")
        self.tasks.run("", self._brief, lambda found: self._show(*found), self._refuse, BRIEF, reading=True)

    def sizeHint(self) -> QSize:
        """Room for two columns of cards and the numbers beside them."""
        return QSize(1080, 640)

    def done(self, result: int) -> None:
        """Leave no work behind."""
        self.tasks.leave()
        super().done(result)

    def _brief(self) -> tuple[Brief, str]:
        from designer.importing.briefing import brief_compared

        return brief_compared(self.project, self.base)

    def _build(self) -> None:
        head, foot = QVBoxLayout(), QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(plain_label("Start network from template", "heading"))
        head.addWidget(plain_label(REPLACED, "small", wrap=True))
        self.why = plain_label("", "small", wrap=True)
        self.why.hide()
        head.addWidget(self.why)
        self.pages = QStackedWidget()
        for page in (self.busy, self.page, self.refused):
            self.pages.addWidget(page)
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.use_button)
        self.use_button.setEnabled(False)
        lay_between_rules(self, head, self.pages, foot)
        # only a button that is in the dialog by then takes Return from the others
        self.use_button.setDefault(True)

    def _show(self, brief: Brief, why: str) -> None:
        """Offer what suits; ``why`` a straight line is what is usual, empty where it is not."""
        self.why.setText(f"{why[:1].upper()}{why[1:]}, and is read more easily." if why else "")
        self.why.setVisible(bool(why))
        self.page.offer(self.project, brief, self._shown)

    def _shown(self) -> None:
        self.pages.setCurrentWidget(self.page)
        self.page.take_keys()

    def _refuse(self, message: str) -> None:
        self.refused.say(message[:1].upper() + message[1:])
        self.pages.setCurrentWidget(self.refused)
        self.use_button.hide()
        self.cancel_button.setText("Close")
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _changed(self) -> None:
        shown = self.page.shown
        self.use_button.setEnabled(shown is not None and not shown.trouble)

    def _use(self) -> None:
        shown = self.page.shown
        if shown is None or shown.trouble:
            return
        self.made, self.title = shown.project, self.page.title.text()
        self.page.remember()
        self.accept()

"""The dialog that predicts for new data with a run: choose a file or a folder, look at the answers, save them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from designer.gui.announce import announce
from designer.gui.controls import CheckBox
from designer.gui.data.progress import Progress
from designer.gui.dialogs import ask
from designer.gui.dropping import dropped_path, has_files
from designer.gui.folders import remember_folder, start_folder
from designer.gui.labels import ElidedLabel, EmptyState, lay_between_rules
from designer.gui.layout_memory import keep_size
from designer.gui.new_pages import BusyPage, RefusedPage
from designer.gui.panels.data_side import sentence
from designer.gui.predict.answering import Answers, answers_for
from designer.gui.predict.result import ResultPage
from designer.gui.predict.wants import Wants, wants_of_run
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

LANE, SAVE = "predict", "save predictions"
SIZE = QSize(920, 600)
CSV = "CSV files (*.csv)"
WAIT = "Still saving; a moment."


class PredictDialog(QDialog):
    """Predicts with one ``run``. ``answers`` are what is shown, None before there are any."""

    def __init__(self, run: Path, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run, self.theme = run, theme
        self.answers: Answers | None = None
        self.wants = Wants()
        self.tasks = Tasks(self)
        self._progress = Progress()
        self._before: QWidget | None = None
        # a place holder in a name would be taken for Qt's own
        self.setWindowTitle(f"Predict with {' '.join(name.split())}".replace("[*]", "[*][*]"))
        self.setAcceptDrops(True)
        self.path = QLineEdit()
        self.file, self.folder = QPushButton("File…"), QPushButton("Folder…")
        self.latent = CheckBox("Latent values")
        self.empty = EmptyState("New data", "Looking at the run…", "Choose a file…", self.choose_file)
        self.busy, self.refused, self.result = BusyPage(), RefusedPage(), ResultPage(theme, self.tasks)
        self.said = ElidedLabel("", "muted", middle=True)
        self.save, self.leave = QPushButton("Save as CSV…"), QPushButton("Close")
        self.pages = QStackedWidget()
        self._build()
        keep_size(self, "predict", SIZE)
        self.finished.connect(lambda _: self._end())
        self.tasks.run("", partial(wants_of_run, run), self._show_wants, self._refuse, "wants")
        self._show_buttons()

    def _build(self) -> None:
        self.path.setAccessibleName("File or folder to predict for")
        # what is dropped on it is for the dialog
        self.path.setAcceptDrops(False)
        self.path.setPlaceholderText("Path of a file or a folder, or drop it anywhere here")
        self.path.setToolTip("Return predicts for what lies there")
        self.path.returnPressed.connect(self._typed)
        self.file.clicked.connect(self.choose_file)
        self.file.setToolTip("Choose a file to predict for")
        self.folder.clicked.connect(self.choose_folder)
        self.folder.setToolTip("Choose a folder to predict for")
        self.latent.setToolTip("The values of the narrow middle of the autoencoder, instead of what it gives back")
        self.latent.toggled.connect(lambda _: self._again())
        self.latent.hide()
        self.save.setProperty("primary", True)
        self.save.setToolTip("Write the table that “layerloom predict” writes, to the byte")
        self.save.clicked.connect(self.choose_out)
        self.leave.clicked.connect(self.reject)
        head, foot = QHBoxLayout(), QHBoxLayout()
        for row, widgets in ((head, (self.file, self.folder, self.latent)), (foot, (self.leave, self.save))):
            row.setSpacing(8)
            row.addWidget(self.path if row is head else self.said, 1)
            for widget in widgets:
                row.addWidget(widget)
        for button in (self.file, self.folder, self.save, self.leave, self.empty.button):
            assert button is not None
            button.setAutoDefault(False)
        for page in (self.empty, self.busy, self.refused, self.result):
            self.pages.addWidget(page)
        lay_between_rules(self, head, self.pages, foot)
        if self.empty.button is not None:
            self.empty.button.setFocus()

    @property
    def predicting(self) -> bool:
        """Whether predictions are being made."""
        return self.tasks.busy(LANE)

    def choose_file(self) -> None:
        """Ask for a file, and predict for it."""
        path, _ = QFileDialog.getOpenFileName(self, "Predict for a file", self._start(), self.wants.files)
        if path:
            remember_folder(Path(path).parent)
            self.predict(Path(path))

    def choose_folder(self) -> None:
        """Ask for a folder, and predict for it."""
        path = QFileDialog.getExistingDirectory(self, "Predict for a folder", self._start())
        if path:
            remember_folder(Path(path).parent)
            self.predict(Path(path))

    @property
    def saving(self) -> bool:
        """Whether predictions are being written."""
        return self.tasks.busy(SAVE)

    def predict(self, data: Path) -> None:
        """Predict for this file or folder, off the GUI thread; not while others are being written."""
        if self.saving:
            announce(self, WAIT)
            self.said.setText(WAIT)
            return
        self._progress.stop()
        self._progress = progress = Progress()
        self.path.setText(str(data))
        self.said.setText("")
        if self.pages.currentWidget() is not self.busy:
            self._before = self.pages.currentWidget()
        self.busy.say(f"Predicting for {data.name}…", progress)
        self.pages.setCurrentWidget(self.busy)
        work = partial(answers_for, self.run, data, self.latent.isChecked(), progress)
        self.tasks.run("", work, self._show, self._refuse, LANE, reading=True)
        self._show_buttons()

    def _typed(self) -> None:
        text = self.path.text().strip()
        if text:
            try:
                path = Path(text).expanduser()
            except RuntimeError as error:  # "~name", where nobody is called so
                self._refuse(f"{text} cannot be found: {error}.")
                return
            self.predict(path)

    def _again(self) -> None:
        if self.answers is not None:
            self.predict(self.answers.data)

    def _start(self) -> str:
        return self.wants.start or start_folder()

    def _show_wants(self, wants: Wants) -> None:
        self.wants = wants
        self.empty.title.setText(wants.title)
        self.empty.sentence.setText(f"{wants.sentence}\nDrop it here, or choose it.")
        self.folder.setVisible(wants.folders)
        self.latent.setVisible(wants.latent)

    def _show(self, answers: Answers) -> None:
        self._drop_answers()
        self.answers = answers
        self.result.show_answers(answers)
        self.pages.setCurrentWidget(self.result)
        self._show_buttons()
        self.result.take_keys()
        announce(self, answers.summary)

    def _refuse(self, message: str) -> None:
        """There are no predictions, only a reason; those that there were can be made again."""
        self._drop_answers()
        expected = f"\n\nExpected: {self.wants.expected}\nChoose another, or mend this one and press Return above."
        self.refused.say(sentence(message) + (expected if self.wants.sentence else ""))
        self.pages.setCurrentWidget(self.refused)
        self._show_buttons()
        self.path.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, message)

    def choose_out(self) -> None:
        """Ask for a file, and write the predictions there."""
        if self.answers is None or self.predicting:
            return
        data = self.answers.data
        start = data.parent / f"{data.name if data.is_dir() else data.stem}_predictions.csv"
        path, _ = QFileDialog.getSaveFileName(self, "Save the predictions", str(start), CSV)
        if path:
            out = Path(path)
            if not out.suffix:
                out = out.with_name(f"{out.name}.csv")
                words = f"{out} exists already."
                if out.exists() and ask(self, "Replace the file?", words, ["Replace", "Cancel"]) != 0:
                    return
            self._write(self.answers, out)

    def _write(self, answers: Answers, out: Path) -> None:
        if _are_same(out, answers.data):
            self._saved(f"Not saved: {out.name} is the data itself. Choose another name.")
            return
        remember_folder(out.parent)

        def write() -> int:
            from designer.workspace import verbs

            return verbs.save_predictions(answers.found, out)

        self.said.setText(f"Saving {out.name}…")
        self.save.setEnabled(False)
        self.tasks.run("", write, lambda _: self._saved(f"Saved to {out}"), self._not_saved, SAVE)

    def _not_saved(self, message: str) -> None:
        self._saved(f"Not saved: {message}")

    def _saved(self, words: str) -> None:
        self.said.setText(words)
        announce(self, words)
        self._show_buttons()

    def _show_buttons(self) -> None:
        on = self.predicting
        self.save.setEnabled(self.answers is not None and not on)
        if self.empty.button is not None:
            self.empty.button.setDefault(self.pages.currentWidget() is self.empty)
        self.save.setDefault(self.save.isEnabled())
        self.leave.setText("Cancel" if on else "Close")
        self.leave.setToolTip("Give the predictions up (Esc)" if on else "Leave (Esc)")

    def reject(self) -> None:
        """Give up what is being predicted; where nothing is, leave, once all is written."""
        if self.saving:
            self.said.setText(WAIT)
            announce(self, WAIT)
            return
        if not self.predicting:
            super().reject()
            return
        self._progress.stop()
        self.tasks.cancel(LANE)
        self.pages.setCurrentWidget(self._before or self.empty)
        if self.answers is not None:
            self.path.setText(str(self.answers.data))
            self.latent.blockSignals(True)
            self.latent.setChecked(self.answers.latent)
            self.latent.blockSignals(False)
        self.said.setText("Cancelled.")
        self._show_buttons()

    def _end(self) -> None:
        self._progress.stop()
        self.tasks.leave()
        self._drop_answers()

    def _drop_answers(self) -> None:
        if self.answers is not None:
            self.answers.close()
            self.answers = None

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.result.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return that means something where the keyboard is, in a line or on a picture, presses no button as well."""
        here, result = QApplication.focusWidget(), self.result
        taken = here is self.path or any(view.isAncestorOf(here) for view in (result.gallery, result.trying) if here)
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not taken:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """The window may have got another theme."""
        theme = getattr(self.parent(), "theme", None)
        if event.type() == QEvent.Type.PaletteChange and isinstance(theme, Theme) and theme is not self.theme:
            self.set_theme(theme)
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file or folder can be dropped anywhere on the dialog."""
        if has_files(event) and dropped_path(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Predict for what was dropped."""
        path = dropped_path(event)
        if path is not None:
            event.acceptProposedAction()
            self.predict(path)


def _are_same(out: Path, data: Path) -> bool:
    """Whether both are one file; what is not there any more is none."""
    try:
        return out.samefile(data)
    except OSError:
        return False

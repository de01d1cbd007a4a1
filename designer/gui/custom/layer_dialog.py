"""The dialog in which a layer of one's own is written, checked and taken into the project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from designer.gui.custom.signature_words import signature_lines
from designer.gui.custom.source_edit import SourceEdit
from designer.gui.dialogs import ask
from designer.gui.labels import plain_label
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.layers.signature import Fault, Signature
from designer.project.errors import LayerloomError
from designer.project.model import CustomLayer

if TYPE_CHECKING:
    from designer.workspace.custom_check import LayerCheck, Trial

READ, CHECK = "read", "check"
PAUSE_MS = 200
FAULT = Qt.ItemDataRole.UserRole
FOREIGN = "This code came with the project. Checking it runs it on this computer, with all that it may do."


class LayerDialog(QDialog):
    """Edits one layer. ``accepted_layer`` holds it once it is taken; ``remove_wanted`` says that it shall go.

    ``foreign`` is a source that came from elsewhere and was not allowed yet: before it runs, the person is asked.
    """

    checked = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget, theme: Theme, layer: CustomLayer, title: str, foreign: bool = False) -> None:
        super().__init__(parent)
        self.layer = layer
        self.tasks = Tasks(self)
        self.trial: Trial | None = None
        self.signature = Signature()
        self._foreign = layer.source if foreign else None
        self._tried: tuple[str, str] | None = None
        self._check: LayerCheck | None = None
        self._taking = False
        self._shape_typed = False
        self.accepted_layer: CustomLayer | None = None
        self.setWindowTitle(title)
        self.resize(940, 680)
        self.editor = SourceEdit(theme, "Code of the layer")
        self.editor.setPlainText(layer.source)
        self.name = QLineEdit(layer.name, placeholderText="The name of the class")
        self.name.setAccessibleName("Name of the layer")
        self.about = plain_label("", wrap=True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.shape = QLineEdit()
        self.shape.setAccessibleName("Test shape")
        words = "The shape of one sample at each input, such as 16 or 3×8×8; several inputs apart by ;"
        self.shape.setToolTip(plain_tooltip(words))
        self.outcome = plain_label("", "muted", wrap=True)
        self.problems = QListWidget()
        self.problems.setAccessibleName("Problems of the code")
        self.problems.setWordWrap(True)
        self._lay_out()
        self._connect()
        self._read()

    def _lay_out(self) -> None:
        side = QWidget()
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.addRow("&Name", self.name)
        form.addRow("&Test shape", self.shape)
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(form)
        column.addWidget(plain_label("Ports and fields", "section"))
        column.addWidget(self.about)
        column.addStretch(1)
        column.addWidget(self.outcome)
        top = QSplitter(Qt.Orientation.Horizontal)
        top.addWidget(self.editor)
        top.addWidget(side)
        top.setSizes([660, 260])
        top.setChildrenCollapsible(False)
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.addWidget(top)
        whole.addWidget(self.problems)
        whole.setSizes([540, 90])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(whole, 1)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.remove = QPushButton("&Remove from the project")
        self.check_button, self.accept_button = QPushButton("&Check"), QPushButton("&Accept")
        self.cancel_button = QPushButton("Cancel")
        tip = "Run the layer once in a process of its own: shapes, one step of learning, gradients everywhere."
        self.check_button.setToolTip(plain_tooltip(tip))
        self.accept_button.setToolTip(plain_tooltip("Check the layer and, if it is sound, take it into the project."))
        self.accept_button.setProperty("primary", True)
        self.remove.hide()
        row = QHBoxLayout()
        row.addWidget(self.remove)
        row.addStretch(1)
        for button in (self.check_button, self.accept_button, self.cancel_button):
            row.addWidget(button)
        for button in (self.remove, self.check_button, self.accept_button, self.cancel_button):
            button.setAutoDefault(False)
        return row

    def _connect(self) -> None:
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._read)
        self.editor.textChanged.connect(self._changed)
        self.shape.textEdited.connect(self._shape_edited)
        self.problems.itemClicked.connect(self._go_to)
        self.problems.itemActivated.connect(self._go_to)
        self.check_button.clicked.connect(lambda: self.check(take=False))
        self.accept_button.clicked.connect(lambda: self.check(take=True))
        self.cancel_button.clicked.connect(self.reject)
        self.remove.clicked.connect(self._remove)

    @property
    def source(self) -> str:
        """The code as it stands in the editor."""
        return self.editor.toPlainText()

    def offer_removal(self) -> None:
        """Show the button that takes the layer out of the project."""
        self.remove.show()

    def check(self, take: bool) -> None:
        """Check the layer; where it is sound and ``take`` is set, take it."""
        if self._check is not None or not self._may_run():
            return
        self._taking = take
        tried = (self.source, self.shape.text())
        if take and self.trial is not None and self.trial.sound and tried == self._tried:
            self._take()
            return
        from designer.workspace.custom_check import LayerCheck, shapes_from_text

        try:
            shapes = shapes_from_text(self.shape.text())
        except LayerloomError as error:
            self._say(f"Test shape: {error}", "error")
            self.shape.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._tried, self._check = tried, LayerCheck(tried[0], shapes)
        self._say("Checking: the layer runs once in a process of its own…")
        self._busy(True)
        self.tasks.run("", self._check.run, self._came, self._failed, CHECK)

    def _may_run(self) -> bool:
        if self._foreign is None or self.source != self._foreign:
            return True
        if ask(self, "Run this code?", FOREIGN, ["Run it", "Do not"], default=1) != 0:
            return False
        self._foreign = None
        return True

    def _came(self, trial: Trial) -> None:
        self._check = None
        self._busy(False)
        self.trial = trial
        if self._tried != (self.source, self.shape.text()):
            self._say("The code has changed since; check it again.")
        elif trial.sound:
            from designer.workspace.custom_check import shapes_to_text

            count = f"{trial.parameters:,} parameter{'' if trial.parameters == 1 else 's'}"
            self._say(f"Sound: gives {shapes_to_text(trial.outputs)}, {count}, and learns.", "success")
            if self._taking:
                self._take()
        else:
            self._say("The layer cannot be taken yet.", "error")
            self._show_faults(trial.faults)
        self.checked.emit()

    def _failed(self, sentence: str) -> None:
        self._check = None
        self._busy(False)
        self._say(sentence, "error")
        self.checked.emit()

    def _take(self) -> None:
        name = self.name.text().strip() or self.signature.class_name
        self.accepted_layer = CustomLayer(name, self.source, self.layer.summary, self.layer.extra)
        self.accept()

    def _busy(self, busy: bool) -> None:
        self.check_button.setEnabled(not busy)
        self.accept_button.setEnabled(not busy)

    def _changed(self) -> None:
        self._pause.start()

    def _shape_edited(self) -> None:
        self._shape_typed = True

    def _read(self) -> None:
        from designer.workspace.custom_check import signature_of

        source = self.source
        self.tasks.run("", lambda: (source, signature_of(source)), self._show_signature, lane=READ)

    def _show_signature(self, answer: tuple[str, Signature]) -> None:
        source, signature = answer
        if source != self.source:
            return
        self.signature = signature
        self.about.setText("\n".join(signature_lines(signature)))
        if signature.class_name:
            self.name.setPlaceholderText(signature.class_name)
            if not self._shape_typed:
                from designer.workspace.custom_check import example_shapes, shapes_to_text

                self.shape.setText(shapes_to_text(example_shapes(signature)))
        if self._tried is None or self._tried[0] != source:
            self._show_faults(signature.faults)
            self._say("" if not signature.faults else "The code cannot be used yet.", "muted")

    def _show_faults(self, faults: Sequence[Fault]) -> None:
        self.editor.show_faults(faults)
        self.problems.clear()
        for fault in faults:
            text = fault.text[:1].upper() + fault.text[1:]
            item = QListWidgetItem(text)
            item.setData(FAULT, (fault.line, fault.column))
            self.problems.addItem(item)

    def _go_to(self, item: QListWidgetItem) -> None:
        line, column = item.data(FAULT)
        self.editor.go_to(line, column)

    def _say(self, sentence: str, role: str = "muted") -> None:
        self.outcome.setText(sentence)
        self.outcome.setProperty("role", role)
        self.outcome.style().unpolish(self.outcome)
        self.outcome.style().polish(self.outcome)

    def _remove(self) -> None:
        self.remove_wanted.emit()
        super().reject()

    def reject(self) -> None:
        """Leave; what was written and not taken is asked about."""
        changed = self.source != self.layer.source
        if changed and ask(
            self, "Discard what you wrote?", "The code was not taken yet.", ["Discard", "Go on writing"], default=1
        ):
            return
        super().reject()

    def done(self, result: int) -> None:
        """End the work that goes on, then close."""
        if self._check is not None:
            self._check.cancel()
        self._pause.stop()
        self.tasks.leave()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field does not close the dialog."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return
        super().keyPressEvent(event)

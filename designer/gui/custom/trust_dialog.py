"""The dialog that shows the code which a project from elsewhere holds, and asks whether it may run."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from designer.gui.labels import plain_label
from designer.gui.panels.code import CodeView
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.project.errors import LayerloomError
from designer.workspace.session import Session

SENTENCE = (
    "Code can do on this computer whatever you can: read, change and send files. Allow it only if you understand it or"
    " trust whoever wrote it. Nothing of it has run so far."
)
KEY = Qt.ItemDataRole.UserRole


class TrustDialog(QDialog):
    """Shows each layer's code; once all of it was shown it can be allowed. ``seen`` are the sources that were shown."""

    def __init__(self, parent: QWidget, session: Session, theme: Theme) -> None:
        super().__init__(parent)
        self.session = session
        self.seen: set[str] = set()
        self._sources = {key: session.project.layers[key].source for key in session.untrusted}
        self.setWindowTitle("Code of this project")
        self.resize(860, 620)
        self.list = QListWidget()
        self.list.setAccessibleName("Layers with code of their own")
        self.list.setMaximumWidth(220)
        self.view = CodeView(theme, "Code of the layer")
        # nothing can hide far to the right
        self.view.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
        self.hint = plain_label("", "muted", wrap=True)
        self.allow = QPushButton("&Allow this code to run")
        self.allow.setToolTip(plain_tooltip("For this project, on this computer, until the code changes."))
        self.leave = QPushButton("&Do not run it")
        body = QHBoxLayout()
        body.addWidget(self.list)
        body.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.addWidget(self.hint, 1)
        row.addWidget(self.allow)
        row.addWidget(self.leave)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(plain_label("This project holds code of its own", "heading"))
        layout.addWidget(plain_label(SENTENCE, wrap=True))
        layout.addLayout(body, 1)
        layout.addLayout(row)
        self.allow.setAutoDefault(False)
        self.leave.setDefault(True)
        self.list.currentItemChanged.connect(self._show)
        self.allow.clicked.connect(self._allow)
        self.leave.clicked.connect(self.reject)
        for key in self._sources:
            item = QListWidgetItem(" ".join(session.project.layers[key].name.split())[:80] or key)
            item.setData(KEY, key)
            self.list.addItem(item)
        self.list.setVisible(len(self._sources) > 1)
        if self._sources:
            self.list.setCurrentRow(0)
        self._refresh()

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        source = self._sources[str(item.data(KEY))]
        self.view.show_text(visible(source))
        self.seen.add(source)
        self._refresh()

    def _refresh(self) -> None:
        left = len(set(self._sources.values()) - self.seen)
        self.allow.setEnabled(bool(self._sources) and not left)
        self.hint.setText(f"Look at {left} more first." if left else "")

    def _allow(self) -> None:
        try:
            self.session.allow(self._sources.values())
        except LayerloomError as error:
            self.hint.setText(f"Allowed until the project is closed: {error}")
        self.accept()


def visible(source: str) -> str:
    """A source with every sign shown that could hide what stands there, such as those that turn the reading around."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else f"\\u{ord(sign):04x}" for sign in source)

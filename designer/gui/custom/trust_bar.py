"""The bar that says, as long as it is so, that a project holds code which nobody has allowed to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from designer.gui.labels import plain_label
from designer.gui.wording import plain_tooltip
from designer.project.errors import LayerloomError

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

MOST_NAMED = 3


class TrustBar(QFrame):
    """Seen while layers of the project's own wait to be looked at and allowed."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._seen: set[str] = set()
        self.setProperty("role", "bar")
        self.sentence = plain_label("", wrap=True)
        self.show_button, self.allow_button = QPushButton("Show the &code…"), QPushButton("Allo&w")
        self.show_button.clicked.connect(self.show_code)
        self.allow_button.clicked.connect(self._allow)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.show_button)
        row.addWidget(self.allow_button)
        window.session.subscribe(lambda old, new: old.layers is not new.layers and self.refresh())
        window.session.subscribe_to_file(self.refresh)
        window.session.subscribe_to_trust(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the bar, or hide it."""
        session = self._window.session
        waiting = session.untrusted
        if waiting:
            layers = session.project.layers
            names = [f"“{' '.join(layers[key].name.split())[:40]}”" for key in waiting[:MOST_NAMED]]
            more = f" and {len(waiting) - MOST_NAMED} more" if len(waiting) > MOST_NAMED else ""
            what = "the layer" if len(waiting) == 1 else "the layers"
            self.sentence.setText(
                f"This project holds code of its own: {what} {', '.join(names)}{more}. Nothing of it runs before you"
                " have looked at it and allowed it."
            )
            self.setAccessibleName(self.sentence.text())
            seen = {layers[key].source for key in waiting} <= self._seen
            self.allow_button.setEnabled(seen)
            tip = "For this project, on this computer, until the code changes." if seen else "Look at the code first."
            self.allow_button.setToolTip(plain_tooltip(tip))
        self.setVisible(bool(waiting))

    def show_code(self) -> None:
        """Show the code, and let it be allowed."""
        from designer.gui.custom.trust_dialog import TrustDialog

        dialog = TrustDialog(self._window, self._window.session, self._window.theme)
        dialog.exec()
        self._seen |= dialog.seen
        dialog.deleteLater()
        self.refresh()

    def _allow(self) -> None:
        session = self._window.session
        try:
            session.allow(session.project.layers[key].source for key in session.untrusted)
        except LayerloomError as error:
            self._window.status.say(str(error))

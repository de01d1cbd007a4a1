"""The status bar: what goes on, whether all shapes fit, and how large the network is."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QSizePolicy, QStatusBar

from designer.compiler.report import Analysis
from designer.gui.icons import icon
from designer.gui.labels import ElidedLabel, plain_label, say_role
from designer.gui.numbers import exact
from designer.gui.theme import Theme
from designer.gui.wording import count_text

MESSAGE_MS = 6000


class StatusBar(QStatusBar):
    """``cancelled`` asks to drop what goes on, ``problems_wanted`` for the list of problems."""

    cancelled = Signal()
    problems_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._verdict = ("", "")
        self.setSizeGripEnabled(False)
        self.text = ElidedLabel()
        self.text.setMinimumWidth(200)
        self.busy = QProgressBar(minimum=0, maximum=0)
        self.busy.setFixedSize(80, 6)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName("Working")
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("link", True)
        self.cancel.clicked.connect(self.cancelled)
        for widget in (self.busy, self.cancel):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
            widget.hide()
        self.verdict = QPushButton()
        self.verdict.setProperty("link", True)
        self.verdict.clicked.connect(self.problems_wanted)
        self.parameters = plain_label("")
        self.parameters.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.addWidget(self.text, 1)
        for widget in (self.busy, self.cancel, self.verdict, self.parameters):
            self.addPermanentWidget(widget)
        self._task = ""
        self._hinting = False
        self._forget = QTimer(self, singleShot=True, interval=MESSAGE_MS)
        self._forget.timeout.connect(self._show_text)
        self._message = self._warning = ""

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self._show_verdict()

    def say(self, sentence: str) -> None:
        """Show a sentence for a while."""
        self._message = sentence
        self._write(sentence)
        self._forget.start()

    def warn(self, sentence: str) -> None:
        """Show what is wrong for as long as it is, wherever nothing else is said; nothing for an empty text."""
        self._warning = sentence
        if not self._hinting and not self._forget.isActive():
            self._show_text()

    def hint(self, words: str) -> None:
        """Show what one may want to know at the moment, until there is nothing."""
        self._hinting = bool(words)
        if words:
            self._forget.stop()
            self._write(words)
        elif not self._forget.isActive():
            self._show_text()

    def show_task(self, label: str) -> None:
        """Show what goes on; nothing for an empty text."""
        self._task = label
        self.busy.setVisible(bool(label))
        self.cancel.setVisible(bool(label))
        if self._hinting:
            return
        if label or not self._forget.isActive():
            self._show_text()
        else:
            self._write(self._message)

    def show_reading(self, words: str, part: float) -> None:
        """Show how far a long reading is; nothing for an empty text."""
        self.busy.setRange(0, 100 if words and part > 0 else 0)
        self.busy.setValue(round(100 * part))
        self.show_task(words)

    def show_analysis(self, analysis: Analysis, filled: bool) -> None:
        """Show the verdict of an analysis and the number of parameters."""
        errors = sum(problem.severity == "error" for problem in analysis.problems)
        count = len(analysis.problems)
        if not filled:
            self._verdict = ("", "")
        elif errors:
            self._verdict = ("error", "1 problem" if count == 1 else f"{count} problems")
        elif count:
            self._verdict = ("warning", "1 warning" if count == 1 else f"{count} warnings")
        else:
            self._verdict = ("ok", "All shapes fit")
        self.parameters.setText(f"{count_text(analysis.parameters)} parameters" if filled else "")
        kept = f", and {exact(analysis.frozen)} frozen" if analysis.frozen else ""
        self.parameters.setToolTip(f"{exact(analysis.parameters)} trainable numbers{kept}")
        self._show_verdict()

    def clear_analysis(self) -> None:
        """No project is shown."""
        self.show_analysis(Analysis(), filled=False)

    def _show_verdict(self) -> None:
        kind, words = self._verdict
        colours = {"error": self.theme.error, "warning": self.theme.warning, "ok": self.theme.success}
        self.verdict.setVisible(bool(words))
        self.verdict.setText(words)
        if words:
            self.verdict.setIcon(icon(kind, colours[kind]))
            self.verdict.setStyleSheet(f"color: {colours[kind]};")

    def _show_text(self) -> None:
        task = f"{self._task}…" if self._task and ":" not in self._task else self._task
        self._write(task or self._warning, "" if task else "warning")

    def _write(self, words: str, role: str = "") -> None:
        self.text.setText(words)
        say_role(self.text, role if words else "")

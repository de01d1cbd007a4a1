"""The page on which a trained network writes: a prompt, how bold it is, and the text as it comes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QTextCursor
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from designer.gui.controls import CalmSpinBox
from designer.gui.labels import plain_label
from designer.gui.tasks import Tasks
from designer.workspace.runs import written_at

if TYPE_CHECKING:
    from designer.training.writing import Writer

LANE = "write"
POLL_MS = 60
JOINED_EVERY = 8
HOTTEST, STEPS = 2.0, 40
MOST_WRITTEN = 20_000
LONGEST_PROMPT = 10_000


class Sheet:
    """What one piece of writing has come to; a thread fills it, and the window looks at it."""

    def __init__(self) -> None:
        self.text = ""
        self.unknown = 0
        self.stopped = threading.Event()


class WritingPage(QWidget):
    """Lets the network of a run write; nothing is written before that is asked for."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.run: tuple[Path, int] | None = None
        self._writer: tuple[tuple[Path, int], Writer] | None = None
        self._sheet: Sheet | None = None
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)
        tasks.given_up.connect(self._see_given_up)
        self.prompt = QLineEdit()
        self.prompt.setMaxLength(LONGEST_PROMPT)
        self.prompt.setPlaceholderText("What the text goes on from; empty for a line of its own")
        self.prompt.setAccessibleName("Prompt")
        self.prompt.returnPressed.connect(self.write)
        self.heat = QSlider(Qt.Orientation.Horizontal)
        self.heat.setRange(0, STEPS)
        self.heat.setAccessibleName("Temperature")
        self.heat.setToolTip("0: always the likeliest token; 1: as the network expects them; above: bolder")
        self.heat.valueChanged.connect(self._show_heat)
        self.hot = plain_label("", "muted")
        self.length = CalmSpinBox()
        self.length.setRange(1, MOST_WRITTEN)
        self.length.setValue(400)
        self.length.setSingleStep(100)
        self.length.setAccessibleName("Tokens to write")
        self.seed = CalmSpinBox()
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("The same seed writes the same")
        self.button = QPushButton("Write")
        self.button.clicked.connect(self.toggle)
        self.paper = QPlainTextEdit()
        self.paper.setReadOnly(True)
        self.paper.setAccessibleName("Written text")
        self.said = plain_label("", "muted", wrap=True)
        self._lay_out()
        self.heat.setValue(round(0.8 / HOTTEST * STEPS))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(plain_label("Prompt", "muted"), 0, 0)
        grid.addWidget(self.prompt, 0, 1)
        grid.addWidget(self.button, 0, 2)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.heat.setMinimumWidth(80)
        self.hot.setMinimumWidth(32)
        for widget, stretch in ((self.heat, 2), (self.hot, 0), (plain_label("Tokens", "muted"), 0), (self.length, 1)):
            row.addWidget(widget, stretch)
        row.addWidget(plain_label("Seed", "muted"))
        row.addWidget(self.seed, 1)
        grid.addWidget(plain_label("Temperature", "muted"), 1, 0)
        grid.addLayout(row, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(self.paper, 1)
        column.addWidget(self.said)

    @property
    def temperature(self) -> float:
        """How bold the writing is."""
        return self.heat.value() / STEPS * HOTTEST

    def show_run(self, run: Path) -> None:
        """Let the network of another run write."""
        written = written_at(run)
        if written == self.run:
            return
        self.stop()
        self.run, self._writer = written, None
        self.paper.clear()
        self.said.clear()

    def toggle(self) -> None:
        """Write, or stop writing."""
        if self._sheet is not None:
            self.stop()
        else:
            self.write()

    def write(self) -> None:
        """Begin to write, on a worker."""
        from designer.training.writing import Wish

        run = self.run
        if run is None or self._sheet is not None:
            return
        wish = Wish(self.prompt.text(), self.length.value(), self.temperature, 0, self.seed.value())
        sheet, known = Sheet(), self._writer

        def work() -> tuple[tuple[Path, int], Writer]:
            from designer.training.writing import writer_of

            writer = known[1] if known is not None and known[0] == run else writer_of(run[0])
            sheet.unknown = writer.unknown(wish.prompt)
            written: list[int] = []
            for code in writer.tokens(wish):
                if sheet.stopped.is_set():
                    break
                written.append(code)
                if len(written) % JOINED_EVERY == 0:
                    sheet.text = writer.joined(wish, written)
            sheet.text = writer.joined(wish, written)
            return run, writer

        self._sheet = sheet
        self.paper.clear()
        self.said.setText("Writing…")
        self.button.setText("Stop")
        self._timer.start()
        self.tasks.run("Writing", work, lambda found: self._done(sheet, found), self._refused, LANE)

    def stop(self) -> None:
        """End what is being written; what there is of it stays."""
        if self._sheet is not None:
            self._sheet.stopped.set()
            self._look()
            self._end("Stopped.")

    def _see_given_up(self) -> None:
        if not self.tasks.busy(LANE):
            self.stop()

    def _look(self) -> None:
        """Show what has been written meanwhile; a text that was scrolled up in stays where it is."""
        if self._sheet is None or self._sheet.text == self.paper.toPlainText():
            return
        bar = self.paper.verticalScrollBar()
        at_end, place = bar.value() >= bar.maximum(), bar.value()
        self.paper.setPlainText(self._sheet.text)
        if at_end:
            self.paper.moveCursor(QTextCursor.MoveOperation.End)
        else:
            bar.setValue(place)

    def _done(self, sheet: Sheet, found: tuple[tuple[Path, int], Writer]) -> None:
        if found[0] == self.run:
            self._writer = found
        if sheet is not self._sheet:
            return
        self._look()
        unknown = f"{sheet.unknown:,} tokens of the prompt are unknown to the network." if sheet.unknown else ""
        self._end(unknown)

    def _refused(self, sentence: str) -> None:
        self._end(sentence)

    def _end(self, sentence: str) -> None:
        self._timer.stop()
        self._sheet = None
        self.button.setText("Write")
        self.said.setText(sentence)

    def _show_heat(self) -> None:
        self.hot.setText(f"{self.temperature:.2f}")
        self.heat.setAccessibleDescription(f"{self.temperature:.2f}")

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is written that nobody sees."""
        self.stop()
        super().hideEvent(event)

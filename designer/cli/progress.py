"""Signs of life on standard error: a bar with the time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from designer.training.memory_words import memory_words
from designer.workspace.pace import Pace, Watch

BAR_SECONDS = 0.1
LINE_SECONDS = 2.0


class Progress:
    """Shows how far a training is. ``clock`` gives seconds.

    On a terminal one line is drawn over and over; elsewhere a line is written for the first epoch, the last one and
    one every two seconds between. ``memory`` says how many bytes the training holds, 0 where that is not known.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._pace: Pace | None = None
        self._watch = Watch(clock)
        self._shown = float("-inf")
        self._words = ""
        self.memory: Callable[[], int] = lambda: 0
        self._unsaid = ""
        self._drawn = 0

    @property
    def terminal(self) -> bool:
        """Whether the stream is a terminal."""
        return self._terminal

    def say(self, text: str) -> None:
        """A line of its own."""
        self.clear()
        self._stream.write(text + "\n")
        self._stream.flush()

    def step(self, epoch: int, epochs: int, share: float) -> None:
        """Within ``epoch`` (counted from 1) of ``epochs`` the ``share`` from 0 to 1 is done."""
        done = epoch - 1 + share
        self._note(done, done)
        if self._terminal and self._clock() - self._shown >= BAR_SECONDS:
            self._draw(done, epoch, epochs)

    def epoch(self, epoch: int, epochs: int, train: Mapping[str, float], validation: Mapping[str, float]) -> None:
        """An epoch has ended with these metrics."""
        self._note(epoch, epoch - 1)
        self._words = _metrics_words(train, validation)
        now = self._clock()
        if self._terminal:
            if now - self._shown >= BAR_SECONDS or epoch == epochs:
                self._draw(epoch, epoch, epochs)
            return
        self._unsaid = f"epoch {epoch}/{epochs}  {self._words}"
        if epoch in (1, epochs) or now - self._shown >= LINE_SECONDS:
            self._shown = now
            left = self._left(epochs)
            self._unsaid += f"  {left}" if left and epoch < epochs else ""
            self._unsaid += f"  {self._held()}" if self._held() else ""
            self._say_unsaid()

    def pause(self) -> None:
        """The training is held: that is no part of the time that it takes."""
        self._watch.pause()

    def go_on(self) -> None:
        """It goes on."""
        self._watch.go_on()

    def begin_again(self) -> None:
        """It was left where it is, and goes on from there in a moment, as with other settings."""
        if self._pace is not None:
            self._pace.go_on()

    def _note(self, done: float, before: float) -> None:
        if self._pace is None:
            self._pace, self._watch = Pace(before), Watch(self._clock)
        self._pace.note(done, self._watch.seconds)

    def finish(self) -> None:
        """Training is over, be it early: leave its last epoch in sight, and no bar."""
        self._say_unsaid()
        self.clear()

    def _say_unsaid(self) -> None:
        if self._unsaid:
            self.say(self._unsaid)
            self._unsaid = ""

    def clear(self) -> None:
        """Wipe the bar off the terminal."""
        if self._drawn:
            self._stream.write("\r" + " " * self._drawn + "\r")
            self._stream.flush()
            self._drawn = 0

    def _draw(self, done: float, epoch: int, epochs: int) -> None:
        self._shown = self._clock()
        columns = shutil.get_terminal_size().columns - 1
        share = min(1.0, done / epochs) if epochs else 1.0
        words = "  ".join(part for part in (self._left(epochs), self._held(), self._words) if part)
        tail = f" {share:4.0%}  epoch {epoch}/{epochs}  {words}".rstrip()
        width = max(10, min(30, columns - len(tail)))
        full = int(share * width)
        line = ("█" * full + "░" * (width - full) + tail)[:columns]
        try:
            line.encode(self._stream.encoding or "ascii")
        except UnicodeEncodeError:
            line = line.replace("█", "#").replace("░", "-").encode("ascii", "replace").decode()
        self._stream.write("\r" + line + " " * max(0, self._drawn - len(line)))
        self._stream.flush()
        self._drawn = len(line)

    def _held(self) -> str:
        held = self.memory()
        return memory_words(held) if held else ""

    def _left(self, epochs: int) -> str:
        left = self._pace.left(epochs) if self._pace is not None else math.nan
        return f"{duration(left)} left" if math.isfinite(left) else ""


def duration(seconds: float) -> str:
    """A time for people: ``0.4 s``, ``8 s``, ``2 min 05 s``, ``3 h 20 min``."""
    if 0 < seconds < 0.95:
        return f"{max(seconds, 0.1):.1f} s"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _metrics_words(train: Mapping[str, float], validation: Mapping[str, float]) -> str:
    words = [f"loss {number(train['loss'])}"] if "loss" in train else []
    if validation:
        shown = [f"{name} {number(value)}" for name, value in list(validation.items())[:2]]
        words.append("validation " + ", ".join(shown))
    return "  ".join(words)


def number(value: object) -> str:
    """A figure for people: four digits that count."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)

"""What a run ended with, while it goes on: out of the way, and back in its place where nothing new could be saved."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from designer.training.checkpoint import WEIGHTS
from designer.training.run_files import METRICS_NAME

AT_THE_END = (METRICS_NAME, "results.json", WEIGHTS)
BEFORE = ".before"


class KeptEnd:
    """The files of the end of the run in ``folder``.

    Another name takes no room, so that this is done on a full disk too. After a kill the run is one that goes on: its
    files wait under their other names until something new is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._aside = False

    def put_aside(self) -> None:
        """The run goes on: it has no end any more."""
        self._aside = True
        for name in AT_THE_END:
            with suppress(FileNotFoundError):
                (self._folder / name).replace(self._folder / (name + BEFORE))

    def drop(self) -> None:
        """Something new is saved: the end of before is none."""
        if self._aside:
            self._aside = False
            for name in AT_THE_END:
                with suppress(OSError):
                    (self._folder / (name + BEFORE)).unlink(missing_ok=True)

    def put_back(self) -> bool:
        """Nothing new could be saved: the run has the end that it had; whether it is back."""
        if not self._aside or not (self._folder / (METRICS_NAME + BEFORE)).exists():
            return False
        self._aside = False
        # last comes what says that the run has ended
        for name in reversed(AT_THE_END):
            with suppress(OSError):
                (self._folder / (name + BEFORE)).replace(self._folder / name)
        return True

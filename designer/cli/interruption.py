"""Ctrl-C while a training runs: heeded between two steps, so that the run is left in order."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType


class Interruption:
    """Inside a ``with`` block, a first Ctrl-C is only noted from ``be_patient()`` on, until ``be_prompt()``.

    A second one ends at once. Where Ctrl-C is ignored or heeded by another, everything is as usual.
    """

    def __init__(self) -> None:
        self._noted = False
        self._patient = False
        self._ours = False

    def __enter__(self) -> Interruption:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._pressed)
            self._ours = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def be_deaf(self) -> None:
        """The interruption is heeded, and what is left to do is short: more of them would only end in confusion.

        It stays so behind the block too, until the process ends.
        """
        if self._ours:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._ours = False

    def be_patient(self) -> None:
        """From now on there is work that is better left in order."""
        self._patient = True

    def be_prompt(self) -> None:
        """From now on Ctrl-C ends at once; one that was noted before ends here."""
        self._patient = False
        self.heed()

    def heed(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed: here everything is in order."""
        if self._noted:
            raise KeyboardInterrupt

    def _pressed(self, number: int, frame: FrameType | None) -> None:
        if self._noted or not self._patient:
            raise KeyboardInterrupt
        self._noted = True

"""The pace of a training: the seconds that an epoch takes, of which the last ones count most."""

from __future__ import annotations

import math

# what lies further back than so many epochs, and also than so many seconds, hardly counts
EPOCHS, SECONDS = 2.0, 2.0
SHORTEST = 0.5


class Pace:
    """Follows how many epochs are ``done`` after how many seconds of training, pauses left out.

    What comes before the first news, such as warming up, tells of the pace only while nothing else does.
    """

    def __init__(self, done: float) -> None:
        self._done, self._at = done, 0.0
        self._seconds = self._epochs = 0.0
        self._warm = False

    def note(self, done: float, seconds: float) -> None:
        """So many epochs are done after so many seconds."""
        gone, took = done - self._done, seconds - self._at
        if gone <= 0 or took < 0:
            return
        self._done, self._at = done, seconds
        if not self._warm and self._epochs:
            self._warm, self._seconds, self._epochs = True, 0.0, 0.0
        kept = math.exp(-min(gone / EPOCHS, took / SECONDS))
        self._seconds, self._epochs = kept * self._seconds + took, kept * self._epochs + gone

    def left(self, epochs: float) -> float:
        """The seconds until ``epochs`` are done; NaN where it is too early to say."""
        if not self._epochs or self._at <= SHORTEST:
            return math.nan
        return self._seconds / self._epochs * max(0.0, epochs - self._done)

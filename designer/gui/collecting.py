"""Garbage collection on the GUI thread alone: a collection in another thread may destroy what belongs to Qt here."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500
# while much comes that may go it is collected in smaller pieces; what is older is not looked at more often for that
BUSY_MS, BUSY_SHARE = 100, 5


class Collector(QObject):
    """Collects when Python itself would have, but from a timer of this thread; Python's own collector stays off."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._seen = 0
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due, and the younger ones with it."""
        counts, (young, older, oldest) = gc.get_count(), gc.get_threshold()
        collected = False
        for generation, most in ((2, oldest), (1, BUSY_SHARE * older), (0, young)):
            if counts[generation] > most:
                gc.collect(generation)
                collected = True
                break
        grown, self._seen = counts[0] - self._seen, 0 if collected else counts[0]
        # in the time of a whole interval
        much = BUSY_SHARE * grown * INTERVAL_MS > young * self._timer.interval()
        self._timer.setInterval(BUSY_MS if much else INTERVAL_MS)

"""Which epochs are in sight: the same ones on all plots of a training, which a person zooms into and moves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

# epochs in sight before there are any
FIRST = 10.0
# so many points stay in sight however near one looks
FEWEST = 4
# of what is in sight, ahead of the newest epoch where this is followed: it is not painted anew for each
AHEAD = 0.25


@dataclass(frozen=True)
class Reach:
    """How far curves go: those of the run in hand and those of ``others``, and how far ``apart`` their points lie.

    The run in hand shall have ``planned`` epochs; 0 where that is not known.
    """

    own: float = 0.0
    others: float = 0.0
    apart: float = math.inf
    planned: float = 0.0


class Sight(QObject):
    """The epochs from ``low`` to ``high``: all that there are, or those that a person has ``zoomed`` to.

    All grow with the run in round steps. What a person looks at stays, but where the newest epoch was in sight it goes
    on with that and keeps its width. ``changed`` says that other epochs are in sight.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.low, self.high, self.zoomed = 0.0, FIRST, False
        self.sources: list[Callable[[], Reach]] = []
        self._of: object = None
        self._over = self._follows = False
        # up to which epoch there is room for the run that grows, and where all that is shown ends
        self._room = self._end = FIRST
        self._reach = Reach()

    @property
    def growing(self) -> bool:
        """Whether more is to come."""
        return not self._over and self._reach.own > 0

    @property
    def newest(self) -> float | None:
        """The newest epoch, while more is to come and it is in sight."""
        return self._reach.own if self.growing and self.low <= self._reach.own <= self.high else None

    def begin(self, of: object) -> None:
        """More will come of this; of something else than before all is in sight."""
        self._over = False
        if of is not self._of:
            # how far that goes is known once all plots show it
            self._of, self._reach, self._room, self._end = of, Reach(), FIRST, FIRST
            self._show(0.0, FIRST, False)

    def end(self) -> None:
        """No more will come: all ends where the curves do."""
        self._over = True
        self.settle()

    def settle(self) -> None:
        """Take over how far the curves go by now."""
        self._measure()
        if not self.zoomed:
            self._show(0.0, self._end, False)
            return
        width, high = self.high - self.low, self.high
        if self._follows and self.growing and self._reach.own > high:
            high = self._reach.own + AHEAD * width
        high = min(high, self._end)
        self._show(max(0.0, high - width), high, width < self._end)

    def _measure(self) -> None:
        reaches = [source() for source in self.sources]
        own, others = (max((getattr(each, name) for each in reaches), default=0.0) for name in ("own", "others"))
        apart = min((each.apart for each in reaches), default=math.inf)
        if own < self._reach.own:
            self._room = FIRST
        if own > self._room:
            self._room = room_for(own)
        planned = max((each.planned for each in reaches), default=0.0)
        self._reach = Reach(own, others, apart if math.isfinite(apart) else 1.0, planned)
        # beyond its last epoch a run needs no room
        room = min(self._room, planned) if planned >= own else self._room
        self._end = max(1.0, max(others, room if self.growing else own) or FIRST)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show an extent that is shorter by ``factor``, with the epoch ``around``, else the middle, where it was."""
        self._measure()
        width = self.high - self.low
        around = (self.low + self.high) / 2 if around is None else max(self.low, min(around, self.high))
        wide = self._allowed(width / factor)
        self.look_at(around - (around - self.low) / width * wide, wide)

    def look_at(self, low: float, width: float) -> None:
        """Show so many epochs, as near to ``low`` as there are any."""
        self._measure()
        wide = self._allowed(width)
        low = max(0.0, min(low - (wide - width) / 2, self._end - wide))
        self._follows = low <= self._reach.own <= low + wide
        if wide >= self._end * (1 - 1e-9):
            self.show_all()
        else:
            self._show(low, low + wide, True)

    def move(self, share: float) -> None:
        """Show later epochs, by so much of what is in sight; earlier ones below 0."""
        if self.zoomed:
            self.look_at(self.low + share * (self.high - self.low), self.high - self.low)

    def reveal(self, epoch: float) -> None:
        """Bring an epoch into sight."""
        if not self.low <= epoch <= self.high:
            self.look_at(epoch - (self.high - self.low) / 2, self.high - self.low)

    def show_all(self) -> None:
        """Show all epochs."""
        self._measure()
        self._show(0.0, self._end, False)

    def _allowed(self, width: float) -> float:
        return max(min(width, self._end), min(FEWEST * self._reach.apart, self._end))

    def _show(self, low: float, high: float, zoomed: bool) -> None:
        if not zoomed:
            low, high = 0.0, self._end
        if (low, high, zoomed) != (self.low, self.high, self.zoomed):
            self.low, self.high, self.zoomed = low, high, zoomed
            self.changed.emit()


def room_for(epochs: float) -> float:
    """A round number of epochs, half as many again or a little more."""
    wanted = 1.5 * epochs
    unit = 10.0 ** math.floor(math.log10(wanted)) / 2
    return math.ceil(wanted / unit - 1e-9) * unit

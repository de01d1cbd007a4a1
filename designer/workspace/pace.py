"""The time that a training takes: how long it is at it, and how long it will still be."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

# epochs that lie further back than so many, and also than so many seconds, hardly count for the steady pace
STEADY = 4.0, 20.0
# and for that of late, which is the steady one where they differ by so much, or by so much for so many seconds
LATE = 2.0, 2.0
MUCH, LITTLE, LONG = 2.0, 1.1, 6.0
# before so many seconds of it nothing is said; the first epoch, with all that is got ready in it, says less
SHORTEST, FIRST = 1.0, 2.0
# of an epoch, before it tells that it takes longer than others
SHARE = 0.25
# what differs by less from what was said only draws it there, within so many seconds
BAND, DRAWN = 0.07, 10.0


class Watch:
    """Seconds of training, pauses left out, by a ``clock`` that gives seconds."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or (lambda: time.monotonic())
        self._began = self._clock()
        self._paused_at: float | None = None

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self._paused_at is not None

    @property
    def seconds(self) -> float:
        """How many it has seen."""
        return (self._clock() if self._paused_at is None else self._paused_at) - self._began

    def pause(self) -> None:
        """Stand still, if it does not."""
        if self._paused_at is None:
            self._paused_at = self._clock()

    def go_on(self) -> None:
        """Count on, if it stands still."""
        if self._paused_at is not None:
            self._began += self._clock() - self._paused_at
            self._paused_at = None


class Mean:
    """The seconds that an epoch takes; of what lies back further than both ``epochs`` and ``seconds`` hardly any."""

    def __init__(self, epochs: float, seconds: float) -> None:
        self._windows = epochs, seconds
        self._seconds = self.epochs = 0.0

    @property
    def each(self) -> float:
        """The mean; only where there is one."""
        return self._seconds / self.epochs

    def add(self, epochs: float, seconds: float) -> None:
        """So many epochs took so long."""
        kept = math.exp(-min(epochs / self._windows[0], seconds / self._windows[1]))
        self._seconds, self.epochs = kept * self._seconds + seconds, kept * self.epochs + epochs

    def become(self, other: Mean) -> None:
        """Know what the other one knows."""
        self._seconds, self.epochs = other._seconds, other.epochs


class Pace:
    """Follows how many epochs are ``done`` after how many seconds of training, and tells how many seconds are left.

    It goes by whole epochs, for only they hold all that is done in one, and by steps while there is none. Nothing is
    told before it can be known; what was told is counted down, and only another pace, or another number of epochs,
    makes it another time. What a training takes to ``go_on`` after it was left, as for other settings, is none of it.
    """

    def __init__(self, done: float) -> None:
        self._done, self._at = done, 0.0
        # whether it went on since, and the seconds that this took in all
        self._left, self._lost = False, 0.0
        self._epochs = math.nan
        # the first news: what comes before, such as warming up, tells of the pace only while nothing else does
        self._warm: tuple[float, float] | None = None if done == math.floor(done) else (done, 0.0)
        self._whole, self._ended_at = math.floor(done), 0.0
        self._steady, self._late = Mean(*STEADY), Mean(*LATE)
        # on which side of the pace of late the steady one is, and since when
        self._side, self._since = 0, 0.0
        self._cold = False
        self._told: tuple[float, float] | None = None

    def note(self, done: float, seconds: float) -> None:
        """So many epochs are done after so many seconds."""
        seconds -= self._lost
        gone, took = done - self._done, seconds - self._at
        if gone <= 0 or took < 0:
            return
        if self._left:
            self._begin_again(done, took)
            return
        whole = math.floor(done)
        if whole > self._whole:
            # between the two news
            self._end_epochs(whole, seconds - took * (done - whole) / gone)
        self._done, self._at = done, seconds
        self._warm = self._warm or (done, seconds)

    def go_on(self) -> None:
        """The training was left where it was last heard of, and goes on; how long that takes, the next news tells."""
        self._left = True

    def _begin_again(self, done: float, took: float) -> None:
        self._left, self._lost, self._done = False, self._lost + took, done
        whole = math.floor(done)
        if whole > self._whole:
            self._whole, self._ended_at = whole, self._at
        self._warm = self._warm or (done, self._at)

    def _end_epochs(self, whole: int, at: float) -> None:
        count, took = float(whole - self._whole), at - self._ended_at
        if not self._late.epochs and self._warm is not None:
            count, took = whole - self._warm[0], at - self._warm[1]
        if self._cold:
            self._steady, self._late = Mean(*STEADY), Mean(*LATE)
        self._cold = self._warm is None
        self._whole, self._ended_at = whole, at
        for mean in (self._steady, self._late):
            mean.add(count, max(0.0, took))
        self._keep_up(at)

    def _keep_up(self, at: float) -> None:
        """The pace may have become another one: what is only uneven goes up and down about the steady one."""
        steady, late = self._steady.each, self._late.each
        side = (steady > LITTLE * late) - (late > LITTLE * steady)
        if side != self._side:
            self._side, self._since = side, at
        lasts = side != 0 and at - self._since >= LONG
        if lasts or steady > MUCH * late or late > MUCH * steady:
            self._steady.become(self._late)
            self._side = 0

    def left(self, epochs: float) -> float:
        """The seconds until ``epochs`` are done; NaN where it is too early to say."""
        found = self._found(epochs)
        if epochs != self._epochs:
            self._epochs, self._told = epochs, None
        if self._told is not None and math.isfinite(found):
            told, at = self._told
            expected = max(0.0, told - (self._at - at))
            if abs(found - expected) <= BAND * found:
                found = expected + (found - expected) * -math.expm1((at - self._at) / DRAWN)
        if math.isfinite(found):
            self._told = found, self._at
        return found

    def _found(self, epochs: float) -> float:
        """What the pace says by itself."""
        if self._warm is None:
            return math.nan
        since = self._at - self._warm[1]
        if self._cold:
            known = self._at >= FIRST
        else:
            known = since >= SHORTEST
        if not known:
            return math.nan
        if not self._late.epochs:
            return since / (self._done - self._warm[0]) * max(0.0, epochs - self._done)
        each, spent, share = self._steady.each, self._at - self._ended_at, self._done - self._whole
        this = max(each, spent / share) if share >= SHARE else each
        return max(0.0, this - spent) + each * max(0.0, epochs - self._whole - 1) if epochs > self._whole else 0.0

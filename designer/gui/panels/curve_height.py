"""From which value to which curves are shown: what is seen of them fits, or as a person has zoomed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from designer.gui.small_plot import Scale

ROOM = 0.08
MOST_SLACK = 2.5
# of what fits, however near one looks
NEAREST = 1e-4
# a double reaches to 1.8e308: curves are fitted up to here, and one may look as far beyond as they reach
MOST, MOST_LOG = 1e300, 200.0
FARTHEST_LOG = 300.0
# of the steps between neighbouring doubles
LEAST_STEPS = 64


class Height:
    """The values at the left of a plot. ``held`` says that a person has zoomed to them; else they fit the curves."""

    def __init__(self) -> None:
        self.log = self.held = False
        # in powers of ten on a logarithmic scale
        self._ends: tuple[float, float] | None = None
        self._fitting: tuple[float, float] | None = None
        self._anew = False

    def forget(self) -> None:
        """Other curves, or another kind of scale."""
        self._ends, self._fitting, self.held = None, None, False

    def fit_anew(self) -> None:
        """Fit the curves closely as soon as it is known what is seen of them."""
        self._anew = True

    def fit(self, extremes: Sequence[tuple[float, float]]) -> None:
        """Fit curves with these least and greatest values; the scale stays while they fit it well: nothing jumps."""
        if not extremes:
            return
        low, high = min(pair[0] for pair in extremes), max(pair[1] for pair in extremes)
        if self.log:
            low, high = math.log10(low), math.log10(high)
        most = MOST_LOG if self.log else MOST
        low, high = (max(-most, min(each, most)) for each in (low, high))
        spread = max(high - low, self._least(low, high)) if high > low else abs(high) * 0.1 or 1.0
        old, anew, self._anew = self._fitting, self._anew, False
        if anew or old is None or not _fits(old, low, high, spread):
            bottom = low - ROOM * spread
            self._fitting = (0.0 if not self.log and low >= 0 > bottom else bottom, high + ROOM * spread)
        if not self.held:
            self._ends = self._fitting

    @property
    def scale(self) -> Scale:
        """The values from the lowest to the highest."""
        low, high = self._ends or (0.0, 1.0)
        if self.log:
            low, high = (10.0 ** max(-FARTHEST_LOG, min(FARTHEST_LOG, each)) for each in (low, high))
        return Scale(low, high, self.log)

    def _least(self, low: float, high: float) -> float:
        """How near to each other two ends can lie there and still be apart, as powers of ten too."""
        return LEAST_STEPS * math.ulp(max(abs(low), abs(high), 1.0 if self.log else 0.0))

    def zoom(self, factor: float, share: float) -> None:
        """Show values that lie nearer to each other by ``factor``, with the one at that share from below in place."""
        if self._ends is None or self._fitting is None:
            return
        low, high = self._ends
        whole = self._fitting[1] - self._fitting[0]
        wide = max((high - low) / factor, NEAREST * whole, self._least(*self._fitting))
        bottom = low + share * (high - low - wide)
        # back to the very same, but for rounding
        self.held = wide < whole * (1 - 1e-9)
        self._ends = (bottom, bottom + wide) if self.held else self._fitting

    def move(self, share: float) -> None:
        """Show higher values, by so much of what is in sight; lower ones below 0; no farther than the curves go."""
        if not self.held or self._ends is None or self._fitting is None:
            return
        wide = self._ends[1] - self._ends[0]
        bottom = self._ends[0] + share * wide
        bottom = max(self._fitting[0] - wide / 2, min(bottom, self._fitting[1] - wide / 2))
        self._ends = (bottom, bottom + wide)

    def release(self) -> None:
        """Fit the curves again."""
        self.held, self._ends, self._anew = False, self._fitting, True


def _fits(ends: tuple[float, float], low: float, high: float, spread: float) -> bool:
    return ends[0] <= low and high <= ends[1] and ends[1] - ends[0] <= MOST_SLACK * spread

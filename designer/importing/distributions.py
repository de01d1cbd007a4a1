"""How the cells of one column are distributed: figures, histograms, lengths and frequent words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from designer.importing.columns import SENTINELS
from designer.importing.profiles import Histogram, Numbers, Texts

MOST_BINS = 20
MOST_WORDS = 20
MOST_EXAMPLES = 5
LONGEST_EXAMPLE = 80
FAR = 10.0
MOST_TEXTS = 20_000
MOST_FREQUENT = 30
WORD = re.compile(r"[^\W\d_](?:[\w’'-]*\w)?")


def describe_numbers(values: np.ndarray) -> tuple[Numbers | None, Histogram, int]:
    """Figures, histogram and number of different values of a column of float64, NaN where missing; exact."""
    known = values[~np.isnan(values)]
    ordered = np.sort(known[np.isfinite(known)])
    infinite = len(known) - len(ordered)
    if not len(ordered):
        return None, Histogram(), len(np.unique(known))
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    low, middle, high = (quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    reach = FAR * (high - low)
    below, above = np.searchsorted(ordered, low - reach), np.searchsorted(ordered, high + reach, side="right")
    far = int(below + len(ordered) - above) if reach > 0 else 0
    sentinel, count = _sentinel(ordered, starts)
    logs = None
    if ordered[0] >= 0:
        logs = _lopsided(*(float(np.log1p(quantile(ordered, share))) for share in (0.05, 0.5, 0.95)))
    numbers = Numbers(
        minimum=float(ordered[0]),
        maximum=float(ordered[-1]),
        mean=float(ordered.mean()),
        std=float(ordered.std()),
        lower=low,
        median=middle,
        upper=high,
        whole=bool((ordered[starts] % 1 == 0).all()),
        lopsided=_lopsided(*(quantile(ordered, share) for share in (0.05, 0.5, 0.95))),
        lopsided_log=logs,
        far=far,
        sentinel=sentinel,
        sentinels=count,
        infinite=infinite,
    )
    unique = len(starts) + len(np.unique(known[np.isinf(known)]))
    return numbers, bins_of(ordered, numbers.whole), unique


def far_rows(values: np.ndarray, numbers: Numbers) -> np.ndarray:
    """The rows of the cells that lie far out, as ``describe_numbers`` counts them in ``values``."""
    reach = FAR * (numbers.upper - numbers.lower)
    if not numbers.far:
        return np.empty(0, dtype=np.int64)
    far = (values < numbers.lower - reach) | (values > numbers.upper + reach)
    return np.flatnonzero(far & np.isfinite(values))


def quantile(ordered: np.ndarray, share: float) -> float:
    """The quantile of numbers in order, between two of them by their distance, as numpy's default does it."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def _lopsided(low: float, middle: float, high: float) -> float:
    return (high + low - 2 * middle) / (high - low) if high > low else 0.0


def _sentinel(ordered: np.ndarray, starts: np.ndarray) -> tuple[float | None, int]:
    """A number that stands for missing, as people write it, several times and far from all others."""
    if len(starts) < 3:
        return None, 0
    different = ordered[starts]
    lowest, highest = int(starts[1]), int(len(ordered) - starts[-1])
    ends = (
        (different[0], different[1], different[1:], lowest),
        (different[-1], different[-2], different[:-1], highest),
    )
    for value, nearest, others, count in ends:
        largest = max(abs(others[0]), abs(others[-1]))
        if value in SENTINELS and count > 1 and abs(value - nearest) > 2 * largest:
            return float(value), count
    return None, 0


def bins_of(ordered: np.ndarray, whole: bool = False) -> Histogram:
    """At most 20 bins of equal width; whole numbers within a short range have one each."""
    low, high = float(ordered[0]), float(ordered[-1])
    if low == high or not np.isfinite(high - low):
        return Histogram(edges=(low, high), counts=(len(ordered),))
    if whole and high - low < MOST_BINS:
        edges = np.arange(low - 0.5, high + 1.0)
    else:
        edges = np.linspace(low, high, min(MOST_BINS, max(2, round(2 * len(ordered) ** 0.5))) + 1)
    places = np.searchsorted(ordered, edges[1:-1], side="left")
    counts = np.diff(np.concatenate([[0], places, [len(ordered)]]))
    return Histogram(edges=tuple(edges.tolist()), counts=tuple(counts.tolist()))


def count_words(words: pd.Index, counts: np.ndarray, most: int = MOST_WORDS) -> Histogram:
    """The most frequent words with their counts, and how many cells hold others; among equals by the alphabet."""
    order = np.argsort(-counts, kind="stable")
    shown = order[:most]
    rest = int(counts.sum() - counts[shown].sum())
    return Histogram(
        words=tuple(str(words[place]) for place in shown), counts=tuple(counts[shown].tolist()), others=rest
    )


def lengths_of(words: pd.Index) -> np.ndarray:
    """The characters of each word, int64. A word at a time: pandas would let nothing else run meanwhile."""
    return np.fromiter((len(str(word)) for word in words), np.int64, len(words))


def describe_texts(words: pd.Index, counts: np.ndarray, lengths: np.ndarray) -> Texts | None:
    """``lengths`` of all texts, and how many words they have and which, of at most 20,000 of them at even distances."""
    if not len(words):
        return None
    mean = float((lengths * counts).sum() / counts.sum())
    step = -(-len(words) // MOST_TEXTS)
    found: Counter[str] = Counter()
    sizes = []
    for text, count in zip(words[::step], counts[::step].tolist(), strict=True):
        parts = WORD.findall(str(text).lower())
        sizes.append(len(parts))
        for part in parts:
            found[part] += count
    frequent = sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_FREQUENT]
    numbers = np.sort(np.repeat(np.array(sizes, dtype=np.float64), counts[::step]))
    return Texts(int(lengths.min()), int(lengths.max()), mean, bins_of(numbers, whole=True), tuple(frequent))


def example_words(words: Sequence[object] | pd.Index) -> tuple[str, ...]:
    """A few words at even distances, short enough to be shown."""
    count = min(len(words), MOST_EXAMPLES)
    places = [place * len(words) // count for place in range(count)]
    return tuple(shortened(str(words[place])) for place in places)


def shortened(text: str, most: int = LONGEST_EXAMPLE) -> str:
    """A text in one line of at most ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"

"""From the profile of a table to what is drawn of it: bars, statistics in words, and the picture of a relation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise

from designer.gui.data.seen import ColumnSeen, Plot
from designer.gui.numbers import datum, exact, figure
from designer.gui.panels.reading import Bars
from designer.importing.profiles import ColumnProfile, Histogram, Relation, TableProfile

MOST_GROUPS = 12
MOST_CLASSES = 8
FEW = 3
DAY = 86_400.0


def seen_of(profile: TableProfile) -> dict[str, ColumnSeen]:
    """What each column of a table holds."""
    return {column.name: column_seen(column, profile.target) for column in profile.columns}


def column_seen(column: ColumnProfile, target: str = "") -> ColumnSeen:
    """What one column holds."""
    relation, histogram = column.relation, column.histogram
    dates = column.kind == "date" and column.times is not None
    whole = column.numbers is not None and column.numbers.whole
    splits = column.unique > 0 and bool(histogram.words) and _name_parts(histogram.words, column.unique)
    return ColumnSeen(
        rows=column.count + column.missing,
        missing=column.missing,
        unique=column.unique,
        bars=bars_of(histogram, dates, whole),
        edges=histogram.edges,
        more=max(0, column.unique - len(histogram.words)) if histogram.words else 0,
        words=words_of(column),
        statistics=statistics_of(column),
        examples=column.examples,
        strength=relation.strength if relation is not None else None,
        relation=relation.title if relation is not None else "",
        plot=plot_of(relation, column.name, target) if relation is not None else None,
        splits=splits,
        trouble=column.trouble,
    )


def words_of(column: ColumnProfile) -> str:
    """What a column holds, in a few words: its words, how many there are, or between what its numbers lie."""
    numbers, words = column.numbers, column.histogram.words
    if not column.unique:
        return "no values"
    if numbers is not None:
        same = numbers.minimum == numbers.maximum
        return f"always {datum(numbers.minimum)}" if same else f"{datum(numbers.minimum)} – {datum(numbers.maximum)}"
    if words and column.unique <= FEW:
        return ", ".join(sorted(word[:40] for word in words))
    return f"{exact(column.unique)} different"


def _name_parts(words: tuple[str, ...], unique: int) -> bool:
    from designer.runtime.splits import PART_WORDS

    return unique == len(words) and all(word.lower() in PART_WORDS for word in words)


def bars_of(histogram: Histogram, dates: bool = False, whole: bool = False) -> Bars:
    """A name and a count for each bar."""
    if histogram.words:
        return tuple(zip(histogram.words, histogram.counts, strict=True))
    edges = histogram.edges
    pairs = list(pairwise(edges))
    if dates:
        span = edges[-1] - edges[0] if edges else 0.0
        names = [f"{date_text(low, span)} – {date_text(high, span)}" for low, high in pairs]
    elif whole and pairs and all(high - low == 1 and low % 1 == 0.5 for low, high in pairs):
        names = [datum(low + 0.5) for low, _ in pairs]
    else:
        names = [f"{datum(low, 3)} – {datum(high, 3)}" for low, high in pairs]
    return tuple(zip(names, histogram.counts, strict=True))


def date_text(seconds: float, span: float) -> str:
    """A point in time, as exact as the span that is looked at asks for."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return figure(seconds)
    if span > 3 * 365 * DAY:
        return f"{moment:%Y-%m}"
    return f"{moment:%Y-%m-%d}" if span > 3 * DAY else f"{moment:%m-%d %H:%M}"


def statistics_of(column: ColumnProfile) -> Mapping[str, str]:
    """Figures of a column, in words."""
    found: dict[str, str] = {}
    numbers, times, texts = column.numbers, column.times, column.texts
    if numbers is not None:
        found = {
            "Mean": datum(numbers.mean),
            "Deviation": datum(numbers.std),
            "Least": datum(numbers.minimum),
            "25 %": datum(numbers.lower),
            "Median": datum(numbers.median),
            "75 %": datum(numbers.upper),
            "Greatest": datum(numbers.maximum),
        }
    if times is not None:
        found |= {"First": times.earliest, "Last": times.latest}
        found |= {"Step": times.step} if times.step else {}
        found |= {"Gaps": exact(times.gaps)} if times.gaps else {}
    if texts is not None and column.kind == "text":
        found |= {"Shortest": f"{exact(texts.shortest)} letters", "Longest": f"{exact(texts.longest)} letters"}
        found |= {"On average": f"{texts.mean:.0f} letters"}
    return found


def plot_of(relation: Relation, name: str, target: str) -> Plot:
    """The picture of a relation."""
    boxes = tuple(
        (group.word, group.lower, group.lower, group.median, group.upper, group.upper)
        for group in relation.groups[:MOST_GROUPS]
    )
    across = name if boxes and not relation.of_target else target if boxes else name
    shares: list[tuple[str, tuple[float, ...]]] = []
    for word, counts in list(zip(relation.words, relation.counts, strict=False))[:MOST_GROUPS]:
        total = sum(counts)
        shares.append((word, tuple(count / total for count in counts[:MOST_CLASSES]) if total else ()))
    return Plot(relation.points, boxes, tuple(shares), relation.classes[:MOST_CLASSES], across, target)

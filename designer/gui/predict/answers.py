"""What a run's network says to new data, as rows for the screen: the answers first, then what they were made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, overload

from designer.gui.data.rows import FrameRows
from designer.gui.numbers import figure, share
from designer.project.model import Column, ColumnKind

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from designer.training.predict import Predictions

# the probabilities of more classes than these are shown of the likeliest alone; the file has all of them
MOST_CLASSES = 6
KEPT_ROWS = 512


@dataclass(frozen=True)
class Shown:
    """A column of answers as it is shown: what is ``predicted`` stands out, shares of 1 are shown as per cent."""

    title: str
    values: Sequence[Any]
    shares: bool = False
    predicted: bool = False

    @property
    def kind(self) -> ColumnKind:
        """Numbers stand at the right."""
        return "number" if len(self.values) and isinstance(self.values[0], (int, float)) else "category"

    def text(self, place: int) -> str:
        """An answer with the digits that matter."""
        value = self.values[place]
        return share(value) if self.shares else answer_text(value)


class AnswerRows(Sequence[Sequence[str]]):
    """A row for each sample, made into text when it is looked at: names, answers, then the cells of the data.

    ``columns`` are those of the rows, ``answers`` the places of the answers among them, ``predicted`` of those that
    stand out. Rows without an answer have empty cells there.
    """

    def __init__(self, found: Predictions, cells: pd.DataFrame | None = None) -> None:
        import numpy as np

        self.found = found
        self._names, self._shown = list(found.names.values()), shown_columns(found)
        self._cells = FrameRows(cells) if cells is not None else None
        self._frame = cells
        usable = np.asarray(found.usable, dtype=bool)
        # where the answer of a sample stands among the answers; -1 for none
        self._places = np.where(usable, np.cumsum(usable) - 1, -1)
        self._order = np.arange(len(usable))
        self.columns = (
            *(Column(name, "text") for name in found.names),
            *(Column(each.title, each.kind) for each in self._shown),
            *(Column(name, _kind(cells, place)) for place, name in enumerate(self._cells.names if self._cells else ())),
        )
        first = len(self._names)
        self.answers = range(first, first + len(self._shown))
        self.predicted = frozenset(first + place for place, each in enumerate(self._shown) if each.predicted)
        self._row = lru_cache(KEPT_ROWS)(self._made)

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, place: int) -> Sequence[str]: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Sequence[str]]: ...

    def __getitem__(self, place: int | slice) -> Sequence[Any]:
        if isinstance(place, slice):
            return [self[each] for each in range(len(self))[place]]
        return self._row(int(self._order[place]))

    def number(self, place: int) -> int:
        """Which sample stands in a row, counted from 1 in the order of the data."""
        return int(self._order[place]) + 1

    def features(self, place: int) -> dict[str, str]:
        """The cells of a row that the network looks at, by their columns; none where not all of them are known."""
        if self._cells is None:
            return {}
        wanted = self.found.record.preparation.get("features", {})
        row = self._cells.row(int(self._order[place])) if len(self) else [""] * len(self._cells.names)
        cells = dict(zip(self._cells.names, row, strict=True))
        return {name: cells[name] for name in wanted} if cells.keys() >= set(wanted) else {}

    def exactly(self, place: int, column: int) -> str:
        """An answer with all of its digits; empty for other cells and where there is none."""
        answer = int(self._places[self._order[place]])
        if column not in self.answers or answer < 0:
            return ""
        return str(self._shown[column - self.answers.start].values[answer])

    def sorted_by(self, column: int, falling: bool) -> np.ndarray:
        """The samples in the order of a column, those without a value last; takes a moment where they are many."""
        import pandas as pd

        values = pd.Series(self._values(column))
        order: np.ndarray = values.sort_values(
            ascending=not falling, kind="stable", na_position="last"
        ).index.to_numpy()
        return order

    def show_order(self, order: np.ndarray | None) -> None:
        """Stand in this order; None for that of the data."""
        import numpy as np

        self._order = np.arange(len(self)) if order is None else order

    def _values(self, column: int) -> Any:
        first, last = self.answers.start, self.answers.stop
        if column < first:
            return self._names[column]
        if column >= last:
            assert self._frame is not None
            cells = self._frame.iloc[:, column - last]
            return (
                cells.astype("str").where(cells.notna()).to_numpy() if cells.dtype == "category" else cells.to_numpy()
            )
        values = self._shown[column - first].values
        return [values[place] if place >= 0 else None for place in self._places.tolist()]

    def _made(self, sample: int) -> Sequence[str]:
        answer = int(self._places[sample])
        said = [each.text(answer) if answer >= 0 else "" for each in self._shown]
        cells = self._cells.row(sample) if self._cells is not None else ()
        return [*(str(words[sample]) for words in self._names), *said, *cells]


def shown_columns(found: Predictions) -> list[Shown]:
    """The columns of answers that are shown: of many classes the probability of the likeliest alone."""
    shown = []
    of_classes = {title: each for each in found.scores.values() for title in each.titles}
    for title, values in found.columns.items():
        if title in of_classes:
            if len(of_classes[title].titles) <= MOST_CLASSES:
                shown.append(Shown(title, values, shares=of_classes[title].likely))
            continue
        # of masks the shares of their classes
        shares = found.masks is not None and title != "mask"
        shown.append(Shown(title, values, shares, predicted=not shares))
        scores = found.scores.get(title)
        if scores is not None and len(scores.titles) > MOST_CLASSES:
            word = "probability" if scores.likely else "score"
            best = best_scores(found, scores.titles)
            shown.append(Shown(f"{word} of {title}" if len(found.scores) > 1 else word, best, scores.likely))
    return shown


def best_scores(found: Predictions, titles: Sequence[str]) -> list[float]:
    """The largest of these columns in each row."""
    return [max(row) for row in zip(*(found.columns[title] for title in titles), strict=True)]


def answer_text(value: object) -> str:
    """An answer as it is shown: a number with the digits that matter."""
    return figure(value) if isinstance(value, float) else str(value)


def _kind(cells: pd.DataFrame | None, place: int) -> ColumnKind:
    assert cells is not None
    return "category" if cells.dtypes.iloc[place] == "category" else "number"

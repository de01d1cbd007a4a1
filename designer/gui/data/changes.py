"""What a step of the recipe makes of a column: the values before and after it. Always computed off the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer.gui.data.from_profile import bars_of
from designer.gui.data.rows import cell_text
from designer.gui.data.seen import ColumnSeen
from designer.gui.numbers import datum
from designer.layers.preparations import STEPS, settings_of
from designer.project.model import Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_ROWS = 20_000
EXAMPLES = 6
LOOKED_AT = 40 * EXAMPLES
MOST_INPUTS = 6
WHOLE = ""
LEFT_OUT = "left out"


@dataclass(frozen=True)
class Change:
    """A column before and after a step (``key``; empty: after all steps), and what becomes of the first values.

    ``said`` is a sentence beside it; without a column the step is done to whole rows, and the target is looked at.
    """

    column: str
    key: str
    before: ColumnSeen
    after: ColumnSeen
    examples: tuple[tuple[str, str], ...] = ()
    inputs: int = 1
    said: str = ""


def change_of(frame: pd.DataFrame, column: Column, key: str = WHOLE, series: np.ndarray | None = None) -> Change:
    """What the step ``key`` does to ``column``, learned from (at most 20,000 of) its rows.

    ``series`` has the number of each row's series where gaps take the last value before them.
    """
    from designer.training.columns import step_functions

    settings = settings_of(column)
    functions = step_functions({column.name: settings})
    ways = [step for step in STEPS if step in settings]
    done = [step for step in ways if not key or STEPS.index(step) < _place(key)]
    later = ways if not key else [*done, *(step for step in ways if step == key)]
    cells, forward = _cells(frame[column.name], column), _filled_forward(frame, column, series)
    gaps = _gaps(cells, column.kind) if "missing" not in settings else None

    def made(steps: Sequence[str], with_gaps: bool, noted: bool = False) -> _Made:
        held = cells if forward is None or not ("missing" in steps or noted) else forward
        held = held if gaps is None or with_gaps else held[~gaps]
        chosen = {name: value for name, value in settings.items() if name not in STEPS or name in steps}
        if not noted:
            chosen.pop("indicator", None)
        return _made(held, chosen, functions)

    before = made(done, key in (WHOLE, "clip", "missing")) if key else _Made(cells)
    after = made(later, key == "clip", "indicator" in settings and key in (WHOLE, "indicator"))
    pairs = dict(zip(_first(before), _answers(before, after, gaps), strict=False))
    return Change(
        column.name,
        key,
        _seen(before, column.kind),
        _seen(after, column.kind),
        tuple([(old or "–", new or "–") for old, new in pairs.items()][:EXAMPLES]),
        1 if after.worded else int(after.values.shape[1]),
        "The gaps become an input of their own." if after.gaps is not None else "",
    )


@dataclass(frozen=True)
class _Made:
    """Cells after some steps: numbers of shape (rows, inputs), or words and dates that nothing has encoded yet.

    ``names`` are those of the inputs, where they have some; ``gaps`` are noted beside words and dates.
    """

    values: Any
    names: tuple[str, ...] = ()
    gaps: Any = None

    @property
    def worded(self) -> bool:
        """Whether the cells are still what was read, or filled with the like."""
        return bool(self.values.ndim == 1)


def _made(cells: Any, ways: Mapping[str, Any], functions: Any) -> _Made:
    """The cells after these steps and no others."""
    from designer.runtime import preparation

    learned = preparation.learn_column(cells, ways, functions)
    if ways["kind"] in ("number", "boolean") or "encode" in ways:
        names = tuple(f"{word} = 1" for word in learned.get("categories", ()))
        return _Made(preparation.prepare_column(cells, learned, functions), names)
    noted = _gaps(cells, ways["kind"]) if "indicator" in ways else None
    for way in learned["steps"]:
        cells = functions[ways["kind"]][way][1](cells, learned)
    return _Made(cells, gaps=noted)


def _gaps(cells: Any, kind: str) -> Any:
    """Which cells are missing; a missing text is an empty one."""
    import pandas as pd

    return None if kind == "text" else pd.isna(cells)


def _answers(before: _Made, after: _Made, gaps: Any) -> list[str]:
    """What becomes of the first cells; where rows with a gap are left out, this is said of them."""
    found = _first(after)
    if len(before.values) == len(after.values):
        return found
    kept = iter(found)
    return [LEFT_OUT if gap else next(kept, "") for gap in gaps[:LOOKED_AT].tolist()]


def _filled_forward(frame: pd.DataFrame, column: Column, series: np.ndarray | None) -> Any:
    """The cells with the last known value in each gap, where they are filled so; None where not."""
    if series is None:
        return None
    from designer.runtime.windows import fill_forward

    return _cells(fill_forward(frame[column.name], series), column)


def _place(key: str) -> int:
    """Where a step stands in the order; gaps are noted once they are filled."""
    steps: tuple[str, ...] = STEPS
    return steps.index(key) if key in steps else steps.index("missing") + 1


def _cells(cells: pd.Series, column: Column) -> Any:
    """Some cells as the steps of this kind take them."""
    import pandas as pd

    if len(cells) > MOST_ROWS:
        cells = cells.iloc[:: -(-len(cells) // MOST_ROWS)]
    if column.kind in ("category", "text") and not isinstance(cells.dtype, pd.CategoricalDtype):
        return pd.Categorical(["" if gap else cell_text(cell) for cell, gap in zip(cells, cells.isna(), strict=True)])
    if column.kind == "date":
        return dates_of(cells, column).to_numpy()
    return cells.to_numpy(dtype="float64") if column.kind in ("number", "boolean") else cells.values


def dates_of(cells: pd.Series, column: Column) -> pd.Series:
    """Cells as the dates that they stand for."""
    from designer.runtime.times import to_dates
    from designer.training.columns import day_order

    return to_dates(cells, column.name, day_first=day_order([column]))


def seen_of_cells(cells: pd.Series, column: Column) -> ColumnSeen:
    """What is drawn of some cells as they were read."""
    return _seen(_Made(_cells(cells, column)), column.kind)


def _first(made: _Made) -> list[str]:
    """The first cells as texts, or the numbers that go into the network for them."""
    import pandas as pd

    if made.worded:
        first = pd.Series(made.values[:LOOKED_AT])
        texts = ["" if gap else _cell(cell) for cell, gap in zip(first, first.isna(), strict=True)]
        noted = [] if made.gaps is None else made.gaps[:LOOKED_AT].tolist()
        return [f"{text}  {int(gap)}" for text, gap in zip(texts, noted, strict=True)] if noted else texts
    more = "  …" if made.values.shape[1] > MOST_INPUTS else ""
    rows = made.values[:LOOKED_AT].tolist()
    return ["  ".join(_number(value) for value in row[:MOST_INPUTS]) + more for row in rows]


def _cell(cell: object) -> str:
    return datum(cell) if isinstance(cell, float) else cell_text(cell)


def _number(value: float) -> str:
    return "" if value != value else datum(float(value), 3)


def _seen(made: _Made, kind: str) -> ColumnSeen:
    """What is drawn of prepared numbers, or of the cells where they are not prepared yet."""
    import numpy as np
    import pandas as pd

    from designer.importing.distributions import count_words, describe_numbers

    cells = made.values
    if made.worded and kind == "date":
        moments = np.asarray(cells)
        seconds = np.where(np.isnat(moments), np.nan, moments.astype("datetime64[s]").astype(np.float64))
        _, histogram, unique = describe_numbers(seconds)
        return ColumnSeen(len(seconds), int(np.isnan(seconds).sum()), unique, bars_of(histogram, True), histogram.edges)
    if made.worded and kind not in ("number", "boolean"):
        words = pd.Series(cells).astype("str").where(~pd.Series(cells).isna())
        counts = words.value_counts()
        histogram = count_words(counts.index, counts.to_numpy())
        missing = int(words.isna().sum())
        return ColumnSeen(len(words), missing, len(counts), bars_of(histogram))
    if not made.worded and cells.shape[1] > 1 and kind == "category":
        totals = np.abs(cells).sum(axis=0)
        order = np.argsort(-totals)
        named = [*made.names, *(f"input {place + 1}" for place in range(len(made.names), len(totals)))]
        bars = tuple((named[place], int(totals[place])) for place in order.tolist())
        return ColumnSeen(len(cells), 0, len(bars), bars)
    # nothing is left where all cells are gaps and rows with gaps are left out
    first = cells if made.worded or not cells.shape[1] else cells[:, 0]
    numbers = np.asarray(first, dtype=np.float64).reshape(-1)
    _, histogram, unique = describe_numbers(numbers)
    missing = int(np.isnan(numbers).sum())
    return ColumnSeen(len(numbers), missing, unique, bars_of(histogram), histogram.edges)

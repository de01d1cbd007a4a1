"""What a step of the recipe makes of a column: the values before and after it. Always computed off the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
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
MOST_INPUTS = 6
WHOLE = ""


@dataclass(frozen=True)
class Change:
    """A column before and after a step (``key``; empty: after all steps), and what becomes of the first values."""

    column: str
    key: str
    before: ColumnSeen
    after: ColumnSeen
    examples: tuple[tuple[str, str], ...] = ()
    inputs: int = 1


def change_of(frame: pd.DataFrame, column: Column, key: str = WHOLE) -> Change:
    """What the step ``key`` does to ``column``, learned from (at most 20,000 of) its rows."""
    from designer.runtime import preparation
    from designer.training.columns import step_functions

    settings = settings_of(column)
    ways = [step for step in STEPS if step in settings]
    done = [step for step in STEPS if step in ways and (not key or STEPS.index(step) < _place(key))]
    cells = _cells(frame[column.name], column)

    def prepared(steps: list[str], indicator: bool) -> np.ndarray | None:
        chosen: dict[str, Any] = {name: value for name, value in settings.items() if name not in ways}
        chosen |= {step: settings[step] for step in steps}
        if not indicator:
            chosen.pop("indicator", None)
        if column.kind not in ("number", "boolean") and "encode" not in steps:
            return None
        learned = preparation.learn_column(cells, chosen, functions)
        array: np.ndarray = preparation.prepare_column(cells, learned, functions)
        names[:] = [f"{word} = 1" for word in learned.get("categories", ())]
        return array

    functions = step_functions({column.name: settings})
    names: list[str] = []
    before = None if not key else prepared(done, False)
    later = ways if not key else [*done, *([key] if key in ways else [])]
    after = prepared(later, not key or key == "indicator")
    raw = _texts(cells)
    shown = raw if before is None else _rows_text(before)
    made = _rows_text(after) if after is not None else raw
    pairs = dict(zip(shown, made, strict=True))
    distinct = [(old or "–", new or "–") for old, new in pairs.items()][:EXAMPLES]
    return Change(
        column.name,
        key,
        _seen(before, cells, column.kind),
        _seen(after, cells, column.kind, names),
        tuple(distinct),
        1 if after is None else int(after.shape[1]),
    )


def _place(key: str) -> int:
    """Where a step stands in the order; gaps are noted together with their filling."""
    steps: tuple[str, ...] = STEPS
    return steps.index(key) if key in steps else steps.index("missing")


def _cells(cells: pd.Series, column: Column) -> Any:
    """Some cells as the steps of this kind take them."""
    import pandas as pd

    if len(cells) > MOST_ROWS:
        cells = cells.iloc[:: -(-len(cells) // MOST_ROWS)]
    if column.kind in ("category", "text") and not isinstance(cells.dtype, pd.CategoricalDtype):
        return pd.Categorical(["" if gap else cell_text(cell) for cell, gap in zip(cells, cells.isna(), strict=True)])
    if column.kind == "date":
        from designer.runtime.times import to_dates
        from designer.training.columns import day_order

        return to_dates(cells, column.name, day_first=day_order([column])).to_numpy()
    return cells.to_numpy(dtype="float64") if column.kind in ("number", "boolean") else cells.values


def _texts(cells: Any) -> list[str]:
    import pandas as pd

    first = pd.Series(cells[: 40 * EXAMPLES])
    return ["" if gap else _cell(cell) for cell, gap in zip(first, first.isna(), strict=True)]


def _cell(cell: object) -> str:
    return datum(cell) if isinstance(cell, float) else cell_text(cell)


def _rows_text(array: np.ndarray) -> list[str]:
    """Each of the first rows as the numbers that go into the network."""
    rows = array[: 40 * EXAMPLES].tolist()
    more = "  …" if array.shape[1] > MOST_INPUTS else ""
    return ["  ".join(_number(value) for value in row[:MOST_INPUTS]) + more for row in rows]


def _number(value: float) -> str:
    return "" if value != value else datum(float(value), 3)


def _seen(array: np.ndarray | None, cells: Any, kind: str, names: Sequence[str] = ()) -> ColumnSeen:
    """What is drawn of prepared numbers, or of the cells where they are not prepared yet."""
    import numpy as np
    import pandas as pd

    from designer.importing.distributions import count_words, describe_numbers

    if array is None and kind == "date":
        moments = np.asarray(cells)
        seconds = np.where(np.isnat(moments), np.nan, moments.astype("datetime64[s]").astype(np.float64))
        _, histogram, unique = describe_numbers(seconds)
        return ColumnSeen(len(seconds), int(np.isnan(seconds).sum()), unique, bars_of(histogram, True), histogram.edges)
    if array is None and kind not in ("number", "boolean"):
        words = pd.Series(cells).astype("str").where(~pd.Series(cells).isna())
        counts = words.value_counts()
        histogram = count_words(counts.index, counts.to_numpy())
        missing = int(words.isna().sum())
        return ColumnSeen(len(words), missing, len(counts), bars_of(histogram))
    numbers = np.asarray(cells if array is None else array[:, 0], dtype=np.float64)
    if array is not None and array.shape[1] > 1 and kind == "category":
        totals = np.abs(array).sum(axis=0)
        order = np.argsort(-totals)
        named = [*names, *(f"input {place + 1}" for place in range(len(names), len(totals)))]
        bars = tuple((named[place], int(totals[place])) for place in order.tolist())
        return ColumnSeen(len(array), 0, len(bars), bars)
    _, histogram, unique = describe_numbers(numbers)
    missing = int(np.isnan(numbers).sum())
    return ColumnSeen(len(numbers), missing, unique, bars_of(histogram), histogram.edges)

"""Rows for the screen: cells are made into text only when they are looked at, however many rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd

BLOCK = 64
KEPT_BLOCKS = 48
LONGEST_CELL = 400

Row = Sequence[str]


class Rows(Protocol):
    """A table to look at: the names of its columns, how many rows it has, and the text of a row's cells."""

    names: tuple[str, ...]
    count: int

    def row(self, number: int) -> Row:
        """The cells of a row, counted from 0; an empty text is an empty cell."""
        ...


class NoRows:
    """A table that is not read yet."""

    names: tuple[str, ...] = ()
    count = 0

    def row(self, number: int) -> Row:
        """There is none."""
        return ()


class FrameRows:
    """Rows of a data frame that was read anyway. The first ones may be given as they are written in the file."""

    def __init__(self, cells: pd.DataFrame, written: Sequence[Row] = ()) -> None:
        self.names = tuple(str(name) for name in cells.columns)
        self.count = len(cells)
        self._cells = cells
        self._written = written
        self._blocks: dict[int, list[Row]] = {}

    def row(self, number: int) -> Row:
        """The cells of a row; a block of rows is made into text at once and kept for a while."""
        if number < len(self._written):
            return self._written[number]
        block, place = divmod(number, BLOCK)
        if block not in self._blocks:
            if len(self._blocks) >= KEPT_BLOCKS:
                del self._blocks[next(iter(self._blocks))]
            self._blocks[block] = self._made(block * BLOCK)
        rows = self._blocks[block]
        return rows[place] if place < len(rows) else ()

    def _made(self, start: int) -> list[Row]:
        part = self._cells.iloc[start : start + BLOCK]
        columns = []
        for place in range(part.shape[1]):
            cells = part.iloc[:, place]
            gaps = cells.isna().tolist()
            columns.append(["" if gap else cell_text(cell) for cell, gap in zip(cells.tolist(), gaps, strict=True)])
        return list(zip(*columns, strict=True))


def cell_text(cell: object) -> str:
    """A cell's value as text, a whole number without a point, a very long text cut."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)[:LONGEST_CELL]

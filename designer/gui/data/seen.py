"""What is seen of a table: its rows, what each column holds, and what is striking in it, ready to be drawn.

Reading takes long, so the functions here are always called off the GUI thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from designer.gui.data.rows import NoRows, Rows
from designer.gui.panels.reading import Bars
from designer.importing.profiles import TableProfile
from designer.project.model import Column, TableFormat


@dataclass(frozen=True)
class Plot:
    """How a column and the target go together, small enough to be drawn.

    ``points`` are (column, target) of some rows; ``boxes`` are (group, minimum, lower quartile, median, upper
    quartile, maximum) with groups of the column or the target; ``shares`` are (value of the column, share of each of
    ``classes``).
    """

    points: tuple[tuple[float, float], ...] = ()
    boxes: tuple[tuple[str, float, float, float, float, float], ...] = ()
    shares: tuple[tuple[str, tuple[float, ...]], ...] = ()
    classes: tuple[str, ...] = ()
    across: str = ""
    up: str = ""


@dataclass(frozen=True)
class ColumnSeen:
    """What a column holds.

    ``bars`` count values, most frequent first, or the numbers between two ``edges``; ``more`` says how many values
    are not among them. ``strength`` (0 to 1) says how closely the column goes with the target, ``relation`` the same
    in words; None where it is not known.
    """

    rows: int = 0
    missing: int = 0
    unique: int = 0
    bars: Bars = ()
    edges: tuple[float, ...] = ()
    more: int = 0
    words: str = ""
    statistics: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    strength: float | None = None
    relation: str = ""
    plot: Plot | None = None
    splits: bool = False
    trouble: str = ""


@dataclass(frozen=True)
class TableSeen:
    """A table as it was read, and all that is known of it."""

    format: TableFormat = TableFormat()
    columns: tuple[Column, ...] = ()
    rows: Rows = field(default_factory=NoRows)
    seen: Mapping[str, ColumnSeen] = field(default_factory=dict)
    profile: TableProfile | None = None

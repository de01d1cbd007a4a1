"""What a table, its columns, a series, texts or a folder of pictures hold: plain values that every front can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from designer.project.model import ColumnKind, ColumnRole, SplitBy

Measure: TypeAlias = Literal["pearson", "spearman", "eta", "cramers_v"]
Repeat: TypeAlias = Literal["same", "follows", "nearly"]

MEASURES: Mapping[Measure, str] = {
    "pearson": "Pearson’s r",
    "spearman": "Spearman’s ρ",
    "eta": "correlation ratio η",
    "cramers_v": "Cramér’s V",
}


@dataclass(frozen=True)
class Histogram:
    """How often which values occur.

    Numbers and dates (seconds since 1970) are counted between ``edges``, of which there is one more than ``counts``;
    ``words`` are counted each, the most frequent first, and ``others`` are the cells with other words.
    """

    edges: tuple[float, ...] = ()
    words: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    others: int = 0


@dataclass(frozen=True)
class Numbers:
    """The distribution of finite numbers: ``lower`` and ``upper`` are the quartiles, ``std`` divides by the count.

    ``lopsided`` is (q95 + q5 - 2 median) / (q95 - q5), from -1 to 1; ``lopsided_log`` the same of log(1 + x) where
    none is below 0. ``far`` cells lie more than ten interquartile ranges beyond the quartiles. ``sentinel`` is a
    number such as -999, far from all others, that ``sentinels`` cells hold; ``infinite`` cells hold no finite number.
    """

    minimum: float
    maximum: float
    mean: float
    std: float
    lower: float
    median: float
    upper: float
    whole: bool = False
    lopsided: float = 0.0
    lopsided_log: float | None = None
    far: int = 0
    sentinel: float | None = None
    sentinels: int = 0
    infinite: int = 0


@dataclass(frozen=True)
class Times:
    """Points in time: first and last (ISO 8601, or numbers where times are counted), and how they follow one another.

    ``step`` is a word such as ``daily``, empty where the distances differ; ``step_size`` is in seconds, or in the
    column's own units; ``gaps`` are distances of more than one and a half steps, ``repeats`` times that occur again.
    ``ordered`` says that the rows stand in this order, or in the reverse. ``unread`` cells are no dates;
    ``guessed`` is whether nothing in them says that the month comes first, as it was read.
    """

    earliest: str
    latest: str
    step: str = ""
    step_size: float = 0.0
    gaps: int = 0
    repeats: int = 0
    ordered: bool = False
    unread: int = 0
    guessed: bool = False


@dataclass(frozen=True)
class Texts:
    """Lengths in characters, how many words texts have, the most frequent words with their counts, and a few texts."""

    shortest: int
    longest: int
    mean: float
    words: Histogram = Histogram()
    frequent: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Group:
    """The numbers that go with one word: how many, their mean and quartiles."""

    word: str
    count: int
    mean: float
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class Relation:
    """How closely a column and the target go together: ``strength`` from 0 to 1, by the field's own ``measure``.

    ``sign`` is the direction of two numbers, else 0. The picture of it is one of three: ``points`` of two numbers (at
    most 500, (column, target)); ``groups`` of numbers, which are the target's for each word of the column, or, where
    ``of_target`` is false, the column's for each class; or ``counts`` of ``words`` (rows) by ``classes``.
    """

    measure: Measure
    strength: float
    sign: int = 0
    points: tuple[tuple[float, float], ...] = ()
    groups: tuple[Group, ...] = ()
    of_target: bool = True
    words: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    counts: tuple[tuple[int, ...], ...] = ()

    @property
    def title(self) -> str:
        """The measure by name with its value: ``Pearson’s r −0.91``."""
        sign = "−" if self.sign < 0 else ""
        return f"{MEASURES[self.measure]} {sign}{self.strength:.2f}"


@dataclass(frozen=True)
class Answering:
    """How much of the target a column tells by itself.

    ``share`` of held-out rows whose class it alone tells, or of the target's variance that it explains; ``base`` is
    the share that the most frequent class has. ``exact`` where it is the target in other words.
    """

    share: float
    base: float = 0.0
    exact: bool = False


@dataclass(frozen=True)
class ColumnProfile:
    """One column: ``count`` cells hold something, ``missing`` do not, ``unique`` different values.

    ``spoiled`` are the first cells (line, text) of ``spoiled_count`` that are no numbers in a column of numbers;
    ``far_lines`` are the lines of the first cells that lie far out, see ``Numbers``; ``variants`` are words that differ
    only in capitals or blanks; ``counts_rows`` where it numbers the rows. ``trouble`` says why cells cannot be read as
    the column's kind; they are shown as words then.
    """

    name: str
    kind: ColumnKind
    role: ColumnRole
    count: int
    missing: int
    unique: int
    histogram: Histogram = Histogram()
    examples: tuple[str, ...] = ()
    numbers: Numbers | None = None
    times: Times | None = None
    texts: Texts | None = None
    relation: Relation | None = None
    answering: Answering | None = None
    spoiled: tuple[tuple[int, str], ...] = ()
    spoiled_count: int = 0
    far_lines: tuple[int, ...] = ()
    variants: tuple[str, ...] = ()
    counts_rows: bool = False
    trouble: str = ""


@dataclass(frozen=True)
class Pair:
    """Two columns of which ``other`` can go: it is the ``same`` in other words, ``follows`` from ``kept`` or nearly."""

    kept: str
    other: str
    how: Repeat
    strength: float = 1.0


@dataclass(frozen=True)
class Shift:
    """How a column differs between training and test rows.

    ``distance`` is Kolmogorov–Smirnov's for numbers and the total variation for words, both from 0 to 1, and
    ``expected`` what chance rarely exceeds. ``beyond`` test cells lie far outside of the training rows' range.
    """

    column: str
    distance: float
    expected: float
    beyond: int = 0


@dataclass(frozen=True)
class PartsProfile:
    """How rows are split: rows of each part, test rows that are also in the training part, and what differs.

    Where the test part is a file or a folder, ``shared`` of its rows are in any other part. ``groups`` counts those of
    which each lies whole in one part, where they are split so.
    """

    by: SplitBy
    rows: Mapping[str, int]
    shared: int = 0
    shifts: tuple[Shift, ...] = ()
    groups: int = 0


@dataclass(frozen=True)
class Series:
    """Values in the order of ``time``: for each column at most 500 points (time, value) that keep its peaks."""

    time: str
    lines: Mapping[str, tuple[tuple[float, float], ...]]


@dataclass(frozen=True)
class TableProfile:
    """A table: its size, its columns in order, and what concerns several of them.

    ``classes`` are the target's words with their counts, most frequent first, where it is no number;
    ``repeated_rows`` are rows that say the same as one before them in all columns that are not ignored.
    """

    rows: int
    bytes: int
    target: str
    columns: tuple[ColumnProfile, ...]
    pairs: tuple[Pair, ...] = ()
    classes: tuple[tuple[str, int], ...] = ()
    repeated_rows: int = 0
    parts: PartsProfile | None = None
    series: Series | None = None

    def column(self, name: str) -> ColumnProfile | None:
        """The column called ``name``, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class RepeatedPictures:
    """Of ``tests`` pictures in the test part, ``shared`` are in another one too; ``example`` names one and its copy."""

    tests: int
    shared: int = 0
    example: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImagesProfile:
    """A folder of pictures: files of each class in each part, (width, height, how many), and what cannot be read.

    ``repeated`` tells of pictures in two parts, ``divided`` how a table of them is split; None where that is not known.
    """

    classes: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    total: int
    sizes: tuple[tuple[int, int, int], ...]
    colour: bool
    parts: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    looked_at: int = 0
    repeated: RepeatedPictures | None = None
    divided: PartsProfile | None = None


Profile: TypeAlias = TableProfile | ImagesProfile


def as_json(profile: Profile) -> dict[str, Any]:
    """The profile as JSON holds it: maps, lists, text, numbers and null."""
    return asdict(profile)

"""The document: an immutable project of graph, data settings and training settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

FieldValue: TypeAlias = bool | int | float | str | tuple["FieldValue", ...]
Fields: TypeAlias = Mapping[str, FieldValue]
Extra: TypeAlias = Mapping[str, object]

ColumnKind: TypeAlias = Literal["number", "category", "boolean", "date", "text", "image"]
ColumnRole: TypeAlias = Literal["feature", "ahead", "target", "weight", "group", "time", "split", "ignored"]
Missing: TypeAlias = Literal["mean", "median", "most_frequent", "constant", "drop"]
Scale: TypeAlias = Literal["standard", "minmax", "robust", "log", "none"]
Clip: TypeAlias = Literal["none", "iqr", "percentile"]
Encode: TypeAlias = Literal["onehot", "ordinal", "codes"]
DatePart: TypeAlias = Literal["year", "month", "day", "weekday", "hour", "minute", "yearday", "elapsed"]
DayFirst: TypeAlias = Literal["auto", "yes", "no"]
PlaceWord: TypeAlias = Literal["auto", "none", "x", "y", "right", "bottom", "width", "height", "centre_x", "centre_y"]
StepKey: TypeAlias = Literal["clip", "missing", "indicator", "scale", "encode"]
SplitBy: TypeAlias = Literal["share", "group", "time", "column", "folders", "file"]
Samples: TypeAlias = Literal["rows", "windows", "files", "tokens"]
ImageLayout: TypeAlias = Literal["classes", "masks", "table", "pixels", "idx"]
Colour: TypeAlias = Literal["blue", "green", "yellow", "orange", "red", "purple", "grey"]
Device: TypeAlias = Literal["auto", "cpu", "cuda", "mps"]
ClassWeights: TypeAlias = Literal["none", "balanced"]
Sampling: TypeAlias = Literal["shuffled", "balanced"]
Precision: TypeAlias = Literal["auto", "float32", "bfloat16", "float16"]
MemoryFormat: TypeAlias = Literal["auto", "contiguous", "channels_last"]


@dataclass(frozen=True)
class Node:
    """An instance of a layer type in a graph. Holds every field of its type, also those left at the default.

    The type of a use of a block is ``block:`` and the block's key. Data passes by a ``bypassed`` node unchanged.
    """

    id: str
    type: str
    name: str
    fields: Fields = field(default_factory=dict)
    x: float = 0.0
    y: float = 0.0
    bypassed: bool = False
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """Data flowing from an output port of one node to an input port of another, all by id and name.

    ``bends`` are the points (scene pixels) that the drawn line passes on its way; they mean nothing else.
    """

    source: str
    source_port: str
    target: str
    target_port: str
    bends: tuple[tuple[float, float], ...] = ()
    extra: Extra = field(default_factory=dict, hash=False)

    @property
    def ends(self) -> tuple[str, str, str, str]:
        """Source, source port, target and target port: what makes a link this link, whatever else it carries."""
        return (self.source, self.source_port, self.target, self.target_port)


@dataclass(frozen=True)
class Frame:
    """A titled, coloured area behind nodes; those that lie on it move with it. Sizes and places in scene pixels."""

    id: str
    title: str = ""
    colour: Colour = "blue"
    x: float = 0.0
    y: float = 0.0
    width: float = 320.0
    height: float = 240.0
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """A few lines of plain text on the canvas."""

    id: str
    text: str = ""
    colour: Colour = "yellow"
    x: float = 0.0
    y: float = 0.0
    width: float = 192.0
    height: float = 96.0
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """Nodes by id, in the order they were added, links, and the frames and notes that explain them."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    frames: Mapping[str, Frame] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)


@dataclass(frozen=True)
class Exposed:
    """A field of a block that each use sets for itself: ``targets`` are the (node id, field) inside that follow it."""

    name: str
    targets: tuple[tuple[str, str], ...]
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """A reusable sub-graph. Its ``block_input`` and ``block_output`` nodes are its ports, in the order they were added.

    A port's name is the id of that node, so that renaming it disturbs no link; its label is the node's name.
    """

    name: str
    graph: Graph = Graph()
    fields: tuple[Exposed, ...] = ()
    summary: str = ""
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class CustomLayer:
    """A layer of the project's own: ``source`` is Python text with one class of ``nn.Module``.

    The type of its nodes is ``custom:`` and its key. The text is data: whoever reads it must not run it unasked.
    """

    name: str
    source: str
    summary: str = ""
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class TableFormat:
    """How the bytes of a text table become cells."""

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ""
    skip_rows: int = 0
    header: bool = True
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """One column of a table: what it holds, what it is for and how it is prepared.

    Preparation goes in the order of ``StepKey``: outliers clipped, gaps filled (``fill`` is the constant), the gaps
    noted in a column of their own, then numbers scaled or categories encoded, in ``order`` where they have one
    (other words follow in order). A date becomes its ``parts``; ``day_first`` is whether the day comes first in dates
    written in numbers, “auto” where that is found out. ``place`` is what a target says of where something is in a
    picture, “auto” where its name tells. ``off`` names the steps that are switched off for now; without ``missing``,
    rows with a gap are left out. Role ``ahead`` is a feature known for the future too.
    """

    name: str
    kind: ColumnKind = "number"
    role: ColumnRole = "feature"
    missing: Missing = "mean"
    scale: Scale = "standard"
    fill: str = ""
    indicator: bool = False
    clip: Clip = "none"
    encode: Encode = "onehot"
    order: tuple[str, ...] = ()
    parts: tuple[DatePart, ...] = ()
    day_first: DayFirst = "auto"
    place: PlaceWord = "auto"
    off: tuple[StepKey, ...] = ()
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class Split:
    """How samples are divided. ``share`` by chance; ``group`` so too, but all rows of a group (the column with that
    role) into one part; ``time`` in order, the last for testing; ``column`` by its words train, validation, test;
    ``folders`` by folders of these names; ``file`` takes the test part from ``file``.

    Shares are of all rows, or (for ``folders`` and ``file``, of parts that are not given) of the training rows.
    ``folds`` above 1 asks for that many trainings, each tested with another fold of the rows; ``fold``, counted from 1,
    is the one that this training is tested with, 0 all of them in turn.
    """

    by: SplitBy = "share"
    validation: float = 0.15
    test: float = 0.15
    seed: int = 0
    stratify: bool = True
    column: str = ""
    file: str = ""
    folds: int = 0
    fold: int = 0
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class Windows:
    """How a series is cut into samples: ``length`` steps are seen, the next ``horizon`` are predicted.

    The next window begins ``stride`` steps later. Of whole files, ``length`` is the most steps that are kept. Of a
    text a step is a token, and ``length`` counts where its input does not say how many it reads.
    """

    length: int = 12
    horizon: int = 1
    stride: int = 1
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class TableData:
    """A table: CSV, TSV (also gzipped), Parquet, Excel or SQLite, of which ``sheet`` names the sheet or table.

    ``path`` is relative to the project's folder, with forward slashes. A sample is a row, a window of rows in the
    order of the time column, a file of a folder, or so many tokens of one text file. A folder read by rows holds a
    folder of text files for each class.
    """

    path: str
    format: TableFormat = TableFormat()
    columns: tuple[Column, ...] = ()
    split: Split = Split()
    sheet: str = ""
    samples: Samples = "rows"
    windows: Windows = Windows()
    drop_duplicates: bool = False
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class Augmentation:
    """One way in which pictures are changed by chance while training; ``key`` names it in the catalog."""

    key: str
    fields: Fields = field(default_factory=dict)
    off: bool = False
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class ImageData:
    """Pictures. The size and colour mode that they are brought to are fields of the graph's image input.

    By ``layout``: ``classes`` a folder for each class (beneath train and test folders where ``split.by`` is
    ``folders``); ``masks`` folders of pictures and of their masks; ``table`` a text table with a column of paths;
    ``pixels`` a text table with a column for each pixel; ``idx`` a pair of IDX files. ``format`` and ``columns`` are
    those of the table, where there is one; of a ``table`` those that are features stand beside the pictures. With
    ``drop_duplicates`` of pictures with the same bytes only the first is used.
    """

    path: str
    split: Split = Split()
    layout: ImageLayout = "classes"
    format: TableFormat = TableFormat()
    columns: tuple[Column, ...] = ()
    augment: tuple[Augmentation, ...] = ()
    drop_duplicates: bool = False
    extra: Extra = field(default_factory=dict)


Data: TypeAlias = TableData | ImageData


@dataclass(frozen=True)
class Schedule:
    """A course of the learning rate over ``epochs`` epochs, 0 all that are left; ``key`` names it in the catalog."""

    key: str
    epochs: int = 0
    fields: Fields = field(default_factory=dict)
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True)
class Training:
    """How the network is trained. ``batch_size`` 0 is the full batch; ``patience`` 0 never stops early.

    ``mode`` names the way of training in the catalog, ``mode_fields`` holds its own fields. ``class_weights`` says
    whether rare classes count more. ``optimizer_fields`` holds the fields of the chosen optimizer beside learning rate
    and weight decay; ``metrics`` empty means the usual ones for the target; ``threads`` 0 is found by a short trial.
    ``schedules`` follow one another. ``clip_norm`` and ``clip_value`` 0 leave gradients as they are; ``accumulate`` is
    how many pieces each batch is divided into, whose gradients add up. ``average`` names the kind of averaged weights,
    ``average_fields`` holds its own fields; ``monitor`` is the figure that early stopping and the best weights go by.
    """

    epochs: int = 100
    batch_size: int = 32
    optimizer: str = "adam"
    learning_rate: float = 0.001
    weight_decay: float = 0.0
    l1: float = 0.0
    optimizer_fields: Fields = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    patience: int = 0
    keep_best: bool = True
    seed: int = 0
    device: Device = "auto"
    threads: int = 0
    mode: str = "supervised"
    mode_fields: Fields = field(default_factory=dict)
    class_weights: ClassWeights = "none"
    schedules: tuple[Schedule, ...] = ()
    clip_norm: float = 0.0
    clip_value: float = 0.0
    accumulate: int = 1
    average: str = "none"
    average_fields: Fields = field(default_factory=dict)
    monitor: str = "loss"
    sampling: Sampling = "shuffled"
    precision: Precision = "float32"
    memory_format: MemoryFormat = "auto"
    deterministic: bool = False
    extra: Extra = field(default_factory=dict)

    @property
    def computes_in(self) -> str:
        """The precision of a step: where a trial is to find it, the usual one until then."""
        return "float32" if self.precision == "auto" else self.precision


@dataclass(frozen=True)
class Project:
    """All that a project file holds: the one value that the app edits."""

    graph: Graph = Graph()
    data: Data | None = None
    training: Training = Training()
    blocks: Mapping[str, Block] = field(default_factory=dict)
    layers: Mapping[str, CustomLayer] = field(default_factory=dict)
    extra: Extra = field(default_factory=dict)

"""Hypothesis strategies for projects, and a small catalog of ports that needs no layers package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from hypothesis import strategies as st

from designer.project.model import (
    Augmentation,
    Block,
    ClassWeights,
    Clip,
    Column,
    ColumnKind,
    ColumnRole,
    CustomLayer,
    Data,
    DatePart,
    DayFirst,
    Encode,
    Exposed,
    Frame,
    Graph,
    ImageData,
    ImageLayout,
    Link,
    MemoryFormat,
    Missing,
    Node,
    Note,
    PlaceWord,
    Precision,
    Project,
    Samples,
    Sampling,
    Scale,
    Schedule,
    Split,
    SplitBy,
    StepKey,
    TableData,
    TableFormat,
    Training,
    Windows,
)
from designer.project.ports import Port, Ports

PORTS: Mapping[str, Ports] = {
    "table_input": Ports((), (Port("out"),)),
    "linear": Ports((Port("x"),), (Port("out"),)),
    "concatenate": Ports((Port("x", many=True),), (Port("out"),)),
    "split": Ports((Port("x"),), (Port("left"), Port("right"))),
    "output": Ports((Port("x"),), ()),
}
TYPES = tuple(PORTS)


def ports_of(node: Node) -> Ports:
    """The ports of a node of the small catalog; of an unknown type one of each."""
    return PORTS.get(node.type, Ports((Port("x"),), (Port("out"),)))


TEXTS = st.text(max_size=20) | st.sampled_from(
    ["", "<b>", '"""', "naïve", "列", "\u2028", "a\nb", "__class__", "=1+1", "\x00", "caf\udce9"]
)
KEYS = st.text(min_size=1, max_size=12) | st.just("\ud800")
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
COORDINATES = st.floats(-1e6, 1e6, allow_nan=False)
SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | FLOATS | TEXTS
VALUES = SCALARS | st.lists(SCALARS, max_size=3).map(tuple) | st.just(((1, 2), ("a", (0.5,))))
FIELDS = st.dictionaries(KEYS, VALUES, max_size=4)
JSON = st.recursive(
    st.none() | SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
EXTRA = st.dictionaries(TEXTS.map(lambda text: f"later {text}"), JSON, max_size=2)
AMOUNTS = st.floats(0, 1e12)
COUNTS = st.integers(0, 10**9)

SPLITS = st.builds(
    Split,
    by=st.sampled_from(get_args(SplitBy)),
    validation=st.floats(0, 1),
    test=st.floats(0, 1),
    seed=st.integers(0, 2**53),
    stratify=st.booleans(),
    column=TEXTS,
    file=st.sampled_from(["", "test.csv", "../données/test.csv"]),
    folds=st.integers(0, 1000),
    fold=st.integers(0, 1000),
    extra=EXTRA,
)
FORMATS = st.builds(
    TableFormat,
    delimiter=st.sampled_from([",", ";", "\t", "||"]),
    encoding=st.sampled_from(["utf-8", "latin-1"]),
    decimal=st.sampled_from([".", ","]),
    thousands=st.sampled_from(["", "'", "."]),
    skip_rows=COUNTS,
    header=st.booleans(),
    extra=EXTRA,
)
COLUMNS = st.builds(
    Column,
    name=TEXTS,
    kind=st.sampled_from(get_args(ColumnKind)),
    role=st.sampled_from(get_args(ColumnRole)),
    missing=st.sampled_from(get_args(Missing)),
    scale=st.sampled_from(get_args(Scale)),
    fill=TEXTS,
    indicator=st.booleans(),
    clip=st.sampled_from(get_args(Clip)),
    encode=st.sampled_from(get_args(Encode)),
    order=st.lists(TEXTS, max_size=3).map(tuple),
    parts=st.lists(st.sampled_from(get_args(DatePart)), max_size=3).map(tuple),
    day_first=st.sampled_from(get_args(DayFirst)),
    place=st.sampled_from(get_args(PlaceWord)),
    off=st.lists(st.sampled_from(get_args(StepKey)), max_size=3).map(tuple),
    extra=EXTRA,
)
PATHS = TEXTS.map(lambda text: text.replace("\x00", ""))
STEPS = st.integers(1, 10**6)
TABLES = st.builds(
    TableData,
    path=PATHS,
    format=FORMATS,
    columns=st.lists(COLUMNS, max_size=3).map(tuple),
    split=SPLITS,
    sheet=TEXTS,
    samples=st.sampled_from(get_args(Samples)),
    windows=st.builds(Windows, STEPS, STEPS, STEPS, EXTRA),
    drop_duplicates=st.booleans(),
    extra=EXTRA,
)
IMAGES = st.builds(
    ImageData,
    path=PATHS,
    split=SPLITS,
    layout=st.sampled_from(get_args(ImageLayout)),
    format=FORMATS,
    columns=st.lists(COLUMNS, max_size=2).map(tuple),
    augment=st.lists(st.builds(Augmentation, KEYS, FIELDS, st.booleans(), EXTRA), max_size=2).map(tuple),
    extra=EXTRA,
)
DATA: st.SearchStrategy[Data] = TABLES | IMAGES
TRAININGS = st.builds(
    Training,
    epochs=st.integers(1, 10**9),
    batch_size=COUNTS,
    optimizer=KEYS,
    learning_rate=AMOUNTS,
    weight_decay=AMOUNTS,
    l1=AMOUNTS,
    optimizer_fields=FIELDS,
    metrics=st.lists(KEYS, max_size=3).map(tuple),
    patience=COUNTS,
    keep_best=st.booleans(),
    seed=st.integers(0, 2**53),
    device=st.sampled_from(["auto", "cpu", "cuda", "mps"]),
    threads=st.integers(0, 1024),
    mode=KEYS,
    mode_fields=FIELDS,
    class_weights=st.sampled_from(get_args(ClassWeights)),
    schedules=st.lists(st.builds(Schedule, KEYS, COUNTS, FIELDS, EXTRA), max_size=3).map(tuple),
    clip_norm=AMOUNTS,
    clip_value=AMOUNTS,
    accumulate=st.integers(1, 10**6),
    average=KEYS,
    average_fields=FIELDS,
    monitor=KEYS,
    sampling=st.sampled_from(get_args(Sampling)),
    precision=st.sampled_from(get_args(Precision)),
    memory_format=st.sampled_from(get_args(MemoryFormat)),
    deterministic=st.booleans(),
    extra=EXTRA,
)
NODES = st.builds(
    Node,
    KEYS,
    st.sampled_from(TYPES) | KEYS,
    TEXTS,
    FIELDS,
    x=COORDINATES,
    y=COORDINATES,
    bypassed=st.booleans(),
    extra=EXTRA,
)
COLOURS = st.sampled_from(["blue", "green", "yellow", "orange", "red", "purple", "grey"])
LENGTHS = st.floats(1, 1e6)
PLACES = {"x": COORDINATES, "y": COORDINATES, "width": LENGTHS, "height": LENGTHS, "colour": COLOURS, "extra": EXTRA}
FRAMES = st.builds(Frame, KEYS, TEXTS, **PLACES)
NOTES = st.builds(Note, KEYS, TEXTS, **PLACES)
BENDS = st.lists(st.tuples(COORDINATES, COORDINATES), max_size=2).map(tuple)


@st.composite
def graphs(draw: Any) -> Graph:
    """A graph of up to six nodes whose links run forward, no two into one place."""
    nodes = {node.id: node for node in draw(st.lists(NODES, max_size=6))}
    ids = list(nodes)
    links: dict[tuple[str, str], Link] = {}
    for later in range(1, len(ids)):
        for port in draw(st.lists(st.sampled_from(["x", "x1", "x2", "列"]), max_size=2)):
            source = ids[draw(st.integers(0, later - 1))]
            links[ids[later], port] = Link(source, draw(KEYS), ids[later], port, draw(BENDS), draw(EXTRA))
    frames = {frame.id: frame for frame in draw(st.lists(FRAMES, max_size=1))}
    notes = {note.id: note for note in draw(st.lists(NOTES, max_size=1))}
    return Graph(nodes, tuple(links.values()), frames, notes)


EXPOSED = st.builds(Exposed, KEYS, st.lists(st.tuples(KEYS, KEYS), max_size=2).map(tuple), EXTRA)
BLOCKS = st.builds(Block, TEXTS, graphs(), st.lists(EXPOSED, max_size=2).map(tuple), TEXTS, EXTRA)
CUSTOM_LAYERS = st.builds(CustomLayer, TEXTS, TEXTS | st.just("class Own:\n\tpass\r\n\n"), TEXTS, EXTRA)
PROJECTS = st.builds(
    Project,
    graphs(),
    st.none() | DATA,
    TRAININGS,
    st.dictionaries(KEYS, BLOCKS, max_size=1),
    st.dictionaries(KEYS, CUSTOM_LAYERS, max_size=2),
    EXTRA,
)


def sample() -> Project:
    """A small project with a branch, a merge and a table."""
    nodes = (
        Node("n1", "table_input", "table", {"features": 4}),
        Node("n2", "linear", "fc1", {"out_features": 8, "bias": True}, x=240.0),
        Node("n3", "linear", "fc2", {"out_features": 8, "bias": False}, x=240.0, y=120.0),
        Node("n4", "concatenate", "merge", {"axis": 1}, x=480.0),
        Node("n5", "output", "species", {"target": "species", "loss": "cross_entropy"}, x=720.0),
    )
    links = (
        Link("n1", "out", "n2", "x"),
        Link("n1", "out", "n3", "x"),
        Link("n2", "out", "n4", "x1"),
        Link("n3", "out", "n4", "x2"),
        Link("n4", "out", "n5", "x"),
    )
    columns = (Column("length"), Column("width"), Column("species", "category", "target"))
    return Project(Graph({node.id: node for node in nodes}, links), TableData("data/iris.csv", columns=columns))

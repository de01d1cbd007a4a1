"""Texts to look at: how an input cuts them into tokens, and how many of those held back it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LAYERS, values_of
from designer.project.model import Column, FieldValue, Node, Project, TableData
from designer.project.paths import resolve_from

if TYPE_CHECKING:
    import pandas as pd

    from designer.training.tokens import TokenReport

MOST_LEARNED = 200_000
SETTINGS = ("by", "vocabulary", "length", "lowercase")


@dataclass(frozen=True)
class TextInput:
    """A column of text with the input node that takes it; None where none does yet."""

    column: str
    node: Node | None

    @property
    def title(self) -> str:
        """What it is called in a list."""
        return f"{self.node.name}: {self.column}" if self.node is not None else self.column

    @property
    def values(self) -> dict[str, FieldValue]:
        """The settings of its tokens."""
        fields = values_of(self.node) if self.node is not None else LAYERS["text_input"].defaults
        return {name: fields[name] for name in SETTINGS}


@dataclass(frozen=True, eq=False)
class TextsSeen:
    """What becomes of the texts to train with, the first of them, and in what they are counted."""

    report: TokenReport
    count: int
    held: int
    empty: int = 0


def text_inputs(project: Project) -> list[TextInput]:
    """Every text input with its column; columns of text that none takes come last."""
    data = project.data
    if not isinstance(data, TableData):
        return []
    columns = [each for each in data.columns if each.kind == "text" and each.role in ("feature", "ahead")]
    nodes = [node for node in project.graph.nodes.values() if node.type == "text_input"]
    named = {name for node in nodes for name in _named(node)}
    found = [TextInput(column, node) for node in nodes if (column := _column(node, columns, named))]
    taken = {each.column for each in found}
    return [*found, *(TextInput(each.name, None) for each in columns if each.name not in taken)]


def _named(node: Node) -> tuple[str, ...]:
    names = values_of(node)["columns"]
    return tuple(str(name) for name in names) if isinstance(names, tuple) else ()


def _column(node: Node, columns: Sequence[Column], named: set[str]) -> str:
    """The column that a text input takes, as training chooses it."""
    own = _named(node)
    fitting = [each.name for each in columns if (each.name in own if own else each.name not in named)]
    return fitting[0] if fitting else ""


def read_texts(project: Project, data: TableData, base: Path, column: str) -> tuple[list[Any], list[Any]]:
    """The texts of the training part and of the validation part; a DataError or RunError says why there are none.

    Of one long text these are its lines.
    """
    if data.samples == "tokens":
        return _lines(data, base)
    frame, rows = _parts(project, data, base, column)
    texts = frame[column].astype("object")
    trained, held = texts.iloc[rows[0]], texts.iloc[rows[1]]
    return trained.iloc[:MOST_LEARNED].tolist(), held.iloc[:MOST_LEARNED].tolist()


def _lines(data: TableData, base: Path) -> tuple[list[Any], list[Any]]:
    from designer.runtime.running_text import read_running_text, text_in_order

    text = read_running_text(resolve_from(base, data.path), data.format.encoding)
    trained, held, _ = text_in_order(text, data.split.validation, data.split.test)
    found = [[line for line in part.splitlines() if line.strip()][:MOST_LEARNED] for part in (trained, held)]
    return found[0], found[1]


def look_at_texts(texts: tuple[list[Any], list[Any]], settings: Mapping[str, FieldValue]) -> TextsSeen:
    """What an input with ``settings`` makes of the texts to train with, and of those to validate with."""
    import pandas as pd

    from designer.training.tokens import token_report

    trained, held = texts
    empty = sum(not str(text).strip() for text in trained if not pd.isna(text)) + int(pd.isna(trained).sum())
    return TextsSeen(token_report(trained, settings, held), len(trained), len(held), empty)


def texts_seen(project: Project, base: Path) -> list[tuple[TextInput, TextsSeen]]:
    """What every text input of a project makes of its column; none without a table."""
    data = project.data
    if not isinstance(data, TableData):
        return []
    return [
        (each, look_at_texts(read_texts(project, data, base, each.column), each.values))
        for each in text_inputs(project)
    ]


def _parts(project: Project, data: TableData, base: Path, column: str) -> tuple[pd.DataFrame, Any]:
    """The rows that can be used, and those of each part: as training takes them, where it can."""
    import numpy as np

    from designer.training.chosen import chosen_inputs, feature_settings, target_columns
    from designer.training.columns import needed, read_columns
    from designer.training.errors import RunError
    from designer.training.sources.splitting import split_columns, split_frame
    from designer.training.sources.tables import column_kinds, repeating
    from designer.training.targets import label_of

    path = resolve_from(base, data.path)
    try:
        inputs, targets = chosen_inputs(project, data), target_columns(project, data)
        features = feature_settings(inputs)
        kinds = column_kinds(data, features, targets) | split_columns(data) | {column: "text"}
        frame = read_columns(path, kinds, data.format, data.sheet)
        frame = frame.dropna(subset=needed(features, [target.name for target in targets]))
        frame = frame[~repeating(data, frame)] if data.drop_duplicates else frame
        split = data if data.split.by != "file" else _without_file(data)
        return frame, split_frame(split, frame, label_of(targets))
    except RunError:
        frame = read_columns(path, {column: "text"}, data.format, data.sheet)
        return frame, (np.arange(len(frame)), np.arange(0), np.arange(0))


def _without_file(data: TableData) -> TableData:
    """As training splits the rows that are not in the file of the test part."""
    from dataclasses import replace

    return replace(data, split=replace(data.split, by="share", test=0.0))

"""A new project from a folder of tables, each one sequence, with a folder for each class or a table of labels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from designer.importing.brief import Brief
from designer.importing.sniff import Sniffed, sniff_table
from designer.importing.targets import describe_target, find_column
from designer.importing.times import TIME_NAME
from designer.importing.warnings_rows import GROUP_NAME
from designer.project.facts import TargetKind
from designer.project.model import Column, Split, TableData, TableFormat, Windows
from designer.runtime.errors import DataError
from designer.training.columns import read_columns
from designer.training.file_groups import PATH_WORDS, path_words, place_in_name
from designer.training.sources.sequences import ENDINGS
from designer.training.text_folders import CLASS

LABELS, FILE = "labels.csv", "file"
MOST_STEPS = 500
FEWEST_TO_SPLIT = 20
LOOKED_AT = 200


def holds_sequences(folder: Path) -> bool:
    """Whether most files beneath a folder are text tables."""
    from designer.runtime.images import files_beneath

    names = [path.name.lower() for path in files_beneath(folder)][:LOOKED_AT]
    return bool(names) and sum(name.endswith(ENDINGS) for name in names) * 2 > len(names)


def folder_of_sequences(data: Path, where: str, wanted: str | None) -> tuple[TableData, Brief, tuple[str, ...]]:
    """The settings for a folder of tables, called ``where``, what a network is to do, and notes."""
    from designer.runtime.folders import list_files
    from designer.runtime.images import part_folders

    labelled = (data / LABELS).is_file()
    if labelled:
        by_folders, found = False, _labels(data, wanted)
    else:
        if wanted and wanted != CLASS:
            raise DataError(f"{data} is a folder: its classes are its folders, there is no column “{wanted}”")
        by_folders = bool(part_folders(data))
        files = list_files(data, ENDINGS, by_folders)
        classes = sorted(files["class"].unique())
        if len(classes) < 2:
            raise DataError(f"{data} holds tables of one class, “{classes[0]}”; expected a folder for each of two")
        target = Column(CLASS, "category", "target", "most_frequent", "none")
        kind: TargetKind = "binary" if len(classes) == 2 else "classes"
        found = Labelled(target, kind, len(classes), [Path(path) for path in files["path"]], files["class"].tolist())
    target, paths = found.target, found.paths
    first, sniffed = _first_sound(paths)
    if found.format is not None and found.format != sniffed.format:
        raise DataError(f"{LABELS} and {first.name} are not written in the same way, as all tables of a folder must")
    columns = _columns(sniffed, target)
    beside = group_columns(found, {each.name for each in columns})
    labels = (Column(FILE, "category", "ignored", "most_frequent", "none"),) if labelled else ()
    longest = max(_rows(path) for path in paths[:LOOKED_AT])
    windows = Windows(length=min(MOST_STEPS, max(1, longest)))
    split = Split(by="folders") if by_folders else Split()
    if len(paths) < FEWEST_TO_SPLIT and not by_folders:
        split = replace(split, validation=0.0, test=0.0)
    seen = [column for column in columns if column.role == "feature"]
    width = sum(sniffed.cells[each.name].nunique() if each.kind == "category" else 1 for each in seen)
    table = TableData(
        where, sniffed.format, (*columns, *beside, *labels, target), split, samples="files", windows=windows
    )
    brief = Brief("files", found.kind, found.answers, len(paths), split.validation > 0, width, length=windows.length)
    names = ", ".join(f"“{column.name}”" for column in seen[:5])
    notes = (f"{len(paths)} files, each one sequence of {names}: “{target.name}” is predicted for a whole file",)
    return table, brief, (*notes, *_told_groups([*beside, *filter(_names_group, columns)]))


@dataclass(frozen=True)
class Labelled:
    """Files and what is predicted of each: the target, its kind, and how many numbers are predicted.

    ``classes`` are those of the files, None where numbers are predicted. Of a table of labels ``format`` is how it is
    written, and ``beside`` are the words that its other columns have for the files.
    """

    target: Column
    kind: TargetKind
    answers: int
    paths: list[Path]
    classes: list[str] | None
    format: TableFormat | None = None
    beside: Mapping[str, list[str]] = field(default_factory=dict)


def group_columns(files: Labelled, taken: Collection[str]) -> tuple[Column, ...]:
    """Columns, ignored as yet, whose words several files have in common, so that they may be split by them.

    Words come from the paths and from the table of labels. One that the class of a file tells already groups nothing,
    nor does a number at the end of the name, which counts the files.
    """
    paths = [str(path) for path in files.paths]
    words = {name: list(path_words(name, paths)) for name in PATH_WORDS}
    parts = [name for name in PATH_WORDS if place_in_name(name)]
    ends = [name for name, after in pairwise(parts) if not any(words[after])]
    words = {name: each for name, each in words.items() if not (name in ends and all(map(str.isdecimal, each)))}
    words |= files.beside
    classes = files.classes if files.classes is not None else [""] * len(paths)
    found = [name for name, each in words.items() if name not in taken and _groups(each, classes)]
    return tuple(Column(name, "category", "ignored", "most_frequent", "none") for name in found)


def _groups(words: Sequence[str], classes: Sequence[str]) -> bool:
    distinct, pairs = set(words), set(zip(words, classes, strict=True))
    if not 2 <= len(distinct) < len(words) or "" in distinct:
        return False
    return len(set(classes)) == 1 or len(pairs) > len(set(classes))


def _names_group(column: Column) -> bool:
    """Whether a column that is the same in all rows of a file names a person, a place or the like."""
    return column.kind == "category" and column.role == "ignored" and GROUP_NAME.search(column.name) is not None


def _told_groups(columns: Sequence[Column]) -> tuple[str, ...]:
    if not columns:
        return ()
    names = " or ".join(f"“{column.name}”" for column in columns[:3])
    return (f"the files are split one by one; where some belong together, split them by group: {names}",)


def _first_sound(paths: list[Path]) -> tuple[Path, Sniffed]:
    """The first file that can be read, and what it holds; DataError where none of many can be."""
    refused = []
    for path in paths[:LOOKED_AT]:
        try:
            return path, sniff_table(path)
        except DataError as error:
            refused.append(error)
    raise refused[0]


def _labels(data: Path, wanted: str | None) -> Labelled:
    """The files that the table of labels names, and what it says of them."""
    labels = data / LABELS
    sniffed = sniff_table(labels)
    if FILE not in [column.name for column in sniffed.columns]:
        raise DataError(f"{labels} has no column “{FILE}” that names the files")
    others = replace(sniffed, columns=tuple(each for each in sniffed.columns if each.name != FILE))
    column, _ = find_column(others, LABELS, wanted)
    names = [each.name for each in sniffed.columns]
    frame = read_columns(labels, dict.fromkeys(names, "category"), sniffed.format)
    numbers = None
    if column.kind == "number":
        numbers = read_columns(labels, {column.name: "number"}, sniffed.format)[column.name]
    target = describe_target(column, frame[column.name], numbers, LABELS)
    answers = 1 if target.kind == "number" else len(target.classes)
    named = frame.dropna(subset=[FILE])
    paths = [data / str(name) for name in named[FILE]]
    words = {name: named[name].astype("str").where(named[name].notna(), "").tolist() for name in names}
    classes = None if target.kind == "number" else words[column.name]
    beside = {name: words[name] for name in names if name not in (FILE, column.name)}
    return Labelled(target.column, target.kind, answers, paths, classes, sniffed.format, beside)


def _columns(sniffed: Sniffed, target: Column) -> list[Column]:
    """The columns of one file: times give the order, numbers and categories are seen."""
    columns: list[Column] = []
    for column in sniffed.columns:
        named = TIME_NAME.match(column.name) is not None
        if (column.kind == "date" or (named and column.kind == "number")) and not any(
            each.role == "time" for each in columns
        ):
            columns.append(Column(column.name, column.kind, "time"))
        elif column.kind == "number" and column.role == "ignored":
            columns.append(Column(column.name))
        elif _names_group(column):
            columns.append(column)
        elif column.name not in (target.name, FILE):
            columns.append(replace(column, role="feature" if column.kind in ("number", "category") else "ignored"))
    if not any(column.role == "feature" for column in columns):
        raise DataError("the tables of the folder have no column of numbers that could be seen step by step")
    return columns


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip()) - 1

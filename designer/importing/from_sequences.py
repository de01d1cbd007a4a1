"""A new project from a folder of tables, each one sequence, with a folder for each class or a table of labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.importing.brief import Brief
from designer.importing.sniff import Sniffed, sniff_table
from designer.importing.targets import describe_target, find_column
from designer.importing.times import TIME_NAME
from designer.project.facts import TargetKind
from designer.project.model import Column, Split, TableData, TableFormat, Windows
from designer.runtime.errors import DataError
from designer.training.columns import read_columns
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
        target, kind, answers, paths, table_format = _labels(data, wanted)
        by_folders = False
    else:
        if wanted and wanted != CLASS:
            raise DataError(f"{data} is a folder: its classes are its folders, there is no column “{wanted}”")
        by_folders = bool(part_folders(data))
        files = list_files(data, ENDINGS, by_folders)
        classes = sorted(files["class"].unique())
        if len(classes) < 2:
            raise DataError(f"{data} holds tables of one class, “{classes[0]}”; expected a folder for each of two")
        target = Column(CLASS, "category", "target", "most_frequent", "none")
        kind, answers = ("binary", 2) if len(classes) == 2 else ("classes", len(classes))
        paths, table_format = [Path(path) for path in files["path"]], None
    first, sniffed = _first_sound(paths)
    if table_format is not None and table_format != sniffed.format:
        raise DataError(f"{LABELS} and {first.name} are not written in the same way, as all tables of a folder must")
    columns = _columns(sniffed, target)
    labels = (Column(FILE, "category", "ignored", "most_frequent", "none"),) if labelled else ()
    longest = max(_rows(path) for path in paths[:LOOKED_AT])
    windows = Windows(length=min(MOST_STEPS, max(1, longest)))
    split = Split(by="folders") if by_folders else Split()
    if len(paths) < FEWEST_TO_SPLIT and not by_folders:
        split = replace(split, validation=0.0, test=0.0)
    seen = [column for column in columns if column.role == "feature"]
    width = sum(sniffed.cells[each.name].nunique() if each.kind == "category" else 1 for each in seen)
    table = TableData(where, sniffed.format, (*columns, *labels, target), split, samples="files", windows=windows)
    brief = Brief("files", kind, answers, len(paths), split.validation > 0, width, length=windows.length)
    names = ", ".join(f"“{column.name}”" for column in seen[:5])
    notes = (f"{len(paths)} files, each one sequence of {names}: “{target.name}” is predicted for a whole file",)
    return table, brief, notes


def _first_sound(paths: list[Path]) -> tuple[Path, Sniffed]:
    """The first file that can be read, and what it holds; DataError where none of many can be."""
    refused = []
    for path in paths[:LOOKED_AT]:
        try:
            return path, sniff_table(path)
        except DataError as error:
            refused.append(error)
    raise refused[0]


def _labels(data: Path, wanted: str | None) -> tuple[Column, TargetKind, int, list[Path], TableFormat]:
    """The target in the table of labels, its kind, how many numbers are predicted, the files, and how it is written."""
    labels = data / LABELS
    sniffed = sniff_table(labels)
    if FILE not in [column.name for column in sniffed.columns]:
        raise DataError(f"{labels} has no column “{FILE}” that names the files")
    others = replace(sniffed, columns=tuple(each for each in sniffed.columns if each.name != FILE))
    column, _ = find_column(others, LABELS, wanted)
    frame = read_columns(labels, {FILE: "category", column.name: "category"}, sniffed.format)
    numbers = None
    if column.kind == "number":
        numbers = read_columns(labels, {column.name: "number"}, sniffed.format)[column.name]
    target = describe_target(column, frame[column.name], numbers, LABELS)
    paths = [data / str(name) for name in frame[FILE].dropna()]
    answers = 1 if target.kind == "number" else len(target.classes)
    return target.column, target.kind, answers, paths, sniffed.format


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
        elif column.name not in (target.name, FILE):
            columns.append(replace(column, role="feature" if column.kind in ("number", "category") else "ignored"))
    if not any(column.role == "feature" for column in columns):
        raise DataError("the tables of the folder have no column of numbers that could be seen step by step")
    return columns


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip()) - 1

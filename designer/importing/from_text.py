"""Recognises texts, in a column or in a folder for each class, and makes a new project for a folder of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from designer.importing.brief import Brief
from designer.importing.encodings import find_encoding
from designer.importing.sniff import Sniffed
from designer.project.facts import TargetKind
from designer.project.model import Column, Split, TableData, TableFormat
from designer.runtime.errors import DataError
from designer.training.columns import read_columns
from designer.training.text_folders import CLASS, ENDING, TEXT

# what has fewer words on average is a name, a title or an address rather than a text
FEWEST_WORDS = 5.0
LOOKED_AT = 2_000
FEWEST_TO_SPLIT = 20


def find_text(data: Path, sniffed: Sniffed, target: Column) -> tuple[Column, str] | None:
    """The column with the longest texts that a network can read, with a note; None where there is none."""
    best: tuple[float, Column] | None = None
    for column in sniffed.columns:
        if column.kind == "text" and column.role in ("ignored", "feature") and column.name != target.name:
            words = _mean_words(data, sniffed, column)
            if words >= FEWEST_WORDS and (best is None or words > best[0]):
                best = words, column
    if best is None:
        return None
    words, column = best
    note = f"“{column.name}” holds texts of {words:.0f} words on average: they are read word by word"
    return replace(column, role="feature", missing="most_frequent", scale="none"), note


def _mean_words(data: Path, sniffed: Sniffed, column: Column) -> float:
    cells = sniffed.cells[column.name]
    if not isinstance(cells.dtype, pd.CategoricalDtype):
        # read as numbers, without its words
        cells = read_columns(data, {column.name: "text"}, sniffed.format, sniffed.sheet)[column.name]
    known = cells.dropna().head(LOOKED_AT)
    return sum(len(str(text).split()) for text in known) / max(1, len(known))


def holds_texts(folder: Path) -> bool:
    """Whether most files beneath a folder are text files."""
    from designer.runtime.images import files_beneath

    names = [path.name.lower() for path in files_beneath(folder)][:LOOKED_AT]
    return bool(names) and sum(name.endswith(ENDING) for name in names) * 2 > len(names)


def folder_of_texts(data: Path, where: str, wanted: str | None) -> tuple[TableData, Brief, tuple[str, ...]]:
    """The settings for a folder of text files for each class, what a network is to do, and notes."""
    from designer.runtime.folders import list_files
    from designer.runtime.images import part_folders

    if wanted and wanted != CLASS:
        raise DataError(f"{data} is a folder: its classes are its folders, there is no column “{wanted}”")
    by_folders = bool(part_folders(data))
    files = list_files(data, [ENDING], by_folders)
    classes = sorted(files["class"].unique())
    if len(classes) < 2:
        raise DataError(f"{data} holds texts of one class, “{classes[0]}”; expected a folder for each of two or more")
    encoding = _encoding(files["path"].tolist())
    split = Split(by="folders") if by_folders else Split()
    if len(files) < FEWEST_TO_SPLIT and not by_folders:
        split = replace(split, validation=0.0, test=0.0)
    columns = (
        Column(TEXT, "text", "feature", "most_frequent", "none"),
        Column(CLASS, "category", "target", "most_frequent", "none"),
    )
    kind: TargetKind = "binary" if len(classes) == 2 else "classes"
    brief = Brief("texts", kind, len(classes), len(files), split.validation > 0, features=0)
    table = TableData(where, TableFormat(encoding=encoding), columns, split)
    notes = [f"{len(files)} texts of {len(classes)} classes, read word by word"]
    notes += [] if encoding == "utf-8" else [f"the texts are read as {encoding}"]
    return table, brief, tuple(notes)


def _encoding(paths: list[str]) -> str:
    """The encoding of all texts; a DataError where some are written in another one than others."""
    found: dict[str, str] = {}
    for path in map(Path, paths):
        content = path.read_bytes()
        if not content.isascii():
            encoding = find_encoding(path, content, whole=True).removesuffix("-sig")
            found.setdefault(encoding, str(path))
    if len(found) > 1:
        said = " but ".join(f"{path} in {encoding}" for encoding, path in found.items())
        raise DataError(f"the texts are written in different encodings: {said}; save all of them as UTF-8")
    return next(iter(found), "utf-8")

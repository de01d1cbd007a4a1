"""Reads all columns of a table, a folder of texts or a folder of sequences, for looking at them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from designer.project.model import TableData
from designer.runtime.errors import DataError
from designer.training.columns import read_columns
from designer.training.file_groups import is_path_word, label_columns, path_words
from designer.training.sources.gathered import inside
from designer.training.text_folders import part_kind

PLAIN = {"number": "number", "boolean": "boolean", "text": "text"}


# an attribute of a frame of sequences: how many rows each file has
STEPS = "steps of each file"


def read_frame(path: Path, data: TableData, target: str) -> pd.DataFrame:
    """All columns as their kinds ask; dates as they are written, and words wherever a column cannot be read so.

    Texts in folders for each part have a column for these. Of a folder of sequences the rows are the steps of all files
    one after the other, each with its file's target; of one text they are its lines.
    """
    kinds = {column.name: PLAIN.get(column.kind, "category") for column in data.columns}
    if data.samples == "files":
        return _read_sequences(path, data, kinds, target)
    if data.samples == "tokens":
        return _read_lines(path, data)
    return _read_as_it_goes(path, kinds | part_kind(data), data)


def _read_as_it_goes(path: Path, kinds: dict[str, str], data: TableData) -> pd.DataFrame:
    try:
        return read_columns(path, kinds, data.format, data.sheet)
    except DataError:
        if path.is_dir() or set(kinds.values()) <= {"category", "text"}:
            raise
        return read_columns(path, dict.fromkeys(kinds, "category"), data.format, data.sheet)


def _read_lines(path: Path, data: TableData) -> pd.DataFrame:
    from designer.runtime.running_text import read_running_text

    lines = [line for line in read_running_text(path, data.format.encoding).splitlines() if line.strip()]
    return pd.DataFrame({column.name: pd.Series(lines, dtype="object") for column in data.columns[:1]})


def _read_sequences(folder: Path, data: TableData, kinds: dict[str, str], target: str) -> pd.DataFrame:
    from designer.runtime.folders import list_files
    from designer.runtime.sequences import FILE, read_labels
    from designer.training.sources.sequences import ENDINGS

    beside, more = [name for name in kinds if is_path_word(name)], list[str]()
    if FILE in kinds:
        known = label_columns(folder, data.format)
        more = [name for name in kinds if name in known and name not in (FILE, target)]
        wanted = {FILE: "category", target: kinds[target], **dict.fromkeys(more, "category")}
        files = read_labels(folder, lambda path: read_columns(path, wanted, data.format), target, more)
    else:
        files = list_files(folder, ENDINGS, data.split.by == "folders").rename(columns={"class": target})
    paths = files["path"].tolist()
    files = files.assign(**{name: path_words(name, paths) for name in beside})
    if FILE in kinds:
        files = files.assign(**{FILE: [inside(path, folder) for path in paths]})
        beside = [*beside, FILE]
    told = [target, *beside, *more]
    steps = {name: kind for name, kind in kinds.items() if name not in told}
    frames, refused = [], []
    for _, file in files.iterrows():
        try:
            frames.append(
                _read_as_it_goes(Path(file["path"]), steps, data).assign(**{name: file[name] for name in told})
            )
        except DataError as error:
            refused.append(error)
    if not frames and refused:
        raise refused[0]
    whole = pd.concat(frames, ignore_index=True)
    whole.attrs[STEPS] = [len(frame) for frame in frames]
    for name in told:
        if kinds.get(name) == "category":
            whole[name] = whole[name].astype("str").astype("category")
    return whole

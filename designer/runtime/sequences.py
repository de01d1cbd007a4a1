"""Sequences of unlike lengths, one a file: brought to one length by padding at the end, with a mask that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError
from designer.runtime.windows import series_starts

LABELS = "labels.csv"
FILE = "file"


def read_sequences(
    paths: Sequence[str], read: Callable[[str], pd.DataFrame], time: str = ""
) -> tuple[pd.DataFrame, np.ndarray, list[tuple[str, str]]]:
    """The rows of all files, which files could be read, and (path, why) of the others.

    The rows of a file stand in the order of its column ``time``; the index is the number of the file among those that
    could be read. ``read`` reads one file. A DataError where none can be.
    """
    frames: list[pd.DataFrame] = []
    usable = np.zeros(len(paths), dtype=bool)
    refused = []
    for number, path in enumerate(paths):
        try:
            frame = read_sequence(read, path, time)
        except DataError as error:
            refused.append((path, str(error)))
            continue
        frames.append(frame.set_axis(pd.Index(np.full(len(frame), len(frames)), name="file")))
        usable[number] = True
    if not paths:
        raise DataError("there are no files to read")
    if not frames:
        raise DataError(f"none of the {len(paths):,} files can be read; the first: {refused[0][1]}")
    return pd.concat(frames), usable, refused


def read_sequence(read: Callable[[str], pd.DataFrame], path: str, time: str) -> pd.DataFrame:
    """The rows of one file in the order of its column ``time``. A DataError for a file without rows."""
    frame = read(path)
    if time:
        frame = frame.dropna(subset=[time]).sort_values(time, kind="stable")
    if frame.empty:
        raise DataError(f"{path} holds no rows" + (f" with {time}" if time else ""))
    return frame


def kept_places(places: Sequence[np.ndarray], usable: np.ndarray) -> list[np.ndarray]:
    """The files of each part that are usable, by their numbers among these; a DataError where none is left to learn."""
    numbers = np.cumsum(usable) - 1
    kept = [numbers[rows[usable[rows]]] for rows in places]
    if not len(kept[0]):
        raise DataError("none of the files to train with can be read")
    return kept


def rows_of_files(files: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Which rows belong to the ``chosen`` files, ``files`` being the number of the file of each row."""
    return np.flatnonzero(np.isin(files, chosen))


def pad_sequences(values: np.ndarray, files: np.ndarray, count: int, length: int) -> np.ndarray:
    """The rows of each of ``count`` files, at most the first ``length``, zeros after them: (files, length, features).

    ``values`` has shape (rows, features), ``files`` says of each row the file it is from; rows of a file lie together.
    """
    steps = np.arange(len(files)) - series_starts(files)
    kept = steps < length
    padded = np.zeros((count, length, values.shape[1]), dtype=values.dtype)
    padded[files[kept], steps[kept]] = values[kept]
    return padded


def sequence_lengths(files: np.ndarray, count: int) -> np.ndarray:
    """How many rows each of ``count`` files has: int64 of shape (files,)."""
    return np.bincount(files, minlength=count).astype(np.int64)


def kept_length(files: np.ndarray, most: int) -> int:
    """How many steps the longest of some files has, ``most`` at most; ``files`` has the file of each of their rows."""
    return min(most, int(np.bincount(files).max()))


def steps_mask(lengths: np.ndarray, length: int) -> np.ndarray:
    """1 for each step that is there and 0 for padding: float32 of shape (sequences, length)."""
    return (np.arange(length) < lengths[:, None]).astype(np.float32)


def folder_names(paths: Sequence[str]) -> np.ndarray:
    """The name of the folder that each file lies in: text of shape (files,)."""
    return np.array([Path(path).parent.name for path in paths], dtype=object)


def name_parts(paths: Sequence[str], place: int) -> np.ndarray:
    """What stands at ``place``, counted from 1, among the words of each file's name: text of shape (files,).

    Words are letters and digits between other signs; where there are fewer, the text is empty.
    """
    words = [[word for word in re.split(r"[\W_]+", Path(path).stem) if word] for path in paths]
    return np.array([each[place - 1] if len(each) >= place else "" for each in words], dtype=object)


def groups_within(frame: pd.DataFrame, paths: Sequence[str], usable: np.ndarray, group: str) -> np.ndarray:
    """The word that each file has in its column ``group``: text of shape (files,), empty for those not ``usable``.

    The index of ``frame`` is the number of the file among the usable ones. A DataError where a file has several words.
    """
    words = frame[group].astype("str").groupby(level=0)
    several = np.flatnonzero(words.nunique().to_numpy() > 1)
    if len(several):
        path = paths[np.flatnonzero(usable)[several[0]]]
        raise DataError(f"{path} holds several {group}, so that it is wholly of none: the files cannot be split by it")
    found = np.full(len(usable), "", dtype=object)
    found[usable] = words.first().to_numpy()
    return found


def read_labels(
    folder: str | Path, read: Callable[[Path], pd.DataFrame], target: str, more: Sequence[str] = ()
) -> pd.DataFrame:
    """The table ``labels.csv`` of a folder: ``path`` and ``target`` of each file that its column ``file`` names.

    ``more`` are further columns to keep.
    """
    labels = read(Path(folder) / LABELS).dropna(subset=[FILE, target])
    paths = [Path(folder) / str(name) for name in labels[FILE]]
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise DataError(f"{Path(folder) / LABELS} names {missing[0].name}, but there is no such file")
    return labels.assign(path=[str(path) for path in paths])[["path", target, *more]]

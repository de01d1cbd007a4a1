"""Sequences of unlike lengths, one a file: brought to one length by padding at the end, with a mask that says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError
from designer.runtime.windows import series_starts

LABELS = "labels.csv"
FILE = "file"


def read_sequences(paths: Sequence[str], read: Callable[[str], pd.DataFrame], time: str = "") -> pd.DataFrame:
    """The rows of all files, of each in the order of its column ``time``; the index is the number of the file.

    ``read`` reads one file. A file without rows is a DataError.
    """
    frames = []
    for number, path in enumerate(paths):
        frame = read(path)
        if time:
            frame = frame.dropna(subset=[time]).sort_values(time, kind="stable")
        if frame.empty:
            raise DataError(f"{path} holds no rows")
        frames.append(frame.set_axis(pd.Index(np.full(len(frame), number), name="file")))
    if not frames:
        raise DataError("there are no files to read")
    return pd.concat(frames)


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


def read_labels(folder: str | Path, read: Callable[[Path], pd.DataFrame], target: str) -> pd.DataFrame:
    """The table ``labels.csv`` of a folder: ``path`` and ``target`` of each file that its column ``file`` names."""
    labels = read(Path(folder) / LABELS).dropna(subset=[FILE, target])
    paths = [Path(folder) / str(name) for name in labels[FILE]]
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise DataError(f"{Path(folder) / LABELS} names {missing[0].name}, but there is no such file")
    return labels.assign(path=[str(path) for path in paths])[["path", target]]

"""Folders of texts, of tables and of pictures: one for each class, perhaps beneath train and test folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError
from designer.runtime.images import PART_ORDER, chosen_folders, files_beneath, folders_in, list_images, part_folders
from designer.runtime.pieces import text_pieces
from designer.runtime.splits import split_rows


def list_files(folder: str | Path, endings: Sequence[str], by_folders: bool) -> pd.DataFrame:
    """The files beneath the class folders of ``folder`` whose names end so: their path, class and part.

    With ``by_folders`` the class folders lie beneath folders called train, validation and test; else, and without
    these, ``part`` is empty. Files with other endings are passed over. The index counts from 1.
    """
    parts = part_folders(folder) if by_folders else {"": Path(folder)}
    if not parts:
        raise DataError(f"{folder} has no folder “train”; split the files by share instead")
    rows = [
        (str(path), entry.name, part)
        for part, place in parts.items()
        for entry in sorted(folders_in(place))
        for path in files_beneath(entry)
        if path.name.lower().endswith(tuple(endings))
    ]
    if not rows:
        raise DataError(f"{folder}: expected a folder for each class with files that end in {' or '.join(endings)}")
    strange = {name for _, name, part in rows if part not in ("", "train")} - {
        name for _, name, part in rows if part in ("", "train")
    }
    if strange:
        raise DataError(f"{folder}: there is no class “{min(strange)}” among the files to train with")
    return pd.DataFrame(rows, columns=["path", "class", "part"], index=pd.RangeIndex(1, len(rows) + 1, name="file"))


def read_text_folder(folder: str | Path, by_folders: bool, encoding: str = "utf-8") -> pd.DataFrame:
    """The text files beneath class folders: columns text, class and part; the index counts the files from 1."""
    files = list_files(folder, [".txt"], by_folders)
    texts = pd.Series([read_file(path, encoding) for path in files["path"]], files.index, dtype="object")
    return pd.DataFrame({"text": texts, "class": files["class"].astype("category"), "part": files["part"]})


def read_file(path: str | Path, encoding: str) -> str:
    """The text of a file, without the blanks around it."""
    return b"".join(text_pieces(path, encoding)).decode("utf-8", "replace").strip()


def split_by_folders(
    parts: np.ndarray, validation: float, test: float, seed: int, labels: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train, validation and test by the folders that rows lie in; a part without a folder takes a share of training."""
    found = [np.flatnonzero(parts == name) for name in PART_ORDER]
    shares = [0.0 if len(rows) else share for rows, share in zip(found[1:], (validation, test), strict=True)]
    rows = found[0]
    divided = split_rows(len(rows), shares[0], shares[1], seed, None if labels is None else labels[rows])
    held = [given if len(given) else rows[taken] for given, taken in zip(found[1:], divided[1:], strict=True)]
    return rows[divided[0]], held[0], held[1]


def list_image_parts(
    folder: str | Path, by_folders: bool, validation: float, test: float, seed: int, stratify: bool
) -> tuple[list[Path], np.ndarray, list[str], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Paths, class codes and classes of all pictures, and the indices of those of train, validation and test.

    With ``by_folders`` the folders beneath ``folder`` say which is which; a part without a folder takes its share of
    the training pictures. Else the shares are of all pictures.
    """
    paths: list[Path] = []
    classes: list[str] = []
    codes: list[np.ndarray] = []
    parts: list[str] = []
    for part, place in chosen_folders(folder, by_folders).items():
        found, labels, classes = list_images(place, classes)
        paths, codes, parts = paths + found, [*codes, labels], parts + [part] * len(found)
    labels = np.concatenate(codes)
    divided = split_by_folders(np.array(parts), validation, test, seed, labels if stratify else None)
    return paths, labels, classes, divided

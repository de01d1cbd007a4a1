"""Folders of text files, read like a table of two columns: ``text`` and, by the folder a file lies in, ``class``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from designer.project.model import TableData
from designer.training.errors import RunError

if TYPE_CHECKING:
    import pandas as pd

TEXT, CLASS, PART = "text", "class", "part"
ENDING = ".txt"


def is_text_folder(data: TableData) -> bool:
    """Whether data settings mean a folder of texts: by their columns, and by a path that is no file's."""
    names = [column.name for column in data.columns]
    return data.samples == "rows" and names == [TEXT, CLASS] and not PurePosixPath(data.path).suffix


def part_kind(data: TableData) -> dict[str, str]:
    """The column that says in which part's folder a text lies, with its kind, where folders divide the texts."""
    return {PART: "category"} if data.split.by == "folders" and is_text_folder(data) else {}


def is_folder_of_texts(path: Path, kinds: Mapping[str, str]) -> bool:
    """Whether ``path`` is to be read as texts: a folder, or a text file of which nothing but the text is wanted."""
    return path.is_dir() or (list(kinds) == [TEXT] and path.suffix.lower() == ENDING)


def read_texts(path: Path, kinds: Mapping[str, str], encoding: str) -> pd.DataFrame:
    """The wanted columns of a folder of texts, or of a single text file; the index says which file it was."""
    import pandas as pd

    from designer.runtime.folders import read_file, read_text_folder
    from designer.runtime.images import files_beneath

    if CLASS in kinds:
        return read_text_folder(path, PART in kinds, encoding)[list(kinds)]
    found = [each for each in files_beneath(path) if each.name.lower().endswith(ENDING)] if path.is_dir() else [path]
    if not found:
        raise RunError(f"{path} holds no files that end in {ENDING}.")
    names = [each.relative_to(path).as_posix() if path.is_dir() else each.name for each in found]
    return pd.DataFrame({TEXT: [read_file(each, encoding) for each in found]}, index=pd.Index(names, name="file"))

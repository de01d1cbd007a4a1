"""Pictures that a table names: a column of paths, relative to the folder of the table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from designer.runtime.errors import DataError


def picture_paths(words: Iterable[str], table: str | Path) -> list[Path]:
    """The files that the cells name, as seen from the folder of ``table``; backslashes count as slashes."""
    folder = Path(table).parent
    found = []
    for word in words:
        if "://" in word:
            raise DataError(f"{Path(table).name}: “{word[:80]}” is an address; pictures must lie on this computer")
        found.append(folder / PurePosixPath(word.strip().replace("\\", "/")))
    return found

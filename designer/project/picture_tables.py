"""A table that names pictures, seen as a table of its own."""

from __future__ import annotations

from designer.project.model import ImageData, TableData


def as_table(data: ImageData) -> TableData:
    """The table that names the pictures, with all its columns."""
    return TableData(data.path, data.format, data.columns, data.split)

"""Which text reads the data of a project: that of the source its samples come from."""

from __future__ import annotations

from types import ModuleType

from designer.exporting.sources import pictures, running_text, sequences, series, tables
from designer.project.facts import Facts
from designer.project.model import Project, TableData


def data_constants(project: Project, facts: Facts, data_path: str) -> str:
    """The constants that describe the data; ``data_path`` leads to it from the script's folder."""
    text: str = _source(project).data_constants(project, facts, data_path)
    return text


def read_data_text(project: Project, facts: Facts) -> str:
    """The function ``read_data`` of the script."""
    text: str = _source(project).read_data_text(project, facts)
    return text


def _source(project: Project) -> ModuleType:
    if not isinstance(project.data, TableData):
        return pictures
    return {"rows": tables, "windows": series, "files": sequences, "tokens": running_text}[project.data.samples]

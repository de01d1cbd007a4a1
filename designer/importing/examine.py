"""Looks through data, be it a file, a folder or that of a project: its profile, and the warnings that follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from designer.layers.inputs import target_names
from designer.project.model import Column, Data, ImageData, Project, Split, TableData
from designer.runtime.errors import DataError

if TYPE_CHECKING:
    from designer.importing.answers import DataWarning
    from designer.importing.profiles import Profile


@dataclass(frozen=True)
class Examined:
    """Data that was looked through: the project that it is of, or would be, its profile, warnings, notes on reading."""

    project: Project
    profile: Profile
    warnings: tuple[DataWarning, ...]
    notes: tuple[str, ...] = ()


def examine(
    project: Project,
    base: Path,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Examined:
    """Look through the data of ``project``, whose path is relative to ``base``. Raises DataError."""
    from designer.importing.data_warnings import data_warnings

    profile = profile_of(project, base, progress, cancelled)
    return Examined(project, profile, data_warnings(profile, project))


def profile_of(
    project: Project,
    base: Path,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Profile:
    """The profile of the project's data, whatever it is; DataError where there is none or it cannot be read."""
    from designer.importing.image_profile import profile_images
    from designer.importing.profile import profile_table

    data: Data | None = project.data
    if isinstance(data, ImageData):
        return profile_images(data, base, project)
    if isinstance(data, TableData):
        return profile_table(data, base, target_of(project), progress, cancelled)
    raise DataError("the project has no data yet; open a table or a folder of pictures first")


def target_of(project: Project) -> str:
    """The column that the network predicts: the one that an output names, else the first whose role is target."""
    outputs = [node for node in project.graph.nodes.values() if node.type == "output"]
    named = (name for node in outputs for name in target_names(node.fields.get("target", "")))
    columns = project.data.columns if isinstance(project.data, TableData) else ()
    marked = (column.name for column in columns if column.role == "target")
    return next((name for name in (*named, *marked) if name), "")


def examine_file(
    path: Path,
    target: str | None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Examined:
    """Look through a table or a folder as a new project would hold it; ``target`` as in ``draft_project``.

    A table of which no project can be made yet is looked through all the same, and the reason is a note.
    """
    from designer.importing.new import draft_project

    here = path.resolve().parent
    try:
        made = draft_project(path, target, here / "new.loom", compare=False)
    except DataError as error:
        if path.is_dir():
            raise
        return replace(examine(_as_read(path, target), here, progress, cancelled), notes=(str(error),))
    return replace(examine(made.project, here, progress, cancelled), notes=made.notes)


def _as_read(path: Path, target: str | None) -> Project:
    """A project without a network: the table as it is read, with the likeliest target."""
    from designer.importing.sniff import sniff_table
    from designer.importing.targets import find_column

    sniffed = sniff_table(path)
    chosen, _ = find_column(sniffed, path.name, target)
    columns = tuple(_with_role(column, chosen) for column in sniffed.columns)
    split = Split() if sniffed.rows >= 20 else Split(validation=0.0, test=0.0)
    return Project(data=TableData(path.name, sniffed.format, columns, split, sniffed.sheet))


def _with_role(column: Column, chosen: Column) -> Column:
    return replace(column, role="target") if column.name == chosen.name else column

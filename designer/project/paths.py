"""Paths of data as projects keep them: relative to the project's folder, with forward slashes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from designer.project.model import Data, Project


def relative_to_project(data_path: Path, project_path: Path) -> str:
    """``data_path`` as seen from the folder of ``project_path``; the whole path where it lies on another drive."""
    data, folder = Path(os.path.abspath(data_path)), Path(os.path.abspath(project_path)).parent
    try:
        return Path(os.path.relpath(data, folder)).as_posix()
    except ValueError:
        return data.as_posix()


def resolve(data_path: str, project_path: Path) -> Path:
    """The whole path of a project's ``data_path``, relative to the folder of ``project_path`` or whole itself."""
    return resolve_from(Path(os.path.abspath(project_path)).parent, data_path)


def resolve_from(folder: Path, data_path: str) -> Path:
    """The whole path of ``data_path`` as seen from ``folder``, without any “..” that people would have to follow."""
    return Path(os.path.normpath(os.path.abspath(folder) / Path(data_path)))


def with_paths(data: Data, change: Callable[[str], str]) -> Data:
    """The data settings with each of their paths changed; the same ones where nothing does."""
    path, file = change(data.path), change(data.split.file) if data.split.file else ""
    if path == data.path and file == data.split.file:
        return data
    split = data.split if file == data.split.file else replace(data.split, file=file)
    return replace(data, path=path, split=split)


def rebased(project: Project, base: Path, path: Path) -> Project:
    """The same project with data paths that start from the folder of ``path`` instead of from ``base``."""
    if project.data is None:
        return project
    data = with_paths(project.data, lambda each: relative_to_project(resolve_from(base, each), path))
    return project if data is project.data else replace(project, data=data)

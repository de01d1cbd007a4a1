"""Paths of data as projects keep them: relative to the project's folder, with forward slashes."""

from __future__ import annotations

import os
from pathlib import Path


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

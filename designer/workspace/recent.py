"""The projects that were open lately."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from designer.workspace import memory

MOST = 20


def _paths(values: dict[str, object]) -> list[str]:
    found = values.get("projects")
    return [entry for entry in found if isinstance(entry, str)] if isinstance(found, list) else []


def recent_projects(existing: bool = True) -> list[Path]:
    """Project files, the latest first; by default only those that are still there."""
    paths = [Path(entry) for entry in _paths(memory.recall("recent"))]
    return [path for path in paths if not existing or path.is_file()]


def training_now(projects: Iterable[Path]) -> set[Path]:
    """Those of the projects of which some process trains a run now; of a run no more is looked at than its lock."""
    from designer.training.alive import LOCK, is_alive
    from designer.workspace.runs import runs_folder

    found = set()
    for project in projects:
        # a folder that cannot be looked into is told of once the project is opened
        with suppress(OSError):
            if any(is_alive(lock.parent) for lock in runs_folder(project).glob(f"*/{LOCK}")):
                found.add(project)
    return found


def remember_project(path: Path) -> None:
    """Put a project first in the list."""
    entry = str(path.resolve())
    memory.update(
        "recent",
        lambda values: {**values, "projects": [entry, *(old for old in _paths(values) if old != entry)][:MOST]},
    )


def forget_project(path: Path) -> None:
    """Take a project off the list; its file stays."""
    entry = str(path.resolve())
    memory.update("recent", lambda values: {**values, "projects": [old for old in _paths(values) if old != entry]})


def forget_all() -> None:
    """Empty the list."""
    memory.update("recent", lambda values: {**values, "projects": []})

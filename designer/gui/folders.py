"""Folders: where file dialogs begin, and where samples are copied to."""

from __future__ import annotations

import os
from pathlib import Path


def copy_out(name: str) -> Path:
    """Copy a sample to a folder of its own that holds no other work; answers the project there."""
    from designer.workspace.samples import copy_sample

    folder, number = projects_folder() / name, 2
    while folder.exists():
        folder, number = projects_folder() / f"{name}-{number}", number + 1
    return copy_sample(name, folder)


def projects_folder() -> Path:
    """Where samples are copied to: ``Layerloom`` among the user's documents."""
    from designer.workspace.places import HOME_VARIABLE, memory_folder

    if os.environ.get(HOME_VARIABLE):
        return memory_folder() / "projects"
    import platformdirs

    return Path(platformdirs.user_documents_dir()) / "Layerloom"


def start_folder() -> str:
    """Where file dialogs begin."""
    from designer.workspace.preferences import load_preferences

    last = load_preferences().last_folder
    return last if last and Path(last).is_dir() else str(Path.home())


def remember_folder(folder: Path) -> None:
    """Let the next file dialog begin here."""
    from designer.workspace.preferences import change_preferences

    change_preferences(last_folder=str(folder))

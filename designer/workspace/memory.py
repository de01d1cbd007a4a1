"""Small JSON files in the user's own folder, where things are remembered from one start to the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from designer.project.json_object import object_in
from designer.workspace.places import memory_folder


def recall(name: str) -> dict[str, object]:
    """What ``remember`` last stored under ``name``; empty where there is nothing, or nothing that can be read.

    What is remembered is a convenience, so a damaged file costs the memory and never a start.
    """
    return object_in(memory_folder() / f"{name}.json")


def remember(name: str, values: Mapping[str, object]) -> None:
    """Store JSON-able ``values`` under ``name``, whole or not at all; a ProjectError says why it could not be."""
    # reading is all that the first window waits for
    from designer.project.atomic import atomic_write

    folder = memory_folder()
    folder.mkdir(parents=True, exist_ok=True)
    atomic_write(folder / f"{name}.json", json.dumps(dict(values), indent=1, sort_keys=True) + "\n")


def update(name: str, change: Callable[[dict[str, object]], dict[str, object]]) -> dict[str, object]:
    """Change what is remembered, also where two windows do so at the same time; answers the new values."""
    import filelock

    folder = memory_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder / f".{name}.lock", timeout=5):
        values = change(recall(name))
        remember(name, values)
    return values

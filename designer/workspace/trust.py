"""What this person has allowed to run: remembered for each project file by the digests of its custom layers.

Whatever changes such a source from outside gives it another digest, so it is asked about again.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from designer.project.errors import ProjectError
from designer.workspace import memory

NAME = "trust"
MOST_PROJECTS = 1_000
MOST_SOURCES = 500


def remembered(path: Path) -> frozenset[str]:
    """The digests of the sources that may run in the project file ``path``."""
    return frozenset(_known(memory.recall(NAME)).get(_key(path), ()))


def remember(path: Path, digests: Iterable[str]) -> None:
    """Remember that these sources may run in the project file ``path``, beside those that may already.

    A ProjectError where that cannot be stored.
    """
    fresh = list(digests)
    if not fresh:
        return

    def change(values: dict[str, object]) -> dict[str, object]:
        known = _known(values)
        mine = dict.fromkeys([*known.pop(_key(path), ()), *fresh])
        known[_key(path)] = list(mine)[-MOST_SOURCES:]
        return {**values, "projects": dict(list(known.items())[-MOST_PROJECTS:])}

    try:
        memory.update(NAME, change)
    except OSError as error:
        raise ProjectError(f"what may run cannot be remembered: {error.strerror or error}") from error


def _key(path: Path) -> str:
    return str(path.resolve())


def _known(values: dict[str, object]) -> dict[str, list[str]]:
    """What is stored, as far as it makes sense."""
    stored = values.get("projects")
    found = stored.items() if isinstance(stored, dict) else ()
    return {
        key: [word for word in digests if isinstance(word, str)]
        for key, digests in found
        if isinstance(key, str) and isinstance(digests, list)
    }

"""Where the data of a project lies, and what is said where it is gone as a run is to go on."""

from __future__ import annotations

from pathlib import Path

from designer.project.model import Project
from designer.project.paths import resolve_from
from designer.training.errors import RunError


def data_places(project: Project, base: Path) -> list[Path]:
    """Where the data of a project lies, and the file with its test part where there is one."""
    if project.data is None:
        return []
    return [resolve_from(base, place) for place in (project.data.path, project.data.split.file) if place]


def is_missing(place: Path) -> bool:
    """Whether there is nothing of that name; what is there and cannot be read is not missing."""
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def refuse_missing_data(folder: Path, project: Project, base: Path) -> None:
    """RunError where the data of the run in ``folder``, which is to go on, is not there any more."""
    for place in data_places(project, base):
        if is_missing(place):
            raise RunError(
                f"The run in {folder} cannot go on: its data, “{place.name}”, is no longer where it was ({place}). Put"
                " it back there, and the run goes on from its last checkpoint."
            )


def changed_words(project: Project, base: Path, since: str = "it was started") -> str:
    """That the data of a run is no longer what it was, and what to do: the second half of a sentence."""
    places = data_places(project, base)
    names = " or ".join(f"“{place.name}”" for place in places)
    return (
        f"its data, {names}, has changed since {since} ({places[0]}). Put back the data as it was then, or start a new"
        " run."
    )

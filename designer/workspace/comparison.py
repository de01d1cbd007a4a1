"""A comparison of unsaved work with what was saved, for people to choose between the two."""

from __future__ import annotations

from dataclasses import dataclass

from designer.project.diff_words import difference_words
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.project.model import Project
from designer.workspace.recovery import Recoverable, changed_since, load_work, previous_save

CHANGED = "This file was changed by another program after the unsaved work was begun."
GONE = "The file is not there any more."
NEVER = "It was never saved."
SAME = "Both hold the same."


@dataclass(frozen=True)
class Comparison:
    """Unsaved work beside what was saved: None where there is nothing, or nothing that can be read.

    ``saved_time`` is in seconds since 1970, ``note`` a sentence on the saved file, ``differences`` one on how the work
    differs from it.
    """

    work: Recoverable
    recovered: Project
    saved: Project | None
    saved_time: float
    note: str
    differences: str


def compare(work: Recoverable) -> Comparison:
    """Read both; a ProjectError where the unsaved work cannot be read."""
    recovered, path = load_work(work), work.project
    if path is None:
        return Comparison(work, recovered, None, 0.0, NEVER, "")
    try:
        time = path.stat().st_mtime
    except OSError:
        return Comparison(work, recovered, None, 0.0, GONE, "")
    try:
        saved = load_project(path)
        note = CHANGED if changed_since(work) else ""
    except ProjectError as error:
        previous = previous_save(path)
        hint = f" What was saved before it is in {previous.name}." if previous else ""
        return Comparison(work, recovered, None, time, f"{error}{hint}", "")
    words = difference_words(saved, recovered)
    return Comparison(work, recovered, saved, time, note, f"{words[:1].upper()}{words[1:]}." if words else SAME)

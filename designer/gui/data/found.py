"""Warnings on the data as the window shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.compiler.problems import Problem, SettingPlace
from designer.gui.data.notices import Notice

if TYPE_CHECKING:
    from designer.importing.answers import DataWarning
    from designer.importing.profiles import Profile
    from designer.project.model import Project

COLUMN = "data.columns."
LOOK = "Change how it is read"
SEVERITIES = {"important": "error", "warning": "warning", "hint": "hint"}


def found_warnings(profile: Profile, project: Project) -> tuple[DataWarning, ...]:
    """What is striking in the data; their answers are tried on copies, which takes a while."""
    from designer.importing.data_warnings import data_warnings

    return data_warnings(profile, project)


def key_of(warning: DataWarning) -> str:
    """The same for the same finding, also after the data was looked at again."""
    return " ".join((warning.code, *warning.columns))


def column_of(problem: Problem) -> str:
    """The column that a problem is about; empty where it is about none."""
    place = problem.place
    path = place.path if isinstance(place, SettingPlace) else ""
    return path.removeprefix(COLUMN) if path.startswith(COLUMN) else ""


def problem_notice(key: str, problem: Problem) -> Notice:
    """What of the network does not fit the data, as the list shows it."""
    answers = (problem.fix.label,) if problem.fix is not None else ()
    if name := column_of(problem):
        return Notice(key, problem.sentence, problem.severity, (name,), answers, closable=False)
    return Notice(key, f"The network does not fit the data: {problem.sentence}", "error", (), answers, closable=False)


def doubt_notice(note: str) -> Notice:
    """That the numbers of a file can be read in two ways, as the list shows it."""
    return Notice(f"reading {note}", f"{note}.", answers=(LOOK,))


def notice_of(key: str, warning: DataWarning) -> Notice:
    """A warning as the list shows it."""
    labels = tuple(answer.label for answer in warning.answers)
    return Notice(key, warning.sentence, SEVERITIES[warning.severity], warning.columns, labels)

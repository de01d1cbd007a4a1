"""Warnings: what is odd in the data, in plain words with its figures, and answers that were tried on a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeAlias

from designer.importing.answers import SEVERITIES, tried
from designer.importing.answers import DataWarning as DataWarning
from designer.importing.profiles import ImagesProfile, Profile, TableProfile
from designer.importing.warning_words import counted, listed
from designer.importing.warnings_columns import FINDERS as COLUMNS
from designer.importing.warnings_images import image_warnings
from designer.importing.warnings_pairs import FINDERS as PAIRS
from designer.importing.warnings_rows import FINDERS as ROWS
from designer.importing.warnings_rows import find_imbalance
from designer.importing.warnings_values import FINDERS as VALUES
from designer.project.model import ImageData, Project, TableData

Finder: TypeAlias = Callable[[TableProfile, TableData], Iterable[DataWarning]]
MOST_ALIKE = 20
FINDERS: Sequence[Finder] = (*PAIRS, *ROWS, *COLUMNS, *VALUES)


def data_warnings(profile: Profile, project: Project) -> tuple[DataWarning, ...]:
    """What a person should know of the project's data: figures from ``profile``, roles and settings from ``project``.

    The important ones come first. Answers are edits of the project, each tried on a copy.
    """
    if isinstance(profile, ImagesProfile):
        seen = partial(_picture_warnings, profile)
        return tried(seen(project), project, seen)
    found: list[DataWarning] = []
    for finder in FINDERS:
        find = _finding(finder, profile)
        found += tried(_without_floods(find(project)), project, find)
    measured = partial(find_imbalance, profile)
    found += tried(measured(project), project, measured)
    return tuple(sorted(found, key=lambda warning: (SEVERITIES.index(warning.severity), warning.settled)))


def _picture_warnings(profile: ImagesProfile, project: Project) -> tuple[DataWarning, ...]:
    return image_warnings(profile, project.data if isinstance(project.data, ImageData) else None)


def _without_floods(warnings: Iterable[DataWarning]) -> list[DataWarning]:
    """The warnings, of each kind at most 20; the columns of further ones are named together."""
    kept: list[DataWarning] = []
    alike: dict[str, list[DataWarning]] = {}
    for warning in warnings:
        before = alike.setdefault(warning.code, [])
        before.append(warning)
        if len(before) <= MOST_ALIKE:
            kept.append(warning)
    for code, each in alike.items():
        rest = [name for warning in each[MOST_ALIKE:] for name in warning.columns[-1:]]
        if rest:
            first = each[0]
            said = f"The same is to be said of {counted(len(rest), 'more column')} as of {listed(first.columns)}:"
            kept.append(DataWarning(first.severity, code, tuple(rest), f"{said} {listed(rest)}."))
    return kept


def _finding(finder: Finder, profile: TableProfile) -> Callable[[Project], tuple[DataWarning, ...]]:
    def find(project: Project) -> tuple[DataWarning, ...]:
        return tuple(finder(profile, project.data)) if isinstance(project.data, TableData) else ()

    return find


def important_notes(warnings: Iterable[DataWarning]) -> tuple[str, ...]:
    """What to say where there are no buttons: important warnings not settled yet, and columns that repeat others."""
    return tuple(
        warning.sentence
        for warning in warnings
        if not warning.settled and (warning.severity == "important" or warning.code == "repeat")
    )

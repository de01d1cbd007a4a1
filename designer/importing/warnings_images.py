"""Warnings of pictures: those that cannot be read, and classes that are rare or missing."""

from __future__ import annotations

from collections.abc import Iterator

from designer.importing.answers import DataWarning, without_repeats
from designer.importing.profiles import ImagesProfile, RepeatedPictures
from designer.importing.warning_words import counted, listed, percent, quoted
from designer.importing.warnings_rows import FEWEST_SHARED, MANY_SHARED, SOME_SHARED, empty_parts
from designer.project.model import ImageData

FEWEST = 20
UNEVEN = 10


def image_warnings(profile: ImagesProfile, data: ImageData | None = None) -> tuple[DataWarning, ...]:
    """What a person should know of a folder of pictures; ``data`` says how it is divided."""
    empty = empty_parts(profile.divided, data.split) if data is not None else ()
    return (*repeated_pictures(profile.repeated, data), *empty, *_unreadable(profile), *_classes(profile))


def repeated_pictures(repeated: RepeatedPictures | None, data: ImageData | None) -> Iterator[DataWarning]:
    """Pictures that are trained with and tested too: grave where people made the parts, which no chance explains."""
    apart = data is not None and data.split.by in ("folders", "column")
    if repeated is None or repeated.shared < FEWEST_SHARED or (data is not None and data.drop_duplicates):
        return
    met = repeated.shared / repeated.tests
    if met < SOME_SHARED:
        return
    first, second = repeated.example
    yield DataWarning(
        "important" if met >= MANY_SHARED and apart else "warning" if met >= MANY_SHARED else "hint",
        "repeated_pictures",
        (),
        f"{repeated.shared:,} of {counted(repeated.tests, 'test picture')} ({percent(met)}) are the same, byte for"
        f" byte, as one to train or validate with, so that the test looks better than it is: {first} is {second} once"
        " more. If they were copied by mistake, leave all but the first of each out.",
        (without_repeats("pictures"),),
    )


def _unreadable(profile: ImagesProfile) -> Iterator[DataWarning]:
    if profile.unreadable:
        path, why = profile.unreadable[0]
        looked = "" if profile.looked_at == profile.total else f" of the {profile.looked_at:,} that were looked at"
        yield DataWarning(
            "warning",
            "unreadable",
            (),
            f"{counted(len(profile.unreadable), 'picture')}{looked} cannot be read and will be left out; the first is"
            f" {path}: {why}.",
        )


def _classes(profile: ImagesProfile) -> Iterator[DataWarning]:
    for part, counts in profile.counts.items() if len(profile.classes) > 1 else ():
        within = "" if part == "all" else f" in {part}"
        empty = [name for name, count in counts.items() if not count]
        if empty:
            yield DataWarning("important", "empty_class", (), f"There are no pictures of {listed(empty)}{within}.")
        filled = {name: count for name, count in counts.items() if count}
        if part == "test" or not filled:
            continue
        rare = [name for name, count in filled.items() if count < FEWEST]
        if rare:
            least = min(filled[name] for name in rare)
            yield DataWarning(
                "warning",
                "rare_class",
                (),
                f"{listed(rare)} {'has' if len(rare) == 1 else 'have'} few pictures{within}, as few as {least}:"
                f" too few to learn and to test them well.",
            )
        most = max(filled, key=lambda name: filled[name])
        if filled[most] > UNEVEN * min(filled.values()):
            share = filled[most] / sum(filled.values())
            yield DataWarning(
                "warning",
                "imbalance",
                (),
                f"{percent(share)} of the pictures{within} are of {quoted(most)}: always answering this would be right"
                " so often. Look at F1 and at the confusion matrix, not at accuracy alone.",
            )

"""Warnings of pictures: those that cannot be read, and classes that are rare or missing."""

from __future__ import annotations

from collections.abc import Iterator

from designer.importing.answers import DataWarning
from designer.importing.profiles import ImagesProfile
from designer.importing.warning_words import counted, listed, percent, quoted

FEWEST = 20
UNEVEN = 10


def image_warnings(profile: ImagesProfile) -> tuple[DataWarning, ...]:
    """What a person should know of a folder of pictures."""
    return (*_unreadable(profile), *_classes(profile))


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

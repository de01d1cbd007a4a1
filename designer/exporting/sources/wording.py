"""What the texts that read data have in common: signatures, shares and dictionaries of functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from designer.exporting.literals import assignment, call, literal
from designer.project.model import Column, Split
from designer.training.columns import day_order

SIGNATURE = "def read_data(path: Path) -> tuple[Part, Part, Part]:"
DOCSTRING = '    """The parts to train, validate and test with."""'
RETURN = "    return parts[0], parts[1], parts[2]"
# for a number, what was learned from it leads back to its own units
NUMBER_SIGNATURE = "def read_data(path: Path) -> tuple[Part, Part, Part, dict[str, Any]]:"
NUMBER_DOCSTRING = (
    '    """The parts to train, validate and test with, and what was learned from the first to prepare them."""'
)
NUMBER_RETURN = "    return parts[0], parts[1], parts[2], preparation"


def signature(split: Split, number: bool) -> str:
    """The first line of ``read_data``; with folds it is said which of them is tested with."""
    line = NUMBER_SIGNATURE if number else SIGNATURE
    return line.replace("(path: Path)", "(path: Path, fold: int)") if split.folds > 1 else line


def share_constants(split: Split) -> list[str]:
    """The shares of the parts, and the seed of chance where it has a say in them."""
    lines = [assignment("VALIDATION_SHARE", split.validation)]
    if split.folds > 1:
        lines.append(assignment("FOLDS", split.folds))
    elif split.by != "file":
        lines.append(assignment("TEST_SHARE", split.test))
    return lines + ([assignment("SPLIT_SEED", split.seed)] if split.by != "time" else [])


def functions_text(name: str, by_kind: Mapping[str, str], kinds: Iterable[str]) -> str:
    """A dictionary called ``name`` with the function for each of the kinds that there are."""
    items = [f"{literal(kind)}: {by_kind[kind]}" for kind in kinds]
    return call(f"{name} = {{", items, after="}", depth=1)


def converting(
    split: Split, by_kind: Mapping[str, str], kinds: Iterable[str], columns: Sequence[Column] = ()
) -> list[str]:
    """The functions that make columns of cells; dates of two files are read in the same order of day and month.

    In which order those of ``columns`` are read may be set.
    """
    kinds, chosen = list(kinds), day_order(columns)
    if "date" not in kinds or (split.by != "file" and not chosen):
        return [functions_text("convert", by_kind, kinds)]
    together = {**by_kind, "date": f"partial({by_kind['date']}, day_first=day_first)"}
    return [f"    day_first: dict[str, bool] = {literal(chosen)}", functions_text("convert", together, kinds)]

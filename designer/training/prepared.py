"""Prepared data: the three parts to train, validate and test with, and what was learned to prepare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.facts import Facts

if TYPE_CHECKING:
    import numpy as np

    from designer.runtime.batches import Part

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Prepared:
    """The three parts on the processor, each perhaps without rows, and what was learned from the first.

    ``preparation`` holds only what JSON can hold: what to do to other data of the same form.
    """

    train: Part
    validation: Part
    test: Part
    preparation: dict[str, Any]
    facts: Facts

    @property
    def parts(self) -> dict[str, Part]:
        """The parts by name."""
        return dict(zip(PARTS, (self.train, self.validation, self.test), strict=True))


@dataclass(frozen=True)
class Unseen:
    """Samples to predict for. ``names`` are written beside the answers: the titles of their columns, and of each the
    words, one for each row or file; ``usable`` says of each whether it is among the samples of ``part``. ``files`` are
    those that the samples of ``part`` come from, where each is a picture, and ``pixels`` are pictures that come from no
    file of their own. ``lines`` are those of the table that rows begin on; ``notes`` says what was odd in them.
    """

    part: Part
    names: dict[str, list[str]]
    usable: list[bool]
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    pixels: np.ndarray | None = None
    lines: Sequence[int] = ()


@dataclass(frozen=True)
class Known:
    """Samples with their targets, to measure with; ``notes`` says what was odd in them, a sentence each."""

    part: Part
    notes: tuple[str, ...] = ()


def counted(parts: list[Part]) -> dict[str, int]:
    """How many samples each part has, by its name."""
    return {name: len(part) for name, part in zip(PARTS, parts, strict=True)}

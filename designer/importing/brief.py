"""The brief: what is known of data when a network is to be made for it, in a few numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from designer.project.facts import TargetKind

Form: TypeAlias = Literal["rows", "pictures", "masks", "windows", "files", "texts", "tokens"]

# a sentence each for people, of data in this form
FORMS: Mapping[Form, str] = {
    "rows": "rows of a table",
    "pictures": "pictures",
    "masks": "pictures with masks",
    "windows": "a series in the order of time",
    "files": "files that are one sequence each",
    "texts": "texts",
    "tokens": "one long text",
}


@dataclass(frozen=True)
class Brief:
    """What a network is to be made for.

    ``form`` says what one sample is; ``kind`` and ``answers`` what is predicted: how many numbers or classes, 2 for yes
    and no, of one long text the different tokens. ``samples`` counts those to train with, ``validated`` is whether
    others judge each epoch. ``features`` counts the prepared columns of numbers, of a sequence those of each step, of
    texts and pictures those beside them; ``categories`` has for each column of categories among them how many columns
    it became, and ``text`` is whether a column of text stands beside pictures.
    ``label`` names the column of a class that stands beside pictures in a table, ``numbers`` those of numbers with it.
    ``length`` counts the steps of a sequence; ``height``, ``width``, ``colour``, ``resize`` and ``normalise`` are those
    of pictures. ``straight`` is whether hidden layers were found to predict no better than a straight line.
    """

    form: Form = "rows"
    kind: TargetKind = "classes"
    answers: int = 3
    samples: int = 1_000
    validated: bool = True
    features: int = 8
    categories: Mapping[str, int] = field(default_factory=dict)
    length: int = 12
    height: int = 28
    width: int = 28
    colour: bool = False
    resize: str = "stretch"
    normalise: str = "none"
    text: bool = False
    label: str = ""
    numbers: tuple[str, ...] = ()
    straight: bool = False

    @property
    def outputs(self) -> int:
        """How many numbers the last layer gives: one for yes and no, else one for each number or class."""
        return 1 if self.kind == "binary" else max(1, self.answers)

    @property
    def channels(self) -> int:
        """How many numbers each pixel of a picture is."""
        return 3 if self.colour else 1

    @property
    def side(self) -> int:
        """The shorter side of pictures, in pixels."""
        return min(self.height, self.width)

"""Columns that say where something is in a picture: key points and boxes, by what is set for each or by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from designer.project.model import Column, PlaceWord

# what a column says, as it is set
PLACES: Mapping[PlaceWord, tuple[str, str]] = {
    "auto": ("By its name", "Names such as x, left or box_width tell; other numbers say nothing of a place."),
    "none": ("No place", "A number that stays what it is wherever the picture is moved."),
    "x": ("X", "How far across: of a key point, or of the left edge of a box."),
    "y": ("Y", "How far down: of a key point, or of the upper edge of a box."),
    "right": ("Right", "The right edge of the box whose left edge is the X before it."),
    "bottom": ("Bottom", "The lower edge of the box whose upper edge is the Y before it."),
    "width": ("Width", "The width of the box before it."),
    "height": ("Height", "The height of the box before it."),
    "centre_x": ("Middle across", "How far across the middle of a box is."),
    "centre_y": ("Middle down", "How far down the middle of a box is."),
}
NAMES: Mapping[PlaceWord, str] = {
    "centre_x": r"c[ _.-]?x|x[ _.-]?(c|cent(er|re))|cent(er|re)[ _.-]?x",
    "centre_y": r"c[ _.-]?y|y[ _.-]?(c|cent(er|re))|cent(er|re)[ _.-]?y",
    "right": r"x[ _.-]?(2|max|right)|max[ _.-]?x|xmax|right",
    "bottom": r"y[ _.-]?(2|max|bottom)|max[ _.-]?y|ymax|bottom",
    "width": r"w|width",
    "height": r"h|height",
    "x": r"x([ _.-]?(\d+|min|left))?|min[ _.-]?x|left",
    "y": r"y([ _.-]?(\d+|min|top))?|min[ _.-]?y|top",
}
# points that are counted, so that the second is no right edge
COUNTED = re.compile(r"(.*[ _.-])?[xy][ _.-]?(0|[3-9]|\d\d+)")
# the two ways in which the rest of a box is said, and the one by its middle
FORMS: Mapping[str, tuple[PlaceWord, PlaceWord, PlaceWord, PlaceWord]] = {
    "edges": ("x", "y", "right", "bottom"),
    "sizes": ("x", "y", "width", "height"),
    "centres": ("centre_x", "centre_y", "width", "height"),
}


@dataclass(frozen=True)
class PlacedColumns:
    """The columns, by name, of each box behind its form, one of ``FORMS``, and of each key point.

    ``plain`` are numbers that say nothing of a place, ``alone`` those that are set to do so but lack their others.
    """

    boxes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    points: tuple[tuple[str, str], ...] = ()
    plain: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The columns that say where something is."""
        return [name for _, box in self.boxes for name in box] + [name for point in self.points for name in point]


def place_word(name: str, counted: bool = False) -> PlaceWord:
    """What the name of a column tells; ``counted`` is whether numbers behind x and y count points."""
    lowered = name.strip().lower()
    for word, pattern in NAMES.items():
        if re.fullmatch(rf"(.*[ _.-])?({pattern})", lowered):
            twice = counted and re.fullmatch(r"(.*[ _.-])?[xy][ _.-]?2", lowered)
            return {"right": "x", "bottom": "y"}.get(word, word) if twice else word  # type: ignore[return-value]
    return "none"


def placed_columns(columns: Sequence[Column]) -> PlacedColumns:
    """Which of the number columns of one output are boxes and key points: each part belongs to the X, Y before it."""
    counted = any(COUNTED.fullmatch(column.name.strip().lower()) for column in columns)
    words = {each.name: place_word(each.name, counted) if each.place == "auto" else each.place for each in columns}
    boxes, points, used = [], [], set[str]()
    for form, order in FORMS.items():
        for group in _groups(words, order, used):
            boxes.append((form, group))
            used.update(group)
    for group in _groups(words, ("x", "y"), used):
        points.append((group[0], group[1]))
        used.update(group)
    rest = [each for each in columns if each.name not in used]
    return PlacedColumns(
        tuple(boxes),
        tuple(points),
        tuple(each.name for each in rest if each.place in ("auto", "none")),
        tuple(each.name for each in rest if each.place not in ("auto", "none")),
    )


def _groups(words: Mapping[str, PlaceWord], order: Sequence[PlaceWord], used: set[str]) -> list[tuple[str, ...]]:
    """Columns that are whole groups of the words in ``order``.

    The last word, such as a bottom, says that there is a group; each other is the nearest of its kind, and such as
    stand before it come first.
    """
    names = [name for name in words if name not in used]
    places = {name: place for place, name in enumerate(names)}
    found: list[tuple[str, ...]] = []
    taken = set[str]()
    for last in [name for name in names if words[name] == order[-1]]:
        group = []
        for word in order[:-1]:
            free = [name for name in names if words[name] == word and name not in taken]
            nearest = min(
                free, key=lambda name: (places[name] > places[last], abs(places[name] - places[last])), default=""
            )
            group.append(nearest)
        if all(group):
            found.append((*group, last))
            taken.update(found[-1])
    return found

"""Shapes that pictures are made of, and words that fit into them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, TypeAlias, Union

_NO_XML = re.compile("[^\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

Point: TypeAlias = tuple[float, float]
Align: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True)
class Box:
    """A filled rectangle with its upper left corner at (x, y); ``line`` is the colour of its border, empty for none."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    line: str = ""
    radius: float = 0.0
    dashed: bool = False


@dataclass(frozen=True)
class Curve:
    """A cubic Bézier curve through four points, the first and last its ends."""

    points: tuple[Point, ...]
    colour: str


@dataclass(frozen=True)
class Dot:
    """A filled circle around (x, y) with a rim."""

    x: float
    y: float
    radius: float
    fill: str
    line: str


@dataclass(frozen=True)
class Words:
    """One line of text on the baseline ``y``, from ``x`` to the right, or ending there."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    align: Align = "left"


Shape: TypeAlias = Union[Box, Curve, Dot, Words]


def fitted(text: str, size: float, room: float, bold: bool = False) -> str:
    """``text`` on one line, without signs that a picture cannot hold, cut with an ellipsis where ``room`` ends."""
    clean = _NO_XML.sub("\ufffd", _BIDI.sub("", " ".join(text[:500].split())))
    if text_width(clean, size, bold) <= room:
        return clean
    while clean and text_width(clean + "…", size, bold) > room:
        clean = clean[:-1]
    return clean.rstrip() + "…"


def text_width(text: str, size: float, bold: bool = False) -> float:
    """About how wide ``text`` is at a font size, a little on the wide side, as no font is at hand."""
    units = 0.0
    for sign in text:
        if unicodedata.combining(sign):
            continue
        wide = unicodedata.east_asian_width(sign) in "WF"
        units += 1.0 if wide else 0.32 if sign in "iljtfrI.,:;'|!()[] " else 0.88 if sign in "mwMW@%…" else 0.62
    return units * size * (1.08 if bold else 1.0)

"""Hues that mark the categories of layers, the same on the canvas and in exported pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Hue(NamedTuple):
    """A colour as ``#RRGGBB`` for a light ground and for a dark one."""

    light: str
    dark: str


# by name, so that a new category takes no other one's hue
HUES: Mapping[str, Hue] = {
    "Input and output": Hue("#6683A4", "#90AED0"),
    "Linear": Hue("#2386CE", "#56B2FD"),
    "Convolution": Hue("#BB6802", "#EA9344"),
    "Pooling": Hue("#A87156", "#D59C7F"),
    "Normalization": Hue("#2C937C", "#5EC0A6"),
    "Activation": Hue("#936BBB", "#BE95E9"),
    "Regularization": Hue("#9F6E92", "#CC98BE"),
    "Shape": Hue("#7D8469", "#A7AF93"),
    "Merge": Hue("#8C8234", "#B7AD60"),
    "Attention": Hue("#B74AE2", "#DB89FE"),
    "Sequence": Hue("#DF43A4", "#FD84D1"),
}
BLOCK_HUE = Hue("#4A5360", "#D5DAE1")
UNKNOWN_HUE = Hue("#828B97", "#717B88")


def hue_of(category: str, block: bool = False) -> Hue:
    """The hue of a category, or of what people made of layers; one for all categories that are not known here."""
    return BLOCK_HUE if block else HUES.get(category, UNKNOWN_HUE)

"""Architectures: how a kind of network is declared, once, for the command line, the window and the samples alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from designer.importing.brief import FORMS, Brief, Form
from designer.layers.fields import Choice, Field
from designer.project.model import ColumnRole, Data, Encode, FieldValue, ImageData, Project

Group: TypeAlias = Literal["Any data", "Tables", "Images", "Series", "Text", "Generative"]
Values: TypeAlias = Mapping[str, FieldValue]

GROUPS: tuple[Group, ...] = ("Any data", "Tables", "Images", "Series", "Text", "Generative")
HIDDEN_ACTIVATIONS = {
    "relu": "Lets positive values pass and makes the others zero; quick and usual.",
    "gelu": "A smooth form of ReLU, usual in transformers.",
    "silu": "The value times its sigmoid, smooth as well.",
    "tanh": "Squeezes values into -1 to 1; smooth, so that it follows the noise of few rows less than ReLU does.",
}


def _no_fields(brief: Brief) -> Mapping[str, Field]:
    return {}


def _suits(brief: Brief) -> str:
    return ""


def with_categories(data: Data, encode: Encode) -> Data:
    """The data with its categories as codes, or as a column for each; those in an order stay as they are."""
    columns = tuple(
        replace(each, encode=encode)
        if each.kind == "category" and each.role in ("feature", "ahead") and each.encode != "ordinal"
        else each
        for each in data.columns
    )
    return replace(data, columns=columns)


def with_columns_for_categories(data: Data, brief: Brief) -> Data:
    """The data as most networks take it: a column for each category; of pictures with a class it alone is predicted."""
    return with_targets(with_categories(data, "onehot"), brief, "ignored")


def with_codes_for_categories(data: Data, brief: Brief) -> Data:
    """The data with its categories as codes, to be looked up."""
    return with_categories(data, "codes")


def with_targets(data: Data, brief: Brief, role: ColumnRole) -> Data:
    """The pictures with the numbers that stand beside their class in this role."""
    if not isinstance(data, ImageData) or not brief.label:
        return data
    columns = tuple(replace(each, role=role) if each.name in brief.numbers else each for each in data.columns)
    return replace(data, columns=columns)


@dataclass(frozen=True)
class Architecture:
    """One kind of network.

    ``summary`` is a sentence for somebody who meets it for the first time, ``forms`` what it is made for. ``refuse``
    says why it does not suit data of these forms all the same, empty where it does. ``fields`` are the few numbers
    that matter, their defaults following from the brief; ``build`` gives graph, blocks and training settings for
    sound values of all of them, and ``prepare`` changes how the data is prepared to what the network asks for.
    ``example`` is data to show it with where none of these forms is at hand.
    """

    key: str
    title: str
    summary: str
    group: Group
    forms: tuple[Form, ...]
    build: Callable[[Brief, Values], Project]
    fields: Callable[[Brief], Mapping[str, Field]] = _no_fields
    refuse: Callable[[Brief], str] = _suits
    prepare: Callable[[Data, Brief], Data] = with_columns_for_categories
    example: Brief | None = None

    def why_not(self, brief: Brief) -> str:
        """Why the network does not suit this data, a sentence; empty where it does."""
        if brief.form not in self.forms:
            meant = [FORMS[form] for form in self.forms]
            words = ", ".join(meant[:-1]) + (" or " if len(meant) > 1 else "") + meant[-1]
            return f"It is for {words}; this data is {FORMS[brief.form]}."
        return self.refuse(brief)


def whole(values: Values, name: str) -> int:
    """The value of a field that is a whole number."""
    return int(str(values[name]))


def hidden_activation() -> Choice:
    """The field for what stands between hidden layers."""
    return Choice("relu", HIDDEN_ACTIVATIONS, help="What stands after each hidden layer and bends its answer.")

"""The two texts of a node: how its module is made and how it is called."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from designer.layers.declaration import LayerType, Shape
from designer.layers.fields import Field
from designer.project.model import Fields, FieldValue


class Argument(NamedTuple):
    """One argument of a constructor: its name, the text of its value, and whether it is written by its place alone."""

    name: str
    value: str
    by_place: bool

    @property
    def text(self) -> str:
        """The argument as it is written."""
        return self.value if self.by_place else f"{self.name}={self.value}"


def quoted_text(text: str) -> str:
    """``text`` as an ASCII literal in the quotes that ruff prefers: double unless single ones need fewer escapes."""
    body = ascii(text)
    quote, body = body[0], body[1:-1]
    if quote == "'":
        body = body.replace("\\'", "'")
    if quote == '"' or text.count('"') <= text.count("'"):
        return '"' + body.replace('"', '\\"') + '"'
    return "'" + body.replace("'", "\\'") + "'"


def value_text(value: FieldValue) -> str:
    """A checked value as it stands in source."""
    return quoted_text(value) if isinstance(value, str) else repr(value)


@cache
def parameters_of(path: str) -> Mapping[str, inspect.Parameter]:
    """The parameters of a class by its dotted name, ``nn.Conv2d`` or ``torch.optim.Adam``, in order."""
    import torch

    found: object = torch
    for part in path.removeprefix("torch.").split("."):
        found = getattr(found, part)
    assert callable(found)
    return inspect.signature(found).parameters


def arguments(
    path: str, fields: Mapping[str, Field], values: Fields, bound: Mapping[str, FieldValue]
) -> list[Argument]:
    """The arguments as a careful engineer writes them: required ones by place, the others by name where they differ.

    A key field is always written: it is what a reader looks for.
    """
    found = []
    for name, parameter in parameters_of(path).items():
        if name in bound:
            value, always = bound[name], False
        elif name in fields and fields[name].argument:
            value, always = values.get(name, fields[name].initial), fields[name].key
            if value == fields[name].omit:
                continue
        else:
            continue
        required = parameter.default is inspect.Parameter.empty
        if required or always or value != parameter.default:
            found.append(Argument(name, value_text(value), required))
    return found


def argument_texts(path: str, fields: Mapping[str, Field], values: Fields) -> list[str]:
    """The arguments as texts, for what is bound to no shape."""
    return [argument.text for argument in arguments(path, fields, values, {})]


def constructor_arguments(layer: LayerType, values: Fields, shape: Shape) -> list[Argument]:
    """The arguments of the node's module; ``shape`` is its first input's, the batch axis counted."""
    bound = {name: read(shape, values) for name, read in layer.bound.items()}
    return arguments(layer.module, layer.fields, values, bound)


def call_text(layer: LayerType, values: Fields, attribute: str, inputs: Sequence[str]) -> str:
    """The expression of the forward pass, with ``inputs`` the variables that hold the inputs.

    An input that takes one link is called in it by its port; what nothing reaches is None.
    """
    words = dict.fromkeys((port.name for port in layer.inputs), "None")
    words.update({name: _plain(value) for name, value in values.items()})
    words.update({port.name: name for port, name in zip(layer.inputs, inputs, strict=False)})
    words.update(self=attribute, inputs=layer.join.join(inputs), x=inputs[0] if inputs else "")
    return layer.call.format_map(words)


def _plain(value: FieldValue) -> str:
    return ", ".join(repr(part) for part in value) if isinstance(value, tuple) else value_text(value)

"""The two texts of a node: how its module is made and how it is called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from string import Formatter
from typing import NamedTuple, get_overloads

from designer.compiler.included import class_home
from designer.compiler.own_code import parameters_of_own
from designer.layers.declaration import LayerType, Shape
from designer.layers.fields import Field
from designer.project.model import Fields, FieldValue

USUAL_CALL = "{self}({inputs})"


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
def parameters_of(path: str, own: str = "") -> Mapping[str, inspect.Parameter]:
    """The parameters of a class in order: one of PyTorch by its dotted name, ``nn.Conv2d`` or ``torch.optim.Adam``.

    A name without a dot is a class of the runtime, or the one that the text ``own`` defines, which is read, not run.
    """
    if own:
        return parameters_of_own(own)
    import torch

    if "." in path:
        found: object = torch
        for part in path.removeprefix("torch.").split("."):
            found = getattr(found, part)
    else:
        found = getattr(class_home(path), path)
    assert callable(found)
    parameters = inspect.signature(found).parameters
    overloads: Sequence[Callable[..., object]] = get_overloads(found.__init__) if inspect.isclass(found) else []
    if overloads and all(one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in parameters.values()):
        # recurrent layers say what they take only there
        stated = inspect.signature(overloads[0]).parameters
        return {name: one for name, one in stated.items() if name != "self"}
    return parameters


def arguments(
    path: str, fields: Mapping[str, Field], values: Fields, bound: Mapping[str, FieldValue], own: str = ""
) -> list[Argument]:
    """The arguments as a careful engineer writes them: required ones by place, the others by name where they differ.

    A key field is always written: it is what a reader looks for.
    """
    found = []
    for name, parameter in parameters_of(path, own).items():
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


def constructor_arguments(
    layer: LayerType, values: Fields, shapes: Sequence[Shape], ports: Sequence[str] = ()
) -> list[Argument]:
    """The arguments of the node's module; ``shapes`` are its inputs' at ``ports``, the batch axis counted."""
    by_port = dict(zip(ports, shapes, strict=False))
    bound = {
        name: read(by_port.get(layer.bound_to.get(name, ""), shapes[0]), values) for name, read in layer.bound.items()
    }
    return arguments(layer.module, layer.fields, values, bound, layer.own)


def call_text(
    layer: LayerType, values: Fields, attribute: str, inputs: Sequence[str], ports: Sequence[str] | None = None
) -> str:
    """The expression of the forward pass, with ``inputs`` the variables that hold the inputs at ``ports``.

    An input that takes one link is called in it by its port; what nothing reaches is None. Without ``ports`` the
    inputs are at the first ones.
    """
    linked = [port.name for port in layer.inputs] if ports is None else ports
    call, joined = layer.call_of(values, linked), layer.join.join(inputs)
    if call == USUAL_CALL:
        return f"{attribute}({joined})"
    words = {name: _plain(values[name]) if name in values else "None" for name in _named_in(call)}
    words.update(zip(linked, inputs, strict=False))
    words.update(self=attribute, inputs=joined, x=inputs[0] if inputs else "None")
    return call.format_map(words)


@cache
def _named_in(call: str) -> frozenset[str]:
    """The fields and ports that a call names."""
    return frozenset(name for _, name, _, _ in Formatter().parse(call) if name)


def _plain(value: FieldValue) -> str:
    return ", ".join(repr(part) for part in value) if isinstance(value, tuple) else value_text(value)

"""Ports: the named places of a node where links begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Port:
    """One named place for links.

    ``axes`` lists the layouts an input accepts, separated by blanks, each a string of axis letters
    (``N`` batch, ``C`` channels, ``D``, ``H``, ``W``, ``T`` time, ``F`` features); ``*`` accepts all.
    A ``many`` input takes any number of links: its places are called name + number, ``x1``, ``x2``, …
    ``label`` is what people see, where that is not the name. An ``optional`` input may stay without a link.
    """

    name: str
    axes: str = "*"
    many: bool = False
    help: str = ""
    label: str = ""
    optional: bool = False

    @property
    def shown(self) -> str:
        """What people see."""
        return self.label or self.name


@dataclass(frozen=True)
class Ports:
    """The inputs and outputs of one layer type."""

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # asked for at each edit, and the same for as long as there is a layer type
        return hash((self.inputs, self.outputs))

    def input(self, name: str) -> Port | None:
        """The input that a link addressed to ``name`` reaches, with ``x2`` a place of a many-port ``x``."""
        for port in self.inputs:
            if port.name == name and not port.many:
                return port
            if port.many and place_number(port, name) is not None:
                return port
        return None

    def output(self, name: str) -> Port | None:
        """The output called ``name``."""
        for port in self.outputs:
            if port.name == name:
                return port
        return None


def place_number(port: Port, name: str) -> int | None:
    """The number of the place ``name`` of a many-port (``x2`` -> 2), or None where it is none of its places."""
    if not name.startswith(port.name):
        return None
    digits = name.removeprefix(port.name)
    numbered = digits.isascii() and digits.isdigit() and not digits.startswith("0") and len(digits) < 5
    return int(digits) if numbered else None

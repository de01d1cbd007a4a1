"""What the source of a model holds beside the classes of its graphs: imports, and the texts of the modules it uses."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from designer.compiler.free_names import free_names
from designer.compiler.functions import FUTURE, Module, arranged, followed, import_text, read_module
from designer.compiler.load import load_text
from designer.compiler.trust import demand

# What the texts of layer types may name without an import of their own; what is not named is not imported.
IMPORTS = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\n"


@dataclass(frozen=True)
class Included:
    """``imports`` are import lines, ``text`` constants, functions and classes in an order in which they can stand.

    ``runtime`` names those of them that are copied from ``designer.runtime``, ``names`` all.
    """

    imports: str
    text: str
    runtime: frozenset[str]
    names: frozenset[str]

    @property
    def source(self) -> str:
        """All of it as the beginning of a file; annotations are left unread where there are texts of others."""
        if not self.text:
            return self.imports
        return f"{FUTURE}\n\n{self.imports}\n\n\n{self.text}"


def included(names: frozenset[str], own: tuple[str, ...] = ()) -> Included:
    """What source that is to run needs beside itself; see ``composed``.

    An UntrustedCode error where one of the texts ``own`` may not run: no other way leads a project's code to a loader.
    """
    demand(own)
    return composed(names, own)


@lru_cache(maxsize=2_000)
def composed(names: frozenset[str], own: tuple[str, ...] = ()) -> Included:
    """What source that uses ``names`` needs beside itself, put together as text alone.

    A name means what one of the texts ``own`` defines, which bring their imports along, or a function or class of
    ``designer.runtime``, or ``torch``, ``nn`` and ``F``. A name that nothing defines, or that is defined twice with
    different texts, is a ValueError.
    """
    written = _joined(own)
    mine = {name: part for name, part in written.definitions.items() if part.text}
    used = set(names)
    for part in mine.values():
        used |= part.uses
    needed, imports = followed(written, used)
    found = arranged(needed, import_text(imports))
    parts = [found.constants, *found.sections.values(), *(part.text for part in mine.values())]
    text = "\n\n\n".join(part for part in parts if part)
    return Included(found.imports, text, found.names, found.names | mine.keys())


def _joined(own: tuple[str, ...]) -> Module:
    """The definitions and imports of several texts as one written part."""
    plain = read_module("", IMPORTS)
    definitions, imports = dict(plain.definitions), dict(plain.imports)
    for text in dict.fromkeys(own):
        found = read_module("", text)
        for name, part in found.definitions.items():
            if definitions.setdefault(name, part).text != part.text:
                raise ValueError(f"“{name}” is defined twice, with different texts")
        for name, brought in found.imports.items():
            if imports.setdefault(name, brought) != brought:
                raise ValueError(f"“{name}” is imported from two places")
    return Module(definitions, imports)


@lru_cache(maxsize=20_000)
def names_in(expression: str) -> frozenset[str]:
    """The names that an expression takes from the module it stands in: no builtins, no ``self``."""
    if not expression:
        return frozenset()
    return frozenset(
        name
        for name in free_names(ast.parse(expression, mode="eval"))
        if name != "self" and not hasattr(builtins, name)
    )


@lru_cache(maxsize=500)
def class_home(name: str) -> ModuleType:
    """A module that holds the class ``name`` of the runtime."""
    return load_text(included(frozenset((name,))).source, "layer")

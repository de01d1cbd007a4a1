"""A project's own code before it is used: why a custom layer cannot, or may not, take part in a network."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping
from functools import lru_cache
from inspect import Parameter
from typing import NamedTuple

from designer.compiler.functions import Import, runtime_module, runtime_modules
from designer.compiler.included import composed
from designer.compiler.names import SCRIPT_NAMES
from designer.compiler.trust import may_run
from designer.layers.catalog import Catalog
from designer.layers.signature import Fault, parsed, read_signature

# functions that are written into exported scripts for one project; a test compares this with the scripts' parts
WRITTEN = frozenset({"augment", "main", "move", "read_data", "read_fold", "train_fold"})
OWN = frozenset({"Network", "Generator", "Discriminator", "torch", "nn", "F"})


class Refusal(NamedTuple):
    """Why a custom layer takes no part: ``unsound`` for what is wrong in it, ``untrusted`` where it is not allowed."""

    code: str
    sentence: str


def refusals(catalog: Catalog) -> dict[str, Refusal]:
    """The custom layers of a catalog, by the type of their nodes, that cannot or may not run, and why."""
    found: dict[str, Refusal] = {}
    taken: dict[str, str] = {}
    for key, layer in catalog.layers.items():
        if not layer.own:
            continue
        faults = faults_of(layer.own)
        names = read_signature(layer.own).names
        clash = next((name for name in names if name in taken), None)
        if faults:
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            found[key] = Refusal("unsound", f"{faults[0].text}{more}")
        elif clash is not None:
            sentence = f"line {names[clash]}: the layer “{taken[clash]}” defines “{clash}” as well"
            found[key] = Refusal("unsound", sentence)
        elif not may_run(layer.own):
            found[key] = Refusal("untrusted", "")
        taken.update(dict.fromkeys(names, layer.title))
    return found


@lru_cache(maxsize=256)
def faults_of(source: str) -> tuple[Fault, ...]:
    """All that is wrong with a source as far as it can be told without running it."""
    signature = read_signature(source)
    if signature.faults:
        return signature.faults
    faults = [
        Fault(line, 1, f"“{name}” is a name that exported scripts use themselves; choose another")
        for name, line in signature.names.items()
        if _is_taken(name)
    ]
    for name, (path, line) in signature.imports.items():
        usual = _usual_imports().get(name)
        if (usual and path != usual) or (not usual and _is_taken(name)):
            wanted = f"“{usual}”" if usual else "something else"
            faults.append(Fault(line, 1, f"“{name}” stands for {wanted} in exported scripts; choose another name"))
    if not faults:
        try:
            composed(frozenset((signature.class_name,)), (source,))
        except (ValueError, RecursionError) as error:
            faults.append(_fault_of(error, source, signature.names[signature.class_name]))
    return tuple(faults)


def _fault_of(error: Exception, source: str, line: int) -> Fault:
    """What stands in the way of putting a source together, at the name that it is about."""
    about = re.match("“(.+?)”.* is defined nowhere", str(error))
    tree = parsed(source)
    if about and isinstance(tree, ast.Module):
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == about[1]:
                return Fault(node.lineno, node.col_offset + 1, f"“{about[1]}” is defined nowhere")
    return Fault(line, 1, str(error))


def parameters_of_own(source: str) -> dict[str, Parameter]:
    """The parameters of a source's class in order, read from the text."""
    signature = read_signature(source)
    parameters = {name: Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in signature.bound}
    for name, kind in signature.fields.items():
        default = Parameter.empty if name in signature.required else kind.initial
        parameters[name] = Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default)
    return parameters


def _is_taken(name: str) -> bool:
    return name in OWN or name in SCRIPT_NAMES or name in WRITTEN or name in _runtime_names() or hasattr(builtins, name)


@lru_cache(maxsize=1)
def _runtime_names() -> frozenset[str]:
    """What any module of the runtime defines."""
    return frozenset(name for module in runtime_modules() for name in runtime_module(module).definitions)


@lru_cache(maxsize=1)
def _usual_imports() -> Mapping[str, str]:
    """What names that the runtime imports stand for."""
    usual = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional"}
    for module in runtime_modules():
        usual |= {name: _path(found) for name, found in runtime_module(module).imports.items()}
    return usual


def _path(found: Import) -> str:
    return f"{found.module}.{found.name}" if found.name else found.module

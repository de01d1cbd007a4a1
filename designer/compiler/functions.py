"""Finds what generated source needs of ``designer.runtime`` by following names, and hands over its text."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from designer.compiler.free_names import free_names

RUNTIME = "designer.runtime"
FUTURE = "from __future__ import annotations"


@dataclass(frozen=True, order=True)
class Import:
    """``import module`` where ``name`` is empty, else ``from module import name``; ``bound`` is its name here."""

    module: str
    name: str
    bound: str


@dataclass(frozen=True)
class Definition:
    """A function, class or constant at the top of a module: its text, with comments above it, and the names it uses."""

    name: str
    module: str
    line: int
    text: str
    uses: frozenset[str]
    constant: bool


@dataclass(frozen=True)
class Module:
    """What one file defines and imports. ``inner`` leads from names to the runtime module they come from."""

    definitions: Mapping[str, Definition] = field(default_factory=dict)
    imports: Mapping[str, Import] = field(default_factory=dict)
    inner: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Closure:
    """All that a generated file needs beside its own parts, each as text.

    ``constants`` are those that build on nothing but values, ``sections`` leads from runtime module names, a module
    after those it needs, to their functions and classes in the order of the source.
    """

    imports: str
    constants: str
    sections: Mapping[str, str]
    names: frozenset[str]


def closure(own: str) -> Closure:
    """What ``own``, the parts of a file that are written for one project with their imports, needs of the runtime.

    A name that nothing defines, or that two modules define, is a ValueError: a fault in Layerloom, not in a project.
    """
    written = read_module("", own)
    needed, imports = followed(written, {name for part in written.definitions.values() for name in part.uses})
    return arranged(needed, import_text(imports))


def followed(written: Module, used: AbstractSet[str]) -> tuple[dict[str, Definition], list[Import]]:
    """The definitions of the runtime, by name, and the imports that the names ``used`` in a written part lead to.

    A name that nothing defines, or that two modules define, is a ValueError.
    """
    imports = {found.bound: found for found in written.imports.values()}
    needed: dict[str, Definition] = {}
    waiting = [("", name) for name in sorted(used)]
    while waiting:
        module, name = waiting.pop()
        found = _find(module, name, written)
        if isinstance(found, Import):
            if imports.setdefault(name, found) != found:
                raise ValueError(f"“{name}” is imported from two places")
        elif found is not None and found.module and needed.get(name) is not found:
            if name in needed or name in written.definitions:
                raise ValueError(f"“{name}” is defined twice")
            needed[name] = found
            waiting += [(found.module, other) for other in sorted(found.uses)]
    texts = set(used).union(*(definition.uses for definition in needed.values()))
    return needed, sorted(found for found in imports.values() if found.bound in texts)


def arranged(needed: Mapping[str, Definition], imports: str) -> Closure:
    """Definitions in the order in which a file can hold them, behind its import lines."""
    order = {module: place for place, module in enumerate(_modules_in_order(d.module for d in needed.values()))}
    sorted_definitions = sorted(needed.values(), key=lambda d: (order[d.module], d.line))
    plain: list[Definition] = []
    sections: dict[str, list[str]] = {}
    for definition in sorted_definitions:
        if definition.constant and not (definition.uses & needed.keys()) - {other.name for other in plain}:
            plain.append(definition)
        else:
            sections.setdefault(definition.module, []).append(definition.text)
    return Closure(
        imports=imports,
        constants="\n".join(definition.text for definition in plain),
        sections={module: "\n\n\n".join(texts) for module, texts in sections.items()},
        names=frozenset(needed),
    )


def _find(module: str, name: str, written: Module) -> Definition | Import | None:
    """What ``name`` means in a runtime module, or in the written part where ``module`` is empty; None for a builtin."""
    here = written if not module else runtime_module(module)
    if name in here.definitions:
        return here.definitions[name]
    if name in here.imports:
        return here.imports[name]
    if name in here.inner:
        return _defined(here.inner[name], name)
    if not module and (home := home_of(name)):
        return _defined(home, name)
    if hasattr(builtins, name) or name == "__file__":
        return None
    raise ValueError(f"“{name}”, used in {module or 'the generated part'}, is defined nowhere")


def home_of(name: str) -> str:
    """The runtime module that defines ``name``, empty where none does; a ValueError where several do."""
    # to take all modules apart takes half a second
    likely = [home for home in runtime_modules() if name in _begun(runtime_text(home))]
    homes = [home for home in likely if name in runtime_module(home).definitions]
    if len(homes) > 1:
        raise ValueError(f"“{name}” is defined in {' and '.join(homes)}")
    return homes[0] if homes else ""


def _defined(module: str, name: str) -> Definition:
    try:
        return runtime_module(module).definitions[name]
    except KeyError:
        raise ValueError(f"{RUNTIME}.{module} does not define “{name}”") from None


@cache
def runtime_modules() -> tuple[str, ...]:
    """The names of all runtime modules, sorted."""
    files = (entry.name for entry in resources.files(RUNTIME).iterdir())
    return tuple(sorted(name.removesuffix(".py") for name in files if name.endswith(".py") and name != "__init__.py"))


@cache
def runtime_text(name: str) -> str:
    """The source of a module of the runtime."""
    return (resources.files(RUNTIME) / f"{name}.py").read_text(encoding="utf-8")


@cache
def runtime_module(name: str) -> Module:
    """One parsed module of the runtime."""
    return read_module(name, runtime_text(name))


@cache
def _begun(text: str) -> frozenset[str]:
    """The names with which lines begin, all that a module defines among them."""
    return frozenset(re.findall(r"^(?:def |class )?(\w+)", text, re.MULTILINE))


def _modules_in_order(modules: Iterable[str]) -> Iterator[str]:
    """The modules and all that they import, each after those that it imports."""
    done: set[str] = set()

    def visit(module: str) -> Iterator[str]:
        if module not in done:
            done.add(module)
            for other in sorted(set(runtime_module(module).inner.values())):
                yield from visit(other)
            yield module

    for module in sorted(set(modules)):
        yield from visit(module)


def read_module(module: str, text: str) -> Module:
    """Takes a file apart. Beside imports its top may hold only functions, classes and assignments to one name."""
    definitions: dict[str, Definition] = {}
    imports: dict[str, Import] = {}
    inner: dict[str, str] = {}
    lines = text.split("\n")
    for node in ast.parse(text).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for found in _imports(node):
                if found.module.startswith(RUNTIME + ".") and found.name == found.bound:
                    inner[found.bound] = found.module.removeprefix(RUNTIME + ".")
                elif found.module.split(".")[0] == "designer":
                    raise ValueError(f"{module}, line {node.lineno}: nothing of designer may be imported so")
                else:
                    imports[found.bound] = found
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            found_definition = _definition(module, node, lines)
            definitions[found_definition.name] = found_definition
    return Module(definitions, imports, inner)


def _imports(node: ast.Import | ast.ImportFrom) -> list[Import]:
    if isinstance(node, ast.Import):
        return [_import(alias) for alias in node.names]
    if node.module == "__future__":
        return []
    return [Import(node.module or "", alias.name, alias.asname or alias.name) for alias in node.names]


def _import(alias: ast.alias) -> Import:
    """``import a.b as c`` is the same as ``from a import b as c``, and is written so."""
    before, _, last = alias.name.rpartition(".")
    if alias.asname and before:
        return Import(before, last, alias.asname)
    return Import(alias.name, "", alias.asname or alias.name.split(".")[0])


def _definition(module: str, node: ast.stmt, lines: list[str]) -> Definition:
    first, constant = node.lineno, False
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        name = node.name
        first = min([first, *(decorator.lineno for decorator in node.decorator_list)])
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        name, constant = node.target.id, True
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        name, constant = node.targets[0].id, True
    elif isinstance(node, ast.If):  # the guard at the end of a script
        name = f"line {node.lineno}"
    else:
        raise ValueError(f"{module}, line {node.lineno}: only functions, classes and constants may stand here")
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    text = "\n".join(lines[first - 1 : node.end_lineno])
    return Definition(name, module, first, text, free_names(node), constant)


def import_text(imports: Iterable[Import]) -> str:
    """Import lines, the standard library's first, then the others', each group sorted."""
    groups: dict[bool, list[str]] = {False: [], True: []}
    plain: dict[str, list[Import]] = {}
    for found in sorted(imports):
        plain.setdefault(found.module, []).append(found)
    for module, members in sorted(plain.items()):
        foreign = module.split(".")[0] not in sys.stdlib_module_names
        whole = [found for found in members if not found.name]
        for found in whole:
            same = found.bound == module.split(".")[0]
            groups[foreign].append(f"import {module}" if same else f"import {module} as {found.bound}")
        names = [f.name if f.name == f.bound else f"{f.name} as {f.bound}" for f in members if f.name]
        if names:
            groups[foreign].append(_from_import(module, names))
    blocks = [sorted(lines, key=lambda line: line.startswith("from ")) for lines in groups.values()]
    return "\n\n".join(["\n".join(lines) for lines in blocks if lines])


def _from_import(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 120:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])

"""The product's own source files, as text and as syntax trees."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = re.compile(r"\.git|\.venv|build|dist|__pycache__|\..*_cache|\.hypothesis|.*\.runs|.*\.egg-info")
STACK = (
    "gui",
    "cli",
    "workspace",
    "exporting",
    "importing",
    "training",
    "compiler",
    "layers",
    "project",
    "runtime",
)


@dataclass(frozen=True)
class Source:
    """One Python file of the product. ``name`` is its path from the root, ``package`` one of STACK or "" at the top."""

    name: str
    package: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """The dotted name of the module."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass(frozen=True)
class Import:
    """One imported module. ``late`` where it is inside a function, ``typing`` where only the type checker sees it."""

    name: str
    line: int
    late: bool
    typing: bool


def checkout() -> Iterator[Path]:
    """Every file of the checkout, what tools leave behind left out."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not LEFT_BEHIND.fullmatch(name)]
        yield from (Path(folder, name) for name in names if name not in (".git", ".coverage"))


@cache
def product() -> tuple[Source, ...]:
    """Every Python file under designer/."""
    found = []
    for path in sorted((ROOT / "designer").rglob("*.py")):
        parts = path.relative_to(ROOT).parts
        text = path.read_text(encoding="utf-8")
        found.append(
            Source("/".join(parts), parts[1] if len(parts) > 2 else "", text, ast.parse(text, filename=str(path)))
        )
    assert len(found) > 50, "the product's files were not found"
    return tuple(found)


@cache
def imports(source: Source) -> tuple[Import, ...]:
    """Every import of a file; ``from designer.project import edits`` counts as ``designer.project.edits`` too."""
    return tuple(_imports(source, source.tree, late=False, typing=False))


def _imports(source: Source, parent: ast.AST, late: bool, typing: bool) -> Iterator[Import]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, late, typing) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.name}:{node.lineno}: imports are absolute"
            base = node.module or ""
            yield Import(base, node.lineno, late, typing)
            if base.startswith("designer"):
                yield from (Import(f"{base}.{alias.name}", node.lineno, late, typing) for alias in node.names)
        else:
            inside = late or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            checked = isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
            yield from _imports(source, node, inside, typing or checked)


@cache
def calls(source: Source) -> tuple[tuple[str, ast.Call], ...]:
    """Every call of a file with what is called, as it is written: ``torch.save``."""
    return tuple((ast.unparse(node.func), node) for node in ast.walk(source.tree) if isinstance(node, ast.Call))

"""Values as Python source: the only door through which anything a user typed reaches a generated file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from designer.compiler.texts import quoted_text

WIDTH = 120
INDENT = "    "


def literal(value: object) -> str:
    """``value`` on one line, in ASCII and with double quotes, such that ``ast.literal_eval`` gives it back.

    Knows None, bool, int, finite float, str, tuple, list and mapping; anything else is a TypeError.
    """
    if value is None or isinstance(value, bool):
        return repr(value)
    if type(value) is int:
        return repr(value)
    if type(value) is float:
        if not math.isfinite(value):
            raise TypeError(f"no literal stands for {value!r}")
        return repr(value).replace("e+", "e")
    if type(value) is str:
        return quoted_text(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    raise TypeError(f"no literal stands for a {type(value).__name__}")


def assignment(name: str, value: object) -> str:
    """``NAME = value``, broken over lines where it is longer than a line may be."""
    line = f"{name} = {literal(value)}"
    if len(line) <= WIDTH:
        return line
    if isinstance(value, (tuple, list, Mapping)) and value:
        return f"{name} = {_broken(value, 0)}"
    wrapped = INDENT + literal(value)
    return f"{name} = (\n{wrapped}\n)" if len(wrapped) <= WIDTH else line


def call(before: str, arguments: Iterable[str], after: str = ")", depth: int = 0) -> str:
    """A call or signature, ``before`` ending in its bracket, one argument a line where it is longer than a line may be.

    ``depth`` counts the levels of indentation, which the text begins with.
    """
    listed = list(arguments)
    margin = INDENT * depth
    line = f"{margin}{before}{', '.join(listed)}{after}"
    if len(line) <= WIDTH or not listed:
        return line
    inner = "".join(f"{margin}{INDENT}{argument},\n" for argument in listed)
    return f"{margin}{before}\n{inner}{margin}{after}"


def _broken(value: object, depth: int) -> str:
    """A filled collection with one item a line, items that are too long broken in turn."""
    assert isinstance(value, (tuple, list, Mapping))
    opening, closing = "()" if isinstance(value, tuple) else "[]" if isinstance(value, list) else "{}"
    margin = INDENT * (depth + 1)
    lines = [opening]
    for item in value:
        start = margin
        if isinstance(value, Mapping):
            start, item = f"{margin}{literal(item)}: ", value[item]
        line = f"{start}{literal(item)},"
        if len(line) > WIDTH and isinstance(item, (tuple, list, Mapping)) and item:
            line = f"{start}{_broken(item, depth + 1)},"
        lines.append(line)
    return "\n".join([*lines, INDENT * depth + closing])

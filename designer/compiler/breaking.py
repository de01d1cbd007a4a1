"""Breaking: an assignment that is too long for one line, laid over several as ruff lays it."""

from __future__ import annotations

import ast

from designer.compiler.page import STEP, WIDTH


def broken(variable: str, expression: str, indent: int) -> str:
    """``variable = expression`` over lines of at most 120 signs, as far as brackets and joints allow it."""
    blank = " " * indent
    line = f"{blank}{variable} = {expression}"
    if len(line) <= WIDTH:
        return line
    calls = _calls(expression)
    if calls and (len(calls) <= 2 or not expression.endswith(")")):
        return "\n".join(_at_arguments(f"{variable} = ", expression, "", indent))
    if not calls or len(expression) + indent + STEP <= WIDTH:
        return f"{blank}{variable} = (\n{blank}{' ' * STEP}{expression}\n{blank})"
    ends = [
        call.func.end_col_offset - len(call.func.attr) - 1
        for call in calls[1:]
        if isinstance(call.func, ast.Attribute) and call.func.end_col_offset is not None
    ]
    first, *others = [expression[start:end] for start, end in zip([0, *ends], [*ends, None], strict=True)]
    lines = [*_at_arguments("", first, "", indent + STEP), *(f"{blank}{' ' * STEP}{part}" for part in others)]
    return "\n".join([f"{blank}{variable} = (", *lines, f"{blank})"])


def _calls(expression: str) -> list[ast.Call]:
    """The calls of a chain from its first to its last; none where it is no chain."""
    found = []
    node = ast.parse(expression, mode="eval").body
    while isinstance(node, (ast.Call, ast.Subscript, ast.Attribute)):
        if isinstance(node, ast.Call):
            found.append(node)
            node = node.func
        else:
            node = node.value
    return found[::-1] if isinstance(node, ast.Name) else []


def _at_arguments(before: str, expression: str, after: str, indent: int) -> list[str]:
    """The lines of a chain with what stands around it, broken within the brackets of its first call if need be."""
    blank = " " * indent
    line = f"{blank}{before}{expression}{after}"
    call = next(iter(_calls(expression)), None) if len(line) > WIDTH else None
    if call is None or call.func.end_col_offset is None or call.end_col_offset is None:
        return [line]
    opening, closing = call.func.end_col_offset + 1, call.end_col_offset - 1
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    parts = [_split(expression, one) for one in given]
    inner = f"{blank}{' ' * STEP}{', '.join(name + value for name, value in parts)}"
    lines = [inner]
    if len(inner) > WIDTH:
        lines = [line for name, value in parts for line in _at_arguments(name, value, ",", indent + STEP)]
    return [f"{blank}{before}{expression[:opening]}", *lines, f"{blank}{expression[closing:]}{after}"]


def _split(expression: str, given: ast.expr | ast.keyword) -> tuple[str, str]:
    """What stands before the value of an argument, its name or stars, and the value."""
    value = given.value if isinstance(given, (ast.keyword, ast.Starred)) else given
    text = expression[value.col_offset : value.end_col_offset]
    return expression[given.col_offset : value.col_offset], text

"""Whatever value a project holds becomes source that gives exactly it back, and that ruff leaves as it is."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.compiler.texts import quoted_text
from designer.exporting.literals import assignment, call, literal

TEXTS = st.text(st.characters(exclude_categories=())) | st.sampled_from(
    [
        '"',
        "'",
        '"""',
        "\\",
        "\\'",
        "\n\r\u2028\u2029\0",
        "\ud800",
        "{x}",
        "%s",
        'it\'s "so"',
        "name = 1\nimport os",
        "\x7f\xa0é",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=400, deadline=None)
def test_a_literal_gives_its_value_back(value: object) -> None:
    for text in (literal(value), assignment("VALUE", value).removeprefix("VALUE = ")):
        assert text.isascii()
        assert ast.literal_eval(text) == value


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_text_is_one_constant_on_one_line(text: str) -> None:
    source = quoted_text(text)
    tree = ast.parse(f"value = {source}")
    assert len(tree.body) == 1
    assert "\n" not in source
    assert ast.literal_eval(source) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"x", {1, 2}, print, [object()]])
def test_a_value_of_no_known_kind_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        literal(value)


def test_long_values_and_calls_are_broken_as_ruff_breaks_them(tmp_path: Path) -> None:
    columns = {f"column {n}": {"kind": "number", "missing": "mean", "scale": "standard"} for n in range(4)}
    parts = [
        assignment("SHORT", {"a": 1, "b": (1,)}),
        assignment("COLUMNS", columns),
        assignment("DEEP", {"a": [list(range(40)), "x" * 30], "b": tuple(f"name{n}" for n in range(30))}),
        assignment("NEARLY", "x" * 111),
        assignment("LONG", "y" * 130),
        assignment("ESCAPED", ['say "so"', "it's", "\u2028", "both ' and \"", "\ud800", "\x1b"]),
        assignment("NUMBERS", [1e-08, 1e300, -0.0, 10**12, True, None]),
        call("print(", ["SHORT"]),
        call("print(", [f"{n}" for n in range(60)]),
    ]
    for name, size in {"EDGE_ONE": 107, "EDGE_TWO": 108, "EDGE_THREE": 109}.items():
        parts.append(assignment(name, ["z" * (size - len(name))]))
    path = tmp_path / "values.py"
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--check",
        "--diff",
        "--isolated",
        "--line-length",
        "120",
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

"""Functions are found by following names: all that is needed, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

import pytest

from designer.compiler import functions
from designer.compiler.free_names import free_names
from designer.compiler.functions import closure, import_text, read_module, runtime_module, runtime_modules

Runtime = Callable[[Mapping[str, str]], None]

LOW = """
import math
import io

LIMIT = 3
OTHER = 4

# Says why.
def low():
    return math.pi + LIMIT

def unused():
    return io, OTHER
"""
HIGH = """
import time as clock

from designer.runtime.low import low

def high():
    return low(), clock.time()
"""


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """Puts other modules in the runtime's place, given as texts by name."""

    def replace(texts: Mapping[str, str]) -> None:
        modules = {name: read_module(name, text) for name, text in texts.items()}
        monkeypatch.setattr(functions, "runtime_modules", lambda: tuple(sorted(modules)))
        monkeypatch.setattr(functions, "runtime_module", modules.__getitem__)
        monkeypatch.setattr(functions, "runtime_text", texts.__getitem__)

    return replace


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a, b=c): return a + d", {"c", "d"}),
        (
            "def f(a: A, *b: B, **c: C) -> R: x = a; y = lambda z: z + q; return [v for v in x if v]",
            {"A", "B", "C", "R", "q"},
        ),
        (
            "@wrap\nclass K(Base, key=m):\n    a: T = D\n    def g(self) -> K: return self.a + n",
            {"wrap", "Base", "m", "T", "D", "n"},
        ),
        ("def f():\n    import os\n    from a import b as e\n    with open(e) as g: return os, g", {"open"}),
        (
            "def f():\n    try:\n        return g(1)\n    except (E, V) as error:\n        raise X from error",
            {"g", "E", "V", "X"},
        ),
        ("def f():\n    def inner(a): return a + k\n    return inner", {"k"}),
        (
            "def f(v):\n    match v:\n        case {'a': w, **rest}: return w, rest\n        case [*more]: return more",
            set(),
        ),
        ("def f(v):\n    if (n := v): return n\n    return {i: j for i, j in v}", set()),
        ("ROWS = sum(x for x in SIZES)", {"sum", "SIZES"}),
    ],
)
def test_free_names(source: str, names: set[str]) -> None:
    assert free_names(ast.parse(source).body[0]) == names


def test_only_what_is_needed_is_taken_in_the_order_of_its_needs(runtime: Runtime) -> None:
    runtime({"low": LOW, "high": HIGH})
    found = closure("from pathlib import Path\nimport argparse\n\nHERE = Path('x')\n\ndef main():\n    print(high())\n")
    assert found.imports == "import math\nimport time as clock\nfrom pathlib import Path"
    assert found.constants == "LIMIT = 3"
    assert list(found.sections) == ["low", "high"]
    assert found.sections["low"] == "# Says why.\ndef low():\n    return math.pi + LIMIT"
    assert found.names == {"LIMIT", "low", "high"}


def test_a_constant_made_of_definitions_stays_behind_them(runtime: Runtime) -> None:
    runtime(
        {"a": "class A:\n    pass\n\nKINDS = (A,)\nPLAIN = 1\nTWICE = 2 * PLAIN\n\ndef f():\n    return KINDS, TWICE\n"}
    )
    found = closure("def main():\n    f()\n")
    assert found.constants == "PLAIN = 1\nTWICE = 2 * PLAIN"
    assert found.sections["a"].index("class A") < found.sections["a"].index("KINDS = (A,)")


@pytest.mark.parametrize(
    ("texts", "own"),
    [
        ({"a": "def f():\n    return missing\n"}, "def main():\n    f()\n"),
        ({"a": "from designer.runtime.b import g\n\ndef f():\n    return g\n", "b": ""}, "def main():\n    f()\n"),
        ({"a": "def f():\n    pass\n", "b": "def f():\n    pass\n"}, "def main():\n    f()\n"),
        ({"a": "def f():\n    return g()\n\ndef g():\n    pass\n"}, "def main():\n    f()\n\ndef g():\n    pass\n"),
        (
            {"a": "import x.y as t\n\ndef f():\n    return t\n", "b": "import z as t\n\ndef g():\n    return t\n"},
            "def main():\n    f()\n    g()\n",
        ),
    ],
)
def test_a_name_without_one_clear_meaning_is_a_fault(runtime: Runtime, texts: Mapping[str, str], own: str) -> None:
    runtime(texts)
    with pytest.raises(ValueError, match="“"):
        closure(own)


@pytest.mark.parametrize("text", ["print(1)", "import designer.project.model", "a, b = 1, 2", "for x in y: pass"])
def test_a_module_that_could_not_be_taken_apart_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        read_module("a", text)


def test_imports_are_grouped_and_sorted() -> None:
    text = "import torch\nfrom torch import nn\nimport io\nimport numpy as np\nfrom pathlib import Path\n"
    text += "from torch.nn import functional as F"
    assert import_text(read_module("a", text).imports.values()) == (
        "import io\nfrom pathlib import Path\n\n"
        "import numpy as np\nimport torch\nfrom torch import nn\nfrom torch.nn import functional as F"
    )


def test_every_function_of_the_runtime_can_be_handed_over() -> None:
    """Each name has one home and a closure that compiles and needs nothing of designer."""
    homes: dict[str, str] = {}
    for module in runtime_modules():
        for name, definition in runtime_module(module).definitions.items():
            assert homes.setdefault(name, module) == module, f"{name} is defined in {homes[name]} and {module}"
            found = closure(f"def main():\n    return {name}\n")
            text = "\n\n".join([found.imports, found.constants, *found.sections.values()])
            compile(text, definition.module, "exec")
            assert "designer" not in text, f"{module}.{name}"

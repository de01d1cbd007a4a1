"""Signatures: ports and fields of a custom layer are read from its text, faults have their place, and nothing runs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from designer.layers.custom import CATEGORY, STARTER, layer_of_custom
from designer.layers.fields import Bool, Choice, Float, Int, Ints
from designer.layers.signature import LONGEST_SOURCE, argument_helps, read_signature
from designer.project.model import CustomLayer

HEAD = "import torch\nfrom torch import nn\n\n\n"


def layer(make: str = "", forward: str = "self, x", returns: str = "", body: str = "") -> str:
    """The text of a class with these parameters."""
    lines = [f"{HEAD}class Own(nn.Module):"]
    if make:
        lines += [f"    def __init__({make}):", "        super().__init__()"]
    lines += [f"    def forward({forward}){returns}:", f"        {body or 'return x'}"]
    return "\n".join(lines) + "\n"


def faults(source: str) -> list[str]:
    return [fault.text for fault in read_signature(source).faults]


def test_the_starter_has_ports_fields_and_what_is_read_from_the_data() -> None:
    found = read_signature(STARTER)
    assert (found.class_name, found.faults, dict(found.bound)) == ("Gate", (), {"in_features": -1})
    assert [port.name for port in found.inputs] == ["x"] and [port.name for port in found.outputs] == ["out"]
    assert found.fields["hidden"] == Int(16, minimum=-(10**9), help="Features in between.", key=True)
    assert found.fields["slope"].help == "How sharply the gate opens."
    assert found.summary == "Lets each feature through as far as the others say."


@pytest.mark.parametrize(
    ("parameter", "kind", "initial"),
    [
        ("size: int", Int, 1),
        ("size: int = -3", Int, -3),
        ("size=7", Int, 7),
        ("rate: float = 1", Float, 1.0),
        ("rate=-0.5", Float, -0.5),
        ("deep: bool", Bool, False),
        ("deep=True", Bool, True),
        ('how: Literal["sum", "mean"]', Choice, "sum"),
        ('how: Literal["sum", "mean"] = "mean"', Choice, "mean"),
        ("sizes: tuple[int, ...] = (2, 3)", Ints, (2, 3)),
        ("sizes=(4,)", Ints, (4,)),
        ('size: "int" = 2', Int, 2),
    ],
)
def test_annotations_and_defaults_make_fields(parameter: str, kind: type, initial: object) -> None:
    found = read_signature("from typing import Literal\n" + layer(f"self, {parameter}"))
    assert found.faults == ()
    (field,) = found.fields.values()
    assert isinstance(field, kind) and field.initial == initial and field.help
    assert found.required == (frozenset() if "=" in parameter else frozenset(found.fields))


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("size: str = 'a'", "a text could be anything"),
        ("size: dict", "expected int, float, bool"),
        ("size", "expected int, float, bool"),
        ("size: int = 1.5", "its default 1.5 is no whole number"),
        ("size: int = len('abc')", "its default should be a plain value"),
        ("size: bool = 3", "its default 3 is no True or False"),
        ("size: float = 1e999", "its default inf is no number"),
        ("sizes: tuple[int, ...] = (1, 'a')", "is no tuple of whole numbers"),
        ('how: Literal["a"] = "b"', "its default 'b' is none of a"),
        ("*sizes", "*sizes says nothing of what it takes"),
        ("**sizes", "**sizes says nothing of what it takes"),
        ("*, size: int", "“size” stands behind a *, so it needs a default"),
        ("size: int, /", "parameters before a / have no names"),
    ],
)
def test_parameters_that_make_no_field_are_told(parameter: str, words: str) -> None:
    (told, *_) = faults("from typing import Literal\n" + layer(f"self, {parameter}"))
    assert words in told and told.startswith("line 7, column ")


@pytest.mark.parametrize(("name", "place"), [("in_channels", 1), ("channels", 1), ("in_features", -1), ("d_model", -1)])
def test_a_first_parameter_of_a_known_name_is_read_from_the_data(name: str, place: int) -> None:
    found = read_signature(layer(f"self, {name}: int, size: int = 2"))
    assert dict(found.bound) == {name: place} and list(found.fields) == ["size"]
    assert dict(read_signature(layer(f"self, size: int, {name}: int = 2")).bound) == {}
    assert dict(read_signature(layer(f"self, {name}: int = 2")).bound) == {}


def test_forward_says_the_ports() -> None:
    found = read_signature(
        layer(forward="self, left, right, scale=2.0", returns=" -> tuple[torch.Tensor, torch.Tensor]")
    )
    assert [port.name for port in found.inputs] == ["left", "right"]
    assert [port.name for port in found.outputs] == ["out1", "out2"]
    optional = read_signature(layer(forward="self, x, mask=None"))
    assert [port.optional for port in optional.inputs] == [False, True]
    kind = layer_of_custom("own", CustomLayer("Own", layer(forward="self, x, mask=None")))
    assert kind.call_of({}, ("x", "mask")) == "{self}({x}, mask={mask})"
    assert (kind.key, kind.category, kind.module) == ("custom:own", CATEGORY, "Own")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "line 1, column 1: there is no layer: expected one class that derives from nn.Module"),
        ("class A:\n    pass\n", "line 1, column 1: there is no layer"),
        (HEAD + "class Own(nn.Module):\n    pass\n", "line 5, column 1: “Own” has no method forward"),
        (layer(forward="self"), "forward takes no input"),
        (layer(forward="self, inputs"), "an input cannot be called “inputs”"),
        (layer(returns=" -> tuple[torch.Tensor, ...]"), "say how many tensors forward gives"),
        (layer() + "\nclass Two(nn.Module):\n    pass\n", "“Own” is a layer already"),
        ("import os\n" + layer(), "line 1, column 1: “os” cannot be imported here"),
        ("import torch.nn.functional\n" + layer(), "a dotted import needs a short name"),
        ("from math import *\n" + layer(), "name what you import instead of *"),
        ("from . import secret\n" + layer(), "an import that begins with a dot leads nowhere"),
        (layer(body="import socket; return x"), "“socket” cannot be imported here"),
        ("print('hello')\n" + layer(), "only imports, classes, functions and constants may stand here"),
        ("if True:\n    X = 1\n" + layer(), "only imports, classes, functions and constants may stand here"),
        ("async def f():\n    pass\n" + layer(), "a layer cannot be asynchronous"),
        (layer(make="self") + "\ndef Own():\n    pass\n", "“Own” is defined twice"),
        ("class Own(nn.Linear):\n    def forward(self, x):\n        return x\n", "needs an __init__ of its own"),
        ("def f(:\n", "this is not Python"),
        ("x = '\n", "this is not Python"),
        ("\0", "this is not Python"),
        ("x\udc80", "this is not Python"),
    ],
)
def test_faults_have_a_place_and_a_sentence(source: str, told: str) -> None:
    assert any(told in found for found in faults(source)), faults(source)


def test_what_may_stand_beside_the_layer() -> None:
    source = (
        '"""About."""\nfrom __future__ import annotations\nimport math\nimport torch.nn.functional as F\n'
        "from torch.nn import Module\nSIZE = 3\nRATE: float = 0.5\n\ndef helper(x):\n    return F.relu(x) * SIZE\n\n"
        "class Helper:\n    pass\n\nclass Own(Module):\n    def forward(self, x):\n        return helper(x)\n"
    )
    found = read_signature(source)
    assert found.faults == () and found.class_name == "Own"
    assert set(found.names) == {"SIZE", "RATE", "helper", "Helper", "Own"}
    assert found.imports["F"][0] == "torch.nn.functional"


DEEP = {
    "brackets": "(" * 40_000,
    "signs": "-" * 40_000 + "1",
    "sums": "1+" * 20_000 + "1",
    "members": "a." * 20_000 + "b",
    "nots": "not " * 10_000 + "1",
    "lambdas": "lambda:" * 5_000 + "1",
    "items": "x" + "[0]" * 15_000,
    "calls": "x" + "()" * 20_000,
    "quotes": "'" * 40_000,
    "fstrings": "f'{" * 5_000,
    "branches": "if 1:pass\n" + "elif 1:pass\n" * 3_500,
    "levels": "\n".join(" " * deep + "if 1:" for deep in range(150)),
    "digits": "x = " + "9" * 40_000,
    "names": "x = 1\n" * 8_000,
    "long": "#" * (LONGEST_SOURCE + 1),
    "continued": "\\\n" * 20_000,
}


@pytest.mark.alone
@pytest.mark.parametrize("kind", DEEP)
def test_huge_and_deep_texts_are_told_about_in_no_time(kind: str) -> None:
    began = time.perf_counter()
    assert faults(DEEP[kind])
    assert len(faults(DEEP[kind])) <= 50
    assert time.perf_counter() - began < 5.0


def test_reading_runs_nothing(tmp_path: Path) -> None:
    mark = f"open({str(tmp_path / 'mark')!r}, 'w')"
    source = (
        f"X = {mark}\n\n@{mark}\nclass Own(nn.Module, metaclass={mark}):\n    Y = {mark}\n    @{mark}\n"
        f"    def __init__(self, a: {mark} = {mark}, b: int = {mark}):\n        pass\n"
        f"    def forward(self, x: {mark}) -> {mark}:\n        return x\n"
    )
    read_signature(source)
    layer_of_custom("own", CustomLayer("Own", source))
    assert not (tmp_path / "mark").exists()


def test_helps_are_read_from_the_section_of_arguments() -> None:
    text = "About.\n\nArgs:\n    size (int): How large\n        it is.\n    rate: How quick.\n\nReturns:\n    x: none\n"
    assert argument_helps(text) == {"size": "How large it is.", "rate": "How quick."}

"""Names become identifiers that neither Python nor PyTorch stumbles over."""

from __future__ import annotations

import keyword
import re

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from designer.compiler.functions import runtime_module, runtime_modules
from designer.compiler.names import MODULE_NAMES, SCRIPT_NAMES, class_name, identifier, identifiers
from tests.helpers.sources import ROOT


def test_pytorchs_names_are_all_known() -> None:
    assert {name for name in dir(nn.Module()) if not name.startswith("_")} <= MODULE_NAMES
    assert torch.nn is nn


@given(st.text(max_size=60))
def test_every_name_is_an_identifier(name: str) -> None:
    slug = identifier(name, "relu")
    assert slug.isidentifier()
    assert slug.isascii()
    assert not keyword.iskeyword(slug)
    assert slug not in MODULE_NAMES


@given(st.lists(st.text(max_size=8), max_size=20))
def test_identifiers_are_distinct(names: list[str]) -> None:
    given_names = identifiers((str(number), name, "relu") for number, name in enumerate(names))
    assert len(set(given_names.values())) == len(names)


def test_known_names() -> None:
    assert identifier("Hidden layer 1", "linear") == "hidden_layer_1"
    assert identifier("forward", "linear") == "forward_"
    assert identifier("für", "linear") == "fur"
    assert identifier("日本", "linear") == "linear"
    assert identifier("3 heads", "linear") == "linear_3_heads"
    assert identifiers([("a", "conv", "x"), ("b", "Conv", "x")]) == {"a": "conv", "b": "conv_2"}


def test_a_scripts_own_names_are_all_known() -> None:
    own = {name for module in runtime_modules() for name in runtime_module(module).definitions}
    own |= {name for module in runtime_modules() for name in runtime_module(module).imports}
    exporting = ROOT / "designer" / "exporting"
    for module in (exporting / "script.py", *sorted((exporting / "sources").glob("*.py"))):
        text = module.read_text(encoding="utf-8")
        own |= set(re.findall(r"assignment\(\"([A-Z_]+)\"", text))
        own |= {word for line in re.findall(r"^from \w+ import (.*)$", text, re.MULTILINE) for word in line.split(", ")}
    like_classes = {name for name in own if re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)}
    assert {"EPOCHS", "Part", "F"} <= like_classes
    for name in like_classes:
        assert class_name(name, ()) != name, name
    assert all(name.isidentifier() for name in SCRIPT_NAMES)


@given(st.text(max_size=60))
def test_every_name_is_the_name_of_a_class(name: str) -> None:
    found = class_name(name, {"Network", "Block"})
    assert found.isidentifier()
    assert found.isascii()
    assert found[0].isupper()
    assert not keyword.iskeyword(found)
    assert found not in {"Network", "Block"}
    assert found not in SCRIPT_NAMES


def test_known_names_of_classes() -> None:
    assert class_name("residual block", ()) == "ResidualBlock"
    assert class_name("MLP", ()) == "MLP"
    assert class_name("Für 3", ()) == "Fur3"
    assert class_name("2 sides", ()) == "Block2Sides"
    assert class_name("none", ()) == "NoneBlock"
    assert class_name("epoch", ()) == "EpochBlock"
    assert class_name("日本", {"Block"}) == "Block2"

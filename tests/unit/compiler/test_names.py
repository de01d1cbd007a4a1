"""Names become identifiers that neither Python nor PyTorch stumbles over."""

from __future__ import annotations

import keyword

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from designer.compiler.names import MODULE_NAMES, identifier, identifiers


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

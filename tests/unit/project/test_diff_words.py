"""A difference is said in counts, the noun once, and nothing where nothing differs."""

from __future__ import annotations

from dataclasses import replace

from designer.project.diff_words import counted, difference_words
from designer.project.edits import duplicate, move, remove, rename
from designer.project.model import Frame, Note
from tests.helpers.projects import sample


def test_nothing_is_said_where_nothing_differs() -> None:
    assert difference_words(sample(), sample()) == ""


def test_layers_and_links_are_counted() -> None:
    old = sample()
    new, _ = duplicate(old, ["n2", "n4"])
    new = rename(move(new, {"n5": (1.0, 2.0)}), "n3", "other")
    assert difference_words(old, new) == "2 layers added, 1 changed, 1 moved; 1 link added"
    assert difference_words(old, remove(old, ["n2"])) == "1 layer removed; 2 links removed"


def test_the_rest_is_named() -> None:
    old = sample()
    graph = replace(old.graph, frames={"f1": Frame("f1")}, notes={"t1": Note("t1"), "t2": Note("t2")})
    assert difference_words(old, replace(old, graph=graph)) == "1 frame added; 2 notes added"
    assert difference_words(old, replace(old, training=replace(old.training, epochs=7))) == "training settings changed"
    assert difference_words(old, replace(old, data=None)) == "data settings changed"
    assert difference_words(old, replace(old, extra={"later": 1})) == "other settings changed"


def test_counts_have_their_noun() -> None:
    assert [counted(number, "layer") for number in (0, 1, 2000)] == ["0 layers", "1 layer", "2,000 layers"]

"""Custom layers in the document: forms with limits, edits, and how they travel with fragments and blocks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.layers.catalog import catalog_of
from designer.layers.custom import STARTER
from designer.project.block_edits import adopt, make_block
from designer.project.blocks import edited_within
from designer.project.change_words import changes_in_words
from designer.project.custom_layers import (
    MOST_LAYERS,
    add_layer,
    change_layer,
    custom_key,
    layers_from,
    layers_used,
    remove_layer,
    uses_of_layer,
)
from designer.project.diff_words import difference_words
from designer.project.edits import remove
from designer.project.errors import EditError, ProjectError
from designer.project.fragment import copy_fragment, fragment_from_text, fragment_to_text
from designer.project.inserting import insert_fragment
from designer.project.model import CustomLayer, Project
from tests.helpers.custom import GATE, with_custom

OTHER = CustomLayer("Gate", STARTER.replace("16", "8"))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([], "layers: expected an object"),
        ({"": {"name": "a", "source": []}}, "should have 1 to 150 characters"),
        ({"a": 3}, "layer “a”: expected an object"),
        ({"a": {"name": "a"}}, "“source” is missing"),
        ({"a": {"source": []}}, "“name” is missing"),
        ({"a": {"name": "a", "source": "text"}}, "“source”: expected a list, found a text"),
        ({"a": {"name": "a", "source": [1]}}, "expected a text, found a whole number"),
        ({"a": {"name": "a", "source": ["x" * 60_000] * 2}}, "longer than 100,000 characters"),
        ({str(n): {"name": "a", "source": []} for n in range(MOST_LAYERS + 1)}, "at most 200 are allowed"),
    ],
)
def test_what_is_no_layer_is_refused_in_words(raw: object, words: str) -> None:
    with pytest.raises(ProjectError, match=words):
        layers_from(raw)


def test_layers_are_added_changed_and_removed() -> None:
    project, key = add_layer(Project(), replace(GATE, name="  My   gate "))
    assert (key, project.layers[key].name) == ("my_gate", "My gate")
    with pytest.raises(EditError, match="already called “My gate”"):
        add_layer(project, replace(GATE, name="My gate"))
    with pytest.raises(EditError, match="needs a name"):
        add_layer(project, replace(GATE, name=" "))
    changed = change_layer(project, key, replace(OTHER, name="Door"))
    assert changed.layers[key] == replace(OTHER, name="Door")
    assert change_layer(project, key, project.layers[key]) is project
    assert not remove_layer(project, key).layers
    assert changes_in_words(Project(), project) == ["New custom layer My gate"]
    assert changes_in_words(project, changed) == ["Code of custom layer Door changed"]
    assert changes_in_words(project, Project()) == ["Without custom layer My gate"]
    assert difference_words(Project(), project) == "custom layers changed"


def test_a_layer_in_use_is_not_removed() -> None:
    project = with_custom()
    assert uses_of_layer(project, "gate") == 1
    with pytest.raises(EditError, match="One node is of the layer “Gate”"):
        remove_layer(project, "gate")
    assert not remove_layer(remove(project, ["n3"]), "gate").layers


def test_a_change_within_a_block_reaches_the_project() -> None:
    project = with_custom()
    project, _ = make_block(project, ["n2", "n3"], "Inner", catalog_of(project).ports_of)
    assert uses_of_layer(project, "gate") == 1
    after = edited_within(project, "inner", lambda seen: change_layer(seen, "gate", OTHER))
    assert after.layers["gate"] == OTHER and after.graph is project.graph


def test_layers_travel_with_what_is_copied() -> None:
    project = with_custom()
    assert not copy_fragment(project, ["n2"]).layers
    fragment = fragment_from_text(fragment_to_text(copy_fragment(project, ["n2", "n3"])))
    assert fragment.layers == {"gate": GATE}
    pasted, ids = insert_fragment(Project(), fragment, (0.0, 0.0))
    assert pasted.layers == {"gate": GATE}
    assert custom_key(pasted.graph.nodes[ids[1]].type) == "gate"
    again, _ = insert_fragment(pasted, fragment, (0.0, 0.0))
    assert again.layers is pasted.layers
    # another layer of the same key keeps its own, and so do the blocks in which it lies
    elsewhere = with_custom(OTHER)
    joined, ids = insert_fragment(elsewhere, fragment, (0.0, 0.0))
    assert joined.layers == {"gate": OTHER, "gate2": GATE}
    assert joined.graph.nodes[ids[1]].type == "custom:gate2"
    assert joined.graph.nodes["n3"].type == "custom:gate"


def test_layers_in_blocks_travel_with_the_blocks() -> None:
    project = with_custom()
    project, use = make_block(project, ["n2", "n3"], "Inner", catalog_of(project).ports_of)
    assert layers_used([project.graph.nodes[use]], project.blocks, project.layers) == {"gate": GATE}
    joined, ids = insert_fragment(with_custom(OTHER), copy_fragment(project, [use]), (0.0, 0.0))
    inner = joined.blocks[joined.graph.nodes[ids[0]].type.removeprefix("block:")]
    assert [node.type for node in inner.graph.nodes.values() if ":" in node.type] == ["custom:gate2"]
    adopted, key = adopt(Project(), project.blocks, "inner", project.layers)
    assert adopted.layers == {"gate": GATE} and key == "inner"


def test_too_many_layers_are_refused() -> None:
    full = Project(layers={str(n): CustomLayer(str(n), "") for n in range(MOST_LAYERS)})
    with pytest.raises(EditError, match="at most 200"):
        add_layer(full, GATE)
    with pytest.raises(EditError, match="at most 200"):
        insert_fragment(full, copy_fragment(with_custom(), ["n3"]), (0.0, 0.0))

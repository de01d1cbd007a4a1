"""A few nodes as text: sent by mail, quoted, wrapped, with words around it, and pasted elsewhere."""

from __future__ import annotations

import textwrap

import pytest

from designer.project import edits
from designer.project.errors import ProjectError
from designer.project.fragment import Fragment, copy_fragment, fragment_from_text, fragment_to_text
from designer.project.model import Block, Frame, Graph, Node, Note, Project
from tests.helpers.graphs import chain


@pytest.fixture
def fragment() -> Fragment:
    inner = Graph({"in1": Node("in1", "block_input", "x"), "out1": Node("out1", "block_output", "out")})
    project = chain("table_input", "linear", "relu")
    project = edits.rename(project, "n2", 'my "first" {layer} with a long name of many words')
    project = edits.add_node(project, Node("n4", "block:b", "use"))
    frames, notes = {"f1": Frame("f1", "A frame")}, {"t1": Note("t1", "First line\nsecond > line }")}
    graph = Graph(project.graph.nodes, project.graph.links, frames, notes)
    project = Project(graph, blocks={"b": Block("B", inner), "unused": Block("U", inner)})
    return copy_fragment(project, ["n2", "n3", "n4", "f1", "t1"])


def test_text_brings_everything_back(fragment: Fragment) -> None:
    assert fragment_from_text(fragment_to_text(fragment)) == fragment
    assert set(fragment.blocks) == {"b"} and len(fragment.links) == 1


@pytest.mark.parametrize("width", [40, 72, 78, 998])
def test_a_mail_that_wraps_quotes_and_talks_does_no_harm(fragment: Fragment, width: int) -> None:
    wrapped = textwrap.wrap(fragment_to_text(fragment), width, break_long_words=False, break_on_hyphens=False)
    mail = "Hi {Ada},\nlook at this :-}\n\n" + "\n".join(wrapped) + "\n\nBest } regards {\n-- \nBob"
    assert fragment_from_text(mail) == fragment
    quoted = "\n".join("> > " + line for line in mail.splitlines())
    assert fragment_from_text(f"On Monday Bob wrote:\n{quoted}\nThanks!") == fragment
    assert fragment_from_text(quoted.replace(" ", "\u00a0").replace("\n", "\r\n")) == fragment


@pytest.mark.parametrize(
    "text",
    ["", "hello", "{}", '{"format": "layerloom fragment"', "layerloom fragment", '{"format": "other", "nodes": []}'],
)
def test_other_text_is_no_fragment(text: str) -> None:
    with pytest.raises(ProjectError):
        fragment_from_text(text)


def test_an_empty_fragment_holds_no_layers() -> None:
    with pytest.raises(ProjectError, match="no layers"):
        fragment_from_text(fragment_to_text(Fragment()))

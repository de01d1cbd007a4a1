"""A target that is a text: the network follows with loss and width, and there are no classes to split by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.compiler.analyse import analyse
from designer.gui.data.adapting import adapted
from designer.gui.panels.column_edits import set_columns
from designer.project.model import Column, Project, Split, TableData
from designer.training.prepare import facts_of
from tests.helpers.data_page import open_page
from tests.helpers.graphs import chain
from tests.helpers.training import write_csv


def project_in(folder: Path) -> Project:
    """A table of words, which as classes are learned by a network that has a row of scores for each step."""
    rows = [(word, number % 7) for number, word in enumerate(["ab", "ba", "aab", "b"] * 10)]
    write_csv(folder / "words.csv", ("word", "one"), rows)
    layers = [("linear", {"out_features": 60}), ("reshape", {"shape": (10, 6)}), ("linear", {"out_features": 9})]
    columns = (Column("word", "category", "target", "most_frequent", "none"), Column("one"))
    project = chain("table_input", *layers, ("output", {"loss": "cross_entropy"}))
    return replace(project, data=TableData("words.csv", columns=columns, split=Split()))


def test_the_network_follows_a_target_that_becomes_a_text(tmp_path: Path) -> None:
    project = set_columns(project_in(tmp_path), ["word"], "kind", "text")
    assert project.data is not None and project.data.columns[0].kind == "text"
    facts = facts_of(project, tmp_path)
    assert {problem.code for problem in analyse(project, facts).problems} == {"loss-target"}
    followed = adapted(project, facts)
    nodes = list(followed.graph.nodes.values())
    assert nodes[-1].fields["loss"] == "ctc" and nodes[-2].fields["out_features"] == 3
    assert not analyse(followed, facts_of(followed, tmp_path)).problems


def test_the_split_of_texts_offers_no_classes(qtbot, tmp_path: Path) -> None:
    words = project_in(tmp_path)
    page = open_page(qtbot, words, tmp_path / "words.loom")
    assert page.side.split.stratify.isVisibleTo(page.side.split)
    page.session.do("Texts", set_columns(words, ["word"], "kind", "text"))
    assert not page.side.split.stratify.isVisibleTo(page.side.split)

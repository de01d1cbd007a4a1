"""What is said where a network shall write texts down: the form of its output, its width, its steps and its loss."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from designer.compiler.analyse import analyse
from designer.compiler.problems import Problem
from designer.importing.data_warnings import data_warnings
from designer.importing.examine import profile_of
from designer.project.model import Column, FieldValue, Project, Split, TableData, Windows
from designer.training.errors import RunError
from designer.training.prepare import facts_of
from tests.helpers.graphs import chain
from tests.helpers.training import write_csv

WORDS = ["ab", "ba", "aab", "b", "abba"] * 8
COLUMNS = (Column("word", "text", "target"), Column("one"), Column("two"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [(word, number % 7, number % 5) for number, word in enumerate(WORDS)]
    write_csv(tmp_path / "words.csv", ("word", "one", "two"), rows)
    return tmp_path


def writer(shape: tuple[int, ...], width: int, **output: FieldValue) -> Project:
    layers = [("linear", {"out_features": 60}), ("reshape", {"shape": shape}), ("linear", {"out_features": width})]
    project = chain("table_input", *layers, ("output", {"loss": "ctc", **output}))
    return replace(project, data=TableData("words.csv", columns=COLUMNS, split=Split()))


def told(project: Project, folder: Path) -> list[Problem]:
    return list(analyse(project, facts_of(project, folder)).problems)


def test_a_row_of_scores_for_each_step_is_right(folder: Path) -> None:
    project = writer((10, 6), 3)
    assert told(project, folder) == []
    facts = facts_of(project, folder)
    assert (facts.target_kind, facts.classes, facts.target_width) == ("text", ("", "a", "b"), 4)


def test_the_width_is_that_of_the_characters_and_the_blank(folder: Path) -> None:
    project = writer((10, 6), 7)
    (problem,) = told(project, folder)
    assert problem.code == "output-shape" and problem.severity == "error"
    assert "needs N×steps×3, at each step a score of the blank and of each of the 2 characters" in problem.sentence
    assert problem.fix is not None and told(problem.fix.edit(project), folder) == []


def test_a_single_row_says_no_text(folder: Path) -> None:
    project = writer((60,), 3)
    (problem,) = told(project, folder)
    assert problem.code == "output-shape" and "but N×3 reaches it" in problem.sentence
    unread = [each for each in analyse(replace(project, data=None)).problems if each.severity == "error"]
    assert [each.code for each in unread] == ["output-shape"]


def test_texts_longer_than_the_steps_are_told(folder: Path) -> None:
    (problem,) = told(writer((3, 20), 3), folder)
    assert problem.code == "short-text" and problem.severity == "warning"
    assert "has 4 characters, but “output1” gets only 3 steps" in problem.sentence


def test_another_loss_is_refused(folder: Path) -> None:
    project = writer((10, 6), 3, loss="mse")
    (problem,) = told(project, folder)
    assert problem.code == "loss-target" and "holds text. Use connectionist temporal classification" in problem.sentence
    assert problem.fix is not None and told(problem.fix.edit(project), folder) == []


def test_texts_are_no_classes_to_be_split_or_counted_by(folder: Path) -> None:
    project = writer((10, 6), 3)
    codes = {warning.code for warning in data_warnings(profile_of(project, folder), project)}
    assert not codes & {"rare_class", "unbalanced"}
    apart = replace(project.data, split=Split(stratify=False))  # type: ignore[type-var]
    assert facts_of(project, folder) == facts_of(replace(project, data=apart), folder)


def test_a_window_of_a_series_has_no_text(folder: Path) -> None:
    project = chain("sequence_input", ("linear", {"out_features": 3}), ("output", {"loss": "ctc"}))
    data = TableData("words.csv", columns=COLUMNS, split=Split("time"), samples="windows", windows=Windows(5))
    with pytest.raises(RunError, match="is a text, which no step of a series has"):
        facts_of(replace(project, data=data), folder)


def test_texts_have_no_classes_to_be_drawn_by(folder: Path) -> None:
    project = writer((10, 6), 3)
    (problem,) = told(replace(project, training=replace(project.training, sampling="balanced")), folder)
    assert problem.code == "no-classes" and "“word” holds texts" in problem.sentence

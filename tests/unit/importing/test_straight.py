"""A small table begins with a straight line where hidden layers predict rows held out no better, and says so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from designer.__main__ import main
from designer.importing import straight
from designer.importing.architectures import usual
from designer.importing.brief import Brief
from designer.importing.briefing import brief_compared
from designer.importing.examine import examine_file
from designer.importing.new import draft_project
from designer.importing.straight import FEWEST_ROWS, MOST_ROWS, Comparison, arrays_to_train
from designer.project.model import Project
from designer.training.prepare import read_data
from tests.helpers.training import class_rows, write_csv

DATA = Path(__file__).parents[2] / "data"


def types(project: Project) -> list[str]:
    return [node.type for node in project.graph.nodes.values()]


def table(folder: Path, answer, rows: int = 300) -> Path:
    """A table of two numbers and a word, with an answer of these and of chance."""
    chance = np.random.default_rng(5)
    cells = [(x, y, ("red", "blue")[int(z > 0)], z) for x, y, z in chance.normal(size=(rows, 3))]
    lines = [(f"{x:.4f}", f"{y:.4f}", word, answer(x, y, noise)) for (x, y, word, _), noise in zip(
        cells, chance.normal(size=rows), strict=True)]  # fmt: skip
    return write_csv(folder / "t.csv", ("x", "y", "colour", "answer"), lines)


def straight_number(x: float, y: float, noise: float) -> str:
    return f"{2 * x - y + noise:.4f}"


def straight_word(x: float, y: float, noise: float) -> str:
    return "yes" if x - y + noise > 0 else "no"


def bent_word(x: float, y: float, noise: float) -> str:
    return "yes" if x * y + 0.2 * noise > 0 else "no"


def bent_class(x: float, y: float, noise: float) -> str:
    return "abc"[int(x * x + y * y > 1) + int(x * x + y * y > 3)]


@pytest.mark.parametrize("answer", [straight_number, straight_word])
def test_a_straight_answer_begins_with_a_line(tmp_path, answer):
    made = draft_project(table(tmp_path, answer), "answer", tmp_path / "p.loom")
    assert types(made.project) == ["table_input", "linear", "output"]
    assert made.brief.straight and usual(made.brief) == "linear"
    assert made.notes[0].startswith("a straight line predicts “answer” as well as hidden layers do (loss 0.")
    assert made.notes[0].endswith("the template “linear” begins with it, “mlp” with hidden layers")


@pytest.mark.parametrize("answer", [bent_word, bent_class, lambda x, y, noise: f"{np.sin(2 * x) + y * y:.4f}"])
def test_a_bent_answer_begins_with_hidden_layers(tmp_path, answer):
    made = draft_project(table(tmp_path, answer), "answer", tmp_path / "p.loom")
    assert "relu" in types(made.project) and usual(made.brief) == "mlp"
    assert not any("straight line" in note for note in made.notes)


@pytest.mark.parametrize(
    ("name", "target", "line"),
    [
        ("admissions", "admit", True),
        ("iris", "species", False),
        ("penguins", "species", False),
        ("titanic", "survived", False),
        ("moons", "label", False),
    ],
)
def test_real_tables(tmp_path, name, target, line):
    made = draft_project(DATA / f"{name}.csv", target, tmp_path / "p.loom")
    assert ("relu" not in types(made.project)) == line
    assert made == draft_project(DATA / f"{name}.csv", target, tmp_path / "p.loom")


def test_what_is_asked_for_is_what_one_gets(tmp_path):
    path = table(tmp_path, straight_number)
    assert "relu" in types(draft_project(path, "answer", tmp_path / "p.loom", "mlp").project)
    made = draft_project(path, "answer", tmp_path / "p.loom", settings=["template.layers=3"])
    assert types(made.project).count("relu") == 3 and not made.notes


@pytest.mark.parametrize("rows", [int(FEWEST_ROWS / 0.7) - 2, int(MOST_ROWS / 0.7) + 2])
def test_too_few_rows_and_many_are_not_compared(tmp_path, rows):
    made = draft_project(table(tmp_path, straight_number, rows), "answer", tmp_path / "p.loom")
    assert "relu" in types(made.project) and not made.brief.straight


def test_only_rows_to_train_with_are_looked_at_as_training_prepares_them(tmp_path):
    write_csv(tmp_path / "t.csv", ("x", "y", "colour", "animal"), class_rows(90))
    project = draft_project(tmp_path / "t.csv", "animal", tmp_path / "p.loom", "mlp").project
    features, answers = arrays_to_train(project, tmp_path)
    train = read_data(project, tmp_path).train
    np.testing.assert_array_equal(features, train.inputs[0].numpy())
    np.testing.assert_array_equal(answers.argmax(axis=1), train.targets.numpy())
    assert answers.shape == (len(features), 3) and (answers.sum(axis=1) == 1).all()


def test_a_number_is_compared_on_the_scale_on_which_it_is_learned(tmp_path):
    project = draft_project(table(tmp_path, straight_number), "answer", tmp_path / "p.loom", "mlp").project
    _, answers = arrays_to_train(project, tmp_path)
    np.testing.assert_array_equal(answers, read_data(project, tmp_path).train.targets.numpy())


def test_losses_that_are_no_numbers_speak_for_nothing():
    assert Comparison(0.5, 0.5).straight and not Comparison(0.5, 0.4).straight
    assert not Comparison(float("inf"), float("inf")).straight and not Comparison(0.5, float("inf")).straight


def test_data_that_cannot_be_prepared_is_left_to_training_to_refuse(tmp_path):
    path = table(tmp_path, straight_number)
    data = draft_project(path, "answer", tmp_path / "p.loom").project.data
    path.unlink()
    assert straight.compared(data, Brief("rows", "number", 1, 140, True, 4), tmp_path) is None


def test_looking_through_a_file_compares_nothing(tmp_path, monkeypatch):
    def unwanted(*_):
        raise AssertionError("compared")

    monkeypatch.setattr(straight, "compared", unwanted)
    assert examine_file(table(tmp_path, straight_number), "answer").project.graph.nodes


def test_the_command_line_says_so(tmp_path, capsys):
    path = table(tmp_path, straight_word)
    assert main(["new", str(path), "--target", "answer", "-o", str(tmp_path / "p.loom")]) == 0
    assert "a straight line predicts “answer” as well as hidden layers do" in capsys.readouterr().out
    assert main(["templates", str(path), "--target", "answer"]) == 0
    assert "linear (the usual one): " in capsys.readouterr().out
    assert main(["templates", str(path), "--target", "answer", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["usual"] == "linear"


@pytest.mark.parametrize("answer", [straight_number, bent_word])
def test_an_open_project_is_told_the_same_as_a_new_one(tmp_path: Path, answer) -> None:
    made = draft_project(table(tmp_path, answer), "answer", tmp_path / "p.loom")
    brief, why = brief_compared(made.project, tmp_path)
    assert brief.straight == made.brief.straight and usual(brief) == usual(made.brief)
    assert bool(why) == brief.straight
    assert not why or made.notes[0].startswith(f"{why}: ")

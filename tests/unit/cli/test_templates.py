"""``layerloom templates`` lists what a network can begin with, and ``new --template`` begins with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.importing.architectures import ARCHITECTURES
from designer.project.file import load_project
from tests.helpers.training import class_rows, write_csv

Output = pytest.CaptureFixture[str]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "animals.csv", ("x", "y", "colour", "animal"), class_rows(90))


def test_all_templates_are_listed_with_their_numbers(capsys: Output) -> None:
    assert main(["templates"]) == 0
    said = capsys.readouterr().out
    for key, each in ARCHITECTURES.items():
        assert f"  {key}: {each.title}. {each.summary}" in said
    assert "template.width=32" in said and "layerloom new DATA --template KEY" in said


def test_as_json_with_kinds_defaults_and_help(capsys: Output) -> None:
    assert main(["templates", "--json"]) == 0
    found = {each["key"]: each for each in json.loads(capsys.readouterr().out)["templates"]}
    assert found.keys() == ARCHITECTURES.keys()
    layers = found["mlp"]["fields"]["layers"]
    assert (layers["kind"], layers["default"], layers["minimum"]) == ("int", 2, 1) and layers["help"]
    assert found["unet"]["forms"] == ["masks"] and found["gru"]["group"] == "Series"


def test_those_that_suit_data_and_the_usual_one(table: Path, capsys: Output) -> None:
    assert main(["templates", str(table)]) == 0
    said = capsys.readouterr().out
    assert "mlp (the usual one): " in said and "Images" not in said
    assert main(["templates", str(table), "--target", "animal", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["usual"] == "mlp"
    assert main(["templates", str(table), "--target", "x", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    # the animal alone says all there is to know of x, for which hidden layers are not needed
    assert found["usual"] == "linear"
    assert {"linear", "mlp", "wide_and_deep", "embeddings"} <= {each["key"] for each in found["templates"]}
    assert "cnn" not in {each["key"] for each in found["templates"]}


def test_a_project_begins_with_a_template_and_its_numbers(table: Path, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "p.loom"
    words = ["new", str(table), "--target", "animal", "--template", "mlp", "-o", str(out)]
    assert main([*words, "--set", "template.layers=3", "--set", "template.activation=tanh"]) == 0
    types = [node.type for node in load_project(out).graph.nodes.values()]
    assert types.count("linear") == 4 and types.count("tanh") == 3
    assert "Next: layerloom train" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--template", "mpl"], "there is no template “mpl”; did you mean “mlp”?"),
        (["--template", "cnn"], "It is for pictures; this data is rows of a table. There are linear, mlp"),
        (["--set", "template.layers=0"], "template.layers: expected a whole number from 1 to 12, found 0"),
        (["--set", "training.epochs=3"], "write template.FIELD=VALUE"),
    ],
)
def test_what_does_not_work_is_said_and_nothing_is_made(
    table: Path, tmp_path: Path, capsys: Output, words: list[str], said: str
) -> None:
    assert main(["new", str(table), "-o", str(tmp_path / "p.loom"), *words]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "p.loom").exists()

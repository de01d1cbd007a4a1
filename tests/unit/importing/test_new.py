"""A new project reads its data rightly and starts with a network that learns from it without any editing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from designer.importing.new import draft_project, new_project
from designer.project.errors import LayerloomError
from designer.project.file import from_text, to_text
from designer.project.model import ImageData, Project, TableData
from designer.runtime.errors import DataError

DATA = Path(__file__).parents[2] / "data"


def table(project: Project) -> TableData:
    assert isinstance(project.data, TableData)
    return project.data


def roles(project: Project) -> dict[str, str]:
    return {column.name: column.role for column in table(project).columns}


def layers(project: Project) -> list[str]:
    return [node.type for node in project.graph.nodes.values()]


def fields(project: Project, place: int) -> dict[str, object]:
    return dict(list(project.graph.nodes.values())[place].fields)


@pytest.fixture
def draft(tmp_path):
    def draft(text: str, target: str | None = None, template: str = ""):
        (tmp_path / "t.csv").write_text(text)
        return draft_project(tmp_path / "t.csv", target, tmp_path / "p.loom", template)

    return draft


def table_of(rows: int, answer) -> str:
    chance = np.random.default_rng(0)
    lines = ["x,y,answer"]
    for place, (x, y) in enumerate(chance.normal(size=(rows, 2))):
        lines.append(f"{x:.3f},{y:.3f},{answer(place, x, y)}")
    return "\n".join(lines) + "\n"


def test_titanic_without_the_column_that_repeats_the_target(tmp_path):
    made = draft_project(DATA / "titanic.csv", "survived", tmp_path / "p.loom")
    assert roles(made.project)["survived"] == "target"
    assert roles(made.project)["alive"] == "ignored"
    assert "“alive” repeats the target “survived”: ignored" in made.notes
    assert any("177 empty cells of “age”" in note for note in made.notes)
    kinds = {column.name: column.kind for column in table(made.project).columns}
    assert (kinds["survived"], kinds["age"], kinds["sex"], kinds["alone"]) == (
        "category",
        "number",
        "category",
        "boolean",
    )
    assert layers(made.project)[-1] == "output"
    assert fields(made.project, -1)["loss"] == "bce"
    assert fields(made.project, -2)["out_features"] == 1


def test_the_path_is_relative_and_the_file_round_trips(tmp_path):
    shutil.copy(DATA / "iris.csv", tmp_path)
    (tmp_path / "projects").mkdir()
    project = new_project(tmp_path / "iris.csv", "species", tmp_path / "projects" / "p.loom")
    assert table(project).path == "../iris.csv"
    assert from_text(to_text(project)) == project


def test_iris_is_three_classes():
    project = new_project(DATA / "iris.csv", "species", DATA / "p.loom")
    assert layers(project) == ["table_input", "linear", "relu", "linear", "relu", "linear", "output"]
    assert fields(project, 0)["features"] == 4
    assert fields(project, -2)["out_features"] == 3
    assert fields(project, -1)["loss"] == "cross_entropy"
    assert project.training.patience > 0
    assert len(project.graph.links) == 6


@pytest.mark.parametrize(
    ("answer", "loss", "width"),
    [
        (lambda place, x, y: f"{x + y:.3f}", "mse", 1),
        (lambda place, x, y: place * 13 % 97, "mse", 1),
        (lambda place, x, y: int(x > 0), "bce", 1),
        (lambda place, x, y: "yes" if x > 0 else "no", "bce", 1),
        (lambda place, x, y: x > 0, "bce", 1),
        (lambda place, x, y: int(place % 3), "cross_entropy", 3),
        (lambda place, x, y: 1 + place % 4, "cross_entropy", 4),
        (lambda place, x, y: "abc"[place % 3], "cross_entropy", 3),
        (lambda place, x, y: 3 + 2 * (place % 5), "mse", 1),
    ],
)
def test_target_kind_decides_loss_and_width(draft, answer, loss, width):
    project = draft(table_of(100, answer), "answer").project
    assert fields(project, -1)["loss"] == loss
    assert fields(project, -2)["out_features"] == width


def test_capitals_in_a_yes_no_target(draft):
    made = draft(table_of(40, lambda place, x, y: ["yes", "YES", " no "][place % 3]), "answer")
    assert {column.name: column.kind for column in table(made.project).columns}["answer"] == "boolean"
    assert fields(made.project, -1)["loss"] == "bce"
    assert any("whatever the capitals" in note for note in made.notes)


def test_a_file_of_labels_in_capitals_and_blanks_is_told(tmp_path):
    made = draft_project(DATA / "nasty_csv" / "g_label_whitespace_case.csv", None, tmp_path / "p.loom")
    assert roles(made.project)["label"] == "target"
    assert "“label” is read as yes and no, whatever the capitals: 1 is yes" in made.notes


def test_target_name_is_found_or_suggested(draft):
    text = table_of(30, lambda place, x, y: f"{x:.2f}")
    assert roles(draft(text, "Answer").project)["answer"] == "target"
    with pytest.raises(DataError, match=r"no column “anwser”\. Did you mean “answer”\? Its columns are x, y, answer"):
        draft(text, "anwser")
    made = draft(text.replace("x,y,answer", "x,label,answer"))
    assert roles(made.project)["label"] == "target"
    assert "“label” is taken as the target: its name says so" in made.notes


@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("a,b\n1,2\n", "b", "the target “b” is the same in every row"),
        ("a,b\n1,2\n2,2\n3,2\n", "b", "the target “b” is the same in every row"),
        ("b\n1\n2\n3\n", "b", "no column is left to predict “b” from: there is no other column"),
        ("a,b\n7,1\n7,2\n", "b", "“a” is the same in every row: ignored"),
        ("a,b\n1,2020-01-01\n2,2020-01-02\n", "b", "holds dates"),
        ("a,b\n" + "".join(f"{row},word{row}\n" for row in range(30)), "b", "30 different texts in 30 rows"),
        ("a,b\n1,\n2,\n", "b", "nothing to learn"),
        ("a,b\n1,2\n3,1e999\n4,3\n", "b", "line 3, column “b”"),
        ("a,b\n1,2\n3\n", "b", "line 3 has 1"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(draft, text, target, expected):
    with pytest.raises(DataError) as refused:
        draft(text, target)
    assert expected in str(refused.value)
    assert "t.csv" in str(refused.value)


def test_rows_without_a_target_are_said(draft):
    made = draft(table_of(40, lambda place, x, y: "" if place % 4 == 0 else f"{x:.3f}"), "answer")
    assert "left out: 10 rows without “answer”" in made.notes


def test_few_rows_are_not_split(draft):
    made = draft("a,b,out\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", "out")
    assert (table(made.project).split.validation, table(made.project).split.test) == (0.0, 0.0)
    assert made.project.training.patience == 0
    assert any("too few to hold some back" in note for note in made.notes)


def test_a_split_column_is_used():
    project = new_project(DATA / "hotels.csv", "price", DATA / "p.loom")
    assert (table(project).split.by, table(project).split.column) == ("column", "split")
    assert roles(project) == {"distance": "feature", "rating": "feature", "price": "target", "split": "split"}


@pytest.mark.parametrize(("template", "linears"), [("", 3), ("mlp", 3), ("linear", 1)])
def test_templates(draft, template, linears):
    project = draft(table_of(40, lambda place, x, y: f"{x:.3f}"), "answer", template).project
    assert layers(project).count("linear") == linears


def test_templates_for_other_data_are_refused_with_those_that_suit(draft):
    with pytest.raises(LayerloomError, match=r"“cnn” does not suit .* It is for pictures; .* There are linear, mlp"):
        draft(table_of(40, lambda place, x, y: f"{x:.3f}"), "answer", "cnn")


def test_unknown_templates_are_refused(draft):
    with pytest.raises(LayerloomError, match="there is no template “magic”"):
        draft("a,b\n1,2\n", "b", "magic")


FILES = sorted(path for path in (DATA / "nasty_csv").iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_nasty_table_becomes_a_project_or_one_message(path, tmp_path):
    try:
        project = new_project(path, None, tmp_path / "p.loom")
    except DataError as error:
        assert path.name in str(error)
        assert "\n" not in str(error)
    else:
        assert from_text(to_text(project)) == project


@pytest.fixture
def pictures(tmp_path):
    def pictures(parts: tuple[str, ...], size=(24, 24), mode="RGB", count=12, classes=("disc", "square")):
        chance = np.random.default_rng(0)
        for part in parts:
            for name in classes:
                folder = tmp_path / "pictures" / part / name
                folder.mkdir(parents=True)
                for place in range(count):
                    picture = Image.new("RGB", size, tuple(chance.integers(0, 60, 3).tolist()))
                    left, top = chance.integers(1, 6, 2).tolist()
                    draw = ImageDraw.Draw(picture)
                    shape = draw.ellipse if name == "disc" else draw.rectangle
                    shape((left, top, left + 12, top + 12), fill=tuple(chance.integers(150, 255, 3).tolist()))
                    picture.convert(mode).save(folder / f"{place:02}.png")
        return tmp_path / "pictures"

    return pictures


def test_pictures_by_share(pictures, tmp_path):
    folder = pictures(("",), mode="L")
    (folder / "disc" / "00.png").write_bytes(b"spoiled")
    made = draft_project(folder, None, tmp_path / "p.loom")
    assert isinstance(made.project.data, ImageData)
    assert made.project.data.path == "pictures"
    assert made.project.data.split.by == "share"
    assert layers(made.project)[0] == "image_input"
    shown = fields(made.project, 0)
    assert (shown["height"], shown["width"], shown["mode"]) == (24, 24, "grey")
    assert fields(made.project, -1)["loss"] == "bce"
    assert "24 pictures of 2 classes, grey" in made.notes
    assert any(note.startswith("left out: disc/00.png: no picture of a known format") for note in made.notes)


def test_pictures_in_part_folders(pictures, tmp_path):
    made = draft_project(
        pictures(("train", "test"), (100, 50), classes=("disc", "square", "other")), None, tmp_path / "p.loom"
    )
    assert made.project.data is not None
    assert made.project.data.split.by == "folders"
    shown = fields(made.project, 0)
    assert (shown["height"], shown["width"], shown["mode"]) == (32, 64, "colour")
    assert "the pictures are brought to 64×32 pixels" in made.notes
    assert fields(made.project, -2)["out_features"] == 3


def test_folders_that_hold_no_classes(tmp_path, pictures):
    (tmp_path / "flat").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "flat" / "a.png")
    with pytest.raises(DataError, match="one for each class"):
        new_project(tmp_path / "flat", None, tmp_path / "p.loom")
    with pytest.raises(DataError, match="there is no column “species”"):
        new_project(pictures(("",)), "species", tmp_path / "p.loom")
    with pytest.raises(DataError, match="one folder, “disc”"):
        shutil.rmtree(tmp_path / "pictures" / "square")
        new_project(tmp_path / "pictures", None, tmp_path / "p.loom")
    for path in (tmp_path / "pictures" / "disc").iterdir():
        path.write_bytes(b"spoiled")
    (tmp_path / "pictures" / "empty").mkdir()
    with pytest.raises(DataError, match="none of its 12 pictures can be read"):
        new_project(tmp_path / "pictures", None, tmp_path / "p.loom")


def trained(data: Path, target: str | None, folder: Path) -> dict[str, float]:
    """The figures of the test part after training a new project as it is."""
    from designer.training.run import train

    (folder / "run").mkdir(parents=True)
    for _ in train(new_project(data, target, folder / "p.loom"), folder, folder / "run"):
        pass
    return json.loads((folder / "run" / "metrics.json").read_text())["test"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "target", "accuracy"),
    [
        ("iris", "species", 0.95),
        ("penguins", "species", 0.961),
        ("titanic", "survived", 0.795),
        # logistic regression gets 40 of these 60 rows right; tests/journeys/test_table_scores.py asks for more of folds
        ("admissions", "admit", 0.66),
        ("moons", "label", 0.872),
    ],
)
def test_a_new_project_learns_as_it_is(tmp_path, name, target, accuracy):
    assert trained(DATA / f"{name}.csv", target, tmp_path / "p")["accuracy"] >= accuracy


@pytest.mark.slow
def test_a_new_project_learns_numbers_as_it_is(draft, tmp_path):
    draft(table_of(400, lambda place, x, y: f"{np.sin(2 * x) + y * y:.3f}"))
    assert trained(tmp_path / "t.csv", "answer", tmp_path / "p")["r2"] > 0.9


@pytest.mark.slow
def test_a_new_project_of_pictures_learns_as_it_is(pictures, tmp_path):
    assert trained(pictures(("",), count=60), None, tmp_path / "p")["accuracy"] >= 0.9

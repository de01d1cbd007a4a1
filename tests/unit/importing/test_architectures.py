"""Every template makes a network that is whole, tidy and learns, for all data that it says it suits."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from designer.compiler.analyse import analyse
from designer.importing.architecture import Architecture
from designer.importing.architectures import ARCHITECTURES, USUAL, start, started_on, typed_values, values_for
from designer.importing.brief import Brief
from designer.importing.briefing import brief_of, facts_for
from designer.importing.new import draft_project
from designer.layers.fields import Bool, Choice, Float, Int
from designer.project.errors import LayerloomError
from designer.project.file import from_text, to_text
from designer.project.frames import USUAL_SIZE, members_by_frame
from designer.project.model import FieldValue, ImageData, Project, TableData
from tests.helpers.pictures import write_classes, write_masks, write_paths, write_pixels
from tests.helpers.series import sentences, write_sequences, write_series
from tests.helpers.training import class_rows, trained, write_csv

BRIEFS = {
    "table": Brief("rows", "classes", 3, 1_000, True, 8, {"sex": 2, "port": 3}),
    "large table": Brief("rows", "number", 1, 9_000, True, 90, {"town": 40}),
    "yes or no": Brief("rows", "binary", 2, 40, False, 30, {"sex": 2}),
    "pictures": Brief("pictures", "classes", 10, 1_000, True, 0),
    "tiny pictures": Brief("pictures", "binary", 2, 100, True, 0, height=8, width=8, colour=True),
    "large pictures": Brief("pictures", "number", 4, 100, True, 0, height=96, width=128, colour=True),
    "pictures and boxes": Brief("pictures", "classes", 3, 100, True, 0, label="kind", numbers=("x", "y", "w", "h")),
    "masks": Brief("masks", "binary", 2, 100, True, 0, height=30, width=33),
    "masks of classes": Brief("masks", "classes", 4, 100, True, 0, height=64, width=64, colour=True),
    "series": Brief("windows", "number", 1, 100, True, 1, length=12),
    "series of several": Brief("windows", "number", 3, 4_000, True, 5, length=60),
    "files": Brief("files", "classes", 3, 100, True, 2, length=20),
    "one text": Brief("tokens", "classes", 60, 1_000, True, 0, length=32),
    "texts": Brief("texts", "binary", 2, 1_000, True, 0),
    "texts and columns": Brief("texts", "classes", 4, 1_000, True, 3),
}
PAIRS = [
    pytest.param(each, brief, id=f"{key}-{name}")
    for key, each in ARCHITECTURES.items()
    for name, brief in BRIEFS.items()
    if not each.why_not(brief)
]


def errors_of(project: Project, brief: Brief) -> list[str]:
    found = analyse(replace(project, data=None), facts_for(brief, project))
    return [problem.sentence for problem in found.problems if problem.severity == "error"]


def other_values(architecture: Architecture, brief: Brief) -> dict[str, FieldValue]:
    """A sound value for each field that is not the default."""
    values: dict[str, FieldValue] = {}
    for name, field in architecture.fields(brief).items():
        if isinstance(field, Bool):
            values[name] = not field.default
        elif isinstance(field, Choice):
            values[name] = next(word for word in field.options if word != field.default)
        elif isinstance(field, Float):
            values[name] = 0.3
        elif isinstance(field, Int):
            values[name] = field.default + 1 if field.default < field.maximum else max(1, field.default - 1)
    return values


@pytest.mark.parametrize(("architecture", "brief"), PAIRS)
def test_a_template_fits_its_data_at_its_defaults_and_with_other_numbers(architecture: Architecture, brief: Brief):
    for values in ({}, other_values(architecture, brief)):
        project = start(brief, architecture.key, values)
        assert errors_of(project, brief) == []
        assert from_text(to_text(project)) == project
        names = [node.name for node in project.graph.nodes.values()]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(("architecture", "brief"), PAIRS)
def test_a_template_is_laid_out_tidily(architecture: Architecture, brief: Brief):
    graph = start(brief, architecture.key).graph
    boxes = [(node.x, node.y) for node in graph.nodes.values()]
    for (x, y), (other_x, other_y) in combinations(boxes, 2):
        assert abs(x - other_x) >= USUAL_SIZE[0] or abs(y - other_y) >= USUAL_SIZE[1]
    lying = members_by_frame(graph, dict.fromkeys(graph.nodes, USUAL_SIZE))
    framed = [key for members in lying.values() for key in members]
    assert len(framed) == len(set(framed)) and all(lying.values())
    assert not graph.frames or set(framed) == set(graph.nodes)
    assert all(frame.title for frame in graph.frames.values())


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=lambda each: each.key)
def test_a_template_says_what_it_is_and_why_not(architecture: Architecture):
    assert architecture.title and architecture.summary.endswith(".") and len(architecture.summary) < 160
    suited = [brief for brief in BRIEFS.values() if not architecture.why_not(brief)]
    for brief in suited:
        for name, field in architecture.fields(brief).items():
            assert field.help.endswith("."), name
            assert not field.refuse(field.initial), name
    for brief in BRIEFS.values():
        reason = architecture.why_not(brief)
        assert not reason or (reason.startswith("It ") and reason.endswith("."))


def test_every_form_of_data_has_a_usual_template():
    for brief in BRIEFS.values():
        assert not ARCHITECTURES[USUAL[brief.form]].why_not(brief)


def test_what_is_known_of_data_sets_the_numbers():
    small, large = BRIEFS["table"], BRIEFS["large table"]
    mlp = ARCHITECTURES["mlp"]
    assert values_for(mlp, small)["width"] == 32 and values_for(mlp, large)["width"] == 128
    assert values_for(ARCHITECTURES["tcn"], BRIEFS["series"])["stages"] == 2
    assert values_for(ARCHITECTURES["tcn"], BRIEFS["series of several"])["stages"] == 4
    assert values_for(ARCHITECTURES["vit"], BRIEFS["pictures"])["patch"] == 4


@pytest.mark.parametrize(
    ("key", "brief", "parameters"),
    [
        ("linear", "table", 8 * 3 + 3),
        ("mlp", "table", 8 * 32 + 32 + 32 * 16 + 16 + 16 * 3 + 3),
        ("wide_and_deep", "table", 8 * 32 + 32 + 32 * 16 + 16 + (8 + 16) * 3 + 3),
        ("embeddings", "table", 5 * 2 + (2 * 2 + 3) * 32 + 32 + 32 * 16 + 16 + 16 * 3 + 3),
        ("lstm", "series", 4 * (16 * (1 + 16) + 32) + 16 + 1 + 12 + 1),
    ],
)
def test_parameters_are_counted(key: str, brief: str, parameters: int):
    assert analyse(start(BRIEFS[brief], key)).parameters == parameters


def test_values_are_typed_and_refused_in_words():
    brief, mlp = BRIEFS["table"], ARCHITECTURES["mlp"]
    assert typed_values(mlp, brief, ["template.layers=3", "template.dropout=0,2"]) == {"layers": 3, "dropout": 0.2}
    for setting, said in (
        ("layers=3", "write template.FIELD=VALUE"),
        ("template.depth=3", "has no field “depth”; it has layers, width"),
        ("template.layers=many", "expected a whole number, found “many”"),
        ("template.layers=99", "from 1 to 12, found 99"),
    ):
        with pytest.raises(LayerloomError, match=said):
            typed_values(mlp, brief, [setting])
    with pytest.raises(LayerloomError, match=r"template.width: expected a whole number"):
        start(brief, "mlp", {"width": "wide"})
    with pytest.raises(LayerloomError, match="did you mean “resnet”"):
        start(brief, "resnett")


def table(folder: Path) -> Path:
    return write_csv(folder / "animals.csv", ("x", "y", "colour", "animal"), class_rows(90))


def reviews(folder: Path) -> Path:
    return write_csv(folder / "reviews.csv", ("review", "mood"), sentences(60))


def tale(folder: Path) -> Path:
    path = folder / "tale.txt"
    path.write_text("\n".join(f"{text[0].upper()}{text[1:]}, and so we said." for text, _ in sentences(60)) + "\n")
    return path


WRITERS = {
    "rows": table,
    "pictures": lambda folder: write_pixels(folder / "digits.csv"),
    "masks": lambda folder: write_masks(folder / "cells"),
    "windows": lambda folder: write_series(folder / "sales.csv"),
    "files": lambda folder: write_sequences(folder / "files"),
    "texts": reviews,
    "tokens": tale,
}
FITTING = [
    pytest.param(each, form, id=f"{key}-{form}")
    for key, each in ARCHITECTURES.items()
    for form in each.forms
    if each.example is None or each.example.form == form
]


@pytest.mark.parametrize(("architecture", "form"), FITTING)
def test_a_template_is_ready_to_train_on_real_data(architecture: Architecture, form: str, tmp_path: Path):
    target = "sales" if form == "windows" else None
    write = write_paths if architecture.key == "class_and_box" else WRITERS[form]
    made = draft_project(write(tmp_path), target, tmp_path / "p.loom", architecture.key)
    assert made.brief.form == form
    figures = trained(with_epochs(made.project), tmp_path, tmp_path / "run")
    assert figures["train"]["loss"] == figures["train"]["loss"]


def with_epochs(project: Project) -> Project:
    return replace(project, training=replace(project.training, epochs=1, patience=0))


@pytest.mark.parametrize("form", WRITERS)
def test_an_open_project_is_known_as_well_as_new_data(form: str, tmp_path: Path):
    made = draft_project(WRITERS[form](tmp_path), "sales" if form == "windows" else None, tmp_path / "p.loom")
    known = brief_of(made.project, tmp_path)
    assert replace(known, samples=made.brief.samples) == made.brief
    assert abs(known.samples - made.brief.samples) <= 2


def test_a_project_without_a_network_is_known_too(tmp_path: Path):
    write_classes(tmp_path / "shapes", count=12)
    made = draft_project(tmp_path / "shapes", None, tmp_path / "p.loom")
    assert brief_of(Project(data=made.project.data), tmp_path) == made.brief


def test_categories_become_codes_for_embeddings_and_columns_for_others(tmp_path: Path):
    made = draft_project(table(tmp_path), "animal", tmp_path / "p.loom", "embeddings")

    def encoded(project: Project) -> str:
        assert isinstance(project.data, TableData)
        return next(column.encode for column in project.data.columns if column.name == "colour")

    assert encoded(made.project) == "codes"
    brief = brief_of(made.project, tmp_path)
    assert brief.categories == {"colour": 2}
    again = started_on(made.project, brief, "mlp")
    assert encoded(again) == "onehot" and again.graph != made.project.graph


def test_a_class_and_numbers_beside_it_become_targets_and_are_left_again(tmp_path: Path):
    made = draft_project(write_paths(tmp_path), None, tmp_path / "p.loom", "class_and_box")

    def targets(project: Project) -> list[str]:
        assert isinstance(project.data, ImageData)
        return [column.name for column in project.data.columns if column.role == "target"]

    assert targets(made.project) == ["kind", "x", "y"]
    brief = brief_of(made.project, tmp_path)
    assert (brief.label, brief.numbers, brief.kind) == ("kind", ("x", "y"), "binary")
    assert targets(started_on(made.project, brief, "cnn")) == ["kind"]

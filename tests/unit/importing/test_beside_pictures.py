"""A new project for a table that names pictures takes the columns beside them, and leaves what is an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.compiler.analyse import analyse
from designer.importing.architectures import ARCHITECTURES, started_on
from designer.importing.beside_pictures import box_columns
from designer.importing.briefing import brief_of
from designer.importing.new import NewProject, draft_project
from designer.project.model import Column, ImageData, Project
from designer.training.prepare import facts_of
from tests.helpers.mixed import write_houses
from tests.helpers.pictures import BOX_NAMES, write_boxes, write_paths


def roles(project: Project) -> dict[str, str]:
    assert isinstance(project.data, ImageData)
    return {column.name: column.role for column in project.data.columns}


def types(project: Project) -> list[str]:
    return [node.type for node in project.graph.nodes.values()]


@pytest.fixture
def made(tmp_path: Path) -> NewProject:
    return draft_project(write_houses(tmp_path), "price", tmp_path / "p.loom")


def test_columns_become_features_and_a_text_is_read_word_by_word(made: NewProject, tmp_path: Path) -> None:
    found = roles(made.project)
    assert [name for name, role in found.items() if role == "feature"][:4] == ["photo", "rooms", "area", "garden"]
    assert (found["price"], found["part"], found["note"]) == ("target", "split", "feature")
    assert {"image_input", "table_input", "text_input", "concatenate"} <= set(types(made.project))
    assert any("“rooms”" in note and "beside the pictures" in note for note in made.notes)
    analysis = analyse(made.project, facts_of(made.project, tmp_path))
    assert analysis.problems == ()


def test_the_price_is_guessed_by_its_name(tmp_path: Path) -> None:
    table = write_houses(tmp_path)
    table.write_text(table.read_text().replace(",kind,", ",style,", 1))
    found = roles(draft_project(table, None, tmp_path / "p.loom").project)
    assert [name for name, role in found.items() if role == "target"] == ["price"]


def test_what_repeats_the_target_is_left_out(tmp_path: Path) -> None:
    kinds = {"villa": "1", "flat": "2", "hut": "3"}
    text = write_houses(tmp_path).read_text()
    lines = text.splitlines()
    number = lines[0].split(",").index("kind")
    lines = [f"{line},{kinds.get(line.split(',')[number], 'code')}" for line in lines]
    (tmp_path / "houses.csv").write_text("\n".join(lines))
    made = draft_project(tmp_path / "houses.csv", "kind", tmp_path / "p.loom")
    assert roles(made.project)["code"] == "ignored"
    assert "“code” repeats the target “kind”: ignored" in made.notes


def test_a_box_is_an_answer_and_no_feature(tmp_path: Path) -> None:
    made = draft_project(write_paths(tmp_path), None, tmp_path / "p.loom")
    assert roles(made.project) == {"file": "feature", "kind": "target", "x": "ignored", "y": "ignored"}
    assert "“x”, “y” say where something is in the pictures: ignored" in made.notes
    assert "table_input" not in types(made.project)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ("x y width height", "x y width height"),
        ("xmin ymin xmax ymax rooms", "xmin ymin xmax ymax"),
        ("bbox_left bbox_top age", "bbox_left bbox_top"),
        ("x1 y1 x2 y2", "x1 y1 x2 y2"),
        ("cx cy", "cx cy"),
        ("height weight", ""),
        ("width height price", ""),
    ],
)
def test_names_of_boxes(names: str, found: str) -> None:
    assert [column.name for column in box_columns(Column(name) for name in names.split())] == found.split()


@pytest.mark.parametrize("key", [key for key, each in ARCHITECTURES.items() if "pictures" in each.forms])
def test_every_network_for_pictures_takes_the_columns_beside_them(key: str, made: NewProject, tmp_path: Path) -> None:
    brief = brief_of(made.project, tmp_path)
    assert (brief.form, brief.text) == ("pictures", True) and brief.features > 4
    if ARCHITECTURES[key].why_not(brief):
        return
    project = started_on(made.project, brief, key)
    analysis = analyse(project, facts_of(project, tmp_path))
    assert analysis.ok and not [each for each in analysis.problems if each.code == "unread-feature"]
    if project.training.mode == "supervised":
        assert {"image_input", "table_input", "text_input"} <= set(types(project))


@pytest.mark.parametrize("wanted", [None, "left", "bottom"])
def test_a_side_of_a_box_is_predicted_with_all_of_the_box(wanted: str | None, tmp_path: Path) -> None:
    made = draft_project(write_boxes(tmp_path, 12), wanted, tmp_path / "p.loom")
    assert [name for name, role in roles(made.project).items() if role == "target"] == list(BOX_NAMES)
    assert facts_of(made.project, tmp_path).target_width == 4
    if wanted:
        assert any("say together where something is" in note for note in made.notes)

"""Files that are one sequence each are split by group: all of a person's into one part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from designer.importing.examine import examine
from designer.importing.new import draft_project
from designer.project.model import Column, Project, Split, TableData
from designer.runtime.sequences import folder_names, name_parts, read_sequences
from designer.training.errors import RunError
from designer.training.file_groups import group_notes
from designer.training.prepare import read_data
from designer.training.results import evaluate_run
from designer.training.sources.sequences import file_parts, labelled_files, wanted
from designer.workspace.settings import set_setting
from tests.helpers.grouped_files import EACH, GROUPS, PERSONS, grouped_project, person_of, write_persons
from tests.helpers.series import write_sequences
from tests.helpers.training import trained, write_csv

HOW = tuple(GROUPS)


def persons_of(project: Project, folder: Path, how: str) -> list[set[str]]:
    """Whose files each part holds."""
    data = project.data
    assert isinstance(data, TableData)
    files = labelled_files(wanted(project, data), folder)
    frame, usable, _ = read_sequences(files["path"].tolist(), pd.read_csv)
    parts = file_parts(data, files, "class" if how != "labels" else "kind", frame, usable)
    return [{person_of(folder, files["path"].iloc[row], how) for row in rows} for rows in parts]


@pytest.mark.parametrize("how", HOW)
def test_all_files_of_a_person_are_in_one_part(tmp_path: Path, how: str) -> None:
    folder = write_persons(tmp_path / "files", how)
    project = grouped_project(folder, how)
    prepared = read_data(project, tmp_path)
    assert prepared.facts.rows == {"train": 24, "validation": 8, "test": 8}
    train, validation, test = persons_of(project, folder, how)
    assert (len(train), len(validation), len(test)) == (6, 2, 2)
    assert train | validation | test == set(PERSONS)
    said = f"All files with the same {GROUPS[how]} are in one part: 6 to train, 2 to validation, 2 to test."
    assert said in prepared.facts.notes


@pytest.mark.parametrize("how", HOW)
def test_each_person_is_in_one_fold(tmp_path: Path, how: str) -> None:
    folder = write_persons(tmp_path / "files", how)
    tested: list[str] = []
    for fold in range(1, 6):
        project = grouped_project(folder, how, Split("group", 0.0, folds=5, fold=fold))
        train, _, test = persons_of(project, folder, how)
        assert not train & test
        assert read_data(project, tmp_path).facts.rows["test"] == EACH * len(test)
        tested += test
    assert sorted(tested) == sorted(PERSONS)


@pytest.mark.parametrize("how", HOW)
def test_a_run_of_groups_is_measured_on_other_files_too(tmp_path: Path, how: str) -> None:
    folder = write_persons(tmp_path / "files", how)
    run = tmp_path / "run"
    figures = trained(grouped_project(folder, how), tmp_path, run)
    assert evaluate_run(run)["test"] == pytest.approx(figures["test"])
    assert evaluate_run(run, folder)["rows"] == {"test": EACH * len(PERSONS)}


def test_few_groups_that_leave_a_part_empty_are_told(tmp_path: Path) -> None:
    folder = write_persons(tmp_path / "files", "name")
    project = grouped_project(folder, "name", Split("group", 0.0, 0.02))
    notes = read_data(project, tmp_path).facts.notes
    assert any("The test part has no rows: each of the 10 groups goes whole to one part" in note for note in notes)


def test_files_of_no_group_count_as_one(tmp_path: Path) -> None:
    folder = write_persons(tmp_path / "files", "name")
    project = grouped_project(folder, "name")
    data = project.data
    assert data is not None
    columns = tuple(replace(each, name="part 3 of the name") if each.role == "group" else each for each in data.columns)
    with pytest.raises(RunError, match="all rows belong to one group"):
        read_data(replace(project, data=replace(data, columns=columns)), tmp_path)
    write_csv(folder / "up" / "kurt_1_x.csv", ("step", "value"), [(1, 2), (2, 3)])
    write_csv(folder / "up" / "kurt_2_y.csv", ("step", "value"), [(1, 2), (2, 3)])
    split = Split("group", 0.0, 0.4)
    notes = read_data(replace(project, data=replace(data, columns=columns, split=split)), tmp_path).facts.notes
    assert any("40 files have no part 3 of the name: they count as one group." in note for note in notes)


def test_a_file_of_several_persons_is_refused_by_its_name(tmp_path: Path) -> None:
    folder = write_persons(tmp_path / "files", "inside")
    project = grouped_project(folder, "inside")
    spoiled = folder / "down" / "recording02.csv"
    spoiled.write_text("step,value,person\n1,oops,anna\n")
    notes = read_data(project, tmp_path).facts.notes
    assert any(note.startswith("Left out: down/recording02.csv") for note in notes)
    mixed = folder / "up" / "recording03.csv"
    mixed.write_text("step,value,person\n1,2,anna\n2,3,bert\n")
    with pytest.raises(RunError, match=r"recording03\.csv holds several person"):
        read_data(project, tmp_path)


def test_a_split_by_group_without_one_is_refused(tmp_path: Path) -> None:
    folder = write_sequences(tmp_path / "files")
    project = grouped_project(folder, "name")
    data = project.data
    assert data is not None
    none = tuple(each for each in data.columns if each.role != "group")
    with pytest.raises(RunError, match="no column has the role group"):
        read_data(replace(project, data=replace(data, columns=none)), tmp_path)


@pytest.mark.parametrize("how", HOW)
def test_a_new_project_offers_what_files_have_in_common(tmp_path: Path, how: str) -> None:
    folder = write_persons(tmp_path / "files", how)
    made = draft_project(folder, None, tmp_path / "p.loom")
    data = made.project.data
    assert isinstance(data, TableData)
    offered = [column for column in data.columns if column.name == GROUPS[how]]
    assert offered == [Column(GROUPS[how], "category", "ignored", "most_frequent", "none")]
    assert any("split them by group" in note and f"“{GROUPS[how]}”" in note for note in made.notes)
    # one setting on the command line, and another, and it is split so
    project = set_setting(made.project, f"data.columns.{GROUPS[how]}.role=group")
    project = set_setting(project, "data.split.by=group")
    train, validation, test = persons_of(project, folder, how)
    assert train | validation | test == set(PERSONS)
    assert not (train & test or train & validation or validation & test)
    read_data(project, tmp_path)


def test_running_numbers_and_classes_are_no_groups(tmp_path: Path) -> None:
    for number in range(20):
        for kind in ("down", "up"):
            (tmp_path / "files" / kind).mkdir(parents=True, exist_ok=True)
            write_csv(tmp_path / "files" / kind / f"{kind}_{number:02}.csv", ("step", "value"), [(1, 2), (2, number)])
    made = draft_project(tmp_path / "files", None, tmp_path / "p.loom")
    assert made.project.data is not None
    assert [column.name for column in made.project.data.columns] == ["step", "value", "class"]


@pytest.mark.parametrize("how", HOW)
def test_the_data_is_looked_through_with_the_groups_beside(tmp_path: Path, how: str) -> None:
    folder = write_persons(tmp_path / "files", how)
    project = draft_project(folder, None, tmp_path / "p.loom").project
    found = examine(project, tmp_path)
    seen = next(column for column in found.profile.columns if column.name == GROUPS[how])  # type: ignore[union-attr]
    assert (seen.unique, seen.missing) == (len(PERSONS), 0)
    warning = next(each for each in found.warnings if each.code == "group")
    assert warning.columns == (GROUPS[how],)
    assert warning.severity == ("important" if how in ("labels", "inside") else "hint")
    [answer] = warning.answers
    answered = answer.edit(project)
    assert answered.data is not None
    assert answered.data.split.by == "group"
    assert all(len(persons) for persons in persons_of(answered, folder, how))
    assert not [each for each in examine(answered, tmp_path).warnings if each.code == "group"]


def test_words_of_paths() -> None:
    paths = ["a/walk/anna-01_x.csv", "a/sit/Ñu 2.csv", "a/sit/__.csv"]
    assert folder_names(paths).tolist() == ["walk", "sit", "sit"]
    assert name_parts(paths, 1).tolist() == ["anna", "Ñu", ""]
    assert name_parts(paths, 3).tolist() == ["x", "", ""]


def test_files_of_no_group_are_told() -> None:
    groups = np.array(["ann", float("nan"), "bo", float("nan"), "ann"], dtype=object)
    said = group_notes("person", groups, [np.array([0, 1]), np.array([2]), np.array([3, 4])])
    assert said[0].endswith("2 to train, 1 to validation, 2 to test.")
    assert said[1:] == ["2 files have no person: they count as one group."]

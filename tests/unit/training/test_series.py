"""Windows over a series: split by time, learned from training rows alone, predicted to the end and beyond."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from designer.project.model import Column, Project, Split, TableData, Windows
from designer.training.errors import RunError
from designer.training.predict import predict_run
from designer.training.prepare import read_data
from designer.training.results import evaluate_run
from tests.helpers.graphs import chain
from tests.helpers.series import series_project, write_series
from tests.helpers.training import trained, write_csv


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def with_columns(project: Project, *columns: Column) -> Project:
    assert isinstance(project.data, TableData)
    return replace(project, data=replace(project.data, columns=columns))


def test_parts_lie_one_after_the_other(tmp_path: Path):
    project = series_project(write_series(tmp_path / "sales.csv"))
    prepared = read_data(project, tmp_path)
    target = prepared.preparation["target"]
    sales = [float(row["sales"]) for row in rows_of(tmp_path / "sales.csv")]
    said = torch.cat([part.targets[:, 0] for part in prepared.parts.values()]) * target["scale"] + target["offset"]
    np.testing.assert_allclose(said, sales[5:], rtol=1e-5)
    assert prepared.facts.rows == {"train": 31, "validation": 12, "test": 12}
    assert list(prepared.facts.shapes.values()) == [(5, 2)]
    assert prepared.facts.features == ("sales", "rain")


def test_nothing_is_learned_from_what_comes_later(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    project = series_project(path)
    before = read_data(project, tmp_path).preparation
    rows = rows_of(path)
    for row in rows[36:]:
        row["sales"], row["rain"] = "99999", "-777"
    write_csv(path, list(rows[0]), [tuple(row.values()) for row in rows])
    assert read_data(project, tmp_path).preparation == before


def test_rows_out_of_order_and_gaps_are_told_and_mended(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    project = series_project(path)
    plain = read_data(project, tmp_path)
    rows = rows_of(path)
    rows.reverse()
    write_csv(path, list(rows[0]), [tuple(row.values()) for row in rows])
    turned = read_data(project, tmp_path)
    assert "not in the order of day" in " ".join(turned.facts.notes)
    for name, part in plain.parts.items():
        assert torch.equal(part.inputs[0], turned.parts[name].inputs[0])
    rows.reverse()
    rows[3]["rain"] = rows[30]["sales"] = ""
    del rows[20]
    rows.append(dict(rows[-1]))
    write_csv(path, list(rows[0]), [tuple(row.values()) for row in rows])
    notes = " ".join(read_data(project, tmp_path).facts.notes)
    assert "1 missing cell of rain filled with the last known value" in notes
    assert "target sales" in notes
    assert "1 step of day longer than the usual one, first at line 22" in notes
    assert "1 row with the same day" in notes


def test_how_well_the_last_value_does_is_said(tmp_path: Path):
    project = series_project(write_series(tmp_path / "sales.csv"))
    sales = np.array([float(row["sales"]) for row in rows_of(tmp_path / "sales.csv")])
    error = np.sqrt(np.mean((sales[48:] - sales[47:-1]) ** 2))
    assert f"{error:.4g} on the test part" in " ".join(read_data(project, tmp_path).facts.notes)
    figures = trained(project, tmp_path, tmp_path / "run")
    assert figures["repeat_last_rmse"]["test"] == pytest.approx(error)
    assert evaluate_run(tmp_path / "run")["repeat_last_rmse"] == figures["repeat_last_rmse"]


def test_windows_are_never_split_by_chance(tmp_path: Path):
    project = series_project(write_series(tmp_path / "sales.csv"), split=Split())
    with pytest.raises(RunError, match="split the series by time"):
        read_data(project, tmp_path)


def test_too_short_a_series_is_refused(tmp_path: Path):
    project = series_project(write_series(tmp_path / "sales.csv"), Windows(50))
    with pytest.raises(RunError, match="no window of 50 steps"):
        read_data(project, tmp_path)


def test_groups_are_series_of_their_own(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv", 30, ("Bonn", "Ulm"))
    prepared = read_data(series_project(path, town="group"), tmp_path)
    assert sum(prepared.facts.rows.values()) == 2 * (30 - 5)
    by_group = read_data(series_project(path, split=Split("group", 0.0, 0.5), town="group"), tmp_path)
    assert by_group.facts.rows == {"train": 25, "validation": 0, "test": 25}
    assert not any("no rows" in note for note in by_group.facts.notes)
    few = read_data(series_project(path, split=Split("group", 0.1, 0.5), town="group"), tmp_path)
    assert [note for note in few.facts.notes if "no rows" in note] == [
        "The validation part has no rows: each of the 2 groups goes whole to one part, and none fits into its share of "
        "10 %. Choose a larger share, another seed, or folds by group."
    ]


def test_whole_groups_go_to_one_part_and_only_those_to_train_with_are_learned_from(tmp_path: Path):
    towns = ("Ayr", "Bath", "Cork", "Derby", "Ely")
    path = write_series(tmp_path / "sales.csv", 20, towns)
    rows = rows_of(path)
    for row in rows:
        # a town is told by its sales
        row["sales"] = str(1000 * (1 + towns.index(row["town"])) + int(row["day"][-2:]))
    write_csv(path, list(rows[0]), [tuple(row.values()) for row in rows])
    project = series_project(path, split=Split("group", 0.2, 0.2, seed=1), town="group")
    prepared = read_data(project, tmp_path)
    held: list[set[str]] = []
    for part in prepared.parts.values():
        column, target = prepared.preparation["features"]["sales"], prepared.preparation["target"]
        seen = part.inputs[0][:, :, 0] * column["scale"] + column["offset"]
        told = part.targets[:, :1] * target["scale"] + target["offset"]
        numbers = torch.cat([seen, told], dim=1).div(1000, rounding_mode="floor")
        assert (numbers == numbers[:, :1]).all(), "a window goes over two towns"
        held.append({towns[int(number) - 1] for number in numbers[:, 0]})
    assert list(map(len, held)) == [3, 1, 1]
    assert set.union(*held) == set(towns)
    assert "Each town is wholly in one part: 3 to train, 1 to validation, 1 to test." in prepared.facts.notes
    for row in rows:
        if row["town"] not in held[0]:
            row["sales"], row["rain"] = "-5", "777"
    write_csv(path, list(rows[0]), [tuple(row.values()) for row in rows])
    assert read_data(project, tmp_path).preparation == prepared.preparation


@pytest.mark.parametrize(
    ("way", "said"), [("group", "no column has the role group"), ("column", "no column is chosen")]
)
def test_a_split_without_its_column_is_refused_in_words(tmp_path: Path, way: str, said: str):
    project = series_project(write_series(tmp_path / "sales.csv"), split=Split(way))  # type: ignore[arg-type]
    with pytest.raises(RunError, match=said):
        read_data(project, tmp_path)


def test_several_targets_several_steps_ahead_in_their_own_units(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    project = series_project(path, Windows(6, 3), targets=2, rain="target")
    prepared = read_data(project, tmp_path)
    assert prepared.train.targets.shape[1] == prepared.facts.target_width == 6
    run = tmp_path / "run"
    figures = trained(project, tmp_path, run)
    assert np.isfinite(figures["test"]["rmse"])
    assert evaluate_run(run)["test"] == pytest.approx(figures["test"])
    predict_run(run, path, tmp_path / "out.csv")
    first, *_, last = rows_of(tmp_path / "out.csv")
    assert list(first) == ["after_day"] + [
        f"predicted_{name}_{step}" for step in (1, 2, 3) for name in ("sales", "rain")
    ]
    assert (first["after_day"], last["after_day"]) == ("2024-01-06", "2024-02-29")
    assert 20 < float(last["predicted_sales_3"]) < 120


def test_what_is_known_ahead_is_seen_at_the_predicted_steps(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    project = series_project(path, Windows(4, 2), holiday="ahead")
    prepared = read_data(project, tmp_path)
    holidays = [float(row["holiday"]) for row in rows_of(path)]
    learned = prepared.preparation["features"]["holiday"]
    seen = prepared.train.inputs[0][0, :, 2] * learned["scale"] + learned["offset"]
    np.testing.assert_allclose(seen, holidays[2:6], atol=1e-6)
    run = tmp_path / "run"
    trained(project, tmp_path, run)
    rows = rows_of(path)
    for row in rows[-2:]:
        row["sales"] = ""
    write_csv(tmp_path / "future.csv", list(rows[0]), [tuple(row.values()) for row in rows])
    predict_run(run, tmp_path / "future.csv", tmp_path / "out.csv")
    assert rows_of(tmp_path / "out.csv")[-1]["after_day"] == rows[-3]["day"]


def test_a_test_part_of_another_file(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    write_series(tmp_path / "later.csv", 20, seed=5)
    prepared = read_data(series_project(path, split=Split("file", 0.2, file="later.csv")), tmp_path)
    assert prepared.facts.rows == {"train": 43, "validation": 12, "test": 15}


def test_the_next_class_can_be_predicted(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    project = series_project(path, sales="feature", holiday="target")
    columns = [replace(each, kind="category") if each.name == "holiday" else each for each in project.data.columns]
    project = with_columns(project, *columns)
    nodes = {
        key: replace(node, fields={**node.fields, "loss": "bce"}) if node.type == "output" else node
        for key, node in project.graph.nodes.items()
    }
    project = replace(project, graph=replace(project.graph, nodes=nodes))
    prepared = read_data(project, tmp_path)
    assert prepared.train.targets[:, 0].tolist() == [float(row["holiday"]) for row in rows_of(path)[5:36]]
    assert "accuracy" in trained(project, tmp_path, tmp_path / "run")["test"]
    with pytest.raises(RunError, match="only the next step"):
        read_data(replace(project, data=replace(project.data, windows=Windows(5, 2))), tmp_path)


def test_another_series_is_measured(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    run = tmp_path / "run"
    trained(series_project(path), tmp_path, run)
    found = evaluate_run(run, write_series(tmp_path / "later.csv", 20, seed=5))
    assert found["rows"] == {"test": 15}
    with pytest.raises(RunError, match="no window of 5 steps"):
        evaluate_run(run, write_series(tmp_path / "short.csv", 5))


def test_inputs_that_take_no_rows_and_those_that_take_no_windows_are_refused(tmp_path: Path):
    project = series_project(write_series(tmp_path / "sales.csv"))
    assert isinstance(project.data, TableData)
    with pytest.raises(RunError, match="read row by row"):
        read_data(replace(project, data=replace(project.data, samples="rows")), tmp_path)
    table = chain("table_input", ("linear", {"out_features": 1}), "output", project=Project(data=project.data))
    with pytest.raises(RunError, match="use a Sequence input"):
        read_data(table, tmp_path)


def test_folds_beside_a_test_file_are_refused(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    project = series_project(path)
    assert isinstance(project.data, TableData)
    split = Split("file", file=path.name, folds=3)
    with pytest.raises(RunError, match="the test part comes from a file"):
        read_data(replace(project, data=replace(project.data, split=split)), tmp_path)


def test_too_few_rows_to_predict_from_are_refused(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    trained(series_project(path), tmp_path, tmp_path / "run")
    rows = rows_of(path)[:4]
    write_csv(tmp_path / "new.csv", tuple(rows[0]), [tuple(row.values()) for row in rows])
    with pytest.raises(RunError, match="no window of 5 steps fits into its 4 rows"):
        predict_run(tmp_path / "run", tmp_path / "new.csv", tmp_path / "out.csv")


def test_what_is_known_ahead_is_learned_from_the_training_part_alone(tmp_path: Path):
    path = write_series(tmp_path / "sales.csv")
    project = series_project(path)
    assert isinstance(project.data, TableData)
    columns = [replace(each, role="ahead") if each.name == "rain" else each for each in project.data.columns]
    project = with_columns(project, *columns)
    before = read_data(project, tmp_path)
    rows = rows_of(path)
    for row in rows[36:]:
        row["rain"] = str(float(row["rain"]) * 50 + 999)
    write_csv(path, tuple(rows[0]), [tuple(row.values()) for row in rows])
    after = read_data(project, tmp_path)
    assert after.preparation == before.preparation
    assert after.train.inputs[0].equal(before.train.inputs[0])

"""One row that is typed is predicted for as a table with that row is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.errors import LayerloomError
from designer.project.model import TableData, TableFormat
from designer.training.predict import predictor_of
from designer.workspace.one_row import predict_row
from tests.helpers.training import class_project, trained, with_training, write_csv


@pytest.fixture
def run(tmp_path: Path) -> Path:
    trained(with_training(class_project(tmp_path), epochs=2), tmp_path, tmp_path / "run")
    return tmp_path / "run"


def test_a_typed_row_is_a_table_of_one(tmp_path: Path, run: Path) -> None:
    predictor = predictor_of(run)
    cells = {"x": "-2.5", "y": "0.25", "colour": "red"}
    data = write_csv(tmp_path / "one.csv", list(cells), [list(cells.values())])
    found = predict_row(predictor, cells)
    assert dict(found.columns) == dict(predictor.predictions(data, tmp_path / "masks").columns)
    assert found.usable == [True] and not found.notes
    strange = predict_row(predictor, {**cells, "colour": '=a"\n,b'})
    assert "colour: 1 cell holds what no training row does" in strange.notes[0]


def test_what_cannot_be_read_is_said_with_its_column(run: Path) -> None:
    with pytest.raises(LayerloomError, match="column “x”: “far” is not a number"):
        predict_row(predictor_of(run), {"x": "far", "y": "1", "colour": "red"})


def test_how_the_data_is_written_has_no_part_in_it(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    table = (tmp_path / "animals.csv").read_text().replace(",", ";").replace(".", ",")
    (tmp_path / "animals.csv").write_text(table)
    assert isinstance(project.data, TableData)
    data = replace(project.data, format=TableFormat(delimiter=";", decimal=","))
    trained(with_training(replace(project, data=data), epochs=1), tmp_path, tmp_path / "run")
    assert predict_row(predictor_of(tmp_path / "run"), {"x": "1.5", "y": "2", "colour": ""}).usable == [True]

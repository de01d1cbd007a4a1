"""The cells beside predictions: all columns of the table, each row beside its answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.workspace import verbs
from designer.workspace.beside import cells_beside
from tests.helpers.pictures import write_classes
from tests.helpers.small import small_project


@pytest.fixture
def run(tmp_path: Path) -> Path:
    job = verbs.prepare_run(small_project(tmp_path, epochs=1))
    list(verbs.train(job))
    return job.folder


def test_every_column_stands_beside_its_answer(tmp_path: Path, run: Path) -> None:
    data = tmp_path / "new.csv"
    data.write_text('note,b,a\n"two\nlines",1,0.5\n\nplain,,2\n"a, b",3,4\n')
    found = verbs.predictions(run, data, tmp_path / "masks")
    shares: list[float] = []
    cells = cells_beside(found, data, shares.append)
    assert cells is not None and list(cells.columns) == ["note", "b", "a"]
    assert cells["note"].tolist() == ["two\nlines", "plain", "a, b"] and cells["a"].tolist() == [0.5, 2, 4]
    assert len(cells) == len(found.usable) == 3 and shares


def test_without_rows_of_a_table_there_is_nothing_beside(tmp_path: Path) -> None:
    folder = write_classes(tmp_path / "pets", 4)
    verbs.new(folder, None, "", tmp_path / "p.loom")
    job = verbs.prepare_run(tmp_path / "p.loom", ("training.epochs=1",))
    list(verbs.train(job))
    found = verbs.predictions(job.folder, folder, tmp_path / "masks")
    assert cells_beside(found, folder, lambda share: None) is None

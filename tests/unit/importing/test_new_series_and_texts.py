"""A new project recognises series, texts and sequences by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from designer.compiler.analyse import analyse
from designer.importing.from_series import usual_step
from designer.importing.new import NewProject, draft_project
from designer.project.model import TableData
from designer.runtime.errors import DataError
from designer.training.prepare import read_data
from tests.helpers.series import sentences, write_sequences, write_series, write_texts
from tests.helpers.training import write_csv

DATA = Path(__file__).parents[2] / "data"


def drafted(data: Path, target: str | None = None, template: str = "") -> tuple[TableData, NewProject]:
    """The data settings and the project, which has no problem, of ``data``."""
    found = draft_project(data, target, data.parent / "new.loom", template)
    assert analyse(found.project, read_data(found.project, data.parent).facts).problems == ()
    assert isinstance(found.project.data, TableData)
    return found.project.data, found


def roles(data: TableData) -> dict[str, str]:
    return {column.name: column.role for column in data.columns}


@pytest.mark.parametrize(
    ("file", "time", "target", "length"),
    [
        ("airline_passengers.csv", "Month", "Passengers", 12),
        ("sunspots_yearly.csv", "YEAR", "SUNACTIVITY", 11),
        ("daily_min_temperatures.csv.gz", "Date", "Temp", 14),
    ],
)
def test_a_series_is_recognised_by_its_times(file: str, time: str, target: str, length: int):
    data, found = drafted(DATA / file)
    assert (data.samples, data.windows.length, data.split.by) == ("windows", length, "time")
    assert roles(data) == {time: "time", target: "target"}
    assert any("gives the order of the rows" in note for note in found.notes)
    assert not any("ignored" in note for note in found.notes)


@pytest.mark.parametrize("template", ["linear", "mlp"])
def test_templates_suit_series_and_texts(tmp_path: Path, template: str):
    for data in (DATA / "airline_passengers.csv", write_texts(tmp_path / "mails"), write_sequences(tmp_path / "files")):
        graph = drafted(data, template=template)[1].project.graph
        hidden = [node for node in graph.nodes.values() if node.type == "relu"]
        assert len(hidden) >= {"linear": 0, "mlp": 2}[template]


def test_several_series_in_one_file_are_told_apart(tmp_path: Path):
    data, _ = drafted(write_series(tmp_path / "sales.csv", 40, ("Bonn", "Ulm", "Jena")), "sales")
    assert roles(data) == {"town": "group", "day": "time", "sales": "target", "rain": "feature", "holiday": "feature"}


def test_a_table_with_uneven_times_stays_a_table(tmp_path: Path):
    rows = [(f"2024-{1 + row % 12:02}-{1 + row * 7 % 28:02}", row % 5, row * 1.5) for row in range(60)]
    found = draft_project(
        write_csv(tmp_path / "orders.csv", ("day", "size", "price"), rows), "price", tmp_path / "p.loom"
    )
    assert isinstance(found.project.data, TableData)
    assert found.project.data.samples == "rows"


def test_the_usual_step():
    days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]").astype("datetime64[us]")
    assert usual_step(days) == "daily"
    months = np.arange("1950-01", "1960-01", dtype="datetime64[M]").astype("datetime64[us]")
    assert usual_step(months) == "monthly"
    assert usual_step(np.arange(1700.0, 1800.0)) == "regular"
    assert usual_step(np.array([1.0, 2.0, 9.0, 11.0, 30.0])) == ""
    assert usual_step(np.array([1.0])) == ""


def test_a_column_of_texts_is_read_and_names_are_not(tmp_path: Path):
    rows = [(f"Customer {number}", text, mood) for number, (text, mood) in enumerate(sentences(80))]
    data, found = drafted(write_csv(tmp_path / "reviews.csv", ("name", "review", "mood"), rows), "mood")
    assert roles(data) == {"name": "ignored", "review": "feature", "mood": "target"}
    assert {node.type for node in found.project.graph.nodes.values()} >= {"text_input", "embedding_bag"}
    assert any("words on average" in note for note in found.notes)
    assert not any(note.startswith("“review”") and "ignored" in note for note in found.notes)


def test_folders_of_texts(tmp_path: Path):
    data, found = drafted(write_texts(tmp_path / "mails"))
    assert roles(data) == {"text": "feature", "class": "target"}
    assert "40 texts of 2 classes" in found.notes[0]
    parted, _ = drafted(write_texts(tmp_path / "parted", ("train", "test")))
    assert parted.split.by == "folders"
    with pytest.raises(DataError, match="no column “mood”"):
        draft_project(tmp_path / "mails", "mood", tmp_path / "p.loom")


def test_texts_in_one_western_encoding_are_read_and_in_two_refused(tmp_path: Path):
    folder = write_texts(tmp_path / "mails")
    (folder / "good/00.txt").write_bytes("Köstlich!".encode("cp1252"))
    data, _ = drafted(folder)
    assert data.format.encoding == "cp1252"
    (folder / "bad/01.txt").write_bytes("Übel!".encode())
    with pytest.raises(DataError, match="different encodings"):
        draft_project(folder, None, tmp_path / "p.loom")


def test_folders_of_sequences(tmp_path: Path):
    data, _ = drafted(write_sequences(tmp_path / "files"))
    assert (data.samples, data.windows.length) == ("files", 12)
    assert roles(data) == {"step": "time", "value": "feature", "class": "target"}
    labelled, _ = drafted(write_sequences(tmp_path / "labelled", labels=True), "slope")
    assert roles(labelled) == {"step": "time", "value": "feature", "file": "ignored", "slope": "target"}

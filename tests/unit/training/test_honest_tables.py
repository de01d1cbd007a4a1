"""Tables that would mislead in silence: rows without a time or group, words never learned, weights of 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.exporting.script import script_text
from designer.project.model import Column, Project, Split, TableData, Training
from designer.runtime.words import places_of
from designer.training.errors import RunError
from designer.training.predict import predict_run
from designer.training.prepare import read_data
from designer.training.results import evaluate_run
from tests.helpers.graphs import chain
from tests.helpers.training import trained, write_csv

DAY = Column("d", "date", "time")
WORD = Column("c", "category", missing="most_frequent")
TARGET = Column("y", role="target")


def project(folder: Path, rows: Sequence[tuple[object, ...]], split: Split, *columns: Column) -> Project:
    write_csv(folder / "t.csv", tuple(column.name for column in columns), rows)
    drawn = chain("table_input", ("linear", {"out_features": 1}), ("output", {"loss": "mse"}))
    return replace(drawn, data=TableData("t.csv", columns=columns, split=split), training=Training(epochs=1))


def days(first: int, last: int, month: int = 1) -> list[str]:
    return [f"{day:02}/{month:02}/2020" for day in range(first, last)]


def test_rows_without_a_time_are_left_out_of_a_split_by_time(tmp_path: Path) -> None:
    rows = [("" if day in (5, 25) else f"2020-01-{day:02}", day, day) for day in range(1, 31)]
    data = read_data(project(tmp_path, rows, Split("time"), DAY, Column("x"), TARGET), tmp_path)
    assert data.facts.rows == {"train": 20, "validation": 4, "test": 4}
    target = data.preparation["target"]
    tested = (data.test.targets * target["scale"] + target["offset"]).flatten().tolist()
    assert tested == pytest.approx([27, 28, 29, 30], rel=1e-5)


def test_rows_without_a_group_are_told(tmp_path: Path) -> None:
    rows = [(f"g{row % 9}" if row % 3 else "", row, row) for row in range(60)]
    group = Column("g", "category", "group")
    data = read_data(project(tmp_path, rows, Split("group"), group, Column("x"), TARGET), tmp_path)
    assert "20 rows have no g: they count as one group." in data.facts.notes


def test_weights_of_which_none_counts_are_refused(tmp_path: Path) -> None:
    rows = [(f"2020-01-{day:02}", 0 if day < 21 else 1, day, day) for day in range(1, 31)]
    weight = Column("w", role="weight")
    with pytest.raises(RunError, match="Every weight of the 20 samples to train with is 0"):
        read_data(project(tmp_path, rows, Split("time", 0.2, 0.134), DAY, weight, Column("x"), TARGET), tmp_path)


def test_words_that_no_training_row_holds_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [(f"2020-01-{day:02}", "a" if day < 28 else "late", day) for day in range(1, 31)]
    run = tmp_path / "t.runs" / "1"
    trained(project(tmp_path, rows, Split("time"), DAY, WORD, TARGET), tmp_path, run)
    write_csv(tmp_path / "new.csv", ("c",), [("a",), ("b",), ("b",)])
    said: list[str] = []
    assert predict_run(run, tmp_path / "new.csv", tmp_path / "out.csv", said.append) == 3
    assert said == ["c: 2 cells hold what no training row does (“b”): the network takes it for unknown."]
    write_csv(tmp_path / "other.csv", ("c", "y"), [("a", 1), ("b", 2), ("b", 3)])
    assert evaluate_run(run, tmp_path / "other.csv")["notes"] == said
    assert evaluate_run(run)["notes"] == []
    assert main(["evaluate", str(run), "--data", str(tmp_path / "other.csv")]) == 0
    assert capsys.readouterr().err == f"note: {said[0]}\n"
    notes = read_data(project(tmp_path, rows, Split("time"), DAY, WORD, TARGET), tmp_path).facts.notes
    assert any(note.startswith("c: 3 cells hold what no training row does (“late”)") for note in notes)
    with pytest.raises(RunError, match="is a folder"):
        predict_run(run, tmp_path, tmp_path / "out.csv")


def test_dates_of_a_test_file_are_read_as_those_that_were_learned(tmp_path: Path) -> None:
    dated = Column("d", "date", parts=("month",))
    rows = [(day, number) for number, day in enumerate([*days(1, 28), *days(1, 13, 2)])]
    drawn = project(tmp_path, rows, Split("file", file="tests.csv"), dated, TARGET)
    write_csv(tmp_path / "tests.csv", ("d", "y"), [("02/12/2020", 1)])
    data = read_data(drawn, tmp_path)
    assert data.preparation["day_first"] == {"d": True}
    assert read_data(drawn, tmp_path, data.preparation).test.inputs[0].equal(data.test.inputs[0])
    write_csv(tmp_path / "tests.csv", ("d", "y"), [("2020-12-02", 1)])
    assert read_data(drawn, tmp_path).test.inputs[0].equal(data.test.inputs[0])
    write_csv(tmp_path / "other.csv", ("d", "y"), [("12/31/2020", 1)])
    run = tmp_path / "t.runs" / "1"
    trained(drawn, tmp_path, run)
    with pytest.raises(RunError, match="no date with the day first"):
        evaluate_run(run, tmp_path / "other.csv")


def test_the_order_of_day_and_month_may_be_set(tmp_path: Path) -> None:
    rows = [(f"{day:02}/02/2020", day) for day in range(1, 13)] * 3
    read = {}
    for order in ("auto", "yes", "no"):
        dated = Column("d", "date", parts=("month",), day_first=order)  # type: ignore[arg-type]
        drawn = project(tmp_path, rows, Split("share", 0.2, 0.2), dated, TARGET)
        read[order] = read_data(drawn, tmp_path)
        text = script_text(drawn, tmp_path)
        assert ('day_first: dict[str, bool] = {"d": True}' in text) == (order == "yes")
        assert ('day_first: dict[str, bool] = {"d": False}' in text) == (order == "no")
    assert read["yes"].preparation["day_first"] == {"d": True}
    assert read["auto"].train.inputs[0].equal(read["no"].train.inputs[0])
    assert not read["auto"].train.inputs[0].equal(read["yes"].train.inputs[0])
    assert len(set(read["yes"].train.inputs[0].flatten().tolist())) == 1


def test_a_class_of_the_test_file_alone_names_its_line(tmp_path: Path) -> None:
    rows = [(row, "ab"[row % 2]) for row in range(30)]
    drawn = project(tmp_path, rows, Split("file", file="tests.csv"), Column("x"), Column("k", "category", "target"))
    write_csv(tmp_path / "tests.csv", ("x", "k"), [(1, "a"), (2, "new")])
    with pytest.raises(RunError, match=r"line 3 of the test part, column “k”.*“new”.*the classes are a, b"):
        read_data(drawn, tmp_path)


def test_whole_numbers_as_words_are_the_same_with_and_without_a_point(tmp_path: Path) -> None:
    kind = Column("k", "category", "target")
    rows = [(row % 3, row % 2) for row in range(30)]
    run = tmp_path / "t.runs" / "1"
    trained(replace(project(tmp_path, rows, Split(), WORD, kind), graph=two_classes().graph), tmp_path, run)
    write_csv(tmp_path / "plain.csv", ("c", "k"), rows[:9])
    write_csv(tmp_path / "pointed.csv", ("c", "k"), [(f"{c}.0", f"{k}.0") for c, k in rows[:9]])
    said: list[str] = []
    for name in ("plain", "pointed"):
        predict_run(run, tmp_path / f"{name}.csv", tmp_path / f"{name}.out", said.append)
    assert (tmp_path / "plain.out").read_text() == (tmp_path / "pointed.out").read_text()
    assert said == []
    assert evaluate_run(run, tmp_path / "plain.csv")["test"] == evaluate_run(run, tmp_path / "pointed.csv")["test"]


def two_classes() -> Project:
    return chain("table_input", ("linear", {"out_features": 1}), ("output", {"loss": "bce"}))


@pytest.mark.parametrize(
    ("learned", "word", "place"),
    [
        (["1", "2"], "2.0", 1),
        (["1.0", "2.0"], "2", 1),
        (["1", "1.0", "2"], "1.00", -1),
        (["1", "1.0", "2"], "1.0", 1),
        (["07", "7.5"], "7", -1),
        (["a"], ".0", -1),
    ],
)
def test_words_are_found_among_those_learned(learned: list[str], word: str, place: int) -> None:
    assert places_of([word], learned) == [place]

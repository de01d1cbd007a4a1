"""Scripts that read the file of the test part, or leave out rows without a time, as the app does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.project.model import Column, Project, Split, TableData, Training
from designer.training.results import evaluate_run
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export
from tests.helpers.graphs import chain
from tests.helpers.training import write_csv


def numbers(data: TableData) -> Project:
    drawn = chain("table_input", ("linear", {"out_features": 1}), ("output", {"loss": "mse"}))
    return replace(drawn, data=data, training=Training(epochs=2, seed=1))


def agree(project: Project, folder: Path) -> bool:
    """Whether the script says the run's loss of the test part; that it ends with its weights is demanded."""
    run, script = train_and_export(project, folder)
    said = run_scripts([[str(script), "--out", str(folder / "w.pt")]], script.parent)
    assert_same_weights(run, folder / "w.pt")
    assert_formatted([script])
    loss = evaluate_run(run)["test"]["loss"]
    return f"test  loss {loss:.4g}" in said


def test_dates_of_both_files_are_read_in_one_order(tmp_path: Path) -> None:
    rows = [(f"{day:02}/0{month}/2020", day + month) for month in (1, 2) for day in range(1, 29)]
    write_csv(tmp_path / "train.csv", ("d", "y"), rows)
    write_csv(tmp_path / "test.csv", ("d", "y"), [("02/12/2020", 5), ("03/11/2020", 9)])
    columns = (Column("d", "date", parts=("month", "weekday")), Column("y", role="target"))
    assert agree(numbers(TableData("train.csv", columns=columns, split=Split("file", file="test.csv"))), tmp_path)


def test_rows_without_a_time(tmp_path: Path) -> None:
    rows = [(f"2020-01-{row % 28 + 1:02}" if row % 5 else "", row, row * 2 + row % 3) for row in range(80)]
    write_csv(tmp_path / "t.csv", ("d", "x", "y"), rows)
    columns = (Column("d", "date", "time"), Column("x"), Column("y", role="target"))
    assert agree(numbers(TableData("t.csv", columns=columns, split=Split("time"))), tmp_path)


def test_a_folder_with_the_texts_to_test_with(tmp_path: Path) -> None:
    for folder, count in (("texts", 14), ("tests", 5)):
        for name, word in (("bad", "awful"), ("good", "great")):
            (tmp_path / folder / name).mkdir(parents=True)
            for number in range(count):
                text = f"{word} film number {number % 4}"
                (tmp_path / folder / name / f"{number}.txt").write_text(text, encoding="utf-8")
    columns = (Column("text", "text"), Column("class", "category", "target"))
    network = chain(
        "text_input",
        ("embedding", {"embedding_dim": 4}),
        "flatten",
        ("linear", {"out_features": 1}),
        ("output", {"loss": "bce"}),
    )
    data = TableData("texts", columns=columns, split=Split("file", file="tests"))
    assert agree(replace(network, data=data, training=Training(epochs=2, seed=1)), tmp_path)

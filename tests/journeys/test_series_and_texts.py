"""Journeys by command line: a monthly series, reviews in a column, folders of texts and of sequences."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from designer.exporting.export import export
from designer.project.model import Column, Project, Split, Windows
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export
from tests.helpers.grouped_files import grouped_project, write_persons
from tests.helpers.series import (
    FOLDER,
    REVIEWS,
    sentences,
    sequences_project,
    series_project,
    text_project,
    write_sequences,
    write_series,
    write_texts,
)
from tests.helpers.training import write_csv
from tests.journeys.test_command_line import layerloom, layerloom_json

DATA = Path(__file__).parents[1] / "data"


def copied(file: str, folder: Path) -> str:
    (folder / file).write_bytes((DATA / file).read_bytes())
    return file


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_monthly_series(tmp_path: Path) -> None:
    data = copied("airline_passengers.csv", tmp_path)
    said = layerloom(tmp_path, "new", data, "-o", "air.loom")
    assert "“Month” gives the order of the rows, monthly" in said
    assert "Repeating the last value has an RMSE of" in layerloom(tmp_path, "check", "air.loom")
    figures = layerloom_json(tmp_path, "train", "air.loom", "--epochs", 40, "--run", "run")
    assert layerloom_json(tmp_path, "evaluate", "run")["test"] == pytest.approx(figures["test"])
    layerloom(tmp_path, "predict", "run", data, "-o", "forecast.csv")
    forecast = rows_of(tmp_path / "forecast.csv")
    assert (len(forecast), list(forecast[0])) == (133, ["after_Month", "predicted_Passengers"])
    assert forecast[-1]["after_Month"] == "1960-12"
    layerloom(tmp_path, "export", "run", "--to", "script", "-o", "train.py")
    assert "test" in run_scripts([["train.py"]], tmp_path)
    assert_same_weights(tmp_path / "run", tmp_path / "weights.pt")


def test_reviews_in_a_column(tmp_path: Path) -> None:
    write_csv(tmp_path / "reviews.csv", ("review", "mood"), sentences(120))
    said = layerloom(tmp_path, "new", "reviews.csv", "--target", "mood", "-o", "reviews.loom")
    assert "are read word by word" in said
    assert "tokens were learned" in layerloom(tmp_path, "check", "reviews.loom")
    figures = layerloom_json(tmp_path, "train", "reviews.loom", "--run", "run")
    assert figures["test"]["accuracy"] > 0.9
    assert layerloom_json(tmp_path, "evaluate", "run")["test"] == pytest.approx(figures["test"])
    write_csv(tmp_path / "new.csv", ("review",), [("The phone was awful.",), ("We found it lovely!",)])
    layerloom(tmp_path, "predict", "run", "new.csv", "-o", "moods.csv")
    assert [row["predicted_mood"] for row in rows_of(tmp_path / "moods.csv")] == ["bad", "good"]
    layerloom(tmp_path, "export", "run", "--to", "script", "-o", "train.py")
    run_scripts([["train.py"]], tmp_path)
    assert_same_weights(tmp_path / "run", tmp_path / "weights.pt")


def test_folders_of_texts_and_of_sequences(tmp_path: Path) -> None:
    for write, name in ((write_texts, "mails"), (write_sequences, "signals")):
        folder = write(tmp_path / name)
        layerloom(tmp_path, "new", name, "-o", f"{name}.loom")
        figures = layerloom_json(tmp_path, "train", f"{name}.loom", "--run", f"{name}-run")
        assert figures["test"]["accuracy"] > 0.6
        layerloom(tmp_path, "predict", f"{name}-run", folder, "-o", f"{name}.csv")
        found = rows_of(tmp_path / f"{name}.csv")
        right = sum(row["file"].split("/")[0] == row["predicted_class"] for row in found)
        assert right > 0.8 * len(found)


def monthly(folder: Path, **changes: object) -> Project:
    path = write_series(folder / "sales.csv", 60, ("Bonn", "Ulm"))
    return series_project(path, **{"town": "group", **changes})  # type: ignore[arg-type]


def by_file(folder: Path) -> Project:
    write_series(folder / "later.csv", 30, seed=9)
    path = write_series(folder / "sales.csv")
    return series_project(path, Windows(4, 2, 2), Split("file", 0.2, file="later.csv"), holiday="weight")


def with_spoiled(folder: Path) -> Path:
    """The folder of sequences with two files that cannot be read."""
    (folder / "down/00.csv").write_text("step,value\n1,2\n2,oops\n")
    (folder / "up/05.csv").write_bytes(b"")
    return folder


def dated(order: str) -> Callable[[Path], Project]:
    def project(folder: Path) -> Project:
        path = write_series(folder / "sales.csv", 12)
        lines = path.read_text().splitlines()
        # 01/02/2024 to 12/02/2024: months, or days of February
        rows = [line.split(",") for line in lines[1:]]
        written = [",".join([row[0], f"{place:02}/02/2024", *row[2:]]) for place, row in enumerate(rows, start=1)]
        path.write_text("\n".join([lines[0], *written]))
        made = series_project(path, Windows(2), Split("time", 0.2, 0.2), day="time")
        columns = [replace(each, day_first=order) if each.name == "day" else each for each in made.data.columns]
        return replace(made, data=replace(made.data, columns=tuple(columns)))

    return project


def worded(by: str) -> Callable[[Path], Project]:
    def project(folder: Path) -> Project:
        path = write_csv(folder / "reviews.csv", ("review", "mood"), sentences(60))
        return text_project(path, REVIEWS, by=by, vocabulary=300)

    return project


EXPORTED: dict[str, Callable[[Path], Project]] = {
    "groups in time": monthly,
    "whole groups": lambda folder: monthly(folder, split=Split("group", 0.0, 0.5)),
    "ahead, two targets, three steps": lambda folder: monthly(
        folder, windows=Windows(6, 3), targets=2, rain="target", holiday="ahead"
    ),
    "test file, stride, weights": by_file,
    "day first": dated("yes"),
    "words": worded("words"),
    "characters": worded("characters"),
    "byte pairs": worded("byte_pairs"),
    "folder of texts": lambda folder: text_project(
        write_texts(folder / "mails", ("train", "test")), FOLDER, Split("folders", 0.2)
    ),
    "class folders": lambda folder: sequences_project(write_sequences(folder / "signals"), length=8),
    "a spoiled file": lambda folder: sequences_project(with_spoiled(write_sequences(folder / "signals")), length=8),
    "labels": lambda folder: sequences_project(
        write_sequences(folder / "signals", labels=True), target=Column("slope", role="target")
    ),
    "groups by name": lambda folder: grouped_project(write_persons(folder / "steps", "name"), "name"),
    "groups by folder": lambda folder: grouped_project(
        write_persons(folder / "steps", "folder"), "folder", Split("group", 0.1, folds=5, fold=2)
    ),
    "groups by a column inside": lambda folder: grouped_project(
        write_persons(folder / "steps", "inside"), "inside", Split("group", 0.2, folds=3, fold=1)
    ),
    "groups by labels": lambda folder: grouped_project(write_persons(folder / "steps", "labels"), "labels"),
}


@pytest.mark.parametrize("name", EXPORTED)
def test_scripts_arrive_at_the_apps_weights(name: str, tmp_path: Path) -> None:
    run, script = train_and_export(EXPORTED[name](tmp_path), tmp_path)
    run_scripts([[str(script)]], script.parent)
    [weights] = script.parent.glob("weights*.pt")
    assert_same_weights(run, weights)
    assert_formatted([script])


def test_folds_of_a_series_are_trained_in_the_order_of_time(tmp_path: Path) -> None:
    project = monthly(tmp_path, split=Split("time", 0.2, folds=3, fold=2))
    run, _ = train_and_export(project, tmp_path)
    assert (run / "weights.safetensors").is_file()
    assert project.data is not None
    plain = replace(project, data=replace(project.data, split=Split("time", 0.2, 0.2)))
    (tmp_path / "plain").mkdir()
    write_series(tmp_path / "plain" / "sales.csv", 60, ("Bonn", "Ulm"))
    other, _ = train_and_export(plain, tmp_path / "plain")
    export(other, "script", tmp_path / "again.py")
    assert "split_in_time(" in (tmp_path / "again.py").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "metric", "worst", "best"),
    [
        ("airline_passengers.csv", "rmse", 0.0, 31.0),
        ("sunspots_yearly.csv", "rmse", 0.0, 21.0),
        ("daily_min_temperatures.csv.gz", "rmse", 0.0, 2.27),
        ("sentiment_sentences.csv.gz", "accuracy", 0.75, 1.0),
    ],
)
def test_what_new_makes_learns_untouched(file: str, metric: str, worst: float, best: float, tmp_path: Path) -> None:
    layerloom(tmp_path, "new", copied(file, tmp_path), "-o", "new.loom")
    figures = layerloom_json(tmp_path, "train", "new.loom")
    assert worst <= figures["test"][metric] <= best
    assert figures["seconds"] < 120

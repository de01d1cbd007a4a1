"""All preparations at once: scripts prepare columns as the app does, to the same weights bit for bit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from designer.project.model import Column, Project, Split, TableData, Training
from designer.training.predict import predict_run
from designer.training.prepare import read_data
from designer.training.results import evaluate_run
from tests.helpers.exported import (
    assert_formatted,
    assert_same_weights,
    by_name,
    train_and_export_each,
)
from tests.helpers.graphs import add, chain, link

FEATURES = (
    Column("size", clip="iqr", missing="median", scale="robust", indicator=True),
    Column("rooms", clip="percentile", missing="constant", fill="2", scale="minmax"),
    Column("income", missing="mean", scale="log"),
    Column("floor", missing="most_frequent", scale="none"),
    Column("garden", "boolean", missing="constant", fill="no", indicator=True),
    Column("town", "category", missing="constant", indicator=True),
    Column("shape", "category", encode="ordinal", order=("bad", "fair", "good"), scale="minmax"),
    Column("street", "category", encode="codes", missing="constant", fill="none"),
    Column("agent", "category", encode="codes", missing="drop"),
    Column(
        "built", "date", missing="median", indicator=True,
        parts=("year", "month", "day", "weekday", "hour", "minute", "yearday", "elapsed"),
    ),
    Column("sold", "date", missing="constant", fill="2021-06-30", parts=("elapsed",)),
)  # fmt: skip
ROWS, REPEATED = 120, 7


def write_homes(folder: Path) -> None:
    """A table with every kind of column, gaps in all, outliers and repeated rows."""
    chance = np.random.default_rng(3)
    lines = []
    for row in range(ROWS):
        size = float(chance.normal(80, 20)) + 900 * (row % 40 == 7)
        price = 2.5 * min(size, 150) + float(chance.normal(0, 9))
        day = np.datetime64("1990-01-01T00:00") + np.timedelta64(int(chance.integers(0, 15_000_000)), "m")
        cells = [
            f"{size:.3f}", str(int(chance.integers(1, 6))), f"{float(chance.lognormal(8, 2)):.2f}", str(row % 5),
            ["yes", "no"][row % 2], ["Ulm", "Bonn", "Köln"][row % 3], ["good", "bad", "fair", "odd"][row % 4],
            f"street {int(chance.integers(0, 20))}", f"agent {row % 4}", str(day), str(day)[:10],
        ]  # fmt: skip
        cells = ["" if chance.random() < 0.1 else cell for cell in cells]
        cells += [f"{price:.2f}", f"{-price / 7:.3f}", ["small", "large", "huge"][row % 3], f"{row % 4}"]
        lines.append(",".join(cells))
    names = [column.name for column in FEATURES]
    header = ",".join([*names, "price", "loss", "kind", "weight"])
    text = "\n".join([header, *lines, *lines[:REPEATED]]) + "\n"
    (folder / "homes.csv").write_text(text, encoding="utf-8")


def data(*targets: Column, weight: bool = False, split: Split | None = None) -> TableData:
    role = "weight" if weight else "ignored"
    columns = (*FEATURES, *targets, Column("weight", role=role))  # type: ignore[arg-type]
    return TableData("homes.csv", columns=columns, split=split or Split(seed=2), drop_duplicates=True)


def two_inputs(outputs: int, loss: str, table: TableData) -> Project:
    """Numbers and looked up codes, joined."""
    project, numbers = add(Project(data=table, training=Training(epochs=3, batch_size=16, seed=4)), "table_input")
    project, codes = add(project, "codes_input")
    project, looked_up = add(project, "embedding", {"embedding_dim": 4})
    project, flat = add(project, "flatten")
    project, joined = add(project, "concatenate")
    project, last = add(project, "linear", {"out_features": outputs})
    project, end = add(project, "output", {"loss": loss})
    for source, target in (
        (codes, looked_up), (looked_up, flat), (numbers, joined), (flat, joined), (joined, last), (last, end),
    ):  # fmt: skip
        project = link(project, source, target)
    return project


def classes_with_weights(folder: Path) -> Project:
    write_homes(folder)
    return two_inputs(3, "cross_entropy", data(Column("kind", "category", "target"), weight=True))


def several_numbers(folder: Path) -> Project:
    write_homes(folder)
    targets = (Column("price", role="target", scale="robust"), Column("loss", role="target", scale="none"))
    return two_inputs(2, "mse", data(*targets))


def logarithms(folder: Path) -> Project:
    """Of two targets one is learned as its logarithm, also where it is below zero."""
    write_homes(folder)
    targets = (Column("loss", role="target", scale="log"), Column("price", role="target", scale="minmax"))
    return two_inputs(2, "huber", data(*targets, weight=True))


def steps_switched_off(folder: Path) -> Project:
    write_homes(folder)
    table = data(Column("price", role="target", off=("scale",)))
    kept = [column for column in table.columns if column.encode != "codes"]
    columns = [replace(column, off=("clip", "indicator", "scale")) for column in kept]
    columns[3] = replace(columns[3], off=("missing",))
    project = chain("table_input", ("linear", {"out_features": 1}), "output")
    return replace(project, data=replace(table, columns=tuple(columns)), training=Training(epochs=2))


CASES: list[Callable[[Path], Project]] = [classes_with_weights, several_numbers, logarithms, steps_switched_off]
NAMES = [case.__name__ for case in CASES]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Run and script of each case; all scripts ran in one process of their own."""
    found = train_and_export_each(by_name(CASES), tmp_path_factory)
    return {name: (run, script) for name, (run, script, _) in found.items()}


@pytest.mark.parametrize("case", NAMES)
def test_script_and_app_agree(trained: dict[str, tuple[Path, Path]], case: str) -> None:
    run, script = trained[case]
    assert_same_weights(run, script.with_name("weights.pt"))


def test_scripts_are_written_as_ruff_would(trained: dict[str, tuple[Path, Path]]) -> None:
    assert_formatted([script for _, script in trained.values()])


def test_scripts_hold_only_the_steps_that_are_taken(trained: dict[str, tuple[Path, Path]]) -> None:
    text = trained["steps_switched_off"][1].read_text(encoding="utf-8")
    for name in ("learn_iqr", "learn_robust", "learn_log", "word_codes", "prepare_codes", "learn_standard("):
        assert (f"def {name}" in text) == (name == "learn_standard("), name
    assert '"floor": {"kind": "number"},' in text
    assert 'DROPPED = ["floor"]' in text
    whole = trained["classes_with_weights"][1].read_text(encoding="utf-8")
    assert '"income": {"kind": "number", "missing": "mean", "scale": "log"},' in whole


@pytest.mark.parametrize("case", NAMES)
def test_a_run_is_evaluated_and_predicts_as_it_was_trained(trained: dict[str, tuple[Path, Path]], case: str) -> None:
    run, _ = trained[case]
    metrics = json.loads((run / "metrics.json").read_text())
    again = evaluate_run(run)
    for part in ("validation", "test"):
        assert again[part] == pytest.approx(metrics[part], rel=1e-5)
    answers = run / "answers.csv"
    assert predict_run(run, run.parent.parent / "homes.csv", answers) == ROWS + REPEATED
    lines = answers.read_text(encoding="utf-8").splitlines()
    # a row of which a gap is not filled has no answer
    assert any(not line.strip(',"') for line in lines[1:])


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_was_done_is_said_aloud(tmp_path: Path, case: Callable[[Path], Project]) -> None:
    notes = read_data(case(tmp_path), tmp_path).facts.notes
    assert any("left out, which repeat another row" in note for note in notes)
    assert any("left out, which have a missing cell" in note for note in notes)
    filled = "\n".join(note for note in notes if "filled with" in note)
    for said in (
        "of size filled with the median of the training part", "of rooms filled with 2.",
        "of town filled with “missing”.", "of shape filled with the most frequent value of the training part",
        "of built filled with the middle date of the training part", "of sold filled with 2021-06-30.",
    ):  # fmt: skip
        assert said in filled

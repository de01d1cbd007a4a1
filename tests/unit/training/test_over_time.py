"""What a run predicts of its series over time: the same numbers as everywhere, each at its own moment."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from designer.project.model import Column, Project, Split, TableData, Windows
from designer.runtime.fit import predict_batch
from designer.training.errors import RunError
from designer.training.over_time import over_time, predicts_series
from designer.training.predict import predict_run
from designer.training.wanted import Unwanted, while_wanted
from tests.helpers.graphs import chain
from tests.helpers.series import QUICK, series_project, write_series
from tests.helpers.training import class_project, trained, write_csv


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def written(path: Path, rows: list[dict[str, str]]) -> None:
    write_csv(path, list(rows[0]), [tuple(row.values()) for row in rows])


def run_of(project: Project, folder: Path) -> Path:
    trained(project, folder, folder / "run")
    return folder / "run"


def test_each_number_lies_at_the_time_it_was_predicted_for(tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv")
    run = run_of(series_project(path, Windows(6, 3), targets=2, rain="target"), tmp_path)
    view = over_time(run)
    assert (view.part, view.targets, view.time, view.dates) == ("test", ("sales", "rain"), "day", True)
    assert (view.horizon, view.windows, view.shown, len(view.series)) == (3, 10, 10, 1)
    one, rows = view.series[0], rows_of(path)
    days = [datetime.fromtimestamp(moment, UTC).date().isoformat() for moment in one.x]
    # the last fifth of 60 days
    assert days == [row["day"] for row in rows[48:]] and one.rows.tolist() == list(range(49, 61))
    for place, name in enumerate(view.targets):
        np.testing.assert_allclose(one.actual[:, place], [float(row[name]) for row in rows[48:]])
    predict_run(run, path, tmp_path / "out.csv")
    told = {row["after_day"]: row for row in rows_of(tmp_path / "out.csv")}
    everyday = [row["day"] for row in rows]
    for target, name in enumerate(view.targets):
        for step in (1, 2, 3):
            x, y = one.predicted_line("", step, target, view.stride)
            assert len(x) == 10 and not np.isnan(y).any()
            for moment, value in zip(x, y, strict=True):
                day = datetime.fromtimestamp(moment, UTC).date().isoformat()
                before = everyday[everyday.index(day) - step]
                assert value == pytest.approx(float(told[before][f"predicted_{name}_{step}"]), rel=1e-4)


def test_the_error_is_the_one_that_the_figures_tell(tmp_path: Path) -> None:
    project = series_project(write_series(tmp_path / "sales.csv"), Windows(5, 2))
    figures = trained(project, tmp_path, tmp_path / "run")
    one = over_time(tmp_path / "run").series[0]
    errors = [one.predicted[""][:, step, 0] - one.actual[one.first + step, 0] for step in (0, 1)]
    assert math.sqrt(np.mean(np.square(errors))) == pytest.approx(figures["test"]["rmse"], rel=1e-5)


def test_lines_are_broken_where_values_or_windows_are_missing(tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv", 90)
    rows = rows_of(path)
    # the target of one day in the test part, and with it every window that would predict or see it
    rows[80]["sales"] = ""
    written(path, rows)
    view = over_time(run_of(series_project(path, sales="target"), tmp_path))
    one = view.series[0]
    assert np.flatnonzero(np.isnan(one.actual[:, 0])).tolist() == [80 - 72]
    x, y = one.predicted_line("", 1, 0, view.stride)
    gaps = np.flatnonzero(np.isnan(y))
    assert len(gaps) == 1 and one.x[7] < x[gaps[0]] < one.x[9] and np.isnan(one.actual_line(0)[1]).sum() == 1
    assert (np.diff(x) > 0).all()


def test_windows_far_apart_make_one_line_all_the_same(tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv", 90)
    view = over_time(run_of(series_project(path, Windows(5, 1, 4)), tmp_path))
    x, y = view.series[0].predicted_line("", 1, 0, view.stride)
    assert view.stride == 4 and 4 <= len(x) <= 5 and not np.isnan(y).any()
    # as windows that follow one another step by step they would lie apart
    assert np.isnan(view.series[0].predicted_line("", 1, 0, 1)[1]).sum() == len(x) - 1


def test_every_series_has_its_own_lines(tmp_path: Path) -> None:
    path = write_series(tmp_path / "towns.csv", 30, ("Ayr", "Bath", "Cork"))
    view = over_time(run_of(series_project(path, split=Split("time", 0.2, 0.2), town="group", day="ignored"), tmp_path))
    assert [each.name for each in view.series] == ["Ayr", "Bath", "Cork"] and (view.time, view.dates) == ("", False)
    for number, one in enumerate(view.series):
        # without a column of times the rows are counted, each series from 1
        assert one.x.tolist() == one.rows.tolist() == list(range(25, 31))
        sales = [float(row["sales"]) for row in rows_of(path)[30 * number + 24 : 30 * number + 30]]
        np.testing.assert_allclose(one.actual[:, 0], sales)
        assert one.first.tolist() == list(range(6)) and one.predicted[""].shape == (6, 1, 1)


def test_rows_of_a_part_that_do_not_follow_one_another_are_not_joined(tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv", 90)
    rows = rows_of(path)
    for number, row in enumerate(rows):
        row["holiday"] = "train" if number < 40 else "test" if number < 60 or number >= 80 else "validation"
    written(path, rows)
    project = series_project(path, split=Split("column", column="holiday"))
    assert isinstance(project.data, TableData)
    columns = tuple(
        Column("holiday", "category", "split") if each.name == "holiday" else each for each in project.data.columns
    )
    one = over_time(run_of(replace(project, data=replace(project.data, columns=columns)), tmp_path)).series[0]
    assert len(one.x) == 30
    for x, y in (one.actual_line(0), one.predicted_line("", 1, 0, 1)):
        assert len(x) == 31 and np.flatnonzero(np.isnan(y)).tolist() == [20]


def test_without_a_test_part_the_next_one_is_shown(tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv")
    view = over_time(run_of(series_project(path, split=Split("time", 0.2, 0.0)), tmp_path))
    assert view.part == "validation" and view.series[0].x[0] < view.series[0].x[-1]


def test_of_very_many_windows_the_latest_are_shown(tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv")
    run = run_of(series_project(path, Windows(5, 2)), tmp_path)
    whole, view = over_time(run), over_time(run, most=8)
    assert (view.windows, view.shown) == (11, 4)
    one = view.series[0]
    np.testing.assert_array_equal(one.predicted[""], whole.series[0].predicted[""][-4:])
    np.testing.assert_array_equal(one.first, whole.series[0].first[-4:])


def test_nobody_waiting_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(series_project(write_series(tmp_path / "sales.csv")), tmp_path)
    done: list[int] = []

    def counted(model: Any, batch: Any, answer: Any) -> Any:
        done.append(len(batch))
        return predict_batch(model, batch, answer)

    monkeypatch.setattr("designer.runtime.fit.predict_batch", counted)
    monkeypatch.setattr("designer.runtime.fit.EVALUATION_ROWS", 4)
    over_time(run)
    assert done == [4, 4, 4]
    done.clear()
    with while_wanted(lambda: not done), pytest.raises(Unwanted):
        over_time(run)
    assert done == [4]


def test_what_has_no_curve_is_refused(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    assert not predicts_series(project)
    trained(project, tmp_path, tmp_path / "rows")
    with pytest.raises(RunError, match="windows over a series"):
        over_time(tmp_path / "rows")
    path = write_series(tmp_path / "sales.csv")
    classes = series_project(path, holiday="target", sales="feature")
    assert isinstance(classes.data, TableData) and predicts_series(classes)
    columns = tuple(replace(each, kind="boolean") if each.name == "holiday" else each for each in classes.data.columns)
    network = chain(
        ("sequence_input", {"length": 5, "features": 2}),
        "flatten",
        ("linear", {"out_features": 1}),
        ("output", {"loss": "bce"}),
        project=Project(data=replace(classes.data, columns=columns), training=QUICK),
    )
    trained(network, tmp_path, tmp_path / "classes")
    with pytest.raises(RunError, match="only numbers have a curve"):
        over_time(tmp_path / "classes")

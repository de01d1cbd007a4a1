"""Which run is best, among which others, by what figure; and the orders that lists of runs have."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.file import load_project, save_project
from designer.project.model import Project, TableData
from designer.workspace.run_list import RunInfo, State, read_info
from designer.workspace.run_order import best_runs, common_figure, in_order
from designer.workspace.runs import new_run_folder
from designer.workspace.settings import set_settings
from designer.workspace.verbs import prepare_run, train
from tests.helpers.small import small_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return load_project(small_project(tmp_path))


def info(
    name: str, best: float, project: Project, judged: str = "loss", part: str = "validation", state: State = "finished"
) -> RunInfo:
    """A run with that figure after its third epoch."""
    return RunInfo(
        Path(name), name, state, epochs=5, part=part, judged=judged, best=best, best_epoch=3, project=project
    )


def test_the_best_is_told_with_its_figure_and_that_the_test_part_has_no_say(project: Project) -> None:
    runs = [info("a", 0.5, project), info("b", 0.2, project), info("c", 0.2, project)]
    (best,) = best_runs(runs).values()
    assert (best.folder, best.value, best.epoch, best.count) == (Path("b"), 0.2, 3, 3)
    assert best.words == "The best of 3 runs by validation loss. The test part has no say."
    # of two runs or more alone
    assert best_runs(runs[:1]) == {}
    assert best_runs([]) == {}


def test_higher_is_better_for_figures_of_which_that_is_so_also_of_one_of_several_outputs(project: Project) -> None:
    for figure, expected in (("accuracy", "b"), ("kind.accuracy", "b"), ("price.mae", "a"), ("r2", "b")):
        found = best_runs([info("a", 0.5, project, figure), info("b", 0.7, project, figure)])
        assert list(found) == [Path(expected)], figure


def test_a_run_judged_on_what_it_trained_with_is_no_rival(project: Project) -> None:
    runs = [info("a", 0.5, project), info("b", 0.4, project), info("c", 0.1, project, part="train")]
    (best,) = best_runs(runs).values()
    assert best.folder == Path("b")
    assert "the 2 runs that are judged alike by validation loss" in best.words
    trained = [info("a", 0.5, project, part="train"), info("b", 0.4, project, part="train")]
    (best,) = best_runs(trained).values()
    assert best.words == "The best of 2 runs by training loss. There is no validation part to judge by."


def test_runs_that_failed_wait_or_have_no_figure_are_not_the_best(project: Project) -> None:
    runs = [info("a", 0.5, project), info("b", 0.4, project, state="stopped"), info("c", 0.1, project, state="failed")]
    runs += [info("d", math.nan, project, state="empty")]
    assert list(best_runs(runs)) == [Path("b")]


def test_only_what_was_judged_on_the_same_samples_is_compared(project: Project) -> None:
    other_split = set_settings(project, ["data.split.seed=7"])
    assert best_runs([info("a", 0.5, project), info("b", 0.1, other_split)]) == {}
    data = project.data
    assert isinstance(data, TableData)
    ignored = replace(data.columns[0], role="ignored")
    less = replace(project, data=replace(data, columns=(ignored, *data.columns[1:])))
    assert list(best_runs([info("a", 0.5, project), info("b", 0.1, less)])) == [Path("b")]
    # rows with a gap in that column are no samples in one of them
    dropping = replace(data.columns[0], missing="drop")
    fewer = replace(project, data=replace(data, columns=(dropping, *data.columns[1:])))
    assert best_runs([info("a", 0.5, less), info("b", 0.1, fewer)]) == {}


def test_losses_of_different_kinds_are_not_compared_but_other_figures_are(project: Project) -> None:
    (output,) = (node for node in project.graph.nodes.values() if node.type == "output")
    nodes = {**project.graph.nodes, output.id: replace(output, fields={**output.fields, "loss": "l1"})}
    other = replace(project, graph=replace(project.graph, nodes=nodes))
    assert best_runs([info("a", 0.5, project), info("b", 0.1, other)]) == {}
    assert list(best_runs([info("a", 0.5, project, "mae"), info("b", 0.1, other, "mae")])) == [Path("b")]


def test_orders(project: Project) -> None:
    runs = [
        info("rate 0.1", 0.5, project),
        info("rate 0.01", 0.2, project),
        info("rate 0.001", math.nan, project, state="failed"),
        info("Alpha 10", 0.3, project),
        info("alpha 9", 0.4, project),
    ]

    def names(by: str, turned: bool = False) -> list[str]:
        return [run.name for run in in_order(runs, by, turned)]  # type: ignore[arg-type]

    assert names("date") == [run.name for run in reversed(runs)]
    assert names("date", True) == [run.name for run in runs]
    assert names("name") == ["alpha 9", "Alpha 10", "rate 0.001", "rate 0.01", "rate 0.1"]
    assert names("name", True) == names("name")[::-1]
    assert names("figure") == ["rate 0.01", "Alpha 10", "alpha 9", "rate 0.1", "rate 0.001"]
    # those without one come last either way
    assert names("figure", True) == ["rate 0.1", "alpha 9", "Alpha 10", "rate 0.01", "rate 0.001"]
    assert common_figure(runs) == ("validation loss", False)
    mixed = [*runs, info("f", 0.9, project, "accuracy")]
    assert common_figure(mixed) == ("", False)
    assert in_order(mixed, "figure")[0].name == "f"


def test_the_figure_is_that_of_the_weights_which_are_kept(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    run = new_run_folder(path)
    (run / "project.loom").write_bytes(path.read_bytes())
    lines = [
        json.dumps({"event": "epoch", "epoch": epoch, "train": {"loss": value}, "validation": {"loss": value}})
        for epoch, value in enumerate((0.9, 0.4, 0.6), start=1)
    ]
    (run / "history.jsonl").write_text("\n".join(lines) + "\n")
    told = read_info(run)
    assert (told.part, told.best, told.best_epoch) == ("validation", 0.4, 2)
    text = path.read_text()
    save_project(set_settings(load_project(path), ["training.keep_best=no"]), run / "project.loom")
    told = read_info(run)
    assert (told.best, told.best_epoch) == (0.6, 3), "the last weights are kept"
    assert path.read_text() == text


def test_without_a_validation_part_the_training_part_is_measured_again_in_the_end(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    runs = []
    for rate in ("0.1", "0.001"):
        job = prepare_run(path, ("data.split.validation=0", f"training.learning_rate={rate}"))
        list(train(job))
        runs.append(read_info(job.folder))
    metrics = json.loads((runs[0].folder / "metrics.json").read_bytes())
    assert (runs[0].part, runs[0].best) == ("train", metrics["train"]["loss"])
    (best,) = best_runs(runs).values()
    assert best.folder == runs[0].folder and "no validation part" in best.words

"""Networks with several outputs: each has its target, loss and figures, in the app, on disk and in the script."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from designer.__main__ import main as command_line
from designer.compiler.analyse import analyse
from designer.project.file import save_project
from designer.project.model import Column, ImageData, Project, Split, TableData, Training, Windows
from designer.training.errors import RunError
from designer.training.events import by_output
from designer.training.predict import predict_run
from designer.training.prepare import facts_of, read_data
from designer.training.results import evaluate_run
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export
from tests.helpers.graphs import add, link

Made = Callable[[Path], Project]


def two_headed(project: Project, source: str, heads: dict[str, tuple[int, dict[str, object]]]) -> Project:
    """The graph with a Linear and an Output of its own for each head after the node ``source``."""
    for name, (width, fields) in heads.items():
        project, last = add(project, "linear", {"out_features": width})
        project, end = add(project, "output", fields)
        for pair in ((source, last), (last, end)):
            project = link(project, *pair)
        nodes = dict(project.graph.nodes)
        nodes[end] = replace(nodes[end], name=name)
        project = replace(project, graph=replace(project.graph, nodes=nodes))
    return project


def table(folder: Path) -> Project:
    chance = np.random.default_rng(3)
    a, b = chance.normal(size=(2, 90)).round(3)
    kind, size = np.where(a > b, "up", "down"), np.where(a + b > 0.6, "L", np.where(a + b < -0.6, "S", "M"))
    pd.DataFrame({"a": a, "b": b, "class": kind, "size": size, "sum": a + b, "diff": a - b, "w": 1 + (a > 0)}).to_csv(
        folder / "t.csv", index=False
    )
    answers = [Column(name, "category", "target", "most_frequent", "none") for name in ("class", "size")]
    numbers = [Column(name, role="target") for name in ("sum", "diff")]
    columns = (Column("a"), Column("b"), *answers, *numbers, Column("w", role="weight"))
    project = Project(data=TableData("t.csv", columns=columns), training=Training(epochs=3, learning_rate=0.01))
    project, first = add(project, "table_input")
    heads = {
        "class": (1, {"target": "class", "loss": "bce"}),
        "size": (3, {"target": "size", "loss": "cross_entropy", "loss_weight": 0.5}),
        "both": (2, {"target": ("sum", "diff"), "loss": "huber", "delta": 0.5, "metrics": ("mae",)}),
    }
    return two_headed(project, first, heads)


def left_over(folder: Path) -> Project:
    """One output names its target, the other has what is left."""
    project = table(folder)
    data = project.data
    assert isinstance(data, TableData)
    columns = tuple(replace(each, role="ignored") if each.name in ("size", "w") else each for each in data.columns)
    project = Project(data=replace(data, columns=columns), training=replace(project.training, epochs=2))
    project, first = add(project, "table_input")
    return two_headed(project, first, {"kind": (1, {"target": "class", "loss": "bce"}), "rest": (2, {})})


def pictures(folder: Path) -> Project:
    chance, rows = np.random.default_rng(5), ["file,what,x,y"]
    for number in range(24):
        x, y = (int(each) for each in chance.integers(0, 6, 2))
        pixels = chance.integers(0, 60, (8, 8), dtype=np.uint8)
        pixels[y : y + 2, x : x + 2] = 255 if number % 2 else 160
        Image.fromarray(pixels).save(folder / f"{number}.png")
        rows.append(f"{number}.png,{'bright' if number % 2 else 'dim'},{x},{y}")
    (folder / "t.csv").write_text("\n".join(rows) + "\n")
    columns = (
        Column("file", "image"),
        Column("what", "category", "target", "most_frequent", "none"),
        Column("x", role="target"),
        Column("y", role="target"),
    )
    project = Project(
        data=ImageData("t.csv", layout="table", columns=columns, split=Split(test=0.25, validation=0.25)),
        training=Training(epochs=2, batch_size=8),
    )
    project, first = add(project, "image_input", {"height": 8, "width": 8})
    project, flat = add(project, "flatten")
    project = link(project, first, flat)
    return two_headed(
        project, flat, {"what": (2, {"target": "what", "loss": "cross_entropy"}), "where": (2, {"target": ("x", "y")})}
    )


def windows(folder: Path) -> Project:
    """Three ways of seeing the same series, compared with the same next step."""
    steps = np.arange(120)
    pd.DataFrame({"t": steps, "v": np.sin(steps / 5).round(4)}).to_csv(folder / "t.csv", index=False)
    columns = (Column("t", role="time"), Column("v", role="target"))
    data = TableData("t.csv", columns=columns, split=Split("time"), samples="windows", windows=Windows(length=6))
    project = Project(data=data, training=Training(epochs=2))
    project, first = add(project, "sequence_input", {"length": 6})
    project, flat = add(project, "flatten")
    project = link(project, first, flat)
    return two_headed(project, flat, {"plain": (1, {"target": "v"}), "careful": (1, {"target": "v", "loss": "huber"})})


@pytest.mark.parametrize("make", [table, left_over, pictures, windows], ids=lambda make: make.__name__)
def test_script_and_app_arrive_at_the_same_weights(make: Made, tmp_path: Path) -> None:
    run, script = train_and_export(make(tmp_path), tmp_path)
    weights = tmp_path / "w.pt"
    run_scripts([[str(script), "--out", str(weights), "--device", "cpu"]], tmp_path)
    assert_same_weights(run, weights)
    assert_formatted([script])


def test_each_output_has_its_own_figures(tmp_path: Path) -> None:
    run, _ = train_and_export(table(tmp_path), tmp_path)
    figures = by_output(json.loads((run / "metrics.json").read_text())["test"])
    assert set(figures) == {"loss", "class", "size", "both"}
    assert {"accuracy", "f1", "loss"} <= set(figures["class"])
    assert set(figures["both"]) == {"loss", "mae"}
    again = by_output(evaluate_run(run)["test"])
    for name in ("class", "size", "both"):
        assert again[name] == pytest.approx(figures[name], rel=1e-6)
    outcome = json.loads((run / "results.json").read_text())
    assert list(outcome["outputs"]) == ["class", "size", "both"]
    assert outcome["outputs"]["size"]["confusion"]["classes"] == ["L", "M", "S"]
    tested = sum(sum(row) for row in outcome["outputs"]["size"]["confusion"]["counts"])
    assert len(outcome["outputs"]["both"]["predicted"]) == 2 * tested


def test_predictions_have_the_columns_of_every_output(tmp_path: Path) -> None:
    run, _ = train_and_export(table(tmp_path), tmp_path)
    predict_run(run, tmp_path / "t.csv", tmp_path / "out.csv")
    found = pd.read_csv(tmp_path / "out.csv")
    assert {"predicted_class", "predicted_size", "predicted_sum", "predicted_diff"} <= set(found.columns)
    assert len(found) == 90


def test_outputs_of_the_same_target_are_told_apart_in_predictions(tmp_path: Path) -> None:
    run, _ = train_and_export(windows(tmp_path), tmp_path)
    predict_run(run, tmp_path / "t.csv", tmp_path / "out.csv")
    assert {"predicted_v", "careful predicted_v"} <= set(pd.read_csv(tmp_path / "out.csv").columns)


def test_the_loss_is_the_weighted_sum(tmp_path: Path) -> None:
    from designer.training.assemble import assemble

    setup = assemble(table(tmp_path), tmp_path)
    batch = setup.parts["train"].rows(slice(0, 16)).ready()
    output, (target, weights) = setup.model(*batch.inputs), batch.answers
    assert isinstance(target, dict)
    assert torch.equal(setup.loss(output, *batch.answers), sum_of(setup, output, target, weights))


def sum_of(setup: object, output: dict[str, torch.Tensor], target: dict[str, torch.Tensor], weights: object) -> object:
    losses = setup.loss.losses  # type: ignore[attr-defined]
    each = {name: losses[name](output[name], target[name], weights) for name in output}
    return each["class"] + 0.5 * each["size"] + each["both"]


def test_windows_refuse_outputs_of_other_targets(tmp_path: Path) -> None:
    project = windows(tmp_path)
    nodes = dict(project.graph.nodes)
    key = next(key for key, node in nodes.items() if node.name == "careful")
    nodes[key] = replace(nodes[key], fields={**nodes[key].fields, "target": "t"})
    project = replace(project, graph=replace(project.graph, nodes=nodes))
    with pytest.raises(RunError, match="all outputs predict the same, but “plain” and “careful”"):
        read_data(project, tmp_path)
    assert "other-target" in {problem.code for problem in analyse(project).problems}


def test_an_output_for_which_no_target_is_left_is_told(tmp_path: Path) -> None:
    project = two_headed(left_over(tmp_path), "n1", {"more": (1, {"target": "sum"}), "last": (1, {"target": "diff"})})
    with pytest.raises(RunError, match="No target is left for an output that names none"):
        read_data(project, tmp_path)
    problems = [problem for problem in analyse(project).problems if problem.code == "no-target"]
    assert ["No target is left for “rest”" in problem.sentence for problem in problems] == [True]


def test_a_wrong_width_is_told_of_its_own_output(tmp_path: Path) -> None:
    project = table(tmp_path)
    nodes = dict(project.graph.nodes)
    key = next(key for key, node in nodes.items() if node.type == "linear" and node.fields["out_features"] == 3)
    nodes[key] = replace(nodes[key], fields={**nodes[key].fields, "out_features": 5})
    wrong = replace(project, graph=replace(project.graph, nodes=nodes))
    problem = next(each for each in analyse(wrong, facts_of(wrong, tmp_path)).problems if each.code == "output-width")
    assert "“size” gets 5 values" in problem.sentence
    assert problem.fix is not None
    assert analyse(problem.fix.edit(wrong), facts_of(wrong, tmp_path)).ok


def test_figures_are_nested_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.loom"
    save_project(left_over(tmp_path), path)
    assert command_line(["train", str(path), "--json", "--epochs", "1"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {"accuracy", "loss"} <= set(said["test"]["kind"])
    assert {"mae", "loss"} <= set(said["test"]["rest"])

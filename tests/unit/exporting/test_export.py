"""One function takes a project or a run away as any format, and says clearly when it cannot."""

from __future__ import annotations

import ast
import io
import runpy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from designer.exporting.export import FORMATS, export
from designer.project.errors import LayerloomError
from designer.project.file import save_project
from designer.project.model import Column, Project, TableData, Training
from designer.runtime.scripts import find_data
from designer.training.run import train
from tests.helpers.exported import assert_formatted, run_scripts
from tests.helpers.graphs import chain

OLD = b"what was there before"


def small(folder: Path, **fields: str) -> Project:
    """A sound project on a small table in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["a,b,price", *(f"{n},{n * n % 17},{3 * n + 1}" for n in range(40))]
    (folder / "data.csv").write_text("\n".join(lines) + "\n")
    project = chain("table_input", ("linear", {"out_features": 4}), "relu", "linear", ("output", fields))
    last = [node for node in project.graph.nodes.values() if node.type == "linear"][-1]
    nodes = {**project.graph.nodes, last.id: replace(last, fields={**last.fields, "out_features": 1})}
    data = TableData("data.csv", columns=(Column("a"), Column("b"), Column("price", role="target")))
    return Project(replace(project.graph, nodes=nodes), data, Training(epochs=2))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    save_project(small(tmp_path), tmp_path / "p.loom")
    return tmp_path / "p.loom"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, the data of which is gone since."""
    folder = tmp_path_factory.mktemp("trained")
    run = folder / "p.runs" / "1"
    run.mkdir(parents=True)
    for _ in train(small(folder), folder, run):
        pass
    (folder / "data.csv").unlink()
    return run


@pytest.mark.parametrize("to", [kind for kind in FORMATS if kind != "weights"])
def test_a_project_becomes_each_format(project: Path, tmp_path: Path, to: str) -> None:
    out = tmp_path / "out"
    export(project, to, out)  # type: ignore[arg-type]
    content = out.read_bytes()
    if to == "png":
        assert Image.open(io.BytesIO(content)).width > 800
    else:
        assert len(content.decode()) > 300


@pytest.mark.parametrize("to", FORMATS)
def test_a_run_becomes_each_format_without_its_data(run: Path, tmp_path: Path, to: str) -> None:
    export(run, to, tmp_path / "out")  # type: ignore[arg-type]
    assert (tmp_path / "out").stat().st_size > 300


@pytest.mark.parametrize("to", ["script", "model"])
def test_errors_forbid_code_and_are_listed(tmp_path: Path, to: str) -> None:
    save_project(small(tmp_path, loss="cross_entropy"), tmp_path / "p.loom")
    out = tmp_path / "out.py"
    out.write_bytes(OLD)
    with pytest.raises(LayerloomError, match=r"before its errors are mended:\n- .*Cross-entropy"):
        export(tmp_path / "p.loom", to, out)  # type: ignore[arg-type]
    assert out.read_bytes() == OLD


def test_data_that_cannot_be_read_forbids_code_but_no_picture(project: Path, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b,price\n1,2\n")
    with pytest.raises(LayerloomError, match=r"data\.csv.*line 2"):
        export(project, "script", tmp_path / "train.py")
    export(project, "svg", tmp_path / "p.svg")
    assert "linear1" in (tmp_path / "p.svg").read_text()


def test_a_script_needs_data_and_a_model_does_not(tmp_path: Path) -> None:
    save_project(replace(small(tmp_path), data=None), tmp_path / "p.loom")
    with pytest.raises(LayerloomError, match="needs data"):
        export(tmp_path / "p.loom", "script", tmp_path / "train.py")
    export(tmp_path / "p.loom", "model", tmp_path / "model.py")


@pytest.mark.parametrize("to", ["exe", "", "onnx"])
def test_a_format_that_there_is_not(project: Path, tmp_path: Path, to: str) -> None:
    with pytest.raises(LayerloomError, match="no format"):
        export(project, to, tmp_path / "out")  # type: ignore[arg-type]


def test_weights_need_a_run_with_whole_weights(project: Path, run: Path, tmp_path: Path) -> None:
    with pytest.raises(LayerloomError, match="name a run"):
        export(project, "weights", tmp_path / "w.safetensors")
    with pytest.raises(LayerloomError, match="no weights yet"):
        export(tmp_path, "weights", tmp_path / "w.safetensors")
    (tmp_path / "weights.safetensors").write_bytes((run / "weights.safetensors").read_bytes()[:-5])
    with pytest.raises(LayerloomError, match="cannot be read"):
        export(tmp_path, "weights", tmp_path / "w.safetensors")
    assert not (tmp_path / "w.safetensors").exists()


@pytest.mark.parametrize("name", ["w.safetensors", "w.pt", "w.PTH"])
def test_weights_are_the_run_s_in_either_form(run: Path, tmp_path: Path, name: str) -> None:
    export(run, "weights", tmp_path / name)
    kept = load_file(run / "weights.safetensors")
    plain = name == "w.safetensors"
    taken = load_file(tmp_path / name) if plain else torch.load(tmp_path / name, weights_only=True)
    assert set(kept) == set(taken)
    assert all(torch.equal(kept[key], taken[key]) for key in kept)


def test_the_model_is_used_as_its_first_lines_say(run: Path, tmp_path: Path) -> None:
    export(run, "model", tmp_path / "model.py")
    export(run, "weights", tmp_path / "weights.safetensors")
    assert_formatted([tmp_path / "model.py"])
    names = runpy.run_path(str(tmp_path / "model.py"))
    usage = [line.strip() for line in ast.get_docstring(ast.parse((tmp_path / "model.py").read_text())).splitlines()]  # type: ignore[union-attr]
    assert usage[0] == "A neural network with 17 parameters."
    lines = [line.replace('"weights', f'r"{tmp_path}/weights') for line in usage[usage.index("Usage:") + 1 :] if line]
    import safetensors.torch

    exec("\n".join(lines), names | {"torch": torch, "safetensors": safetensors}, names)
    assert names["output"].shape == (1, 1)


@pytest.mark.parametrize(("out", "way"), [("train.py", "data.csv"), ("deep/er/train.py", "../../data.csv")])
def test_the_script_knows_the_way_from_where_it_lies_to_the_data(
    project: Path, tmp_path: Path, out: str, way: str
) -> None:
    script = tmp_path / out
    script.parent.mkdir(parents=True, exist_ok=True)
    export(project, "script", script)
    assert f'\nDATA = "{way}"\n' in script.read_text()


def test_data_that_moved_along_with_the_script_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "data.csv").touch()
    script = str(here / "train.py")
    assert find_data("../there/data.csv", script) == here / "../there/data.csv"
    (there / "data.csv").unlink()
    assert find_data("../there/data.csv", script) == here / "data.csv"
    (here / "data.csv").unlink()
    assert find_data("../there/data.csv", script) == here / "../there/data.csv"
    (tmp_path / "data.csv").touch()
    monkeypatch.chdir(tmp_path)
    assert find_data("../there/data.csv", script) == Path("data.csv")


def test_the_script_takes_other_settings(project: Path, tmp_path: Path) -> None:
    script, other = tmp_path / "train.py", tmp_path / "other.csv"
    export(project, "script", script)
    other.write_text((tmp_path / "data.csv").read_text())
    (tmp_path / "data.csv").unlink()
    calls = [[str(script), "--data", str(other), "--epochs", "1", "--out", str(tmp_path / name)] for name in ("a", "b")]
    calls[1] += ["--seed", "5", "--device", "cpu"]
    printed = run_scripts(calls, tmp_path)
    assert printed.count("epoch 1/1  train loss") == 2
    one, two = (torch.load(tmp_path / name, weights_only=True) for name in ("a", "b"))
    assert not torch.equal(one["linear1.weight"], two["linear1.weight"])


def test_the_script_says_in_one_line_what_is_wrong_with_the_data(project: Path, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    export(project, "script", script)
    (tmp_path / "data.csv").write_text("a,b,price\n1,2,3\n4,x,6\n")
    with pytest.raises(AssertionError, match=r"error: data\.csv, line 3, column “b”: “x” is not a number") as caught:
        run_scripts([[str(script)]], tmp_path)
    assert "Traceback" not in str(caught.value)
    assert not (tmp_path / "weights.pt").exists()

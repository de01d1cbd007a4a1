"""A layer of one's own on the whole road: refused without leave, then trained, exported and equal in script and app."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.compiler.trust import allow_only, allowed, allowed_now, digests_of
from designer.layers.custom import STARTER
from designer.project.file import load_project, save_project
from designer.project.model import CustomLayer
from tests.helpers.custom import source_of, trainable_custom
from tests.helpers.exported import assert_same_weights, run_scripts, train_and_export

SOFTENED = "HALF = 0.5\n\n\ndef softened(x):\n    return F.softplus(x) * HALF * math.pi\n"
HELPED = CustomLayer(
    "Helped gate",
    STARTER.replace("import torch\n", "import math\n\nimport torch\nimport torch.nn.functional as F\n")
    .replace("class Gate", f"{SOFTENED}\n\nclass Gate")
    .replace("torch.relu", "softened"),
)


@pytest.fixture(autouse=True)
def nothing_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    allow_only(())
    yield
    allow_only(())


def layerloom(*words: object) -> int:
    """The exit status of ``layerloom WORDS``, done in this process."""
    status = main([str(word) for word in words])
    assert allowed_now() == frozenset(), "leave ends with the command"
    return status


@pytest.mark.parametrize("layer", [CustomLayer("Gate", STARTER), HELPED])
def test_the_script_holds_the_class_and_trains_to_the_same_weights(layer: CustomLayer, tmp_path: Path) -> None:
    path = trainable_custom(tmp_path, layer, epochs=3, patience=2)
    project = load_project(path)
    with allowed(digests_of(project)):
        run, script = train_and_export(project, tmp_path)
    text = script.read_text()
    source = source_of(project)
    assert source[source.index("class Gate") :].rstrip() in text and "designer" not in text
    assert text.count("import torch.nn.functional") == 0
    run_scripts([[str(script), "--out", str(tmp_path / "weights.pt")]], tmp_path)
    assert_same_weights(run, tmp_path / "weights.pt")
    assert source[source.index("class Gate") :].rstrip() in (run / "model.py").read_text()


def test_the_command_line_needs_leave(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = trainable_custom(tmp_path, epochs=2)
    out = tmp_path / "out"
    exports = [("export", path, "--to", kind, "-o", out) for kind in ("script", "model")]
    for words in (("train", path), *exports):
        assert layerloom(*words) == 1
        said = capsys.readouterr().err
        assert "“Gate” (21 lines); nothing of it was run" in said and "--trust" in said
        assert f"layerloom layers --project {path}" in said
    assert not out.exists() and not (tmp_path / "line.runs").exists()
    assert layerloom("check", path) == 1
    assert "gate1" in capsys.readouterr().out
    assert layerloom("check", path, "--trust") == 0
    assert layerloom("train", path, "--trust", "--json") == 0
    run = json.loads(capsys.readouterr().out.splitlines()[-1])["run"]
    assert layerloom("evaluate", run) == 1 and layerloom("predict", run, tmp_path / "line.csv", "-o", out) == 1
    assert "project.loom" in capsys.readouterr().err
    assert layerloom("evaluate", path) == 1
    assert layerloom("evaluate", path, "--trust", "--json") == 0
    assert layerloom("predict", run, tmp_path / "line.csv", "-o", out, "--trust") == 0
    with out.open() as file:
        assert len(list(csv.reader(file))) == 61
    assert layerloom("train", path, "--resume", "--run", run, "--epochs", 3) == 1
    assert layerloom("train", path, "--resume", "--run", run, "--epochs", 3, "--trust") == 0
    for kind in ("svg", "weights"):
        source = run if kind == "weights" else path
        assert layerloom("export", source, "--to", kind, "-o", tmp_path / f"out.{kind}") == 0


def test_what_own_code_prints_does_not_spoil_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loud = CustomLayer(
        "Gate", STARTER.replace("        return x * opening", "        print('noise')\n        return x * opening")
    )
    path = trainable_custom(tmp_path, loud, epochs=1)
    assert layerloom("check", path, "--trust", "--json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["ok"] and "noise" in said.err
    assert layerloom("train", path, "--trust", "--json") == 0
    run = json.loads(capsys.readouterr().out)["run"]
    assert layerloom("evaluate", run, "--trust", "--json") == 0
    assert json.loads(capsys.readouterr().out)["run"] == run


def test_code_can_be_read_before_it_is_trusted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hidden = CustomLayer("Gate\u202e", STARTER + "# \u202eesrever\x1b[2J\n")
    path = trainable_custom(tmp_path)
    project = load_project(path)
    save_project(type(project)(project.graph, project.data, project.training, {}, {"gate": hidden}), path)
    assert layerloom("layers", "--project", path) == 0
    said = capsys.readouterr().out
    assert STARTER in said and "# Gate? (gate), used once" in said
    assert "\\u202eesrever\\u001b[2J" in said and "\x1b" not in said
    assert layerloom("layers", "--project", path, "--json") == 0
    assert json.loads(capsys.readouterr().out)["layers"][0]["source"] == hidden.source
